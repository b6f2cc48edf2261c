"""`dayops score`: what was found in a sample against what was planted in it, by rule."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    import sqlalchemy as sa
    from rich.table import Table

    from dayops_pipeline.sample.folder import Answer

Place = tuple[str, str, str | None, int | None, str | None]
"""File, rule, sheet, row and column."""

_FOUND = """
    -- findings with the place at the source of the file that they are about, and whether they follow from another
    select distinct delivery.source_path, finding.rule_id, finding.sheet, finding.row_number, finding.column_name,
        finding.caused_by is not null as follows
    from landing.finding
    join landing.submission using (submission_id)
    join landing.delivery using (sha256)
"""


@dataclass(frozen=True, slots=True)
class Score:
    """How many faults of each rule were planted and how many of them were found at their exact place; what else was."""

    planted: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    missed: tuple[Place, ...] = ()
    beside: tuple[Place, ...] = ()

    @property
    def is_perfect(self) -> bool:
        """Tell whether everything planted was found, and nothing else."""
        return not self.missed and not self.beside


def score(planted: Iterable[Place], found: Iterable[Place], following: Iterable[Place] = ()) -> Score:
    """Compare the answer key with what was found, each place once; what follows from a finding counts for it only."""
    key, seen, follow = set(planted), set(found), set(following)
    return Score(
        Counter(place[1] for place in key),
        Counter(place[1] for place in key & (seen | follow)),
        tuple(sorted(key - seen - follow, key=str)),
        tuple(sorted(seen - key, key=str)),
    )


def found_places(connection: "sa.Connection") -> tuple[list[Place], list[Place]]:
    """Return the places of all findings in the warehouse: those by themselves, and those that follow from another."""
    import sqlalchemy as sa

    by_itself: list[Place] = []
    following: list[Place] = []
    for path, rule, sheet, row, column, follows in connection.execute(sa.text(_FOUND)).all():
        (following if follows else by_itself).append((path, rule, sheet, row, column))
    return by_itself, following


def score_table(result: Score) -> "Table":
    """Return what was planted and found as a table, by rule."""
    from rich.table import Table

    table = Table("Rule", "Planted", "Found there", "Recall", "Found beside", header_style="bold")
    beside = Counter(place[1] for place in result.beside)
    for rule in sorted({*result.planted, *beside}):
        planted, hit = result.planted[rule], result.hit[rule]
        share = f"{hit / planted:.1%}" if planted else ""
        table.add_row(rule, str(planted), str(hit), share, str(beside[rule]))
    table.add_row("all", str(result.planted.total()), str(result.hit.total()), "", str(beside.total()))
    return table


def answers(folder: Path) -> "list[Answer]":
    """Return the faults that `faults.json` in `folder` lists."""
    faults = json.loads((folder / "faults.json").read_text(encoding="utf-8"))
    listed: list[Answer] = faults["faults"] if isinstance(faults, dict) else faults
    return listed


def answer_key(folder: Path) -> list[Place]:
    """Return the places of the faults that `faults.json` in `folder` lists."""
    return [(row["file"], row["rule"], row["sheet"], row["row"], row["column"]) for row in answers(folder)]


@click.command(name="score", epilog="Example: dayops score returns/")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def score_command(folder: Path) -> None:
    """Compare what was found with what was planted in the sample in FOLDER, by rule; exit code 0 where they agree."""
    from dayops_pipeline.cli.look import warehouse_connection

    with warehouse_connection() as connection:
        found, following = found_places(connection)
    result = score(answer_key(folder), found, following)
    screen.console().print(score_table(result))
    for name, places in (("Not found", result.missed), ("Not planted", result.beside)):
        for place in places[:20]:
            click.echo(f"{name}: {' | '.join(map(str, place))}")
    sys.exit(0 if result.is_perfect else 1)
