"""`dayops runs`: what Dagster remembers of its runs, and deleting what nothing rests on."""

import click

from dayops_pipeline.cli.arguments import JSON, print_json
from resources.settings import LEAST_DAYS_OF_RUNS


@click.group(epilog="Example: dayops runs prune --keep-days 400 --dry-run")
def runs() -> None:
    """Look after the runs that Dagster remembers."""


@runs.command(epilog="Example: dayops runs prune --keep-days 400 --dry-run")
@click.option(
    "--keep-days",
    type=click.IntRange(LEAST_DAYS_OF_RUNS),
    help="Keep what ended in the last so many days. Without it: DAYOPS_KEEP_RUNS_DAYS.",
)
@click.option("--dry-run", is_flag=True, help="Delete nothing, only count.")
@JSON
def prune(keep_days: int | None, *, dry_run: bool, as_json: bool) -> None:
    """Delete old runs that nothing rests on, with their events and what they printed.

    For every month of every asset the run that made it last stays, and so does that of the last result of every check:
    no month is shown as missing afterwards.
    """
    from dayops_pipeline import pruning
    from dayops_pipeline.cli import desk
    from dayops_pipeline.instance import instance

    house = desk.house()
    settings = house.settings()
    days = keep_days or settings.keep_runs_days
    if days is None:
        raise click.UsageError("Say how long runs are kept: --keep-days or DAYOPS_KEEP_RUNS_DAYS.")
    with instance(settings) as dagster:
        found = pruning.prunable(dagster, house.now(), days)
        deleted = 0 if dry_run else pruning.prune(dagster, found.runs)
    if as_json:
        print_json({"deletable": len(found.runs), "deleted": deleted, "kept": found.kept})
    else:
        said = "could be deleted" if dry_run else "are deleted"
        click.echo(f"{len(found.runs)} runs older than {days} days {said}; {found.kept} others are rested on.")
