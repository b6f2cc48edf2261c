"""What is asked of a submission as such: its number among the others of its return, and its month.

Both are statements about the set of submissions, whatever came first.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from expectations.calendar import final_from
from expectations.contract import Profile, Severity
from expectations.findings import Finding
from expectations.months import BASELINE, SINCE, last_day

REASON_WANTED = "V27"
"""The rule that figures which were final change for a reason."""

WALES = ZoneInfo("Europe/London")


class Numbered(NamedTuple):
    """One submission of a return as far as numbering goes; `is_refused` where something else refuses it.

    `changes_final`: it came when the month's figures were final, and gives no reason; `is_excused`: it need give none,
    since that rule is waived.
    """

    submission_id: int
    submission_no: int
    received_at: datetime
    sha256: str
    is_refused: bool
    changes_final: bool = False
    is_excused: bool = False


def number(submissions: Iterable[Numbered], sent_before: int = 0) -> list[Finding]:
    """Return the findings on the numbers of one provider's submissions for one month.

    They are walked by number, then receipt, then hash. A number that was accepted cannot come again; one that is more
    than 1 above the highest so far has left one out; a refused number may be sent again, or followed by the next. Where
    one was accepted, another that comes when its figures are final gives a reason. Numbers up to
    `sent_before` are taken to have come.
    """
    walk = sorted(submissions, key=lambda one: (one.submission_no, one.received_at, one.sha256))
    highest, accepted, findings = sent_before, set[int](), list[Finding]()
    last = walk[-1].submission_no if walk else 0
    for one in walk:
        if one.submission_no in accepted:
            findings.append(_finding(one.submission_id, "number_repeated", one.submission_no, last + 1))
        elif one.submission_no > highest + 1:
            findings.append(_finding(one.submission_id, "number_skipped", one.submission_no, highest + 1))
        elif accepted and one.changes_final:
            findings.append(_without_reason(one.submission_id))
            accepted |= {one.submission_no} if one.is_excused and not one.is_refused else set()
        elif not one.is_refused:
            accepted.add(one.submission_no)
        highest = max(highest, one.submission_no)
    return findings


def _finding(submission_id: int, says: str, submission_no: int, expected: int) -> Finding:
    return _about_return(submission_id, says, "submission_no", str(submission_no), str(expected))


def _without_reason(submission_id: int) -> Finding:
    return _about_return(submission_id, "reason_for_change_missing", "reason_for_change", None, rule=REASON_WANTED)


def changes_final(period: str, received_at: datetime, reason: str | None) -> bool:
    """Tell whether a submission for the month `period` (YYYY-MM) came after it was final, and does not say why."""
    return not reason and received_at.astimezone(WALES).date() >= final_from(period)


def _about_return(
    submission_id: int, says: str, column: str, value: str | None, expected: str | None = None, rule: str = "V02"
) -> Finding:
    return Finding(
        submission_id=submission_id,
        rule=rule,
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
