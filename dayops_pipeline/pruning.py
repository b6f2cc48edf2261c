"""Which of Dagster's runs may be deleted: those that nothing rests on any more.

Deleting a run takes its events, and with them the materialisation of a month and what was checked in it. So for every
month of every asset the run that made it last stays, and that of the last result of every check; so does a month's last
run, by which `runs` tells whether it was cut short. What a run printed goes with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from dayops_pipeline.runs import PERIOD

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_BACKFILL = "dagster/backfill"
_AT_ONCE = 500
_EVENTS = (
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_OBSERVATION,
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
)


@dataclass(frozen=True, slots=True)
class Prunable:
    """The runs that ended before a moment: those that nothing rests on, oldest first, and how many others there are."""

    runs: tuple[dg.DagsterRun, ...]
    kept: int


def prunable(instance: dg.DagsterInstance, now: datetime, keep_days: int) -> Prunable:
    """Return the runs that ended more than `keep_days` days before `now` and that nothing rests on."""
    old = list(_ended_before(instance, now - timedelta(days=keep_days)))
    needed = rested_on(instance)
    free = tuple(run for run in old if run.run_id not in needed)
    return Prunable(free, len(old) - len(free))


def prune(instance: dg.DagsterInstance, runs: "Iterable[dg.DagsterRun]") -> int:
    """Delete the runs with their events and what they printed, and return how many there were."""
    count = 0
    for run in runs:
        instance.compute_log_manager.delete_logs(prefix=[run.run_id])
        instance.delete_run(run.run_id)
        count += 1
    return count


def rested_on(instance: dg.DagsterInstance) -> set[str]:
    """Return the runs that something rests on: a month of an asset, a check, a month's state, a backfill under way."""
    return {*_of_assets(instance), *_of_checks(instance), *_last_of_months(instance), *_of_backfills(instance)}


def _ended_before(instance: dg.DagsterInstance, moment: datetime) -> Iterator[dg.DagsterRun]:
    filters, cursor = dg.RunsFilter(statuses=_ENDED, created_before=moment), None
    while page := instance.get_run_records(filters, limit=_AT_ONCE, ascending=True, cursor=cursor):
        yield from (one.dagster_run for one in page if (one.end_time or 0) < moment.timestamp())
        cursor = page[-1].dagster_run.run_id


def _of_assets(instance: dg.DagsterInstance) -> Iterator[str]:
    """Yield the run of the last event of each kind of every asset, month by month."""
    for key in instance.all_asset_keys():
        for kind in _EVENTS:
            yield from _last_events(instance, key, kind)


def _last_events(instance: dg.DagsterInstance, key: dg.AssetKey, kind: dg.DagsterEventType) -> Iterator[str]:
    storage = instance.event_log_storage
    last = list(storage.get_latest_storage_id_by_partition(key, kind).values())
    without_month = storage.get_event_records(dg.EventRecordsFilter(kind, asset_key=key), limit=1)
    yield from (record.run_id for record in without_month)
    for start in range(0, len(last), _AT_ONCE):
        found = dg.EventRecordsFilter(kind, storage_ids=last[start : start + _AT_ONCE])
        yield from (record.run_id for record in storage.get_event_records(found))


def _of_checks(instance: dg.DagsterInstance) -> Iterator[str]:
    """Yield the run in which every check was asked for last, and that of its last result, month by month."""
    import sqlalchemy as sa
    from dagster._core.storage.event_log import SqlEventLogStorage
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable

    storage, results = instance.event_log_storage, AssetCheckExecutionsTable.c
    if not isinstance(storage, SqlEventLogStorage):
        raise TypeError("Dagster's storage keeps no table of what was checked: nothing can be deleted from it.")
    last = sa.select(sa.func.max(results.id)).group_by(results.asset_key, results.check_name, results.partition)
    answered = last.where(results.evaluation_event_storage_id.is_not(None))
    with storage.index_connection() as connection:
        for latest in (last, answered):
            yield from connection.execute(sa.select(results.run_id).where(results.id.in_(latest))).scalars()


def _last_of_months(instance: dg.DagsterInstance) -> Iterator[str]:
    """Yield the last run of every month and job."""
    seen: set[tuple[str, str]] = set()
    cursor = None
    while page := instance.get_runs(cursor=cursor, limit=_AT_ONCE):
        for run in page:
            what = (run.tags.get(PERIOD, ""), run.job_name)
            if what not in seen:
                seen.add(what)
                yield run.run_id
        cursor = page[-1].run_id


def _of_backfills(instance: dg.DagsterInstance) -> Iterator[str]:
    """Yield the runs of the backfills that are not over."""
    from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionsFilter, BulkActionStatus

    going_on = [status for status in BulkActionStatus if status not in BULK_ACTION_TERMINAL_STATUSES]
    for backfill in instance.get_backfills(filters=BulkActionsFilter(statuses=going_on)):
        of_it = dg.RunsFilter(tags={_BACKFILL: backfill.backfill_id})
        yield from (run.run_id for run in instance.get_runs(filters=of_it))
