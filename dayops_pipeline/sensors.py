"""What follows a night's collecting: a run for each month that something changed in, then for figures it changed.

Beside it, what comes between nights, and telling people of what went wrong.
"""

import json
from collections.abc import Iterator

import dagster as dg

from dayops_pipeline.jobs import figures, month, nightly
from resources.house import House


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly, month],
    request_jobs=[month, figures],
    minimum_interval_seconds=10,
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


@dg.sensor(job=nightly, minimum_interval_seconds=300, default_status=dg.DefaultSensorStatus.RUNNING)
def arrivals(context: dg.SensorEvaluationContext, house: House) -> dg.SensorResult | dg.SkipReason:
    """Between nights, collect what has come to the source and was the same at two looks; a night is never disturbed."""
    from dayops_pipeline.telling import arrivals as watch
    from dayops_pipeline.telling.night import ARRIVALS, is_under_way

    if not house.settings().watch_arrivals:
        return dg.SkipReason("DAYOPS_WATCH_ARRIVALS is off: returns are taken in at night.")
    if watch.is_quiet(house.now()) or is_under_way(context.instance):
        return dg.SkipReason("A night is under way, or about to be.")
    try:
        new = watch.new_files(house)
    except OSError as error:
        watch.note_source(context.instance, str(error))
        raise
    watch.note_source(context.instance, None)
    ready = watch.at_rest(json.loads(context.cursor or "{}"), new)
    key = watch.token(ready)
    requests = [dg.RunRequest(run_key=f"arrivals:{key}", tags={ARRIVALS: key})] if ready else []
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(new))


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def alerts(context: dg.SensorEvaluationContext, house: House) -> dg.SkipReason:
    """Tell operators what failed, recovered or did not happen; fails where a channel does not take what it is given."""
    from dayops_pipeline.telling.news import gather
    from dayops_pipeline.telling.post import Post
    from resources.channels import channels

    known = channels(house.settings())
    post = Post.opened(context.instance, house.settings(), house.now(), [one.name for one in known])
    gather(house, post)
    post.save()
    troubles = post.deliver(known)
    if troubles:
        raise NotToldError("; ".join(map(str, troubles)))
    return dg.SkipReason("All is told." if known else "No channel is set: see docs/operating/alerts.md.")


class NotToldError(RuntimeError):
    """Messages that wait, since a channel did not take them: which, why and how to mend it."""
