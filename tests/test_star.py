"""The star: what analysts see of the current returns, with providers and services as they were at the time."""

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text
from world import ANGLESEY, GWYNEDD, World, random_world

from expectations.reference import authorities
from warehouse import ledger
from warehouse.dimensions import refresh
from warehouse.keys import area_key, code_key, welsh_sort_key
from warehouse.star_catalogue import dimension, key_of
from warehouse.star_dimensions import stars
from warehouse.tables import FACTS

PUBLISHED = Path(__file__).parents[1] / "docs" / "warehouse" / "published.csv"

JOINS = [(star.name, one) for star in stars() for one in star.columns if one.refers_to]


def refreshed(c: Connection, world: World, *, put: bool = True) -> None:
    """Bring the star up to every month of the world."""
    if put:
        world.put(c)
    for month in sorted({row["period"] for row in world.submissions.values()}):
        refresh(c, month)


@pytest.fixture
def star(c: Connection) -> Connection:
    """A warehouse that holds a world at random, with its star."""
    world = random_world(3)
    world.put(c)
    for month in {f"{row['period']:%Y-%m}" for row in world.submissions.values()}:
        ledger.settle_current(c, month)
    refreshed(c, world, put=False)
    return c


def rows(c: Connection, asked: str, **bound: Any) -> list[Any]:
    return [tuple(row) for row in c.execute(text(asked), bound)]


# --- what is published ------------------------------------------------------------------------------------------------


def test_no_published_view_has_lost_or_retyped_a_column_and_new_ones_are_written_down(c: Connection) -> None:
    asked = """
        select schema_name || '.' || object_name || ',' || column_name || ',' || data_type
        from mart_v1.data_dictionary order by 1
    """
    there = {line for (line,) in rows(c, asked)}
    published = set(PUBLISHED.read_text(encoding="utf-8").splitlines()[1:])
    assert published <= there, f"lost or retyped: {sorted(published - there)}"
    assert there <= published, f"add to {PUBLISHED.name}: {chr(10).join(sorted(there - published))}"


def test_every_published_column_and_object_says_what_it_means(c: Connection) -> None:
    asked = "select object_name, column_name from mart_v1.data_dictionary where about is null or object_about is null"
    assert rows(c, asked) == []


@pytest.mark.parametrize("view", stars(), ids=lambda star: star.name)
def test_every_column_of_the_star_has_a_label_in_both_languages(view: Any) -> None:
    assert [one.name for one in view.columns if not one.label_en or not one.label_cy] == []


def test_measures_say_over_what_they_may_be_added_up(c: Connection) -> None:
    asked = "select may_be_added_up from mart_v1.data_dictionary where object_name = :view and column_name = :column"
    assert rows(c, asked, view="fct_activity", column="sessions_attended") == [("over everything",)]
    assert rows(c, asked, view="fct_waiting", column="waiting_total") == [("over all but time",)]
    assert "several" in rows(c, asked, view="fct_activity", column="people_attended")[0][0]


def test_nothing_of_the_star_names_a_person(c: Connection) -> None:
    asked = "select object_name from mart_v1.data_dictionary where column_name ~ 'person_ref'"
    assert rows(c, asked) == []


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", sorted({fact for fact, _ in JOINS}))
def test_every_key_of_a_fact_is_one_of_its_dimension(star: Connection, fact: str) -> None:
    for key in (key for name, key in JOINS if name == fact):
        dimension_keys = f"select {key_of(key)} from {dimension(key)}"
        assert rows(star, f"select {key.name} from {fact} except {dimension_keys}") == [], key.name


def test_every_key_of_a_dimension_stands_once(star: Connection) -> None:
    for view, key in sorted({(dimension(key), key_of(key)) for _, key in JOINS}):
        assert rows(star, f"select {key} from {view} group by {key} having count(*) > 1 or {key} is null") == [], view


def test_keys_follow_from_what_they_stand_for() -> None:
    assert code_key("client_group", "LD") == 201024136
    assert area_key("W06000023") == 6000023
    assert area_key("RPB_PO") == code_key("area", "RPB_PO")


def test_names_sort_as_the_welsh_alphabet_does() -> None:
    names = ["Castell-nedd", "Chwilog", "Ceredigion", "Llanelli", "Lerpwl", "Ŵyr", "Wrecsam", "Dinbych", "Ddol"]
    told = ["Castell-nedd", "Ceredigion", "Chwilog", "Dinbych", "Ddol", "Lerpwl", "Llanelli", "Wrecsam", "Ŵyr"]
    assert sorted(names, key=welsh_sort_key) == told


def test_areas_are_all_there_with_their_regions_of_today(c: Connection) -> None:
    asked = "select area_code, region_code from mart_v1.dim_area where area_level = 'authority' order by sort_order"
    assert rows(c, asked) == [(one.code, one.region_code) for one in authorities()]


def test_days_know_their_financial_year_and_whether_people_work_on_them(c: Connection) -> None:
    asked = """
        select financial_year, financial_quarter, financial_month, month_name_cy, weekday_name_cy, is_working_day
        from mart_v1.dim_date where date_key = :day
    """
    assert rows(c, asked, day=20270329) == [("2026-27", 4, 12, "Mawrth", "Dydd Llun", False)]
    assert rows(c, asked, day=20260401) == [("2026-27", 1, 1, "Ebrill", "Dydd Mercher", True)]


# --- facts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", [sheet for sheet in FACTS if sheet not in {"PEOPLE", "ATTENDANCE"}])
def test_each_fact_view_has_the_rows_of_the_current_returns(star: Connection, sheet: str) -> None:
    table = FACTS[sheet]
    current = rows(star, f"select submission_id, row_number from core.current_{table.name} order by 1, 2")
    assert rows(star, f"select submission_key, row_number from mart_v1.fct_{table.name} order by 1, 2") == current
    assert current


def test_the_counts_of_people_are_those_of_the_rows_that_nobody_may_see(star: Connection) -> None:
    assert rows(star, "select sum(people) from mart_v1.fct_person_group") == rows(
        star, "select count(*) from restricted.current_person"
    )
    assert rows(star, "select sum(sessions), sum(hours) from mart_v1.fct_attendance_day") == rows(
        star, "select count(*), coalesce(sum(hours), 0) from restricted.current_attendance"
    )


def test_people_who_fund_themselves_count_for_the_area_of_the_service(c: Connection) -> None:
    world = World()
    submission = world.submission(1, "2026-08")
    service = world.service(submission, 10, GWYNEDD)
    world.row("ACTIVITY", submission, service_id=service, commissioning_la="SELF")
    world.row("ACTIVITY", submission, service_id=service, commissioning_la=ANGLESEY)
    refreshed(c, world)
    asked = "select area_code from mart_v1.fct_activity join mart_v1.dim_area using (area_key) order by row_number"
    assert rows(c, asked) == [(GWYNEDD,), (ANGLESEY,)]


def test_what_is_loaded_shows_in_the_star_only_with_the_figures_of_its_month(c: Connection) -> None:
    world = World()
    world.service(world.submission(1, "2026-08"), 10, GWYNEDD)
    world.put(c)
    assert rows(c, "select count(*) from mart_v1.fct_service_month") == [(0,)]
    refresh(c, date(2026, 8, 1))
    assert rows(c, "select count(*) from mart_v1.fct_service_month") == [(1,)]


# --- history ----------------------------------------------------------------------------------------------------------

VERSIONS = """
    select valid_from, valid_to, setting, provider_id from mart_v1.dim_service
    where service_id = 'DOS000010' order by valid_from
"""
IN_MONTH = """
    select fact.month_start, service.setting from mart_v1.fct_service_month as fact
    join mart_v1.dim_service as service using (service_key) order by 1
"""
ENDLESS = date(9999, 12, 31)


def test_a_service_that_changes_has_a_version_for_each_time_and_facts_keep_theirs(c: Connection) -> None:
    world = World()
    for month, setting in (("2026-08", "BUILDING"), ("2026-09", "BUILDING"), ("2026-10", "COMMUNITY")):
        world.service(world.submission(1, month), 10, GWYNEDD, setting=setting)
    refreshed(c, world)
    assert rows(c, VERSIONS) == [
        (date(2015, 1, 1), date(2026, 9, 30), "BUILDING", "DOP00001"),
        (date(2026, 10, 1), ENDLESS, "COMMUNITY", "DOP00001"),
    ]
    assert [setting for _, setting in rows(c, IN_MONTH)] == ["BUILDING", "BUILDING", "COMMUNITY"]


def test_an_operator_that_takes_over_is_a_new_version_of_the_same_service(c: Connection) -> None:
    world = World()
    world.service(world.submission(1, "2026-08"), 10, GWYNEDD)
    world.service(world.submission(2, "2026-09"), 10, GWYNEDD)
    refreshed(c, world)
    assert [row[3] for row in rows(c, VERSIONS)] == ["DOP00001", "DOP00002"]


def test_a_service_knows_which_one_took_over_from_it(c: Connection) -> None:
    world = World()
    submission = world.submission(1, "2026-08")
    world.service(submission, 10, GWYNEDD, closed_on=date(2026, 8, 9), closure_reason="REDESIGN")
    world.service(submission, 11, GWYNEDD, open_from=date(2026, 8, 10), predecessor_service_id="DOS000010")
    refreshed(c, world)
    asked = "select valid_to, closure_reason_cy, successor_service_id from mart_v1.dim_service where service_key = :key"
    assert rows(c, asked, key=10_20150101) == [(date(2026, 8, 9), "Ailgynllunio'r gwasanaeth", "DOS000011")]


def test_a_late_correction_moves_the_version_and_the_facts_of_other_months_with_it(c: Connection) -> None:
    world = World()
    for month, setting in (("2026-08", "BUILDING"), ("2026-09", "COMMUNITY"), ("2026-10", "COMMUNITY")):
        world.service(world.submission(1, month), 10, GWYNEDD, setting=setting)
    refreshed(c, world)
    c.execute(text("update landing.submission set is_current = false where period = '2026-08-01'"))
    late = World()
    late.service(late.submission(1, "2026-08", submission_no=2), 10, GWYNEDD, setting="COMMUNITY")
    late.put(c)
    refresh(c, date(2026, 8, 1))
    assert rows(c, VERSIONS) == [(date(2015, 1, 1), ENDLESS, "COMMUNITY", "DOP00001")]
    assert [setting for _, setting in rows(c, IN_MONTH)] == ["COMMUNITY"] * 3


@pytest.mark.parametrize("seed", range(4))
def test_bringing_up_one_month_after_another_gives_the_same_in_any_order(c: Connection, seed: int) -> None:
    asked = ("select * from core.service_version order by 1", "select * from core.measured_service order by 1, 2")
    world = random_world(seed)
    refreshed(c, world)
    forwards = [rows(c, one) for one in asked]
    c.execute(text("delete from core.measured_return"))
    c.execute(text("delete from core.service_version"))
    months = sorted({row["period"] for row in world.submissions.values()})
    Random(seed).shuffle(months)  # noqa: S311 (the same order each time)
    for month in months:
        refresh(c, month)
    assert [rows(c, one) for one in asked] == forwards


def test_a_month_in_which_nothing_changed_is_left_as_it_stands(star: Connection) -> None:
    asked = "select xmin::text, * from core.measured_service order by submission_id, service_id"
    before = rows(star, asked)
    refreshed(star, random_world(3), put=False)
    assert rows(star, asked) == before


def test_a_return_that_was_judged_anew_shows_as_it_stands_now(c: Connection) -> None:
    world = World()
    world.service(submission := world.submission(1, "2026-08"), 10, GWYNEDD)
    refreshed(c, world)
    c.execute(text("update core.service_month set setting = 'DIGITAL'"))
    c.execute(text("update landing.submission set verdict_sha256 = 'another'"))
    refresh(c, date(2026, 8, 1))
    assert rows(c, VERSIONS)[0][2] == "DIGITAL"
    assert rows(c, "select submission_key from mart_v1.fct_service_month") == [(submission,)]


REGIONS = """
    select member.region_code, fact.month_start from mart_v1.fct_service_month as fact
    join mart_v1.dim_area_membership as member on member.area_key = fact.area_key and {}
    order by 2
"""


def test_areas_add_up_by_the_regions_of_the_time_or_of_today_as_asked(c: Connection) -> None:
    world = World()
    for month in ("2019-03", "2019-04"):
        world.service(world.submission(1, month, profile="BASELINE"), 10, "W06000013")
    refreshed(c, world)
    then = rows(c, REGIONS.format("fact.month_start between member.valid_from and member.valid_to"))
    assert [region for region, _ in then] == ["RPB_WG", "RPB_CTM"]
    assert [region for region, _ in rows(c, REGIONS.format("member.is_today"))] == ["RPB_CTM", "RPB_CTM"]


# --- as known at ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [star.name for star in stars() if star.known_at])
def test_what_is_known_by_now_is_what_the_view_shows(star: Connection, view: str) -> None:
    function = f"{view}_as_known_at('infinity')"
    for first, second in ((view, function), (function, view)):
        assert rows(star, f"select * from {first} except select * from {second}") == []


def test_facts_are_given_as_they_stood_before_a_correction_came(c: Connection) -> None:
    world = World()
    first = world.submission(1, "2026-08", is_current=False, received_at=datetime(2026, 9, 1, tzinfo=UTC))
    second = world.submission(1, "2026-08", submission_no=2, received_at=datetime(2026, 10, 1, tzinfo=UTC))
    for submission, held in ((first, 5), (second, 9)):
        world.service(submission, 10, GWYNEDD, open_sessions_held=held)
    refreshed(c, world)
    asked = "select open_sessions_held from mart_v1.fct_service_month_as_known_at(:moment)"
    assert rows(c, asked, moment=datetime(2026, 9, 2, tzinfo=UTC)) == [(5,)]
    assert rows(c, asked, moment=datetime(2026, 10, 2, tzinfo=UTC)) == [(9,)]
    assert rows(c, asked, moment=datetime(2026, 8, 2, tzinfo=UTC)) == []


# --- freshness --------------------------------------------------------------------------------------------------------


def test_freshness_says_what_was_expected_and_came(c: Connection) -> None:
    world = World()
    world.service(world.submission(1, "2026-08"), 10, GWYNEDD)
    world.submission(2, "2026-08", state="queried")
    for number in (10, 20, 30):
        world.expect(number, GWYNEDD)
    refreshed(c, world)
    asked = """
        select returns_expected, returns_received, returns_accepted, returns_queried, rules_checked = rules_kept
        from mart_v1.freshness where month_key = 20260801
    """
    assert rows(c, asked) == [(3, 2, 1, 1, True)]
