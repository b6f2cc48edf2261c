"""`make bench`: what one resubmission takes, with the figures of its month, as the warehouse grows to ten years.

Before the month stand so many others of 600 providers each, as nights would have left them. 60 providers send the
month; then one of them sends its return once more, and only that is timed.
"""

import time
import zipfile
from pathlib import Path

import click

from bench.recall import machine
from bench.speed.national import MONTH, a_nation, send, settle, walk

_SENDERS = 60


def resubmit(folder: Path) -> None:
    """Send one return once more, under the next number."""
    texts = next(texts for texts in map(_texts, sorted(folder.glob("*.zip"))) if f"{MONTH},1," in texts["RETURN.csv"])
    texts["RETURN.csv"] = texts["RETURN.csv"].replace(f"{MONTH},1,", f"{MONTH},2,", 1)
    with zipfile.ZipFile(folder / "once more.zip", "w") as archive:
        for part, text in texts.items():
            archive.writestr(part, text)


def _texts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {"RETURN.csv": ""} | {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


@click.command()
@click.option("--months", "counts", type=click.IntRange(0), multiple=True, default=(1, 12, 60, 120), show_default=True)
@click.option("--seed", default=1, show_default=True)
def history(counts: tuple[int, ...], seed: int) -> None:
    """Time one resubmission against each history; print each stage, and the ratio to the first."""
    click.echo(f"history: one resubmission, its month of {_SENDERS} providers; {machine()}")
    first: dict[str, float] = {}
    for months in counts:
        began = time.perf_counter()
        with a_nation(months) as (dagster, engine, folder):
            send(folder, _SENDERS, seed, faults="0", formats="csv")
            settle(dagster, engine, folder)
            walk(dagster)
            click.echo(f"  {months} months stand after {time.perf_counter() - began:.0f} s", err=True)
            resubmit(folder)
            stages = walk(dagster)
        first = first or stages
        told = "  ".join(f"{name} {seconds:.1f} s ({seconds / first[name]:.2f})" for name, seconds in stages.items())
        click.echo(f"  {months:>4} months before: {told}")


if __name__ == "__main__":
    history()
