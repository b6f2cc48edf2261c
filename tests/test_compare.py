"""Comparing: what is asked of returns that are sound by themselves, held against other months and other providers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, text
from world import ANGLESEY, World

from expectations import comparisons
from expectations.comparisons import Unlike
from expectations.contract import Severity
from expectations.findings import Finding, Quarantined, Verdict
from expectations.months import first_day, month_before
from expectations.rules import CONTRACT
from warehouse import history, ledger

NOW, BEFORE, LAST_YEAR = "2026-09", "2026-08", "2025-09"
SERVICE = "DOS000001"
GROUP = {"service_id": SERVICE, "commissioning_la": ANGLESEY, "client_group": "LD", "age_band": "25-44"}
USUAL = {
    "people_enrolled": 30,
    "people_attended": 25,
    "sessions_planned": 220,
    "sessions_attended": 200,
    "hours_delivered": 600,
}


def a_month(world: World, month: str, provider: int = 1, *, number: int = 1, **changes: Any) -> int:
    """Add a return of one service for a month, the same figures each month but for `changes`; return its number."""
    costs = {"cost_staff": changes.pop("cost_staff", 12_000), "cost_other": 500}
    came = changes.pop("received_at", datetime(2026, 10, 5, tzinfo=UTC))
    said = {name: changes.pop(name) for name in ("nil_return", "profile") if name in changes}
    submission = world.submission(provider, month, received_at=came, **said)
    service = world.service(submission, number, ANGLESEY)
    if not said.get("nil_return"):
        # A figure of its own, so that no two months are equal by accident.
        world.row(
            "ACTIVITY", submission, **{**GROUP, "service_id": service, **USUAL, "sessions_dna": _own(month), **changes}
        )
        world.row("FINANCE", submission, service_id=service, **costs)
    return submission


def _own(month: str) -> int:
    return int(month[:4]) + int(month[5:])


def the_year_before(world: World, months: int = 12, **changes: Any) -> None:
    for back in range(1, months + 1):
        a_month(world, month_before(NOW, back), **changes)


def found(c: Connection, world: World, says: str) -> list[Unlike]:
    """Return what the comparisons called `says` find in September."""
    if world.submissions:
        world.put(c)
    facts = history.compared_facts(c, CONTRACT, NOW)
    answers = comparisons.compare(CONTRACT, facts, NOW)
    return [one for check in CONTRACT.comparisons() if check.says == says for one in answers[check.code]]


def everything(c: Connection, world: World) -> set[str]:
    """Return all that is said of September."""
    world.put(c)
    answers = comparisons.compare(CONTRACT, history.compared_facts(c, CONTRACT, NOW), NOW)
    return {check.says for check in CONTRACT.comparisons() if answers[check.code]}


def row_of(world: World, submission: int, sheet: str = "ACTIVITY") -> int:
    return next(int(row["row_number"]) for row in world.rows[sheet] if row["submission_id"] == submission)


def test_a_provider_that_goes_on_as_before_is_asked_nothing(c: Connection) -> None:
    world = World()
    the_year_before(world)
    a_month(world, NOW)
    assert everything(c, world) == set()


def test_every_comparison_says_what_it_means_in_its_first_line_and_none_refuses() -> None:
    assert all(comparisons.query(check.query).startswith("-- ") for check in CONTRACT.comparisons())
    assert {check.severity for check in CONTRACT.comparisons()} == {Severity.QUERY}


# --- enrolment --------------------------------------------------------------------------------------------------------


def test_people_enrolled_follow_from_the_month_before_who_started_and_who_left(c: Connection) -> None:
    world = World()
    a_month(world, BEFORE)
    now = a_month(world, NOW, people_enrolled=32, new_starters=3, leavers=2)
    assert found(c, world, "enrolment_does_not_follow") == [Unlike(now, row_of(world, now), "32", "31", "30")]


def test_a_client_group_that_is_new_to_a_service_has_started(c: Connection) -> None:
    world = World()
    a_month(world, BEFORE)
    now = a_month(world, NOW)
    world.row("ACTIVITY", now, **{**GROUP, "client_group": "OP", "people_enrolled": 4, "new_starters": 4})
    assert found(c, world, "enrolment_does_not_follow") == []


@pytest.mark.parametrize("missing", ["service", "return", "nil return", "baseline"])
def test_enrolment_is_not_compared_with_a_month_that_was_not_told_of(c: Connection, missing: str) -> None:
    world = World()
    if missing == "service":
        a_month(world, BEFORE, number=2)
    if missing == "nil return":
        a_month(world, BEFORE, nil_return=True)
    if missing == "baseline":
        a_month(world, BEFORE, profile="BASELINE")
    a_month(world, NOW, people_enrolled=99)
    assert found(c, world, "enrolment_does_not_follow") == []


def test_a_superseded_return_is_nothing_to_compare_with(c: Connection) -> None:
    world = World()
    a_month(world, BEFORE)
    world.submission(2, NOW)
    now = a_month(world, NOW, people_enrolled=99)
    world.submissions[now]["is_current"] = False
    assert found(c, world, "enrolment_does_not_follow") == []


# --- change -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sheet", "says", "value", "expected"),
    [
        ({"people_attended": 12}, "ACTIVITY", "changed_since_month", "12", "25"),
        ({"hours_delivered": 901}, "ACTIVITY", "changed_since_month", "901", "600"),
        ({"cost_staff": 5_000.5}, "FINANCE", "cost_changed_since_month", "5500.5", "12500"),
    ],
)
def test_a_figure_that_changes_by_more_than_half_is_asked_about(
    c: Connection, change: dict[str, Any], sheet: str, says: str, value: str, expected: str
) -> None:
    world = World()
    a_month(world, BEFORE)
    now = a_month(world, NOW, **change)
    assert found(c, world, says) == [Unlike(now, row_of(world, now, sheet), value, expected, SERVICE)]


@pytest.mark.parametrize("change", [{"hours_delivered": 900}, {"hours_delivered": 300}, {"people_attended": 13}])
def test_a_figure_that_changes_by_half_is_not(c: Connection, change: dict[str, Any]) -> None:
    world = World()
    a_month(world, BEFORE)
    a_month(world, NOW, **change)
    assert everything(c, world) == set()


def test_a_change_of_ten_is_none(c: Connection) -> None:
    world = World()
    a_month(world, BEFORE, people_attended=2)
    a_month(world, NOW, people_attended=12)
    assert found(c, world, "changed_since_month") == []


def test_a_figure_is_held_against_the_same_month_last_year(c: Connection) -> None:
    world = World()
    a_month(world, LAST_YEAR, hours_delivered=300)
    now = a_month(world, NOW, hours_delivered=526)
    assert found(c, world, "changed_since_year") == [Unlike(now, row_of(world, now), "526", "300", SERVICE)]


def test_a_change_is_told_once(c: Connection) -> None:
    world = World()
    the_year_before(world)
    a_month(world, NOW, hours_delivered=2000)
    assert everything(c, world) == {"changed_since_month"}


def test_a_figure_far_from_the_months_before_is_asked_about_although_it_came_slowly(c: Connection) -> None:
    world = World()
    the_year_before(world, 11)
    world.rows["ACTIVITY"][0]["hours_delivered"] = 850
    now = a_month(world, NOW, hours_delivered=900)
    assert found(c, world, "unlike_before") == [Unlike(now, row_of(world, now), "900", "600", "11")]


def test_five_months_are_too_few_to_say_what_is_usual(c: Connection) -> None:
    world = World()
    the_year_before(world, 5)
    world.rows["ACTIVITY"][0]["hours_delivered"] = 850
    a_month(world, NOW, hours_delivered=900)
    assert found(c, world, "unlike_before") == []


# --- services that go, figures that stay ------------------------------------------------------------------------------


def test_a_service_that_is_not_told_of_any_more_is_asked_about(c: Connection) -> None:
    world = World()
    world.service(a_month(world, BEFORE), 2, ANGLESEY)
    now = a_month(world, NOW)
    assert found(c, world, "service_gone") == [Unlike(now, None, "DOS000002", None, None)]


def test_a_service_that_closed_or_went_to_another_provider_is_not_gone(c: Connection) -> None:
    world = World()
    before = a_month(world, BEFORE)
    world.service(before, 2, ANGLESEY, closed_on=date(2026, 8, 31), closure_reason="FINANCE")
    world.service(before, 3, ANGLESEY)
    a_month(world, NOW)
    world.service(world.submission(2, NOW), 3, ANGLESEY)
    assert found(c, world, "service_gone") == []


def test_a_provider_that_sends_nothing_is_no_matter_of_its_services(c: Connection) -> None:
    world = World()
    a_month(world, BEFORE)
    a_month(world, NOW, provider=2, number=9)
    assert found(c, world, "service_gone") == []


def test_figures_that_are_all_as_last_month_are_asked_about(c: Connection) -> None:
    world = World()
    a_month(world, BEFORE, sessions_dna=20)
    now = a_month(world, NOW, sessions_dna=20)
    assert found(c, world, "unchanged") == [Unlike(now, None, None, None, None)]


def _of_three_groups(world: World, provider: int, hour: int, **changes: Any) -> int:
    came = datetime(2026, 10, 5, hour, tzinfo=UTC)
    submission = a_month(world, NOW, provider, number=provider, received_at=came, sessions_dna=7)
    for group in ("OP", "DEM"):
        own = {**GROUP, "service_id": f"DOS{provider:06}", "client_group": group}
        world.row("ACTIVITY", submission, **{**own, **USUAL, **changes})
    return submission


def test_of_two_providers_with_the_same_figures_the_later_is_asked(c: Connection) -> None:
    world = World()
    _of_three_groups(world, 1, hour=9)
    later = _of_three_groups(world, 2, hour=10)
    assert found(c, world, "copied") == [Unlike(later, None, None, None, None)]


def test_one_figure_apart_is_no_copy(c: Connection) -> None:
    world = World()
    _of_three_groups(world, 1, hour=9)
    _of_three_groups(world, 2, hour=10, leavers=1)
    assert found(c, world, "copied") == []


# --- what was found before --------------------------------------------------------------------------------------------


def a_finding(submission: int, row: int, **changes: Any) -> Finding:
    sound: dict[str, Any] = {
        "rule": "V10",
        "severity": Severity.QUERY,
        "level": "row",
        "says": "sessions_do_not_add_up",
    }
    place = {"sheet": "ACTIVITY", "row": row, "column": "sessions_planned"}
    return Finding(submission, **{**sound, **place, **changes})


def put_aside(c: Connection, submission: int, raw: str | None) -> None:
    """Have a row of ACTIVITY put aside that says it is about the service `raw`."""
    row = Quarantined("ACTIVITY", 99, {"service_id": raw}, ["V03"])
    ledger.record_verdict(c, Verdict(submission, "queried", quarantined=[row], header=_said(c, submission)))
    ledger.settle_current(c, BEFORE)
    ledger.settle_current(c, NOW)


def _said(c: Connection, submission: int) -> dict[str, Any]:
    asked = text("select * from landing.submission where submission_id = :id")
    said = c.execute(asked, {"id": submission}).mappings().one()
    return {**said, "period": f"{said['period']:%Y-%m}"}


@pytest.mark.parametrize(
    ("raw", "is_asked"),
    [("DOS000001", False), (" dos000001 ", False), (None, False), ("DOS000777", False), ("DOS000002", True)],
)
@pytest.mark.parametrize("which", ["now", "before"])
def test_a_service_with_a_row_put_aside_is_not_compared(
    c: Connection, raw: str | None, is_asked: bool, which: str
) -> None:
    world = World()
    returns = {"before": a_month(world, BEFORE), "now": a_month(world, NOW, people_enrolled=99)}
    world.service(returns[which], 2, ANGLESEY)
    world.put(c)
    put_aside(c, returns[which], raw)
    assert bool(found(c, World(), "enrolment_does_not_follow")) is is_asked


@pytest.mark.parametrize("which", ["now", "before"])
def test_a_service_whose_figures_are_asked_about_already_is_not_compared(c: Connection, which: str) -> None:
    world = World()
    returns = {"before": a_month(world, BEFORE), "now": a_month(world, NOW, people_enrolled=99)}
    finding = a_finding(returns[which], row_of(world, returns[which]))
    world.put(c)
    ledger.record_comparison(c, {"now": NOW, "before": BEFORE}[which], [finding])
    assert found(c, World(), "enrolment_does_not_follow") == []


def test_what_a_comparison_found_does_not_keep_the_next_month_from_being_compared(c: Connection) -> None:
    world = World()
    before = a_month(world, BEFORE)
    a_month(world, NOW, people_enrolled=99)
    world.put(c)
    found_then = a_finding(before, row_of(world, before), rule="V24", says="enrolment_does_not_follow")
    ledger.record_comparison(c, BEFORE, [found_then])
    assert found(c, World(), "enrolment_does_not_follow") != []


# --- what is kept -----------------------------------------------------------------------------------------------------


def _kept(c: Connection, submission: int) -> tuple[str, list[str]]:
    state = c.scalar(text("select state from landing.submission where submission_id = :id"), {"id": submission})
    return str(state), [one.rule for one in ledger.findings_of(c, submission)]


def test_what_comparing_finds_replaces_what_it_found_before_and_makes_a_return_queried(c: Connection) -> None:
    world = World()
    now = a_month(world, NOW)
    world.put(c)
    other = a_finding(now, 2, rule="V25", says="changed_since_month")
    for findings in ([other, a_finding(now, 2, rule="V24")], [other]):
        ledger.record_comparison(c, NOW, findings)
    assert _kept(c, now) == ("queried", ["V25"])
    ledger.record_comparison(c, NOW, [])
    assert _kept(c, now) == ("accepted", [])


def test_what_checking_found_stays_when_comparing_finds_nothing(c: Connection) -> None:
    world = World()
    now = a_month(world, NOW)
    world.put(c)
    ledger.record_verdict(c, Verdict(now, "queried", [a_finding(now, 2)], header=_said(c, now)))
    ledger.record_comparison(c, NOW, [a_finding(now, 2, rule="V24")])
    assert _kept(c, now) == ("queried", ["V10", "V24"])
    ledger.record_comparison(c, NOW, [])
    assert _kept(c, now) == ("queried", ["V10"])


# --- returns that have not come ---------------------------------------------------------------------------------------


def _states(c: Connection, today: date) -> tuple[dict[str, str], list[str]]:
    rows = c.execute(
        text("select provider_id, state from landing.expected_return where period = :month"), {"month": first_day(NOW)}
    )
    return {provider: state for provider, state in rows.tuples()}, ledger.overdue(c, NOW, today)


def test_a_registered_provider_without_a_return_is_overdue_from_the_day_after_it_was_due(c: Connection) -> None:
    world = World()
    for number in (10, 20, 30, 40):
        world.expect(number, ANGLESEY)
    world.expect(50, ANGLESEY, until="2026-08-31")
    a_month(world, NOW, provider=1, number=10)
    a_month(world, NOW, provider=2, number=20, received_at=datetime(2026, 10, 22, tzinfo=UTC))
    refused = a_month(world, NOW, provider=3, number=30)
    world.submissions[refused] |= {"state": "refused", "is_current": False}
    world.put(c)
    came = {"DOP00001": "received", "DOP00002": "late", "DOP00003": "refused", "DOP00004": "overdue"}
    assert _states(c, date(2026, 10, 22)) == (came, ["DOP00003", "DOP00004"])
    assert _states(c, date(2026, 10, 21))[1] == []
