"""What follows a night's collecting: returns of each month that something came for, then all that rests on them.

Beside it, what comes between nights, and telling people of what went wrong.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from assets.collect import PROVIDERS
from dayops_pipeline import grid, runs
from dayops_pipeline.jobs import figures, month, nightly, replies, returns
from resources.house import House

if TYPE_CHECKING:
    from dayops_pipeline.nightly import Step

_INTERVAL_SECONDS = 10


@dg.sensor(
    jobs=[returns, figures, replies],
    minimum_interval_seconds=_INTERVAL_SECONDS,
    description="After a night, a run for each month's new returns; once all are in, for what rests on them.",
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


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=300,
    description="Between nights: collect what has come to the source and is the same at two looks.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
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


@dg.sensor(
    minimum_interval_seconds=30,
    description="After any run: show what came in the grid of months and providers, at most 200 cells at a time.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def arrived(context: dg.SensorEvaluationContext, house: House) -> dg.SensorResult | dg.SkipReason:
    """After any run, show in the grid of months and providers what came, at most 200 cells at a time."""
    ended = grid.last_ended(context.instance)
    if ended is None or ended == context.cursor:
        return dg.SkipReason("No run has ended since the grid was brought up to date.")
    behind = grid.behind(house, context.instance)
    is_done = len(behind.cells) <= grid.AT_ONCE
    return dg.SensorResult(
        asset_events=[grid.event(one) for one in behind.cells[: grid.AT_ONCE]],
        dynamic_partitions_requests=[PROVIDERS.build_add_request(behind.providers)] if behind.providers else [],
        cursor=ended if is_done else context.cursor,
    )


@dg.sensor(
    minimum_interval_seconds=60,
    description="Tell operators what failed, recovered or did not happen, by e-mail, Slack or Teams.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
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
