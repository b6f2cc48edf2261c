"""`dayops warehouse roles`: roles and logins on the embedded server, and on a server that is somebody else's."""

import json
import logging
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from dayops_pipeline.cli import main
from readers import address, connected
from resources.embedded import EmbeddedServer
from resources.logins import login_of
from resources.postgres import dagster_storage_url
from resources.settings import Settings, SettingsError, load_settings
from warehouse import roles
from warehouse.connection import connect, migrate
from warehouse.roles import ANALYST, LOADER, OWNER, PUBLIC

GIVEN = "a-long-enough-password"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home with a server of its own, since roles are a whole server's."""
    made = Path(tempfile.mkdtemp(prefix="dayops-logins-"))
    made.chmod(0o755)
    yield made / ".dayops"
    EmbeddedServer(made / ".dayops" / "postgres").stop()
    EmbeddedServer(made / "elsewhere").stop()
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def elsewhere(home: Path) -> EmbeddedServer:
    """Somebody's server: it has never been migrated by one who may make roles."""
    return EmbeddedServer(home.parent / "elsewhere", is_durable=False).started()


@pytest.fixture
def account(elsewhere: EmbeddedServer) -> Iterator[str]:
    """The address of a database that an ordinary account owns on that server."""
    admin(elsewhere, "create role worker login password 'worker'", "create database theirs owner worker")
    url = address(elsewhere.url("theirs"), "worker", "worker")
    yield url
    connect(url).dispose()
    admin(elsewhere, "drop database theirs with (force)")
    left = ["worker", *(role.name for role in roles.ROLES)]
    admin(elsewhere, *(f"drop role if exists {name}" for name in reversed(left)))


def admin(server: EmbeddedServer, *statements: str) -> None:
    with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def hand_out(monkeypatch: pytest.MonkeyPatch, *words: str, **environ: str) -> Result:
    for name, value in environ.items():
        monkeypatch.setenv(f"DAYOPS_{name}", value)
    return CliRunner().invoke(main, ["warehouse", "roles", *words])


def given_settings(home: Path, **environ: str) -> Settings:
    variables = {f"DAYOPS_{name}": value for name, value in environ.items()}
    return load_settings(environ=variables, file=home / "none.toml", home=home)


def owners(url: str) -> set[str]:
    asked = "select distinct relowner::regrole::text from pg_class where relnamespace = 'core'::regnamespace"
    with connect(url).connect() as c:
        return set(c.execute(text(asked)).scalars())


# --- the embedded server ----------------------------------------------------------------------------------------------


def test_one_command_gives_all_a_login_and_says_how_to_connect(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = hand_out(monkeypatch, HOME=str(home))
    assert told.exit_code == 0, told.output
    first = {file.name: file.read_text() for file in (home / "logins").iterdir()}
    again = hand_out(monkeypatch, "--json", HOME=str(home))
    opened = json.loads(again.stdout)
    assert {one["role"] for one in opened} == set(first) == {LOADER, ANALYST, PUBLIC}
    assert {file.name: file.read_text() for file in (home / "logins").iterdir()} == first
    assert not any(password.strip() in told.output + again.output for password in first.values())
    for one in opened:
        server = f"host={one['host']} port={one['port']} dbname={one['database']} user={one['role']}"
        with psycopg.connect(server, password=Path(one["password_in"]).read_text().strip()) as connection:
            assert connection.execute("select current_user").fetchone() == (one["role"],)


def test_passwords_lie_in_files_that_their_owner_alone_may_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_out(monkeypatch, HOME=str(home))
    folder = home / "logins"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert len({file.read_text() for file in folder.iterdir()}) == 3


def test_the_server_knows_a_verifier_and_its_log_no_password(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedServer(home / "postgres").started()
    admin(server, "alter system set log_statement = 'all'", "select pg_reload_conf()")
    hand_out(monkeypatch, HOME=str(home), PUBLIC_PASSWORD=GIVEN)
    admin(server, "alter system reset log_statement", "select pg_reload_conf()")
    with psycopg.connect(server.url("dayops").replace("+psycopg", "")) as connection:
        kept = connection.execute("select rolpassword from pg_authid where rolname ~ '^dayops_' and rolcanlogin")
        assert {row[0].split(":")[0] for row in kept} == {"SCRAM-SHA-256$4096"}
    log = "".join(file.read_text() for file in server.status().log_dir.iterdir())
    assert "alter role" in log
    assert GIVEN not in log
    with connected(server.url("dayops"), PUBLIC, GIVEN) as reader:
        assert reader.execute("select count(*) from latest_indicator").fetchone() == (0,)


def test_the_roles_are_there_from_the_first_migration(home: Path) -> None:
    server = EmbeddedServer(home / "postgres").started()
    migrate(server.url("dayops"))
    assert owners(server.url("dayops")) == {OWNER}
    with connect(server.url("dayops")).begin() as c:
        assert c.execute(text("select has_schema_privilege('dayops_public', 'release_v1', 'usage')")).scalar() is True


# --- somebody else's server -------------------------------------------------------------------------------------------


def test_without_roles_migrating_works_and_says_what_to_do(account: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        migrate(account)
    assert "dayops warehouse roles" in caplog.text
    assert owners(account) == {"worker"}


def test_an_account_that_may_not_make_roles_is_told_what_an_administrator_runs(
    account: str, elsewhere: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"WAREHOUSE_URL": account, "HOME": str(tmp_path)}
    told = hand_out(monkeypatch, **secrets)
    assert told.exit_code == 1
    assert "create role dayops_owner nologin" in told.output
    statements = told.output.partition("run: ")[2].partition(". Then")[0].split("; ")
    admin(elsewhere, *statements, f"alter role {ANALYST} login password '{GIVEN}'")
    told = hand_out(monkeypatch, **secrets)
    assert told.exit_code == 0, told.output
    assert "as it was given before" in told.output
    assert owners(account) == {OWNER}
    with connected(account, ANALYST, GIVEN) as reader:
        assert reader.execute("select count(*) from area").fetchone() == (22,)


def test_an_account_that_may_make_roles_makes_them_and_goes_on_to_migrate(
    account: str, elsewhere: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin(elsewhere, "alter role worker createrole")
    secret = tmp_path / "analyst"
    secret.write_text(f"{GIVEN}\n")
    told = hand_out(
        monkeypatch, WAREHOUSE_URL=account, HOME=str(tmp_path), ANALYST_PASSWORD_FILE=str(secret), LOADER_PASSWORD=GIVEN
    )
    assert told.exit_code == 0, told.output
    assert f"in {secret}" in told.output
    assert "none, so no login: set DAYOPS_PUBLIC_PASSWORD_FILE" in told.output
    with connect(account).begin() as c:
        c.execute(text("update landing.warehouse_state set fingerprint = 'old'"))
    migrate(account)
    assert owners(account) == {OWNER}
    with connected(account, ANALYST, GIVEN) as reader:
        assert reader.execute("select count(*) from area").fetchone() == (22,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("select 1 from restricted.person")


def test_the_loader_keeps_dagsters_storage_on_such_a_server(
    account: str, elsewhere: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin(elsewhere, "alter role worker createrole")
    hand_out(monkeypatch, WAREHOUSE_URL=account, HOME=str(tmp_path), LOADER_PASSWORD=GIVEN)
    settings = given_settings(tmp_path, WAREHOUSE_URL=address(account, LOADER, GIVEN))
    assert "dagster" in dagster_storage_url(settings)
    with connected(account, LOADER, GIVEN) as loader:
        loader.execute("create table dagster.runs (x int)")


# --- where a password comes from --------------------------------------------------------------------------------------


def test_a_file_goes_before_a_variable_and_either_before_one_that_is_made_up(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file, in full\n")
    both = given_settings(tmp_path, ANALYST_PASSWORD_FILE=str(file), ANALYST_PASSWORD=GIVEN)
    one = given_settings(tmp_path, ANALYST_PASSWORD=GIVEN)
    found = [login_of(settings, ANALYST) for settings in (both, one, given_settings(tmp_path))]
    assert [login.password if login else None for login in found[:2]] == ["from the file, in full", GIVEN]
    assert [Path(login.place).name for login in found if login] == ["secret", "DAYOPS_ANALYST_PASSWORD", ANALYST]
    assert GIVEN not in repr(found)


def test_none_is_made_up_for_somebody_elses_server(tmp_path: Path) -> None:
    settings = given_settings(tmp_path, WAREHOUSE_URL="postgresql://me:secret@host/db")
    assert login_of(settings, ANALYST) is None
    assert not (tmp_path / "logins").exists()


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe\x00"])
def test_a_password_that_is_none_is_refused_without_being_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        login_of(given_settings(tmp_path, PUBLIC_PASSWORD_FILE=str(file)), PUBLIC)
    assert str(file) in str(refused.value)
    assert "short" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        login_of(given_settings(tmp_path, PUBLIC_PASSWORD_FILE=str(tmp_path / "nowhere")), PUBLIC)
