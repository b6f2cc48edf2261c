"""Findings in the provider's own terms: which cell of their file, what they typed there, and the facts of the matter.

Why a row breaks a rule is decided elsewhere; here it is only put into a finding, and causes are told from consequences.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assets.check.batch import Batch
from expectations.contract import (
    AddsUp,
    AnyCheck,
    Area,
    Between,
    Contract,
    DayWithin,
    Joined,
    Listed,
    Matches,
    NameAgrees,
    NotListed,
    NotMore,
    OnlyWhen,
    Pattern,
    Present,
    RatioBetween,
    RowCheck,
    Severity,
    SumNotMore,
    Text,
    Unique,
    When,
)
from expectations.discretion import discreet_cell
from expectations.findings import Finding, Level, letters, masked
from expectations.headers import LESSER
from expectations.months import first_day, last_day
from expectations.rules import FILE_RULES
from expectations.written import authority_named

if TYPE_CHECKING:
    from expectations.joins import Broken

_SOME_AUTHORITY = "W06000001"
_PERSONAL = "V08"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding about the row at `position` of a batch, and the columns that were looked at (none: the row as such)."""

    position: int
    finding: Finding
    columns: frozenset[str]
    is_of_cell: bool

    @property
    def is_error(self) -> bool:
        """Tell whether the finding refuses its row."""
        return self.finding.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts what is wrong in one sheet into findings; `headers` gives each submission's column numbers."""

    contract: Contract
    period: str
    batch: Batch
    headers: Mapping[int, Mapping[str, Sequence[Any]]]

    def broken(self, check: RowCheck, position: int, rows_alike: str | None = None) -> Told:
        """Return the finding that the row at `position` breaks `check`; `rows_alike` names the rows that repeat it."""
        columns = looked_at(check)
        finding = self._finding(check, position, self._value(check, position), self._expected(check, position))
        return Told(position, replace(finding, other=rows_alike), columns, len(columns) == 1)

    def joined(self, check: Joined, position: int, broken: "Broken") -> Told:
        """Return the finding that the row at `position` breaks a check across sheets."""
        finding = self._finding(check, position, broken.value, broken.expected)
        return Told(position, replace(finding, other=broken.other), frozenset({check.column}), False)

    def refused_service(self, position: int, service: str, caused_by: str) -> Told:
        """Return the finding that the row at `position` is about a service whose own row is refused."""
        column = "service_id"
        finding = Finding(
            **self._place(position, column),
            rule="V20",
            severity=Severity.ERROR,
            level="row",
            says="service_refused",
            value=service,
            caused_by=caused_by,
        )
        return Told(position, finding, frozenset({column}), False)

    def placed(self, position: int, finding: Finding) -> Told:
        """Return a finding about the row at `position` with its row and cell."""
        column = str(finding.column)
        at = self._place(position, column)
        return Told(position, replace(finding, row=at["row"], cell=at["cell"]), frozenset({column}), False)

    def problem(self, position: int, flaw: Mapping[str, Any]) -> Told:
        """Return the finding that a cell, or a row where `column` is None, could not be read."""
        row, number, column = int(self.batch.row[position]), flaw.get("column_number"), flaw["column"]
        is_of_row = flaw["code"] == "ROW_FIELD_COUNT"
        finding = Finding(
            submission_id=int(self.batch.submission[position]),
            rule=FILE_RULES[flaw["code"]],
            severity=LESSER.get(flaw["code"], Severity.ERROR),
            level="row" if is_of_row else "cell",
            says=flaw["code"],
            sheet=self.batch.sheet.name,
            row=row,
            column=None if is_of_row else column,
            cell=f"{letters(number)}{row}" if number and not is_of_row else None,
            value=self._shown(column, flaw["shown"]),
            expected=flaw.get("expected"),
        )
        return Told(position, finding, frozenset({column} if column and not is_of_row else ()), not is_of_row)

    def _finding(self, check: AnyCheck, position: int, value: str | None, expected: str | None) -> Finding:
        return Finding(
            **self._place(position, check.column),
            rule=check.rule,
            severity=check.severity,
            level=_level(self.contract, check),
            says=check.says,
            value=self._shown(check.column, value, is_personal=check.rule == _PERSONAL),
            expected=expected,
        )

    def _place(self, position: int, column: str) -> dict[str, Any]:
        submission_id, row = int(self.batch.submission[position]), int(self.batch.row[position])
        at = self.headers.get(submission_id, {}).get(column)
        cell = f"{letters(int(at[0]))}{row}" if at else None
        return {
            "submission_id": submission_id,
            "sheet": self.batch.sheet.name,
            "row": row,
            "column": column,
            "cell": cell,
        }

    def _shown(self, column: str | None, value: str | None, *, is_personal: bool = False) -> str | None:
        return masked(value) if value and is_personal else discreet_cell(self.batch.sheet, column, value)

    def _value(self, check: RowCheck, position: int) -> str | None:
        return self.batch.cells[check.column].text(position)

    # --- what was expected, in figures and codes: the sentence around it is said in two languages ---------------------

    def _expected(self, check: RowCheck, position: int) -> str | None:
        match check:
            case AddsUp(column=column, parts=parts, totals=totals):
                return self._shown(column, self._sum(parts if column in totals else totals, position))
            case SumNotMore(column=column, parts=parts):
                return self._shown(column, self._sum(parts, position))
            case NotMore(other=other) | RatioBetween(other=other):
                return self._shown(other, self.batch.cells[other].text(position))
            case NotListed() | NameAgrees():
                return self._meant(check.column, position)
            case Listed(allowed=allowed):
                return self._allowed(check.column, allowed, position)
            case _:
                return _bound(check, self.batch, self.period)

    def _sum(self, columns: Iterable[str], position: int) -> str:
        meanings = (self.batch.cells[name].meaning(position) for name in columns)
        figures = [Decimal(str(one.value)) for one in meanings if one is not None and one.value is not None]
        return str(sum(figures, start=Decimal(0)))

    def _meant(self, column: str, position: int) -> str | None:
        meaning = self.batch.cells[column].meaning(position)
        return None if meaning is None or meaning.value is None else str(meaning.value)

    def _allowed(self, column: str, allowed: tuple[str, ...], position: int) -> str | None:
        if isinstance(self.batch.sheet.column(column).kind, Area):
            return authority_named(self.batch.cells[column].text(position) or "") or _SOME_AUTHORITY
        return ", ".join(allowed)


def _bound(check: RowCheck, batch: Batch, period: str) -> str | None:
    match check:
        case Between(least=least, most=most):
            return f"{least:g} - {most:.0f}" if most == int(most) else f"{least:g} - {most:g}"
        case DayWithin(or_before=or_before):
            return str(last_day(period)) if or_before else f"{first_day(period)} - {last_day(period)}"
        case Unique(columns=columns):
            return ", ".join(columns)
        case OnlyWhen(only=only):
            return condition(only)
        case Present(when=when):
            return None if when is None else condition(when)
        case Matches():
            return _shape(batch.sheet.column(check.column).kind)
        case _:
            return None


def _shape(kind: object) -> str | None:
    match kind:
        case Pattern(shape=shape):
            return shape
        case Text(longest=longest):
            return str(longest)
        case _:
            return None


def condition(when: When) -> str:
    """Return a condition on a row in figures and codes: `status = ATT`, or the column's name where anything will do."""
    return f"{when.column} = {', '.join(when.values)}" if when.values else when.column


def _level(contract: Contract, check: AnyCheck) -> Level:
    return "cell" if contract.rule(check.rule).scope == "cell" else "row"


def looked_at(check: RowCheck) -> frozenset[str]:
    """Return the columns whose values decide whether a row breaks `check`."""
    match check:
        case NotMore(column=column, other=other) | RatioBetween(column=column, other=other):
            return frozenset({column, other})
        case AddsUp(parts=parts, totals=totals):
            return frozenset({*parts, *totals})
        case SumNotMore(column=column, parts=parts):
            return frozenset({column, *parts})
        case OnlyWhen(column=column, only=only):
            return frozenset({column, only.column})
        case Unique(columns=columns):
            return frozenset({*columns, check.column})
        case _:
            return frozenset({check.column})


def with_causes(told: Sequence[Told]) -> list[Told]:
    """Return the same findings of one sheet, each that follows from another of its row naming it."""
    by_row: dict[int, list[Told]] = defaultdict(list)
    for one in told:
        by_row[one.position].append(one)
    return [_with_cause(one, by_row[one.position]) for one in told]


def _with_cause(one: Told, row: Sequence[Told]) -> Told:
    """Name the cause: the whole row, else a cell at fault, else, for a query, an error between the same cells."""
    if one.finding.caused_by:
        return one
    tests: tuple[Callable[[Told], bool], ...] = (
        lambda other: other.is_error and not other.columns and not other.is_of_cell,
        lambda other: other.is_error and other.is_of_cell and not one.is_of_cell and bool(one.columns & other.columns),
        lambda other: other.is_error and not one.is_error and bool(one.columns & other.columns),
    )
    causes = (other for test in tests for other in row if other is not one and test(other))
    cause = next(causes, None)
    return one if cause is None else replace(one, finding=replace(one.finding, caused_by=cause.finding.finding_id))
