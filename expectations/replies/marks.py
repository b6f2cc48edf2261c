"""Which cells of a return are marked in its annotated copy, how, and what is written beside each.

The copy itself is drawn elsewhere; here it is only said what stands where.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from expectations.contract import Contract, Severity
from expectations.findings import Finding, masked
from expectations.replies.telling import Document, rows_told
from expectations.wording import Language, phrase

Place = tuple[int, int]
"""Row and column, both from 1, as their file has them."""

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_PERSONAL = "V08"
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is told of one cell: its worst severity, the comment in both languages, and the findings behind it.

    A cell that is one of very many alike has no comment: what is said of it stands at the heading of its column.
    """

    severity: Severity
    comment: str | None
    findings: tuple[Finding, ...]


def marks(document: Document) -> Mapping[str, Mapping[Place, Mark]]:
    """Return the marks of each sheet of the contract, by place."""
    placed: dict[str, dict[Place, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in document.findings:
        at = place_of(finding)
        if finding.sheet and at:
            placed[finding.sheet][at].append(finding)
    silent = {finding for entry in document.entries for finding in entry.coloured_alone}
    return {
        sheet: {at: _mark(document, findings, silent) for at, findings in sorted(cells.items())}
        for sheet, cells in placed.items()
    }


def heading_comments(document: Document, marked: Mapping[Place, Mark]) -> Mapping[int, str]:
    """Return what is said at the heading of each column, by its number, of its cells that are coloured alone."""
    alone: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for (_, column), mark in marked.items():
        for finding in mark.findings if mark.comment is None else ():
            alone[column, document.numbers[finding.finding_id]].append(finding)
    told: dict[int, list[str]] = defaultdict(list)
    for (column, _), findings in sorted(alone.items(), key=lambda one: one[0]):
        told[column].append(_told_of_all(document, findings))
    return {column: "\n\n".join(parts) for column, parts in told.items()}


def place_of(finding: Finding) -> Place | None:
    """Return where a finding is marked: at its cell, else at the beginning of its row, else nowhere."""
    address = _ADDRESS.fullmatch(finding.cell or "")
    if address:
        return int(address[2]), _number(address[1])
    return (finding.row, 1) if finding.row else None


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _mark(document: Document, findings: list[Finding], silent: set[Finding]) -> Mark:
    worst = min((finding.severity for finding in findings), key=_WORST_FIRST.index)
    if silent.issuperset(findings):
        return Mark(worst, None, tuple(findings))
    return Mark(worst, "\n\n".join(_told(document, finding) for finding in findings), tuple(findings))


def _told(document: Document, finding: Finding) -> str:
    said = document.said(finding)
    return "\n".join(
        f"{_begun(document, finding, language)} {' '.join(said[language])}" for language in document.subject.languages
    )


def _told_of_all(document: Document, findings: Sequence[Finding]) -> str:
    """Return what is said of cells alike that have no comment of their own."""
    first, facts = findings[0], {"count": len(findings), "rows": rows_told(findings)}
    said = document.said(first)
    return "\n".join(
        f"{_begun(document, first, language)} {phrase('reply.alike_below', language, **facts)} {said[language][1]}"
        for language in document.subject.languages
    )


def _begun(document: Document, finding: Finding, language: Language) -> str:
    """Return the beginning of what is said: the number of the finding in the summary, and how grave it is."""
    severity = phrase(f"severity.{finding.severity}", language)
    return f"{document.numbers[finding.finding_id]}. {severity[:1].upper()}{severity[1:]}:"


def text_beside(contract: Contract, findings: Iterable[Finding], text: str) -> str:
    """Return the text of a cell as it is shown beside its findings: masked where it tells of a person out of place."""
    return masked(text) if any(_hides(contract, finding, text) for finding in findings) else text


def _hides(contract: Contract, finding: Finding, text: str) -> bool:
    if finding.rule == _PERSONAL:
        return True
    return len(text) > 1 and finding.value == masked(text) and not _is_reference(contract, finding)


def _is_reference(contract: Contract, finding: Finding) -> bool:
    """Tell whether the finding is about a column of references, whose values are masked wherever they are told."""
    columns = contract.sheet(finding.sheet).columns if finding.sheet else ()
    return any(one.name == finding.column and one.is_sensitive for one in columns)
