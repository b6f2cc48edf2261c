"""`make oracle`: a night on made-up returns without faults, and every figure of it counted again from the files."""

import shutil
import tempfile
import time
from pathlib import Path

import click

from bench.oracle.compare import Comparison, compare, pipeline_figures, report
from bench.recall import a_house, machine, run_night
from dayops_pipeline.sample.folder import Order


def compared(order: Order, work: Path) -> Comparison:
    """Make returns in `work`, run a night on them, count them again, and compare."""
    from bench.oracle import figures_of
    from warehouse.connection import connect

    with a_house(work / "home", work / "in") as (house, instance):
        run_night(order, work / "in", house, instance)
        with connect(house.warehouse_url()).connect() as connection:
            held = pipeline_figures(connection)
        return compare(held, figures_of(work / "in", house.settings()))


@click.command()
@click.option("--providers", default=24, show_default=True, help="Providers that send returns.")
@click.option("--months", default="2026-01..2026-06", show_default=True, help="The months of the returns.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same returns.")
def oracle(providers: int, months: str, seed: int) -> None:
    """Count every figure again, apart from the pipeline; exit code 1 where a cell differs or is missing."""
    from expectations.months import months_between

    began, work = time.monotonic(), Path(tempfile.mkdtemp(prefix="dayops-oracle-"))
    try:
        told = compared(Order(providers, months_between(months[:7], months[-7:]), seed), work)
    finally:
        shutil.rmtree(work)
    click.echo(f"oracle, seed {seed}: {providers} providers, {months}; {machine()}\n")
    click.echo(f"{report(told)}\n\n{time.monotonic() - began:.0f} s")
    raise SystemExit(0 if told.agrees else 1)


if __name__ == "__main__":
    oracle()
