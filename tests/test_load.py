"""Loading: one transaction a submission, all of it or nothing, and never a word about what stood in a row."""

import traceback
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pyarrow as pa
import pytest
from sqlalchemy import text
from warehouse_makers import KEY, MONTH, a_hash, a_submission, a_verdict, judged, loader, spoilt, the_warehouse

from assets.load import load, loaded_returns
from resources.house import House
from resources.restricted import RestrictedStore, StoredSheet, write_sheets
from warehouse import facts, ledger
from warehouse.connection import connect
from warehouse.facts import LoadError
from warehouse.tables import ADDED, FACTS

AUGUST = date(2026, 8, 1)


@pytest.fixture
def store(tmp_path: Path) -> RestrictedStore:
    return RestrictedStore(tmp_path)


@pytest.fixture
def raw(database: str) -> Iterator[psycopg.Connection]:
    with loader(database) as connection:
        yield connection


def a_judged_submission(
    database: str, store: RestrictedStore, name: str = "a", sheets: dict[str, pa.Table] | None = None, **identity: Any
) -> int:
    with the_warehouse(database) as c:
        submission_id = a_submission(c, name, **identity)
    tables = judged() if sheets is None else sheets
    write_sheets(store.judged(a_hash(name)), {sheet: StoredSheet(table) for sheet, table in tables.items()})
    return submission_id


def rows(database: str) -> dict[str, int]:
    with connect(database).connect() as c:
        counts = {
            table.fullname: c.execute(text(f"select count(*) from {table.fullname}")).scalar_one()
            for table in FACTS.values()
        }
    return {table: count for table, count in counts.items() if count}


def current(database: str) -> list[str]:
    with connect(database).connect() as c:
        return [one.file_name for one in ledger.submissions(c, MONTH) if one.is_current]


def kept(name: str, value: Any) -> Any:
    return KEY.kept(value) if name == "person_ref" else value


# --- one submission ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", FACTS)
def test_what_is_loaded_is_what_was_judged(database: str, raw: psycopg.Connection, sheet: str) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    tables = judged(sheet, count=40)
    loaded = facts.load(raw, submission_id, AUGUST, tables, KEY)
    names = [column.name for column in FACTS[sheet].c if column.name not in ADDED]
    query = f"select row_number, {', '.join(names)} from {FACTS[sheet].fullname} order by row_number"
    assert raw.execute(query.encode()).fetchall() == [
        tuple(kept(name, row[name]) for name in ("_row", *names)) for row in tables[sheet].to_pylist()
    ]
    assert loaded == {FACTS[sheet].fullname: 40}


@pytest.mark.parametrize("words", ['Tŷ\'r "Hafan", Y Fenni', "one\ntwo", "\\N", "\\.", "\t", " ", "NULL", "=1+1", "🌞"])
def test_words_are_loaded_to_the_letter(database: str, raw: psycopg.Connection, words: str) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    facts.load(
        raw, submission_id, AUGUST, spoilt(judged("SERVICES", count=1), "SERVICES", "service_name_cy", words), KEY
    )
    assert raw.execute("select service_name_cy from core.service_month").fetchall() == [(words,)]


def test_a_blank_is_loaded_as_a_blank(database: str, raw: psycopg.Connection) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    facts.load(
        raw, submission_id, AUGUST, spoilt(judged("SERVICES", count=1), "SERVICES", "service_name_cy", None), KEY
    )
    assert raw.execute("select service_name_cy from core.service_month").fetchall() == [(None,)]


def test_loading_twice_is_loading_once(database: str, raw: psycopg.Connection) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    for _ in range(2):
        facts.load(raw, submission_id, AUGUST, judged(), KEY)
    assert rows(database) == {table.fullname: 3 for table in FACTS.values()}


def test_a_sheet_that_is_not_there_any_more_leaves_no_rows(database: str, raw: psycopg.Connection) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    facts.load(raw, submission_id, AUGUST, judged("ACTIVITY", "CARERS"), KEY)
    facts.load(raw, submission_id, AUGUST, judged("ACTIVITY"), KEY)
    assert rows(database) == {"core.activity": 3}


def test_a_failed_load_leaves_what_was_there(database: str, raw: psycopg.Connection) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    facts.load(raw, submission_id, AUGUST, judged("SERVICES"), KEY)
    with pytest.raises(LoadError):
        facts.load(raw, submission_id, AUGUST, spoilt(judged(), "OUTCOMES", "people_training", -1), KEY)
    assert rows(database) == {"core.service_month": 3}


@pytest.mark.parametrize(
    ("sheet", "column", "secret"),
    [
        ("PEOPLE", "person_ref", "Blodwen Jones"),
        ("ATTENDANCE", "status", "Blodwen was ill"),
        ("ATTENDANCE", "date", "Blodwen's birthday"),
        ("FINANCE", "cost_staff", Decimal("123456789.01")),
    ],
)
def test_an_error_names_the_submission_and_the_table_and_no_value(
    database: str, raw: psycopg.Connection, sheet: str, column: str, secret: object
) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    tables = judged(sheet)
    tables[sheet] = tables[sheet].set_column(
        tables[sheet].schema.get_field_index(column), column, pa.array([secret] * 3)
    )
    with pytest.raises(LoadError, match=f"{submission_id}.*{FACTS[sheet].fullname}") as caught:
        facts.load(raw, submission_id, AUGUST, tables, KEY)
    assert str(secret) not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_rows_are_not_loaded_under_another_month(database: str, raw: psycopg.Connection) -> None:
    with the_warehouse(database) as c:
        submission_id = a_submission(c)
    with pytest.raises(LoadError, match="not known as one for 2026-07"):
        facts.load(raw, submission_id, date(2026, 7, 1), judged(), KEY)


def test_two_loads_for_one_provider_and_month_take_turns(database: str, raw: psycopg.Connection) -> None:
    with the_warehouse(database) as c:
        first, second = a_submission(c), a_submission(c, "b", submission_no=2)
        other = a_submission(c, "c", provider_id="DOP00002")
    with raw.transaction():
        facts.load(raw, first, AUGUST, judged("CARERS"), KEY)
        with loader(database) as late:
            late.execute("set lock_timeout = '100ms'")
            facts.load(late, other, AUGUST, judged("CARERS"), KEY)
            with pytest.raises(LoadError, match="55P03"):
                facts.load(late, second, AUGUST, judged("CARERS"), KEY)


# --- a month ----------------------------------------------------------------------------------------------------------


def test_every_sound_version_is_loaded_and_the_last_is_current(database: str, store: RestrictedStore) -> None:
    a_judged_submission(database, store, "first")
    a_judged_submission(database, store, "second", submission_no=2, state="queried")
    a_judged_submission(database, store, "third", submission_no=3, state="refused")
    loaded = load(connect(database), store, MONTH, KEY)
    assert loaded.submissions == 2
    assert loaded.rows == rows(database) == {table.fullname: 6 for table in FACTS.values()}
    assert current(database) == ["second.xlsx"]


def test_what_is_loaded_is_not_loaded_again(database: str, store: RestrictedStore) -> None:
    a_judged_submission(database, store)
    load(connect(database), store, MONTH, KEY)
    again = load(connect(database), store, MONTH, KEY)
    assert (again.submissions, again.rows.total(), again.withdrawn) == (0, 0, 0)
    with connect(database).connect() as c:
        assert ledger.due_months(c) == []


def test_tables_into_which_much_came_are_counted_anew_before_figures_are_made(
    database: str, store: RestrictedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.load._MANY_ROWS", 30)
    a_judged_submission(database, store, sheets={**judged("ACTIVITY", count=40), **judged("CARERS", count=2)})
    load(connect(database), store, MONTH, KEY)
    with connect(database).connect() as c:
        counted = c.scalars(text("select relname from pg_stat_user_tables where last_analyze is not null")).all()
    assert {"activity", "submission"} <= set(counted)
    assert "carer" not in counted


def test_rows_of_a_submission_that_became_refused_are_taken_out(database: str, store: RestrictedStore) -> None:
    a_judged_submission(database, store, "first")
    second = a_judged_submission(database, store, "second", submission_no=2)
    load(connect(database), store, MONTH, KEY)
    with the_warehouse(database) as c:
        ledger.record_verdict(c, a_verdict(second, state="refused"))
    assert load(connect(database), store, MONTH, KEY).withdrawn == 1
    assert rows(database) == {table.fullname: 3 for table in FACTS.values()}
    assert current(database) == ["first.xlsx"]


def test_a_submission_that_fails_stops_neither_the_others_nor_what_was_current(
    database: str, store: RestrictedStore
) -> None:
    a_judged_submission(database, store, "first", judged("CARERS"))
    load(connect(database), store, MONTH, KEY)
    spoilt_one = spoilt(judged("CARERS"), "CARERS", "short_breaks", -1)
    failing = a_judged_submission(database, store, "second", spoilt_one, submission_no=2)
    a_judged_submission(database, store, "other", judged("CARERS"), provider_id="DOP00002")
    with pytest.raises(LoadError, match=f"{failing} was not loaded: core.carer, ck_carer_short_breaks"):
        load(connect(database), store, MONTH, KEY)
    assert rows(database) == {"core.carer": 6}
    assert current(database) == ["first.xlsx"]
    with connect(database).connect() as c:
        assert [one.submission_id for one in ledger.unloaded(c, MONTH)] == [failing]


def test_a_submission_whose_judged_rows_are_gone_is_named(database: str, store: RestrictedStore) -> None:
    submission_id = a_judged_submission(database, store)
    store.judged(a_hash("a")).unlink()
    with pytest.raises(LoadError, match=f"{submission_id} has no judged rows"):
        load(connect(database), store, MONTH, KEY)


def test_the_asset_reports_what_was_loaded_and_no_row(database: str, tmp_path: Path) -> None:
    house = House(home=str(tmp_path), warehouse=database)
    a_judged_submission(database, house.restricted(), sheets=judged("CARERS", "ATTENDANCE"))
    with dg.instance_for_test() as instance:
        result = dg.materialize([loaded_returns], partition_key=MONTH, resources={"house": house}, instance=instance)
    metadata = result.asset_materializations_for_node("loaded_returns")[0].metadata
    assert metadata["rows_by_table"].value == {"core.carer": 3, "restricted.attendance": 3}
    assert (metadata["submissions"].value, metadata["rows"].value) == (1, 6)
    assert "0000000000000001" not in str(metadata)
