"""What every test may ask for: settings of its own, and databases on one real Postgres server.

The server is started by the first test that asks for it, shared by all of pytest's workers, and stopped at the end. It
forgets on a crash what the durable one would keep, and is the same in all else.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event

from resources.embedded import EmbeddedServer
from resources.settings import Settings, load_settings

if TYPE_CHECKING:
    from operating import Command, Operation

SERVER_DIR = "TESTS_POSTGRES_DIR"
TEMPLATE = "dayops_template"
LONGEST = ("oracle", "pipeline", "recall", "canaries", "fuzz", "release", "behind", "annotated", "complement")
"""Files of few tests that take minutes: begun first, so that no worker is left with one at the end."""

# Nothing that tests do is told to anyone, and nobody's own settings reach a test.
os.environ.update(GX_ANALYTICS_ENABLED="false", DAGSTER_DISABLE_TELEMETRY="1")
for _name in [name for name in os.environ if name.startswith("DAYOPS_")]:
    del os.environ[_name]


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Chooses the server's folder, once for all workers: one that the server's account can come to."""
    if not _is_worker(config):
        folder = Path(tempfile.mkdtemp(prefix="dayops-tests-"))
        folder.chmod(0o755)
        os.environ[SERVER_DIR] = str(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first, and leaves the rest as they are."""
    files = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: files.get(item.path.stem, len(files)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server and removes what it kept."""
    if not _is_worker(config):
        folder = Path(os.environ.pop(SERVER_DIR))
        EmbeddedServer(folder, is_durable=False).stop()
        shutil.rmtree(folder)


@event.listens_for(Engine, "connect")
def _forget_on_a_crash(connection: object, _: object) -> None:
    """Dagster's storage in files, too, waits for no disk: it is opened some thousand times in a night."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")


@pytest.fixture(scope="session")
def server() -> EmbeddedServer:
    """The tests' Postgres server, running."""
    return EmbeddedServer(Path(os.environ[SERVER_DIR]), is_durable=False).started()


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a database that is migrated and never written to: what `database` is a copy of."""
    from warehouse.connection import connect, migrate

    with psycopg.connect(_plain(server.url("postgres")), autocommit=True) as connection:
        # Workers come here at the same time; the first makes it, the others wait and find it.
        connection.execute("select pg_advisory_lock(1)")
        if not connection.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            fresh = f"{TEMPLATE}_new"
            connection.execute(f"drop database if exists {fresh} with (force)".encode())
            connection.execute(f"create database {fresh}".encode())
            migrate(server.url(fresh))
            connect(server.url(fresh)).dispose()
            connection.execute(f"alter database {fresh} rename to {TEMPLATE}".encode())
    return TEMPLATE


@pytest.fixture(scope="session")
def logins(server: EmbeddedServer, template: str) -> None:
    """Every role of the warehouse that may log in can do so, with the tests' password."""
    from readers import give_logins

    give_logins(server)


@pytest.fixture
def empty_database(server: EmbeddedServer) -> Iterator[str]:
    """The SQLAlchemy address of a database with nothing in it, dropped afterwards."""
    yield from _a_database(server, "template1")


@pytest.fixture
def database(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The SQLAlchemy address of a migrated database with no returns in it, dropped afterwards."""
    yield from _a_database(server, template)


@pytest.fixture(scope="module")
def scratch(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The SQLAlchemy address of a migrated database that the tests of a module share, each taking back what it did."""
    yield from _a_database(server, template)


@pytest.fixture
def c(scratch: str) -> Iterator[Connection]:
    """A connection to the module's database whose work is undone at the end."""
    from warehouse.connection import connect

    with connect(scratch).connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Settings whose home is this test's own folder, and whose warehouse is this test's own database."""
    return load_settings(environ={}, file=tmp_path / "none.toml", home=tmp_path / ".dayops", warehouse_url=database)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this very process, and Great Expectations is asked nothing twice."""
    from operating import ask_once, read_here

    monkeypatch.setattr("resources.reading.run_in_children", read_here)
    monkeypatch.setattr("expectations.suites.ask", ask_once)


@pytest.fixture
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of a release are made once for all tests of the same content."""
    from releasing import files_once

    monkeypatch.setattr("assets.publish.files", files_once)


@pytest.fixture
def anew(made_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of a release are made anew each time, where it is told that they are the same."""
    from releasing import files_anew

    monkeypatch.setattr("assets.publish.files", files_anew)


@pytest.fixture
def operation(settings: Settings, quick: None) -> "Operation":
    """A house that returns can be delivered to, without Dagster, and in which all is done quickly."""
    from operating import Operation

    return Operation(settings)


@pytest.fixture
def dayops(operation: "Operation", monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Command":
    """The command line over that house, on the same day."""
    from operating import Command

    assert operation.settings.warehouse_url is not None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAYOPS_HOME", str(operation.settings.home))
    monkeypatch.setenv("DAYOPS_WAREHOUSE_URL", operation.settings.warehouse_url.get_secret_value())
    monkeypatch.setattr("resources.house.House.today", lambda _: operation.today)
    return Command()


def _a_database(server: EmbeddedServer, model: str) -> Iterator[str]:
    from warehouse.connection import connect

    name = f"test_{uuid4().hex}"
    with psycopg.connect(_plain(server.url("postgres")), autocommit=True) as connection:
        connection.execute(f"create database {name} template {model} strategy file_copy".encode())
        yield server.url(name)
        connect(server.url(name)).dispose()
        connection.execute(f"drop database {name} with (force)".encode())


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
