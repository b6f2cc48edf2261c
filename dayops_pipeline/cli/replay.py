"""`dayops replay`: refused rows judged again from the archive, under the contract and the waivers in force."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk, screen
from dayops_pipeline.cli.arguments import JSON, chosen_rows, print_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dayops_pipeline.nightly import Done
    from warehouse.quarantine import Chosen


@click.command(epilog="Example: dayops replay --rule V12 --period 2026-08")
@chosen_rows
@click.option("--all", "is_all", is_flag=True, help="Everything that is in quarantine.")
@JSON
@click.pass_context
def replay(context: click.Context, /, *, is_all: bool, as_json: bool, **asked: str | None) -> None:
    """Judge the submissions that the chosen refused rows came in again, and load what is accepted now.

    Files are read anew from the archive, and figures are made anew as a night makes them. What is admitted leaves a
    trail in landing.readmission. Exit code 1: there is no such row, or a run failed.
    """
    from warehouse import quarantine
    from warehouse.quarantine import Chosen

    chosen = Chosen(**asked)
    if is_all == (chosen != Chosen()):
        raise click.UsageError("Say which rows: --provider, --period, --rule, --sheet, or --all.")
    house = desk.house()
    engine = desk.opened(house)
    with engine.begin() as connection:
        before = quarantine.size(connection, chosen)
        submissions = quarantine.submissions(connection, chosen)
    if not submissions:
        raise click.ClickException("No refused row matches: dayops quarantine lists what there is.")
    began: list[datetime] = []

    def take_up() -> None:
        from assets.read import read_again

        began.append(datetime.now(UTC))
        read_again(engine, house.restricted(), submissions)

    done = desk.run_months(desk.progress_console(as_json=as_json), house, set(submissions.values()), take_up)
    told = {"submissions": len(submissions), "rows_before": before, **_came_to(engine, chosen, began[0])}
    _tell(told, done, as_json=as_json)
    context.exit(0 if all(one.succeeded for one in done) else 1)


def _came_to(engine: "sa.Engine", chosen: "Chosen", began: datetime) -> dict[str, Any]:
    from warehouse import quarantine, readmission

    with engine.begin() as connection:
        admitted = readmission.since(connection, began)
        return {
            "rows_after": quarantine.size(connection, chosen),
            "rows_readmitted": sum(len(one["rows"]) for one in admitted),
            "readmitted": admitted,
        }


def _tell(told: dict[str, Any], done: "list[Done]", *, as_json: bool) -> None:
    if as_json:
        print_json({**told, "runs": [{"job": one.step.job, "period": one.step.period} for one in done]})
        return
    click.echo(
        f"{told['submissions']} submissions were judged again. Of the chosen rows {told['rows_before']:,} were in"
        f" quarantine, and {told['rows_after']:,} are now; {told['rows_readmitted']:,} rows were admitted."
    )
    if told["readmitted"]:
        screen.console().print(screen.readmission_table(told["readmitted"]))
