"""`make check-kills`: `kill -9` of what runs a night, at random moments, and what is left of it afterwards.

Killed are the process of a run, the daemon, the code server, and the code server with the run that it watches. After
each: no run may count as under way for more than two polls of run monitoring without a process, the night must converge
by Dagster's own retry or by the next night, and the warehouse must be that of an undisturbed night, cell by cell. No
place in a pool may stay held, and no process may be left.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import click
import psutil

from bench.operation.service import Service, a_home, a_service, below, gone_within, living, slots_held, under_way
from bench.recall import machine
from dayops_pipeline.instance import POLL_SECONDS
from resources.house import House

if TYPE_CHECKING:
    import dagster as dg

    from resources.settings import Settings

PATIENCE_SECONDS, PATIENCE = 240, 5
"""How long a night may take, retries included, before the next is asked for; or so many times the usual, if more."""
TRIES = 5
"""How often a moment is drawn until there is something to kill at it: a night may be over sooner than usual."""
LINGERING_SECONDS = 45
"""How long a code server may outlive its daemon: it waits for 20 seconds without a sign, and for its runs."""


@dataclass(slots=True)
class Round:
    """One kill: of what, how far into the night, and what followed."""

    victim: str
    at_seconds: float
    hit: str = ""
    unwatched_seconds: float = 0.0
    nights: int = 1
    retries: int = 0
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Ground:
    """Where the kills happen."""

    settings: "Settings"
    service: Service
    instance: "dg.DagsterInstance"
    usual_seconds: float = 0.0
    usual_hash: str = ""

    def clear(self) -> None:
        """Make the house as it was before any night; what Dagster remembers stays."""
        from warehouse.connection import drop, migrate

        url = House().warehouse_url()
        drop(url)
        migrate(url)
        for name in ("archive", "replies", "releases", "published", "restricted"):
            shutil.rmtree(self.settings.home / name, ignore_errors=True)

    def hash(self) -> str:
        """Return what the warehouse holds, as one number."""
        from warehouse.connection import connect
        from warehouse.state import state_hash

        with connect(House().warehouse_url()).connect() as connection:
            return state_hash(connection)

    def watched(self, since: float, seen: Round, strike: Callable[[], bool]) -> bool:
        """Watch the night until all is done, striking when it is time; tell whether it was done in time."""
        lost: dict[str, float] = {}
        has_struck = False
        until = time.monotonic() + max(PATIENCE_SECONDS, PATIENCE * self.usual_seconds)
        while time.monotonic() < until:
            has_struck = has_struck or strike()
            _note_unwatched(self.instance, lost, seen)
            if self._is_done(since):
                return True
            time.sleep(0.3)
        return False

    def _is_done(self, since: float) -> bool:
        from dayops_pipeline.nightly import figure_steps, returns_steps

        if under_way(self.instance) or not _collected(self.instance, since):
            return False
        return not returns_steps(House(), self.instance) and not figure_steps(House(), self.instance)


def _collected(instance: "dg.DagsterInstance", since: float) -> bool:
    import dagster as dg

    filters = dg.RunsFilter(job_name="nightly", statuses=[dg.DagsterRunStatus.SUCCESS])
    return any((record.end_time or 0) > since for record in instance.get_run_records(filters=filters, limit=3))


def _note_unwatched(instance: "dg.DagsterInstance", lost: dict[str, float], seen: Round) -> None:
    """Note for how long a run has counted as under way without a process."""
    now = time.monotonic()
    empty = {run.run_id for run in under_way(instance) if run.status.name == "STARTED" and not _worker(instance, run)}
    for run_id in empty:
        seen.unwatched_seconds = max(seen.unwatched_seconds, now - lost.setdefault(run_id, now))


def _worker(instance: "dg.DagsterInstance", run: "dg.DagsterRun") -> psutil.Process | None:
    from dayops_pipeline.launcher import processes_of
    from dayops_pipeline.runs import is_alive

    alive = [number for number, since in processes_of(instance, run.run_id) if is_alive(number, since)]
    return psutil.Process(alive[-1]) if alive else None


# --- the kills --------------------------------------------------------------------------------------------------------


def _strike(ground: Ground, seen: Round, fallen: list[psutil.Process]) -> bool:
    """Kill the victim; tell whether there was one."""
    running = [run for run in under_way(ground.instance) if run.status.name == "STARTED"]
    worker = _worker(ground.instance, running[0]) if running else None
    targets = _targets(ground.service, seen.victim, worker)
    if not targets:
        return False
    fallen += [process for target in targets for process in (*below(target.pid), target)]
    seen.hit = _place(ground.instance, running[0]) if running else "between runs"
    for target in targets:
        with suppress(psutil.NoSuchProcess):  # it ended by itself at this very moment
            target.kill()
    if seen.victim == "daemon":
        ground.service.kill()
        time.sleep(2)
        ground.service.start()
    return True


def _targets(service: Service, victim: str, worker: psutil.Process | None) -> list[psutil.Process]:
    """Return the processes to kill: none where what is wanted is not there."""
    server = service.code_server()
    of_run = [worker] if worker else []
    match victim:
        case "run":
            return of_run
        case "daemon":
            return [psutil.Process(service.daemon.pid)] if service.daemon else []
        case "code server":
            return [server] if server else []
        case _:
            return [server, *of_run] if server and of_run else []


def _place(instance: "dg.DagsterInstance", run: "dg.DagsterRun") -> str:
    """Return which stage of which job a run is in."""
    import dagster as dg

    begun = [entry.step_key for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)]
    return f"{run.job_name}: {begun[-1] if begun else 'start'}"


def one_round(ground: Ground, victim: str, at_seconds: float) -> Round:
    """Run a night in which something is killed, and state what followed."""
    ground.clear()
    seen, fallen = Round(victim, at_seconds), list[psutil.Process]()
    ground.service.ask_for("nightly")
    since, began = time.time(), time.monotonic()

    def strike() -> bool:
        return time.monotonic() - began >= at_seconds and _strike(ground, seen, fallen)

    if not ground.watched(since, seen, strike):
        seen.nights += 1
        ground.service.ask_for("nightly")
        if not ground.watched(time.time(), seen, lambda: True):
            seen.troubles.append(f"under way: {[_place(ground.instance, run) for run in under_way(ground.instance)]}")
    seen.seconds = time.monotonic() - began
    seen.retries = _retries(ground.instance, since)
    seen.troubles += _troubles(ground, seen, fallen)
    return seen


def a_kill(ground: Ground, victim: str, chance: Random) -> Round:
    """Kill the victim at a random moment of a night; where the night was over by then, try again in another."""
    for _ in range(TRIES):
        seen = one_round(ground, victim, chance.uniform(0, ground.usual_seconds))
        if seen.hit:
            break
        ground.usual_seconds = min(ground.usual_seconds, seen.seconds)
    return seen


def _retries(instance: "dg.DagsterInstance", since: float) -> int:
    records = instance.get_run_records(limit=50)
    return sum("dagster/retry_number" in r.dagster_run.tags and r.create_timestamp.timestamp() > since for r in records)


def _troubles(ground: Ground, seen: Round, fallen: list[psutil.Process]) -> list[str]:
    told = []
    if not fallen:
        told.append("nothing was there to be killed")
    if seen.unwatched_seconds > 2 * POLL_SECONDS:
        told.append(f"a run counted as under way for {seen.unwatched_seconds:.0f} s without a process")
    if ground.hash() != ground.usual_hash:
        told.append("the warehouse is not that of an undisturbed night")
    if left := gone_within(fallen, LINGERING_SECONDS):
        told.append(f"processes left: {[' '.join(process.cmdline()[:6]) for process in left]}")
    return told


def undisturbed(ground: Ground) -> None:
    """Run a night in which nothing is killed, to compare with."""
    ground.clear()
    ground.service.ask_for("nightly")
    began = time.monotonic()
    if not ground.watched(time.time(), Round("none", 0.0), lambda: True):
        raise SystemExit("an undisturbed night was not done in time")
    ground.usual_seconds, ground.usual_hash = time.monotonic() - began, ground.hash()


# --- the command ------------------------------------------------------------------------------------------------------


def a_few_returns(folder: Path, seed: int) -> None:
    """Make the smallest returns of a month: what is killed matters here, not how much it has to do."""
    from bench.canaries import made_up

    made_up(folder / "all", seed, "--providers", "40", "--months", "2026-09..2026-09")
    files = (path for path in (folder / "all").iterdir() if path.suffix in (".xlsx", ".zip", ".ods"))
    for path in sorted(files, key=lambda path: path.stat().st_size)[:3]:
        path.rename(folder / path.name)
    (folder / "all" / "register.csv").rename(folder / "register.csv")
    shutil.rmtree(folder / "all")


def _held_at_last(instance: "dg.DagsterInstance", seconds: float = 120) -> int:
    """Return how many places are still held after the time in which Dagster frees those of ended runs."""
    until = time.monotonic() + seconds
    while slots_held(instance) and time.monotonic() < until:
        time.sleep(1)
    return slots_held(instance)


def _tell(number: int, seen: Round) -> None:
    click.echo(
        f"{number:>3} {seen.victim:<16} {seen.at_seconds:>5.1f} s {seen.hit:<34} {seen.unwatched_seconds:>9.1f} s "
        f"{seen.retries:>7} {seen.nights:>6} {seen.seconds:>6.0f} s  {'; '.join(seen.troubles) or 'converged'}"
    )


@click.command()
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="Kills of the run and the daemon.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--only", help="Only this victim: run, daemon, code server, or server and run.")
def kills(count: int, seed: int, only: str | None) -> None:
    """Kill what runs a night, time and again; exit code 1 where a night did not come through."""
    from dayops_pipeline.instance import instance

    chance = Random(f"kills {seed}")  # noqa: S311 (the same moments each time)
    counts = {"run": count, "daemon": count, "code server": -(-count // 4), "server and run": -(-count // 4)}
    victims = [name for name, times in counts.items() if only in (None, name) for _ in range(times)]
    with a_home() as settings, instance(settings) as dagster:
        a_few_returns(Path(settings.returns), seed)
        with a_service(settings.home) as service:
            ground = Ground(settings, service, dagster)
            undisturbed(ground)
            click.echo(f"check-kills: {machine()}; an undisturbed night {ground.usual_seconds:.0f} s, seed {seed}")
            click.echo(
                "    killed           at      in                                 no process  retries nights   done in"
            )
            rounds = []
            for number, victim in enumerate(victims, 1):
                rounds.append(a_kill(ground, victim, chance))
                _tell(number, rounds[-1])
            held = _held_at_last(dagster)
        left = gone_within(service.started, 10) + _ours(settings.home)
    troubles = sum(bool(seen.troubles) for seen in rounds) + held + len(left)
    click.echo(f"places held in pools: {held}; processes left: {len(left)}; rounds with trouble: {troubles}")
    raise SystemExit(bool(troubles))


def _ours(home: Path) -> list[psutil.Process]:
    """Return the processes of this house that are left: all but this one and Postgres."""
    found = []
    for process in psutil.process_iter():
        try:
            is_of_home = process.environ().get("DAYOPS_HOME") == str(home) and "postgres" not in process.name()
        except psutil.Error:
            continue
        if is_of_home and process.pid != psutil.Process().pid:
            found.append(process)
    return living(gone_within(found, LINGERING_SECONDS))


if __name__ == "__main__":
    kills()
