"""Deciding about releases: what each is by now, its approval for a set time, and its withdrawal.

Nothing runs at the set time: the views of `release_v1` look at the clock. Decisions are only ever added, and read back
as the trail. At what time of day releases may become public is said in `expectations.calendar`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, text

from expectations.calendar import WALES
from warehouse.figures import release_decision
from warehouse.release import DisclosureError, ReleaseError, one_at_a_time, recheck, standing

Recheck = Callable[[Connection, str], list[str]]
"""What looks at a release once more before it is approved: it returns what must not be published."""


@dataclass(frozen=True, slots=True)
class State:
    """What a release is by now: prepared, approved, published, superseded or withdrawn; and who decided what, when."""

    release_id: str
    period: date
    number: int
    state: str
    is_public: bool
    figures: int
    created_at: datetime
    content_sha256: str
    disclosure_control: str
    compared_with: str | None
    approved_by: str | None
    approved_at: datetime | None
    publish_at: datetime | None
    reason: str | None
    time_reason: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approves a release for which time, and why: `reason` of a revision, `time_reason` of an unusual time."""

    by: str
    at: datetime
    publish_at: datetime
    reason: str = ""
    time_reason: str | None = None


_STATES = text("""
    -- every release, or those of a month, or one alone, with the number of its figures, the newest month first
    select
        release_id, period, number, state, is_public, created_at, content_sha256, disclosure_control, compared_with,
        approved_by, approved_at, publish_at, reason, time_reason, withdrawn_by, withdrawn_at, withdrawal_reason,
        (
            select count(*) from core.released_figure as figure where figure.release_id = release.release_id
        ) as figures
    from core.release_state as release
    where (cast(:period as date) is null or period = :period)
        and (cast(:release_id as text) is null or release_id = :release_id)
    order by period desc, number desc
""")


def states(c: Connection, period: date | None = None) -> list[State]:
    """Return what every release is by now, or every one of the month `period`: the newest first."""
    return _states(c, period=period, release_id=None)


def state_of(c: Connection, release_id: str) -> State:
    """Return what a release is by now.

    Raises:
        ReleaseError: There is no such release.
    """
    found = _states(c, period=None, release_id=release_id)
    if not found:
        raise ReleaseError(f"There is no release {release_id}: dayops release list names them all.")
    return found[0]


def _states(c: Connection, **asked: object) -> list[State]:
    return [State(**row) for row in c.execute(_STATES, asked).mappings()]


# --- approval ---------------------------------------------------------------------------------------------------------


def approve(
    c: Connection, release_id: str, approval: Approval, *, is_older_meant: bool = False, look_again: Recheck = recheck
) -> State:
    """Approve a prepared release: it is public from the set time on.

    Raises:
        ReleaseError: It cannot be approved, with why and what to do.
        DisclosureError: It would give away what is confidential, as `look_again` finds.
    """
    one_at_a_time(c)
    release = state_of(c, release_id)
    _must_wait_for_approval(release)
    _must_be_the_next(c, release, approval, is_older_meant=is_older_meant)
    found = look_again(c, release_id)
    if found:
        raise DisclosureError(
            f"{release_id} is not approved: it could give away what is confidential ({len(found)}: {found[0]})."
            f" dayops release prepare {release.period:%Y-%m} protects the month anew, beside all that is approved."
        )
    given = {"publish_at": approval.publish_at, "time_reason": approval.time_reason}
    _decide(c, release_id, "approved", approval.by, approval.at, approval.reason, **given)
    return state_of(c, release_id)


def _must_wait_for_approval(release: State) -> None:
    if release.withdrawn_at is not None:
        raise ReleaseError(
            f"{release.release_id} was withdrawn by {release.withdrawn_by} on {_when(release.withdrawn_at)}:"
            f" dayops release prepare {release.period:%Y-%m} makes the next one."
        )
    if release.approved_at is not None:
        raise ReleaseError(
            f"{release.release_id} was approved by {release.approved_by} on {_when(release.approved_at)}"
            f" for {_when(release.publish_at)}."
        )


def _must_be_the_next(c: Connection, release: State, approval: Approval, *, is_older_meant: bool) -> None:
    others = [one for one in states(c, release.period) if one.withdrawn_at is None and one != release]
    for one in others:
        if one.publish_at is not None and (one.number > release.number or not one.is_public):
            raise ReleaseError(_taken(release, one))
    newer = [one for one in others if one.number > release.number]
    if newer and not is_older_meant:
        raise ReleaseError(
            f"{newer[0].release_id} is newer than {release.release_id}: approve that one, or say --older."
        )
    if release.compared_with != standing(c, release.period).get(release.period):
        raise ReleaseError(
            f"{release.release_id} does not say what it changes of what is published by now:"
            f" dayops release prepare {release.period:%Y-%m} makes one that does."
        )
    _must_be_reasoned(release, approval)


def _taken(release: State, other: State) -> str:
    if other.is_public:
        return (
            f"{other.release_id}, which is newer than {release.release_id}, is published already:"
            f" dayops release withdraw {other.release_id} if it should not be."
        )
    return (
        f"{other.release_id} is approved and becomes public at {_when(other.publish_at)}: wait for that, or"
        f" dayops release withdraw {other.release_id}."
    )


def _must_be_reasoned(release: State, approval: Approval) -> None:
    if release.compared_with is not None and not approval.reason:
        raise ReleaseError(
            f"{release.release_id} revises {release.compared_with}, which is published: --reason says why, for all"
            " to read."
        )
    if approval.publish_at < approval.at:
        raise ReleaseError(f"{_when(approval.publish_at)} is past: a release becomes public at a time to come.")


# --- withdrawal -------------------------------------------------------------------------------------------------------


def withdraw(c: Connection, release_id: str, *, by: str, reason: str, at: datetime) -> State:
    """Withdraw an approved release, published or not: the one before it stands again, its withdrawal stays visible.

    Raises:
        ReleaseError: It is not approved, or withdrawn already.
    """
    one_at_a_time(c)
    release = state_of(c, release_id)
    if release.withdrawn_at is not None:
        raise ReleaseError(
            f"{release_id} was withdrawn by {release.withdrawn_by} on {_when(release.withdrawn_at)} already."
        )
    if release.publish_at is None:
        raise ReleaseError(f"{release_id} is only prepared: nobody sees it, so there is nothing to withdraw.")
    _decide(c, release_id, "withdrawn", by, at, reason)
    return state_of(c, release_id)


def _decide(c: Connection, release_id: str, decision: str, by: str, at: datetime, reason: str, **given: object) -> None:
    said = {"release_id": release_id, "decision": decision, "decided_by": by, "decided_at": at, "reason": reason}
    c.execute(insert(release_decision).values({**said, **given}))


def withdrawals(c: Connection) -> list[dict[str, object]]:
    """Return what is told of releases that were public and were withdrawn: which, when and why."""
    asked = "select release_id, withdrawn_at, reason from release_v1.withdrawal order by withdrawn_at, release_id"
    return [
        {**row, "withdrawn_at": row["withdrawn_at"].astimezone(WALES).isoformat(timespec="minutes")}
        for row in c.execute(text(asked)).mappings()
    ]


# --- the trail --------------------------------------------------------------------------------------------------------


def trail(c: Connection, release_id: str) -> list[dict[str, Any]]:
    """Return what was decided about a release: who, when and why, in order."""
    about = "select * from core.release_decision where release_id = :release_id order by decided_at, decision"
    return [dict(row) for row in c.execute(text(about), {"release_id": release_id}).mappings()]


def as_told(state: State) -> dict[str, Any]:
    """Return a state as plain data, its month as YYYY-MM."""
    return {**asdict(state), "period": f"{state.period:%Y-%m}"}


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(WALES):%Y-%m-%d %H:%M}" if moment else "no time"
