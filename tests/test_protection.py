"""Primary disclosure control: what is hidden, what is rounded, and what is not available."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from world import CARDIFF, random_world

from expectations.reference import WALES
from warehouse import figures
from warehouse.indicators import declare, indicate
from warehouse.protection import protect, small_numbers_shown, statuses

AUGUST = date(2026, 8, 1)
POWYS = "W06000023"


@pytest.fixture
def c(c: Connection) -> Connection:
    declare(c)
    return c


def put(c: Connection, indicator_id: str, measure: str = "main", numerator: Any = None, **given: Any) -> None:
    """Put one well covered figure of August before protection; the value follows from its parts."""
    figure = {"area_code": POWYS, "area_level": "authority", "period_kind": "month", "period_start": AUGUST}
    figure |= {"breakdown": "all", "category": "ALL", "services_expected": 10, "services_returned": 10, "coverage": 1}
    parts = {"numerator": numerator, "denominator": None, "value": numerator, "note_codes": []}
    c.execute(insert(figures.indicator).values(indicator_id=indicator_id, measure=measure, **(figure | parts | given)))


def shown(c: Connection, **policy: Any) -> Any:
    """Protect August and return the value, the note codes and the status of its one figure."""
    protect(c, AUGUST, **policy)
    table = figures.protected_indicator.c
    return tuple(c.execute(select(table.value, table.note_codes, table.status)).one())


@pytest.mark.parametrize("people", [1, 4])
def test_a_count_of_one_to_four_people_is_confidential(c: Connection, people: int) -> None:
    put(c, "DO01", "count", people)
    assert shown(c) == (None, ["c"], "confidential")


def test_a_count_of_nobody_is_shown(c: Connection) -> None:
    put(c, "DO01", "count", 0)
    assert shown(c) == (0, [], "shown")


@pytest.mark.parametrize(("people", "rounded"), [(5, 5), (7, 5), (8, 10), (1002, 1000), (1003, 1005)])
def test_counts_of_people_are_rounded_to_the_nearest_five(c: Connection, people: int, rounded: int) -> None:
    put(c, "DO01", "count", people)
    assert shown(c) == (rounded, [], "shown")


def test_a_figure_that_rounds_to_zero_but_is_none_says_so(c: Connection) -> None:
    put(c, "DO01", "count", 7)
    assert shown(c, base=20) == (0, ["k"], "shown")


def test_a_rate_that_rounds_to_zero_says_so_too(c: Connection) -> None:
    put(c, "DO01", "rate", 5, denominator=109_186, value=1000 * 5 / 109_186)
    assert shown(c) == (0, ["k"], "shown")


def test_a_rate_is_rounded_from_the_unrounded_count_beneath_it(c: Connection) -> None:
    put(c, "DO01", "rate", 233, denominator=1000, value=233)
    assert shown(c)[0] == 233


@pytest.mark.parametrize(
    ("numerator", "denominator"), [(3, 50), (47, 50), (0, 4), (2, 2)], ids=["part", "rest", "whole", "all of few"]
)
def test_a_share_is_confidential_where_its_part_its_rest_or_its_whole_is_small(
    c: Connection, numerator: int, denominator: int
) -> None:
    put(c, "DO10", "main", numerator, denominator=denominator, value=100 * numerator / denominator)
    assert shown(c) == (None, ["c"], "confidential")


@pytest.mark.parametrize("numerator", [0, 5, 45, 50])
def test_a_share_is_shown_to_one_place_where_none_of_its_parts_is_small(c: Connection, numerator: int) -> None:
    put(c, "DO10", "main", numerator, denominator=50, value=2 * numerator + 0.04)
    assert shown(c)[0] == 2 * numerator


def test_what_is_left_of_a_ratio_that_is_no_share_tells_nothing(c: Connection) -> None:
    put(c, "DO02", "main", 98, denominator=100, value=98)
    assert shown(c) == (98, [], "shown")


@pytest.mark.parametrize(("numerator", "denominator"), [(3, 100), (100, 3)])
def test_a_recovery_from_or_to_few_people_is_confidential(c: Connection, numerator: int, denominator: int) -> None:
    put(c, "DO02", "main", numerator, denominator=denominator, value=100 * numerator / denominator)
    assert shown(c)[2] == "confidential"


def test_hours_of_few_people_are_confidential_and_few_hours_of_many_are_not(c: Connection) -> None:
    put(c, "DO07", "main", 60, denominator=4, value=15)
    put(c, "DO07", "main", 3, denominator=60, value=0.05, area_code=CARDIFF)
    protect(c, AUGUST)
    table = figures.protected_indicator.c
    assert dict(c.execute(select(table.area_code, table.status)).all()) == {POWYS: "confidential", CARDIFF: "shown"}  # type: ignore[arg-type]


def a_quarter(c: Connection, indicator_id: str, measure: str, july: int, august: int) -> dict[str, str]:
    """Protect two months of so many among 200 and their quarter, and return the status of the quarter."""
    of_july = {"period_start": date(2026, 7, 1)}
    for number, given in ((july, of_july), (august, {}), (july + august, {**of_july, "period_kind": "quarter"})):
        put(c, indicator_id, measure, number, **({"denominator": 200, "value": number / 2} | given))
    protect(c, AUGUST)
    table = figures.protected_indicator.c
    return dict(c.execute(select(table.period_kind, table.status)).all())  # type: ignore[arg-type]


@pytest.mark.parametrize(("july", "august"), [(3, 4), (196, 197)], ids=["part", "rest"])
def test_months_that_are_hidden_are_not_shown_as_their_sum(c: Connection, july: int, august: int) -> None:
    assert a_quarter(c, "DO10", "main", july, august)["quarter"] == "confidential"


def test_a_sum_of_months_is_shown_where_one_of_them_tells_of_enough_people(c: Connection) -> None:
    assert a_quarter(c, "DO10", "main", 3, 5)["quarter"] == "shown"


def test_people_who_count_once_in_the_quarter_are_judged_by_the_quarter_alone(c: Connection) -> None:
    assert a_quarter(c, "DO28", "main", 3, 4)["quarter"] == "shown"


def test_the_audit_names_a_sum_of_hidden_months(c: Connection) -> None:
    a_quarter(c, "DO10", "main", 3, 4)
    table = figures.protected_indicator
    c.execute(update(table).where(table.c.period_kind == "quarter").values(value=3.5))
    assert [key[3] for key in small_numbers_shown(c, AUGUST)] == ["quarter"]


def test_money_and_sessions_are_not_people(c: Connection) -> None:
    put(c, "DO29", "main", 3, denominator=2, value=1.505, largest=1, second_largest=1)
    value, _, status = shown(c)
    assert (float(value), status) == (1.51, "shown")


@pytest.mark.parametrize(
    ("level", "area", "coverage", "status"),
    [
        ("authority", POWYS, 0.79, "not_available"),
        ("authority", POWYS, 0.80, "shown"),
        ("region", "RPB_PO", 0.59, "not_available"),
        ("country", WALES, 0.60, "shown"),
    ],
)
def test_below_its_coverage_floor_a_figure_is_not_available(
    c: Connection, level: str, area: str, coverage: float, status: str
) -> None:
    put(c, "DO01", "count", 50, area_level=level, area_code=area, coverage=coverage)
    assert shown(c)[1:] == ([] if status == "shown" else ["x"], status)


def test_coverage_itself_is_given_however_low_it_is(c: Connection) -> None:
    put(c, "DO30", "main", 1, denominator=10, value=10, coverage=0.1)
    assert shown(c) == (10, [], "shown")


def test_the_floors_the_threshold_and_the_base_are_policy(c: Connection) -> None:
    put(c, "DO01", "count", 7, coverage=0.5)
    assert shown(c, threshold=7, base=2, floor_authority=0.5) == (8, [], "shown")
    assert shown(c, threshold=8, floor_authority=0.5)[2] == "confidential"


def test_note_codes_keep_their_order_and_a_figure_that_is_not_available_says_so_once(c: Connection) -> None:
    put(c, "DO01", "count", 3, note_codes=["e", "p"])
    assert shown(c)[1] == ["c", "e", "p"]
    c.execute(update(figures.indicator).values(value=None, numerator=None, note_codes=["p", "x"]))
    assert shown(c) == (None, ["p", "x"], "not_available")


def test_every_figure_is_protected_and_none_that_is_shown_tells_of_too_few_people(c: Connection) -> None:
    random_world(1).put(c)
    measured = indicate(c, date(2027, 3, 1))
    assert protect(c, date(2027, 3, 1)) == measured == sum(statuses(c, date(2027, 3, 1)).values())
    assert small_numbers_shown(c, date(2027, 3, 1)) == []


@pytest.mark.parametrize("spoiled", [{"value": 3}, {"value": 60}])
def test_the_audit_names_a_figure_that_slipped_through(c: Connection, spoiled: dict[str, int]) -> None:
    put(c, "DO01", "count", 3)
    protect(c, AUGUST)
    c.execute(update(figures.protected_indicator).values(**spoiled))
    assert [key[:3] for key in small_numbers_shown(c, AUGUST)] == [("DO01", "count", POWYS)]
