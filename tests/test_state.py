"""The state hash: the same however the warehouse came to know what it knows, and another for any other knowledge."""

from datetime import date
from itertools import permutations

import pytest
from sqlalchemy import Connection, text
from warehouse_makers import KEY, MONTH, a_delivery, a_submission, a_verdict, judged

from expectations.contract import Severity
from expectations.findings import Finding, Normalisation, Quarantined
from expectations.pseudonyms import PersonKey
from warehouse import facts, ledger, persons
from warehouse.metadata import metadata
from warehouse.state import PERSON_REFS, state_hash, state_hashes
from warehouse.tables import FACTS

AUGUST = date(2026, 8, 1)


def a_loaded(c: Connection, name: str, number: int) -> int:
    submission_id = a_submission(c, name, submission_no=number)
    ledger.record_verdict(
        c,
        a_verdict(
            submission_id,
            state="queried",
            findings=[Finding(submission_id, "V10", Severity.QUERY, "row", "sessions_do_not_add_up", "ACTIVITY", 2)],
            normalisations=[Normalisation("ACTIVITY", 2, "leavers", "1,200", "1200", "thousands")],
            quarantined=[Quarantined("ACTIVITY", 3, {"leavers": "n/a"}, ["V03"])],
        ),
    )
    facts.load(ledger.driver(c), submission_id, AUGUST, judged(), KEY)
    ledger.mark_loaded(c, submission_id)
    ledger.settle_current(c, MONTH)
    return submission_id


def test_the_hash_does_not_depend_on_the_order_of_loading(c: Connection) -> None:
    hashes = set()
    for order in permutations((1, 2, 3)):
        c.execute(text("truncate landing.submission cascade"))
        for number in order:
            a_loaded(c, f"file {number}", number)
        hashes.add(state_hash(c))
    assert len(hashes) == 1


def test_the_hash_does_not_depend_on_when_files_came(c: Connection) -> None:
    hashes = set()
    for hours in (0, 5):
        c.execute(text("truncate landing.submission cascade"))
        a_delivery(c, hours=hours)
        hashes.add(state_hash(c))
    assert len(hashes) == 1


def test_loading_again_does_not_change_the_hash(c: Connection) -> None:
    submission_id = a_loaded(c, "a", 1)
    before = state_hash(c)
    facts.load(ledger.driver(c), submission_id, AUGUST, judged(), KEY)
    assert state_hash(c) == before


CHANGES = [
    *(
        pytest.param(table, f"update {table} set row_number = 99 where row_number = 2", id=f"{table}.row_number")
        for table in (table.fullname for table in FACTS.values())
    ),
    ("restricted.attendance", "update restricted.attendance set hours = null where row_number = 2"),
    ("core.activity", "delete from core.activity where row_number = 2"),
    ("core.finance", "update core.finance set cost_staff = cost_staff + 0.01 where row_number = 4"),
    ("landing.submission", "update landing.submission set is_current = false"),
    ("landing.submission", "update landing.submission set rows_read = 4"),
    ("landing.finding", "update landing.finding set severity = 'note'"),
    ("landing.normalisation", "update landing.normalisation set became = '12'"),
    ("restricted.quarantine", "update restricted.quarantine set raw = '{}'"),
    ("landing.delivery", "update landing.delivery set source_path = 'b.xlsx'"),
    ("core.population", "update core.population set people = 1 where vintage = 'mid2023' and area_code = 'W06000001'"),
    ("core.area", "update core.area set name_en = 'Mona' where area_code = 'W06000001'"),
]


@pytest.mark.parametrize(("table", "change"), CHANGES)
def test_any_other_value_makes_another_hash_of_that_table_alone(c: Connection, table: str, change: str) -> None:
    a_loaded(c, "a", 1)
    before, whole = state_hashes(c), state_hash(c)
    assert c.execute(text(change)).rowcount > 0
    after = state_hashes(c)
    others = {PERSON_REFS} if table in persons.TABLES and "row_number =" in change.partition("where")[0] else set()
    assert {name for name in before if before[name] != after[name]} == {table} | others
    assert state_hash(c) != whole


def another_persons(c: Connection, table: str) -> None:
    c.execute(text(f"update {table} set person_ref = repeat('f', 32) where row_number = 2"))


@pytest.mark.parametrize("table", persons.TABLES)
def test_a_row_that_is_about_another_person_makes_another_hash(c: Connection, table: str) -> None:
    a_loaded(c, "a", 1)
    c.execute(text(f"update {table} set person_ref = repeat('e', 32)"))
    before = state_hashes(c)
    another_persons(c, table)
    after = state_hashes(c)
    assert {name for name in before if before[name] != after[name]} == {PERSON_REFS}


def test_the_hash_does_not_depend_on_the_key_of_peoples_references(c: Connection) -> None:
    hashes, refs = set(), set()
    for key in (KEY, PersonKey(bytes(32))):
        c.execute(text("truncate landing.submission, restricted.person_key cascade"))
        submission_id = a_submission(c)
        facts.load(ledger.driver(c), submission_id, AUGUST, judged(), key)
        hashes.add(state_hash(c))
        refs |= set(c.scalars(text("select person_ref from restricted.person")))
    assert len(hashes) == 1
    assert len(refs) == 6


def test_a_blank_and_nothing_are_two_things(c: Connection) -> None:
    a_loaded(c, "a", 1)
    c.execute(text("update landing.finding set other = ''"))
    before = state_hash(c)
    c.execute(text("update landing.finding set other = null"))
    assert state_hash(c) != before


def test_rows_of_one_submission_are_not_those_of_another(c: Connection) -> None:
    first, second = a_submission(c, "a"), a_submission(c, "b", submission_no=2)
    hashes = set()
    for submission_id in (first, second):
        c.execute(text("delete from core.carer"))
        facts.load(ledger.driver(c), submission_id, AUGUST, judged("CARERS"), KEY)
        hashes.add(state_hashes(c)["core.carer"])
    assert len(hashes) == 2


def test_the_hash_does_not_depend_on_how_the_session_writes_dates(c: Connection) -> None:
    a_loaded(c, "a", 1)
    before = state_hash(c)
    c.execute(text("set datestyle = 'German'"))
    c.execute(text("set timezone = 'Asia/Tokyo'"))
    assert state_hash(c) == before


def test_every_business_table_is_hashed(c: Connection) -> None:
    left_out = {name for name in metadata.tables if name not in state_hashes(c)}
    releases = {"core.release", "core.release_decision", "core.released_figure"}
    others = {name for name in left_out if not name.startswith("release_v1.")}
    assert others - releases == {"landing.warehouse_state", "landing.readmission", "restricted.person_key"}
