"""What a provider reads: the findings of one submission as a JSON document and as a plain text, in both languages.

Pure but for `write_replies`, which puts them on disk. Nothing is judged here, and no value is shown that a finding does
not already show.
"""

import json
import os
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any, get_args

from expectations.contract import Contract, Severity
from expectations.findings import Finding, Level
from expectations.wording import (
    LANGUAGES,
    Language,
    column_label,
    cy,
    expected,
    month_name,
    on_one_line,
    phrase,
    quoted,
    say,
    sheet_name,
    shown_value,
)

GROUPED_OVER = 50
"""More findings than this that are alike in one column are told as one, with examples."""

EXAMPLES = 3
FORMAT = "dayops reply 1"

_WIDTH = 96
_LEVELS = get_args(Level)
_ROW = _LEVELS.index("row")


@dataclass(frozen=True, slots=True)
class TheirSheet:
    """What the provider calls a sheet, and the header of each of its columns as they wrote it."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """The submission that a reply is about; what its RETURN sheet says is None where that cannot be read."""

    sha256: str
    state: str
    file_name: str
    received_at: datetime
    provider_id: str | None = None
    provider_name_en: str | None = None
    provider_name_cy: str | None = None
    period: str | None = None
    submission_no: int | None = None
    language: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    sheets: Mapping[str, TheirSheet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: where it goes under the folder of replies (without its ending), and its two texts."""

    name: str
    json_text: str
    text_text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to tell: a finding, or many that are alike."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """Return the finding that stands for all."""
        return self.findings[0]

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.findings)


def make_reply(contract: Contract, subject: Subject, findings: Iterable[Finding]) -> Reply:
    """Return the reply to one submission; the same findings give the same bytes, in whatever order they come."""
    ordered = in_order(contract, findings)
    entries = entries_of(ordered)
    return Reply(
        reply_name(subject), _json(contract, subject, ordered, entries), _text(contract, subject, ordered, entries)
    )


def reply_name(subject: Subject) -> str:
    """Return the reply's name: month / provider, submission number and the beginning of the file's hash."""
    folder = _safe(subject.period) or "unidentified"
    return f"{folder}/{_safe(subject.provider_id) or 'unknown'}-{subject.submission_no or 0}-{subject.sha256[:12]}"


def _safe(name: str | None) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", name or "")


def write_replies(folder: Path, replies: Iterable[Reply]) -> int:
    """Write the replies that are missing or stale under `folder`; return how many those were."""
    return sum([_write(folder, reply) for reply in replies])


def _write(folder: Path, reply: Reply) -> bool:
    place = folder / reply.name
    place.parent.mkdir(parents=True, exist_ok=True)
    texts = {".json": reply.json_text, ".txt": reply.text_text}
    return any([_put(place.with_name(place.name + ending), text.encode()) for ending, text in texts.items()])


def _put(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
    return True


# --- in which order, and how many at once -----------------------------------------------------------------------------


def in_order(contract: Contract, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings as they are told: causes before what follows, file and headers first, then by place."""
    given = [(finding.finding_id, finding) for finding in findings]
    known = dict(given)
    sheets = {sheet.name: number for number, sheet in enumerate(contract.sheets)}
    columns = {(sheet.name, one.name): number for sheet in contract.sheets for number, one in enumerate(sheet.columns)}

    def place(item: tuple[str, Finding]) -> tuple[object, ...]:
        finding_id, one = item
        at = (sheets.get(one.sheet or "", -1), one.row or 0, columns.get((one.sheet or "", one.column or ""), -1))
        level, cell = min(_LEVELS.index(one.level), _ROW), one.cell or ""
        return (_depth(one, known), level, *at, one.rule, len(cell), cell, one.value or "", finding_id)

    return [finding for _, finding in sorted(given, key=place)]


def _depth(finding: Finding, known: Mapping[str, Finding]) -> int:
    depth, seen = 0, {finding.caused_by}
    while finding.caused_by:
        depth += 1
        cause = known.get(finding.caused_by)
        if cause is None or cause.caused_by in seen:
            break
        finding = cause
        seen.add(finding.caused_by)
    return depth


def entries_of(ordered: Sequence[Finding]) -> list[Entry]:
    """Return what is told one by one, and together what is alike more than fifty times in a column."""
    alike = Counter(map(_kind, ordered))
    kept: dict[object, list[Finding]] = {}
    for number, finding in enumerate(ordered):
        key = _kind(finding) if alike[_kind(finding)] > GROUPED_OVER else number
        kept.setdefault(key, []).append(finding)
    return [Entry(tuple(findings)) for findings in kept.values()]


def _kind(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, finding.says, finding.severity, finding.sheet, finding.column, finding.caused_by is None)


def row_ranges(rows: Iterable[int | None]) -> str:
    """Return row numbers as people write them: 5-8, 10."""
    numbers = sorted({row for row in rows if row is not None})
    runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0])]
    spans = [(run[0][1], run[-1][1]) for run in runs]
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


# --- the verdict ------------------------------------------------------------------------------------------------------


def verdict(subject: Subject, findings: Sequence[Finding]) -> str:
    """Return what became of the submission: accepted, accepted_in_part, queried or refused."""
    if subject.state == "refused":
        return "refused"
    if subject.rows_quarantined or any(finding.severity is Severity.ERROR for finding in findings):
        return "accepted_in_part"
    return "queried" if any(finding.severity is Severity.QUERY for finding in findings) else "accepted"


def what_next(subject: Subject, findings: Sequence[Finding], language: Language) -> str:
    """Return what happens next, and what the provider has to do."""
    became = verdict(subject, findings)
    told = phrase(f"next.{became}", language)
    if became == "accepted_in_part" and any(finding.severity is Severity.QUERY for finding in findings):
        return f"{told} {phrase('next.queries_too', language)}"
    return told


# --- JSON -------------------------------------------------------------------------------------------------------------


def _json(contract: Contract, subject: Subject, findings: Sequence[Finding], entries: Sequence[Entry]) -> str:
    document = {
        "format": FORMAT,
        "contract": contract.spec_version,
        "submission": _submission(subject),
        "verdict": verdict(subject, findings),
        **_both("verdict", lambda language: phrase(f"state.{verdict(subject, findings)}", language)),
        **_both("next", lambda language: what_next(subject, findings, language)),
        "rows": {
            "read": subject.rows_read,
            "accepted": subject.rows_accepted,
            "quarantined": subject.rows_quarantined,
        },
        "count_by_severity": _by_severity(findings),
        "count_by_rule": [_rule(contract, rule, count) for rule, count in sorted(_by_rule(findings).items())],
        "findings": [_entry(contract, subject, entry) for entry in entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _both(name: str, told: Callable[[Language], str | None]) -> dict[str, str | None]:
    return {f"{name}_{language}": told(language) for language in LANGUAGES}


def _submission(subject: Subject) -> dict[str, Any]:
    return {
        "sha256": subject.sha256,
        "file": subject.file_name,
        "received_at": subject.received_at.isoformat(),
        "provider_id": subject.provider_id,
        "provider_name_en": subject.provider_name_en,
        "provider_name_cy": subject.provider_name_cy,
        "period": subject.period,
        "submission_no": subject.submission_no,
        "language": subject.language,
    }


def _by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(finding.severity for finding in findings)
    return {severity.value: counts[severity] for severity in Severity}


def _by_rule(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((finding.rule, finding.severity.value) for finding in findings)


def _rule(contract: Contract, rule_and_severity: tuple[str, str], count: int) -> dict[str, Any]:
    rule = contract.rule(rule_and_severity[0])
    return {
        "rule": rule.id,
        "version": rule.version,
        "severity": rule_and_severity[1],
        "count": count,
        "sentence_en": rule.sentence,
        "sentence_cy": cy(f"rule.{rule.id}"),
    }


def _entry(contract: Contract, subject: Subject, entry: Entry) -> dict[str, Any]:
    if entry.count == 1:
        return _finding(contract, subject, entry.first) | {"count": 1}
    examples = [_finding(contract, subject, finding) for finding in entry.findings[:EXAMPLES]]
    shared = {name: examples[0][name] for name in _SHARED}
    return shared | {"count": entry.count, "rows": row_ranges(one.row for one in entry.findings), "examples": examples}


_SHARED = ("rule", "version", "severity", "sheet", "their_sheet", "column", "their_header", "column_en", "column_cy")


def _finding(contract: Contract, subject: Subject, finding: Finding) -> dict[str, Any]:
    sentences = {language: say(contract, finding, language) for language in LANGUAGES}
    return {
        "id": finding.finding_id,
        "rule": finding.rule,
        "version": contract.rule(finding.rule).version,
        "severity": finding.severity.value,
        "level": finding.level,
        "sheet": finding.sheet,
        "their_sheet": _their_sheet(subject, finding),
        "row": finding.row,
        "column": finding.column,
        "their_header": _their_header(subject, finding),
        **_both("column", lambda language: _label(contract, finding, language)),
        "cell": finding.cell,
        "value": shown_value(contract, finding),
        **_both("expected", lambda language: expected(contract, finding, language)),
        "other": finding.other,
        **_both("message", lambda language: sentences[language][0]),
        **_both("mend", lambda language: sentences[language][1]),
        "caused_by": finding.caused_by,
        "waiver": finding.waiver,
    }


def _their_sheet(subject: Subject, finding: Finding) -> str | None:
    theirs = subject.sheets.get(finding.sheet or "")
    return on_one_line(theirs.name) if theirs else None


def _their_header(subject: Subject, finding: Finding) -> str | None:
    theirs = subject.sheets.get(finding.sheet or "")
    header = theirs.headers.get(finding.column or "") if theirs else None
    return on_one_line(header) if header else None


def _label(contract: Contract, finding: Finding, language: Language) -> str | None:
    if finding.sheet is None or finding.column is None:
        return None
    return column_label(contract.sheet(finding.sheet), finding.column, language)


# --- plain text -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """The text in one language."""

    contract: Contract
    subject: Subject
    findings: Sequence[Finding]
    entries: Sequence[Entry]
    language: Language

    def say(self, key: str, **facts: object) -> str:
        return phrase(key, self.language, **facts)


def _text(contract: Contract, subject: Subject, findings: Sequence[Finding], entries: Sequence[Entry]) -> str:
    """Return the whole text twice: first in the provider's language, then, as prominently, in the other."""
    first: Language = "cy" if subject.language == "cy" else "en"
    pages = [_Page(contract, subject, findings, entries, language) for language in (first, _other(first))]
    there_is_more = phrase("reply.other_language", first)
    return "\n".join([there_is_more, "", *_lines(pages[0]), "", "=" * _WIDTH, "", *_lines(pages[1]), ""])


def _other(language: Language) -> Language:
    return "en" if language == "cy" else "cy"


def _lines(page: _Page) -> Iterator[str]:
    title = page.say("reply.title")
    yield from (title, "=" * len(title), "")
    yield from chain.from_iterable(_wrapped(f"{name}: {told}") for name, told in _header(page))
    yield from ("", *_heading(page.say("reply.next")))
    yield from _wrapped(what_next(page.subject, page.findings, page.language), indent="")
    yield from ("", *_heading(page.say("reply.findings")))
    if not page.entries:
        yield page.say("reply.none")
    for number, entry in enumerate(page.entries, 1):
        yield from _told(page, number, entry)


def _header(page: _Page) -> Iterator[tuple[str, str]]:
    subject, unknown = page.subject, page.say("reply.unknown")
    yield page.say("reply.provider"), _provider(subject, page.language) or unknown
    yield page.say("reply.month"), month_name(subject.period, page.language) if subject.period else unknown
    yield page.say("reply.submission"), str(subject.submission_no or unknown)
    yield page.say("reply.file"), on_one_line(subject.file_name)
    yield page.say("reply.received"), f"{subject.received_at:%Y-%m-%d %H:%M}"
    yield page.say("reply.verdict"), page.say(f"state.{verdict(subject, page.findings)}")
    yield page.say("reply.found"), _found(page)
    counts = {"read": subject.rows_read, "accepted": subject.rows_accepted, "quarantined": subject.rows_quarantined}
    yield page.say("reply.rows"), page.say("reply.rows_counted", **counts)


def _provider(subject: Subject, language: Language) -> str:
    names = [subject.provider_name_cy, subject.provider_name_en] if language == "cy" else [subject.provider_name_en]
    name = next((name for name in names if name), None)
    return ", ".join(on_one_line(part) for part in (subject.provider_id, name) if part)


def _found(page: _Page) -> str:
    counts = {severity: count for severity, count in _by_severity(page.findings).items() if count}
    told = [f"{page.say(f'severity_many.{severity}')} ({count})" for severity, count in counts.items()]
    return ", ".join(told) or page.say("reply.none")


def _heading(words: str) -> tuple[str, str]:
    return words, "-" * len(words)


def _told(page: _Page, number: int, entry: Entry) -> Iterator[str]:
    finding = entry.first
    yield ""
    yield from _wrapped(f"{number}. {_where(page, entry)} [{page.say(f'severity.{finding.severity}')}]")
    if entry.count > 1:
        rows = row_ranges(one.row for one in entry.findings)
        yield from _indented(page.say("reply.alike", count=entry.count, rows=rows))
    for example in entry.findings[:EXAMPLES]:
        message = say(page.contract, example, page.language)[0]
        yield from _indented(f"- {example.cell or example.row}: {message}" if entry.count > 1 else message)
    yield from _indented(f"{page.say('reply.mend')}: {say(page.contract, finding, page.language)[1]}")
    if finding.caused_by:
        yield from _indented(page.say("reply.follows", cause=_cause(page, finding.caused_by)))
    yield from _indented(_rule_line(page, finding))


def _rule_line(page: _Page, finding: Finding) -> str:
    return page.say("reply.rule", rule=finding.rule, version=page.contract.rule(finding.rule).version)


def _where(page: _Page, entry: Entry) -> str:
    finding = entry.first
    if finding.sheet is None:
        return page.say("reply.whole_file")
    name = _their_sheet(page.subject, finding) or sheet_name(finding.sheet, page.language)
    parts = [page.say("reply.sheet", sheet=name)]
    if entry.count == 1 and (finding.cell or finding.row):
        key = "cell" if finding.cell else "row"
        parts.append(page.say(f"reply.{key}", **{key: finding.cell or finding.row}))
    header = _their_header(page.subject, finding) or _label(page.contract, finding, page.language)
    return ", ".join(parts) + (f", {quoted(header)}" if header else "")


def _cause(page: _Page, finding_id: str) -> str:
    for finding in page.findings:
        if finding.finding_id == finding_id:
            return _where(page, Entry((finding,)))
    return page.say("reply.cause_elsewhere")


def _wrapped(text: str, indent: str = "   ") -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _indented(text: str) -> list[str]:
    return ["   " + line for line in textwrap.wrap(text, _WIDTH - 3, break_long_words=False, break_on_hyphens=False)]
