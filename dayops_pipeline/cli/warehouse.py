"""`dayops warehouse`: its address, roles and state hash, rebuilding it, and the key and term of rows about people."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli import desk, screen
from dayops_pipeline.cli.arguments import JSON, print_json
from dayops_pipeline.cli.roles import roles

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.pseudonyms import PersonKey
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
    """Drop the warehouse and build it again from the raw archive alone.

    Releases, and what was decided about them, are carried over: they say what was known on their day.
    """
    from dayops_pipeline.cli.run import rebuild_night
    from resources.settings import load_settings

    settings = load_settings()
    if not yes:
        click.confirm(f"Drop the warehouse and rebuild it from {settings.archive_dir}?", abort=True)
    sys.exit(0 if rebuild_night(screen.console(), settings) else 1)


@warehouse.command(
    epilog="Examples: dayops warehouse rekey; with a key of your own: openssl rand -hex 32 > new.key, and then"
    " dayops warehouse rekey --to new.key"
)
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="The new key: a file with 64 hexadecimal digits. Without it one is made, where dayops keeps the key itself.",
)
@click.option("--lost", is_flag=True, help="The key in force is lost: the next night loads all rows of people anew.")
def rekey(file: Path | None, *, lost: bool) -> None:
    """Keep the references of people under a new key: all of them in one transaction, or none.

    What providers sent is read again for it, so nobody is mixed up with another, and figures and the state hash stay as
    they are. The key that was in force before opens nothing afterwards: destroy its copies.
    """
    from resources.person_key import is_own, new_key, read_key, where

    house = desk.house()
    settings = house.settings()
    if file is None and not is_own(settings):
        raise click.UsageError(f"The key is kept in {where(settings)}: name the file of the new one, --to.")
    new = new_key() if file is None else read_key(file)
    engine = desk.opened(house)
    with desk.alone(screen.console(), house):
        said = _let_go(engine, settings, new) if lost else _rekeyed(engine, settings, new)
    click.echo(said)
    if not is_own(settings):
        click.echo(f"From now on {where(settings)} must hold the new key.")


def _rekeyed(engine: "sa.Engine", settings: "Settings", new: "PersonKey") -> str:
    from assets.person_keys import key_at_hand
    from assets.rekey import rekey
    from resources.person_key import replacing

    old = key_at_hand(engine, settings)
    with replacing(settings, new):
        people = rekey(engine, settings, old, new)
    return f"The references of {people:,} people are kept under {new.key_id} now; before, it was {old.key_id}."


def _let_go(engine: "sa.Engine", settings: "Settings", new: "PersonKey") -> str:
    from assets.rekey import let_go
    from resources.person_key import replacing

    with replacing(settings, new):
        count = let_go(engine, settings, new)
    return f"The rows of people of {count:,} submissions are out; dayops nightly loads them anew, under {new.key_id}."


@warehouse.command(epilog="Examples: dayops warehouse retain; to delete what that shows: dayops warehouse retain --yes")
@click.option("--yes", is_flag=True, help="Delete it. Without this, nothing is changed.")
@JSON
def retain(*, yes: bool, as_json: bool) -> None:
    """Delete what is known of people of financial years that are over for longer than they are kept.

    Rows about people, refused rows of those sheets, the full returns themselves and their marked copies go; the sums in
    them, findings, figures and releases stay. A tombstone in the archive tells what there was, and a rebuild gives the
    same state hash. DAYOPS_RETENTION_MONTHS says how long after the financial year.
    """
    from assets import retention

    house = desk.house()
    engine, settings = desk.opened(house), house.settings()
    due = retention.due(engine, settings, house.today())
    if yes:
        with desk.alone(desk.progress_console(as_json=as_json), house):
            retention.retain(engine, settings, house.today())
    if as_json:
        print_json({"is_deleted": yes, "submissions": [asdict(one) for one in due]})
        return
    for one in due:
        what = ", ".join(f"{count:,} {name}" for name, count in one.rows.items())
        month = f"{one.period:%Y-%m}" if one.period else "no month"
        click.echo(f"{one.provider_id or 'unknown'} {month} {one.submission_no or ''}: {what}")
    click.echo(f"{len(due)} returns {'are cut down to their sums' if yes else 'are due to be cut down to their sums'}.")


def _address(settings: "Settings") -> str:
    from resources.postgres import warehouse_url

    return warehouse_url(settings)
