"""Definitions with nothing in them but Dagster's own: a job that does nothing, in the odd minutes."""

import dagster as dg


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job(executor_def=dg.in_process_executor)
def empty() -> None:
    """Run Dagster alone."""
    nothing()


every_odd_minute = dg.ScheduleDefinition(
    job=empty, cron_schedule="1-59/2 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING
)
defs = dg.Definitions(jobs=[empty], schedules=[every_odd_minute])
