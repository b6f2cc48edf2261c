"""`dayops run`, `dayops nightly`: the main job, and one night."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk, holding, screen

if TYPE_CHECKING:
    from rich.console import Console

    from dayops_pipeline.nightly import Done
    from resources.settings import Settings

SAMPLE_PROVIDERS = 60


@click.command(epilog="Example: dayops run --returns ~/returns")
@click.option(
    "--returns", "address", help="A folder of returns, or an SFTP, S3 or HTTPS address. Without it: a made-up sample."
)
@click.option(
    "--providers",
    type=click.IntRange(1),
    default=SAMPLE_PROVIDERS,
    show_default=True,
    help="Providers in the sample, if it is made.",
)
def run(address: str | None, providers: int) -> None:
    """Take returns all the way to the national indicators, and show them."""
    console = screen.console()
    settings = _settings(address)
    is_made_up = "returns" not in settings.model_fields_set
    if is_made_up:
        settings = _settings(str(_sample(console, settings, providers)))
    if address is not None:
        _must_be_there(settings)
    if holding.take_in(settings, warehouse_address(settings), is_made_up=is_made_up):
        console.print("   the made-up returns of an earlier run are cleared first")
    sys.exit(0 if _night(console, settings) else 1)


@click.command(epilog="Example: dayops nightly")
def nightly() -> None:
    """Run one night now, as the schedule does at 02:00: collect, then every month that something changed in."""
    sys.exit(0 if _night(screen.console(), settings_held()) else 1)


def _settings(address: str | None) -> "Settings":
    from resources.settings import SettingsError, load_settings

    if address is not None:
        os.environ["DAYOPS_RETURNS"] = address
    try:
        return load_settings()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def settings_held() -> "Settings":
    """Return the settings, with the returns of the last `dayops run` where none are named."""
    settings = _settings(None)
    last = holding.held(settings) if "returns" not in settings.model_fields_set else None
    return _settings(last.returns) if last else settings


def _must_be_there(settings: "Settings") -> None:
    from resources.source import SourceError, source_of

    try:
        with source_of(settings) as source:
            source.must_be_there()
    except SourceError as error:
        raise click.UsageError(str(error)) from error


def warehouse_address(settings: "Settings") -> str:
    """Return the address of the warehouse, its server started where it is our own."""
    from resources.postgres import warehouse_url

    return warehouse_url(settings)


def _sample(console: "Console", settings: "Settings", providers: int) -> Path:
    """Return a folder of made-up returns for the last three months, making it the first time."""
    from dayops_pipeline.cli.sample import MONTHS, sample
    from dayops_pipeline.sample.folder import last_months

    first, last = last_months(MONTHS, date.today())
    folder = settings.home / "sample" / f"{providers}-{first}-{last}"
    if not (folder / "faults.json").exists():
        console.print(f"[bold]1. Sample[/]  made-up returns of {providers} providers, {first} to {last}, in {folder}")
        arguments = [str(folder), "--providers", str(providers), "--months", f"{first}..{last}"]
        sample.main([*arguments, "--faults", "0.02", "--force"], standalone_mode=False)
    return folder


def _night(console: "Console", settings: "Settings") -> bool:
    """Run the night with its progress on the screen, then the tables; tell whether every run succeeded."""
    from rich.markup import escape

    from dayops_pipeline.nightly import night
    from resources.source import shown
    from warehouse.connection import migrate

    console.print("[bold]2. Warehouse[/]  starting Postgres and bringing the tables up to date")
    migrate(warehouse_address(settings))
    console.print("[bold]3. The night[/]  returns from", escape(shown(settings.returns)), soft_wrap=True)
    return _watched(console, settings, night)


def rebuild_night(console: "Console", settings: "Settings") -> bool:
    """Drop the warehouse but for its releases, note every archived delivery in it again, and run every month."""
    from assets.collect import recollect
    from assets.decisions import book_trail
    from assets.periods import MONTHS
    from assets.person_keys import book_keys, must_be_at_hand
    from dayops_pipeline.nightly import months
    from resources.archive import Archive
    from resources.house import House
    from warehouse.connection import connect, drop, is_up_to_date, migrate

    def rebuilt(*night: Any) -> "Iterator[Done]":
        # Only once this night is the one that is held: another may be loading what is dropped here.
        url = warehouse_address(settings)
        archive = Archive(settings.archive_dir)
        if is_up_to_date(url):
            book_trail(connect(url), archive)
            book_keys(connect(url), archive)
        must_be_at_hand(settings, archive)
        with desk.alone(console, House()):
            drop(url, keep_releases=True)
            migrate(url)
            recollect(connect(url), settings, set(MONTHS.get_partition_keys()).__contains__)
        yield from months(*night)

    return _watched(console, settings, rebuilt)


def _watched(console: "Console", settings: "Settings", work: "Callable[..., Iterable[Done]]") -> bool:
    from dayops_pipeline.instance import instance
    from resources.house import House

    one_at_a_time = desk.one_night(console, warehouse_address(settings))
    with instance(settings) as dagster, one_at_a_time, screen.Progress(console) as progress:
        done = [progress.finished(one) for one in work(House(), dagster, progress.started)]
    screen.stages(console, done)
    screen.results(console, settings, warehouse_address(settings))
    return all(one.succeeded and not one.troubles for one in done)
