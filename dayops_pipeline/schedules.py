"""When dayops runs by itself: every night at 02:00 in Wales, once each local date, clock changes included."""

import dagster as dg

from dayops_pipeline.jobs import nightly as nightly_job


@dg.schedule(
    job=nightly_job,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Collect what was delivered since last night."""
    night = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=night, tags={"dayops/night": night})
