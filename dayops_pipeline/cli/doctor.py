"""`dayops doctor`: what is in force, and what is wrong with it."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    from rich.console import Console

    from resources.settings import Settings


@click.command(epilog="Example: dayops doctor")
def doctor() -> None:
    """Say what settings are in force, and whether everything that dayops needs is well."""
    from rich.markup import escape
    from rich.table import Table

    from resources.settings import SettingsError, load_settings
    from resources.source import shown

    console = screen.console()
    try:
        settings = load_settings()
    except SettingsError as error:
        console.print(f"[red]Settings[/]  {escape(str(error))}")
        sys.exit(1)
    table = Table(show_header=False, box=None)
    for name, value in settings.model_dump(exclude={"limits"}).items():
        table.add_row(f"DAYOPS_{name.upper()}", escape(shown(str(value))))
    console.print(table)
    checks: dict[str, Callable[[], str]] = {
        "returns": lambda: _source(settings),
        "warehouse": _warehouse,
        "key of people's references": lambda: _person_key(settings),
        "channels of alerts": lambda: _channels(settings),
    }
    sys.exit(1 if [name for name, check in checks.items() if not _is_well(console, name, check)] else 0)


def _is_well(console: "Console", name: str, check: Callable[[], str]) -> bool:
    from rich.markup import escape

    try:
        console.print(f"[green]well[/]   {name}: {escape(check())}", soft_wrap=True)
    except Exception as error:
        console.print(f"[red]wrong[/]  {name}: {escape(str(error))}", soft_wrap=True)
        return False
    return True


def _source(settings: "Settings") -> str:
    from resources.source import source_of

    began = time.monotonic()
    with source_of(settings) as source:
        files = len(source.listing())
    return f"{source.address} answers and lists {files:,} files ({time.monotonic() - began:.1f} seconds)"


def _warehouse() -> str:
    import sqlalchemy as sa

    from dayops_pipeline.cli.look import warehouse_connection

    with warehouse_connection() as connection:
        version = connection.execute(sa.text("select version()")).scalar()
    return str(version).partition(" on ")[0]


def _person_key(settings: "Settings") -> str:
    from dayops_pipeline.cli.look import warehouse_connection
    from resources.person_key import find_key, where
    from warehouse import persons

    with warehouse_connection() as connection:
        known = persons.in_force(connection)
    if known is None:
        return f"none is in force, since no row about a person was loaded yet; it is looked for in {where(settings)}"
    return f"{find_key(settings, known).key_id} ({where(settings)}), in force since {known.in_force_from:%Y-%m-%d}"


def _channels(settings: "Settings") -> str:
    from resources.channels import channels

    return ", ".join(one.name for one in channels(settings)) or "none is set: see docs/operating/alerts.md"
