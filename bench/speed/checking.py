"""`make bench-checking`: the checks of ATTENDANCE asked by dayops, and by libraries that others check data with.

Each is given the same rows, all strings, and the same rules, in a process of its own; imports are not counted. dayops,
pandera and Great Expectations begin with the rows in memory, frictionless and the Data Validation Engine with the CSV,
soda with a table in Postgres. Which rows fail must be the same for every rule that both can express.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from bench.recall import machine
from bench.speed.attendance import MONTH, SHEET, TWICE, as_typed
from expectations.contract import Between, DayWithin, Listed, Matches, Present, RowCheck, Unique, Written
from expectations.rules import contract_for

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa

PEERS = Path(__file__).with_name("peers")
ROOT = PEERS.parents[2]

Named = Mapping[str, Sequence[int] | int]
"""For each check by its code, the positions of the rows that fail it, or how many they are."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is asked: the name of its script, whether the project's own Python runs it, and what is to be known of it.

    Of the checks in `part` it names only some of the rows that fail, as `note` explains.
    """

    name: str
    script: str
    note: str = ""
    is_at_home: bool = False
    part: frozenset[str] = frozenset()


DAYOPS = Peer("dayops", "ask_dayops", is_at_home=True)
OTHERS = (
    Peer("pandera, lazy", "ask_pandera"),
    Peer("Great Expectations, bare", "ask_gx", is_at_home=True),
    Peer("frictionless", "ask_frictionless", "reads the CSV; of equal rows names the later", part=frozenset({TWICE})),
    Peer("Data Validation Engine", "ask_dve", "reads the CSV"),
    Peer("soda-core", "ask_soda", "asks Postgres; counts, and of equal rows the later", part=frozenset({TWICE})),
)


@dataclass(slots=True)
class Timed:
    """What one was seen to do: its median seconds, those of dayops on the same checks, what failed, what disagrees."""

    peer: Peer
    seconds: float
    import_seconds: float
    failing: Named
    beside_seconds: float = 0.0
    differences: list[str] = field(default_factory=list)

    @property
    def names_rows(self) -> bool:
        """Tell whether it names the rows that fail, every one of them."""
        return not any(isinstance(rows, int) for rows in self.failing.values())

    @property
    def ratio(self) -> float:
        """Return its seconds to those of dayops on the same checks."""
        return self.seconds / self.beside_seconds


# --- dayops -----------------------------------------------------------------------------------------------------------


def failing_rows(rows: "pa.Table", codes: Sequence[str]) -> dict[str, list[int]]:
    """Return the positions of the rows of strings that fail each of these checks, as the night finds them."""
    import pyarrow as pa

    from assets.check.asking import broken_rows
    from assets.check.batch import gather
    from expectations.contract import ROW
    from resources.restricted import StoredSheet

    numbered = rows.append_column(ROW, pa.array(range(1, rows.num_rows + 1), pa.int32()))
    checks = [check for check in row_checks() if check.code in codes]
    broken = broken_rows(checks, gather(SHEET, {1: StoredSheet(numbered)}), MONTH)
    return {code: positions.tolist() for code, positions in broken.items()}


def row_checks() -> tuple[RowCheck, ...]:
    """Return the checks that are asked."""
    return contract_for(MONTH).row_checks(SHEET.name)


# --- what the others are given ----------------------------------------------------------------------------------------


def write(folder: Path, rows: int) -> dict[str, list[int]]:
    """Write so many rows as CSV and Parquet, and the rules; return the positions of the rows that fail each check."""
    from pyarrow import csv, parquet

    typed, failing = as_typed(rows)
    csv.write_csv(typed, folder / "rows.csv", csv.WriteOptions(quoting_style="needed"))
    parquet.write_table(typed, folder / "rows.parquet")
    (folder / "rules.json").write_text(json.dumps([plain(check) for check in row_checks()]), encoding="utf-8")
    return failing


def plain(check: RowCheck) -> dict[str, Any]:
    """Return a check in plain terms: its code, kind, column and the column's place, what it asks, and of which rows."""
    when = {"column": check.when.column, "values": list(check.when.values)} if check.when else None
    place = [column.name for column in SHEET.columns].index(check.column)
    return {"code": check.code, "column": check.column, "place": place, "when": when, **_asks(check)}


def _asks(check: RowCheck) -> dict[str, Any]:
    from expectations.months import first_day, last_day

    match check:
        case Present():
            return {"kind": "present"}
        case Written(column=column):
            return {"kind": "date" if column == "date" else "number"}
        case Listed(allowed=allowed):
            return {"kind": "listed", "allowed": list(allowed)}
        case Matches(regex=regex):
            return {"kind": "matches", "regex": regex}
        case Between(least=least, most=most):
            return {"kind": "between", "least": least, "most": most}
        case DayWithin(or_before=False):
            return {"kind": "days", "least": f"{first_day(MONTH)}", "most": f"{last_day(MONTH)}"}
        case Unique(columns=columns):
            return {"kind": "unique", "columns": list(columns)}
        case _:
            raise TypeError(f"{check.code} is not said in plain terms yet")


@contextmanager
def a_table(folder: Path) -> Iterator[dict[str, str]]:
    """Lend a table of the rows on a Postgres server of its own, and the variables that say where it is."""
    from bench.star import a_warehouse

    with a_warehouse() as engine:
        _put(engine, folder / "rows.csv")
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        yield {"PEERS_WAREHOUSE": address, "PEERS_TABLE": "peers.attendance"}
        engine.dispose()


def _put(engine: "sa.Engine", rows: Path) -> None:
    from warehouse.ledger import driver

    columns = ", ".join(f"{column.name} text" for column in SHEET.columns)
    with engine.begin() as connection:
        raw = driver(connection)
        raw.execute("create schema peers")
        raw.execute(f"create table peers.attendance ({columns})".encode())
        with raw.cursor() as cursor, cursor.copy("copy peers.attendance from stdin (format csv, header)") as copy:
            copy.write(rows.read_bytes())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze peers.attendance")


# --- asking -----------------------------------------------------------------------------------------------------------


def timed(peer: Peer, folder: Path, python: str, runs: int, codes: Sequence[str] = ()) -> Timed:
    """Have the rows checked so many times, each in a process of its own; dayops can be asked `codes` alone."""
    with a_table(folder) if peer.script == "ask_soda" else _nothing() as variables:
        told = [_told(peer, folder, python, codes, variables) for _ in range(runs)]
    seconds, importing = (statistics.median(one[key] for one in told) for key in ("seconds", "import_seconds"))
    return Timed(peer, seconds, importing, told[-1]["failing"])


@contextmanager
def _nothing() -> Iterator[dict[str, str]]:
    yield {}


_SILENT = {
    "GX_ANALYTICS_ENABLED": "false",
    "SODA_CORE_TELEMETRY_ENABLED": "false",
}


def _told(peer: Peer, folder: Path, python: str, codes: Sequence[str], variables: Mapping[str, str]) -> dict[str, Any]:
    interpreter = sys.executable if peer.is_at_home else python
    at_home = {"PYTHONPATH": str(ROOT)} if peer.is_at_home else {}
    command = [interpreter, str(PEERS / f"{peer.script}.py"), str(folder), *codes]
    environment = {**os.environ, **_SILENT, **at_home, **variables}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{peer.name}: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def compared(folder: Path, python: str, runs: int, ours: Timed) -> Iterator[Timed]:
    """Ask each of the others, and dayops again where they express fewer checks; say where rows are not the same."""
    for peer in OTHERS:
        theirs = timed(peer, folder, python, runs)
        is_less = len(theirs.failing) < len(ours.failing)
        beside = timed(DAYOPS, folder, python, runs, list(theirs.failing)) if is_less else ours
        theirs.beside_seconds = beside.seconds
        theirs.differences = differences(ours.failing, theirs.failing, peer.part)
        yield theirs


def differences(ours: Named, theirs: Named, part: frozenset[str] = frozenset()) -> list[str]:
    """Return what is not the same, check by check; of those in `part` it is enough that some of our rows are theirs."""
    return [
        f"{code}: {_how_many(theirs[code])} rows, not {_how_many(ours.get(code, 0))}, or not the same"
        for code in theirs
        if not _agree(ours.get(code, 0), theirs[code], code in part)
    ]


def _how_many(rows: Sequence[int] | int) -> int:
    return rows if isinstance(rows, int) else len(rows)


def _agree(ours: Sequence[int] | int, theirs: Sequence[int] | int, is_part: bool) -> bool:
    if isinstance(ours, int) or isinstance(theirs, int):
        count, found = _how_many(ours), _how_many(theirs)
        return count == found or (is_part and 0 < found < count)
    return sorted(ours) == sorted(theirs) or (is_part and bool(theirs) and set(theirs) < set(ours))


# --- what is told -----------------------------------------------------------------------------------------------------


def report(ours: Timed, others: Sequence[Timed]) -> str:
    """Return the figures as a table: seconds are medians, a ratio is to dayops on the same checks."""
    lines = [f"{'who':<26}{'checks':>8}{'names rows':>12}{'seconds':>9}{'imports':>9}{'ratio':>8}  note"]
    for one in (ours, *others):
        asked, ratio = f"{len(one.failing)}/{len(ours.failing)}", f"{one.ratio:.1f} x"
        named = "every" if one.names_rows and not one.peer.part else "some" if one.names_rows else "none"
        figures = f"{asked:>8}{named:>12}{one.seconds:>9.2f}{one.import_seconds:>9.2f}{ratio:>8}"
        lines.append(f"{one.peer.name:<26}{figures}  {one.peer.note}".rstrip())
    lines += [f"{one.peer.name}: {difference}" for one in others for difference in one.differences]
    return "\n".join(lines)


def is_held(others: Sequence[Timed]) -> bool:
    """Tell whether nobody who names rows was quicker than dayops, and all agree with it on which rows fail."""
    return not any(one.differences or (one.names_rows and one.ratio < 1) for one in others)


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--runs", default=3, show_default=True, help="Runs of each, of which the median is told.")
@click.option("--python", default=".venv/peers/bin/python", show_default=True, help="The Python that has the peers.")
def checking(rows: int, runs: int, python: str) -> None:
    """Time the checks of so many rows; exit code 1 where one who names rows is quicker, or rows are not the same."""
    if not Path(python).exists():
        raise click.ClickException(f"there is no {python}: make bench-checking makes it")
    with TemporaryDirectory(prefix="dayops-bench-") as name:
        folder = Path(name)
        known = write(folder, rows)
        ours = timed(DAYOPS, folder, python, runs)
        ours.beside_seconds = ours.seconds
        wrong = differences(known, ours.failing)
        others = list(compared(folder, str(Path(python).absolute()), runs, ours))
    click.echo(f"bench-checking: {rows:,} rows of attendance, {MONTH}; {machine()}\n")
    click.echo(report(ours, others))
    for difference in wrong:
        click.echo(f"dayops finds what was not planted, or not what was: {difference}")
    raise SystemExit(0 if is_held(others) and not wrong else 1)


if __name__ == "__main__":
    checking()
