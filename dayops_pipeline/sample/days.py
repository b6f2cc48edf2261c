"""The calendar of the sample: the months of the baseline, and the half-days on which services open."""

from datetime import date
from functools import cache

from expectations.calendar import bank_holidays
from expectations.months import BASELINE, first_day, last_day, months_between

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
