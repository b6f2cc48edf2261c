"""`make bench`: what starting takes: the definitions, the command line, and the check of one workbook before sending.

Each is timed in new processes, by turns with the least that it rests on: Python alone, Dagster alone, Great
Expectations alone.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from bench.recall import machine
from bench.speed.national import send

DAYOPS = "from dayops_pipeline.cli import main; main()"
_ROWS = 500


def seconds(*words: str) -> float:
    """Return what a new Python takes for `words`; a check that finds something to mend is no failure."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *words], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise click.ClickException(done.stderr.decode())
    return time.perf_counter() - began


def a_workbook(folder: Path) -> Path:
    """Return a made-up workbook of about 500 rows."""
    from resources.reading import Limits, decode

    send(folder, 60, seed=1, formats="xlsx")
    sizes = {
        path: sum(len(grid.rows) for grid in decode(path.read_bytes(), Limits()).grids)
        for path in folder.glob("*.xlsx")
    }
    return min(sizes, key=lambda path: abs(sizes[path] - _ROWS))


@click.command()
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True)
def starting(runs: int) -> None:
    """Time each; exit code 1 where one takes longer than its limit."""
    with tempfile.TemporaryDirectory() as folder:
        workbook = a_workbook(Path(folder))
        asked = {
            "definitions imported": (1.0, ("-c", "import dayops_pipeline.definitions"), ("-c", "import dagster")),
            "dayops --help": (0.3, ("-c", DAYOPS, "--help"), ("-c", "import click")),
            "dayops check, 500 rows": (
                3.0,
                ("-c", DAYOPS, "check", str(workbook)),
                ("-c", "import great_expectations as gx; gx.get_context(mode='ephemeral')"),
            ),
        }
        taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in asked}
        for _ in range(runs):
            for name, (_, ours, least) in asked.items():
                taken[name][0].append(seconds(*ours))
                taken[name][1].append(seconds(*least))
    click.echo(
        f"starting: {machine()}; medians of {runs}, limit, ratio to it; beside it what it rests on, ratio to that"
    )
    is_late = False
    for name, (limit, _, _) in asked.items():
        one, other = (statistics.median(each) for each in taken[name])
        is_late = is_late or one > limit
        click.echo(
            f"  {name:<24} {one:>5.2f} s {limit:>5.1f} s {one / limit:>5.2f}   {other:>5.2f} s {one / other:>5.2f}"
        )
    raise SystemExit(is_late)


if __name__ == "__main__":
    starting()
