"""The night's plan, and when it is run: the baseline first, then the newest month, at two every night."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from dayops_pipeline.nightly import Step, in_order


def test_the_baseline_is_run_first_and_then_the_newest_month() -> None:
    steps = in_order("returns", ["2026-08", "2019-05", "2026-10", "2019-04"])
    assert steps == [Step("returns", period) for period in ("2019-04", "2019-05", "2026-10", "2026-08")]


def test_a_quiet_night_has_no_runs() -> None:
    assert in_order("returns", []) == []


def ticks(first: datetime, days: int, name: str = "nightly") -> list[datetime]:
    """Return a schedule's next times by the very iterator that Dagster's daemon asks."""
    from dagster._utils.schedules import cron_string_iterator

    from dayops_pipeline import schedules

    asked: dg.ScheduleDefinition = getattr(schedules, name)
    found = cron_string_iterator(first.timestamp(), str(asked.cron_schedule), asked.execution_timezone)
    return list(islice(found, days))


@pytest.mark.parametrize("clock_change", [datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 10, 30, tzinfo=UTC)])
def test_the_schedule_runs_once_each_local_date_at_two_across_clock_changes(clock_change: datetime) -> None:
    local = [tick.astimezone(ZoneInfo("Europe/London")) for tick in ticks(clock_change, 4)]
    assert [tick.date() for tick in local] == [clock_change.date() + timedelta(days=day) for day in range(4)]
    assert {tick.hour for tick in local} == {2}


def test_what_is_public_is_laid_out_at_half_past_nine_on_weekdays() -> None:
    friday = datetime(2027, 3, 26, 12, tzinfo=UTC)
    local = [tick.astimezone(ZoneInfo("Europe/London")) for tick in ticks(friday, 6, "publication")]
    assert [tick.date().day for tick in local] == [29, 30, 31, 1, 2, 5]
    assert {(tick.hour, tick.minute) for tick in local} == {(9, 30)}


def test_the_schedule_asks_for_one_run_a_night() -> None:
    from dayops_pipeline.schedules import nightly

    night = datetime(2026, 11, 22, 2, tzinfo=ZoneInfo("Europe/London"))
    context = dg.build_schedule_context(scheduled_execution_time=night)
    requests = nightly.evaluate_tick(context).run_requests or []
    assert [request.run_key for request in requests] == ["2026-11-22"]
