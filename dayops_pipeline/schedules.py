"""When dayops runs by itself: every night at 02:00 in Wales, once each local date, clock changes included.

At 9:30 on weekdays, when releases become public, their files are laid out; the warehouse needs nobody for that.
"""

import dagster as dg

from dayops_pipeline.jobs import nightly as nightly_job
from dayops_pipeline.jobs import publication as publication_job
from dayops_pipeline.jobs import reminding as reminding_job


@dg.schedule(
    job=nightly_job,
    description="At 02:00 in Wales, once each local date: collect what was delivered since last night.",
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Collect what was delivered since last night."""
    night = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=night, tags={"dayops/night": night})


@dg.schedule(
    job=publication_job,
    description="At 9:30 on weekdays: lay out the files of the releases whose time has come.",
    cron_schedule="30 9 * * 1-5",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def publication(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Lay out the files of the releases whose time has come."""
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())


@dg.schedule(
    job=reminding_job,
    description="At 07:30 on weekdays: write the reminders to providers whose return is due or late.",
    cron_schedule="30 7 * * 1-5",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def reminding(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Write reminders on weekdays, after the night has taken in what came."""
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())
