"""`dayops run`, `dayops nightly`, `dayops ui`: the main job, one night, and the Dagster UI over the same warehouse."""

import os
import signal
import socket
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
@click.option("--returns", "address", help="A folder of returns, or any fsspec address. Without it: a made-up sample.")
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
    if holding.take_in(settings, _warehouse(settings), is_made_up=is_made_up):
        console.print("   the made-up returns of an earlier run are cleared first")
    sys.exit(0 if _night(console, settings) else 1)


@click.command(epilog="Example: dayops nightly")
def nightly() -> None:
    """Run one night now, as the schedule does at 02:00: collect, then every month that something changed in."""
    sys.exit(0 if _night(screen.console(), _settings_held()) else 1)


@click.command(epilog="Example: dayops ui --port 3000")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="The port, on this machine alone."
)
def ui(port: int) -> None:
    """Open the Dagster UI, with the schedule and the sensors running, until Ctrl-C."""
    from dayops_pipeline.instance import prepare
    from warehouse.connection import migrate

    settings = _settings_held()
    _must_be_free(port)
    migrate(_warehouse(settings))
    prepare(settings)
    click.echo(f"Dagster: http://127.0.0.1:{port}  (Ctrl-C to stop)")
    command = [sys.executable, "-m", "dagster", "dev", "-w", _workspace(), "-h", "127.0.0.1", "-p", str(port)]
    # In our place, so that whoever stops this process stops Dagster, which then ends its own; also where a script has
    # put us in the background, deaf to Ctrl-C, which Dagster would take over for every signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.execv(sys.executable, command)  # noqa: S606


def _must_be_free(port: int) -> None:
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(f"Port {port} is not free ({error.strerror}): name another, --port.") from error


def _workspace() -> str:
    """Return a workspace file: the project's own, or the same written into Dagster's home when dayops is installed."""
    own = Path(__file__).parents[2] / "workspace.yaml"
    if own.exists():
        return str(own)
    written = Path(os.environ["DAGSTER_HOME"]) / "workspace.yaml"
    written.write_text(
        "load_from:\n  - python_module:\n      module_name: dayops_pipeline.definitions\n      location_name: dayops\n"
    )
    return str(written)


def _settings(address: str | None) -> "Settings":
    from resources.settings import SettingsError, load_settings

    if address is not None:
        os.environ["DAYOPS_RETURNS"] = address
    try:
        return load_settings()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def _settings_held() -> "Settings":
    """Return the settings, with the returns of the last `dayops run` where none are named."""
    settings = _settings(None)
    last = holding.held(settings) if "returns" not in settings.model_fields_set else None
    return _settings(last.returns) if last else settings


def _must_be_there(settings: "Settings") -> None:
    from resources.source import Source, SourceError

    try:
        Source(settings.returns).must_be_there()
    except SourceError as error:
        raise click.UsageError(str(error)) from error


def _warehouse(settings: "Settings") -> str:
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
    migrate(_warehouse(settings))
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
        url = _warehouse(settings)
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

    one_at_a_time = desk.one_night(console, _warehouse(settings))
    with instance(settings) as dagster, one_at_a_time, screen.Progress(console) as progress:
        done = [progress.finished(one) for one in work(House(), dagster, progress.started)]
    screen.stages(console, done)
    screen.results(console, settings, _warehouse(settings))
    return all(one.succeeded and not one.troubles for one in done)
