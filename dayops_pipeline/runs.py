"""What Dagster remembers of each month's runs: which month was cut short, and which runs are in nobody's hands.

What a month has to do is known to the warehouse; how its last run ended, and whether another is under way, is known
here.
"""

import os
import socket
from collections.abc import Iterable, Mapping

import dagster as dg

PERIOD, PROCESS = "dagster/partition", "dayops/process"
"""The tags of a run: Dagster's own for its month, and ours for its process, where Dagster does not watch that."""

AFTER = "dayops/after"
"""The tag of a run that the sensor asked for: the run that it follows."""

OF_A_MONTH = ("returns", "figures", "replies", "month")
"""The jobs that are run for a month."""

_TAKING_IN = ("returns", "month", "__ASSET_JOB")
"""The jobs that take in a month's returns; the last is Dagster's own, for assets that a person picks or backfills."""

UNDER_WAY = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
"""The statuses of a run that waits or goes on."""


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
    """Return the months whose returns were taken in last by a run that did not succeed and is not under way."""
    ended = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    filters = dg.RunsFilter(tags={PERIOD: list(periods)}, statuses=ended)
    failed = {run.tags[PERIOD] for run in instance.get_runs(filters=filters) if run.job_name in _TAKING_IN}
    last = {period: _last(instance, period) for period in failed}
    return sorted(period for period, run in last.items() if run and run.status in ended)


def unanswered(instance: dg.DagsterInstance) -> set[str]:
    """Return the months whose returns were checked after they were last replied to."""
    checked, replied = (_last_made(instance, name) for name in ("checked_returns", "feedback"))
    return {period for period, at in checked.items() if at > replied.get(period, 0)}


def _last_made(instance: dg.DagsterInstance, asset: str) -> Mapping[str, int]:
    made = dg.DagsterEventType.ASSET_MATERIALIZATION
    return instance.event_log_storage.get_latest_storage_id_by_partition(dg.AssetKey(asset), made)


def last_of(instance: dg.DagsterInstance, *jobs: str, succeeded: bool = False) -> str | None:
    """Return the last run of these jobs that has ended, whether or not it had to succeed."""
    good = (dg.DagsterRunStatus.SUCCESS,)
    statuses = good if succeeded else (*good, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    last = [
        record
        for job in jobs
        for record in instance.get_run_records(dg.RunsFilter(job_name=job, statuses=statuses), limit=1)
    ]
    return max(last, key=lambda one: one.storage_id).dagster_run.run_id if last else None


def asked_after(instance: dg.DagsterInstance, run_id: str) -> set[tuple[str, str | None]]:
    """Return the jobs and months that were asked for after a run, whatever became of them."""
    asked = instance.get_runs(filters=dg.RunsFilter(tags={AFTER: run_id}))
    return {(run.job_name, run.tags.get(PERIOD)) for run in asked}


def is_taking_in(instance: dg.DagsterInstance) -> bool:
    """Tell whether returns are being collected or taken in by any run, or a run that will do so waits."""
    going_on = instance.get_runs(filters=dg.RunsFilter(statuses=list(UNDER_WAY)))
    return any(run.job_name in ("nightly", *_TAKING_IN) for run in going_on)


def bury_the_dead(instance: dg.DagsterInstance) -> None:
    """Close the runs whose process is gone: while they count as under way, Dagster starts no other for their month."""
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=list(UNDER_WAY))):
        process = run.tags.get(PROCESS)
        if process is not None and is_gone(process):
            instance.report_run_failed(run, "The process that ran this was stopped; the next night runs it again.")


def end_own(instance: dg.DagsterInstance) -> None:
    """Close the runs of this very process, which is about to stop."""
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=list(UNDER_WAY), tags=own())):
        instance.report_run_canceled(run, "The night was asked to stop; the next one runs this again.")


def _last(instance: dg.DagsterInstance, period: str) -> dg.DagsterRun | None:
    of_month = instance.get_runs(filters=dg.RunsFilter(tags={PERIOD: period}))
    return next((run for run in of_month if run.job_name in _TAKING_IN), None)


def _process(number: int) -> str:
    """Return a process's number and when it began, since numbers are used again."""
    import psutil

    try:
        return f"{number}@{psutil.Process(number).create_time():.0f}"
    except psutil.Error:
        return f"{number}@gone"
