"""`make bench-loading`: typed rows of attendance put into the warehouse, by dayops and in the ways that others do it.

All go into `restricted.attendance` of a migrated warehouse, its keys and checks in place, emptied between; dlt into a
twin of it with the same keys and checks, since it keeps tables of its own beside what it loads. dayops begins with the
judged rows as a night has them: it also keys the references of people, takes out what stood there before, and counts
the rows by day. The others are given rows that are keyed already, in the form that each takes: what makes that form is
not timed. Bare COPY, one transaction and the bytes ready, is the least that it can take.
"""

import hashlib
import io
import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from bench.recall import machine
from bench.speed.attendance import MONTH, SHEET, as_judged
from bench.speed.checking import PEERS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import sqlalchemy as sa

ROWS_OF_A_RETURN = 50_000
MOST_TO_COPY = 1.5
"""How much longer than bare COPY dayops may take."""

_SECRET = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one way of loading took: rows, the median seconds, and what is to be known of it."""

    name: str
    rows: int
    seconds: float
    note: str = ""

    @property
    def rows_a_second(self) -> float:
        """Return how many rows it loads in a second."""
        return self.rows / self.seconds


# --- the warehouse ----------------------------------------------------------------------------------------------------


def put_submissions(engine: "sa.Engine", returns: int) -> list[int]:
    """Record so many returns that were read, one a provider; return the numbers of their submissions."""
    from warehouse import ledger

    numbers = []
    with engine.begin() as connection:
        for number in range(returns):
            provider = f"DOP{number:05d}"
            sha256 = hashlib.sha256(provider.encode()).hexdigest()
            path, came = f"{provider}.xlsx", datetime(2026, 11, 2, tzinfo=UTC)
            ledger.record_delivery(connection, sha256=sha256, source_path=path, received_at=came, size_bytes=1)
            numbers.append(ledger.submission_id_of(sha256))
            identity = ledger.Identity(period=MONTH, provider_id=provider, submission_no=1, profile="FULL")
            ledger.record_identity(connection, numbers[-1], identity)
    return numbers


def timed(engine: "sa.Engine", rows: int, runs: int, load: Callable[[], object]) -> float:
    """Return the median seconds of `load` into the emptied table, of so many runs that must each leave `rows` there."""
    import sqlalchemy as sa

    taken = []
    for _ in range(runs):
        with engine.begin() as connection:
            connection.execute(sa.text(f"truncate {SHEET.table}, core.attendance_day"))
        began = time.perf_counter()
        load()
        taken.append(time.perf_counter() - began)
        with engine.connect() as connection:
            found = connection.scalar(sa.text(f"select count(*) from {SHEET.table}"))  # noqa: S608
        if found != rows:
            raise click.ClickException(f"{found} rows were loaded, not {rows}")
    return statistics.median(taken)


# --- dayops -----------------------------------------------------------------------------------------------------------


def load_returns(engine: "sa.Engine", judged: "pa.Table", submissions: Sequence[int]) -> None:
    """Load the rows as dayops does, a return at a time, each in a transaction of its own."""
    from expectations.months import first_day
    from expectations.pseudonyms import PersonKey
    from warehouse import facts, ledger

    key = PersonKey(_SECRET)
    for place, submission_id in enumerate(submissions):
        rows = judged.slice(place * ROWS_OF_A_RETURN, ROWS_OF_A_RETURN)
        with engine.begin() as connection:
            facts.load(ledger.driver(connection), submission_id, first_day(MONTH), {SHEET.name: rows}, key)


# --- the others -------------------------------------------------------------------------------------------------------


def as_kept(judged: "pa.Table", submissions: Sequence[int]) -> "pa.Table":
    """Return the rows as they stand in the warehouse: with submission, number and month, references keyed."""
    import pyarrow as pa

    from expectations.contract import ROW
    from expectations.months import first_day
    from expectations.pseudonyms import PersonKey
    from warehouse.persons import keyed

    kept = keyed(SHEET, judged, PersonKey(_SECRET))
    if kept is None:
        raise TypeError("the references are not as providers send them")
    numbers = [submissions[row // ROWS_OF_A_RETURN] for row in range(judged.num_rows)]
    columns: dict[str, Any] = {
        "submission_id": pa.array(numbers, pa.int64()),
        "row_number": kept[ROW],
        "period": pa.repeat(pa.scalar(first_day(MONTH)), judged.num_rows),
    }
    columns |= {column.name: kept[column.name] for column in SHEET.columns}
    return pa.table(columns)


def copy_seconds(engine: "sa.Engine", kept: "pa.Table", runs: int) -> float:
    """Return what bare COPY of the rows takes, its bytes made beforehand."""
    from pyarrow import csv

    sink = io.BytesIO()
    csv.write_csv(kept, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
    into = f"copy {SHEET.table} ({', '.join(kept.column_names)}) from stdin (format csv)".encode()
    return timed(engine, kept.num_rows, runs, lambda: _copy(engine, into, sink.getvalue()))


def _copy(engine: "sa.Engine", into: bytes, rows: bytes) -> None:
    from warehouse.ledger import driver

    with engine.begin() as connection, driver(connection).cursor() as cursor, cursor.copy(into) as copy:
        copy.write(rows)


def pandas_seconds(engine: "sa.Engine", frame: "pd.DataFrame", runs: int, **ways: Any) -> float:
    """Return what `to_sql` takes for the rows, in one of its ways; told the types, or decimals would go as text."""
    from warehouse.tables import FACTS

    schema, _, table = SHEET.table.partition(".")
    types = {column.name: column.type for column in FACTS[SHEET.name].columns}
    into: dict[str, Any] = {"schema": schema, "if_exists": "append", "index": False, "dtype": types, **ways}

    def load() -> None:
        with engine.begin() as connection:
            frame.to_sql(table, connection, **into)

    return timed(engine, len(frame), runs, load)


def insert_by_copy(table: Any, connection: Any, keys: Sequence[str], rows: Any) -> None:
    """Put the rows there as pandas' documentation shows for `method`: through the csv module and COPY."""
    import csv

    from warehouse.ledger import driver

    sink = io.StringIO()
    csv.writer(sink).writerows(rows)
    into = f"copy {table.schema}.{table.name} ({', '.join(keys)}) from stdin with csv"
    with driver(connection).cursor() as cursor, cursor.copy(into.encode()) as copy:
        copy.write(sink.getvalue())


def core_seconds(engine: "sa.Engine", rows: list[dict[str, Any]], runs: int) -> float:
    """Return what one `insert` of SQLAlchemy Core takes with the rows as its list of parameters."""
    from warehouse.tables import FACTS

    def load() -> None:
        with engine.begin() as connection:
            connection.execute(FACTS[SHEET.name].insert(), rows)

    return timed(engine, len(rows), runs, load)


def dlt_seconds(engine: "sa.Engine", kept: "pa.Table", runs: int, python: str) -> float:
    """Return what dlt takes for the rows, each run in a process of its own, imports not counted."""
    from pyarrow import parquet

    taken = []
    with TemporaryDirectory(prefix="dayops-bench-") as folder:
        parquet.write_table(kept, Path(folder) / "judged.parquet")
        for _ in range(runs):
            make_twin(engine)
            told = _told_by_dlt(engine, folder, python)
            if told["rows"] != kept.num_rows:
                raise click.ClickException(f"dlt loaded {told['rows']} rows, not {kept.num_rows}")
            taken.append(float(told["seconds"]))
    return statistics.median(taken)


def make_twin(engine: "sa.Engine") -> None:
    """Make an empty twin of the table, keys and checks too, where dlt keeps its own: it wants a schema to itself."""
    from bench.speed.national import keys_elsewhere
    from warehouse.tables import FACTS

    with engine.begin() as connection:
        for statement in (
            "drop schema if exists dlt_peer cascade",
            "create schema dlt_peer",
            f"create table dlt_peer.attendance (like {SHEET.table} including all)",
            *(f"alter table dlt_peer.attendance add {key}" for key in keys_elsewhere(FACTS[SHEET.name])),
        ):
            connection.exec_driver_sql(statement)


def _told_by_dlt(engine: "sa.Engine", folder: str, python: str) -> dict[str, Any]:
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    variables = {"PEERS_WAREHOUSE": address, "RUNTIME__DLTHUB_TELEMETRY": "false"}
    done = subprocess.run(
        [python, str(PEERS / "load_dlt.py"), folder],
        env={**os.environ, **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise click.ClickException(f"dlt: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# --- all of them ------------------------------------------------------------------------------------------------------


@contextmanager
def a_warehouse_with(rows: int) -> "Iterator[tuple[sa.Engine, list[int]]]":
    """Lend a warehouse that expects so many rows, and the submissions that they come in."""
    from bench.star import a_warehouse

    with a_warehouse() as engine:
        yield engine, put_submissions(engine, -(-rows // ROWS_OF_A_RETURN))
        engine.dispose()


def floor(engine: "sa.Engine", kept: "pa.Table", runs: int) -> Loaded:
    """Return what bare COPY takes."""
    return Loaded("bare COPY", kept.num_rows, copy_seconds(engine, kept, runs), "the bytes made beforehand")


def ours(engine: "sa.Engine", judged: "pa.Table", submissions: Sequence[int], runs: int) -> Loaded:
    """Return what dayops takes."""
    seconds = timed(engine, judged.num_rows, runs, lambda: load_returns(engine, judged, submissions))
    return Loaded("dayops", judged.num_rows, seconds, "keys references and counts days too")


def others(engine: "sa.Engine", kept: "pa.Table", slow_rows: int, runs: int, python: str) -> Iterator[Loaded]:
    """Return what each of the others takes; those that insert row by row are given fewer rows."""
    few = kept.slice(0, slow_rows)
    frame, fewer = kept.to_pandas(), few.to_pandas()
    by_copy = pandas_seconds(engine, frame, runs, method=insert_by_copy)
    yield Loaded("pandas to_sql, COPY", len(frame), by_copy, "the callable of its documentation")
    many = pandas_seconds(engine, fewer, runs, method="multi", chunksize=1000)
    yield Loaded("pandas to_sql, multi", len(fewer), many, "1,000 rows a statement")
    yield Loaded("pandas to_sql", len(fewer), pandas_seconds(engine, fewer, runs))
    yield Loaded("SQLAlchemy Core insert", few.num_rows, core_seconds(engine, few.to_pylist(), runs))
    yield Loaded(
        "dlt", kept.num_rows, dlt_seconds(engine, kept, runs, python), "a twin of the table, in a schema of its own"
    )


def report(copied: Loaded, loaded: Loaded, rest: Sequence[Loaded]) -> str:
    """Return the figures as a table: seconds are medians, a ratio is of the seconds for a row to those of COPY."""
    lines = [f"{'who':<26}{'rows':>12}{'seconds':>9}{'rows a second':>15}{'to COPY':>9}  note"]
    for one in (copied, loaded, *rest):
        ratio = f"{copied.rows_a_second / one.rows_a_second:.2f} x"
        figures = f"{one.rows:>12,}{one.seconds:>9.2f}{one.rows_a_second:>15,.0f}{ratio:>9}"
        lines.append(f"{one.name:<26}{figures}  {one.note}".rstrip())
    return "\n".join(lines)


def is_held(copied: Loaded, loaded: Loaded, rest: Sequence[Loaded]) -> bool:
    """Tell whether dayops was slower than none of the others, and near enough to COPY."""
    near = copied.rows_a_second <= MOST_TO_COPY * loaded.rows_a_second
    return near and all(loaded.rows_a_second >= one.rows_a_second for one in rest)


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--slow-rows", default=100_000, show_default=True, help="Rows for those that insert row by row.")
@click.option("--runs", default=3, show_default=True, help="Runs of each, of which the median is told.")
@click.option("--python", default=".venv/peers/bin/python", show_default=True, help="The Python that has dlt.")
def loading(rows: int, slow_rows: int, runs: int, python: str) -> None:
    """Time the loading of so many rows; exit code 1 where dayops is slower than another, or far from COPY."""
    if not Path(python).exists():
        raise click.ClickException(f"there is no {python}: make bench-loading makes it")
    judged = as_judged(rows)
    with a_warehouse_with(rows) as (engine, submissions):
        kept = as_kept(judged, submissions)
        copied = floor(engine, kept, runs)
        loaded = ours(engine, judged, submissions, runs)
        rest = list(others(engine, kept, min(rows, slow_rows), runs, str(Path(python).absolute())))
    click.echo(f"bench-loading: {rows:,} rows of attendance, {MONTH}; {machine()}\n")
    click.echo(report(copied, loaded, rest))
    raise SystemExit(0 if is_held(copied, loaded, rest) else 1)


if __name__ == "__main__":
    loading()
