"""When the last night was, by what Dagster remembers of its runs, and whether the daemon lives."""

from datetime import UTC, datetime

import dagster as dg

from dayops_pipeline import runs

ARRIVALS = "dayops/arrivals"
"""The tag of a collecting run that was asked for between nights."""

_LOOKED_AT = 300
"""Runs of the night's job that are looked at: more than there are between two nights, at one each five minutes."""


def last_night(instance: dg.DagsterInstance) -> datetime | None:
    """Return when the last night ended well; None where there was none, or only collecting between nights."""
    asked = dg.RunsFilter(job_name="nightly", statuses=[dg.DagsterRunStatus.SUCCESS])
    for record in instance.get_run_records(filters=asked, limit=_LOOKED_AT):
        if ARRIVALS not in record.dagster_run.tags and record.end_time:
            return datetime.fromtimestamp(record.end_time, UTC)
    return None


def is_under_way(instance: dg.DagsterInstance) -> bool:
    """Tell whether a run of the night is waited for or going on."""
    jobs = ("nightly", *runs.OF_A_MONTH)
    going = (dg.RunsFilter(job_name=job, statuses=list(runs.UNDER_WAY)) for job in jobs)
    return any(instance.get_run_ids(filters=one, limit=1) for one in going)


def silent_daemons(instance: dg.DagsterInstance) -> list[str]:
    """Return which daemons that are wanted have not been heard of lately."""
    known = instance.get_daemon_statuses()
    return sorted(name.lower() for name, one in known.items() if one.required and not one.healthy)
