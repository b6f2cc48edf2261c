"""Spoils one row so that it breaks one check of the contract, and no other rule.

Each kind of check has its own ways of being broken; a way is taken only if a plain reading of the contract (`holds`)
says that nothing but the meant rule breaks by it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import assert_never

from dayops_pipeline.sample.books import Row, Value
from dayops_pipeline.sample.hand import AsTyped
from dayops_pipeline.sample.holds import broken
from expectations.contract import (
    AddsUp,
    Amount,
    Between,
    Column,
    Count,
    Day,
    DayWithin,
    Listed,
    Matches,
    NameAgrees,
    NoPersonalDetail,
    NotListed,
    NotMore,
    OnlyWhen,
    Present,
    RatioBetween,
    RowCheck,
    Severity,
    SumNotMore,
    Text,
    Unique,
    WholeNumber,
    Written,
)
from expectations.months import first_day, last_day
from expectations.reference import current_authorities, former_authorities
from expectations.rules import contract_for

NOT_FIGURES = ("n/a", "..", "*", "-999", "tbc", "not known", "approx 12", "12 or 13")
NOT_DAYS = ("31/02/2026", "2026-13-01", "last week", "n/a")
NOT_CODES = ("XX", "?", "Q9", "see note")
PERSONAL = ("Mrs Mair Evans", "Mr Dafydd Pugh", "see 943 476 5919", "born 14/03/1951")
NOT_REFERENCES = ("Mair Evans", "943 476 5919", "14/03/1951", "5a1f09c2b77e4d3")


def spoiled(check: RowCheck, row: Row, period: str, rng: Random) -> tuple[Row, list[RowCheck]] | None:
    """Return a copy of the sound `row` that breaks `check`, with all it breaks, or None if it cannot."""
    column = contract_for(period).sheet(check.sheet).column(check.column)
    for changes in _ways(check, column, row, period, rng):
        candidate = {**row, **changes}
        broke = broken(check.sheet, candidate, period)
        if check in broke and all(one is check or _follows(one, check) for one in broke):
            return candidate, broke
    return None


def _follows(one: RowCheck, check: RowCheck) -> bool:
    """Tell whether `one` only asks what `check` refuses: a query of the same rule beside an error."""
    return one.rule == check.rule and one.severity is Severity.QUERY and check.severity is Severity.ERROR


def _ways(check: RowCheck, column: Column, row: Row, period: str, rng: Random) -> Iterator[Row]:
    match check:
        case Present():
            yield from _blank(check, row, period)
        case Written() | Listed() | NotListed() | Matches() | NameAgrees() | NoPersonalDetail():
            yield from _wrong_words(check, column, row, rng)
        case WholeNumber() | Between() | DayWithin():
            yield from _wrong_size(check, column, row, (period, rng))
        case NotMore() | AddsUp() | RatioBetween() | SumNotMore():
            yield from _disagreeing(check, row, rng)
        case OnlyWhen():
            yield {column.name: "N"} if row.get(column.name) is None else {}
        case Unique():
            return
        case _:
            assert_never(check)


def _blank(check: Present, row: Row, period: str) -> Iterator[Row]:
    if row.get(check.column) is not None:
        yield {check.column: None}
    elif check.when is not None and check.when.column == "closed_on":
        yield {check.when.column: last_day(period)}


def _misfits(column: Column) -> tuple[str, ...]:
    match column.kind:
        case Count() | Amount():
            return NOT_FIGURES
        case Day():
            return NOT_DAYS
        case _:
            return NOT_CODES


def _wrong_words(
    check: Written | Listed | NotListed | Matches | NameAgrees | NoPersonalDetail, column: Column, row: Row, rng: Random
) -> Iterator[Row]:
    match check:
        case Written():
            yield {column.name: AsTyped(rng.choice(_misfits(column)))}
        case Listed():
            yield {column.name: AsTyped("W06000099" if check.rule == "V05" else rng.choice(NOT_CODES))}
        case NotListed():
            yield from _former(column.name, row)
        case Matches():
            yield {column.name: AsTyped(_misshapen(column, row, rng))}
        case NameAgrees():
            yield from _other_name(column.name, row, rng)
        case NoPersonalDetail():
            yield {column.name: AsTyped(rng.choice(PERSONAL))}


def _former(name: str, row: Row) -> Iterator[Row]:
    for code, authority in former_authorities().items():
        if authority.code == row.get(name):
            yield {name: AsTyped(code)}


def _misshapen(column: Column, row: Row, rng: Random) -> str:
    if isinstance(column.kind, Text):
        return "very " * (column.kind.longest // 5) + "long name"
    return (
        rng.choice(NOT_REFERENCES) if column.is_sensitive else f"no. {str(row.get(column.name) or '12')[:-1].lower()}"
    )


def _other_name(name: str, row: Row, rng: Random) -> Iterator[Row]:
    code = row.get(name)
    if code in current_authorities():
        others = [one.name_en for one in current_authorities().values() if one.code != code]
        yield {name: AsTyped(f"{code} {rng.choice(others)}")}


def _numbers(row: Row, *names: str) -> list[float]:
    """Return the figures of the columns, or nothing where one of them is no figure."""
    values = [row.get(name) for name in names]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return numbers if len(numbers) == len(names) else []


def _wrong_size(
    check: WholeNumber | Between | DayWithin, column: Column, row: Row, at: tuple[str, Random]
) -> Iterator[Row]:
    period, rng = at
    match check:
        case WholeNumber():
            for number in _numbers(row, column.name):
                yield {column.name: number + 0.5}
        case Between():
            yield from _out_of_bounds(check, column, rng)
        case DayWithin():
            yield from _another_month(check, period, rng)


def _out_of_bounds(check: Between, column: Column, rng: Random) -> Iterator[Row]:
    is_whole = isinstance(column.kind, Count)
    above: Value = int(check.most) + rng.randint(1, 90) if is_whole else check.most + rng.choice((0.5, 1.5, 40))
    below: Value = int(check.least) - rng.randint(1, 9) if is_whole else check.least - rng.choice((0.5, 3, 7.25))
    is_plausible = check.most <= 5000
    ways = [above, below] if is_plausible and rng.random() < 0.5 else [below, above]
    # Fewer places or sessions than are used would also say that the service is over full.
    yield from ({column.name: way} for way in (ways if check.sheet != "SERVICES" else [above]))


def _another_month(check: DayWithin, period: str, rng: Random) -> Iterator[Row]:
    after = last_day(period) + timedelta(days=rng.randint(1, 20))
    before = first_day(period) - timedelta(days=rng.randint(1, 20))
    yield {check.column: after if check.or_before else rng.choice((after, before))}


# --- figures that do not go together ----------------------------------------------------------------------------------


def _disagreeing(check: NotMore | AddsUp | RatioBetween | SumNotMore, row: Row, rng: Random) -> Iterator[Row]:
    match check:
        case NotMore():
            yield from _more(check, row, rng)
        case AddsUp(column=name):
            for number in _numbers(row, name):
                yield {name: int(number) + rng.randint(1, 4)}
        case RatioBetween():
            yield from _off_ratio(check, row, rng)
        case SumNotMore(column=name, parts=parts):
            total = sum(_numbers(row, *parts))
            if total:
                yield {name: int(total) - 1}


def _more(check: NotMore, row: Row, rng: Random) -> Iterator[Row]:
    one, other = row.get(check.column), row.get(check.other)
    if isinstance(one, date):
        yield from _days_crossed(check, other, rng)
    if check.other == "sessions_attended":
        yield from _too_few_sessions(row)
    elif numbers := _numbers(row, check.column, check.other):
        more = numbers[1] + rng.randint(1, 3)
        if check.other == "sessions_planned" and numbers[0]:
            yield {check.other: numbers[0] - 1}
        yield {check.column: more}


def _days_crossed(check: NotMore, other: Value, rng: Random) -> Iterator[Row]:
    if isinstance(other, date):
        yield {check.column: other + timedelta(days=rng.randint(1, 9))}
        yield {check.column: other + timedelta(days=1)}


def _too_few_sessions(row: Row) -> Iterator[Row]:
    """Give a group fewer sessions than people, and keep what was planned and how long a session is."""
    figures = _numbers(row, "people_attended", "sessions_attended", "sessions_dna", "hours_delivered")
    if figures and figures[0] >= 2:
        came, sessions, missed, hours = figures
        fewer = int(came) - 1
        yield {
            "sessions_attended": fewer,
            "sessions_dna": int(missed + sessions) - fewer,
            "hours_delivered": round(hours / sessions * fewer, 2),
        }


def _off_ratio(check: RatioBetween, row: Row, rng: Random) -> Iterator[Row]:
    for base in _numbers(row, check.other):
        if base:
            yield {check.column: round(base * check.most * rng.uniform(1.15, 1.4) + 2 * check.slack + 0.1, 2)}
