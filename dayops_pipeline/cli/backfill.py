"""`dayops backfill`: months taken through the whole walk again, due or not, each in runs of its own."""

from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli import desk, screen
from dayops_pipeline.cli.arguments import month

if TYPE_CHECKING:
    from dayops_pipeline.nightly import Done


@click.command(epilog="Example: dayops backfill 2023-04..2026-03")
@click.argument("months", metavar="FIRST..LAST")
@click.pass_context
def backfill(context: click.Context, /, *, months: str) -> None:
    """Take every month from FIRST to LAST through the walk again, and make each month's figures once.

    A month that fails keeps no other from running. Exit code 1: some failed; they are named at the end.
    """
    from dayops_pipeline.nightly import whole_months

    periods, console = chosen(context, months), screen.console()
    done = desk.run_months(console, desk.house(), periods, work=whole_months)
    failed = failed_months(done)
    click.echo(f"{len(periods)} months, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}.")
    context.exit(1 if failed else 0)


def chosen(context: click.Context, months: str) -> list[str]:
    """Return the months that FIRST..LAST, or one month, names; each must be over."""
    from assets.periods import MONTHS

    first, _, last = months.partition("..")
    bounds = [month(context, context.command.params[0], one) for one in (first, last or first)]
    periods = [one for one in MONTHS.get_partition_keys() if str(bounds[0]) <= one <= str(bounds[1])]
    if not periods or (periods[0], periods[-1]) != tuple(bounds):
        raise click.UsageError(
            f"{months} is not among the months that are over: {MONTHS.get_first_partition_key()}"
            f"..{MONTHS.get_last_partition_key()}."
        )
    return periods


def failed_months(done: "list[Done]") -> list[str]:
    """Return the months that a run failed for, in order."""
    return sorted({str(one.step.period) for one in done if not one.succeeded})
