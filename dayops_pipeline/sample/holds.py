"""Which checks of the contract one row breaks: a plain reading of the rules, apart from the real checking.

Values are those of the sample: numbers and dates where a cell can be read, `AsTyped` texts where it may not. A check
whose cells are blank or cannot be read asks nothing.
"""

import re
from datetime import date
from functools import cache
from typing import assert_never

from dayops_pipeline.sample.books import Row, Value
from expectations.contract import (
    AddsUp,
    Amount,
    Between,
    Column,
    Compared,
    Count,
    Day,
    DayWithin,
    Flag,
    Joined,
    Listed,
    Matches,
    Month,
    NameAgrees,
    NoPersonalDetail,
    NotListed,
    NotMore,
    OnlyWhen,
    Present,
    RatioBetween,
    RowCheck,
    SumNotMore,
    Unique,
    When,
    WholeNumber,
    Written,
)
from expectations.months import first_day, last_day
from expectations.rules import contract_for

_PERSONAL = re.compile(r"\b(Mrs?|Ms|Miss|Dr)\b|\d{3} \d{3} \d{4}|\d\d/\d\d/\d{4}")
_CODE_AND_NAME = re.compile(r"(W\d{8}) (.+)")


def broken(sheet: str, row: Row, period: str) -> list[RowCheck]:
    """Return the checks of `sheet` that the row breaks by itself, in the contract's order."""
    return [check for check, column in _asked(sheet, period) if not _holds(check, column, row, period)]


@cache
def _asked(sheet: str, period: str) -> tuple[tuple[RowCheck, Column], ...]:
    contract = contract_for(period)
    return tuple((check, contract.sheet(sheet).column(check.column)) for check in contract.row_checks(sheet))


def _holds(check: RowCheck, column: Column, row: Row, period: str) -> bool:
    if check.when is not None and not is_met(check.when, row):
        return True
    value = row.get(check.column)
    match check:
        case Present():
            return value is not None
        case OnlyWhen(only=only):
            return value is None or is_met(only, row)
        case Written() | Listed() | NotListed() | Matches() | NameAgrees() | NoPersonalDetail():
            return value is None or _is_in_form(check, column, value)
        case WholeNumber() | Between() | DayWithin():
            return _is_sized(check, value, period)
        case NotMore() | AddsUp() | RatioBetween() | SumNotMore():
            return _agrees(check, row)
        case Unique() | Joined() | Compared():
            return True
        case _:
            assert_never(check)


def is_met(when: When, row: Row) -> bool:
    """Tell whether the condition holds for the row."""
    value = row.get(when.column)
    text = str(value).upper() if isinstance(value, bool) else value
    return value is not None and (not when.values or text in when.values)


def _is_in_form(
    check: Written | Listed | NotListed | Matches | NameAgrees | NoPersonalDetail, column: Column, value: Value
) -> bool:
    text = str(value)
    named = _CODE_AND_NAME.fullmatch(text)
    match check:
        case Written():
            return _is_readable(column, value)
        case Listed(allowed=allowed):
            return (named[1] if named else text) in allowed
        case NotListed(refused=refused):
            return text not in refused
        case Matches(regex=regex):
            return re.fullmatch(regex, text) is not None
        case NameAgrees():
            return named is None
        case NoPersonalDetail():
            return _PERSONAL.search(text) is None


def _is_readable(column: Column, value: Value) -> bool:
    match column.kind:
        case Count() | Amount():
            return _is_number(value)
        case Day():
            return isinstance(value, date)
        case Month():
            return re.fullmatch(r"\d{4}-\d\d", str(value)) is not None
        case Flag():
            return isinstance(value, bool)
        case _:
            return True


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_sized(check: WholeNumber | Between | DayWithin, value: Value, period: str) -> bool:
    if isinstance(check, DayWithin):
        return _is_within(value, check.or_before, period)
    if not _is_number(value):
        return True
    number = float(str(value))
    return number == int(number) if isinstance(check, WholeNumber) else check.least <= number <= check.most


def _is_within(value: Value, or_before: bool, period: str) -> bool:
    if not isinstance(value, date):
        return True
    return value <= last_day(period) and (or_before or first_day(period) <= value)


def _agrees(check: NotMore | AddsUp | RatioBetween | SumNotMore, row: Row) -> bool:
    if isinstance(check, NotMore):
        one, other = row.get(check.column), row.get(check.other)
        if isinstance(one, date) and isinstance(other, date):
            return one <= other
    names = _figures(check)
    figures = {name: row.get(name) for name in names}
    if not all(_is_number(figure) for figure in figures.values()):
        return True
    return _adds_up(check, {name: float(str(figure)) for name, figure in figures.items()})


def _figures(check: NotMore | AddsUp | RatioBetween | SumNotMore) -> tuple[str, ...]:
    match check:
        case NotMore(column=column, other=other) | RatioBetween(column=column, other=other):
            return column, other
        case AddsUp(parts=parts, totals=totals):
            return *parts, *totals
        case SumNotMore(column=column, parts=parts):
            return column, *parts


def _adds_up(check: NotMore | AddsUp | RatioBetween | SumNotMore, figures: dict[str, float]) -> bool:
    value = figures.get(check.column, 0)
    match check:
        case NotMore(other=other):
            return value <= figures[other]
        case AddsUp(parts=parts, totals=totals, tolerance=tolerance):
            return abs(sum(figures[one] for one in parts) - sum(figures[one] for one in totals)) <= tolerance + 1e-9
        case RatioBetween(other=other, least=least, most=most, slack=slack):
            base = figures[other]
            return least * base - slack - 1e-9 <= value <= most * base + slack + 1e-9
        case SumNotMore(parts=parts):
            return sum(figures[one] for one in parts) <= value
