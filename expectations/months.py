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
