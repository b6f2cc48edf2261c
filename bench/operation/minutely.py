"""The definitions of dayops, with a night in every even minute, and Dagster's own empty run in every odd one."""

import dagster as dg

from bench.operation import empty
from dayops_pipeline import definitions

every_even_minute = dg.ScheduleDefinition(
    name="night_in_every_even_minute",
    job_name="nightly",
    cron_schedule="*/2 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
defs = dg.Definitions.merge(definitions.defs, empty.defs, dg.Definitions(schedules=[every_even_minute]))
