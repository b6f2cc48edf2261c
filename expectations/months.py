"""Months as the contract writes them, YYYY-MM: their first and last days, and which of them returns are about."""

from calendar import monthrange
from datetime import date

BASELINE = ("2019-04", "2020-02")
"""The first and the last month of the baseline: the last full ones before day services shut in March 2020."""

SINCE = "2020-04"
"""The first month that returns other than those of the baseline are about."""


def first_day(period: str) -> date:
    """Return the first day of the month `period` (YYYY-MM)."""
    return date.fromisoformat(f"{period}-01")


def last_day(period: str) -> date:
    """Return the last day of the month `period` (YYYY-MM)."""
    first = first_day(period)
    return first.replace(day=monthrange(first.year, first.month)[1])


def is_quarter_end(period: str) -> bool:
    """Tell whether the month `period` (YYYY-MM) ends a financial quarter."""
    return period[5:] in {"03", "06", "09", "12"}


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
