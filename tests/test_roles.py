"""Roles: each may do what is declared and nothing else, as real logins find; and what they may do is written down."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from operating import Operation, version
from pydantic import SecretStr
from releasing import published
from sqlalchemy import Connection, text
from world import CARDIFF, World

from dayops_pipeline.cli.documents import warehouse_documents
from expectations.sheets import SHEETS
from makers import PERIOD
from readers import address, connected
from resources.settings import Settings
from warehouse import privileges, roles
from warehouse.connection import connect, migrate
from warehouse.indicators import indicate
from warehouse.metadata import SCHEMAS
from warehouse.protection import protect
from warehouse.roles import ANALYST, LOADER, OWNER, PUBLIC

ROOT = Path(__file__).parent.parent
MARCH = date(2027, 3, 1)
READERS = (ANALYST, PUBLIC)

ACTIONS = {
    "database": ("CONNECT", "CREATE", "TEMPORARY"),
    "schema": ("USAGE", "CREATE"),
    "table": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
    "view": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
    "sequence": ("USAGE", "SELECT", "UPDATE"),
    "function": ("EXECUTE",),
}
"""Everything that Postgres can allow, by kind of object."""

OBJECTS = """
    select case relkind when 'r' then 'table' when 'p' then 'table' when 'S' then 'sequence' else 'view' end,
        oid::regclass::text, relowner::regrole::text
    from pg_class where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and relnamespace = any(%(ours)s)
    union all
    select 'function', oid::regprocedure::text, proowner::regrole::text from pg_proc where pronamespace = any(%(ours)s)
    union all
    select 'schema', nspname::text, nspowner::regrole::text from pg_namespace where oid = any(%(ours)s)
    union all
    select 'database', 'the warehouse', %(owner)s
"""
ALLOWED = {
    "table": "has_table_privilege(%(role)s, %(name)s, %(action)s)",
    "view": "has_table_privilege(%(role)s, %(name)s, %(action)s)",
    "column": "has_any_column_privilege(%(role)s, %(name)s, %(action)s)",
    "sequence": "has_sequence_privilege(%(role)s, %(name)s, %(action)s)",
    "function": "has_function_privilege(%(role)s, %(name)s, %(action)s)",
    "schema": "has_schema_privilege(%(role)s, %(name)s, %(action)s)",
    "database": "has_database_privilege(%(role)s, current_database(), %(action)s)",
}


@pytest.fixture
def closed(scratch: str) -> str:
    """A warehouse into which nobody comes but the roles (a copied database has lost that)."""
    with connect(scratch).begin() as c:
        roles.close_database(c)
    return scratch


def objects(c: Connection) -> dict[privileges.Object, str]:
    """Return every object outside the catalogues, with its owner."""
    c.exec_driver_sql("set local search_path = ''")
    schemas = "select array_agg(oid) from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
    bound = {"ours": c.exec_driver_sql(schemas).scalar(), "owner": OWNER}
    return {(kind, name): owner for kind, name, owner in c.exec_driver_sql(OBJECTS, bound)}


def may(c: Connection, role: str, place: privileges.Object, action: str, kind: str = "") -> bool:
    bound = {"role": role, "name": place[1], "action": action}
    return bool(c.exec_driver_sql(f"select {ALLOWED[kind or place[0]]}", bound).scalar())


def named(c: Connection, place: privileges.Object) -> privileges.Object:
    """Return a declared object as the catalogue names it."""
    if place[0] != "function":
        return place
    return place[0], str(c.exec_driver_sql("select %(name)s::regprocedure::text", {"name": place[1]}).scalar())


# --- the matrix -------------------------------------------------------------------------------------------------------


def test_the_matrix_in_the_repository_is_the_one_that_is_declared() -> None:
    folder = ROOT / "docs" / "warehouse"
    made = warehouse_documents()
    stale = [name for name, content in made.items() if (folder / name).read_bytes() != content]
    assert stale == [], "docs/warehouse is stale: run `dayops documents`"


def test_every_role_may_do_what_the_matrix_says_and_nothing_else(closed: str) -> None:
    with connect(closed).connect() as c:
        there = objects(c)
        matrix = privileges.matrix().items()
        declared = {(role, *named(c, (kind, name))): actions for (role, kind, name), actions in matrix}
        granted = {
            (role, *place): tuple(action for action in ACTIONS[place[0]] if may(c, role, place, action))
            for role in (LOADER, ANALYST, PUBLIC, "public")
            for place in there
        }
        by_column = [
            (role, place, action)
            for role in (LOADER, ANALYST, PUBLIC, "public")
            for place in there
            for action in ("SELECT", "INSERT", "UPDATE", "REFERENCES")
            if place[0] in ("table", "view") and may(c, role, place, action, "column") != may(c, role, place, action)
        ]
    wanted = {place: set(actions) for place, actions in declared.items() if place[0] != OWNER}
    assert {place: set(actions) for place, actions in granted.items() if actions} == wanted
    assert by_column == []


def test_the_matrix_has_every_object_there_is_and_all_are_the_owners(closed: str) -> None:
    with connect(closed).connect() as c:
        there = objects(c)
        declared = {named(c, place) for place in privileges.objects()}
    assert set(there) - {("schema", "public")} == declared
    assert {place for place, owner in there.items() if owner != OWNER} == {("schema", "public")}


def test_nobody_is_let_in_or_given_anything_by_default(closed: str) -> None:
    with connect(closed).connect() as c:
        there = objects(c)
        allowed = [
            (place, action) for place in there for action in ACTIONS[place[0]] if may(c, "public", place, action)
        ]
    assert allowed == []


def test_the_roles_are_of_no_use_beyond_the_warehouse(scratch: str) -> None:
    special = "rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls"
    member = "exists (select from pg_auth_members where member = pg_roles.oid)"
    with connect(scratch).connect() as c:
        found = c.exec_driver_sql(
            f"select rolname from pg_roles where rolname ~ '^dayops_' and ({special} or {member})"
        )
        assert found.all() == []
        can = "select rolcanlogin from pg_roles where rolname = 'dayops_owner'"
        assert c.exec_driver_sql(can).scalar() is False


# --- grants are put in place again and again --------------------------------------------------------------------------


def acls(c: Connection) -> list[tuple[object, ...]]:
    found = c.exec_driver_sql(
        "select oid::regclass::text, relacl::text from pg_class where relnamespace = 'core'::regnamespace"
        " union all select nspname, nspacl::text from pg_namespace"
        " union all select oid::regprocedure::text, proacl::text from pg_proc where pronamespace = 'core'::regnamespace"
        " union all select setrole::regrole::text, setconfig::text from pg_db_role_setting order by 1, 2"
    )
    return [tuple(row) for row in found]


def test_grants_may_be_put_in_place_twice(c: Connection) -> None:
    before = acls(c)
    assert roles.put_in_place(c) == []
    assert acls(c) == before


def test_what_somebody_granted_by_hand_is_taken_back(c: Connection) -> None:
    for granted in ("select on restricted.person", "select (sha256) on landing.submission", "insert on core.area"):
        c.execute(text(f"grant {granted} to dayops_analyst, dayops_public, public"))
    c.execute(text("grant usage on schema restricted to dayops_public"))
    c.execute(text("grant execute on function landing.current_at to public"))
    roles.put_in_place(c)
    kept = [
        may(c, PUBLIC, ("schema", "restricted"), "USAGE"),
        may(c, PUBLIC, ("function", "landing.current_at(timestamptz)"), "EXECUTE"),
        *(may(c, role, ("table", "restricted.person"), "SELECT") for role in (*READERS, "public")),
        *(may(c, role, ("table", "landing.submission"), "SELECT", "column") for role in (*READERS, "public")),
        *(may(c, role, ("table", "core.area"), "INSERT") for role in (*READERS, "public")),
    ]
    assert not any(kept)


def test_a_table_or_view_that_nobody_named_has_its_readers(c: Connection) -> None:
    c.execute(text("create table mart_v1.dim_new (x int)"))
    c.execute(text("create view mart_v1.fct_new as select x from mart_v1.dim_new"))
    roles.put_in_place(c)
    assert [may(c, ANALYST, ("table", name), "SELECT") for name in ("mart_v1.dim_new", "mart_v1.fct_new")] == [True] * 2
    assert [
        may(c, LOADER, ("table", "mart_v1.dim_new"), "INSERT"),
        may(c, PUBLIC, ("table", "mart_v1.dim_new"), "SELECT"),
    ] == [True, False]


def test_a_change_of_the_grants_is_a_change_of_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    from warehouse.connection import fingerprint

    before = fingerprint.__wrapped__()
    monkeypatch.setattr(roles, "GRANTS", roles.GRANTS[1:])
    assert fingerprint.__wrapped__() != before


# --- nothing about people comes through -------------------------------------------------------------------------------

SENSITIVE = sorted({column.name for sheet in SHEETS for column in sheet.columns if column.is_sensitive})

COUNTS_OF_PEOPLE = frozenset(
    {
        "mart_v1.explain_quarantine(text,text,text,date)",
        "mart_v1.explain_submissions(text,text,text,date)",
    }
)
"""Views and functions for readers that may look into `restricted`, because all that they give is counts."""

SHOWN = """
    select relation.oid::regclass::text || '.' || attname
    from pg_class as relation join pg_attribute on attrelid = relation.oid
    where relation.relnamespace::regnamespace::text = any(%(schemas)s) and attname = any(%(columns)s)
        and relkind in ('r', 'p', 'v', 'm')
"""
REACHING = """
    with recursive uses as (
        select distinct rule.ev_class as view, used.refobjid as relation
        from pg_rewrite as rule
        join pg_depend as used on used.objid = rule.oid and used.classid = 'pg_rewrite'::regclass
            and used.refclassid = 'pg_class'::regclass and used.refobjid <> rule.ev_class
    ),
    reached as (
        select view, relation from uses
        union
        select reached.view, uses.relation from reached join uses on uses.view = reached.relation
    )
    select distinct view::regclass::text from reached
    join pg_class as of_view on of_view.oid = view
    join pg_class as of_people on of_people.oid = relation
    where of_view.relnamespace::regnamespace::text = any(%(schemas)s)
        and of_people.relnamespace = 'restricted'::regnamespace
    union
    select oid::regprocedure::text from pg_proc
    where pronamespace::regnamespace::text = any(%(schemas)s) and prosrc ~ 'restricted'
"""


def leaks(c: Connection) -> set[str]:
    """Return what readers could learn of people: columns by name, and views and functions by what they rest on."""
    bound = {"schemas": roles.readable(ANALYST), "columns": SENSITIVE}
    found = {str(name) for query in (SHOWN, REACHING) for name in c.exec_driver_sql(query, bound).scalars()}
    return found - COUNTS_OF_PEOPLE


def test_no_table_view_or_function_that_readers_see_is_about_people(c: Connection) -> None:
    assert SENSITIVE == ["person_ref"]
    assert leaks(c) == set()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("view mart_v1.fct_leak as select person_ref from restricted.person", "mart_v1.fct_leak"),
        ("view mart_v1.fct_leak as select person_ref as who from restricted.current_person", "mart_v1.fct_leak"),
        ("view core.fct_leak as select age_band from restricted.current_attendance join core.area on true", ""),
        ("table mart_v1.fct_leak as select person_ref from restricted.person", "mart_v1.fct_leak.person_ref"),
        ("function core.leak() returns text language sql as 'select person_ref from restricted.person'", "core.leak()"),
    ],
)
def test_one_that_is_about_people_is_noticed(c: Connection, made: str, told: str) -> None:
    c.exec_driver_sql(f"create {made.replace('age_band', 'service_id')}")
    assert (told or "core.fct_leak") in leaks(c)


# --- real logins ------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(database: str, logins: None) -> str:
    """A warehouse with a return, its figures and a release, closed to all but the roles."""
    world = World()
    submission = world.submission(1, "2027-03", profile="LITE", lead_la=CARDIFF)
    service = world.service(submission, 10, CARDIFF)
    world.row("ACTIVITY", submission, service_id=service, commissioning_la=CARDIFF, people_attended=20)
    world.row("PEOPLE", submission, service_id=service, person_ref="0123456789abcdef" * 2)
    for number in (10, 11):
        world.expect(number, CARDIFF, since="2022-04-01")
    with connect(database).begin() as c:
        world.put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
        published(c, MARCH)
        roles.close_database(c)
    return database


def relations(url: str, *schemas: str) -> list[tuple[str, str]]:
    with connect(url).connect() as c:
        return [
            (kind, name) for kind, name in objects(c) if kind in ("table", "view") and name.split(".")[0] in schemas
        ]


def refused(connection: psycopg.Connection, statement: str) -> bool:
    try:
        connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def let_through(connection: psycopg.Connection, statements: Iterator[str]) -> list[str]:
    """Return the statements that are not refused; a role's own read-only default is taken off first."""
    connection.execute("set default_transaction_read_only = off")
    return [statement for statement in statements if not refused(connection, statement)]


def writes(found: list[tuple[str, str]]) -> Iterator[str]:
    for kind, name in found:
        if kind == "table":
            yield f"insert into {name} default values"
            yield f"select 1 from {name} for update"
            yield f"delete from {name}"
            yield f"truncate {name} cascade"
        yield f"drop {kind} {name} cascade"


def making(schemas: list[str]) -> Iterator[str]:
    for schema in schemas:
        yield f"create table {schema}.mine (x int)"
        yield f"create view {schema}.mine as select 1 as x"
        yield f"create function {schema}.mine() returns int language sql as 'select 1'"
    yield "create schema mine"
    yield "create table public.mine (x int)"
    yield "create role mine"
    yield "select pg_read_file('/etc/passwd')"
    yield "copy (select 1) to program 'true'"
    yield "copy (select 1) to '/tmp/mine'"
    yield f"set role {OWNER}"


@pytest.mark.parametrize("role", READERS)
def test_a_reader_reads_all_of_its_schemas(full: str, role: str) -> None:
    empty = []
    with connected(full, role) as connection:
        for _, name in relations(full, *roles.readable(role)):
            found = connection.execute(f"select * from {name} limit 1".encode()).fetchall()
            empty += [name] if not found else []
    assert {"release_v1.latest_indicator", "release_v1.release", "core.current_activity"}.isdisjoint(empty)


@pytest.mark.parametrize("role", READERS)
def test_a_reader_is_refused_everything_else(full: str, role: str) -> None:
    hidden = [schema for schema in SCHEMAS if schema not in roles.readable(role)]
    asked = [f"select 1 from {name}" for _, name in relations(full, *hidden)]
    asked += [*writes(relations(full, *SCHEMAS)), *making(list(SCHEMAS)), "create temporary table mine (x int)"]
    asked += ["select * from landing.current_at(now())", "select * from restricted.person_at(now())"]
    with connected(full, role) as connection:
        assert let_through(connection, iter(asked)) == []
    assert len(asked) > 200


def test_the_public_may_not_call_what_analysts_may(full: str) -> None:
    with connected(full, PUBLIC) as connection:
        assert let_through(connection, iter(["select * from core.activity_at(now())"])) == []


def test_an_analyst_sees_what_was_known_at_a_moment_and_nothing_of_the_people_behind_it(full: str) -> None:
    asked = "select people_attended from core.activity_at(%s)"
    with connected(full, ANALYST) as connection:
        assert connection.execute(asked, ["infinity"]).fetchall() == [(20,)]
        assert connection.execute(asked, ["2020-01-01"]).fetchall() == []


@pytest.mark.parametrize("role", READERS)
def test_a_readers_limits_are_defaults_that_it_can_undo(full: str, role: str) -> None:
    names = ("search_path", "statement_timeout", "default_transaction_read_only", "default_transaction_isolation")
    path = {ANALYST: "mart_v1, core, release_v1", PUBLIC: "release_v1"}[role]
    with connected(full, role) as connection:
        in_force = [connection.execute(f"show {name}".encode()).fetchone() for name in names]
        assert in_force == [(path,), ("5min",), ("on",), ("repeatable read",)]
        connection.execute("set statement_timeout = 0")
        connection.execute("select count(*) from latest_indicator")


def test_a_reader_that_asks_for_too_much_is_stopped(full: str) -> None:
    with connected(full, PUBLIC) as connection:
        connection.execute("set statement_timeout = '50ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("select count(*) from generate_series(1, 1000000000)")


def test_nobody_logs_in_as_the_owner_or_with_another_password(full: str) -> None:
    for role, password in ((OWNER, ""), (OWNER, "any"), (PUBLIC, "any"), (LOADER, "")):
        with pytest.raises(psycopg.OperationalError), connected(full, role, password):
            pass


def test_a_reader_has_no_way_into_the_servers_other_databases(full: str) -> None:
    for other in ("dagster", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(address(full, ANALYST).replace("+psycopg", "").rpartition("/")[0] + f"/{other}").close()


# --- the loader -------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_loader(settings: Settings, logins: None, quick: None) -> Operation:
    """A house whose warehouse is reached as the loader."""
    assert settings.warehouse_url is not None
    url = settings.warehouse_url.get_secret_value()
    with connect(url).begin() as c:
        roles.close_database(c)
    mine = SecretStr(address(url, LOADER))
    return Operation(settings.model_copy(update={"warehouse_url": mine}))


def test_the_loader_runs_a_whole_night_and_makes_the_release(as_loader: Operation, tmp_path: Path) -> None:
    month = date.fromisoformat(f"{PERIOD}-01")
    assert as_loader.settings.warehouse_url is not None
    migrate(as_loader.settings.warehouse_url.get_secret_value())
    as_loader.deliver("first", version(1))
    as_loader.deliver("second", version(2), hours=1)
    assert as_loader.night() == [PERIOD]
    with as_loader.engine.begin() as c:
        indicate(c, month)
        protect(c, month)
        assert published(c, month).is_public
    as_loader.revert_to(1)
    as_loader.months()
    assert (as_loader.stands(), as_loader.rows("select current_user::text")) == (1, [(LOADER,)])


def test_the_loader_changes_no_schema_and_no_released_figure(full: str) -> None:
    asked = [statement for statement in writes(relations(full, *SCHEMAS)) if statement.startswith(("drop", "truncate"))]
    asked += [
        *making(list(SCHEMAS)),
        "alter table core.activity add column x int",
        "create index on core.activity (period)",
    ]
    for name in roles.FROZEN:
        asked += [f"update {name} set release_id = release_id", f"delete from {name}"]
    asked += ["alter role dayops_analyst superuser", "alter table core.area owner to dayops_loader"]
    with connected(full, LOADER) as connection:
        assert let_through(connection, iter(asked)) == []
        connection.execute("grant select on core.area to public")
    with connect(full).connect() as c:
        assert not may(c, "public", ("table", "core.area"), "SELECT")
