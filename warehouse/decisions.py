"""What an operator decided, noted in the warehouse: waivers of rules, reverts to an earlier version, and their ends.

The archive's book is where decisions are kept; what is noted here can be noted again from it. Every function works
inside the caller's transaction. What a waiver does is said in `expectations.decisions`, what a revert does in the
function `landing.current_at`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, assert_never

from sqlalchemy import Connection, RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert

from expectations.decisions import Decision, Ended, Revert, Waiver
from expectations.months import first_day
from warehouse import landing  # noqa: F401 - its tables hang on the metadata
from warehouse.ledger import SOUND_STATES
from warehouse.metadata import metadata

_WAIVER = metadata.tables["landing.waiver"]
_REVERT = metadata.tables["landing.revert"]
_SUBMISSION = metadata.tables["landing.submission"]

# --- noting -----------------------------------------------------------------------------------------------------------


def note(c: Connection, decisions: Iterable[Decision]) -> set[str]:
    """Note what is not noted yet; return the months (YYYY-MM) in which another submission may be current by this.

    What ends a decision is noted after all that may be ended: the order in which they are given is of no account.
    """
    given = sorted(decisions, key=lambda one: isinstance(one, Ended))
    touched = (month for one in given for month in _note(c, one))
    return {f"{month:%Y-%m}" for month in touched}


def _note(c: Connection, decision: Decision) -> list[date]:
    match decision:
        case Waiver():
            c.execute(insert(_WAIVER).on_conflict_do_nothing(), _waiver_row(decision))
            return []
        case Revert():
            new = insert(_REVERT).on_conflict_do_nothing().returning(_REVERT.c.period)
            return list(c.scalars(new, _revert_row(decision)))
        case Ended():
            return _end(c, decision)
    assert_never(decision)


def _waiver_row(waiver: Waiver) -> dict[str, Any]:
    return {
        "waiver_id": waiver.decision_id,
        "rule_id": waiver.rule_id,
        "provider_id": waiver.provider_id,
        "period_from": first_day(waiver.period_from),
        "period_to": first_day(waiver.period_to),
        "reason": waiver.reason,
        "approved_by": waiver.decided_by,
        "expires_on": waiver.expires_on,
        "decided_at": waiver.decided_at,
    }


def _revert_row(revert: Revert) -> dict[str, Any]:
    return {
        "revert_id": revert.decision_id,
        "provider_id": revert.provider_id,
        "period": first_day(revert.period),
        "submission_no": revert.submission_no,
        "set_aside": sorted(revert.set_aside),
        "reason": revert.reason,
        "decided_by": revert.decided_by,
        "decided_at": revert.decided_at,
    }


# Of two ends of one decision the earlier holds, whichever is noted first.
_REVOKED = text("""
    update landing.waiver set revoked_at = :decided_at, revoked_by = :decided_by, revoked_reason = :reason
     where waiver_id = :ends and (revoked_at is null or revoked_at > :decided_at)
""")

_UNDONE = text("""
    update landing.revert set undone_at = :decided_at, undone_by = :decided_by, undone_reason = :reason
     where revert_id = :ends and (undone_at is null or undone_at > :decided_at)
    returning period
""")


def _end(c: Connection, ended: Ended) -> list[date]:
    told = {name: getattr(ended, name) for name in ("ends", "reason", "decided_by", "decided_at")}
    c.execute(_REVOKED, told)
    return list(c.scalars(_UNDONE, told))


# --- waivers ----------------------------------------------------------------------------------------------------------


def waivers_in_force(c: Connection, period: str, today: date) -> list[Waiver]:
    """Return the waivers that hold `today` for returns about the month `period` (YYYY-MM)."""
    month = first_day(period)
    in_force = (_WAIVER.c.revoked_at.is_(None)) & (_WAIVER.c.expires_on >= today)
    about = (_WAIVER.c.period_from <= month) & (_WAIVER.c.period_to >= month)
    rows = c.execute(select(_WAIVER).where(in_force & about).order_by(_WAIVER.c.waiver_id)).mappings()
    return list(map(_waiver, rows))


_JUDGED_UNDER = text("""
    select submission.submission_id, waiver.rule_id, waiver.waiver_id
    from landing.submission
    join landing.waiver on waiver.waiver_id = any(submission.waivers)
    where submission.period = :month
    order by waiver.waiver_id desc
""")


def waived_in_month(c: Connection, period: str) -> dict[int, dict[str, str]]:
    """Return, for each submission of the month, the rules that were waived when it was judged, with the waiver."""
    rules: dict[int, dict[str, str]] = {}
    for submission_id, rule_id, waiver_id in c.execute(_JUDGED_UNDER, {"month": first_day(period)}):
        rules.setdefault(submission_id, {})[rule_id] = waiver_id
    return rules


def waiver(c: Connection, waiver_id: str) -> Waiver | None:
    """Return the waiver of that name, in force or not; None where there is none."""
    row = c.execute(select(_WAIVER).where(_WAIVER.c.waiver_id == waiver_id)).mappings().one_or_none()
    return None if row is None else _waiver(row)


def _waiver(row: RowMapping) -> Waiver:
    return Waiver(
        decision_id=row["waiver_id"],
        rule_id=row["rule_id"],
        provider_id=row["provider_id"],
        period_from=f"{row['period_from']:%Y-%m}",
        period_to=f"{row['period_to']:%Y-%m}",
        reason=row["reason"],
        decided_by=row["approved_by"],
        expires_on=row["expires_on"],
        decided_at=row["decided_at"],
    )


_COVERED = text("""
    select count(*) from landing.submission
     where waivers is not null and period between :period_from and :period_to
       and (cast(:provider as text) is null or provider_id = :provider)
""")


def covered_by(c: Connection, one: Waiver) -> int:
    """Return how many submissions that were judged the waiver covers."""
    months = {"period_from": first_day(one.period_from), "period_to": first_day(one.period_to)}
    return int(c.execute(_COVERED, {**months, "provider": one.provider_id}).scalar_one())


_ALL_WAIVERS = text("""
    -- every waiver, what it is by today, and how many findings it makes notes of
    select
        waiver.waiver_id, waiver.rule_id, waiver.provider_id,
        to_char(waiver.period_from, 'YYYY-MM') as period_from, to_char(waiver.period_to, 'YYYY-MM') as period_to,
        case
            when waiver.revoked_at is not null then 'revoked'
            when waiver.expires_on < :today then 'expired'
            else 'in force'
        end as state,
        waiver.expires_on, waiver.reason, waiver.approved_by, waiver.decided_at, waiver.revoked_at, waiver.revoked_by,
        waiver.revoked_reason,
        (select count(*) from landing.finding where finding.waiver_id = waiver.waiver_id) as findings
    from landing.waiver
    order by waiver.decided_at, waiver.waiver_id
""")


def all_waivers(c: Connection, today: date) -> list[dict[str, Any]]:
    """Return every waiver as a row for people, with its state and the number of findings that it makes notes of."""
    return [dict(row) for row in c.execute(_ALL_WAIVERS, {"today": today}).mappings()]


_WAIVERS_OF_MONTH = text("""
    -- the waivers that the current returns of a month were judged under, and how many of their findings they waive
    select
        waiver.waiver_id, waiver.rule_id, waiver.provider_id,
        to_char(waiver.period_from, 'YYYY-MM') as period_from, to_char(waiver.period_to, 'YYYY-MM') as period_to,
        waiver.reason, waiver.approved_by, to_char(waiver.expires_on, 'YYYY-MM-DD') as expires_on,
        count(finding.finding_id) as findings
    from landing.submission
    join landing.waiver on waiver.waiver_id = any(submission.waivers)
    left join landing.finding
        on finding.submission_id = submission.submission_id and finding.waiver_id = waiver.waiver_id
    where submission.is_current and submission.period = :month
    group by waiver.waiver_id
    order by waiver.rule_id, waiver.waiver_id
""")


def waivers_of_month(c: Connection, month: date) -> list[dict[str, Any]]:
    """Return the waivers that the month's current returns were judged under, with the number of findings they waive."""
    return [dict(row) for row in c.execute(_WAIVERS_OF_MONTH, {"month": month}).mappings()]


# --- reverts ----------------------------------------------------------------------------------------------------------

_VERSIONS = text("""
    -- the submissions of a provider for a month, as its return's versions, and what became of each
    select submission.submission_no, submission.submission_id, submission.sha256, submission.file_name,
        submission.received_at, submission.state, submission.is_current, aside.revert_id
    from landing.submission
    left join landing.set_aside_at('infinity') as aside using (submission_id)
    where submission.provider_id = :provider and submission.period = :month
    order by submission.submission_no, submission.received_at, submission.sha256
""")


@dataclass(frozen=True, slots=True)
class Version:
    """One submission as a version of a return; `revert_id` names the revert that set it aside, if any."""

    submission_no: int | None
    submission_id: int
    sha256: str
    file_name: str
    received_at: datetime
    state: str
    is_current: bool
    revert_id: str | None

    @property
    def is_sound(self) -> bool:
        """Tell whether its rows are loaded."""
        return self.state in SOUND_STATES


def versions(c: Connection, provider_id: str, period: str) -> list[Version]:
    """Return every submission of a provider for the month `period` (YYYY-MM), by number."""
    asked = {"provider": provider_id, "month": first_day(period)}
    return [Version(**row) for row in c.execute(_VERSIONS, asked).mappings()]


_LAST_REVERT = text("""
    select revert_id, submission_no from landing.revert
     where provider_id = :provider and period = :month and undone_at is null
     order by decided_at desc, revert_id desc
     limit 1
""")


def revert_in_force(c: Connection, provider_id: str, period: str) -> tuple[str, int] | None:
    """Return the name of the revert that holds for a provider's month, and the version that it is to."""
    held = c.execute(_LAST_REVERT, {"provider": provider_id, "month": first_day(period)}).one_or_none()
    return None if held is None else (held.revert_id, held.submission_no)
