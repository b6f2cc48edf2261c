"""Which cells of a return are marked in its annotated copy, how, and what is written beside each.

The copy itself is drawn elsewhere; here it is only said what stands where.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from expectations.contract import Contract, Severity
from expectations.findings import Finding, masked
from expectations.replies.telling import Document
from expectations.wording import phrase

Place = tuple[int, int]
"""Row and column, both from 1, as their file has them."""

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_PERSONAL = "V08"
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is told of one cell: its worst severity, the comment in both languages, and the findings behind it."""

    severity: Severity
    comment: str
    findings: tuple[Finding, ...]


def marks(document: Document) -> Mapping[str, Mapping[Place, Mark]]:
    """Return the marks of each sheet of the contract, by place."""
    placed: dict[str, dict[Place, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in document.findings:
        at = place_of(finding)
        if finding.sheet and at:
            placed[finding.sheet][at].append(finding)
    return {
        sheet: {at: _mark(document, findings) for at, findings in sorted(cells.items())}
        for sheet, cells in placed.items()
    }


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


def _mark(document: Document, findings: list[Finding]) -> Mark:
    worst = min((finding.severity for finding in findings), key=_WORST_FIRST.index)
    return Mark(worst, "\n\n".join(_told(document, finding) for finding in findings), tuple(findings))


def _told(document: Document, finding: Finding) -> str:
    number, said = document.numbers[finding.finding_id], document.said(finding)
    lines = []
    for language in document.subject.languages:
        severity = phrase(f"severity.{finding.severity}", language)
        message, mend = said[language]
        lines.append(f"{number}. {severity[:1].upper()}{severity[1:]}: {message} {mend}")
    return "\n".join(lines)


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
