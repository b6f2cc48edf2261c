"""Retention: how long what is known of people is kept, and what stands in its place afterwards.

Full returns hold rows about people. Those, their files and what was quarantined of them go, a financial year at a time;
sums of them stay, as does everything of returns that are sums alone. What was there is told by a tombstone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from expectations.months import first_day, month_before

SUMS_ONLY = ("LITE", "BASELINE")
"""The profiles of returns without a row about a person: they are kept for good."""


class RetentionError(RuntimeError):
    """Something that keeps rows about people from being deleted, or what is left of a return from being read again."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What was deleted of one submission: whose it was, the rule and when, and rows by table with their SHA-256.

    `period` is YYYY-MM. `left_sha256` is that of what is left of the submission, which the archive keeps.
    """

    sha256: str
    provider_id: str | None
    period: str | None
    submission_no: int | None
    rule: str
    deleted_at: datetime
    rows: dict[str, int]
    rows_sha256: dict[str, str]
    left_sha256: str


def tombstone_of(entry: dict[str, Any]) -> Tombstone:
    """Return the tombstone that a line of a book tells of."""
    return Tombstone(**{**entry, "deleted_at": datetime.fromisoformat(entry["deleted_at"])})


def rule(months: int) -> str:
    """Return the rule of retention in words."""
    return f"{months} months after the financial year"


def gone_before(today: date, months: int) -> date:
    """Return the first month that is still kept `today`, where a financial year is kept for so many months after it."""
    year = today.year
    while first_day(month_before(f"{year}-04", -months)) > today:
        year -= 1
    return date(year, 4, 1)
