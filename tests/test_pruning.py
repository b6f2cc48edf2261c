"""Old runs: those that something rests on stay, those that nothing rests on go, and no month is lost by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from dayops_pipeline import runs
from dayops_pipeline.pruning import prunable, prune

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2026-08", end_date="2026-10", fmt="%Y-%m")
pytestmark = pytest.mark.filterwarnings("ignore::dagster.PreviewWarning")
LATER = datetime.now(UTC) + timedelta(days=60)


def figures() -> dg.AssetsDefinition:
    """A month's figures, with one check."""
    sound = dg.AssetCheckSpec("sound", asset="figures", partitions_def=MONTHS)

    @dg.asset(name="figures", partitions_def=MONTHS, check_specs=[sound])
    def made(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        if context.run.tags.get("spoilt"):
            raise dg.Failure("spoilt")
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="sound")])

    return made


@dg.asset(name="delivered")
def delivered() -> None:
    """What a night collects."""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def a_month(instance: dg.DagsterInstance, period: str = "2026-09", **tags: str) -> str:
    """Run one month and return its run."""
    said = {runs.PERIOD: period, **tags}
    job = dg.Definitions(assets=[figures()], jobs=[dg.define_asset_job("month", "figures")]).resolve_job_def("month")
    result = job.execute_in_process(instance=instance, partition_key=period, tags=said, raise_on_error=False)
    return str(result.run_id)


def a_night(instance: dg.DagsterInstance, night: str) -> str:
    """Run one night as its schedule does, and return its run."""
    job = dg.Definitions(assets=[delivered], jobs=[dg.define_asset_job("nightly", "delivered")]).resolve_job_def(
        "nightly"
    )
    said = {"dagster/run_key": night, "dagster/schedule_name": "nightly"}
    return str(job.execute_in_process(instance=instance, tags=said).run_id)


def pruned(instance: dg.DagsterInstance) -> set[str]:
    """Delete what may go of what is older than 31 days in two months' time, and return it."""
    found = prunable(instance, LATER, 31)
    prune(instance, found.runs)
    return {run.run_id for run in found.runs}


def events(instance: dg.DagsterInstance) -> int:
    from dagster._core.storage.event_log import SqlEventLogStorage
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

    assert isinstance(instance.event_log_storage, SqlEventLogStorage)
    with instance.event_log_storage.index_connection() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(SqlEventLogStorageTable)).scalar_one())


def checked(instance: dg.DagsterInstance, period: str) -> list[str]:
    from dagster._core.storage.event_log.base import PartitionKeyFilter  # type: ignore[attr-defined]

    key = dg.AssetCheckKey(dg.AssetKey("figures"), "sound")
    found = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=9, partition_filter=PartitionKeyFilter(key=period)
    )
    return [one.status.name for one in found if one.event is not None]


def test_of_a_month_that_was_made_often_the_last_run_stays_and_it_is_still_made(instance: dg.DagsterInstance) -> None:
    earlier = {a_month(instance, period) for period in ("2026-08", "2026-09", "2026-09")}
    last = {a_month(instance, period) for period in ("2026-08", "2026-09")}
    before = events(instance)

    assert pruned(instance) == earlier
    assert {run.run_id for run in instance.get_runs()} == last
    assert instance.get_materialized_partitions(dg.AssetKey("figures")) == {"2026-08", "2026-09"}
    assert events(instance) < before


def test_what_was_checked_last_is_still_shown_for_every_month(instance: dg.DagsterInstance) -> None:
    for period in ("2026-08", "2026-09", "2026-08"):
        a_month(instance, period)
    pruned(instance)
    assert "SUCCEEDED" in checked(instance, "2026-08")
    assert "SUCCEEDED" in checked(instance, "2026-09")


def test_a_month_that_failed_after_it_was_made_keeps_both_runs_and_is_still_cut_short(
    instance: dg.DagsterInstance,
) -> None:
    made, failed = a_month(instance), a_month(instance, spoilt="yes")
    assert pruned(instance) == set()
    assert {run.run_id for run in instance.get_runs()} == {made, failed}
    assert runs.cut_short(instance, ["2026-09"]) == ["2026-09"]


def test_a_month_that_was_mended_since_it_failed_is_not_cut_short_afterwards(instance: dg.DagsterInstance) -> None:
    failed, mended = a_month(instance, spoilt="yes"), a_month(instance)
    assert pruned(instance) == {failed}
    assert runs.cut_short(instance, ["2026-09"]) == []
    assert instance.get_run_by_id(mended) is not None


def test_nothing_of_the_last_days_goes_and_so_no_night_that_may_be_caught_up_with(instance: dg.DagsterInstance) -> None:
    for night in ("2026-11-22", "2026-11-23", "2026-11-24"):
        a_night(instance, night)
    found = prunable(instance, datetime.now(UTC) + timedelta(days=30), 31)
    assert (found.runs, found.kept) == ((), 0)


def test_the_last_night_stays_with_its_key_however_old_it_is(instance: dg.DagsterInstance) -> None:
    a_night(instance, "2026-11-23")
    a_night(instance, "2026-11-24")
    pruned(instance)
    kept = instance.get_runs(filters=dg.RunsFilter(tags={"dagster/run_key": "2026-11-24"}))
    assert len(kept) == len(instance.get_runs()) == 1


def test_a_run_under_way_is_left_alone(instance: dg.DagsterInstance) -> None:
    from dagster._core.test_utils import create_run_for_test

    for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING):
        create_run_for_test(instance, job_name="month", status=status, tags={runs.PERIOD: "2026-09"})
    a_month(instance)
    assert pruned(instance) == set()


def test_pruning_twice_deletes_nothing_more(instance: dg.DagsterInstance) -> None:
    a_month(instance)
    a_month(instance)
    assert len(pruned(instance)) == 1
    assert pruned(instance) == set()
