"""The Postgres server: durable, shared, out of strangers' reach, and startable wherever dayops may find itself."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from processes import is_running
from resources import embedded
from resources.embedded import EmbeddedServer, ServerError
from resources.postgres import dagster_storage_url, embedded_status, stop_embedded, warehouse_url
from resources.settings import Settings, load_settings

START = """
import os, sys
from pathlib import Path
from resources.embedded import EmbeddedServer
import psycopg
if os.geteuid() == 0 and "--as-nobody" in sys.argv:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
print(EmbeddedServer(Path(sys.argv[1])).started().url("dayops"), flush=True)
if "--killed" in sys.argv:
    os.kill(os.getpid(), 9)
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root must do differently")


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        answer = connection.execute(question.encode())
        return answer.fetchall() if answer.description else []


def started_at(server: EmbeddedServer) -> object:
    return ask(server.url("dayops"), "select pg_postmaster_start_time()")[0][0]


def postmaster(server: EmbeddedServer) -> psutil.Process:
    pid = (server.status().data_dir / "postmaster.pid").read_text().split("\n")[0]
    return psutil.Process(int(pid))


def another_process(home: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START, str(home), *options]
    environ = {"PATH": os.defpath, **environ}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can come to; a server left in it is stopped."""
    made = Path(tempfile.mkdtemp(prefix="dayops-server-"))
    made.chmod(0o755)
    yield made
    for pointer in made.rglob("lock"):
        EmbeddedServer(pointer.parent).stop()
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def durable() -> Iterator[EmbeddedServer]:
    """A durable server, in a folder too deep for a Unix socket."""
    made = Path(tempfile.mkdtemp(prefix="dayops-server-"))
    made.chmod(0o755)
    server = EmbeddedServer(made / ("deep" * 30) / "postgres").started()
    yield server
    server.stop()
    shutil.rmtree(made)


def test_what_is_committed_survives_a_crash_of_the_machine(durable: EmbeddedServer) -> None:
    names = ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"]

    assert {name: ask(durable.url("dayops"), f"show {name}")[0][0] for name in names} == dict.fromkeys(names, "on")


def test_it_sorts_and_spells_the_same_on_every_machine(durable: EmbeddedServer) -> None:
    question = (
        "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database where datname = 'dayops'"
    )

    assert ask(durable.url("dayops"), question) == [("b", "C.UTF-8", "UTF8")]


def test_there_is_a_database_for_the_warehouse_and_one_for_dagster(durable: EmbeddedServer) -> None:
    assert {"dayops", "dagster"} <= {
        name for (name,) in ask(durable.url("postgres"), "select datname from pg_database")
    }


def test_its_other_databases_are_for_nobody_but_its_owner(durable: EmbeddedServer) -> None:
    asked = "select datname from pg_database where has_database_privilege('public', oid, 'connect') order by 1"

    # The warehouse opens itself, to its readers, when it is migrated; into template0 nobody comes at all.
    assert ask(durable.url("dayops"), asked) == [("dayops",), ("template0",)]


def test_it_is_reached_on_the_loopback_address_only(durable: EmbeddedServer) -> None:
    connections = postmaster(durable).net_connections()

    assert {connection.laddr.ip for connection in connections if connection.status == "LISTEN"} == {"127.0.0.1"}
    assert not [connection for connection in connections if connection.family == socket.AF_UNIX]


def test_nobody_is_let_in_without_the_password(durable: EmbeddedServer) -> None:
    port = durable.status().port

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://dayops:guess@127.0.0.1:{port}/dayops")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://dayops@127.0.0.1:{port}/dayops", passfile="/nowhere")


def test_the_password_is_readable_by_its_owner_only(durable: EmbeddedServer) -> None:
    assert stat.S_IMODE(durable.status().password_file.stat().st_mode) == 0o600


def test_its_log_does_not_quote_rows(durable: EmbeddedServer) -> None:
    ask(durable.url("dayops"), "create table person (ref text primary key)")
    ask(durable.url("dayops"), "insert into person values ('PSEUDONYM-1')")

    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(durable.url("dayops"), "insert into person values ('PSEUDONYM-1')")
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        ask(durable.url("dayops"), "select 'PSEUDONYM-1'::integer")

    written = "".join(log.read_text() for log in durable.status().log_dir.iterdir())
    assert "ready to accept connections" in written
    assert "PSEUDONYM" not in written


def test_asking_again_gives_the_same_server(durable: EmbeddedServer) -> None:
    before = durable.url("dayops"), started_at(durable)

    again = EmbeddedServer(durable.home).started()

    assert (again.url("dayops"), started_at(again)) == before


def test_processes_that_start_at_the_same_time_share_one_server(folder: Path) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(another_process, [folder / "postgres"] * 3))

    assert [result.stderr for result in results] == ["", "", ""]
    assert len({result.stdout for result in results}) == 1


def test_it_outlives_a_starter_that_is_killed(folder: Path) -> None:
    result = another_process(folder / "postgres", "--killed")

    assert result.returncode == -signal.SIGKILL
    assert ask(result.stdout.strip(), "select 1") == [(1,)]


def test_it_needs_no_home_of_the_user(folder: Path) -> None:
    result = another_process(folder / "postgres", HOME="/nowhere", XDG_RUNTIME_DIR="/nowhere")

    assert (result.returncode, result.stderr) == (0, "")


def test_an_ordinary_user_has_one_too(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)

    result = another_process(folder / "postgres", "--as-nobody")

    assert (result.returncode, result.stderr) == (0, "")
    assert (folder / "postgres" / "data").stat().st_uid == folder.stat().st_uid


def test_a_server_that_was_killed_is_started_again_with_all_that_was_committed(durable: EmbeddedServer) -> None:
    ask(durable.url("dayops"), "create table kept as select 42 as number")
    process = postmaster(durable)

    process.kill()
    psutil.wait_procs([process])

    assert ask(durable.started().url("dayops"), "select number from kept") == [(42,)]


def test_it_keeps_its_address_over_a_restart(durable: EmbeddedServer) -> None:
    before = durable.url("dayops")

    durable.stop()

    assert not durable.status().is_running
    assert durable.started().url("dayops") == before


def test_a_port_that_was_taken_meanwhile_is_left_to_its_taker(durable: EmbeddedServer) -> None:
    durable.stop()
    taken = durable.status().port

    with socket.create_server(("127.0.0.1", taken or 0)):
        assert durable.started().status().port != taken

    assert ask(durable.url("dayops"), "select 1") == [(1,)]


def test_a_left_over_process_number_that_is_another_process_by_now_does_no_harm(durable: EmbeddedServer) -> None:
    pid_file = durable.status().data_dir / "postmaster.pid"
    text = pid_file.read_text()
    durable.stop()

    pid_file.write_text(text.replace(text.split("\n")[0], str(os.getpid()), 1))

    assert durable.started().status().is_running


def test_a_first_start_that_was_cut_short_is_done_again(folder: Path) -> None:
    (folder / "data.new" / "base").mkdir(parents=True)
    (folder / "password").write_text("older")

    assert EmbeddedServer(folder).started().status().is_running


def test_a_database_that_a_starter_left_unmade_is_made(durable: EmbeddedServer) -> None:
    ask(durable.url("postgres"), "drop database dagster")

    durable.started()

    assert ask(durable.url("dagster"), "select 1") == [(1,)]


@as_root
def test_a_private_folder_stays_private_and_roots_server_keeps_its_data_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_OUT_OF_ROOTS_WAY", folder / "elsewhere")
    private = folder / "private"
    private.mkdir(mode=0o700)

    server = EmbeddedServer(private / "postgres").started()

    assert (folder / "elsewhere") in server.status().data_dir.parents
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert str(server.status().data_dir.parent) == (private / "postgres" / "place").read_text().strip()


@as_root
def test_data_kept_elsewhere_go_when_the_folder_they_belong_to_has_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_OUT_OF_ROOTS_WAY", folder / "elsewhere")
    private = folder / "private"
    private.mkdir(mode=0o700)
    server = EmbeddedServer(private / "postgres").started()
    ask(server.url("dayops"), "create table kept ()")
    orphan = postmaster(server)
    shutil.rmtree(private / "postgres")

    server.started()

    assert ask(server.url("dayops"), "select to_regclass('kept')") == [(None,)]
    assert not is_running(orphan.pid)


@as_root
def test_an_environment_that_is_private_is_copied_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    can = embedded._Account.can
    monkeypatch.setattr(
        embedded._Account, "can", lambda account, *words: "--version" not in words and can(account, *words)
    )

    server = EmbeddedServer(folder).started()

    assert postmaster(server).exe().startswith(str(folder))
    assert ask(server.url("dayops"), "select 1") == [(1,)]
    ask(server.url("dayops"), "do 'begin end' language plpgsql")


@as_root
def test_root_is_told_where_no_account_can_run_the_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_ACCOUNTS_FOR_ROOT", ("no-such-account",))

    with pytest.raises(ServerError, match="no account no-such-account to run it as"):
        EmbeddedServer(folder).started()


def test_data_of_another_version_are_left_alone_and_named(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServerError, match="written by Postgres 17, and Postgres 18 is installed"):
        EmbeddedServer(folder).started()


def test_a_lost_password_is_named(durable: EmbeddedServer) -> None:
    password = (durable.home / "password").rename(durable.home / "misplaced")

    with pytest.raises(ServerError, match="password is missing"):
        durable.started()

    password.rename(durable.home / "password")


def test_a_server_that_cannot_start_says_why(durable: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_START_TRIES", 1)
    durable.stop()
    configuration = durable.status().data_dir / "postgresql.conf"
    sound = configuration.read_text()
    configuration.write_text(f"{sound}nonsense = 1\n")

    with pytest.raises(ServerError, match="nonsense"):
        durable.started()

    configuration.write_text(sound)
    durable.started()


def test_settings_without_an_address_mean_the_embedded_server(folder: Path) -> None:
    settings = Settings(home=folder)

    assert not embedded_status(settings).is_running
    assert ask(warehouse_url(settings), "select current_database()") == [("dayops",)]
    assert dagster_storage_url(settings).startswith("postgresql+psycopg2://dayops:")
    assert dagster_storage_url(settings).endswith(f":{embedded_status(settings).port}/dagster")
    stop_embedded(settings)
    assert not embedded_status(settings).is_running


def test_an_address_in_the_settings_is_used_and_no_server_is_started(tmp_path: Path, empty_database: str) -> None:
    settings = load_settings(environ={}, home=tmp_path / "home", warehouse_url=empty_database)

    assert warehouse_url(settings) == empty_database
    stop_embedded(settings)
    assert not (tmp_path / "home").exists()


def test_dagster_has_a_schema_of_its_own_in_a_server_that_is_not_ours(tmp_path: Path, empty_database: str) -> None:
    import psycopg2

    settings = load_settings(environ={}, home=tmp_path, warehouse_url=f"{empty_database}?application_name=dayops")
    url = dagster_storage_url(settings)

    assert url.startswith("postgresql+psycopg2://")
    connection = psycopg2.connect(url.replace("+psycopg2", "", 1))
    with connection.cursor() as cursor:
        cursor.execute("select current_schema(), current_setting('application_name')")
        assert cursor.fetchall() == [("dagster", "dayops")]
    connection.close()
