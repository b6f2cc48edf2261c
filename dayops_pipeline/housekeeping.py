"""The housekeeping job: once a week, old runs that nothing rests on are deleted, where a setting says so.

Its schedule is stopped until somebody starts it, and without DAYOPS_KEEP_RUNS_DAYS it only counts what it would delete.
"""

import dagster as dg

from resources.house import House

COUNTED_DAYS = 400
"""Days that are counted by where no setting says how long runs are kept: a year and a month."""


@dg.op
def old_runs(context: dg.OpExecutionContext, house: House) -> None:
    """Delete the runs that are older than the setting says and that nothing rests on."""
    from dayops_pipeline.pruning import prunable, prune

    days = house.settings().keep_runs_days
    found = prunable(context.instance, house.now(), days or COUNTED_DAYS)
    deleted = prune(context.instance, found.runs) if days else 0
    context.add_output_metadata({"deletable": len(found.runs), "deleted": deleted, "kept": found.kept})
    context.log.info(f"{len(found.runs)} runs could go, {deleted} were deleted, {found.kept} others are rested on.")


@dg.job(description="Delete old runs that nothing rests on, where DAYOPS_KEEP_RUNS_DAYS says how long they are kept.")
def housekeeping() -> None:
    """Keep Dagster's storage from growing without bound."""
    old_runs()


@dg.schedule(
    job=housekeeping,
    cron_schedule="0 12 * * 0",
    execution_timezone="Europe/London",
    description="Sundays at noon, off until it is switched on: delete old runs that nothing rests on.",
)
def weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Keep house on Sundays at noon, when no night is under way; stopped until somebody starts it."""
    return dg.RunRequest(run_key=f"housekeeping:{context.scheduled_execution_time.date().isoformat()}")
