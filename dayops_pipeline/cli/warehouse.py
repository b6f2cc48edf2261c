"""`dayops warehouse`: its address, its roles, its state hash, and rebuilding it from the raw archive."""

import sys
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli import screen
from dayops_pipeline.cli.roles import roles

if TYPE_CHECKING:
    from resources.settings import Settings


@click.group()
def warehouse() -> None:
    """Look after the warehouse."""


warehouse.add_command(roles)


@warehouse.command(epilog='Example: psql "$(dayops warehouse url)"')
def url() -> None:
    """Print the SQL address of the warehouse with its owner's password; for a BI tool see `dayops warehouse roles`."""
    from resources.settings import load_settings

    click.echo(_address(load_settings()).replace("postgresql+psycopg://", "postgresql://", 1))


@warehouse.command(name="hash", epilog="Example: dayops warehouse hash --tables")
@click.option("--tables", is_flag=True, help="Print the hash of each table as well.")
def state_hash(*, tables: bool) -> None:
    """Print the SHA-256 of everything that the warehouse knows, the same for the same returns."""
    from dayops_pipeline.cli.look import warehouse_connection
    from warehouse import state

    with warehouse_connection() as connection:
        if tables:
            for name, digest in state.state_hashes(connection).items():
                click.echo(f"{digest}  {name}")
        click.echo(state.state_hash(connection))


@warehouse.command(epilog="Example: dayops warehouse migrate")
def migrate() -> None:
    """Bring the tables up to date."""
    from resources.settings import load_settings
    from warehouse import connection

    connection.migrate(_address(load_settings()))
    click.echo("The tables are up to date.")


@warehouse.command(epilog="Example: dayops warehouse rebuild --yes")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rebuild(*, yes: bool) -> None:
    """Drop the warehouse and build it again from the raw archive alone; releases made before are not kept in it."""
    from dayops_pipeline.cli.run import rebuild_night
    from resources.settings import load_settings

    settings = load_settings()
    if not yes:
        click.confirm(f"Drop the warehouse and rebuild it from {settings.archive_dir}?", abort=True)
    sys.exit(0 if rebuild_night(screen.console(), settings) else 1)


def _address(settings: "Settings") -> str:
    from resources.postgres import warehouse_url

    return warehouse_url(settings)
