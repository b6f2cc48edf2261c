"""`dayops returns`, `dayops findings` and `dayops indicators`: looking at the warehouse from the command line."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import screen
from dayops_pipeline.cli.arguments import JSON, moment, month, print_json

if TYPE_CHECKING:
    import sqlalchemy as sa


def warehouse_connection() -> "sa.Connection":
    """Return a connection to the warehouse, its tables made first where there are none."""
    from resources.postgres import warehouse_url
    from resources.settings import load_settings
    from warehouse.connection import connect, migrate

    url = warehouse_url(load_settings())
    migrate(url)
    return connect(url).connect()


@click.command(epilog="Example: dayops returns --as-at 2026-10-20T12:00")
@click.option(
    "--as-at", "as_at", callback=moment, help="The returns that stood at this moment, such as 2026-10-20T12:00."
)
@JSON
def returns(as_at: datetime | None, *, as_json: bool) -> None:
    """Show how many files came for each month, and what became of them.

    With --as-at: the returns that stood for their months at a moment, by what had come and was decided by then, and by
    the rules of today.
    """
    from dayops_pipeline.cli import figures

    with warehouse_connection() as connection:
        if as_at is not None:
            _stood(figures.stood(connection, as_at), as_at, as_json=as_json)
            return
        rows = figures.returns(connection)
    if as_json:
        print_json(dict(rows))
    else:
        screen.console().print(screen.returns_table(rows))


def _stood(rows: list[dict[str, Any]], as_at: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
    elif rows:
        screen.console().print(screen.stood_table(rows, as_at))
    else:
        click.echo(f"No return stood at {as_at:%Y-%m-%d %H:%M %Z}: none had come by then.")


@click.command(epilog="Example: dayops findings --period 2026-08")
@click.option("--period", callback=month, help="One month, YYYY-MM; without it, all months.")
@JSON
def findings(period: str | None, *, as_json: bool) -> None:
    """Show what was found, by rule, the most frequent first."""
    from dayops_pipeline.cli import figures

    with warehouse_connection() as connection:
        rows = figures.findings(connection, period)
    if as_json:
        print_json(rows)
    else:
        screen.console().print(screen.finding_table(rows) if rows else "Nothing was found.")


@click.command(epilog="Example: dayops indicators --period 2026-08 --area W06000023")
@click.option("--period", callback=month, help="One month, YYYY-MM; without it, the newest.")
@click.option("--area", default="W92000004", show_default=True, help="Wales, a region (RPB_NW) or an authority.")
@JSON
def indicators(period: str | None, area: str, *, as_json: bool) -> None:
    """Show the protected indicators of one area and month."""
    from dayops_pipeline.cli import figures

    with warehouse_connection() as connection:
        newest = period or figures.newest_month(connection)
        rows = figures.figures(connection, newest, area) if newest else []
    if not rows:
        raise click.ClickException(f"There are no figures for {area} in {newest or 'any month'}: see dayops returns.")
    if as_json:
        print_json(rows)
    else:
        words = [figures.words(row) for row in rows]
        screen.console().print(screen.indicator_table(f"{area}, {newest}", words))
