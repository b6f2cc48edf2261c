"""Months: their days, and the quarters they end."""

from datetime import date

import pytest

from expectations.months import BASELINE, first_day, is_quarter_end, last_day


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
