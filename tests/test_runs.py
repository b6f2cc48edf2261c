"""What Dagster's runs tell of a month: cut short, or held by a process that is gone."""

import os
import socket
from collections.abc import Iterator

import dagster as dg
import pytest

from dayops_pipeline import runs

MONTHS = ["2026-08", "2026-09"]
GONE = f"4194304@1@{socket.gethostname()}"
"""A process that cannot be: its number is above the highest."""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def a_run(
    instance: dg.DagsterInstance, status: str, *, period: str = "2026-09", job: str = "returns", **tags: str
) -> str:
    from dagster._core.test_utils import create_run_for_test

    tags = {f"dayops/{name}": value for name, value in tags.items()}
    made = create_run_for_test(
        instance, job_name=job, status=dg.DagsterRunStatus[status], tags={runs.PERIOD: period, **tags}
    )
    return str(made.run_id)


def status_of(instance: dg.DagsterInstance, run_id: str) -> str:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return str(run.status.name)


def test_a_month_whose_last_run_failed_was_cut_short(instance: dg.DagsterInstance) -> None:
    a_run(instance, "SUCCESS")
    a_run(instance, "FAILURE")
    a_run(instance, "SUCCESS", period="2026-08")
    assert runs.cut_short(instance, MONTHS) == ["2026-09"]


def test_a_month_that_was_run_again_since_it_failed_is_not_cut_short(instance: dg.DagsterInstance) -> None:
    a_run(instance, "FAILURE")
    a_run(instance, "SUCCESS")
    assert runs.cut_short(instance, MONTHS) == []


def test_a_run_whose_process_is_gone_is_closed_and_its_month_is_cut_short(instance: dg.DagsterInstance) -> None:
    run_id = a_run(instance, "STARTED", process=GONE)
    runs.bury_the_dead(instance)
    assert status_of(instance, run_id) == "FAILURE"
    assert runs.cut_short(instance, MONTHS) == ["2026-09"]


def test_a_run_whose_process_number_belongs_to_another_by_now_is_closed(instance: dg.DagsterInstance) -> None:
    run_id = a_run(instance, "STARTED", process=f"{os.getpid()}@1@{socket.gethostname()}")
    runs.bury_the_dead(instance)
    assert status_of(instance, run_id) == "FAILURE"


@pytest.mark.parametrize("tags", [runs.own(), {}])
def test_a_run_that_lives_or_that_dagster_itself_watches_is_left_alone(
    instance: dg.DagsterInstance, tags: dict[str, str]
) -> None:
    run_id = a_run(instance, "STARTED", **{name.removeprefix("dayops/"): value for name, value in tags.items()})
    runs.bury_the_dead(instance)
    assert status_of(instance, run_id) == "STARTED"


def test_a_run_of_figures_says_nothing_of_whether_returns_were_taken_in(instance: dg.DagsterInstance) -> None:
    a_run(instance, "FAILURE", job="figures")
    assert runs.cut_short(instance, MONTHS) == []
    a_run(instance, "FAILURE", job="month")
    a_run(instance, "SUCCESS", job="figures")
    assert runs.cut_short(instance, MONTHS) == ["2026-09"]


@pytest.mark.parametrize(("job", "is_waited_for"), [("month", True), ("__ASSET_JOB", True), ("figures", False)])
def test_figures_wait_for_every_run_that_takes_in_returns(
    instance: dg.DagsterInstance, job: str, is_waited_for: bool
) -> None:
    a_run(instance, "STARTING", job=job)
    assert runs.is_taking_in(instance) is is_waited_for


def test_returns_that_were_checked_after_their_last_reply_wait_for_one(instance: dg.DagsterInstance) -> None:
    for asset, period in (("checked_returns", "2026-08"), ("feedback", "2026-08"), ("checked_returns", "2026-09")):
        instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=period))
    assert runs.unanswered(instance) == {"2026-09"}
