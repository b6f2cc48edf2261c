"""`make bench-night`: what an empty night takes from tick to success, beside an empty run of Dagster's own.

Under a real daemon and code server a schedule ticks every minute, by turns for a night with nothing new and for a job
with nothing in it. And: how long the definitions take to load, a code server to answer, and the UI to answer first.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.operation.service import HERE, a_home, a_service
from bench.proxy import free_port
from bench.recall import machine
from resources.house import House

if TYPE_CHECKING:
    import dagster as dg

OURS, EMPTY = "dayops_pipeline.definitions", "bench.operation.empty"
LIMIT_SECONDS = 30.0
"""An empty night that takes longer is no cheap one."""

_PARTS = {
    "tick to queue": ("tick", "PIPELINE_ENQUEUED"),
    "in the queue": ("PIPELINE_ENQUEUED", "PIPELINE_STARTING"),
    "process to start": ("PIPELINE_STARTING", "PIPELINE_START"),
    "run": ("PIPELINE_START", "PIPELINE_SUCCESS"),
    "tick to success": ("tick", "PIPELINE_SUCCESS"),
}
_DEFAULTS = ("run_coordinator", "run_launcher")
_QUERY = "{ assetNodes { id assetKey { path } } }"


# --- from tick to success ---------------------------------------------------------------------------------------------


def runs_of(instance: "dg.DagsterInstance", job: str) -> list[dict[str, float]]:
    """Return the parts of every run of `job` that a schedule started, in seconds, the first left out as warming up."""
    import dagster as dg

    filters = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS])
    records = instance.get_run_records(filters=filters, ascending=True)
    return [_parts(instance, record.dagster_run) for record in records][1:]


def _parts(instance: "dg.DagsterInstance", run: "dg.DagsterRun") -> dict[str, float]:
    entries = instance.all_logs(run.run_id)
    at = {entry.dagster_event_type.value: entry.timestamp for entry in entries if entry.dagster_event_type}
    at["tick"] = at["PIPELINE_ENQUEUED"] // 60 * 60
    return {name: at[last] - at[first] for name, (first, last) in _PARTS.items()}


def _ticked(instance: "dg.DagsterInstance", repetitions: int) -> dict[str, list[dict[str, float]]]:
    """Wait until each of the jobs has run so many times."""
    until = time.monotonic() + 120 * (repetitions + 2)
    while time.monotonic() < until:
        seen = {job: runs_of(instance, job) for job in ("nightly", "empty")}
        if all(len(runs) >= repetitions for runs in seen.values()):
            return {job: runs[:repetitions] for job, runs in seen.items()}
        time.sleep(1)
    raise SystemExit("the schedule did not run in time")


# --- loading and answering --------------------------------------------------------------------------------------------


def loading_seconds(module: str) -> float:
    """Return what a new Python takes to import a module's definitions."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True, cwd=HERE)
    return time.perf_counter() - began


def code_server_seconds(module: str) -> float:
    """Return what a code server takes until it answers."""
    from dagster._grpc.client import DagsterGrpcClient

    port = free_port()
    began = time.perf_counter()
    with _process("-m", "dagster", "api", "grpc", "-m", module, "-p", str(port)):
        client = DagsterGrpcClient(port=port, host="localhost")
        _until(lambda: client.ping("") is not None)
        return time.perf_counter() - began


def ui_seconds(module: str) -> tuple[float, float]:
    """Return what the UI takes until it is up, and until it has first answered what assets there are."""
    port = free_port()
    began = time.perf_counter()
    with _process("-m", "dagster_webserver", "-m", module, "-h", "127.0.0.1", "-p", str(port)):
        _until(lambda: bool(_answer(port, "/server_info")))
        is_up = time.perf_counter() - began
        _until(lambda: "data" in json.loads(_answer(port, "/graphql", _QUERY)))
        return is_up, time.perf_counter() - began


def _answer(port: int, path: str, query: str | None = None) -> bytes:
    data = json.dumps({"query": query}).encode() if query else None
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return bytes(answer.read())


@contextmanager
def _process(*words: str) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, *words], cwd=HERE, stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            process.terminate()


def _until(answers: Callable[[], bool], seconds: float = 120) -> None:
    from dagster._core.errors import DagsterUserCodeUnreachableError

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if answers():
                return
        except (OSError, urllib.error.URLError, DagsterUserCodeUnreachableError):
            pass
        time.sleep(0.02)
    raise SystemExit("a server did not answer in time")


# --- the command ------------------------------------------------------------------------------------------------------


def told(name: str, ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Return one line of the table: the medians, with least and most, and their ratio."""
    one, other = statistics.median(ours), statistics.median(theirs)
    spread = f"{min(ours):.2f}-{max(ours):.2f}"
    return f"  {name:<28} {one:>7.2f} s {spread:>13}   {other:>7.2f} s   {one / other if other else 1:>6.2f}"


def _by_dagsters_defaults(home: Path) -> None:
    """Take out of Dagster's configuration what was set to make a night quicker and safer."""
    import yaml  # type: ignore[import-untyped]

    path = home / "dagster" / "dagster.yaml"
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({key: value for key, value in given.items() if key not in _DEFAULTS}))


@click.command()
@click.option("--repetitions", type=click.IntRange(1), default=5, show_default=True)
@click.option("--defaults", is_flag=True, help="With Dagster's own queue, to compare.")
@click.option("--only", type=click.Choice(["loading", "nights"]), help="Loading and answering alone, or nights alone.")
def night(repetitions: int, defaults: bool, only: str | None) -> None:
    """Measure; exit code 1 where an empty night takes longer than is promised."""
    import dagster as dg

    from dayops_pipeline.instance import prepare
    from warehouse.connection import migrate

    with a_home() as settings:
        migrate(House().warehouse_url())
        prepare(settings)
        if defaults:
            _by_dagsters_defaults(settings.home)
        loading = {} if only == "nights" else _loading(repetitions)
        lines = [told(name, *taken) for name, taken in loading.items()]
        longest = 0.0
        if only != "loading":
            with dg.DagsterInstance.get() as instance, a_service(settings.home, "bench.operation.minutely"):
                seen = _ticked(instance, repetitions)
            lines += [
                told(part, *([run[part] for run in seen[job]] for job in ("nightly", "empty"))) for part in _PARTS
            ]
            longest = statistics.median(run["tick to success"] for run in seen["nightly"])
    click.echo(f"bench-night: {machine()}; medians of {repetitions}, least to most, Dagster with nothing in it, ratio")
    click.echo("\n".join(lines))
    raise SystemExit(longest > LIMIT_SECONDS)


def _loading(repetitions: int) -> dict[str, tuple[list[float], list[float]]]:
    """Measure ours and the empty one by turns."""
    os.environ["PYTHONPATH"] = str(HERE)
    taken: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(repetitions):
        for turn, module in enumerate((OURS, EMPTY)):
            is_up, answered = ui_seconds(module)
            measured = {
                "definitions imported": loading_seconds(module),
                "code server answers": code_server_seconds(module),
                "UI is up": is_up,
                "UI first answers": answered,
            }
            for name, seconds in measured.items():
                taken.setdefault(name, ([], []))[turn].append(seconds)
    return taken


if __name__ == "__main__":
    night()
