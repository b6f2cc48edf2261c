"""Working days in Wales: when a month's return is due, from when its figures are final, when releases become public.

Nothing here looks at the clock. Bank holidays follow their rules; one-off ones are listed.
Source: gov.uk, bank holidays in England and Wales.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from expectations.months import last_day

WORKING_DAYS_TO_SEND = 15
"""A return is due on this working day after its month."""

WALES = ZoneInfo("Europe/London")

PUBLISHED_AT = time(9, 30)
"""Releases become public at this time on a working day (Code of Practice for Statistics)."""

_ONE_OFF = {
    2020: {date(2020, 5, 4): date(2020, 5, 8)},
    2022: {
        date(2022, 5, 30): date(2022, 6, 2),
        date(2022, 6, 3): date(2022, 6, 3),
        date(2022, 9, 19): date(2022, 9, 19),
    },
    2023: {date(2023, 5, 8): date(2023, 5, 8)},
}
"""Days that were moved, and days that were given once: what a day was taken for, by the day it would have been."""


def due_on(period: str) -> date:
    """Return the day by which the return for the month `period` (YYYY-MM) is to be sent."""
    return working_day(period, WORKING_DAYS_TO_SEND)


def final_from(period: str) -> date:
    """Return the first day on which the month's figures are final: its financial year's last return was due before."""
    year = int(period[:4]) + (period[5:] >= "04")
    return due_on(f"{year}-03") + timedelta(days=1)


def working_day(period: str, number: int) -> date:
    """Return the `number`th working day (from 1) after the month `period`."""
    after = _working_days_after(last_day(period))
    return next(day for count, day in enumerate(after, 1) if count == number)


def _working_days_after(day: date) -> Iterator[date]:
    """Yield the working days after `day`, without end."""
    while True:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in bank_holidays(day.year):
            yield day


def next_publication(after: datetime) -> datetime:
    """Return the next time at which releases become public, later than the moment `after`."""
    here = after.astimezone(WALES)
    today = datetime.combine(here.date(), PUBLISHED_AT, WALES)
    if here < today and not why_not_published_at(today):
        return today
    return datetime.combine(next(_working_days_after(here.date())), PUBLISHED_AT, WALES)


def why_not_published_at(moment: datetime) -> str:
    """Return why releases do not become public at a moment; nothing where they may."""
    here = moment.astimezone(WALES)
    if here.weekday() >= 5:
        return f"{here:%Y-%m-%d} is a {here:%A}"
    if here.date() in bank_holidays(here.year):
        return f"{here:%Y-%m-%d} is a bank holiday"
    return "" if here.time() == PUBLISHED_AT else f"{here:%H:%M} is not {PUBLISHED_AT:%H:%M}"


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of `year` in England and Wales."""
    easter = _easter(year)
    mondays = (_monday(year, 5, 1), _monday(year, 5, 25), _monday(year, 8, 25))
    usual = {easter - timedelta(days=2), easter + timedelta(days=1), *mondays}
    moved = _ONE_OFF.get(year, {})
    return frozenset({moved.get(day, day) for day in usual} | set(moved.values()) | set(_kept(year)))


def _kept(year: int) -> Iterable[date]:
    """Return the days kept for New Year, Christmas and Boxing Day: the next working day where one is at a weekend."""
    kept: list[date] = []
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() >= 5 or day in kept:
            day += timedelta(days=1)
        kept.append(day)
    return kept


def _monday(year: int, month: int, not_before: int) -> date:
    day = date(year, month, not_before)
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    golden, century, rest = year % 19, *divmod(year, 100)
    leap, skip = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * skip + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
