"""Periods as StatsWales takes them: a year, and after it a quarter or a month, all in one format of the year."""

import re
from functools import cache

from resources.pack.statswales_rules.model import Dates

_YEARS = {
    "YYYYYYYY": r"(?P<year>\d{4})(?P<end>\d{4})",
    "YYYY/YYYY": r"(?P<year>\d{4})/(?P<end>\d{4})",
    "YYYY-YYYY": r"(?P<year>\d{4})-(?P<end>\d{4})",
    "YYYYYY": r"(?P<year>\d{4})(?P<end>\d{2})",
    "YYYY/YY": r"(?P<year>\d{4})/(?P<end>\d{2})",
    "YYYY-YY": r"(?P<year>\d{4})-(?P<end>\d{2})",
    "YYYY": r"(?P<year>\d{4})",
}
_QUARTERS = {"Qx": "Q[1-4]", "-Qx": "-Q[1-4]", "_Qx": "_Q[1-4]", "x": "[1-4]", "-x": "-[1-4]", "_x": "_[1-4]"}
_MONTHS = {
    "MMM": "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    "mMM": "m(?:0[1-9]|1[0-2])",
    "MM": "(?:0[1-9]|1[0-2])",
}


@cache
def is_period(text: str, dates: Dates) -> bool:
    """Tell whether `text` is a year, quarter or month in the formats of `dates`."""
    found = _pattern(dates).fullmatch(text)
    return found is not None and _follows(found)


def other_year_format(text: str, dates: Dates) -> str | None:
    """Return the other format of the year that a period is written in, or None where it is in none."""
    for year in _YEARS:
        if year != dates.year and is_period(text, Dates(year, dates.quarter, dates.month)):
            return year
    return None


def _follows(found: re.Match[str]) -> bool:
    end = found.groupdict().get("end")
    return end is None or int(end) == (int(found["year"]) + 1) % 10 ** len(end)


@cache
def _pattern(dates: Dates) -> re.Pattern[str]:
    parts = [_QUARTERS[dates.quarter]] if dates.quarter else []
    parts += [_MONTHS[dates.month]] if dates.month else []
    return re.compile(f"{_YEARS[dates.year]}(?:{'|'.join(parts)})?", re.ASCII)
