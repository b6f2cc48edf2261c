"""`dayops returns`, `dayops findings` and `dayops indicators`: looking at the warehouse from the command line."""

import json
import re
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    import sqlalchemy as sa

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def warehouse_connection() -> "sa.Connection":
    """Return a connection to the warehouse, its tables made first where there are none."""
    from resources.postgres import warehouse_url
    from resources.settings import load_settings
    from warehouse.connection import connect, migrate

    url = warehouse_url(load_settings())
    migrate(url)
    return connect(url).connect()


def _month(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", value):
        raise click.BadParameter(f"{value!r} is no month: YYYY-MM is wanted, such as 2026-08.")
    return value


def _print(rows: Any) -> None:
    click.echo(json.dumps(rows, indent=2, default=str, ensure_ascii=False))


@click.command(epilog="Example: dayops returns")
@_JSON
def returns(*, as_json: bool) -> None:
    """Show how many files came for each month, and what became of them."""
    from dayops_pipeline.cli import figures

    with warehouse_connection() as connection:
        rows = figures.returns(connection)
    if as_json:
        _print(dict(rows))
    else:
        screen.console().print(screen.returns_table(rows))


@click.command(epilog="Example: dayops findings --period 2026-08")
@click.option("--period", callback=_month, help="One month, YYYY-MM; without it, all months.")
@_JSON
def findings(period: str | None, *, as_json: bool) -> None:
    """Show what was found, by rule, the most frequent first."""
    from dayops_pipeline.cli import figures

    with warehouse_connection() as connection:
        rows = figures.findings(connection, period)
    if as_json:
        _print(rows)
    else:
        screen.console().print(screen.finding_table(rows) if rows else "Nothing was found.")


@click.command(epilog="Example: dayops indicators --period 2026-08 --area W06000023")
@click.option("--period", callback=_month, help="One month, YYYY-MM; without it, the newest.")
@click.option("--area", default="W92000004", show_default=True, help="Wales, a region (RPB_NW) or an authority.")
@_JSON
def indicators(period: str | None, area: str, *, as_json: bool) -> None:
    """Show the protected indicators of one area and month."""
    from dayops_pipeline.cli import figures

    with warehouse_connection() as connection:
        month = period or figures.newest_month(connection)
        rows = figures.figures(connection, month, area) if month else []
    if not rows:
        raise click.ClickException(f"There are no figures for {area} in {month or 'any month'}: see dayops returns.")
    if as_json:
        _print(rows)
    else:
        words = [figures.words(row) for row in rows]
        screen.console().print(screen.indicator_table(f"{area}, {month}", words))
