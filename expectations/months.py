"""Months as the contract writes them, YYYY-MM: their first and last days, and which of them returns are about.

Figures are given for financial quarters and years too, written 2026-27-Q2 (July to September 2026) and 2026-27.
"""

import re
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


def months_over(today: date) -> tuple[str, ...]:
    """Return the months that returns may be about on the day `today`: from the baseline's first, all that are over."""
    return months_between(BASELINE[0], month_before(f"{today:%Y-%m}"))


def month_before(period: str, months: int = 1) -> str:
    """Return the month that many months before `period`."""
    return _month(_number(period) - months)


_PERIOD = re.compile(r"(?P<month>20\d\d-(?:0[1-9]|1[0-2]))|(?P<year>20\d\d)-(?P<end>\d\d)(?:-Q(?P<quarter>[1-4]))?")


def period_of(written: str) -> tuple[str, date]:
    """Return the kind (month, quarter or year) and the first day of a period as it is written.

    A year may look like a month (2008-09 to 2011-12): a month it is.

    Raises:
        ValueError: It is no period.
    """
    found = _PERIOD.fullmatch(written.upper())
    if found is None or (found["year"] and int(found["end"]) != (int(found["year"]) + 1) % 100):
        raise ValueError(f"{written!r} is no period")
    if found["month"]:
        return "month", first_day(found["month"])
    if found["quarter"] is None:
        return "year", date(int(found["year"]), 4, 1)
    return "quarter", first_day(month_before(f"{found['year']}-04", -3 * (int(found["quarter"]) - 1)))


def period_written(kind: str, start: date) -> str:
    """Return how a period is written that has this kind and first day."""
    year = year_start(start).year
    written = f"{year}-{(year + 1) % 100:02d}"
    match kind:
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{written}-Q{(start.month - 4) % 12 // 3 + 1}"
        case _:
            return written


def year_start(day: date) -> date:
    """Return the first day of the financial year that a day is in."""
    return date(day.year - (day.month < 4), 4, 1)


def last_month_of(kind: str, start: date) -> date:
    """Return the first day of the last month of a period that has this kind and first day."""
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    return first_day(month_before(f"{start:%Y-%m}", 1 - months))


def _number(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"
