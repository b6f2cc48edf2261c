"""What follows a night's collecting: returns of each month that something came for, then all that rests on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from dayops_pipeline import runs
from dayops_pipeline.jobs import figures, month, nightly, replies, returns
from resources.house import House

if TYPE_CHECKING:
    from dayops_pipeline.nightly import Step

_INTERVAL_SECONDS = 30


@dg.sensor(
    jobs=[returns, figures, replies],
    minimum_interval_seconds=_INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def changed_months(context: dg.SensorEvaluationContext, house: House) -> Iterator[dg.RunRequest]:
    """After a night, ask for the returns of the months that are due; when no returns are waited for, for what follows.

    What failed is not asked for again before the next night, and holds up no other month. The cursor is the run after
    which nothing was left to do, so that a quiet day asks the warehouse nothing.
    """
    from dayops_pipeline.nightly import figure_steps, returns_steps

    instance = context.instance
    night = runs.last_of(instance, nightly.name, succeeded=True)
    occasion = runs.last_of(instance, nightly.name, returns.name, month.name, "__ASSET_JOB")
    if occasion is None or occasion == context.cursor:
        return
    asked = [*_requests(context, returns_steps(house, instance), night)] if night else []
    if not asked and not runs.is_taking_in(instance):
        asked = [*_requests(context, figure_steps(house, instance), occasion)]
        context.update_cursor(occasion)
    yield from asked


def _requests(context: dg.SensorEvaluationContext, steps: "list[Step]", after: str) -> Iterator[dg.RunRequest]:
    """Yield a request for each step that was not asked for after that run."""
    asked = runs.asked_after(context.instance, after)
    for step in steps:
        if (step.job, step.period) not in asked:
            key = f"{step.job}:{step.period}:{after}"
            yield dg.RunRequest(run_key=key, job_name=step.job, partition_key=step.period, tags={runs.AFTER: after})
