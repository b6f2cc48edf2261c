"""`make check-celery`: nights carried by two workers behind a real Redis, which must leave the same warehouse.

The same made-up returns are run twice: by one process, and by Celery's workers in a house of their own. Printed is
which worker carried how many stages of which month, and both state hashes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.proxy import free_port

if TYPE_CHECKING:
    import dagster as dg

    from dayops_pipeline.nightly import Step

WORKERS = ("one", "two")
_REDIS = shutil.which("redis-server") or ""
_DAYOPS = [sys.executable, "-c", "from dayops_pipeline.cli import main; main()"]


@click.command()
@click.option("--providers", default=6, show_default=True, help="Providers in the sample.")
@click.option("--months", default="2026-08..2026-10", show_default=True, help="Months that they send.")
def main(providers: int, months: str) -> None:
    """Run the nights both ways and compare."""
    if not _REDIS:
        sys.exit("Redis is wanted: apt install redis-server")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dayops-celery-")))
        folder.chmod(0o755)
        returns, alone, shared = folder / "returns", folder / "alone", folder / "shared"
        _dayops(
            alone, returns, "sample", str(returns), "--providers", str(providers), "--months", months, "--no-baseline"
        )
        began = time.perf_counter()
        stack.callback(_stop, alone)
        _dayops(alone, returns, "nightly")
        click.echo(f"one process: {time.perf_counter() - began:.1f} s")
        stack.callback(_stop, shared)
        with _redis(folder) as broker:
            carried = _by_workers(shared, returns, broker)
        hashes = [_dayops(home, returns, "warehouse", "hash").split()[-1] for home in (alone, shared)]
    _say(carried, hashes)


def _say(carried: dict[str, Counter[str]], hashes: list[str]) -> None:
    for what, by in sorted(carried.items()):
        click.echo(f"  {what:18} " + "  ".join(f"{worker}: {by[worker]} stages" for worker in sorted(by)))
    click.echo(f"state hash of one process: {hashes[0]}\nstate hash of two workers: {hashes[1]}")
    used = {worker for by in carried.values() for worker in by}
    is_well = hashes[0] == hashes[1] and len(used) == len(WORKERS)
    click.echo("the same, by two workers" if is_well else "WRONG: they differ, or one worker carried nothing")
    sys.exit(0 if is_well else 1)


def _surroundings(home: Path, returns: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "DAYOPS_HOME": str(home), "DAYOPS_RETURNS": str(returns), **more}


def _dayops(home: Path, returns: Path, *words: str) -> str:
    done = subprocess.run([*_DAYOPS, *words], env=_surroundings(home, returns), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"dayops {' '.join(words)} failed: {done.stderr or done.stdout}")
    return done.stdout


def _stop(home: Path) -> None:
    from resources.postgres import stop_embedded
    from resources.settings import load_settings

    stop_embedded(load_settings(environ={}, home=home))


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing, and return its address."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running([_REDIS, *options], dict(os.environ), folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _running(command: list[str], surroundings: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as told:
        process = subprocess.Popen(command, env=surroundings, stdout=told, stderr=told)
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def _by_workers(home: Path, returns: Path, broker: str) -> dict[str, Counter[str]]:
    """Run the night by workers, and return which carried how many stages of what."""
    given = _surroundings(home, returns, DAYOPS_EXECUTOR="celery", DAYOPS_BROKER_URL=broker)
    for words in (["warehouse", "migrate"], ["instance", "migrate"]):
        subprocess.run([*_DAYOPS, *words], env=given, check=True, capture_output=True)
    with ExitStack() as stack:
        for name in WORKERS:
            worker = [*_DAYOPS, "serve", "worker", "--name", name]
            stack.enter_context(_running(worker, given, home / f"{name}.log"))
        os.environ.update(given)
        began = time.perf_counter()
        carried = _night()
        click.echo(f"two workers: {time.perf_counter() - began:.1f} s")
    return carried


def _night() -> dict[str, Counter[str]]:
    from dayops_pipeline.instance import instance
    from dayops_pipeline.nightly import Step, figure_steps, returns_steps
    from resources.house import House
    from resources.settings import load_settings

    carried: dict[str, Counter[str]] = {}
    with instance(load_settings()) as dagster:
        carried["nightly"] = _carried(Step("nightly"), dagster)
        for step in returns_steps(House(), dagster):
            carried[f"{step.job} {step.period}"] = _carried(step, dagster)
        for step in figure_steps(House(), dagster):
            carried[f"{step.job} {step.period}"] = _carried(step, dagster)
    return carried


def _carried(step: "Step", dagster: "dg.DagsterInstance") -> Counter[str]:
    """Run one step of the night as the daemon's run would, and count the stages by worker."""
    import dagster as dg
    from dagster._core.definitions.reconstruct import ReconstructableRepository

    repository = ReconstructableRepository.for_module("dayops_pipeline.definitions", "defs")
    month = {"dagster/partition": step.period} if step.period else {}
    job = repository.get_reconstructable_job(step.job)
    with dg.execute_job(job, dagster, tags=month) as result:
        if not result.success:
            raise RuntimeError(f"{step} failed: run {result.run_id}")
        return Counter(_workers(dagster, result.run_id))


def _workers(dagster: "dg.DagsterInstance", run_id: str) -> Iterator[str]:
    for entry in dagster.all_logs(run_id):
        event = entry.dagster_event
        if event and event.is_engine_event and "Celery worker" in event.engine_event_data.metadata:
            yield str(event.engine_event_data.metadata["Celery worker"].value).partition("@")[0]


if __name__ == "__main__":
    main()
