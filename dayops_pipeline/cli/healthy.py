"""`dayops healthy`: what a monitor outside asks, to hear of a night that did not run when nothing else can tell."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import dagster as dg


@click.command(epilog="Example: dayops healthy || page-someone")
@click.option("--no-daemon", is_flag=True, help="Leave the daemon out: nights are run by something else, such as cron.")
def healthy(*, no_daemon: bool) -> None:
    """Exit with 1 when no night has ended well for too long, or the daemon has not been heard of; else with 0."""
    from dayops_pipeline.instance import instance
    from resources.settings import load_settings

    settings = load_settings()
    with instance(settings) as dagster:
        wrong = list(_wrong(dagster, settings.night_late_hours, has_daemon=not no_daemon))
    for line in wrong or ["The last night ended well, and the daemon is heard of."]:
        click.echo(line)
    sys.exit(1 if wrong else 0)


def _wrong(dagster: "dg.DagsterInstance", hours: int, *, has_daemon: bool) -> Iterator[str]:
    from dayops_pipeline.telling.night import last_night, silent_daemons

    last = last_night(dagster)
    if last is None:
        yield "No night has ended well yet."
    elif datetime.now(UTC) - last > timedelta(hours=hours):
        yield f"No night has ended well since {last:%Y-%m-%d %H:%M} UTC, more than {hours} hours ago."
    silent = silent_daemons(dagster) if has_daemon else []
    if silent:
        yield f"Dagster's daemon is not heard of: {', '.join(silent)}."
