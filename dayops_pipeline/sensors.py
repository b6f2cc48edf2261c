"""What follows a night's collecting: a run for each month that something changed in, then for figures it changed."""

from collections.abc import Iterator

import dagster as dg

from dayops_pipeline.jobs import figures, month, nightly
from resources.house import House


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly, month],
    request_jobs=[month, figures],
    description="After a night, a run for each month that is due; after the last, for the figures that they changed.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def changed_months(context: dg.RunStatusSensorContext, house: House) -> Iterator[dg.RunRequest]:
    """After a night, ask for the months that are due; after the last of them, for the figures that they changed."""
    from dayops_pipeline.nightly import Step, due_steps, figure_steps

    def request(step: Step, occasion: str) -> dg.RunRequest:
        key = f"{step.job}:{step.period}:{occasion}"
        return dg.RunRequest(run_key=key, job_name=step.job, partition_key=step.period, tags=step.tags)

    due, run = due_steps(house, context.instance), context.dagster_run
    if due:
        yield from (request(step, run.run_id) for step in due if run.job_name == nightly.name)
    else:
        is_night = run.job_name == nightly.name
        yield from (request(step, run.run_id if is_night else basis) for step, basis in figure_steps(house).items())
