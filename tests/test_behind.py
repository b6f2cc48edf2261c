"""Who stands behind a figure: the one provider, where there is only one, and whose money it mostly is."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, select
from world import CARDIFF, VALE, World

from expectations.reference import WALES
from warehouse import figures
from warehouse.indicators import indicate

JUNE = date(2026, 6, 1)
FIRST, SECOND = "DOP00001", "DOP00002"


def two_providers() -> World:
    """Two providers of Cardiff, the second of which serves older people of the Vale as well."""
    world = World()
    for provider, groups in ((1, {CARDIFF: ("LD",)}), (2, {CARDIFF: ("LD", "OP"), VALE: ("OP",)})):
        submission = world.submission(provider, "2026-06", profile="LITE", lead_la=CARDIFF)
        service = world.service(submission, 10 * provider, CARDIFF)
        world.expect(10 * provider, CARDIFF)
        for area, codes in groups.items():
            for code in codes:
                given = {"service_id": service, "commissioning_la": area, "client_group": code}
                world.row("ACTIVITY", submission, **given, people_attended=9, sessions_attended=50)
                world.row("OUTCOMES", submission, **given, plans_reviewed_on_time=9)
                world.row("WAITING", submission, **given, waiting_total=9, wait_0_6w=9)
        world.row("FINANCE", submission, service_id=service, cost_staff=1000 * provider)
        world.row("CARERS", submission, service_id=service, carers_supported=9)
        world.row(
            "WORKFORCE",
            submission,
            service_group="ALL",
            service_la=CARDIFF,
            role="SUPPORT",
            headcount_perm=provider - 1,
        )
    return world


@pytest.fixture
def c(c: Connection) -> Connection:
    two_providers().put(c)
    indicate(c, JUNE)
    return c


def behind(c: Connection, indicator_id: str, area: str = CARDIFF, kind: str = "month", **given: Any) -> Any:
    table = figures.indicator.c
    key = {"indicator_id": indicator_id, "area_code": area, "period_kind": kind, "breakdown": "all", **given}
    asked = select(table.only_provider, table.largest, table.second_largest).distinct()
    return tuple(c.execute(asked.where(*(table[name] == value for name, value in key.items()))).one())


@pytest.mark.parametrize("indicator_id", ["DO01", "DO02", "DO07", "DO10", "DO13", "DO22", "DO26", "DO28"])
def test_a_figure_of_two_providers_names_none(c: Connection, indicator_id: str) -> None:
    assert behind(c, indicator_id)[0] is None


@pytest.mark.parametrize("indicator_id", ["DO01", "DO07", "DO10", "DO22", "DO26", "DO28"])
def test_a_category_of_one_provider_names_it_in_every_area(c: Connection, indicator_id: str) -> None:
    of_older = {"breakdown": "client_group", "category": "OP"}
    assert [behind(c, indicator_id, area, **of_older)[0] for area in (CARDIFF, WALES)] == [SECOND, SECOND]


def test_a_provider_that_counts_nobody_does_not_stand_behind_a_figure(c: Connection) -> None:
    assert behind(c, "DO18")[0] == SECOND


def test_longer_periods_are_looked_at_as_a_whole(c: Connection) -> None:
    assert [
        behind(c, "DO22", kind=kind, breakdown="client_group", category="OP")[0] for kind in ("quarter", "year")
    ] == [SECOND, SECOND]


def test_of_money_it_is_known_what_the_two_largest_account_for(c: Connection) -> None:
    assert behind(c, "DO29") == (None, 2000, 1000)


def test_of_people_nothing_is_kept_by_provider(c: Connection) -> None:
    assert behind(c, "DO01")[1:] == (None, None)
