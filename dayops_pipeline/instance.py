"""Dagster's own home: where its instance is configured, with its storage in the same Postgres as the warehouse."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

    from resources.settings import Settings

STORAGE = "DAYOPS_DAGSTER_URL"
POLL_SECONDS = 10
"""How often Dagster looks whether the processes of its runs still live: by default every two minutes."""
_YAML = f"""\
# Written by dayops at every start; change DAYOPS_* settings instead.
storage:
  postgres:
    postgres_url:
      env: {STORAGE}
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 2
    tag_concurrency_limits:
      # One month at a time, in the order asked for: months share their quarter and their year.
      - key: dayops/period
        limit: 1
run_launcher:
  module: dayops_pipeline.launcher
  class: WatchfulRunLauncher
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
run_monitoring:
  enabled: true
  poll_interval_seconds: {POLL_SECONDS}
  start_timeout_seconds: 120
  # Above what the largest month takes; a run that hangs would keep its month from every other.
  max_runtime_seconds: 21600
  free_slots_after_run_end_seconds: 60
run_retries:
  enabled: true
  # Of a run whose process was lost; what is wrong with the data is no better for being tried again.
  max_retries: 2
  retry_on_asset_or_op_failure: false
"""


def prepare(settings: "Settings") -> None:
    """Write Dagster's configuration and point this process, and those it starts, at it."""
    from resources.postgres import dagster_storage_url

    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ[STORAGE] = dagster_storage_url(settings)
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    (settings.dagster_home / "dagster.yaml").write_text(_YAML, encoding="utf-8")


def instance(settings: "Settings") -> "dg.DagsterInstance":
    """Return Dagster's instance for these settings, made ready."""
    import dagster as dg

    prepare(settings)
    return dg.DagsterInstance.get()
