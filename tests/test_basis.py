"""What figures rest on: a month whose figures rest on something else by now, and no other, is known to be stale."""

import pytest
from sqlalchemy import Connection, text
from warehouse_makers import a_registered_service, a_submission

from expectations.months import first_day
from warehouse import basis, ledger

POLICY = (0.8, 0.6, 5, 5)
REPORTED = ("2025-08", "2026-03", "2026-08", "2026-09")


def settled(c: Connection, *periods: str, provider: str = "DOP00001") -> None:
    for period in periods:
        profile = "BASELINE" if period < "2020-03" else "FULL"
        a_submission(c, f"{provider} {period}", period=period, provider_id=provider, profile=profile)
        ledger.settle_current(c, period)


def released(c: Connection, *periods: str) -> None:
    for period in periods:
        basis.note_measured(c, first_day(period), POLICY)
        basis.note_released(c, first_day(period))


@pytest.fixture
def reported(c: Connection) -> Connection:
    """A warehouse in which a few months were reported and released."""
    settled(c, "2019-08", *REPORTED)
    released(c, *REPORTED)
    return c


def stale(c: Connection, policy: tuple[float, ...] = POLICY) -> list[str]:
    return list(basis.stale_months(c, policy))


def test_released_figures_that_rest_on_what_is_there_are_left_alone(reported: Connection) -> None:
    assert stale(reported) == []


def test_a_month_that_was_never_measured_is_stale_and_the_baseline_never_is(c: Connection) -> None:
    settled(c, "2019-08", "2026-08")
    assert stale(c) == ["2026-08"]


def test_a_month_that_was_measured_but_never_released_is_stale(reported: Connection) -> None:
    basis.note_measured(reported, first_day("2026-08"), POLICY)
    assert stale(reported) == ["2026-08"]


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2026-08", ["2026-09", "2026-08"]),
        ("2026-02", ["2026-09", "2026-08", "2026-03"]),
        ("2025-08", ["2026-08", "2026-03", "2025-08"]),
        ("2019-09", ["2026-09", "2026-08", "2026-03", "2025-08"]),
    ],
)
def test_another_return_makes_its_month_and_those_up_to_a_year_after_it_stale(
    reported: Connection, period: str, months: list[str]
) -> None:
    settled(reported, period, provider="DOP00002")
    assert [month for month in stale(reported) if month in REPORTED] == months


def test_the_first_return_of_a_later_year_makes_the_months_of_the_years_before_stale_once(reported: Connection) -> None:
    settled(reported, "2027-10")
    assert stale(reported) == ["2027-10", "2026-09", "2026-08"]
    released(reported, "2027-10", "2026-09", "2026-08")
    settled(reported, "2027-11")
    assert stale(reported) == ["2027-11"]


@pytest.mark.parametrize(
    ("expected", "months"),
    [
        ({}, ["2026-09", "2026-08", "2026-03", "2025-08"]),
        ({"expected_from": "2026-09-15"}, ["2026-09"]),
        ({"expected_from": "2026-04-01"}, ["2026-09", "2026-08"]),
        ({"expected_to": "2025-02-28"}, ["2025-08"]),
        ({"expected_from": "2026-10-01"}, []),
    ],
)
def test_a_service_on_the_register_makes_those_months_stale_that_rest_on_one_in_which_it_is_expected(
    reported: Connection, expected: dict[str, str], months: list[str]
) -> None:
    ledger.record_register(reported, [a_registered_service(1, **expected)])
    assert sorted(stale(reported)) == sorted(months)


def test_another_name_on_the_register_changes_no_figures(reported: Connection) -> None:
    ledger.record_register(reported, [a_registered_service(1)])
    released(reported, *REPORTED)
    ledger.record_register(reported, [a_registered_service(1, provider_name="Another name")])
    assert stale(reported) == []


def test_a_service_that_was_returned_and_comes_on_the_register_makes_the_months_after_it_stale(c: Connection) -> None:
    settled(c, *REPORTED)
    c.execute(_SERVICE, {"period": first_day("2026-08")})
    released(c, *REPORTED)
    ledger.record_register(c, [a_registered_service(1, expected_from="2027-01-01")])
    assert stale(c) == ["2026-09", "2026-08"]


_SERVICE = text("""
    insert into core.service_month (
        submission_id, row_number, period, service_id, service_name_en, service_la, setting, tier, client_group_main,
        contract_type, open_from, open_sessions_planned, open_sessions_held, welsh_medium
    )
    select submission_id, 1, period, 'DOS000001', 'Day centre', 'W06000002', 'WORK', '1', 'LD', 'BLOCK',
        '2015-01-01', 44, 40, 'NO'
    from landing.submission
    where period = :period
""")


def test_another_policy_makes_every_month_stale(reported: Connection) -> None:
    assert stale(reported, (0.8, 0.6, 10, 5)) == sorted(REPORTED, reverse=True)


def test_a_refused_return_changes_no_figures(reported: Connection) -> None:
    a_submission(reported, "refused", period="2026-08", provider_id="DOP00003", state="refused")
    ledger.settle_current(reported, "2026-08")
    assert stale(reported) == []


def test_what_a_month_rests_on_does_not_depend_on_the_order_of_arrival(reported: Connection) -> None:
    made = reported.execute(text("select period, basis from mart_v1.figure_basis order by period")).all()
    reported.execute(text("delete from mart_v1.figure_basis"))
    released(reported, *reversed(REPORTED))
    assert reported.execute(text("select period, basis from mart_v1.figure_basis order by period")).all() == made
