"""`make check-backfill`: months taken through the walk by a backfill of the UI, one run a month, checks and all.

Returns are made up and collected; then `dayops ui` is asked, as its own pages ask, for a backfill of their months. Of
each month there must be one run that succeeded, and of each check one result that belongs to the month. The grid of
arrivals must show every return. Printed is what all of it took.
"""

import json
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.ui import serving

if TYPE_CHECKING:
    import dagster as dg

    from resources.settings import Settings

_SECONDS_A_MONTH = 120
_LAUNCH = """
    mutation Launch($asked: LaunchBackfillParams!) {
      launchPartitionBackfill(backfillParams: $asked) {
        __typename ... on LaunchBackfillSuccess {backfillId} ... on PythonError {message}
      }
    }
"""
_STATUS = """
    query Status($id: String!) {
      partitionBackfillOrError(backfillId: $id) {... on PartitionBackfill {status numPartitions}}
    }
"""
_GRID = """
    query Grid {
      assetNodes(assetKeys: [{path: ["provider_returns"]}]) {
        partitionStats {numMaterialized numPartitions}
        assetPartitionStatuses {
          __typename
          ... on MultiPartitionStatuses {
            ranges {
              primaryDimStartKey primaryDimEndKey
              secondaryDim {... on DefaultPartitionStatuses {materializedPartitions}}
            }
          }
        }
      }
    }
"""
_OVER = ("COMPLETED_SUCCESS", "COMPLETED_FAILED", "COMPLETED", "FAILED", "CANCELED")


def ask(address: str, query: str, **variables: object) -> dict[str, Any]:
    """Return what the UI's GraphQL answers.

    Raises:
        RuntimeError: The answer is an error.
    """
    asked = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{address}/graphql", asked, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (our own address)
        said = json.load(answer)
    if "errors" in said:
        raise RuntimeError(str(said["errors"]))
    return dict(said["data"])


def deliver(settings: "Settings", providers: int, months: list[str]) -> None:
    """Make returns up, and collect them."""
    from assets.collect import collect
    from dayops_pipeline.cli.sample import sample
    from resources.postgres import warehouse_url
    from warehouse.connection import connect, migrate

    words = ["--providers", str(providers), "--months", f"{months[0]}..{months[-1]}", "--no-baseline"]
    sample.main([str(settings.returns), *words, "--force"], standalone_mode=False)
    url = warehouse_url(settings)
    migrate(url)
    collect(connect(url), settings, set(months).__contains__)


def launch(address: str, months: list[str]) -> str:
    """Ask for a backfill of the whole walk; return its number."""
    from dayops_pipeline.definitions import defs
    from dayops_pipeline.jobs import MONTH

    walk = sorted(list(key.path) for key in MONTH.resolve(defs.resolve_asset_graph()))
    params = {"assetSelection": [{"path": path} for path in walk], "partitionNames": months}
    said = ask(address, _LAUNCH, asked=params)["launchPartitionBackfill"]
    if "backfillId" not in said:
        raise RuntimeError(str(said))
    return str(said["backfillId"])


def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so, or that long."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(1)


def amiss(instance: "dg.DagsterInstance", backfill: str, months: list[str]) -> Iterator[str]:
    """Yield what of the backfill's runs and checks is not as it must be."""
    import dagster as dg

    from dayops_pipeline.runs import PERIOD

    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/backfill": backfill}))
    of_month = Counter(run.tags.get(PERIOD, "no month") for run in runs)
    click.echo(f"  {len(runs)} runs of {len(months)} months")
    if of_month != Counter(months):
        yield f"not one run a month: {dict(of_month)}"
    yield from (f"{run.run_id} of {run.tags.get(PERIOD)}: {run.status.name}" for run in runs if not run.is_success)
    yield from _checks_amiss(instance, {run.run_id for run in runs}, months)


def _checks_amiss(instance: "dg.DagsterInstance", runs: set[str], months: list[str]) -> Iterator[str]:
    from dayops_pipeline.definitions import defs

    results = 0
    for check in defs.resolve_asset_graph().asset_check_keys:
        history = instance.event_log_storage.get_asset_check_execution_history(check, limit=10 * len(months))
        told = Counter((one.partition, one.status.name) for one in history if one.run_id in runs)
        results += told.total()
        if sorted(str(month) for month, _ in told.elements()) != months or {name for _, name in told} & {"PLANNED"}:
            yield f"{check.to_user_string()}: {dict(told)}"
    click.echo(f"  {results} results of checks")


def grid(address: str) -> tuple[int, str]:
    """Return how many cells of the grid of arrivals the UI shows as filled, and which, in words."""
    [node] = ask(address, _GRID)["assetNodes"]
    shown = [
        f"{one['primaryDimStartKey']}..{one['primaryDimEndKey']}: "
        + ", ".join(one["secondaryDim"]["materializedPartitions"])
        for one in node["assetPartitionStatuses"].get("ranges", [])
    ]
    filled = node["partitionStats"]["numMaterialized"] if node["partitionStats"] else 0
    return int(filled), "; ".join(shown)


def check(settings: "Settings", address: str, months: list[str], cells: int) -> Iterator[str]:
    """Have the months backfilled, and yield what is not as it must be."""
    from dayops_pipeline.instance import instance

    began, backfill = time.monotonic(), launch(address, months)

    def status() -> str:
        return str(ask(address, _STATUS, id=backfill)["partitionBackfillOrError"]["status"])

    until(lambda: status() in _OVER, _SECONDS_A_MONTH * len(months))
    click.echo(f"  {status()} after {time.monotonic() - began:.0f} s")
    with instance(settings) as dagster:
        yield from amiss(dagster, backfill, months)
    until(lambda: grid(address)[0] == cells, 90)
    filled, which = grid(address)
    click.echo(f"  {filled} cells of the grid of arrivals, {time.monotonic() - began:.0f} s after the launch: {which}")
    if filled != cells:
        yield f"{filled} cells of the grid are filled, not {cells}"


@click.command()
@click.option("--months", "count", type=click.IntRange(1, 80), default=3, show_default=True, help="How many months.")
@click.option("--providers", type=click.IntRange(1), default=2, show_default=True, help="How many send returns.")
def main(count: int, providers: int) -> None:
    """Check a backfill; exit code 1 where something is not as it must be."""
    from assets.periods import MONTHS
    from resources.postgres import stop_embedded
    from resources.settings import load_settings

    months = list(MONTHS.get_partition_keys())[-count:]
    with tempfile.TemporaryDirectory(prefix="dayops-backfill-") as folder:
        home, returns = Path(folder) / "home", Path(folder) / "returns"
        Path(folder).chmod(0o755)
        settings = load_settings(environ={}, home=home, returns=str(returns))
        surroundings = {"DAYOPS_HOME": str(home), "DAYOPS_RETURNS": str(returns)}
        try:
            deliver(settings, providers, months)
            with serving(surroundings, Path(folder) / "ui.log") as served:
                troubles = list(check(settings, served.address, months, providers * count))
        finally:
            stop_embedded(settings)
    for trouble in troubles:
        click.echo(trouble)
    click.echo(f"A backfill of {count} months: {len(troubles)} troubles")
    raise SystemExit(bool(troubles))


if __name__ == "__main__":
    main()
