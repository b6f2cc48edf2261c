"""The warehouse's schema: a migrated database is what the code declares, and migrating again changes nothing."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from warehouse_makers import HEADER, MONTH, NOON, a_hash
from world import random_world

from warehouse import connection, dimensions, figures, ledger, tables  # noqa: F401 - their tables hang on the metadata
from warehouse.connection import connect, drop, is_up_to_date, migrate
from warehouse.dimensions import refresh
from warehouse.indicators import indicate
from warehouse.keys import area_key, code_key, welsh_sort_key
from warehouse.metadata import SCHEMAS, metadata
from warehouse.reference import Rows, fill_reference, reference_rows
from warehouse.tables import FACTS
from warehouse.views import make_views

VERSIONS = Path(connection.__file__).parent / "migrations" / "versions"

OURS = f"n.nspname in ({', '.join(repr(schema) for schema in SCHEMAS)}) and c.relname !~ '^(pk_)?schema_version'"

CATALOGUE = {
    "relations": "select n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class')",
    "columns": """
        select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
    """,
    "constraints": "select n.nspname, c.relname, o.conname, pg_get_constraintdef(o.oid)",
    "indexes": "select n.nspname, c.relname, pg_get_indexdef(c.oid)",
    "views": "select n.nspname, c.relname, pg_get_viewdef(c.oid)",
}
SOURCES = {
    "columns": """
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    """,
    "constraints": "join pg_constraint o on o.conrelid = c.oid",
}
KINDS = {"indexes": "and c.relkind = 'i'", "views": "and c.relkind = 'v'", "columns": "and c.relkind in ('r', 'v')"}


def catalogue(c: Connection, what: str) -> set[tuple[object, ...]]:
    query = f"""
        {CATALOGUE[what]} from pg_class c join pg_namespace n on n.oid = c.relnamespace
        {SOURCES.get(what, "")} where {OURS} {KINDS.get(what, "")}
    """
    return {tuple(row) for row in c.exec_driver_sql(query)}


@pytest.fixture
def declared(empty_database: str) -> str:
    """A database made from the code's own declarations, with no migration."""
    with connect(empty_database).begin() as c:
        for schema in SCHEMAS:
            c.execute(text(f"create schema {schema}"))
        metadata.create_all(c)
        make_views(c)
    return empty_database


@pytest.mark.parametrize("what", CATALOGUE)
def test_a_migrated_database_is_what_the_code_declares(database: str, declared: str, what: str) -> None:
    with connect(database).connect() as migrated, connect(declared).connect() as made:
        assert catalogue(migrated, what) == catalogue(made, what) != set()


def test_a_check_that_the_code_does_not_declare_would_be_seen(database: str, declared: str) -> None:
    with connect(database).begin() as c:
        c.execute(text("alter table core.activity drop constraint ck_activity_leavers"))
        c.execute(text("alter table core.activity add constraint ck_activity_leavers check (leavers between 0 and 9)"))
    with connect(database).connect() as migrated, connect(declared).connect() as made:
        assert catalogue(migrated, "constraints") != catalogue(made, "constraints")


def test_migrating_an_empty_database_brings_it_up_to_date(empty_database: str) -> None:
    assert not is_up_to_date(empty_database)
    migrate(empty_database)
    assert is_up_to_date(empty_database)


def test_migrating_again_asks_one_question_and_changes_nothing(database: str) -> None:
    asked: list[str] = []

    def note(c: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = connect(database)
    event.listen(engine, "before_cursor_execute", note)
    migrate(database)
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 1
    assert asked[0].startswith("select")


def test_changed_views_and_reference_data_are_put_in_place_again(database: str) -> None:
    with connect(database).begin() as c:
        c.execute(text("drop view core.area_tree cascade"))
        c.execute(text("update core.area set name_en = 'Mona' where area_code = 'W06000001'"))
        c.execute(
            text("insert into core.code (list_name, code, code_key, position, label_en) select 'tier', '4', 4, 4, 'No'")
        )
        c.execute(text("update landing.warehouse_state set fingerprint = 'old'"))
    migrate(database)
    with connect(database).connect() as c:
        assert c.scalar(text("select name_en from core.area where area_code = 'W06000001'")) == "Isle of Anglesey"
        assert c.scalar(text("select count(*) from core.code where list_name = 'tier'")) == 3
        assert c.scalar(text("select count(*) from core.area_tree")) == 3 * 22


def test_reference_data_that_is_right_is_left_alone(database: str) -> None:
    with connect(database).begin() as c:
        before = c.execute(text("select xmin::text, area_code from core.area order by area_code")).all()
        fill_reference(c)
        assert c.execute(text("select xmin::text, area_code from core.area order by area_code")).all() == before


def test_the_newest_migration_is_alembics_head(database: str) -> None:
    with connect(database).connect() as c:
        script = ScriptDirectory.from_config(connection.migrations(c))
    assert script.get_heads() == [connection.newest_revision()]


def test_a_failed_migration_leaves_nothing(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(c: Connection) -> None:
        raise RuntimeError("no views today")

    monkeypatch.setattr(connection, "finish", fail)
    with pytest.raises(RuntimeError, match="no views today"):
        migrate(empty_database)
    with connect(empty_database).connect() as c:
        assert c.scalar(text("select count(*) from pg_namespace where nspname = 'landing'")) == 0


def test_two_who_migrate_at_once_take_turns(empty_database: str, tmp_path: Path) -> None:
    script = "import sys; from warehouse.connection import migrate; migrate(sys.argv[1])"
    command = [sys.executable, "-W", "error", "-c", script, empty_database]
    both = [subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": _root()}) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert is_up_to_date(empty_database)


def _root() -> str:
    return str(Path(connection.__file__).parent.parent)


def test_a_dropped_warehouse_can_be_migrated_again(database: str) -> None:
    drop(database)
    assert not is_up_to_date(database)
    migrate(database)
    assert is_up_to_date(database)


def test_a_server_that_cannot_be_reached_is_no_empty_warehouse() -> None:
    with pytest.raises(OperationalError):
        is_up_to_date("postgresql+psycopg://nobody:wrong@127.0.0.1:1/none")


def test_schemas_tables_and_columns_have_comments(database: str) -> None:
    with connect(database).connect() as c:
        schemas = c.execute(
            text("select nspname, obj_description(oid, 'pg_namespace') from pg_namespace where nspname = any(:names)"),
            {"names": list(SCHEMAS)},
        ).all()
        relations = [(row[0], row[1]) for row in catalogue(c, "relations") if row[2] in ("r", "v") and not row[3]]
        bare = {(row[0], row[1], row[2]) for row in catalogue(c, "columns") if not row[6]}
    columns = {column for column in bare if f"{column[0]}.{column[1]}" not in figures.VIEWS}
    assert dict(map(tuple, schemas)) == SCHEMAS
    assert relations == []
    assert columns == set()


def test_a_table_that_nobody_declared_is_not_in_the_way(database: str) -> None:
    with connect(database).begin() as c:
        c.execute(text("create table landing.elsewhere (x int)"))
        c.execute(text("update landing.warehouse_state set fingerprint = 'old'"))
    migrate(database)
    with connect(database).begin() as c, pytest.raises(ProgrammingError):
        c.execute(text("select * from landing.nowhere"))


def an_old_submission(c: Connection, name: str) -> int:
    sha256, version = a_hash(name), ledger.contract_version()
    given = HEADER | {
        "sha256": sha256,
        "submission_id": ledger.submission_id_of(sha256),
        "provider_id": f"DOP0000{ord(name) % 10}",
    }
    given |= {"size_bytes": 1, "received_at": NOON, "file_name": name, "state": "accepted", "waivers": []}
    given |= {"contract_version": version, "loaded_version": version, "period": date(2026, 8, 1)}
    values = ", ".join(f":{column}" for column in given)
    c.execute(text(f"insert into landing.submission ({', '.join(given)}) values ({values})"), given)
    return int(given["submission_id"])


def test_reference_data_of_an_earlier_version_is_given_its_keys(empty_database: str) -> None:
    from alembic import command

    with connect(empty_database).begin() as c:
        connection.one_at_a_time(c)
        command.upgrade(connection.migrations(c), "0003")
        c.execute(text("insert into core.region values ('RPB_PO', 'Powys', 'Powys', 'W11000024', 'Board', '7A7')"))
        c.execute(text("insert into core.area values ('W06000023', 'Powys', 'Powys', null, '524', 'W11000024', 6)"))
        c.execute(text("insert into core.code values ('client_group', 'LD', 1, 'Learning disability', null)"))
    migrate(empty_database)
    with connect(empty_database).connect() as c:
        asked = "select area_key, sort_key_cy from core.{} where name_en = 'Powys'"
        assert c.execute(text(asked.format("area"))).one() == (6000023, welsh_sort_key("Powys"))
        assert c.execute(text(asked.format("region"))).one() == (area_key("RPB_PO"), welsh_sort_key("Powys"))
        asked = "select code_key from core.code where list_name = 'client_group' and code = 'LD'"
        assert c.scalar(text(asked)) == code_key("client_group", "LD")


def test_rows_of_people_as_they_were_sent_go_and_their_submissions_are_due_again(
    empty_database: str,
) -> None:
    from alembic import command

    with connect(empty_database).begin() as c:
        connection.one_at_a_time(c)
        command.upgrade(connection.migrations(c), "0004")
        put_reference_as_then(c)
        full, lite = (an_old_submission(c, name) for name in "ab")
        row = "submission_id, row_number, period, person_ref, service_id, date, part, status, mode"
        said = f"({full}, 2, '2026-08-01', '0123456789abcdef', 'DOS000001', '2026-08-03', 'AM', 'ATT', 'IN_PERSON')"
        c.execute(text(f"insert into restricted.attendance ({row}) values {said}"))
    migrate(empty_database)
    with connect(empty_database).connect() as c:
        assert c.scalar(text("select count(*) from restricted.attendance")) == 0
        assert [one.submission_id for one in ledger.unloaded(c, MONTH)] == [full]
        assert ledger.due_months(c) == [MONTH]
        assert lite in {one.submission_id for one in ledger.submissions(c, MONTH)}


def test_releases_of_before_go_over_as_prepared_and_nothing_of_them_is_public(empty_database: str) -> None:
    from alembic import command

    with connect(empty_database).begin() as c:
        connection.one_at_a_time(c)
        command.upgrade(connection.migrations(c), "0007")
        c.execute(
            text("""
            insert into release_v1.release values
                ('2026-08-r1', '2026-08-01', 1, '2026-09-22 02:10+01', 'abc', true, 'primary only')
        """)
        )
        c.execute(
            text("""
            insert into release_v1.indicator_value
            select
                '2026-08-r1', 'DO01', 'count', 'W92000004', kind, cast(day as date), 'all', 'ALL', 'country', 40, 0.9,
                '{p}'
            from (values ('month', '2026-08-01'), ('quarter', '2026-07-01'), ('year', '2026-04-01')) as span (kind, day)
        """)
        )
    migrate(empty_database)
    with connect(empty_database).connect() as c:
        states = c.execute(text("select release_id, state from core.release_state"))
        assert [tuple(row) for row in states] == [("2026-08-r1", "prepared")]
        figures = c.execute(text("select period_kind, through, value, note_codes from core.released_figure order by 1"))
        august = date(2026, 8, 1)
        assert [tuple(row) for row in figures] == [(kind, august, 40, ["p"]) for kind in ("month", "quarter", "year")]
        assert c.execute(text("select * from release_v1.indicator_value")).all() == []


EARLIER = sorted(file.name[:4] for file in VERSIONS.glob("0*.py"))[:-1]


def put_as_then(c: Connection, table: str, rows: Rows) -> None:
    """Insert rows as an earlier version had them: with the columns that its table has."""
    there = {column["name"] for column in inspect(c).get_columns(*reversed(table.split(".")))}
    if rows:
        names = [name for name in rows[0] if name in there]
        values = ", ".join(f":{name}" for name in names)
        c.execute(text(f"insert into {table} ({', '.join(names)}) values ({values})"), rows)


def put_reference_as_then(c: Connection) -> None:
    for table, rows in reference_rows():
        if inspect(c).has_table(table.name, table.schema):
            put_as_then(c, table.fullname, rows)


@pytest.mark.parametrize("version", EARLIER)
def test_a_warehouse_of_any_earlier_version_comes_up_with_its_returns_and_its_figures_can_be_made(
    empty_database: str, version: str
) -> None:
    from alembic import command

    world = random_world(3)
    with connect(empty_database).begin() as c:
        connection.one_at_a_time(c)
        command.upgrade(connection.migrations(c), version)
        put_reference_as_then(c)
        put_as_then(c, "landing.registered_service", world.register)
        put_as_then(c, "landing.submission", list(world.submissions.values()))
        for name, rows in world.rows.items():
            digits = 32 if version >= "0005" else 16
            rows = [{**row, "person_ref": row["person_ref"][-digits:]} if "person_ref" in row else row for row in rows]
            put_as_then(c, FACTS[name].fullname, rows)
    migrate(empty_database)
    with connect(empty_database).begin() as c:
        for name, rows in world.rows.items():
            kept = c.scalar(text(f"select count(*) from {FACTS[name].fullname}"))
            assert kept == (0 if "person_ref" in rows[0] and version < "0005" else len(rows))
        refresh(c, date(2026, 8, 1))
        assert indicate(c, date(2026, 8, 1)) > 0
        assert c.scalar(text("select count(*) from mart_v1.fct_activity")) > 0
