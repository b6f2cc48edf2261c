"""What follows a night's collecting: a run for each month that something changed in."""

from collections.abc import Iterator

import dagster as dg

from dayops_pipeline.jobs import figures, month, nightly
from resources.house import House


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly],
    request_jobs=[month, figures],
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def changed_months(context: dg.RunStatusSensorContext, house: House) -> Iterator[dg.RunRequest]:
    """Ask for the months that the night's deliveries changed, and for the figures that are compared with them."""
    from dayops_pipeline.nightly import plan
    from warehouse.connection import connect

    with connect(house.warehouse_url()).begin() as connection:
        for step in plan(connection):
            yield dg.RunRequest(
                run_key=f"{context.dagster_run.run_id}:{step.job}:{step.period}",
                job_name=step.job,
                partition_key=step.period,
                tags={"dayops/period": step.period},
            )
