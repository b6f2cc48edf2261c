"""What Dagster remembers of each month's runs: which month was cut short, and which runs are in nobody's hands.

What a month has to do is known to the warehouse; how its last run ended, and whether another is under way, is known
here.
"""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import dagster as dg

PERIOD, PROCESS = "dayops/period", "dayops/process"

_NIGHT = 5_164_017_311
"""The advisory lock of a night that is run from the command line."""


def own() -> dict[str, str]:
    """Return the tag of a run in this very process, by which others can tell whether it still lives."""
    return {PROCESS: f"{_process(os.getpid())}@{socket.gethostname()}"}


def is_gone(process: str) -> bool:
    """Tell whether the process of such a tag is gone; of one on another machine nothing is known here."""
    number, began, *elsewhere = process.split("@")
    return elsewhere in ([], [socket.gethostname()]) and f"{number}@{began}" != _process(int(number))


def is_alive(number: int, since: float) -> bool:
    """Tell whether the process that had this number at `since` still lives; the number may be another's by now."""
    import psutil

    try:
        process = psutil.Process(number)
        return process.create_time() <= since + 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def cut_short(instance: dg.DagsterInstance, periods: Iterable[str]) -> list[str]:
    """Return the months whose last run did not succeed and is not under way."""
    ended = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    failed = instance.get_runs(filters=dg.RunsFilter(tags={PERIOD: list(periods)}, statuses=ended))
    last = {period: _last(instance, period) for period in {run.tags[PERIOD] for run in failed}}
    return sorted(period for period, run in last.items() if run and run.status in ended)


def bury_the_dead(instance: dg.DagsterInstance) -> None:
    """Close the runs whose process is gone: while they count as under way, Dagster starts no other for their month."""
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        process = run.tags.get(PROCESS)
        if process is not None and is_gone(process):
            instance.report_run_failed(run, "The process that ran this was stopped; the next night runs it again.")


@contextmanager
def one_night(url: str, say_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the night for this process: of two that are started at once, the second waits and then finds it done."""
    import sqlalchemy as sa

    from warehouse.connection import connect

    held = {"lock": _NIGHT}
    with connect(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(sa.text("select pg_try_advisory_lock(:lock)"), held):
            say_waiting()
            connection.execute(sa.text("select pg_advisory_lock(:lock)"), held)
        try:
            yield
        finally:
            connection.execute(sa.text("select pg_advisory_unlock(:lock)"), held)


def wait_for_others(instance: dg.DagsterInstance) -> None:
    """Wait until no month is under way elsewhere; Dagster's own runs wait for ours in the same way."""
    going_on = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    while any(PERIOD in run.tags for run in instance.get_runs(filters=going_on)):
        time.sleep(2)
        bury_the_dead(instance)


def _last(instance: dg.DagsterInstance, period: str) -> dg.DagsterRun | None:
    return next(iter(instance.get_runs(filters=dg.RunsFilter(tags={PERIOD: period}), limit=1)), None)


def _process(number: int) -> str:
    """Return a process's number and when it began, since numbers are used again."""
    import psutil

    try:
        return f"{number}@{psutil.Process(number).create_time():.0f}"
    except psutil.Error:
        return f"{number}@gone"
