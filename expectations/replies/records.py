"""A reply for machines: one record a finding, as JSON lines, and the verdict on one line.

Structural findings carry the name that Frictionless has for their kind of error. Numbers of submissions are written as
text, because they have more digits than a JSON number is sure to keep.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from expectations.findings import Finding
from expectations.replies.telling import Document
from expectations.replies.verdict import by_severity, earlier_verdict, verdict
from expectations.wording import LANGUAGES, expected, shown_value
from expectations.written import figure_in

FORMAT = "dayops reply 3"
"""The version of what a reply holds and how it looks: where it changes, every reply is made anew."""

Record = Mapping[str, Any]


def json_lines(records: Iterable[Record]) -> str:
    """Return the records as JSON, one a line."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    return "".join(encode(record) + "\n" for record in records)


# --- findings ---------------------------------------------------------------------------------------------------------


def finding_records(document: Document) -> Iterator[Record]:
    """Yield one record for each finding, in the order in which they are told."""
    for finding in document.findings:
        yield _record(document, finding)


def _record(document: Document, finding: Finding) -> Record:
    contract, said, finding_id = document.contract, document.said(finding), finding.finding_id
    told_with = document.entries[document.numbers[finding_id] - 1].count
    return {
        "record": "finding",
        "id": finding_id,
        "submission": str(document.subject.submission_id),
        "file_sha256": document.subject.sha256,
        "rule": finding.rule,
        "rule_version": contract.rule(finding.rule).version,
        "severity": finding.severity.value,
        "level": finding.level,
        "type": ERROR_TYPES.get(finding.says),
        "sheet": document.their_sheet(finding) or finding.sheet,
        "sheet_code": finding.sheet,
        "row": finding.row,
        "column": document.their_header(finding) or finding.column,
        "column_code": finding.column,
        "cell": finding.cell,
        "value_shown": shown_value(contract, finding),
        "expected": finding.expected,
        **{f"expected_{language}": expected(contract, finding, language) for language in LANGUAGES},
        "difference": _difference(finding),
        "other": finding.other,
        **{f"message_{language}": said[language][0] for language in LANGUAGES},
        **{f"fix_{language}": said[language][1] for language in LANGUAGES},
        "count_if_grouped": told_with if told_with > 1 else None,
        "caused_by": finding.caused_by,
        "waiver": finding.waiver,
    }


def _difference(finding: Finding) -> int | float | None:
    """Return how far the value is from what was expected, where both are figures."""
    value, wanted = figure_in(finding.value or ""), figure_in(finding.expected or "")
    return None if value is None or wanted is None else _number(value - wanted)


def _number(figure: Decimal) -> int | float:
    return int(figure) if figure == figure.to_integral_value() else float(figure)


ERROR_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("FILE_EMPTY", "FILE_DAMAGED", "FILE_TOO_COMPLEX", "ZIP_UNSAFE", "XML_UNSAFE"), "source-error"),
    **dict.fromkeys(("WRONG_FILE_TYPE", "FILE_OLD_FORMAT", "FILE_PASSWORD", "FILE_HAS_MACROS"), "format-error"),
    **dict.fromkeys(("ENCODING_UNKNOWN", "ENCODING_CP1252", "ENCODING_UTF16"), "encoding-error"),
    **dict.fromkeys(("LETTER_GARBLED", "LETTER_LOST"), "encoding-error"),
    "FILE_TOO_LARGE": "byte-count",
    "SHEET_TOO_LARGE": "row-count",
    "one_row": "row-count",
    "header_missing": "missing-label",
    "header_twice": "duplicate-label",
    "header_unknown": "extra-label",
    "header_absent": "blank-header",
    "header_blank": "blank-label",
    "ROW_BLANK": "blank-row",
    "ROW_FIELD_COUNT": "extra-cell",
    **dict.fromkeys(("CELL_EXCEL_ERROR", "FORMULA_NO_VALUE", "CELL_CONTROL_CHAR"), "type-error"),
    "DATE_1904": "type-error",
    **dict.fromkeys(("not_number", "not_date", "not_month", "not_flag", "not_whole"), "type-error"),
    "CELL_MERGED": "missing-cell",
    **dict.fromkeys(("blank", "blank_figure", "CELL_TOO_LONG", "too_long"), "constraint-error"),
    **dict.fromkeys(("not_authority", "not_in_list", "wrong_shape", "out_of_bounds"), "constraint-error"),
    "person_ref_shape": "constraint-error",
    "row_twice": "primary-key",
    "service_unknown": "foreign-key",
}
"""The Frictionless name of each structural finding, by its saying; what compares figures or dates has none there."""


# --- the verdict ------------------------------------------------------------------------------------------------------


def verdict_record(document: Document) -> Record:
    """Return what became of the submission, for a machine."""
    subject, findings = document.subject, document.findings
    rules = Counter(finding.rule for finding in findings)
    return {
        "record": "verdict",
        "format": FORMAT,
        "submission": str(subject.submission_id),
        "file_sha256": subject.sha256,
        "file": subject.file_name,
        "provider_id": subject.provider_id,
        "period": subject.period,
        "submission_no": subject.submission_no,
        "verdict": verdict(subject, findings),
        "is_trial": subject.is_trial,
        "count_by_severity": by_severity(findings),
        "count_by_rule": {rule: rules[rule] for rule in sorted(rules)},
        "rows_read": subject.rows_read,
        "rows_accepted": subject.rows_accepted,
        "rows_quarantined": subject.rows_quarantined,
        "contract_version": document.contract.version,
        "received_at": subject.received_at.isoformat() if subject.received_at else None,
        "previous": _previous(document),
    }


def _previous(document: Document) -> Record | None:
    earlier = document.subject.earlier
    if earlier is None:
        return None
    return {
        "submission_no": earlier.submission_no,
        "verdict": earlier_verdict(earlier),
        "count_by_severity": dict(earlier.count_by_severity),
    }


def verdict_line(document: Document, mark: str | None = None) -> str:
    """Return the verdict on one line of JSON; `mark` changes whenever anything of the reply does."""
    return json_lines([{**verdict_record(document), "mark": mark}])
