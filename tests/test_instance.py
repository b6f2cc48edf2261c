"""Dagster's configuration as it is written: it can be read, and lost runs are noticed soon and tried again."""

import os
from collections.abc import Iterator

import pytest

from dayops_pipeline import instance
from dayops_pipeline.launcher import WatchfulRunLauncher
from resources.settings import Settings


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for name in ("DAGSTER_HOME", instance.STORAGE):
            patch.setenv(name, os.environ.get(name, ""))
        yield


def test_lost_runs_are_noticed_soon_and_tried_again_one_at_a_time_for_each_month(settings: Settings) -> None:
    with instance.instance(settings) as made:
        assert isinstance(made.run_launcher, WatchfulRunLauncher)
        assert made.run_monitoring_enabled
        assert made.run_monitoring_poll_interval_seconds == instance.POLL_SECONDS
        assert made.run_retries_enabled
        assert made.run_retries_max_retries == 2
        # What is wrong with the data is no better for being tried again.
        assert not made.get_settings("run_retries")["retry_on_asset_or_op_failure"]
        queue = made.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.max_concurrent_runs == 2
        assert [limit["key"] for limit in queue.tag_concurrency_limits or ()] == ["dagster/partition"]
