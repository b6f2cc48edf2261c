"""In which order findings are told, and how many at once: causes first, and what is alike together.

What is said of each does not belong here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import get_args

from expectations.contract import Contract
from expectations.findings import Finding, Level

GROUPED_OVER = 50
"""More findings than this that are alike in one column are told as one, with examples."""

EXAMPLES = 3
"""How many of many are shown; consequences of one cause are told together when there are more than these."""

COMMENTED = 200
"""How many of many that are told as one have a comment in an annotated copy; the others are coloured alone."""

_LEVELS = get_args(Level)
_ROW = _LEVELS.index("row")


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

    @property
    def coloured_alone(self) -> tuple[Finding, ...]:
        """Return those for which an annotated copy has a colour, and a comment at the heading of their column."""
        return self.findings[COMMENTED:]


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
    """Return what is told one by one, and together what is alike more than fifty times in a column.

    What follows from one and the same cause is told together sooner: there is nothing to mend in it.
    """
    alike = Counter(map(_kind, ordered))
    of_one_cause = Counter((_kind(finding), finding.caused_by) for finding in ordered)
    kept: dict[object, list[Finding]] = {}
    for number, finding in enumerate(ordered):
        kind = _kind(finding)
        key: object = number
        if finding.caused_by and of_one_cause[kind, finding.caused_by] > EXAMPLES:
            key = (kind, finding.caused_by)
        elif alike[kind] > GROUPED_OVER:
            key = kind
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
