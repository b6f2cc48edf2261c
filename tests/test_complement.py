"""What lets a small number be worked out is hidden too: from totals, from other months, from earlier releases."""

from datetime import date
from typing import Any

import pytest
from releasing import approved
from sqlalchemy import Connection, insert, select, update
from world import ANGLESEY, CARDIFF, GWYNEDD, POWYS, VALE, random_world

from expectations.reference import WALES
from warehouse import figures, release
from warehouse.indicators import declare, indicate
from warehouse.linking import Policy
from warehouse.protection import audit, audited, protect
from warehouse.release import DisclosureError, ReleaseError, freeze

JULY, AUGUST, MARCH = date(2026, 7, 1), date(2026, 8, 1), date(2027, 3, 1)
NORTH, EAST, MID = "RPB_NW", "RPB_CV", "RPB_PO"
LEVELS = {WALES: "country", NORTH: "region", EAST: "region", MID: "region"}


@pytest.fixture
def c(c: Connection) -> Connection:
    declare(c)
    return c


def put(c: Connection, indicator_id: str, measure: str, people: dict[str, Any], **given: Any) -> None:
    """Put a well covered figure of each area: so many people, or so many of how many."""
    for area, told in people.items():
        numerator, denominator = told if isinstance(told, tuple) else (told, None)
        value = numerator if denominator is None else 100 * numerator / denominator
        row: dict[str, Any] = {"indicator_id": indicator_id, "measure": measure, "area_code": area}
        row |= {"period_kind": "month"}
        row |= {"area_level": LEVELS.get(area, "authority"), "period_start": AUGUST, "breakdown": "all"}
        row |= {"category": "ALL", "services_expected": 10, "services_returned": 10, "coverage": 1, "note_codes": []}
        row |= {"numerator": numerator, "denominator": denominator, "value": value, "missing_authorities": []} | given
        row.setdefault("through", row["period_start"])
        c.execute(insert(figures.indicator).values(row))


def hidden(c: Connection, **of: Any) -> dict[str, str]:
    """Return why each figure that is hidden is, by its area."""
    table = figures.protected_indicator.c
    wanted = [table.status == "confidential", *(table[name] == value for name, value in of.items())]
    return dict(c.execute(select(table.area_code, table.reason).where(*wanted)).all())  # type: ignore[arg-type]


def a_nation(small: int) -> dict[str, int]:
    """Five authorities of three regions; one of them has few people."""
    own = {ANGLESEY: small, GWYNEDD: 20, CARDIFF: 40, VALE: 30, POWYS: 50}
    return {**own, NORTH: small + 20, EAST: 70, MID: 50, WALES: small + 140}


# --- totals -----------------------------------------------------------------------------------------------------------


def test_beside_a_small_number_another_is_hidden_that_would_let_it_be_subtracted(c: Connection) -> None:
    put(c, "DO22", "count", a_nation(3))
    protect(c, AUGUST)
    assert hidden(c) == {ANGLESEY: "numerator", GWYNEDD: "complementary"}
    assert audit(c, AUGUST, Policy())["found"] == 0


def test_where_nothing_is_small_nothing_is_hidden(c: Connection) -> None:
    put(c, "DO22", "count", a_nation(8))
    protect(c, AUGUST)
    assert hidden(c) == {}


def test_a_region_of_one_authority_is_hidden_with_it_and_so_is_another_region(c: Connection) -> None:
    people = a_nation(8) | {POWYS: 4, MID: 4, WALES: 102}
    put(c, "DO22", "count", people)
    protect(c, AUGUST)
    assert {POWYS, MID} < hidden(c).keys()
    assert hidden(c).keys() & {NORTH, EAST}


def test_figures_made_of_the_same_people_are_hidden_together(c: Connection) -> None:
    people = a_nation(3)
    put(c, "DO22", "count", people)
    put(c, "DO23", "main", {area: (number // 2, number) for area, number in people.items()})
    protect(c, AUGUST)
    assert GWYNEDD in hidden(c, indicator_id="DO22")
    assert GWYNEDD in hidden(c, indicator_id="DO23")


def test_money_of_two_providers_is_hidden_and_what_it_could_be_worked_out_from(c: Connection) -> None:
    of_many = {"largest": 100, "second_largest": 90}
    costs = {area: (1000, 10) for area in (GWYNEDD, CARDIFF, VALE, POWYS, MID)}
    put(c, "DO29", "main", {**costs, NORTH: (2000, 20), EAST: (2000, 20), WALES: (5000, 50)}, **of_many)
    put(c, "DO29", "main", {ANGLESEY: (1000, 10)}, largest=700, second_largest=300)
    protect(c, AUGUST)
    assert hidden(c) == {ANGLESEY: "dominance", GWYNEDD: "complementary"}


def test_what_hides_a_small_number_is_no_figure_that_one_provider_knows(c: Connection) -> None:
    put(c, "DO22", "count", {**a_nation(3), GWYNEDD: 20})
    known = figures.indicator.c.area_code == GWYNEDD
    c.execute(update(figures.indicator).where(known).values(only_provider="DOP00001"))
    protect(c, AUGUST)
    assert {ANGLESEY, NORTH} < hidden(c).keys()


def test_the_spread_between_authorities_is_that_of_those_which_are_shown(c: Connection) -> None:
    own = {ANGLESEY: (4, 40), GWYNEDD: (20, 40), CARDIFF: (30, 40), VALE: (40, 40)}
    put(c, "DO02", "main", {**own, NORTH: (24, 80), EAST: (70, 80), WALES: (94, 160)})
    put(c, "DO06", "range", {NORTH: 40, EAST: 25, WALES: 90})
    protect(c, AUGUST)
    table = figures.protected_indicator.c
    asked = select(table.area_code, table.value, table.reason).where(table.indicator_id == "DO06")
    told = {area: (value, reason) for area, value, reason in c.execute(asked)}
    shown = {area: 100 * own[area][0] / own[area][1] for area in own.keys() - hidden(c, indicator_id="DO02").keys()}
    assert told[NORTH] == (None, "too_few_shown")
    assert told[EAST] == ((25, None) if {CARDIFF, VALE} <= shown.keys() else (None, "too_few_shown"))
    spread = max(shown.values()) - min(shown.values()) if len(shown) > 1 else None
    assert told[WALES][0] == spread


# --- worlds at random -------------------------------------------------------------------------------------------------


@pytest.fixture(params=[3, 4])
def world(c: Connection, request: pytest.FixtureRequest) -> Connection:
    """A world at random, measured and protected."""
    random_world(request.param).put(c)
    indicate(c, MARCH)
    protect(c, MARCH)
    return c


def test_nothing_that_is_hidden_can_be_worked_out_and_showing_it_again_is_found(world: Connection) -> None:
    found = audit(world, MARCH, Policy())
    attacked = found["attacked"]
    assert isinstance(attacked, dict)
    assert (found["found"], audited(world, MARCH)["found"]) == (0, 0)
    assert attacked["sensitive_cells"] > 100
    table = figures.protected_indicator
    beside = table.c.reason == "complementary"
    assert len(list(world.execute(select(table).where(beside)))) > 10
    world.execute(update(table).where(beside).values(value=9, status="shown", reason=None))
    again = audit(world, MARCH, Policy())
    assert again["found"] != 0
    assert again["cells"]


def test_an_audit_that_found_something_stops_the_release(c: Connection) -> None:
    put(c, "DO22", "count", a_nation(3))
    protect(c, AUGUST)
    table = figures.protected_indicator
    c.execute(update(table).where(table.c.reason == "complementary").values(value=20, status="shown", reason=None))
    assert audit(c, AUGUST, Policy())["found"] != 0
    with pytest.raises(DisclosureError, match="2026-08"):
        freeze(c, AUGUST, audit=audited(c, AUGUST))


# --- other months and earlier releases --------------------------------------------------------------------------------


def a_month(c: Connection, month: date, people: dict[str, int], so_far: dict[str, int]) -> None:
    """Put the carers of a month, by area, and of its quarter so far; prepare and approve nothing yet."""
    each = {"services_expected": 10}
    for kind, start, told in (("month", month, people), ("quarter", JULY, so_far)):
        table = figures.indicator
        c.execute(table.delete().where(table.c.period_kind == kind, table.c.period_start == start))
        parts = {area: (100 * number, number) for area, number in told.items()}
        put(c, "DO13", "main", parts, period_kind=kind, period_start=start, through=month, **each)
    protect(c, month)


def publish(c: Connection, month: date) -> str:
    made = freeze(c, month)
    assert made is not None
    approved(c, made.release_id)
    return made.release_id


def test_a_quarter_so_far_does_not_give_away_a_month_beside_the_one_that_was_published(c: Connection) -> None:
    a_month(c, JULY, {CARDIFF: 20}, {CARDIFF: 20})
    publish(c, JULY)
    a_month(c, AUGUST, {CARDIFF: 3}, {CARDIFF: 23})
    assert hidden(c, period_kind="month") == {CARDIFF: "denominator"}
    assert hidden(c, period_kind="quarter") == {CARDIFF: "complementary"}


def test_without_a_published_month_the_quarter_may_be_shown(c: Connection) -> None:
    a_month(c, JULY, {CARDIFF: 20}, {CARDIFF: 20})
    a_month(c, AUGUST, {CARDIFF: 3}, {CARDIFF: 23})
    assert hidden(c, period_kind="quarter") == {}


def test_a_number_that_is_public_already_is_no_secret_when_the_threshold_rises(c: Connection) -> None:
    put(c, "DO22", "count", {GWYNEDD: 20, NORTH: 28, ANGLESEY: 8})
    protect(c, AUGUST)
    publish(c, AUGUST)
    protect(c, AUGUST, threshold=10)
    assert hidden(c) == {ANGLESEY: "numerator"}
    assert audit(c, AUGUST, Policy(10))["found"] == 0


def test_a_release_is_not_approved_beside_one_that_was_approved_since_it_was_prepared(c: Connection) -> None:
    a_month(c, JULY, {CARDIFF: 20}, {CARDIFF: 20})
    july = freeze(c, JULY)
    a_month(c, AUGUST, {CARDIFF: 30}, {CARDIFF: 50})
    august = freeze(c, AUGUST)
    assert july is not None
    assert august is not None
    approved(c, july.release_id)
    with pytest.raises(ReleaseError, match=f"{july.release_id}, approved since"):
        approved(c, august.release_id)
    protect(c, AUGUST)
    again = freeze(c, AUGUST)
    assert again is not None
    assert again.number == 2
    assert approved(c, again.release_id).publish_at is not None
    assert release.recheck(c, again.release_id) == []
