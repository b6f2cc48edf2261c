"""What is asked of a submission as such: its number among the others of its return, and its month.

Both are statements about the set of submissions, whatever came first.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from expectations.contract import Profile, Severity
from expectations.findings import Finding
from expectations.months import BASELINE, SINCE, last_day


class Numbered(NamedTuple):
    """One submission of a return as far as numbering goes; `is_refused` where something else refuses it."""

    submission_id: int
    submission_no: int
    received_at: datetime
    sha256: str
    is_refused: bool


def number(submissions: Iterable[Numbered], sent_before: int = 0) -> list[Finding]:
    """Return the findings on the numbers of one provider's submissions for one month.

    They are walked by number, then receipt, then hash. A number that was accepted cannot come again; one that is more
    than 1 above the highest so far has left one out; a refused number may be sent again, or followed by the next.
    Numbers up to `sent_before` are taken to have come.
    """
    walk = sorted(submissions, key=lambda one: (one.submission_no, one.received_at, one.sha256))
    highest, accepted, findings = sent_before, set[int](), list[Finding]()
    last = walk[-1].submission_no if walk else 0
    for one in walk:
        if one.submission_no in accepted:
            findings.append(_finding(one.submission_id, "number_repeated", one.submission_no, last + 1))
        elif one.submission_no > highest + 1:
            findings.append(_finding(one.submission_id, "number_skipped", one.submission_no, highest + 1))
        elif not one.is_refused:
            accepted.add(one.submission_no)
        highest = max(highest, one.submission_no)
    return findings


def _finding(submission_id: int, says: str, submission_no: int, expected: int) -> Finding:
    return _about_return(submission_id, says, "submission_no", str(submission_no), str(expected))


def _about_return(submission_id: int, says: str, column: str, value: str, expected: str | None = None) -> Finding:
    return Finding(
        submission_id=submission_id,
        rule="V02",
        severity=Severity.ERROR,
        level="file",
        says=says,
        sheet="RETURN",
        column=column,
        value=value,
        expected=expected,
    )


def timely(submission_id: int, period: str, profile: str | None, today: date) -> list[Finding]:
    """Return the findings on the month `period` (YYYY-MM): it is over, and a return of `profile` may be about it."""
    findings = []
    if last_day(period) >= today:
        findings.append(_about_return(submission_id, "month_not_over", "period", period))
    if profile in set(Profile) and not _fits(Profile(profile), period):
        findings.append(_about_return(submission_id, "profile_month", "profile", profile))
    return findings


def _fits(profile: Profile, period: str) -> bool:
    if profile is Profile.BASELINE:
        return BASELINE[0] <= period <= BASELINE[1]
    return period >= SINCE
