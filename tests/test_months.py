"""Months: their days, and the quarters they end."""

from datetime import UTC, date, datetime

import pytest

from assets.periods import MONTHS
from expectations.months import BASELINE, first_day, is_quarter_end, last_day, months_over


@pytest.mark.parametrize(
    ("period", "last"),
    [("2026-09", date(2026, 9, 30)), ("2026-12", date(2026, 12, 31)), ("2024-02", date(2024, 2, 29))],
)
def test_a_month_has_a_first_and_a_last_day(period: str, last: date) -> None:
    assert (first_day(period), last_day(period)) == (last.replace(day=1), last)


def test_quarters_are_those_of_the_financial_year() -> None:
    assert [month for month in range(1, 13) if is_quarter_end(f"2026-{month:02d}")] == [3, 6, 9, 12]


def test_the_baseline_ends_with_the_last_full_month_before_centres_shut() -> None:
    assert last_day(BASELINE[1]) == date(2020, 2, 29)


@pytest.mark.parametrize("today", [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 24), date(2027, 1, 1)])
def test_the_months_that_are_over_are_the_partitions_that_there_are(today: date) -> None:
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    assert list(months_over(today)) == MONTHS.get_partition_keys(current_time=noon)
