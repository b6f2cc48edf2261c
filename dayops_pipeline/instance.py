"""Dagster's own home: where its instance is configured, with its storage in the same Postgres as the warehouse."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

    from resources.settings import Settings

STORAGE = "DAYOPS_DAGSTER_URL"
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
run_monitoring:
  enabled: true
  free_slots_after_run_end_seconds: 60
run_retries:
  enabled: true
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
