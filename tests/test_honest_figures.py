"""What figures say of themselves: intervals, low reliability, how far they reach, who is missing, and breaks."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from scipy.stats import binomtest
from sqlalchemy import Connection, insert, select, text
from world import ANGLESEY, CARDIFF, GWYNEDD, POWYS, VALE, World

from expectations.indicators import INDICATORS, Change, Interval, People, indicator
from expectations.reference import WALES
from warehouse import figures, indicators
from warehouse.indicators import declare, indicate
from warehouse.protection import protect

AUGUST = date(2026, 8, 1)
QUARTER, YEAR = ("quarter", date(2026, 7, 1)), ("year", date(2026, 4, 1))


def interval(c: Connection, function: str, *numbers: object) -> Any:
    names = ", ".join(f":n{number}" for number in range(len(numbers)))
    bound = {f"n{number}": value for number, value in enumerate(numbers)}
    return tuple(c.execute(text(f"select * from core.{function}({names})"), bound).one())


def one(c: Connection, indicator_id: str, area: str = WALES, measure: str = "main", **given: Any) -> Any:
    """Return one figure of August 2026 before protection, or of what is given."""
    key: dict[str, Any] = {"indicator_id": indicator_id, "measure": measure, "area_code": area, "breakdown": "all"}
    key |= {"period_kind": "month", "period_start": AUGUST, "category": "ALL", **given}
    table = figures.indicator
    return c.execute(select(table).where(*(table.c[name] == value for name, value in key.items()))).one()


def shown(c: Connection, indicator_id: str, measure: str, numerator: Any, **given: Any) -> Any:
    """Protect one well covered figure of Powys in August, whose interval is from 1.23456 to 2.34567."""
    figure = {"area_code": POWYS, "area_level": "authority", "period_kind": "month", "period_start": AUGUST}
    figure |= {"breakdown": "all", "category": "ALL", "services_expected": 10, "services_returned": 9, "coverage": 0.9}
    parts = {"numerator": numerator, "denominator": None, "value": numerator, "note_codes": ["u"], "through": AUGUST}
    parts |= {"lower": 1.23456, "upper": 2.34567, "missing_authorities": []}
    declare(c)
    c.execute(insert(figures.indicator).values(indicator_id=indicator_id, measure=measure, **(figure | parts | given)))
    protect(c, AUGUST)
    return c.execute(select(figures.protected_indicator)).one()


def returned(*places: tuple[str, str, int], group: str = "LD") -> World:
    """A service of so many people in each place and month, of whom all but ten pay directly; each is registered."""
    world = World()
    for area, month, people in places:
        number = 10 * (1 + [ANGLESEY, GWYNEDD, POWYS, CARDIFF, VALE].index(area))
        submission = world.submission(number // 10, month, profile="BASELINE" if month < "2020-03" else "LITE")
        service = world.service(submission, number, area)
        counts = {"people_attended": people, "people_direct_payment": max(people - 10, 0), "sessions_attended": people}
        world.row("ACTIVITY", submission, service_id=service, commissioning_la=area, client_group=group, **counts)
    return world


# --- intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "lower", "upper"),
    [((1, 100), 0.0017674, 0.0544862), ((5, 100), 0.0215437, 0.1117505), ((0, 10), 0, 0.2775328)],
)
def test_a_share_has_the_interval_that_is_published_for_it(
    c: Connection, numbers: tuple[int, int], lower: float, upper: float
) -> None:
    assert interval(c, "wilson", *numbers) == pytest.approx((lower, upper), abs=1e-6)


@pytest.mark.parametrize("among", [1, 2, 7, 40, 999, 250_000])
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99, 1])
def test_the_interval_of_a_share_is_that_of_another_reckoning(c: Connection, among: int, share: float) -> None:
    people = round(share * among)
    wanted = binomtest(people, among).proportion_ci(method="wilson")
    assert interval(c, "wilson", people, among) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_a_share_of_none_or_of_all_ends_where_a_share_ends(c: Connection) -> None:
    assert interval(c, "wilson", 0, 30)[0] == 0
    assert interval(c, "wilson", 30, 30)[1] == 1


@pytest.mark.parametrize("numbers", [(3, 0), (0, 0), (4, 3), (-1, 3), (None, 3), (3, None)])
def test_what_is_no_share_has_no_interval(c: Connection, numbers: tuple[int | None, int | None]) -> None:
    assert interval(c, "wilson", *numbers) == (None, None)


def test_half_an_outcome_counts_in_an_interval_as_in_the_share(c: Connection) -> None:
    below, half, above = (interval(c, "wilson", Decimal(number), 20)[0] for number in ("7", "7.5", "8"))
    assert below < half < above


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(20, 12.21, 30.89), (10, 4.79, 18.39), (100, 81.36, 121.63), (1, 0.01, 5.57), (0, 0, 3.67)],
)
def test_a_number_of_people_has_byars_interval(c: Connection, events: int, lower: float, upper: float) -> None:
    assert interval(c, "byar", events) == pytest.approx((lower, upper), abs=0.02)


def test_less_than_no_people_have_no_interval(c: Connection) -> None:
    assert interval(c, "byar", -1) == interval(c, "byar", None) == (None, None)


def test_shares_of_people_have_wilsons_interval_numbers_and_rates_byars_and_all_else_none() -> None:
    for one in INDICATORS:
        for measure in one.measures:
            is_share = measure.is_share and measure.people is People.BOTH
            assert (measure.interval is Interval.WILSON) == is_share, one.id
            if measure.people is People.NUMERATOR:
                assert measure.interval is Interval.BYAR, one.id
    by_byar = {one.id for one in INDICATORS for measure in one.measures if measure.interval is Interval.BYAR}
    assert by_byar == {"DO01", "DO17", "DO22"}


def test_the_interval_of_a_sum_of_months_is_that_of_the_average_month(c: Connection) -> None:
    returned(*((VALE, month, 100) for month in ("2026-07", "2026-08", "2026-09"))).put(c)
    indicate(c, date(2026, 9, 1))
    quarter = one(c, "DO10", period_kind=QUARTER[0], period_start=QUARTER[1])
    assert (quarter.numerator, quarter.denominator) == (270, 300)
    wanted = [100 * end for end in interval(c, "wilson", 90, 100)]
    assert [float(quarter.lower), float(quarter.upper)] == pytest.approx(wanted)


def test_a_month_in_which_nothing_came_is_no_month_of_the_average(c: Connection) -> None:
    world = returned((VALE, "2026-07", 100), (VALE, "2026-09", 100))
    world.expect(50, VALE)
    world.put(c)
    indicate(c, date(2026, 9, 1))
    quarter = one(c, "DO10", period_kind=QUARTER[0], period_start=QUARTER[1])
    assert float(quarter.lower) == pytest.approx(100 * interval(c, "wilson", 90, 100)[0])


def test_different_people_of_a_quarter_are_as_many_as_they_are(c: Connection) -> None:
    returned(*((VALE, month, 100) for month in ("2026-07", "2026-08"))).put(c)
    indicate(c, AUGUST)
    quarter = one(c, "DO01", measure="count", period_kind=QUARTER[0], period_start=QUARTER[1])
    assert (float(quarter.lower), float(quarter.upper)) == pytest.approx(interval(c, "byar", 100))


# --- intervals that are shown -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [18, 20, 22])
def test_beside_a_rounded_number_stands_the_interval_of_that_number_and_not_of_the_true_one(
    c: Connection, people: int
) -> None:
    row = shown(c, "DO01", "count", people)
    assert (row.value, row.lower, row.upper) == (20, 12, 31)


def test_beside_a_rate_of_the_population_stands_the_interval_of_the_rate_that_is_shown(c: Connection) -> None:
    rows = []
    for people in (100, 101):  # both are 1.0 for every thousand
        c.execute(text("delete from mart_v1.indicator"))
        rows.append(shown(c, "DO01", "rate", people, denominator=100_000, value=people / 100))
    assert {(row.value, row.lower, row.upper) for row in rows} == {(Decimal("1.0"), Decimal("0.8"), Decimal("1.2"))}


def test_beside_a_share_stands_its_interval_to_the_places_of_the_share(c: Connection) -> None:
    row = shown(c, "DO10", "main", 50, denominator=100, value=50)
    assert (row.lower, row.upper) == (Decimal("1.2"), Decimal("2.3"))


@pytest.mark.parametrize("hidden", [{"numerator": 3}, {"coverage": 0.1}])
def test_a_figure_that_is_not_shown_has_no_interval_and_tells_nothing_of_its_reliability(
    c: Connection, hidden: dict[str, float]
) -> None:
    row = shown(c, "DO10", "main", **{"numerator": 50, "denominator": 100, "value": 50, **hidden})
    assert (row.value, row.lower, row.upper) == (None, None, None)
    assert "u" not in row.note_codes


def test_a_figure_that_is_shown_says_how_far_it_reaches_who_returned_and_by_which_definition(c: Connection) -> None:
    row = shown(c, "DO10", "main", 50, denominator=100, value=50)
    assert (row.through, row.services_expected, row.services_returned, row.version) == (AUGUST, 10, 9, 1)
    assert (row.note_codes, row.missing_authorities) == (["u"], [])


# --- low reliability --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "notes"), [(29, ["p", "u"]), (30, ["p"])])
def test_a_share_of_few_people_is_of_low_reliability(c: Connection, people: int, notes: list[str]) -> None:
    returned((VALE, "2026-08", people)).put(c)
    indicate(c, AUGUST)
    assert one(c, "DO10").note_codes == notes


def test_few_people_who_come_every_month_are_few_people_still(c: Connection) -> None:
    returned(*((VALE, month, 29) for month in ("2026-07", "2026-08"))).put(c)
    indicate(c, AUGUST)
    assert "u" in one(c, "DO10", period_kind=QUARTER[0], period_start=QUARTER[1]).note_codes


@pytest.mark.parametrize(("people", "is_marked"), [(19, True), (20, False)])
def test_a_rate_of_few_people_is_of_low_reliability_and_their_number_is_what_it_is(
    c: Connection, people: int, is_marked: bool
) -> None:
    returned((VALE, "2026-08", people)).put(c)
    indicate(c, AUGUST)
    ld = {"breakdown": "client_group", "category": "LD"}
    assert ("u" in one(c, "DO01", measure="rate", **ld).note_codes) is is_marked
    assert "u" not in one(c, "DO01", measure="count", **ld).note_codes


def test_what_is_of_low_reliability_is_policy(c: Connection) -> None:
    returned((VALE, "2026-08", 29)).put(c)
    indicate(c, AUGUST, reliability_denominator=29, reliability_count=30)
    assert "u" not in one(c, "DO10").note_codes
    assert "u" in one(c, "DO01", measure="rate").note_codes


# --- how far, and who is missing --------------------------------------------------------------------------------------


def test_a_figure_says_which_month_it_reaches(c: Connection) -> None:
    returned((VALE, "2026-07", 50), (VALE, "2026-08", 50)).put(c)
    indicate(c, AUGUST)
    reach = {
        (kind, start): one(c, "DO10", period_kind=kind, period_start=start).through
        for kind, start in (("month", AUGUST), QUARTER, YEAR)
    }
    assert set(reach.values()) == {AUGUST}


def test_a_snapshot_reaches_the_month_in_which_it_was_taken(c: Connection) -> None:
    returned((VALE, "2026-06", 50), (VALE, "2026-08", 50)).put(c)
    indicate(c, AUGUST)
    assert one(c, "DO22", measure="count", period_kind="year", period_start=YEAR[1]).through == date(2026, 6, 1)


def one_missing() -> World:
    """Three authorities of which Gwynedd was expected and returned nothing."""
    world = returned((ANGLESEY, "2026-08", 40), (VALE, "2026-08", 60))
    world.expect(20, GWYNEDD)
    return world


def test_an_authority_that_is_missing_is_in_no_sum_is_never_zero_and_is_named(c: Connection) -> None:
    one_missing().put(c)
    indicate(c, AUGUST)
    wales = one(c, "DO01", measure="count")
    assert wales.value == one(c, "DO01", ANGLESEY, "count").value + one(c, "DO01", VALE, "count").value == 100
    named = {
        area: one(c, "DO01", area, "count").missing_authorities
        for area in (WALES, "RPB_NW", "RPB_CV", ANGLESEY, GWYNEDD)
    }
    assert named == {WALES: [GWYNEDD], "RPB_NW": [GWYNEDD], "RPB_CV": [], ANGLESEY: [], GWYNEDD: [GWYNEDD]}
    missing = one(c, "DO01", GWYNEDD, "count")
    assert (missing.value, missing.numerator) == (None, None)


def test_an_authority_that_returned_once_in_the_quarter_is_not_missing_from_it(c: Connection) -> None:
    returned((ANGLESEY, "2026-07", 40), (ANGLESEY, "2026-08", 40), (GWYNEDD, "2026-07", 40)).put(c)
    c.execute(text("insert into landing.registered_service select 'DOS000020', '2026-04-01', null, 'DOP00002', 'A', "
                   "'LA', 'W06000002'"))  # fmt: skip
    indicate(c, AUGUST)
    assert one(c, "DO10", "RPB_NW").missing_authorities == [GWYNEDD]
    assert one(c, "DO10", "RPB_NW", period_kind=QUARTER[0], period_start=QUARTER[1]).missing_authorities == []


def test_an_authority_with_nothing_to_be_held_against_is_named_beside_recovery_alone(c: Connection) -> None:
    returned((ANGLESEY, "2019-08", 40), (ANGLESEY, "2026-08", 40), (VALE, "2026-08", 60)).put(c)
    indicate(c, AUGUST)
    assert [one(c, name).missing_authorities for name in ("DO02", "DO03", "DO10")] == [[VALE], [VALE], []]
    assert one(c, "DO02", VALE).missing_authorities == [VALE]


# --- the population ---------------------------------------------------------------------------------------------------


def test_the_dictionary_names_the_population_that_a_rate_divides_by(c: Connection) -> None:
    declare(c, "mid2031")
    table = figures.indicator_definition.c
    asked = select(table.indicator_id, table.measure).where(table.population_vintage == "mid2031")
    assert [tuple(row) for row in c.execute(asked)] == [("DO01", "rate"), ("DO22", "rate")]


def test_rates_divide_by_the_population_that_is_asked_for(c: Connection) -> None:
    c.execute(text("insert into core.population select area_code, 'mid2031', age_group, 2 * people "
                   "from core.population where vintage = 'mid2020'"))  # fmt: skip
    returned((VALE, "2026-08", 60)).put(c)
    denominators = []
    for vintage in ("mid2020", "mid2031"):
        indicate(c, AUGUST, population_vintage=vintage)
        denominators.append(one(c, "DO01", VALE, "rate").denominator)
    assert denominators == [107_403, 2 * 107_403]


# --- breaks -----------------------------------------------------------------------------------------------------------


def changed(monkeypatch: pytest.MonkeyPatch, indicator_id: str, *since: str) -> None:
    """Declare that the meaning of an indicator changed in these months."""
    changes = tuple(Change(number, month, "What is counted.") for number, month in enumerate(since, 2))
    declared = tuple(replace(one, changes=changes) if one.id == indicator_id else one for one in INDICATORS)
    monkeypatch.setattr(indicators, "INDICATORS", declared)


def broken(c: Connection, indicator_id: str, measure: str = "main") -> list[tuple[str, str]]:
    """Return the periods whose figure for Wales is marked as a break."""
    table = figures.indicator.c
    asked = select(table.period_kind, table.period_start).where(
        table.indicator_id == indicator_id, table.measure == measure, table.area_code == WALES,
        table.breakdown == "all", table.note_codes.contains(["b"]),
    )  # fmt: skip
    return sorted((row.period_kind, f"{row.period_start:%Y-%m}") for row in c.execute(asked))


def test_nothing_that_was_never_changed_is_a_break(c: Connection) -> None:
    assert {one.version for one in INDICATORS} == {1}
    returned((VALE, "2026-08", 60)).put(c)
    indicate(c, AUGUST)
    assert broken(c, "DO10") == []


def test_the_first_figures_of_a_new_definition_are_marked_as_a_break_and_no_others(
    c: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(monkeypatch, "DO10", "2026-08")
    months = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
    returned(*((VALE, month, 60) for month in months)).put(c)
    for month in months:
        indicate(c, date.fromisoformat(f"{month}-01"))
    assert broken(c, "DO10") == [("month", "2026-08"), ("quarter", "2026-07"), ("year", "2026-04")]
    assert broken(c, "DO25") == []


def test_the_first_snapshot_after_a_change_is_its_break(c: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, "DO22", "2026-08")
    months = ("2026-06", "2026-09", "2026-12")
    returned(*((VALE, month, 60) for month in months)).put(c)
    for month in months:
        indicate(c, date.fromisoformat(f"{month}-01"))
    assert broken(c, "DO22", "count") == [("month", "2026-09"), ("quarter", "2026-07"), ("year", "2026-04")]


def test_the_version_is_that_of_the_last_change() -> None:
    twice = replace(indicator("DO10"), changes=(Change(2, "2026-04", "One."), Change(3, "2027-04", "Another.")))
    assert (indicator("DO10").version, twice.version) == (1, 3)
