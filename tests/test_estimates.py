"""Estimates for what did not come: only where they are asked for, apart from the figures, and of nothing hidden."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text, update
from world import ANGLESEY, CARDIFF, GWYNEDD, World

from assets.indicate import indicate as indicate_stage
from assets.protect import protect as protect_stage
from expectations.reference import WALES
from resources.settings import Settings
from warehouse import figures
from warehouse.connection import connect
from warehouse.estimates import estimate
from warehouse.indicators import declare
from warehouse.protection import protect

JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (6, 7, 8))


People = dict[date, tuple[int, ...]]
"""The people at each service of an authority that returned, by month."""


def silent(*august: int, **earlier: tuple[int, ...]) -> dict[str, People]:
    """Anglesey returns every month; Gwynedd has these people in August, and others in june and july."""
    months = {"june": JUNE, "july": JULY}
    own = {months[name]: people for name, people in earlier.items()}
    return {ANGLESEY: dict.fromkeys((JUNE, JULY, AUGUST), (30, 30)), GWYNEDD: {**own, AUGUST: august}}


def put(c: Connection, month: date, area: str, level: str, people: tuple[int, ...], expected: int) -> None:
    """Put what is measured of an area in a month: people, and twice as many sessions, held against 80 a service."""
    place: dict[str, Any] = {"area_code": area, "area_level": level, "period_kind": "month", "period_start": month}
    place |= {"breakdown": "all", "category": "ALL", "note_codes": ["p"]}
    place |= {"services_expected": expected, "services_returned": len(people), "coverage": len(people) / expected}
    number, before = sum(people), 80 * expected
    parts: list[dict[str, Any]] = [
        {"indicator_id": "DO01", "measure": "count", "numerator": number, "denominator": None, "value": number},
        {"indicator_id": "DO03", "measure": "main", "numerator": 2 * number, "denominator": before}
        | {"value": Decimal(200 * number) / before},
    ]
    unknown = {} if people else dict.fromkeys(("numerator", "denominator", "value"))
    c.execute(insert(figures.indicator), [{**place, **part, **unknown} for part in parts])


def figured(c: Connection, world: dict[str, People]) -> None:
    """Put what is measured of authorities of two services each, of their regions, and of Wales; and protect it."""
    declare(c)
    for month in sorted({month for months in world.values() for month in months}):
        areas: dict[tuple[str, str], list[tuple[int, ...]]] = {}
        for area, months in world.items():
            region = "RPB_NW" if area in (ANGLESEY, GWYNEDD) else "RPB_CV"
            for place in ((area, "authority"), (region, "region"), (WALES, "country")):
                areas.setdefault(place, []).append(months.get(month, ()))
        for (area, level), parts in areas.items():
            put(c, month, area, level, tuple(one for part in parts for one in part), 2 * len(parts))
        protect(c, month)


def estimated(c: Connection, world: dict[str, People], method: str, **policy: Any) -> None:
    """Take a world as far as protected figures, and estimate August."""
    figured(c, world)
    estimate(c, AUGUST, method=method, **policy)


def estimates(c: Connection, indicator_id: str = "DO01", **given: Any) -> dict[str, Any]:
    """Return the estimates of an indicator by area."""
    table = figures.estimated_indicator.c
    asked = select(figures.estimated_indicator).where(table.indicator_id == indicator_id)
    return {row.area_code: row for row in c.execute(asked.where(table.period_start == given.get("month", AUGUST)))}


def test_nothing_is_estimated_unless_it_is_asked_for(c: Connection) -> None:
    assert Settings().imputation == "none"
    estimated(c, silent(july=(20, 25)), Settings().imputation)
    assert estimates(c) == {}


def test_an_authority_that_is_not_covered_has_what_it_had_in_its_last_covered_month(c: Connection) -> None:
    estimated(c, silent(june=(11, 11), july=(20, 25)), "carry_forward")
    told = estimates(c)
    assert {area: row.value for area, row in told.items()} == {GWYNEDD: 45, "RPB_NW": 105, WALES: 105}
    assert told[WALES].estimated_authorities == [GWYNEDD]
    assert (told[WALES].share_estimated, told[GWYNEDD].share_estimated) == (Decimal("0.5"), 1)
    assert (told[WALES].method, told[WALES].note_codes) == ("carry_forward", ["e", "p"])


def test_a_month_that_was_not_covered_itself_is_not_carried_forward(c: Connection) -> None:
    estimated(c, silent(june=(11, 14), july=(20,)), "carry_forward")
    assert estimates(c)[GWYNEDD].value == 25


@pytest.mark.parametrize(("months", "areas"), [(1, set()), (2, {GWYNEDD, "RPB_NW", WALES})])
def test_a_month_is_carried_forward_so_far_and_no_further(c: Connection, months: int, areas: set[str]) -> None:
    estimated(c, silent(june=(11, 14)), "carry_forward", months=months)
    assert set(estimates(c)) == areas


def test_by_ratio_services_that_did_not_return_are_as_those_that_did(c: Connection) -> None:
    estimated(c, silent(20), "ratio")
    told = estimates(c)
    assert {area: row.value for area, row in told.items()} == {GWYNEDD: 40, "RPB_NW": 100, WALES: 100}
    assert (told[GWYNEDD].share_estimated, told[WALES].share_estimated) == (Decimal("0.5"), Decimal("0.25"))


def test_by_ratio_an_authority_of_which_nothing_returned_is_not_estimated(c: Connection) -> None:
    estimated(c, silent(july=(20, 25)), "ratio")
    assert estimates(c) == {}


def test_what_is_carried_forward_of_recovery_is_both_of_its_sides(c: Connection) -> None:
    estimated(c, silent(july=(20, 20)), "carry_forward")
    told = estimates(c, "DO03")
    assert (told[GWYNEDD].numerator, told[GWYNEDD].denominator, told[GWYNEDD].value) == (80, 160, 50)
    assert (told[WALES].numerator, told[WALES].denominator) == (80 + 120, 160 + 160)


def test_an_area_in_which_nothing_was_estimated_has_no_estimate(c: Connection) -> None:
    estimated(c, silent(20, 20), "carry_forward")
    assert estimates(c) == {}


def test_an_estimate_is_never_among_the_figures(c: Connection) -> None:
    world = silent(july=(20, 25))
    estimated(c, world, "none")
    tables = (figures.indicator, figures.protected_indicator)
    before = [c.execute(select(table)).all() for table in tables]
    estimate(c, AUGUST, method="carry_forward")
    assert estimates(c)[WALES].value == 105
    assert [c.execute(select(table)).all() for table in tables] == before
    released = c.scalar(text("select count(*) from release_v1.indicator_value where 'e' = any(note_codes)"))
    assert released == 0


def test_every_estimate_says_that_it_is_one(c: Connection) -> None:
    estimated(c, silent(20, july=(20, 25)), "carry_forward")
    table = figures.estimated_indicator.c
    count = select(func.count()).select_from(figures.estimated_indicator)
    assert (c.scalar(count) or 0) > 0
    assert c.scalar(count.where(~table.note_codes.contains(["e"]))) == 0


# --- nothing hidden may be worked out ---------------------------------------------------------------------------------


def hidden(c: Connection) -> set[str]:
    """Return the areas whose estimate is not shown, which then tells nothing at all."""
    told = estimates(c)
    blank = {area for area, row in told.items() if row.value is None}
    assert {area for area, row in told.items() if "c" in row.note_codes} == blank
    assert all(told[area].numerator is None and told[area].denominator is None for area in blank)
    return blank


def test_a_month_that_is_confidential_is_not_carried_forward_into_sight(c: Connection) -> None:
    estimated(c, silent(july=(1, 2)), "carry_forward")
    assert hidden(c) == {GWYNEDD, "RPB_NW", WALES}


def test_what_another_step_hid_of_the_month_hides_the_estimate_too(c: Connection) -> None:
    world = silent(july=(20, 25))
    estimated(c, world, "none")
    table = figures.protected_indicator
    of_gwynedd = (table.c.area_code == GWYNEDD) & (table.c.period_start == JULY) & (table.c.indicator_id == "DO01")
    c.execute(update(table).where(of_gwynedd).values(value=None, status="confidential"))
    estimate(c, AUGUST, method="carry_forward")
    assert hidden(c) == {GWYNEDD, "RPB_NW", WALES}


@pytest.mark.parametrize("method", ["carry_forward", "ratio"])
def test_few_people_of_a_part_that_is_replaced_cannot_be_had_as_a_difference(c: Connection, method: str) -> None:
    estimated(c, silent(3, july=(20, 25)), method)
    assert hidden(c) == {GWYNEDD, "RPB_NW", WALES}


def test_a_confidential_figure_of_another_authority_hides_their_sum(c: Connection) -> None:
    world = silent(july=(20, 25))
    estimated(c, {**world, CARDIFF: {AUGUST: (1, 2)}}, "carry_forward")
    assert hidden(c) == {"RPB_NW", WALES}


# --- again and again --------------------------------------------------------------------------------------------------


def test_estimating_again_changes_nothing_and_without_a_method_they_go(c: Connection) -> None:
    estimated(c, silent(july=(20, 25)), "carry_forward")
    before = estimates(c)
    estimate(c, AUGUST, method="carry_forward")
    assert estimates(c) == before
    estimate(c, AUGUST)
    assert estimates(c) == {}


def test_a_month_that_is_made_anew_is_carried_forward_anew(c: Connection) -> None:
    estimated(c, silent(july=(20, 25)), "carry_forward")
    table = figures.indicator
    c.execute(
        update(table).where(table.c.area_code == GWYNEDD, table.c.period_start == JULY).values(numerator=90, value=90)
    )
    protect(c, JULY)
    estimate(c, JULY, method="carry_forward")
    assert estimates(c)[GWYNEDD].value == 90


# --- as the stage does it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["none", "carry_forward"])
def test_the_stage_estimates_as_the_settings_say(settings: Settings, method: str) -> None:
    world = World()
    for provider, area, months in ((1, ANGLESEY, ("2026-07", "2026-08")), (2, GWYNEDD, ("2026-07",))):
        world.expect(10 * provider, area)
        for month in months:
            submission = world.submission(provider, month, profile="LITE")
            service = world.service(submission, 10 * provider, area)
            world.row("ACTIVITY", submission, service_id=service, commissioning_la=area, people_attended=30)
    engine = connect(settings.warehouse_url.get_secret_value())  # type: ignore[union-attr]
    with engine.begin() as c:
        world.put(c)
    for month in ("2026-07", "2026-08"):
        indicate_stage(engine, settings, month)
        protect_stage(engine, settings.model_copy(update={"imputation": method}), month)
    with engine.connect() as c:
        told = {area: row.value for area, row in estimates(c).items()}
    assert told == ({} if method == "none" else {GWYNEDD: 30, "RPB_NW": 60, WALES: 60})
