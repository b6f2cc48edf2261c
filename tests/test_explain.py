"""Explaining a figure: what is told equals what independent queries count, and the SQL and the command say the same."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from operating import NOON, Command, Operation, version
from releasing import published, says_other
from sqlalchemy import Connection, insert, text
from world import CARDIFF, GWYNEDD, POWYS, World, random_world

from assets.indicate import indicate as indicate_stage
from assets.preview import stood_at
from assets.protect import protect as protect_stage
from expectations.indicators import FAMILIES, INDICATORS, REASONS, SHEETS_READ
from expectations.months import first_day, period_of, period_written
from expectations.reference import WALES
from expectations.sheets import SHEETS
from makers import PERIOD, PROVIDER, a_row
from warehouse import explanation, metadata
from warehouse.dimensions import refresh
from warehouse.explanation import Asked, Explanation
from warehouse.indicators import indicate, query
from warehouse.protection import protect
from warehouse.release import label
from warehouse.roles import ANALYST

AUGUST, MARCH = date(2026, 8, 1), date(2027, 3, 1)


def measured(c: Connection, world: World, month: date, **policy: Any) -> None:
    """Put a world into the warehouse and take its months as far as protected figures."""
    world.put(c)
    for period in sorted({row["period"] for row in world.submissions.values()}):
        refresh(c, period)
    indicate(c, month)
    protect(c, month, **policy)
    label(c)


def two_authorities() -> World:
    """A return about Powys with a row that Gwynedd commissions, one about Cardiff, a nil return, and a missing one."""
    world = World()
    of_powys = world.submission(1, "2026-08", profile="LITE", lead_la=POWYS)
    service = world.service(of_powys, 10, POWYS)
    for commissioner, group, people in ((POWYS, "LD", 40), (POWYS, "OP", 3), (GWYNEDD, "LD", 8)):
        world.row(
            "ACTIVITY", of_powys, service_id=service, commissioning_la=commissioner, client_group=group,
            people_attended=people, people_direct_payment=people // 2, sessions_attended=people * 4,
        )  # fmt: skip
    of_cardiff = world.submission(2, "2026-08", profile="LITE", lead_la=CARDIFF)
    world.row("ACTIVITY", of_cardiff, service_id=world.service(of_cardiff, 20, CARDIFF), commissioning_la=CARDIFF)
    world.submission(3, "2026-08", profile="LITE", nil_return=True, nil_reason="NO_CLIENTS")
    for number, area in ((10, POWYS), (20, CARDIFF), (30, POWYS), (40, POWYS), (50, GWYNEDD)):
        world.expect(number, area)
    return world


def refused(c: Connection, world: World, provider: int, *rows: tuple[str, int, list[str]]) -> None:
    """Put rows of a provider's return into quarantine."""
    [submission] = [key for key, row in world.submissions.items() if row["provider_id"] == f"DOP{provider:05}"]
    table = metadata.metadata.tables["restricted.quarantine"]
    for sheet, number, rules in rows:
        place = {"submission_id": submission, "sheet": sheet, "row_number": number, "contract_version": "1.0"}
        c.execute(insert(table).values(**place, rules=rules, raw={"people_attended": "-7777"}))


def told(
    c: Connection, indicator: str, area: str, kind: str = "month", start: date = AUGUST, **cell: Any
) -> Explanation:
    found = explanation.explain(c, Asked(indicator, area, kind, start, **cell))
    assert found is not None
    return found


def providers(found: Explanation) -> list[str]:
    return [row["provider_id"] for row in found.submissions]


@pytest.fixture
def two(c: Connection) -> Connection:
    world = two_authorities()
    measured(c, world, AUGUST)
    refused(c, world, 1, ("ACTIVITY", 4, ["V12", "V13"]), ("ACTIVITY", 5, ["V12"]), ("FINANCE", 2, ["V12"]))
    return c


# --- the figure -------------------------------------------------------------------------------------------------------


def test_a_figure_is_told_with_its_meaning_its_parts_and_its_coverage(two: Connection) -> None:
    figure = told(two, "DO10", POWYS).figure
    assert figure["title_en"] == "Direct payment share"
    assert (figure["numerator"], figure["denominator"], figure["factor"]) == (21, 43, 100)
    assert figure["value_unrounded"] == pytest.approx(Decimal(2100) / 43)
    assert (figure["unit"], figure["area_name_cy"]) == ("%", "Powys")
    # Registered in Powys: one that returned, one of the nil return, and one that nothing came of.
    assert (figure["services_expected"], figure["services_returned"]) == (3, 2)
    assert figure["coverage_floor"] == Decimal("0.8")


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_that_is_measured_is_explained_as_it_is_measured_and_protected(c: Connection, seed: int) -> None:
    measured(c, random_world(seed), MARCH)
    names = "indicator_id, area_code, period_kind, period_start, measure, breakdown, category"
    asked = f"""
        with figure as (
            select {names},
                own.numerator, own.denominator, own.value, own.coverage, shown.status, shown.value as value_shown
            from mart_v1.indicator as own
            join mart_v1.protected_indicator as shown using ({names})
            where abs(hashtext(indicator_id || area_code || category)) % 7 = 0
        )
        select
            (figure.numerator, figure.denominator, figure.value, figure.coverage, figure.status, figure.value_shown)
            is not distinct from (
                told.numerator, told.denominator, told.value_unrounded, told.coverage, told.status, told.value_shown
            ) as agrees
        from figure
        left join lateral (select * from mart_v1.explain_figure({names})) as told on true
    """
    agree = list(c.scalars(text(asked)))
    assert len(agree) > 100
    assert all(agree)


def test_a_small_number_is_confidential_while_the_numerator_is_the_analysts_to_see(c: Connection) -> None:
    measured(c, two_authorities(), AUGUST, floor_authority=0)
    figure = told(c, "DO01", POWYS, breakdown="client_group", category="OP").figure
    assert (figure["numerator"], figure["value_shown"], figure["note_codes"]) == (3, None, ["c", "p"])
    assert (figure["status"], figure["reason"], figure["threshold"]) == ("confidential", "numerator", 5)
    assert figure["reason_en"] == REASONS["numerator"]
    assert figure["reason_cy"].startswith("Mae ei rifiadur")


def test_thin_coverage_is_the_reason_before_small_numbers(two: Connection) -> None:
    figure = told(two, "DO01", POWYS, breakdown="client_group", category="OP").figure
    assert (figure["status"], figure["reason"], figure["numerator"]) == ("not_available", "coverage", 3)
    assert told(two, "DO01", GWYNEDD).figure["reason"] == "not_measured"


def test_what_is_shown_has_no_reason_and_says_how_it_was_rounded(c: Connection) -> None:
    measured(c, two_authorities(), AUGUST, floor_authority=0)
    figure = told(c, "DO01", POWYS).figure
    assert (figure["status"], figure["reason"], figure["rounding_base"]) == ("shown", None, 5)
    assert told(c, "DO10", POWYS).figure["rounding_base"] is None


def test_a_measure_a_breakdown_and_a_category_can_be_asked_for(two: Connection) -> None:
    figure = told(two, "DO01", POWYS, measure="rate", breakdown="client_group", category="LD").figure
    assert (figure["measure"], figure["breakdown"], figure["category"]) == ("rate", "client_group", "LD")
    assert told(two, "DO01", POWYS).figure["measure"] == "count"


def test_what_is_no_figure_is_not_explained(two: Connection) -> None:
    assert explanation.explain(two, Asked("DO02", POWYS, "month", date(2020, 8, 1))) is None
    nothing = "select count(*) from mart_v1.explain_indicator('DO02', 'W06000023', 'month', '2020-08-01')"
    assert two.scalar(text(nothing)) == 0


# --- the returns behind it --------------------------------------------------------------------------------------------


def test_the_returns_of_an_area_are_those_with_a_row_that_counts_for_it_and_nil_returns(two: Connection) -> None:
    assert providers(told(two, "DO10", POWYS)) == ["DOP00001", "DOP00003"]
    assert providers(told(two, "DO10", GWYNEDD)) == ["DOP00001"]
    assert providers(told(two, "DO10", CARDIFF)) == ["DOP00002"]
    assert providers(told(two, "DO10", WALES)) == ["DOP00001", "DOP00002", "DOP00003"]


def test_each_return_has_its_hash_its_version_and_its_rows(two: Connection) -> None:
    one = told(two, "DO10", POWYS).submissions[0]
    kept = two.execute(text("select * from landing.submission where sha256 = :sha256"), one).mappings().one()
    same = ("submission_no", "file_name", "received_at", "state", "rows_read", "rows_accepted", "provider_name_en")
    assert [one[name] for name in same] == [kept[name] for name in same]
    # A row of SERVICES and three of ACTIVITY; of these, one that Gwynedd commissions.
    assert (one["rows_measured"], one["rows_of_area"]) == (4, 3)


@pytest.mark.parametrize("indicator", ["DO01", "DO10", "DO16", "DO22", "DO29"])
def test_rows_are_counted_as_they_stand_in_the_tables(c: Connection, indicator: str) -> None:
    measured(c, random_world(1), MARCH)
    tables = {sheet.name: sheet.table for sheet in SHEETS}
    sheets = next(one.sheets for one in INDICATORS if one.id == indicator)
    for row in told(c, indicator, WALES, start=MARCH).submissions:
        counted = " + ".join(
            f"(select count(*) from {tables[sheet]} as fact join landing.submission using (submission_id)"
            " where sha256 = :sha256)"
            for sheet in sheets
        )
        assert row["rows_measured"] == row["rows_of_area"] == c.scalar(text(f"select {counted}"), row)


def test_rows_in_quarantine_are_counted_by_rule_and_those_that_the_figure_lacks_apart(two: Connection) -> None:
    found = told(two, "DO10", POWYS)
    assert (found.submissions[0]["rows_quarantined"], found.submissions[0]["rows_left_out"]) == (3, 2)
    counts = [(row["sheet"], row["is_measured"], row["rule_id"], row["rows"]) for row in found.quarantine]
    assert counts == [
        ("ACTIVITY", True, "V12", 2),
        ("ACTIVITY", True, "V13", 1),
        ("FINANCE", False, "V12", 1),
    ]
    assert told(two, "DO10", CARDIFF).quarantine == []


def test_nothing_of_a_refused_row_is_told(two: Connection) -> None:
    assert "7777" not in repr(told(two, "DO10", POWYS))


def test_services_that_are_missing_are_named_with_what_became_of_their_return(c: Connection) -> None:
    world = two_authorities()
    world.expect(11, POWYS)
    world.submission(5, "2026-08", state="refused", is_current=False)
    measured(c, world, AUGUST)
    missing = {row["service_id"]: row["state"] for row in told(c, "DO10", WALES).missing}
    assert missing == {"DOS000011": "not_listed", "DOS000040": "not_received", "DOS000050": "refused"}
    before = told(c, "DO10", GWYNEDD, known_at=datetime(2026, 9, 1, tzinfo=UTC))
    assert [row["state"] for row in before.missing] == ["not_received"]


@pytest.mark.parametrize("indicator", ["DO01", "DO02", "DO16"])
@pytest.mark.parametrize(
    ("kind", "start"), [("month", MARCH), ("quarter", date(2027, 1, 1)), ("year", date(2026, 4, 1))]
)
def test_as_many_services_are_missing_as_coverage_lacks(c: Connection, indicator: str, kind: str, start: date) -> None:
    measured(c, random_world(2), MARCH)
    for area in (WALES, CARDIFF, "RPB_NW"):
        found = told(c, indicator, area, kind, start)
        lacks = found.figure["services_expected"] - found.figure["services_returned"]
        assert len(found.missing) == lacks, area


def test_recovery_has_the_returns_of_the_same_months_before_the_pandemic_behind_it(c: Connection) -> None:
    measured(c, random_world(1), MARCH)
    months = {row["month_start"]: row["is_baseline"] for row in told(c, "DO02", WALES, start=MARCH).submissions}
    assert months == {MARCH: False, date(2020, 1, 1): True, date(2020, 2, 1): True}
    assert {row["is_baseline"] for row in told(c, "DO10", WALES, start=MARCH).submissions} == {False}


def test_a_snapshot_of_the_year_rests_on_the_last_quarters_end_alone(c: Connection) -> None:
    measured(c, random_world(1), MARCH)
    year = date(2026, 4, 1)
    assert {row["month_start"] for row in told(c, "DO16", WALES, "year", year).submissions} == {MARCH}
    assert len({row["month_start"] for row in told(c, "DO10", WALES, "year", year).submissions}) == 4


def test_a_return_that_came_since_the_figure_was_measured_is_said_to_be_waiting(two: Connection) -> None:
    world = World()
    world.service(world.submission(9, "2026-08"), 90, POWYS)
    world.put(two)
    assert told(two, "DO10", POWYS).figure["returns_not_measured_yet"] == 1


# --- releases ---------------------------------------------------------------------------------------------------------


def test_the_change_since_the_last_release_is_told(two: Connection) -> None:
    assert told(two, "DO30", POWYS).figure["release_id"] is None
    published(two, AUGUST, NOON)
    says_other(two)
    figure = told(two, "DO30", POWYS).figure
    assert (figure["release_id"], figure["released_at"], figure["is_draft"]) == ("2026-08-r1", NOON, False)
    assert (figure["value_shown"] - figure["released_value"], figure["change_since_release"]) == (5, 5)
    published(two, AUGUST, NOON + timedelta(days=1))
    found = told(two, "DO30", POWYS)
    assert [row["release_id"] for row in found.releases] == ["2026-08-r2", "2026-08-r1"]
    assert (found.releases[0]["change_since_release_before"], found.figure["change_since_release"]) == (5, 0)
    before = told(two, "DO30", POWYS, known_at=NOON)
    assert [row["release_id"] for row in before.releases] == ["2026-08-r1"]


# --- in SQL -----------------------------------------------------------------------------------------------------------


def test_the_table_for_bi_holds_every_item_of_the_other_functions(two: Connection) -> None:
    found = told(two, "DO10", POWYS)
    query = "select * from mart_v1.explain_indicator('DO10', 'W06000023', 'month', '2026-08-01')"
    lines = two.execute(text(query)).all()
    assert [row.line for row in lines] == list(range(1, len(lines) + 1))
    items = {(row.part, row.number, row.item): row.value for row in lines}
    assert items["figure", 1, "numerator"] == "21"
    assert items["submission", 1, "sha256"] == found.submissions[0]["sha256"]
    assert items["quarantine", 1, "rows"] == "2"
    parts = (found.submissions, found.quarantine, found.missing)
    counts = [
        len({row.number for row in lines if row.part == part}) for part in ("submission", "quarantine", "missing")
    ]
    assert counts == [len(rows) for rows in parts] == [2, 3, 1]


def test_an_analyst_may_ask_for_an_explanation(two: Connection) -> None:
    two.execute(text(f"set local role {ANALYST}"))
    asked = "select count(*) from mart_v1.explain_indicator('DO10', 'W06000023', 'month', '2026-08-01')"
    assert (two.scalar(text(asked)) or 0) > 60
    assert two.scalar(text("select has_schema_privilege('restricted', 'usage')")) is False


# --- the declarations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_the_sheets_that_a_family_reads_are_those_of_its_sql(family: str) -> None:
    sql = query("recovery" if family == "variation" else family)
    sql += query("attendee") if "pg_temp.attendee" in sql else ""
    named = {
        sheet.name for sheet in SHEETS if f".current_{sheet.table.partition('.')[2]}\n" in f"{sql}\n".replace(" ", "\n")
    }
    assert named <= set(SHEETS_READ[family])


def test_every_reason_that_protection_gives_has_words() -> None:
    sql = query("primary") + query("spread") + query("hide")
    assert [code for code in REASONS if f"'{code}'" not in sql] == []


@pytest.mark.parametrize(
    ("written", "kind", "start"),
    [
        ("2026-08", "month", AUGUST),
        ("2026-27", "year", date(2026, 4, 1)),
        ("2026-27-Q2", "quarter", date(2026, 7, 1)),
        ("2026-27-Q4", "quarter", date(2027, 1, 1)),
    ],
)
def test_a_period_is_read_as_it_is_written(written: str, kind: str, start: date) -> None:
    assert period_of(written) == (kind, start)
    assert period_written(kind, start) == written


@pytest.mark.parametrize("written", ["2026", "2026-13", "2026-28", "2026-Q2", "August"])
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        period_of(written)


# --- the command, from files ------------------------------------------------------------------------------------------


def deliver(operation: Operation, number: int, people: int, hours: float) -> None:
    rows = [a_row("ACTIVITY", people_enrolled=str(people), people_attended=str(people), sessions_attended=str(people))]
    operation.deliver(f"version {number}", version(number, ACTIVITY=rows), hours=hours)


def figured(operation: Operation) -> None:
    """Measure and protect the month, and publish it."""
    indicate_stage(operation.engine, operation.settings, PERIOD)
    protect_stage(operation.engine, operation.settings, PERIOD)
    with operation.engine.begin() as c:
        published(c, first_day(PERIOD), datetime.now(UTC))


@pytest.fixture
def night(operation: Operation) -> Operation:
    """A house to which two versions of a return came, one after the other."""
    deliver(operation, 1, 12, hours=1)
    operation.night()
    figured(operation)
    deliver(operation, 2, 21, hours=2)
    operation.night()
    figured(operation)
    return operation


def explained(dayops: Command, *words: str) -> Any:
    result = dayops("explain", *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def area_of(operation: Operation) -> str:
    [(area,)] = operation.rows("select distinct commissioning_la from core.current_activity")
    return str(area)


def test_from_files_to_an_explanation_that_agrees_with_the_tables_and_with_sql(
    night: Operation, dayops: Command
) -> None:
    area = area_of(night)
    answer = explained(dayops, "DO01", "--area", area, "--period", PERIOD)
    assert answer["figure"]["numerator"] == "21"
    [one] = answer["submissions"]
    assert (one["provider_id"], one["submission_no"], one["file_name"]) == (PROVIDER, 2, "version 2.xlsx")
    assert night.rows("select sha256 from landing.submission where is_current") == [(one["sha256"],)]
    asked = "select item, value from mart_v1.explain_indicator('DO01', :area, 'month', :start) where part = 'figure'"
    of_sql = {str(row[0]): row[1] for row in night.rows(asked, area=area, start=first_day(PERIOD))}
    assert of_sql.keys() == answer["figure"].keys()
    same = [name for name, value in answer["figure"].items() if isinstance(value, str) and name != "released_at"]
    assert len(same) > 20
    assert {name: of_sql[name] for name in same} == {name: answer["figure"][name] for name in same}


def test_a_figure_is_explained_as_it_stood_and_nothing_of_that_is_kept(night: Operation, dayops: Command) -> None:
    area, before = area_of(night), night.hashes()
    at = (NOON + timedelta(hours=1.5)).isoformat()
    then = explained(dayops, "DO01", "--area", area, "--period", PERIOD, "--as-at", at)
    assert (then["figure"]["numerator"], then["submissions"][0]["submission_no"]) == ("12", 1)
    assert (then["releases"], then["figure"]["release_id"]) == ([], None)
    now = explained(dayops, "DO01", "--area", area, "--period", PERIOD, "--as-at", "2099-01-01")
    assert now["figure"]["numerator"] == "21"
    assert night.hashes() == before


def test_a_year_as_it_stood_is_what_it_was_when_it_was_measured(operation: Operation) -> None:
    deliver(operation, 1, 12, hours=1)
    operation.night()
    figured(operation)
    asked = Asked("DO07", WALES, *period_of("2026-27"))
    with operation.engine.connect() as c:
        was = explanation.explain(c, asked)
    deliver(operation, 2, 21, hours=2)
    operation.night()
    figured(operation)
    moment = NOON + timedelta(hours=1.5)
    with stood_at(operation.engine, operation.settings, asked.kind, asked.start, moment) as c:
        then = explanation.explain(c, asked)
    assert was is not None
    assert then is not None
    names = ("numerator", "denominator", "coverage", "status", "value_shown")
    assert [then.figure[name] for name in names] == [was.figure[name] for name in names]
    assert [row["sha256"] for row in then.submissions] == [row["sha256"] for row in was.submissions]


@pytest.mark.parametrize(("language", "words"), [("en", "Returns behind it"), ("cy", "Y ffurflenni y tu ôl iddo")])
def test_it_is_told_in_either_language(night: Operation, dayops: Command, language: str, words: str) -> None:
    result = dayops("explain", "DO01", "--area", area_of(night), "--period", PERIOD, "--language", language)
    assert result.exit_code == 0, result.output
    assert words in result.output
    [(sha256,)] = night.rows("select sha256 from landing.submission where is_current")
    assert str(sha256)[:12] in result.output


def test_a_moment_before_all_returns_is_said(night: Operation, dayops: Command) -> None:
    refused = dayops("explain", "DO01", "--area", WALES, "--period", PERIOD, "--as-at", "2020-01-01")
    assert (refused.exit_code, "no return stood for 2026-09" in refused.output) == (1, True)


def test_a_period_without_figures_says_which_there_are(night: Operation, dayops: Command) -> None:
    refused = dayops("explain", "DO01", "--area", area_of(night), "--period", "2026-04")
    assert refused.exit_code == 1
    assert "There are figures for 2026-09, 2026-27-Q2, 2026-27." in " ".join(refused.output.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("DO2", "--area", "Powys"), "DO02 (Recovery: people)"),
        (("occupansy", "--area", "Powys"), "DO11 (Occupancy)"),
        (("DO02", "--area", "Powis"), "Powys (W06000023)"),
        (("DO06", "--area", "Powys"), "country and region alone"),
        (("DO01", "--area", "Powys", "--measure", "rat"), "one of count, rate is wanted"),
        (("DO01", "--area", "Powys", "--breakdown", "tier"), "one of all, client_group, age_band, setting is wanted"),
        (("DO01", "--area", "Powys", "--breakdown", "age_band"), "needs a --category: one of 18-24"),
        (("DO01", "--area", "Powys", "--category", "LD"), "one of ALL is wanted"),
    ],
)
def test_a_word_that_is_not_known_names_those_that_are(dayops: Command, words: tuple[str, ...], said: str) -> None:
    refused = dayops("explain", *words, "--period", "2026-08")
    assert refused.exit_code == 2
    assert said in " ".join(refused.output.split())


def test_a_period_that_is_none_is_misuse(dayops: Command) -> None:
    refused = dayops("explain", "DO02", "--area", "Powys", "--period", "2026-Q2")
    assert (refused.exit_code, "financial quarter such as 2026-27-Q2" in refused.output) == (2, True)


def test_help_says_that_its_numbers_are_not_for_publication(dayops: Command) -> None:
    helped = " ".join(dayops("explain", "--help").output.split())
    assert "small numbers of people included, and not for publication" in helped
