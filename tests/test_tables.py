"""The tables hold what the contract declares, and the views show what is current, expected and returned."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from warehouse_makers import KEY, MONTH, a_registered_service, a_submission, judged, spoilt

from expectations.codes import CODE_LISTS
from expectations.contract import ROW, Need
from expectations.reference import authorities, complete_vintages, living_wage_on, populations
from expectations.rules import RULES
from expectations.sheets import RETURN, SHEETS
from warehouse import facts, ledger
from warehouse.ledger import driver
from warehouse.metadata import metadata
from warehouse.tables import ADDED, FACT_SHEETS, FACTS

SHEET_NAMES = [sheet.name for sheet in FACT_SHEETS]


def a_load(c: Connection, submission_id: int, *sheets: str, count: int = 3) -> None:
    facts.load(driver(c), submission_id, month_of(c, submission_id), judged(*sheets, count=count), KEY)


def month_of(c: Connection, submission_id: int) -> date:
    month = text("select period from landing.submission where submission_id = :id")
    return date.fromisoformat(str(c.scalar(month, {"id": submission_id})))


@pytest.mark.parametrize("name", SHEET_NAMES)
def test_a_fact_table_has_its_sheets_columns_in_their_order(name: str) -> None:
    sheet = next(sheet for sheet in SHEETS if sheet.name == name)
    assert FACTS[name].fullname == sheet.table
    assert FACTS[name].c.keys() == [*ADDED, *(column.name for column in sheet.columns)]


@pytest.mark.parametrize("name", SHEET_NAMES)
def test_only_cells_that_may_be_blank_may_be_null(name: str) -> None:
    sheet = next(sheet for sheet in SHEETS if sheet.name == name)
    nullable = {column.name for column in sheet.columns if column.need is not Need.REQUIRED}
    assert {column.name for column in FACTS[name].c if column.nullable} == nullable


def test_what_return_says_is_in_the_submission() -> None:
    assert {column.name for column in RETURN.columns} <= set(metadata.tables["landing.submission"].c.keys())


@pytest.mark.parametrize("name", SHEET_NAMES)
def test_every_sheet_takes_rows_with_every_cell_filled(c: Connection, name: str) -> None:
    submission_id = a_submission(c)
    a_load(c, submission_id, name)
    assert c.scalar(text(f"select count(*) from {FACTS[name].fullname}")) == 3


@pytest.mark.parametrize(
    ("sheet", "column", "value"),
    [
        ("ACTIVITY", "leavers", -1),
        ("ACTIVITY", "leavers", 1_000_001),
        ("ACTIVITY", "leavers", None),
        ("ACTIVITY", "age_band", "18 to 24"),
        ("ACTIVITY", "commissioning_la", "OUTSIDE_WALES"),
        ("ACTIVITY", "service_id", "DOS1"),
        ("ATTENDANCE", "hours", Decimal("6.25")),
        ("PEOPLE", "person_ref", "Jane Jones"),
        ("SERVICES", "service_la", "W06000007"),
        ("SERVICES", "service_name_en", ""),
    ],
)
def test_a_table_refuses_what_the_contract_does_not_allow(
    c: Connection, sheet: str, column: str, value: object
) -> None:
    submission_id = a_submission(c)
    sheets = spoilt(judged(sheet), sheet, column, value)
    with pytest.raises(facts.LoadError, match=FACTS[sheet].fullname):
        facts.load(driver(c), submission_id, month_of(c, submission_id), sheets, KEY)


def test_a_key_stands_once_in_a_submission_and_again_in_another(c: Connection) -> None:
    first, second = a_submission(c), a_submission(c, "b", submission_no=2)
    a_load(c, first, "ATTENDANCE")
    a_load(c, second, "ATTENDANCE")
    twice = {name: pa.concat_tables([rows, rows]) for name, rows in judged("ATTENDANCE", count=1).items()}
    twice = spoilt(twice, "ATTENDANCE", ROW, 3)
    with pytest.raises(facts.LoadError, match="uq_attendance"):
        facts.load(driver(c), first, month_of(c, first), twice, KEY)


@pytest.mark.parametrize("column", [column.name for column in RETURN.columns if column.need is Need.REQUIRED])
def test_a_sound_submission_says_all_that_return_must(c: Connection, column: str) -> None:
    submission_id = a_submission(c)
    with pytest.raises(IntegrityError, match=f"ck_submission_{column}"):
        c.execute(text(f"update landing.submission set {column} = null where submission_id = {submission_id}"))


def test_a_refused_submission_may_say_anything(c: Connection) -> None:
    submission_id = a_submission(c, state="refused", spec_version="9.9", lead_la="somewhere", submission_no=None)
    said = text("select spec_version, lead_la, submission_no from landing.submission where submission_id = :id")
    assert c.execute(said, {"id": submission_id}).one() == ("9.9", "somewhere", None)


def test_a_submissions_number_is_that_of_its_bytes(c: Connection) -> None:
    submission_id = a_submission(c)
    with pytest.raises(IntegrityError, match="ck_submission_submission_id"):
        c.execute(
            text(
                f"update landing.submission set submission_id = submission_id + 1 where submission_id = {submission_id}"
            )
        )


def test_deleting_a_submission_deletes_its_rows(c: Connection) -> None:
    a_load(c, a_submission(c))
    c.execute(text("delete from landing.submission"))
    assert {c.scalar(text(f"select count(*) from {table.fullname}")) for table in FACTS.values()} == {0}


def test_reference_tables_hold_what_the_contract_declares(c: Connection) -> None:
    assert c.scalar(text("select count(*) from core.area")) == len(authorities()) == 22
    assert c.scalar(text("select count(*) from core.region")) == 7
    assert c.scalar(text("select count(*) from core.code")) == sum(map(len, CODE_LISTS.values()))
    assert c.scalar(text("select count(*) from core.rule where sentence_en <> ''")) == len(RULES)
    assert c.scalar(text("select hourly_gbp from core.real_living_wage where financial_year = '2022-23'")) == Decimal(
        "9.90"
    )
    assert c.scalar(text("select label_cy from core.code where list_name = 'tier' and code = '1'")) == "Cymorth ataliol"


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2026-04-30", "12.60"), ("2026-05-01", "13.45"), ("2024-04-30", "10.90"), ("2024-05-01", "12.00")],
)
def test_a_living_wage_is_in_force_from_the_first_of_may(c: Connection, day: str, rate: str) -> None:
    wage = living_wage_on(date.fromisoformat(day))
    assert wage is not None
    assert wage.hourly_gbp == Decimal(rate)
    asked = "select hourly_gbp from release_v1.real_living_wage where :day between in_force_from and {}"
    found = c.scalars(text(asked.format("coalesce(in_force_to, 'infinity')")), {"day": day}).all()
    assert found == [wage.hourly_gbp]


def test_before_the_first_living_wage_that_is_known_there_is_none() -> None:
    assert living_wage_on(date(2022, 4, 30)) is None


def test_rates_divide_by_estimates_that_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    assert complete_vintages() == ("mid2020",)
    newer = [replace(one, vintage="mid2031") for one in populations() if one.vintage == "mid2020"]
    monkeypatch.setattr("expectations.reference.populations", lambda: (*newer, *populations()))
    assert complete_vintages() == ("mid2020", "mid2031")
    [*_, last] = [one for one in newer if one.age_group == "65plus"]
    monkeypatch.setattr("expectations.reference.populations", lambda: [one for one in newer if one != last])
    assert complete_vintages() == ()


def test_an_authority_belongs_to_itself_its_region_of_today_and_wales(c: Connection) -> None:
    bridgend = text("select ancestor_code, level from core.area_tree where area_code = 'W06000013' order by level")
    assert list(map(tuple, c.execute(bridgend))) == [
        ("W06000013", "authority"),
        ("W92000004", "country"),
        ("RPB_CTM", "region"),
    ]


# --- views ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHEET_NAMES)
def test_a_current_view_shows_the_current_version_alone_with_who_sent_it(c: Connection, name: str) -> None:
    for number in (1, 2):
        a_load(c, a_submission(c, str(number), submission_no=number), name, count=number)
    ledger.settle_current(c, MONTH)
    view = FACTS[name].fullname.replace(".", ".current_")
    rows = c.execute(text(f"select * from {view}")).mappings().all()
    assert len(rows) == 2
    assert {(row["provider_id"], row["provider_sector"], row["profile"], row["lead_la"]) for row in rows} == {
        ("DOP00001", "PRIVATE", "FULL", "W06000001")
    }


def services(c: Connection, view: str, month: str = MONTH) -> dict[str, str]:
    found = text(f"select service_id, service_la from core.{view}_service where period = :month order by 1")
    return dict(map(tuple, c.execute(found, {"month": f"{month}-01"})))


def a_service(c: Connection, submission_id: int, number: int, open_from: str, closed_on: str | None = None) -> str:
    """Load one SERVICES row beside those that the submission has."""
    a_row = text("""
        insert into core.service_month (submission_id, row_number, period, service_id, service_name_en, service_la,
            setting, tier, client_group_main, contract_type, open_from, closed_on, open_sessions_planned,
            open_sessions_held, welsh_medium)
        select submission_id, :number, period, :service, 'Day', 'W06000001', 'WORK', '1', 'LD', 'NONE', :open_from,
            :closed_on, 1, 1, 'NO' from landing.submission where submission_id = :id
    """)
    service = f"DOS{number:06}"
    c.execute(
        a_row,
        {"id": submission_id, "number": number, "service": service, "open_from": open_from, "closed_on": closed_on},
    )
    return service


def a_register(c: Connection, *services: int, **changes: str) -> None:
    ledger.record_register(c, [a_registered_service(number, **changes) for number in services])


def test_services_open_in_the_month_are_returned_and_expected(c: Connection) -> None:
    submission_id = a_submission(c)
    open_ones = [
        a_service(c, submission_id, 1, "2020-01-01"),
        a_service(c, submission_id, 2, "2026-08-31"),
        a_service(c, submission_id, 3, "2020-01-01", "2026-08-01"),
    ]
    a_service(c, submission_id, 4, "2020-01-01", "2026-07-31")
    a_service(c, submission_id, 5, "2026-09-01")
    ledger.settle_current(c, MONTH)
    assert list(services(c, "returned")) == list(services(c, "expected")) == open_ones


def test_a_registered_service_is_expected_whether_returned_or_not(c: Connection) -> None:
    submission_id = a_submission(c)
    a_service(c, submission_id, 1, "2020-01-01")
    a_register(c, 1, 2)
    ledger.settle_current(c, MONTH)
    assert services(c, "returned") == {"DOS000001": "W06000001"}
    assert services(c, "expected") == {"DOS000001": "W06000001", "DOS000002": "W06000002"}


def test_a_service_that_left_the_register_is_not_expected(c: Connection) -> None:
    a_submission(c)
    a_register(c, 1, expected_to="2026-07-31")
    ledger.settle_current(c, MONTH)
    assert services(c, "expected") == {}


def test_a_nil_return_returns_every_registered_service(c: Connection) -> None:
    a_submission(c, nil_return=True, nil_reason="NO_CLIENTS")
    a_register(c, 1, 2)
    ledger.settle_current(c, MONTH)
    assert list(services(c, "returned")) == ["DOS000001", "DOS000002"]


def test_a_service_off_the_register_is_remembered_while_its_provider_is_silent(c: Connection) -> None:
    july = a_submission(c, "july", period="2026-07")
    a_service(c, july, 1, "2020-01-01")
    a_service(c, july, 2, "2020-01-01", "2026-07-20")
    a_submission(c, "other", provider_id="DOP00002")
    for month in ("2026-07", MONTH):
        ledger.settle_current(c, month)
    assert services(c, "expected") == {"DOS000001": "W06000001"}
    a_submission(c, "august")
    ledger.settle_current(c, MONTH)
    assert services(c, "expected") == {}


def test_a_service_is_not_remembered_for_longer_than_a_year(c: Connection) -> None:
    a_service(c, a_submission(c, "old", period="2025-07"), 1, "2020-01-01")
    a_submission(c, "other", provider_id="DOP00002")
    for month in ("2025-07", MONTH):
        ledger.settle_current(c, month)
    assert "DOS000001" in services(c, "expected", "2026-07")
    assert services(c, "expected") == {}


def test_a_superseded_return_is_about_nothing(c: Connection) -> None:
    a_service(c, a_submission(c), 1, "2020-01-01")
    a_submission(c, "b", submission_no=2)
    ledger.settle_current(c, MONTH)
    assert services(c, "returned") == {}
