"""`make bench`: one national month from collecting to the release, beside the least that such work can take.

600 providers return one month, into a warehouse that holds the months before. The floor is the sum of three: the
quickest library decoding the same files, on as many processes; COPY of the same accepted rows into the same tables,
with their keys and checks; and one GROUP BY over the month's facts.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.operation.service import a_home
from bench.recall import machine
from resources.house import House

if TYPE_CHECKING:
    import dagster as dg
    import sqlalchemy as sa

MONTH, PROVIDERS = "2026-10", 600
FORMATS = {".xlsx", ".zip", ".ods"}


# --- the loads --------------------------------------------------------------------------------------------------------


@contextmanager
def a_nation(months_before: int) -> "Iterator[tuple[dg.DagsterInstance, sa.Engine, Path]]":
    """Lend a house whose warehouse holds so many months before `MONTH`, and the folder that returns come to."""
    from bench.star import fill
    from dayops_pipeline.instance import instance
    from expectations.months import month_before
    from warehouse.connection import connect, migrate

    with a_home() as settings:
        url = House().warehouse_url()
        migrate(url)
        engine = connect(url)
        if months_before:
            fill(engine, months_before, PROVIDERS, month_before(MONTH))
        with instance(settings) as dagster:
            yield dagster, engine, Path(settings.returns)


def send(folder: Path, providers: int, seed: int, faults: str = "0.02", formats: str = "xlsx,csv,ods") -> int:
    """Put a month's returns into the folder, as `dayops sample` makes them; return how many files."""
    from dayops_pipeline.cli import main

    words = ["sample", str(folder), "--providers", str(providers), "--months", f"{MONTH}..{MONTH}", "--force"]
    words += ["--seed", str(seed), "--faults", faults, "--formats", formats, "--no-baseline"]
    main(words, standalone_mode=False)
    return sum(path.suffix in FORMATS for path in folder.iterdir())


def settle(dagster: "dg.DagsterInstance", engine: "sa.Engine", folder: Path) -> None:
    """Have the history stand as nights would have left it: judged, loaded, and its figures released; no return read.

    The register is brought in before, since figures rest on it.
    """
    import sqlalchemy as sa

    from dayops_pipeline.nightly import night
    from warehouse import basis, ledger

    aside = folder.with_name("waiting")
    aside.mkdir()
    waiting = [path.rename(aside / path.name) for path in sorted(folder.iterdir()) if path.suffix in FORMATS]
    settled = "update landing.submission set contract_version = :version, loaded_version = :version"
    with engine.begin() as connection:
        connection.execute(sa.text(settled), {"version": ledger.contract_version()})
    next(night(House(), dagster, lambda *_: None))
    with engine.begin() as connection:
        policy = House().settings().policy
        for period in connection.scalars(sa.text("select distinct period from landing.submission")).all():
            basis.note_measured(connection, period, policy)
            basis.note_released(connection, period)
    for path in waiting:
        path.rename(folder / path.name)
    aside.rmdir()


# --- the walk ---------------------------------------------------------------------------------------------------------


def walk(dagster: "dg.DagsterInstance") -> dict[str, float]:
    """Run a night in this process, and return the seconds of each of its stages."""
    from dayops_pipeline.nightly import night

    seconds: dict[str, float] = {}
    for done in night(House(), dagster, lambda *_: None):
        if not done.succeeded:
            raise click.ClickException(f"{done.step}: {done.troubles}")
        for step in dagster.get_run_step_stats(done.run_id):
            if step.end_time and step.start_time:
                seconds[step.step_key] = seconds.get(step.step_key, 0.0) + step.end_time - step.start_time
        seconds["(all runs)"] = seconds.get("(all runs)", 0.0) + done.seconds
    return seconds


# --- the floor --------------------------------------------------------------------------------------------------------


def decode_seconds(folder: Path, workers: int) -> float:
    """Return what decoding the files takes with calamine and pyarrow on so many processes, and nothing else."""
    files = sorted(path for path in folder.iterdir() if path.suffix in FORMATS)
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_warm, range(workers)))
        began = time.perf_counter()
        list(pool.map(_decoded, files, chunksize=8))
        return time.perf_counter() - began


def _warm(_: int) -> None:
    import python_calamine  # noqa: F401

    time.sleep(0.2)


def _decoded(path: Path) -> int:
    import io
    import zipfile

    from pyarrow import csv
    from python_calamine import CalamineWorkbook

    if path.suffix == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                return sum(csv.read_csv(io.BytesIO(archive.read(name))).num_rows for name in archive.namelist())
        except Exception:
            return 0
    try:
        book = CalamineWorkbook.from_path(str(path))
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    except Exception:
        return 0


def store_seconds(engine: "sa.Engine") -> float:
    """Return what COPY takes for the month's rows, as text, into empty twins of their tables, keys and checks too."""
    import psycopg

    from expectations.months import first_day
    from warehouse.tables import FACTS

    taken = 0.0
    with psycopg.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute("create schema twin")
        for table in FACTS.values():
            rows = _copied(connection, f"select * from {table.fullname} where period = '{first_day(MONTH)}'")  # noqa: S608
            twin = f"twin.{table.name}"
            connection.execute(f"create table {twin} (like {table.fullname} including all)".encode())
            for key in keys_elsewhere(table):
                connection.execute(f"alter table {twin} add {key}".encode())
            began = time.perf_counter()
            with connection.cursor() as cursor, cursor.copy(f"copy {twin} from stdin (format csv)".encode()) as copy:
                copy.write(rows)
            taken += time.perf_counter() - began
        connection.rollback()
    return taken


def keys_elsewhere(table: "sa.Table") -> Iterator[str]:
    """Return the keys that a table has into others, which `like` leaves out, as `alter table add` takes them."""
    for key in table.foreign_key_constraints:
        columns = ", ".join(key.column_keys)
        yield f"foreign key ({columns}) references {key.referred_table.fullname}"


def _copied(connection: Any, asked: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"copy ({asked}) to stdout (format csv)") as copy:
        return b"".join(bytes(part) for part in copy)


def reckon_seconds(engine: "sa.Engine") -> float:
    """Return what one GROUP BY over the month's facts takes."""
    import sqlalchemy as sa

    from expectations.months import first_day
    from warehouse.tables import FACTS

    began = time.perf_counter()
    with engine.connect() as connection:
        for table in FACTS.values():
            by = "service_id" if "service_id" in table.columns else "submission_id"
            grouped = f"select {by}, count(*) from {table.fullname} where period = :month group by 1"  # noqa: S608
            connection.execute(sa.text(grouped), {"month": first_day(MONTH)}).all()
    return time.perf_counter() - began


@click.command()
@click.option("--providers", default=PROVIDERS, show_default=True)
@click.option("--months-before", default=36, show_default=True)
@click.option("--seed", default=1, show_default=True)
def national(providers: int, months_before: int, seed: int) -> None:
    """Walk one national month; print each stage's share and the ratio to the floor."""
    began = time.perf_counter()
    with a_nation(months_before) as (dagster, engine, folder):
        files = send(folder, providers, seed)
        settle(dagster, engine, folder)
        click.echo(f"made ready in {time.perf_counter() - began:.0f} s: {files} files", err=True)
        stages = walk(dagster)
        workers = os.cpu_count() or 1
        floor = {
            "decode": decode_seconds(folder, workers),
            "store": store_seconds(engine),
            "reckon": reckon_seconds(engine),
        }
    total, least = stages.pop("(all runs)"), sum(floor.values())
    click.echo(f"national month: {providers} providers, {months_before} months before; {machine()}")
    for name, seconds in stages.items():
        click.echo(f"  {name:<26} {seconds:>7.1f} s  {seconds / total:>5.0%}")
    click.echo(f"  {'all runs':<26} {total:>7.1f} s  {total / least:.1f} x floor")
    click.echo("  floor: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in floor.items()))


if __name__ == "__main__":
    national()
