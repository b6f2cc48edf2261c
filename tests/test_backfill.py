"""A backfill names its months, and tells which of them failed; in the UI it is one run a month, checks and all."""

import click
import dagster as dg
import pytest

from dayops_pipeline.cli.backfill import backfill, chosen, failed_months
from dayops_pipeline.definitions import build
from dayops_pipeline.nightly import Done, Step
from resources.house import House
from resources.settings import Settings


def test_a_backfill_takes_every_month_between_its_bounds() -> None:
    months = chosen(click.Context(backfill), "2023-04..2026-03")
    assert (months[0], months[-1], len(months)) == ("2023-04", "2026-03", 36)
    assert chosen(click.Context(backfill), "2026-03") == ["2026-03"]


@pytest.mark.parametrize("months", ["2026-03..2023-04", "2019-01..2020-01", "2026-03..2099-01", "2026-13", "all"])
def test_months_that_are_not_over_or_are_none_are_refused(months: str) -> None:
    with pytest.raises(click.UsageError):
        chosen(click.Context(backfill), months)


def test_each_month_that_failed_is_named_once() -> None:
    done = [Done(Step(job, "2026-03"), succeeded=False, seconds=1, run_id="1") for job in ("returns", "figures")]
    done.append(Done(Step("figures", "2026-04"), succeeded=True, seconds=1, run_id="2"))
    assert failed_months(done) == ["2026-03"]


def test_no_asset_has_a_backfill_policy_with_which_results_of_checks_would_lose_their_month() -> None:
    graph = build(House()).resolve_asset_graph()
    assert [node.key for node in graph.asset_nodes if node.backfill_policy is not None] == []


def test_every_check_is_of_the_months_of_its_asset() -> None:
    graph = build(House()).resolve_asset_graph()
    checks = [graph.get(key) for key in graph.asset_check_keys]
    assert checks
    assert [one.key for one in checks if one.partitions_def != graph.get(one.key.asset_key).partitions_def] == []


def test_the_results_of_checks_in_a_run_of_a_backfill_are_of_its_month(settings: Settings, quick: None) -> None:
    house = House(home=str(settings.home), returns=str(settings.returns), warehouse=_address(settings))
    job = build(house).resolve_job_def("returns")
    with dg.instance_for_test() as instance:
        ran = job.execute_in_process(instance=instance, partition_key="2026-08", tags={"dagster/backfill": "asked"})
        told = [
            (one.partition, one.status.name)
            for key in job.asset_layer.asset_graph.asset_check_keys
            if key.asset_key in job.asset_layer.executable_asset_keys
            for one in instance.event_log_storage.get_asset_check_execution_history(key, limit=10)
        ]
    assert ran.success
    assert len(told) > 20
    assert {*told} == {("2026-08", "SUCCEEDED")}


def _address(settings: Settings) -> str:
    assert settings.warehouse_url is not None
    return settings.warehouse_url.get_secret_value()
