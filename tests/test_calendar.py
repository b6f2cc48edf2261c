"""When a return is due and its figures are final: by working days in Wales, moved and one-off holidays included."""

from datetime import date, datetime

import pytest

from expectations.calendar import WALES, bank_holidays, due_on, final_from, next_publication, why_not_published_at


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2020, ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"]),
        (2021, ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"]),
        (2022, ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"]),
        (2023, ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"]),
        (2026, ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]),
    ],
)
def test_bank_holidays_are_those_that_were_kept(year: int, days: list[str]) -> None:
    assert bank_holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in days}


def test_a_return_is_due_on_the_fifteenth_working_day_after_its_month() -> None:
    assert due_on("2026-09") == date(2026, 10, 21)
    assert due_on("2026-11") == date(2026, 12, 21)
    assert due_on("2026-12") == date(2027, 1, 22)


def test_figures_are_final_once_the_last_return_of_their_financial_year_was_due() -> None:
    due = due_on("2026-03")
    assert {final_from(period) for period in ("2025-04", "2025-12", "2026-03")} == {
        date(due.year, due.month, due.day + 1)
    }
    assert final_from("2026-04").year == 2027


@pytest.mark.parametrize(
    ("after", "then"),
    [
        ("2026-11-24 09:29", "2026-11-24 09:30"),
        ("2026-11-24 09:30", "2026-11-25 09:30"),
        ("2026-11-27 12:00", "2026-11-30 09:30"),
        ("2026-12-24 12:00", "2026-12-29 09:30"),
        ("2026-08-30 09:00", "2026-09-01 09:30"),
        ("2026-03-27 12:00", "2026-03-30 09:30"),
    ],
    ids=["just before", "at that moment", "a Friday", "before Christmas", "a bank holiday", "the clocks change"],
)
def test_releases_become_public_at_half_past_nine_on_the_next_working_day(after: str, then: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=WALES)
    found = next_publication(moment)
    assert f"{found:%Y-%m-%d %H:%M}" == then
    assert why_not_published_at(found) == ""
