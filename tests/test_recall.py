"""The benchmark of recall, in short: nothing is found in sound returns, nor in spoiled ones once they are mended.

That faults are found where they were planted is tried by the nights of `test_pipeline` and `test_among`.
"""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from bench.mends import Mended, copied, judged, mend_returns, sheets_in, written
from bench.recall import Clean, clean, holds, report
from dayops_pipeline.cli.score import Score, answers, score
from dayops_pipeline.sample.folder import Order, prepared, write_sample
from dayops_pipeline.sample.mending import mended
from expectations.rules import CONTRACT
from resources.house import House

TODAY = date(2026, 10, 20)
MONTHS = ("2026-09",)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spoiled")
    write_sample(prepared(Order(6, MONTHS, seed=7, faults=0.05, has_baseline=False)), folder)
    return folder


def test_nothing_is_found_in_sound_returns(tmp_path: Path, database: str) -> None:
    house = House(home=str(tmp_path / "home"), returns=str(tmp_path / "in"), warehouse=database)
    with dg.instance_for_test() as instance:
        found = clean(Order(5, MONTHS, seed=3, has_baseline=False), tmp_path / "in", house, instance)
    assert (set(found.states), found.found) == ({"accepted"}, Counter())


def test_the_annotated_copy_of_a_spoiled_return_with_every_mend_applied_is_sound(spoiled: Path, tmp_path: Path) -> None:
    result = mend_returns(spoiled, answers(spoiled), tmp_path, most=10, seed=1, today=TODAY)
    assert (result.returns > 3, result.before["error"] > 10) == (True, True)
    assert result.after_each == ()


def test_a_mend_that_is_left_out_of_a_copy_is_found(spoiled: Path, tmp_path: Path) -> None:
    key = answers(spoiled)
    left = next(one for one in key if one["refuses"] == "row" and one["kind"] == "not_number")
    others = [one for one in key if one["file"] == left["file"] and one is not left]
    copy = copied(judged({"return": spoiled / left["file"]}, tmp_path, TODAY)["return"], tmp_path)
    assert "FINDINGS" not in sheets_in(spoiled / left["file"])
    assert {"FINDINGS", "CANFYDDIADAU"} & set(sheets_in(copy))
    books = {"mended": mended(CONTRACT, sheets_in(copy), others)}
    [found] = judged(written(books, tmp_path), tmp_path, TODAY)["mended"].findings
    assert (found.rule, found.sheet, found.column) == (left["rule"], left["sheet"], left["column"])


# --- what is told -----------------------------------------------------------------------------------------------------

PLACES = [("a.xlsx", "V03", "FINANCE", number, "cost_staff") for number in range(2, 202)]
SOUND = Clean(Counter(accepted=500), Counter())
HEALED = Mended(100, 200, Counter(error=200), Counter())


def test_all_holds_where_all_but_one_of_two_hundred_is_found() -> None:
    assert holds(score(PLACES, PLACES[1:]), SOUND, HEALED)


@pytest.mark.parametrize(
    ("result", "sound", "mended"),
    [
        (score(PLACES, PLACES[2:]), SOUND, HEALED),
        (score(PLACES[1:], PLACES), SOUND, HEALED),
        (score(PLACES, PLACES), Clean(Counter(accepted=499, refused=1), Counter()), HEALED),
        (score(PLACES, PLACES), Clean(Counter(accepted=500), Counter({"query V12": 1})), HEALED),
        (score(PLACES, PLACES), SOUND, replace(HEALED, after=Counter(query=1))),
    ],
    ids=["too few found", "one found beside", "one refused", "one query", "one left after mending"],
)
def test_one_promise_that_is_broken_breaks_all(result: Score, sound: Clean, mended: Mended) -> None:
    assert not holds(result, sound, mended)


def test_the_report_names_what_was_missed_and_what_was_found_beside() -> None:
    told = report(score(PLACES, [*PLACES[2:], ("b.ods", "V12", "SERVICES", 2, "x")]), SOUND, HEALED)
    assert "V03         200      198   99.00%        0" in told
    assert "198 of 200, 99.00% (at least 99.5%); found beside them: 1 (none)" in told
    assert "not found: a.xlsx | V03 | FINANCE | 2 | cost_staff" in told
    assert "not planted: b.ods | V12 | SERVICES | 2 | x" in told
