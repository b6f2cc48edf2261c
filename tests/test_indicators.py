"""The national indicators: the SQL against a second count row by row, and against examples worked by hand."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from recount import Figure, Key, Recount
from sqlalchemy import Connection, select
from world import ANGLESEY, CARDIFF, GWYNEDD, POWYS, VALE, World, random_world

from expectations.codes import CODE_LISTS
from expectations.indicators import BREAKDOWNS, FAMILIES, INDICATORS, indicator
from expectations.reference import WALES
from expectations.wording import cy
from warehouse import figures
from warehouse.indicators import declare, indicate, periods_of, query

AUGUST = date(2026, 8, 1)


def measured(c: Connection) -> dict[Key, Any]:
    table = figures.indicator.c
    return {Key(*(row._mapping[name] for name in Key._fields)): row for row in c.execute(select(*table))}


def one(c: Connection, indicator_id: str, area: str = WALES, measure: str = "main", **given: Any) -> Any:
    """Return one figure of August 2026, or of what is given."""
    key = {"period_kind": "month", "period_start": AUGUST, "breakdown": "all", "category": "ALL", **given}
    return measured(c)[Key(indicator_id, measure, area, **key)]


def indicated(c: Connection, world: World, *months: date) -> None:
    world.put(c)
    for month in months or (AUGUST,):
        indicate(c, month)


def near(got: Any, wanted: Fraction | float | None) -> bool:
    """Tell whether a decimal is the fraction, as far as a decimal can be."""
    if got is None or wanted is None:
        return got is None and wanted is None
    return abs(float(got) - float(wanted)) <= 1e-12 * max(1.0, abs(float(wanted)))


def agrees(row: Any, wanted: Figure) -> bool:
    numbers = zip((row.numerator, row.denominator, row.value), wanted[:3], strict=True)
    told = (row.services_expected, row.services_returned, tuple(row.note_codes), row.through)
    if told != (wanted.expected, wanted.returned, wanted.notes, wanted.through):
        return False
    is_interval = close(row.lower, wanted.lower) and close(row.upper, wanted.upper)
    is_whole = tuple(row.missing_authorities) == wanted.missing
    return is_interval and is_whole and all(near(got, want) for got, want in numbers)


def close(got: Any, wanted: float | None) -> bool:
    """Tell whether an end of an interval is what it should be; ends are reckoned in floating point."""
    if got is None or wanted is None:
        return got is None and wanted is None
    return float(got) == pytest.approx(wanted, rel=1e-9, abs=1e-7)


# --- the declarations -------------------------------------------------------------------------------------------------


def test_there_are_thirty_indicators_and_no_two_share_an_id_or_a_title() -> None:
    assert [one.id for one in INDICATORS] == [f"DO{number:02}" for number in range(1, 31)]
    assert len({one.title for one in INDICATORS}) == 30


def test_every_breakdown_is_a_code_list_of_the_contract() -> None:
    for name, (_, codes) in BREAKDOWNS.items():
        assert name == "all" or codes == tuple(CODE_LISTS[name])


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_its_sql_and_names_each_of_its_indicators(family: str) -> None:
    sql = query(family)
    assert sql.startswith("-- ")
    assert [one.id for one in INDICATORS if one.family == family and f"'{one.id}'" not in sql] == []


def test_every_text_about_an_indicator_is_there_in_welsh() -> None:
    keys = [f"indicator.{one.id}.{part}" for one in INDICATORS for part in ("title", "definition", "numerator")]
    measures = [f"indicator.{one.id}.measure.{measure.name}" for one in INDICATORS for measure in one.measures]
    assert [key for key in (*keys, *measures) if cy(key) is None] == []


def test_an_unknown_indicator_is_named() -> None:
    with pytest.raises(KeyError, match="DO31"):
        indicator("DO31")


def test_the_dictionary_holds_every_measure_once_and_is_made_anew_each_time(c: Connection) -> None:
    declare(c)
    declare(c)
    rows = c.execute(select(figures.indicator_definition).order_by(figures.indicator_definition.c.position)).all()
    declared = [(one.id, measure.name) for one in INDICATORS for measure in one.measures]
    assert [(row.indicator_id, row.measure) for row in rows] == declared


# --- the second count -------------------------------------------------------------------------------------------------


def test_every_cell_of_all_thirty_indicators_is_what_counting_row_by_row_gives(c: Connection) -> None:
    world = random_world(1)
    wanted: dict[Key, Figure] = {}
    indicated(c, world, date(2026, 9, 1), date(2027, 3, 1))
    counted = Recount(world)
    for month in (date(2026, 9, 1), date(2027, 3, 1)):
        wanted |= counted.figures(month)
    got = measured(c)
    assert got.keys() == wanted.keys()
    assert {key.indicator_id for key, figure in wanted.items() if figure.value} == {one.id for one in INDICATORS}
    assert [(key, got[key], wanted[key]) for key in wanted if not agrees(got[key], wanted[key])] == []


def test_measuring_again_changes_nothing(c: Connection) -> None:
    indicated(c, random_world(3), date(2027, 3, 1))
    before = measured(c)
    assert indicate(c, date(2027, 3, 1)) == len(before)
    assert measured(c) == before


def test_the_figures_of_a_quarter_are_the_same_whichever_of_its_months_is_measured_last(c: Connection) -> None:
    indicated(c, random_world(3), date(2026, 9, 1), date(2026, 8, 1))
    one_way = measured(c)
    indicate(c, date(2026, 9, 1))
    assert measured(c) == one_way


def test_a_baseline_month_has_no_figures(c: Connection) -> None:
    random_world(3).put(c)
    assert indicate(c, date(2020, 2, 1)) == 0
    assert measured(c) == {}


@pytest.mark.parametrize(
    ("month", "quarter", "year"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 1), date(2026, 10, 1), date(2026, 4, 1)),
        (date(2027, 3, 1), date(2027, 1, 1), date(2026, 4, 1)),
    ],
)
def test_the_financial_year_begins_in_april(month: date, quarter: date, year: date) -> None:
    assert periods_of(month) == [("month", month), ("quarter", quarter), ("year", year)]


# --- different people -------------------------------------------------------------------------------------------------


def two_providers() -> World:
    """One person at two providers in two regions, paid for by the authority of each."""
    world = World()
    for provider, area in ((1, ANGLESEY), (2, CARDIFF)):
        submission = world.submission(provider, "2026-08", lead_la=area)
        service = world.service(submission, provider * 10, area)
        world.attend(submission, service, 1, commissioning_la=area, sessions=3)
    return world


def test_a_person_at_two_providers_counts_once_in_wales_and_once_in_each_authority(c: Connection) -> None:
    indicated(c, two_providers())
    counts = {area: one(c, "DO01", area, "count").value for area in (WALES, ANGLESEY, CARDIFF, "RPB_NW", "RPB_CV")}
    assert counts == {WALES: 1, ANGLESEY: 1, CARDIFF: 1, "RPB_NW": 1, "RPB_CV": 1}


def test_a_person_who_only_missed_sessions_did_not_attend(c: Connection) -> None:
    world = two_providers()
    for row in world.rows["ATTENDANCE"]:
        row["status"] = "DNA"
    indicated(c, world)
    assert one(c, "DO01", measure="count").value == 0


def a_lite_year(*people: int) -> World:
    """One service of an aggregate return, with so many people in each month from April 2026."""
    world = World()
    for month, number in enumerate(people, 4):
        submission = world.submission(1, f"2026-{month:02}", profile="LITE")
        service = world.service(submission, 10, ANGLESEY)
        world.row("ACTIVITY", submission, service_id=service, commissioning_la="SELF", people_attended=number)
    return world


def test_an_aggregate_return_counts_its_highest_month_over_a_quarter_as_an_estimate(
    c: Connection,
) -> None:
    indicated(c, a_lite_year(6, 9, 7), date(2026, 5, 1))
    april = date(2026, 4, 1)
    quarter = one(c, "DO01", measure="count", period_kind="quarter", period_start=april)
    month = one(c, "DO01", measure="count", period_start=date(2026, 5, 1))
    assert (quarter.value, quarter.note_codes) == (9, ["e", "p"])
    assert (month.value, month.note_codes) == (9, ["p"])


def test_self_funders_count_in_the_authority_of_the_service_and_are_not_out_of_county(c: Connection) -> None:
    indicated(c, a_lite_year(6), date(2026, 4, 1))
    april = date(2026, 4, 1)
    assert one(c, "DO01", ANGLESEY, "count", period_start=april).value == 6
    assert one(c, "DO28", ANGLESEY, period_start=april).value == 0


def test_older_people_are_held_against_the_population_aged_65_and_over(c: Connection) -> None:
    indicated(c, two_providers())
    rate = [
        one(c, "DO01", ANGLESEY, "rate", breakdown="client_group", category=group).denominator for group in ("LD", "OP")
    ]
    assert rate == [57_101, 18_639]


# --- recovery ---------------------------------------------------------------------------------------------------------


def recovering(*winter: tuple[str, int], month: str = "2027-03", sessions: int = 30, area: str = ANGLESEY) -> World:
    """One service with so many sessions in each month before the pandemic, and in one month now."""
    world = World()
    for then, number in (*winter, (month, sessions)):
        profile = "BASELINE" if then < "2020-03" else "LITE"
        submission = world.submission(1, then, profile=profile)
        service = world.service(submission, 10, area)
        world.row("ACTIVITY", submission, service_id=service, commissioning_la=area, sessions_attended=number)
    return world


def test_march_is_held_against_the_mean_of_january_and_february_2020(c: Connection) -> None:
    march = date(2027, 3, 1)
    indicated(c, recovering(("2020-01", 40), ("2020-02", 20)), march)
    figure = one(c, "DO03", period_start=march)
    assert (figure.numerator, figure.denominator, figure.value) == (30, 30, 100)


def test_march_has_no_baseline_where_one_of_the_two_months_is_missing(c: Connection) -> None:
    march = date(2027, 3, 1)
    indicated(c, recovering(("2020-01", 40)), march)
    figure = one(c, "DO03", period_start=march)
    assert (figure.value, figure.note_codes) == (None, ["p", "x"])


@pytest.mark.parametrize("spoiled", ["no baseline", "no return"])
def test_an_authority_with_only_one_side_is_left_out_of_both_sides_for_wales(c: Connection, spoiled: str) -> None:
    world = recovering(("2019-08", 40), month="2026-08")
    profile, month = ("LITE", "2026-08") if spoiled == "no baseline" else ("BASELINE", "2019-08")
    other = world.submission(2, month, profile=profile)
    service = world.service(other, 20, CARDIFF)
    world.row("ACTIVITY", other, service_id=service, commissioning_la=CARDIFF, sessions_attended=99)
    world.expect(20, CARDIFF)
    indicated(c, world)
    figure = one(c, "DO03")
    assert (figure.numerator, figure.denominator) == (30, 40)
    assert one(c, "DO03", CARDIFF).value is None


def test_variation_is_the_gap_between_authorities_and_a_region_of_one_has_none(c: Connection) -> None:
    world = World()
    for provider, (area, now) in enumerate(((ANGLESEY, 50), (GWYNEDD, 90), (POWYS, 70)), 1):
        for month, people, profile in (("2019-08", 100, "BASELINE"), ("2026-08", now, "LITE")):
            submission = world.submission(provider, month, profile=profile)
            service = world.service(submission, provider * 10, area)
            world.row("ACTIVITY", submission, service_id=service, commissioning_la=area, people_attended=people)
    indicated(c, world)
    assert [one(c, "DO06", area, "range").value for area in (WALES, "RPB_NW", "RPB_PO")] == [40, 40, None]
    assert round(one(c, "DO06", "RPB_NW", "variation").value, 2) == Fraction(2857, 100)


@pytest.mark.parametrize(("now", "expected"), [(10, 2), (3, 1)], ids=["thinly covered", "few people"])
def test_variation_leaves_out_an_authority_whose_own_recovery_may_not_be_shown(
    c: Connection, now: int, expected: int
) -> None:
    world = World()
    for provider, (area, people) in enumerate(((ANGLESEY, now), (GWYNEDD, 90), (POWYS, 70)), 1):
        for month, number, profile in (("2019-08", 100, "BASELINE"), ("2026-08", people, "LITE")):
            submission = world.submission(provider, month, profile=profile)
            service = world.service(submission, provider * 10, area)
            world.row("ACTIVITY", submission, service_id=service, commissioning_la=area, people_attended=number)
    for number in range(10, 10 + expected):
        world.expect(number, ANGLESEY)
    indicated(c, world)
    assert [one(c, "DO06", area, "range").value for area in (WALES, "RPB_NW")] == [20, None]


# --- coverage, snapshots and notes ------------------------------------------------------------------------------------


def expected_services(returned: int, expected: int) -> World:
    """An authority where so many of the expected services returned, each with ten people attending."""
    world = World()
    submission = world.submission(1, "2026-08", profile="LITE")
    for number in range(10, 10 + expected):
        world.expect(number, VALE)
        if number < 10 + returned:
            service = world.service(submission, number, VALE)
            world.row("ACTIVITY", submission, service_id=service, commissioning_la=VALE, people_attended=10)
    return world


def test_every_value_carries_the_services_returned_of_those_expected(c: Connection) -> None:
    indicated(c, expected_services(3, 4))
    figure = one(c, "DO01", VALE, "count")
    assert (figure.services_returned, figure.services_expected, figure.coverage) == (3, 4, Fraction(3, 4))
    assert one(c, "DO30", VALE).value == 75


def test_an_authority_with_no_service_expected_has_no_row(c: Connection) -> None:
    indicated(c, expected_services(3, 4))
    assert {key.area_code for key in measured(c)} == {VALE, "RPB_CV", WALES}


def test_where_nothing_was_returned_the_figure_is_not_available_rather_than_zero(c: Connection) -> None:
    world = expected_services(3, 4)
    world.expect(90, POWYS)
    indicated(c, world)
    figure = one(c, "DO01", POWYS, "count")
    assert (figure.value, figure.note_codes) == (None, ["p", "x"])


def test_where_something_was_returned_a_group_that_nobody_names_has_nobody_in_it(c: Connection) -> None:
    indicated(c, expected_services(3, 4))
    assert one(c, "DO01", VALE, "count", breakdown="client_group", category="MH").value == 0


def a_waiting_list(*months: str) -> World:
    world = World()
    for number, month in enumerate(months, 1):
        submission = world.submission(1, month, profile="LITE")
        world.service(submission, 10, VALE)
        if month[-2:] in {"06", "09"}:
            world.row(
                "WAITING", submission, commissioning_la=VALE, waiting_total=10 * number, wait_26w_plus=10 * number
            )
    return world


def test_a_snapshot_is_the_last_of_the_period_and_a_month_without_one_has_no_row(c: Connection) -> None:
    indicated(c, a_waiting_list("2026-06", "2026-08"))
    waiting = {key.period_kind: row.value for key, row in measured(c).items() if key[:3] == ("DO22", "count", VALE)
               and key.breakdown == "all"}  # fmt: skip
    assert waiting == {"year": 10}


def test_a_year_is_told_by_its_latest_snapshot(c: Connection) -> None:
    indicated(c, a_waiting_list("2026-06", "2026-08", "2026-09"))
    year = one(c, "DO22", VALE, "count", period_kind="year", period_start=date(2026, 4, 1))
    assert year.value == 30


def test_figures_are_provisional_until_a_return_of_the_next_financial_year_has_come(c: Connection) -> None:
    indicated(c, a_waiting_list("2026-08", "2027-04"))
    assert one(c, "DO01", VALE, "count").note_codes == []


def test_a_superseded_submission_counts_for_nothing(c: Connection) -> None:
    world = a_lite_year(6)
    old = world.submission(1, "2026-04", submission_no=2, profile="LITE", is_current=False)
    service = world.service(old, 10, ANGLESEY)
    world.row("ACTIVITY", old, service_id=service, commissioning_la=ANGLESEY, people_attended=99)
    indicated(c, world, date(2026, 4, 1))
    assert one(c, "DO01", measure="count", period_start=date(2026, 4, 1)).value == 6


def test_a_ratio_is_sum_over_sum_and_never_a_mean_of_rates(c: Connection) -> None:
    world = World()
    submission = world.submission(1, "2026-08", profile="LITE")
    for number, (people, paying) in enumerate(((90, 9), (10, 10)), 10):
        service = world.service(submission, number, VALE)
        counts = {"people_attended": people, "people_direct_payment": paying}
        world.row("ACTIVITY", submission, service_id=service, commissioning_la=VALE, **counts)
    indicated(c, world)
    assert one(c, "DO10").value == 19
