"""`dayops returns`, `dayops findings` and `dayops indicators`: looking at the warehouse from the command line."""

import json
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    import sqlalchemy as sa

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def _connection() -> "sa.Connection":
    from resources.postgres import warehouse_url
    from resources.settings import load_settings
    from warehouse.connection import connect, migrate

    url = warehouse_url(load_settings())
    migrate(url)
    return connect(url).connect()


def _print(rows: Any) -> None:
    click.echo(json.dumps(rows, indent=2, default=str, ensure_ascii=False))


@click.command(epilog="Example: dayops returns")
@_JSON
def returns(*, as_json: bool) -> None:
    """Show how many files came for each month, and what became of them."""
    from dayops_pipeline.cli import figures

    with _connection() as connection:
        rows = figures.returns(connection)
    if as_json:
        _print(dict(rows))
    else:
        screen.console().print(screen.returns_table(rows))


@click.command(epilog="Example: dayops findings --period 2026-08")
@click.option("--period", help="One month, YYYY-MM; without it, all months.")
@_JSON
def findings(period: str | None, *, as_json: bool) -> None:
    """Show what was found, by rule, the most frequent first."""
    from dayops_pipeline.cli import figures

    with _connection() as connection:
        rows = figures.findings(connection, period)
    if as_json:
        _print(rows)
    else:
        screen.console().print(screen.finding_table(rows))


@click.command(epilog="Example: dayops indicators --period 2026-08 --area W06000023")
@click.option("--period", help="One month, YYYY-MM; without it, the newest.")
@click.option("--area", default="W92000004", show_default=True, help="Wales, a region (RPB_NW) or an authority.")
@_JSON
def indicators(period: str | None, area: str, *, as_json: bool) -> None:
    """Show the protected indicators of one area and month."""
    from dayops_pipeline.cli import figures

    with _connection() as connection:
        month = period or figures.newest_month(connection)
        rows = figures.figures(connection, month, area) if month else []
    if not rows:
        raise click.ClickException(f"There are no figures for {area} in {month or 'any month'}: see dayops returns.")
    if as_json:
        _print(rows)
    else:
        words = [figures.words(row) for row in rows]
        screen.console().print(screen.indicator_table(f"{area}, {month} (provisional)", words))
