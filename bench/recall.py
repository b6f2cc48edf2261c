"""`make bench-recall`: how many of the faults planted in made-up returns are found at their exact place.

Three things are shown: the faults found, by rule, and what was found beside them; that nothing is found in returns that
are sound; and that nothing is found in the annotated copy of a spoiled return once every mend is applied to it. The
same seed gives the same returns.

Some faults need what three months of returns do not have: a provider's own half-year, and figures of years long final.
They are planted in a small night of their own, which counts with the first.
"""

import os
import platform
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.mends import Mended, mend_returns
from dayops_pipeline.cli.score import Score, answer_key, answers, found_places, score

if TYPE_CHECKING:
    import dagster as dg

    from dayops_pipeline.sample.folder import Order
    from resources.house import House

TARGET = 0.995
_SHOWN = 20
_LONG, _SPARSE = 8, 0.005
"""The months of the small night, which end with those of the first, and the share of its rows that are spoiled.

What is held against half a year rests on services with nothing else wrong in all of it.
"""


@dataclass(frozen=True, slots=True)
class Clean:
    """Returns in which nothing is wrong: how many ended in which state, and what was found in them, by rule."""

    states: Counter[str]
    found: Counter[str]


def recall_of(result: Score) -> float:
    """Return the share of the planted faults that were found at their exact place."""
    return result.hit.total() / max(result.planted.total(), 1)


def together(*results: Score) -> Score:
    """Return what several nights found as one."""
    return Score(
        sum((one.planted for one in results), Counter()),
        sum((one.hit for one in results), Counter()),
        tuple(place for one in results for place in one.missed),
        tuple(place for one in results for place in one.beside),
    )


def holds(result: Score, clean: Clean, mended: Mended) -> bool:
    """Tell whether all that is promised holds."""
    is_clean = set(clean.states) == {"accepted"} and not clean.found
    return recall_of(result) >= TARGET and not result.beside and is_clean and not mended.after


# --- nights -----------------------------------------------------------------------------------------------------------


def planted(order: "Order", folder: Path, house: "House", instance: "dg.DagsterInstance") -> Score:
    """Run a night on a sample with faults, made in `folder`, and compare what was planted with what was found."""
    from warehouse.connection import connect

    run_night(order, folder, house, instance)
    with connect(house.warehouse_url()).connect() as connection:
        return score(answer_key(folder), *found_places(connection))


def clean(order: "Order", folder: Path, house: "House", instance: "dg.DagsterInstance") -> Clean:
    """Run a night on a sample without faults, made in `folder`, and count what was found in it all the same."""
    import sqlalchemy as sa

    from warehouse.connection import connect

    run_night(order, folder, house, instance)
    states = sa.text("select state, count(*) from landing.submission group by state")
    found = sa.text("select severity || ' ' || rule_id, count(*) from landing.finding group by severity, rule_id")
    with connect(house.warehouse_url()).connect() as connection:
        return Clean(*(Counter(dict(connection.execute(asked).tuples().all())) for asked in (states, found)))


def run_night(order: "Order", folder: Path, house: "House", instance: "dg.DagsterInstance") -> None:
    """Make the returns that are ordered in `folder`, and run a night on them, each step of which must succeed."""
    from dayops_pipeline.nightly import night
    from dayops_pipeline.sample.folder import prepared, write_sample
    from warehouse.connection import migrate

    write_sample(prepared(order), folder)
    migrate(house.warehouse_url())
    troubles = [(done.step, done.troubles) for done in night(house, instance, lambda *_: None) if not done.succeeded]
    if troubles:
        raise click.ClickException(f"these runs did not succeed: {troubles}")


@contextmanager
def a_house(home: Path, returns: Path) -> "Iterator[tuple[House, dg.DagsterInstance]]":
    """Lend a house of its own, whatever is set for another, with its own Postgres, which is stopped afterwards."""
    from dayops_pipeline.instance import instance
    from resources.house import House
    from resources.postgres import stop_embedded, warehouse_url
    from resources.settings import Settings

    settings = Settings(home=home, returns=str(returns))
    house = House(home=str(home), returns=str(returns), warehouse=warehouse_url(settings))
    try:
        with instance(house.settings()) as dagster:
            yield house, dagster
    finally:
        stop_embedded(settings)


# --- what is told -----------------------------------------------------------------------------------------------------


def report(result: Score, clean: Clean, mended: Mended) -> str:
    """Return the figures as text: by rule, then the three promises, then the places where one was not kept."""
    rules = sorted({*result.planted, *(place[1] for place in result.beside)})
    beside = Counter(place[1] for place in result.beside)
    table = [f"{'rule':<6}{'planted':>9}{'found':>9}{'recall':>9}{'beside':>9}"]
    for rule in rules:
        share = f"{result.hit[rule] / result.planted[rule]:.2%}" if result.planted[rule] else ""
        table.append(f"{rule:<6}{result.planted[rule]:>9,}{result.hit[rule]:>9,}{share:>9}{beside[rule]:>9,}")
    return "\n".join([*table, "", *_promises(result, clean, mended), *_broken(result, clean, mended)])


def _promises(result: Score, clean: Clean, mended: Mended) -> list[str]:
    return [
        f"faults found at their exact place: {result.hit.total():,} of {result.planted.total():,}, "
        f"{recall_of(result):.2%} (at least {TARGET:.1%}); found beside them: {len(result.beside):,} (none)",
        f"findings in {clean.states.total():,} sound returns: {clean.found.total():,} (none)",
        f"findings in {mended.returns:,} spoiled returns: {mended.before.total():,} for {mended.faults:,} faults; "
        f"in their annotated copies with every mend applied: {mended.after.total():,} (none)",
    ]


def _broken(result: Score, clean: Clean, mended: Mended) -> list[str]:
    told = [f"not found: {' | '.join(map(str, place))}" for place in result.missed[:_SHOWN]]
    told += [f"not planted: {' | '.join(map(str, place))}" for place in result.beside[:_SHOWN]]
    told += [f"found in sound returns: {rule}, {count} times" for rule, count in clean.found.most_common()]
    return told + [f"found in a mended copy: {one}" for one in mended.after_each[:_SHOWN]]


def machine() -> str:
    """Return what this was measured on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


# --- the command ------------------------------------------------------------------------------------------------------


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same returns.")
@click.option("--providers", default=150, show_default=True, help="Providers whose returns are spoiled.")
@click.option("--steady", default=8, show_default=True, help="Providers that are followed for eight months.")
@click.option("--sound", default=110, show_default=True, help="Providers whose returns are sound.")
@click.option("--months", default="2026-08..2026-10", show_default=True, help="The months of the returns.")
@click.option("--faults", default=0.045, show_default=True, help="Share of rows, and of files, spoiled.")
@click.option("--mends", default=100, show_default=True, help="Spoiled returns whose annotated copies are mended.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures to this file as well.")
def recall(
    seed: int, providers: int, steady: int, sound: int, months: str, faults: float, mends: int, out: Path | None
) -> None:
    """Measure what is found of planted faults, in sound returns and in mended copies; exit code 1 below the target."""
    from dayops_pipeline.sample.folder import Order
    from expectations.months import month_before, months_between

    began, covered = time.monotonic(), tuple(months_between(months[:7], months[-7:]))
    year = tuple(months_between(month_before(months[-7:], _LONG - 1), months[-7:]))
    work = Path(tempfile.mkdtemp(prefix="dayops-bench-"))
    spoiled, followed, unspoiled = work / "spoiled", work / "followed", work / "sound"
    try:
        click.echo("A night on spoiled returns ...", err=True)
        with a_house(work / "home", spoiled) as at:
            found = planted(Order(providers, covered, seed, faults, has_baseline=False), spoiled, *at)
        click.echo("A night on spoiled returns of many months ...", err=True)
        with a_house(work / "long", followed) as at:
            found = together(found, planted(Order(steady, year, seed, _SPARSE), followed, *at))
        click.echo("A night on sound returns ...", err=True)
        with a_house(work / "other", unspoiled) as at:
            unspoilt = clean(Order(sound, covered, seed), unspoiled, *at)
        click.echo("Mending annotated copies ...", err=True)
        mended = mend_returns(spoiled, answers(spoiled), work, most=mends, seed=seed, today=date.today())
    finally:
        shutil.rmtree(work)
    head = (
        f"bench-recall, seed {seed}: {providers} providers, {months}, and {steady} from {year[0]}, "
        f"{faults:g} of rows spoiled; {machine()}"
    )
    told = f"{head}\n\n{report(found, unspoilt, mended)}\n\n{time.monotonic() - began:.0f} s\n"
    click.echo(told)
    if out is not None:
        out.write_text(told, encoding="utf-8")
    raise SystemExit(0 if holds(found, unspoilt, mended) else 1)


if __name__ == "__main__":
    recall()
