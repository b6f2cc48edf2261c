"""Joins: the queries across sheets, each asked of a few rows that keep the rule and one that breaks it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from assets.check.batch import gather, table
from expectations.joins import REFUSED, STRAY, Broken, join, query
from expectations.rules import CONTRACT
from makers import PERIOD, PERSON, SERVICE, Cells, a_return, a_row, stored

OTHER = "DOS000002"
Rows = Sequence[Cells]


def _broken(sheets: Mapping[str, Rows], says: str, refused: Mapping[str, Sequence[int]] | None = None) -> list[Broken]:
    """Return what the checks called `says` find in one return; `refused` gives the rows, from 0, refused before."""
    tables = {name: _table(name, rows, (refused or {}).get(name, ())) for name, rows in {**_none(), **sheets}.items()}
    answers = join(CONTRACT, tables, PERIOD)
    return [one for check in CONTRACT.joins() if check.says == says for one in answers[check.code]]


def _none() -> dict[str, Rows]:
    return {sheet.name: [] for sheet in CONTRACT.sheets}


def _table(name: str, rows: Rows, refused: Sequence[int]) -> pa.Table:
    typed = table(gather(CONTRACT.sheet(name), {1: stored({name: rows})[name]}))
    is_refused: list[Any] = [row in refused for row in range(len(rows))]
    marks: dict[str, Any] = {"submission_id": pa.array([1] * len(rows), pa.int64())}
    marks |= {REFUSED: pa.array(is_refused, pa.bool_()), STRAY: pa.array([False] * len(rows), pa.bool_())}
    for mark, values in marks.items():
        typed = typed.append_column(mark, values)
    return typed


def test_a_good_return_breaks_nothing() -> None:
    tables = {name: _table(name, rows, ()) for name, rows in a_return().items()}
    assert not any(join(CONTRACT, tables, PERIOD).values())


def test_every_query_says_what_it_means_in_its_first_line() -> None:
    assert all(query(check.query).startswith("-- ") for check in CONTRACT.joins())


# --- services ---------------------------------------------------------------------------------------------------------


def _service(**changes: str | None) -> Cells:
    return a_row("SERVICES", **changes)


def test_a_service_that_is_not_listed_is_unknown() -> None:
    rows = [a_row("FINANCE"), a_row("FINANCE", service_id=OTHER)]
    assert _broken({"SERVICES": [_service()], "FINANCE": rows}, "service_unknown") == [Broken(1, 3, OTHER, None, None)]


def test_a_service_whose_row_is_refused_is_known_all_the_same() -> None:
    sheets = {"SERVICES": [_service()], "FINANCE": [a_row("FINANCE")]}
    assert _broken(sheets, "service_unknown", {"SERVICES": [0]}) == []


def test_a_row_without_a_service_is_about_none() -> None:
    assert _broken({"WAITING": [a_row("WAITING", service_id=None)]}, "service_unknown") == []


@pytest.mark.parametrize(
    ("open_from", "closed_on", "days"),
    [
        ("2026-10-01", None, "2026-10-01 -"),
        ("2019-04-01", "2026-08-31", "2019-04-01 - 2026-08-31"),
        ("2026-09-30", None, None),
        ("2019-04-01", "2026-09-01", None),
    ],
)
def test_a_service_is_reported_on_for_months_in_which_it_was_open(
    open_from: str, closed_on: str | None, days: str | None
) -> None:
    sheets = {"SERVICES": [_service(open_from=open_from, closed_on=closed_on)], "CARERS": [a_row("CARERS")]}
    assert [one.expected for one in _broken(sheets, "service_not_open")] == ([days] if days else [])


def test_one_spell_in_the_month_is_enough() -> None:
    spells = [_service(open_from="2019-04-01", closed_on="2020-03-31"), _service(open_from="2026-09-01")]
    assert _broken({"SERVICES": spells, "CARERS": [a_row("CARERS")]}, "service_not_open") == []


def test_attendance_falls_on_days_when_the_service_was_open() -> None:
    spells = [_service(closed_on="2026-09-04"), _service(open_from="2026-09-10")]
    days = [a_row("ATTENDANCE", date=f"2026-09-{day}", person_ref=PERSON) for day in ("04", "07", "10")]
    [broken] = _broken({"SERVICES": spells, "ATTENDANCE": days}, "day_service_closed")
    assert (broken.row, broken.value, broken.other) == (3, "2026-09-07", SERVICE)
    assert broken.expected == "2019-04-01 - 2026-09-04, 2026-09-10 -"


# --- places -----------------------------------------------------------------------------------------------------------


def _attended(*sessions: int) -> list[Cells]:
    return [a_row("ACTIVITY", sessions_attended=str(one)) for one in sessions]


@pytest.mark.parametrize(
    ("sessions", "says"), [(100, None), (101, "over_places"), (120, "over_places"), (121, "far_over_places")]
)
def test_places_may_be_overrun_by_a_fifth_with_a_query(sessions: int, says: str | None) -> None:
    sheets = {
        "SERVICES": [_service(places_per_session="5", open_sessions_held="20")],
        "ACTIVITY": _attended(60, sessions - 60),
    }
    found = {name for name in ("over_places", "far_over_places") if _broken(sheets, name)}
    assert found == ({says} if says else set())


def test_the_places_of_a_service_that_changed_are_added_up() -> None:
    spells = [
        _service(places_per_session="5", open_sessions_held="10", closed_on="2026-09-14"),
        _service(places_per_session="8", open_sessions_held="10", open_from="2026-09-15"),
    ]
    assert _broken({"SERVICES": spells, "ACTIVITY": _attended(130)}, "far_over_places") == []
    over = _broken({"SERVICES": spells, "ACTIVITY": _attended(140)}, "over_places")
    assert [(one.row, one.value, one.expected) for one in over] == [(2, "140", "130"), (3, "140", "130")]


def test_services_without_places_are_not_asked_about_them() -> None:
    sheets = {"SERVICES": [_service(setting="DIGITAL", places_per_session=None)], "ACTIVITY": _attended(9999)}
    assert _broken(sheets, "far_over_places") == []


def test_refused_rows_fill_no_places() -> None:
    sheets = {"SERVICES": [_service()], "ACTIVITY": _attended(200, 900)}
    assert _broken(sheets, "far_over_places")
    assert not _broken(sheets, "far_over_places", {"ACTIVITY": [1]})


# --- agency and nil ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "cost", "says"),
    [
        ("1", "0", ["agency_without_cost"]),
        ("0", "10", ["cost_without_agency"]),
        ("1", "10", []),
        ("0", "0", []),
        (None, "10", []),
        ("1", None, []),
    ],
)
def test_agency_staff_and_agency_costs_go_together(staff: str | None, cost: str | None, says: list[str]) -> None:
    sheets = {
        "WORKFORCE": [a_row("WORKFORCE", headcount_agency=staff)],
        "FINANCE": [a_row("FINANCE", cost_agency=cost)],
    }
    assert [name for name in ("agency_without_cost", "cost_without_agency") if _broken(sheets, name)] == says


def test_agency_costs_are_not_asked_about_in_months_without_the_staff_sheet() -> None:
    assert _broken({"FINANCE": [a_row("FINANCE", cost_agency="10")]}, "cost_without_agency") == []


def test_a_nil_return_has_services_but_no_activity() -> None:
    nil = a_row("RETURN", nil_return="TRUE", nil_reason="NO_CLIENTS")
    assert _broken({"RETURN": [nil], "SERVICES": [_service()]}, "nil_with_activity") == []
    [broken] = _broken(
        {"RETURN": [nil], "FINANCE": [a_row("FINANCE")], "CARERS": [a_row("CARERS")]}, "nil_with_activity"
    )
    assert (broken.row, broken.value) == (2, "2")
