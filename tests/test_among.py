"""Returns that are checked together are held against each other, and a night says the same of them."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from reply_makers import a_file, written

from bench.recall import planted, recall_of
from dayops_pipeline.checking import check_returns, gather
from dayops_pipeline.sample.folder import Order
from makers import Cells, Sheets, a_return, a_row
from resources.house import House
from resources.settings import Settings
from warehouse.connection import connect

BEFORE, NOW = "2026-08", "2026-09"
AGES = ("18-24", "25-44", "45-64")
USUAL: dict[str, str | None] = {
    "people_attended": "5",
    "sessions_planned": "60",
    "sessions_attended": "40",
    "hours_delivered": "120",
}

Found = tuple[str, str, str | None, int | None, str | None, str | None, str | None, str | None]
"""The file's hash, rule, sheet, row, cell, value, what was expected, and what it was compared with."""


def a_month(period: str = NOW, provider: int = 1, **changes: str) -> Sheets:
    """A small return of one service, the same figures each month but for `changes` in each row of ACTIVITY."""
    rows = [a_row("ACTIVITY", age_band=age, **{**USUAL, **changes}) for age in AGES]
    sheets = a_return("LITE", period, ACTIVITY=rows)
    sheets["RETURN"][0] |= {"period": period, "profile": "LITE"}
    for row in (row for rows in sheets.values() for row in rows):
        _belong(row, provider)
    return sheets


def again(period: str, provider: int = 1, **changes: str) -> Sheets:
    """The second submission of such a return."""
    sheets = a_month(period, provider, **changes)
    sheets["RETURN"][0] |= {"submission_no": "2"}
    return sheets


def _belong(row: Cells, provider: int) -> None:
    if "provider_id" in row:
        row["provider_id"] = f"DOP0000{provider}"
    if "service_id" in row:
        row["service_id"] = f"DOS00000{provider}"


def put(folder: Path, *returns: Sheets) -> list[Path]:
    """Write returns into `folder`, each sent a day after the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [written(folder / f"made {number}.xlsx", a_file(sheets)) for number, sheets in enumerate(returns, 1)]
    for day, file in enumerate(files, 1):
        came = datetime(2026, 10, day, tzinfo=UTC).timestamp()
        os.utime(file, (came, came))
    return files


def checked(folder: Path, paths: Iterable[Path], rules: Iterable[str]) -> set[Found]:
    """What `dayops check` finds of `rules` in the returns at `paths`."""
    scratch = folder / "scratch"
    scratch.mkdir()
    told = check_returns(gather(paths, scratch), Settings(home=folder / "home"), scratch, lambda: None)
    return {
        (one.given.sha256, found.rule, found.sheet, found.row, found.cell, found.value, found.expected, found.other)
        for one in told
        for found in one.document.findings
        if found.rule in set(rules)
    }


BETWEEN = ("V24", "V25", "V26", "V31", "V32", "V33")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("returns", "rules"),
    [
        ([a_month(BEFORE), a_month(NOW, 1, people_digital="1")], set()),
        ([a_month(BEFORE), a_month(NOW, 1, people_enrolled="12", people_digital="1")], {"V24"}),
        ([a_month(BEFORE, hours_delivered="240"), a_month(NOW, 1, hours_delivered="30", people_digital="1")], {"V25"}),
        ([a_month(BEFORE), a_month()], {"V31"}),
        ([a_month(), a_month(NOW, 2)], {"V32"}),
        ([a_month("2026-07"), a_month()], set()),
        (
            [
                a_month(BEFORE),
                again(BEFORE, people_enrolled="12"),
                a_month(NOW, 1, people_enrolled="12", people_digital="1"),
            ],
            set(),
        ),
        ([a_month(BEFORE, people_digital="1"), again(BEFORE, people_enrolled="n/a"), a_month()], set()),
    ],
    ids=[
        "goes on",
        "enrolled",
        "hours",
        "unchanged",
        "copied",
        "a month between",
        "the last submission counts",
        "a service that is not sure",
    ],
)
def test_returns_are_held_against_the_others_given(tmp_path: Path, returns: list[Sheets], rules: set[str]) -> None:
    found = checked(tmp_path, put(tmp_path / "in", *returns), BETWEEN)
    assert {rule for _, rule, *_ in found} == rules


@pytest.mark.usefixtures("quick")
def test_a_return_by_itself_is_held_against_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.history.facts_of", None)
    assert checked(tmp_path, put(tmp_path / "in", a_month()), BETWEEN) == set()


@pytest.mark.usefixtures("quick")
def test_what_is_found_between_returns_makes_a_question_of_one_that_was_accepted(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    given = gather(put(tmp_path / "in", a_month(BEFORE), a_month()), tmp_path / "scratch")
    told = check_returns(given, Settings(home=tmp_path / "home"), tmp_path / "scratch", lambda: None)
    assert [one.document.subject.state for one in told] == ["accepted", "queried"]


def test_a_night_and_a_check_find_the_same_between_the_returns_of_a_folder(tmp_path: Path, database: str) -> None:
    folder = tmp_path / "in"
    put(
        folder,
        a_month(BEFORE, 1),
        a_month(NOW, 1, people_enrolled="12", hours_delivered="30"),
        a_month(BEFORE, 2, hours_delivered="121"),
        a_month(NOW, 2, hours_delivered="121"),
        a_month(NOW, 3, hours_delivered="121"),
        a_month(BEFORE, 4, hours_delivered="119"),
        a_month(NOW, 4, people_enrolled="n/a"),
        again(NOW, 4, hours_delivered="119"),
    )
    house = House(home=str(tmp_path / "home"), returns=str(folder), warehouse=database)
    with dg.instance_for_test() as instance:
        result = planted(Order(2, (BEFORE, NOW), seed=5, faults=0.03, has_baseline=False), folder, house, instance)
    assert (recall_of(result), result.planted.total() > 10) == (1, True)
    by_night = between_in(database)
    assert {rule for _, rule, *_ in by_night} >= {"V24", "V25", "V31", "V32"}
    assert checked(tmp_path, [folder], BETWEEN) == by_night


def between_in(database: str) -> set[Found]:
    asked = sa.text("""
        select sha256, rule_id, sheet, row_number, cell, value, expected, other
        from landing.finding join landing.submission using (submission_id)
        where rule_id = any(:rules)
    """)
    with connect(database).connect() as connection:
        return set(connection.execute(asked, {"rules": list(BETWEEN)}).tuples().all())
