"""The way into the warehouse, bringing it up to date, and dropping it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import ProgrammingError

from warehouse.metadata import SCHEMAS

if TYPE_CHECKING:
    from alembic.config import Config

_APPLICATION = "dayops"
_MIGRATING = 5_164_017_309
"""The advisory lock of migrations: any number that nothing else uses."""


@cache
def connect(url: str) -> Engine:
    """Return the engine of the warehouse at `url`; two connections at most stay open between uses."""
    engine = create_engine(
        url,
        pool_size=2,
        pool_pre_ping=True,
        # What is bound may be a provider's cell, and an error's text ends in Dagster's log.
        hide_parameters=True,
        connect_args={"application_name": _APPLICATION, "options": "-c timezone=UTC"},
    )
    event.listen(engine, "handle_error", _tell_no_values)
    return engine


def without_values(error: psycopg.Error) -> str:
    """Return what Postgres says of a failure, without the row that its message and detail may quote."""
    if (error.sqlstate or "")[:2] not in _QUOTING:
        return str(error).partition("\n")[0]
    place = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    return f"{type(error).__name__} (SQLSTATE {error.sqlstate}) {' '.join(filter(None, place))}".strip()


_QUOTING = ("21", "22", "23")
"""The classes of failures that are about values."""


def _tell_no_values(context: ExceptionContext) -> None:
    """Take the values out of an error before anyone can log it."""
    error = context.original_exception
    if isinstance(error, psycopg.Error):
        error.args = (without_values(error),)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = error.args


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose work is undone at the end, whatever happens: nobody else ever sees it."""
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


@dataclass(frozen=True, slots=True)
class Within:
    """Stands for an engine where all must happen within one transaction: what it begins is a savepoint of that."""

    connection: Connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give the connection, in a savepoint of its transaction."""
        with self.connection.begin_nested():
            yield self.connection


def migrate(url: str) -> None:
    """Bring schema, views, reference data and grants to the newest; where all is there, ask one question only."""
    if not is_up_to_date(url):
        _upgrade(url)


def drop(url: str, *, keep_releases: bool = False) -> None:
    """Drop all that the warehouse holds; what else is in the database stays.

    With `keep_releases`, those and what was decided about them come back with the next migration.
    """
    from warehouse.kept import let_go, set_aside

    with connect(url).begin() as c:
        one_at_a_time(c)
        if keep_releases:
            set_aside(c)
        else:
            let_go(c)
        for schema in SCHEMAS:
            c.execute(text(f"drop schema if exists {schema} cascade"))


def is_up_to_date(url: str) -> bool:
    """Tell whether the warehouse has the newest schema, views, reference data and grants."""
    asked = text("select version_num, fingerprint from landing.schema_version cross join landing.warehouse_state")
    with connect(url).connect() as c:
        try:
            return [tuple(row) for row in c.execute(asked)] == [(newest_revision(), fingerprint())]
        except ProgrammingError:  # nothing is there yet
            return False


@cache
def newest_revision() -> str:
    """Return the last of the numbered migrations."""
    files = (resources.files("warehouse") / "migrations" / "versions").iterdir()
    return max(file.name.partition("_")[0] for file in files if file.name[:4].isdigit())


@cache
def fingerprint() -> str:
    """Return the SHA-256 of the views, reference data and grants that this code puts in place."""
    from warehouse import roles
    from warehouse.reference import day_names, reference_rows
    from warehouse.views import view_statements

    rows = [(table.fullname, rows) for table, rows in reference_rows()]
    placed = (list(view_statements()), rows, day_names(), roles.declaration())
    return hashlib.sha256(repr(placed).encode()).hexdigest()


def finish(c: Connection) -> None:
    """Put views, reference data and grants in place over migrated tables, and note that it was done."""
    from warehouse import roles
    from warehouse.reference import fill_reference
    from warehouse.views import drop_views, make_views

    drop_views(c)
    make_views(c)
    fill_reference(c)
    roles.put_in_place(c)
    c.execute(text("delete from landing.warehouse_state"))
    c.execute(text("insert into landing.warehouse_state values (:fingerprint)"), {"fingerprint": fingerprint()})


def _upgrade(url: str) -> None:
    from alembic import command

    from warehouse.kept import bring_back
    from warehouse.views import drop_views

    with connect(url).begin() as c:
        one_at_a_time(c)
        drop_views(c)
        command.upgrade(migrations(c), "head")
        bring_back(c)
        finish(c)


def migrations(c: Connection) -> "Config":
    """Return Alembic's configuration for running the numbered migrations on `c`, from wherever they are installed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["connection"] = c
    return config


def one_at_a_time(c: Connection) -> None:
    """Wait until no one else migrates, then make schema changes that give up rather than hold others up."""
    c.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
    c.execute(text("set local lock_timeout = '10s'"))
    c.execute(text("create schema if not exists landing"))
