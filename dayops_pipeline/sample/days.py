"""The calendar of the sample: months, working days, the half-days on which services open, and when a return is due.

Bank holidays are those of Wales; nothing here looks at the clock.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from expectations.months import BASELINE, first_day, last_day

WORKING_DAYS_TO_SEND = 15


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Return the months from `first` to `last` (YYYY-MM), both included; none where `last` is earlier."""
    return tuple(_month(number) for number in range(_number(first), _number(last) + 1))


def month_before(period: str, months: int = 1) -> str:
    """Return the month that many months before `period`."""
    return _month(_number(period) - months)


def _number(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"


BASELINE_MONTHS = months_between(*BASELINE)
"""The months that baseline returns are about."""


@cache
def open_days(period: str) -> tuple[date, ...]:
    """Return the days of the month on which a day service may open: no bank holidays, no days of Christmas week."""
    first, shut = first_day(period), bank_holidays(int(period[:4]))
    days = (first.replace(day=number) for number in range(1, last_day(period).day + 1))
    return tuple(day for day in days if day not in shut and not _is_christmas_week(day) and day.weekday() < 6)


def _is_christmas_week(day: date) -> bool:
    return (day.month == 12 and day.day >= 24) or (day.month == 1 and day.day == 1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of `year`, without one-off ones."""
    easter = _easter(year)
    mondays = (_monday(year, 5, 1), _monday(year, 5, 25), _monday(year, 8, 25))
    fixed = (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26))
    return frozenset({easter - timedelta(days=2), easter + timedelta(days=1), *mondays, *fixed})


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


def _working_days_after(day: date) -> Iterator[date]:
    """Yield the working days after `day`, without end."""
    while True:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in bank_holidays(day.year):
            yield day


def working_day(period: str, number: int) -> date:
    """Return the `number`th working day (from 1) after the month `period`."""
    after = _working_days_after(last_day(period))
    return next(day for count, day in enumerate(after, 1) if count == number)
