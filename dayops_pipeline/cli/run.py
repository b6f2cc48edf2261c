"""`dayops run`, `dayops nightly`, `dayops ui`: the main job, one night, and the Dagster UI over the same warehouse."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    from rich.console import Console

    from dayops_pipeline.nightly import Done
    from resources.settings import Settings

SAMPLE_PROVIDERS = 60


@click.command(epilog="Example: dayops run --returns ~/returns")
@click.option("--returns", "address", help="A folder of returns, or any fsspec address. Without it: a made-up sample.")
@click.option(
    "--providers", default=SAMPLE_PROVIDERS, show_default=True, help="Providers in the sample, if it is made."
)
def run(address: str | None, providers: int) -> None:
    """Take returns all the way to the national indicators, and show them."""
    console = screen.console()
    settings = _settings(address)
    if address is None and "DAYOPS_RETURNS" not in os.environ:
        settings = _settings(str(_sample(console, settings, providers)))
    sys.exit(0 if _night(console, settings) else 1)


@click.command(epilog="Example: dayops nightly")
def nightly() -> None:
    """Run one night now, as the schedule does at 02:00: collect, then every month that something changed in."""
    sys.exit(0 if _night(screen.console(), _settings(None)) else 1)


@click.command(epilog="Example: dayops ui --port 3000")
@click.option("--port", default=3000, show_default=True, help="The port, on this machine alone.")
def ui(port: int) -> None:
    """Open the Dagster UI, with the schedule and the sensors running, until Ctrl-C."""
    from dayops_pipeline.instance import prepare
    from warehouse.connection import migrate

    settings = _settings(None)
    migrate(_warehouse(settings))
    prepare(settings)
    click.echo(f"Dagster: http://127.0.0.1:{port}  (Ctrl-C to stop)")
    command = [sys.executable, "-m", "dagster", "dev", "-w", _workspace(), "-h", "127.0.0.1", "-p", str(port)]
    sys.exit(subprocess.run(command, check=False).returncode)


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
    from dayops_pipeline.nightly import night
    from warehouse.connection import migrate

    console.print("[bold]2. Warehouse[/]  starting Postgres and bringing the tables up to date")
    migrate(_warehouse(settings))
    console.print(f"[bold]3. The night[/]  returns from {settings.returns}")
    return _watched(console, settings, night)


def rebuild_night(console: "Console", settings: "Settings") -> bool:
    """Drop the warehouse, note every archived delivery in it again, and run every month."""
    from assets.collect import recollect
    from assets.periods import MONTHS
    from dayops_pipeline.nightly import months
    from warehouse.connection import connect, drop, migrate

    url = _warehouse(settings)
    drop(url)
    migrate(url)
    with console.status("   reading the archive's book"):
        recollect(connect(url), settings, set(MONTHS.get_partition_keys()).__contains__)
    return _watched(console, settings, months)


def _watched(console: "Console", settings: "Settings", work: "Callable[..., Iterable[Done]]") -> bool:
    from dayops_pipeline.instance import instance
    from resources.house import House

    with instance(settings) as dagster, screen.Progress(console) as progress:
        done = [progress.finished(one) for one in work(House(), dagster, progress.started)]
    screen.stages(console, done)
    screen.results(console, settings, _warehouse(settings))
    return all(one.succeeded for one in done)
