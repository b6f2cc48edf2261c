"""Dagster's own home: where its instance is configured, with its storage in the same Postgres as the warehouse."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import dagster as dg

    from resources.settings import Settings

STORAGE = "DAYOPS_DAGSTER_URL"
POLL_SECONDS = 10
"""How often Dagster looks whether the processes of its runs still live: by default every two minutes."""
BROKER = "DAYOPS_BROKER_URL"
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
      # Of one month, whoever asks for it, one run at a time; other months go on beside it.
      - key: dagster/partition
        value:
          applyLimitPerUniqueValue: true
        limit: 1
  pools:
    # Months share their quarter and their year: figures are made by one run at a time.
    granularity: run
    default_limit: 1
run_launcher:
  module: dayops_pipeline.launcher
  class: WatchfulRunLauncher
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
    # A code server that is being started again is waited for; by default its runs would have failed at once.
    max_user_code_failure_retries: 12
    user_code_failure_retry_delay: 10
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
retention:
  schedule:
    purge_after_days: 400
  sensor:
    purge_after_days:
      skipped: 7
      started: 400
      failure: 90
      success: 400
"""
_WORKSPACE = """\
load_from:
  - grpc_server:
      host: {host}
      port: {port}
      location_name: dayops
"""


def yaml() -> str:
    """Return the configuration of Dagster's instance: the same for one machine and for many."""
    return _YAML


def prepare(settings: "Settings") -> None:
    """Write Dagster's configuration and point this process, and those it starts, at it."""
    from resources.postgres import dagster_storage_url

    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ[STORAGE] = dagster_storage_url(settings)
    if settings.broker_url is not None:
        os.environ[BROKER] = settings.broker_url.get_secret_value()
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    _write(settings.dagster_home / "dagster.yaml", _YAML)


def workspace(settings: "Settings", host: str, port: int) -> "Path":
    """Write the workspace of those who ask a code server elsewhere for the definitions, and return its file."""
    file = settings.dagster_home / f"workspace-{host}-{port}.yaml"
    _write(file, _WORKSPACE.format(host=host, port=port))
    return file


def _write(file: "Path", text: str) -> None:
    """Write a file at once: several processes start together, and none may find half of it."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        half = file.with_name(f"{file.name}.{os.getpid()}")
        half.write_text(text, encoding="utf-8")
        half.replace(file)


def instance(settings: "Settings") -> "dg.DagsterInstance":
    """Return Dagster's instance for these settings, made ready."""
    import dagster as dg

    prepare(settings)
    return dg.DagsterInstance.get()
