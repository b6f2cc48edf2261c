"""The night's plan: the baseline first, then the newest month, then what is compared with a changed baseline."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from dayops_pipeline.nightly import Step, order


def test_the_baseline_is_run_first_and_then_the_newest_month() -> None:
    steps = order(["2026-08", "2019-05", "2026-10", "2019-04"], [])
    assert steps[:4] == [Step("month", period) for period in ("2019-04", "2019-05", "2026-10", "2026-08")]


def test_the_last_month_of_a_year_is_told_anew_when_an_older_one_came_after_it() -> None:
    assert order(["2026-10", "2026-08"], [])[2:] == [Step("figures", "2026-10")]
    assert order(["2026-08"], ["2026-10"]) == [Step("month", "2026-08"), Step("figures", "2026-10")]
    assert order(["2026-02"], ["2026-10"]) == [Step("month", "2026-02")]
    assert order(["2026-10"], ["2026-08"]) == [Step("month", "2026-10")]


def test_a_quiet_night_has_no_runs() -> None:
    assert order([], ["2026-08"]) == []


@pytest.mark.parametrize(
    ("baseline", "compared"),
    [
        ("2019-08", ["2026-09", "2026-08", "2026-03", "2026-01"]),
        ("2020-01", ["2026-03", "2026-01"]),
        ("2019-04", ["2026-09", "2026-08", "2026-07", "2026-03", "2026-01"]),
    ],
)
def test_a_changed_baseline_month_makes_the_figures_of_months_whose_year_so_far_holds_it_anew(
    baseline: str, compared: list[str]
) -> None:
    loaded = ["2019-04", "2026-01", "2026-03", "2026-07", "2026-08", "2026-09"]
    assert order([baseline], loaded) == [Step("month", baseline), *(Step("figures", one) for one in compared)]


def test_a_month_that_is_run_anyway_is_not_run_for_its_figures_too() -> None:
    assert order(["2019-08", "2026-08"], ["2026-08"]) == [Step("month", "2019-08"), Step("month", "2026-08")]


def ticks(first: datetime, days: int) -> list[datetime]:
    """Return the schedule's next times by the very iterator that Dagster's daemon asks."""
    from dagster._utils.schedules import cron_string_iterator

    from dayops_pipeline.schedules import nightly

    found = cron_string_iterator(first.timestamp(), str(nightly.cron_schedule), nightly.execution_timezone)
    return list(islice(found, days))


@pytest.mark.parametrize("clock_change", [datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 10, 30, tzinfo=UTC)])
def test_the_schedule_runs_once_each_local_date_at_two_across_clock_changes(clock_change: datetime) -> None:
    local = [tick.astimezone(ZoneInfo("Europe/London")) for tick in ticks(clock_change, 4)]
    assert [tick.date() for tick in local] == [clock_change.date() + timedelta(days=day) for day in range(4)]
    assert {tick.hour for tick in local} == {2}


def test_the_schedule_asks_for_one_run_a_night() -> None:
    from dayops_pipeline.schedules import nightly

    night = datetime(2026, 11, 22, 2, tzinfo=ZoneInfo("Europe/London"))
    context = dg.build_schedule_context(scheduled_execution_time=night)
    requests = nightly.evaluate_tick(context).run_requests or []
    assert [request.run_key for request in requests] == ["2026-11-22"]
