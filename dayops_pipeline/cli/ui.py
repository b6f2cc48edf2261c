"""`dayops ui`: the Dagster UI, with its daemon, over the same warehouse, until it is stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli.run import settings_held, warehouse_address

if TYPE_CHECKING:
    import psutil

    from resources.settings import Settings

_PATIENCE_SECONDS = 3.0
"""How long a process may take to end when it is asked to."""


@click.command(epilog="Example: dayops ui --port 3000")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="The port, on this machine alone."
)
def ui(port: int) -> None:
    """Open the Dagster UI, with the schedule and the sensors running, until Ctrl-C."""
    from dayops_pipeline.instance import prepare
    from warehouse.connection import migrate

    settings = settings_held()
    _must_be_free(port)
    migrate(warehouse_address(settings))
    prepare(settings)
    click.echo(f"Dagster: http://127.0.0.1:{port}  (Ctrl-C to stop)")
    sys.exit(_serve(settings, port))


def _serve(settings: "Settings", port: int) -> int:
    """Run Dagster's services until they end or we are told to stop; return 0 where that was asked for."""
    command = [sys.executable, "-m", "dagster", "dev", "-w", _workspace(), "-h", "127.0.0.1", "-p", str(port)]
    family: list[psutil.Process] = []
    # In a session of its own: a Ctrl-C reaches us alone, and is handed on once.
    with subprocess.Popen(command, start_new_session=True) as dagster, _handed_on(dagster) as asked:
        while dagster.poll() is None:
            family = _family(dagster.pid) or family
            with suppress(subprocess.TimeoutExpired):
                dagster.wait(timeout=1)
    _end(settings, family)
    return 0 if asked else 1


@contextmanager
def _handed_on(dagster: "subprocess.Popen[bytes]") -> Iterator[list[int]]:
    """Hand the first request to stop on to Dagster, as the interrupt that it understands; yield what was asked."""
    asked: list[int] = []

    def stop(number: int, _: object) -> None:
        if not asked:
            dagster.send_signal(signal.SIGINT)
        asked.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _family(pid: int) -> "list[psutil.Process]":
    import psutil

    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _end(settings: "Settings", family: "list[psutil.Process]") -> None:
    """End what Dagster leaves behind for its code servers' time-out, unless a run is under way: it may finish."""
    import psutil

    left = [one for one in family if one.is_running()]
    if left and (runs := _under_way(settings)):
        click.echo(f"{runs} run(s) are under way and will finish by themselves.")
        return
    for one in left:
        with suppress(psutil.NoSuchProcess):
            one.terminate()
    for one in psutil.wait_procs(left, timeout=_PATIENCE_SECONDS)[1]:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def _under_way(settings: "Settings") -> int:
    import dagster as dg

    from dayops_pipeline.instance import instance

    going_on = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    with instance(settings) as dagster:
        return dagster.get_runs_count(dg.RunsFilter(statuses=going_on))


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
