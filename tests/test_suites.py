"""Suites: each kind of check asked of Great Expectations itself, with rows that pass, rows that fail and a blank."""

from functools import cache
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from expectations import suites
from expectations.contract import (
    AddsUp,
    Between,
    Check,
    DayWithin,
    Listed,
    Matches,
    NameAgrees,
    NoPersonalDetail,
    NotListed,
    NotMore,
    OnlyWhen,
    Present,
    RatioBetween,
    RowCheck,
    SumNotMore,
    Unique,
    When,
    WholeNumber,
    Written,
)
from expectations.rules import CONTRACT

PERIOD = "2026-09"


def _place(column: str, says: str = "s") -> dict[str, Any]:
    return {"rule": "V03", "sheet": "WAITING", "column": column, "says": says}


def _frame() -> pd.DataFrame:
    """Four rows of one submission: the first is sound, the second breaks every check, the third is blank."""
    words = ["Y", "Q", None, "Y"]
    numbers, wholes, days = ["2", "12.5", None, "3"], [4.0, 1.0, np.nan, 4.0], ["2026-09-30", "2026-10-01", None, None]
    frame = pd.DataFrame({"submission_id": [1, 1, 1, 1]})
    _add(frame, "word", words, words)
    _add(frame, "number", numbers, [2.0, 12.5, np.nan, 3.0])
    _add(frame, "whole", ["4", "1", None, "4"], wholes)
    _add(frame, "unreadable", ["4", "four", None, "4"], [4.0, np.nan, np.nan, 4.0])
    _add(frame, "day", days, pd.to_datetime(pd.Series(days)))
    _add(frame, "key", ["a", "b", None, "b"], ["a", "b", None, "b"])
    _add(frame, "free", ["Centre", "Mrs Jones", None, "Centre"], ["Centre", "Mrs Jones", None, "Centre"])
    _add(frame, "area", ["W06000023", "W06000023", None, "W06000023"], ["W06000023", "W06000023", None, "W06000023"])
    frame["area__named"] = pd.Categorical(["W06000023", "W06000002", None, None])
    frame["key_again__value"], frame["key_again"] = frame["key__value"], frame["key"]
    return frame


def _add(frame: pd.DataFrame, name: str, texts: list[str | None], values: Any) -> None:
    frame[name] = pd.Categorical(texts)
    frame[name + "__value"] = pd.Categorical(values) if isinstance(values[0], str) else values


CHECKS: dict[RowCheck, list[int]] = {
    Present(**_place("word")): [2],
    Present(**_place("day", "when"), when=When("word", ("Y",))): [3],
    Present(**_place("day", "filled"), when=When("number")): [3],
    Written(**_place("unreadable")): [1],
    Listed(**_place("word", "listed"), allowed=("Y", "N")): [1],
    NotListed(**_place("word", "not listed"), refused=("Q",)): [1],
    Matches(**_place("word", "matches"), regex="Y|N"): [1],
    Matches(**_place("free", "long"), regex="(?s).{1,6}"): [1],
    WholeNumber(**_place("number")): [1],
    Between(**_place("number", "between"), least=0, most=12): [1],
    DayWithin(**_place("day", "within"), or_before=False): [1],
    DayWithin(**_place("day", "before"), or_before=True): [1],
    Unique(**_place("key"), columns=("key", "key_again")): [1, 3],
    NotMore(**_place("number", "more"), other="whole"): [1],
    AddsUp(**_place("number", "adds"), parts=("number", "number"), totals=("whole",), tolerance=2): [1],
    RatioBetween(**_place("number", "ratio"), other="whole", least=0.5, most=0.75): [1],
    RatioBetween(**_place("number", "slack"), other="whole", least=0.75, most=0.75, slack=1): [1],
    OnlyWhen(**_place("number", "only"), only=When("word", ("Y",))): [1],
    SumNotMore(**_place("whole", "sum"), parts=("number", "number")): [1, 3],
    NameAgrees(**_place("area")): [1],
    NoPersonalDetail(**_place("free")): [1],
}


@cache
def _answers() -> dict[str, np.ndarray]:
    return suites.ask(list(CHECKS), _frame(), PERIOD)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{type(check).__name__} {check.says}")
def test_a_check_names_the_rows_that_break_it_and_no_other(check: RowCheck) -> None:
    assert _answers()[check.code].tolist() == CHECKS[check]


def test_every_kind_of_check_is_asked_here() -> None:
    assert {type(check) for check in CHECKS} == set(get_args(RowCheck))


def test_every_check_of_the_contract_can_be_built() -> None:
    checks = [check for sheet in CONTRACT.sheets for check in CONTRACT.row_checks(sheet.name)]
    built = [suites._expectation(check, PERIOD) for check in checks]
    assert [one.meta["check"] for one in built] == [check.code for check in checks]


def test_a_blank_part_of_a_key_is_a_value_only_where_the_form_lets_it_be_blank() -> None:
    frame = pd.DataFrame({"submission_id": [1, 1, 2]})
    for name in ("service_id", "commissioning_la", "client_group"):
        _add(frame, name, ["a", "a", "a"], ["a", "a", "a"])
    [unique] = [check for check in CONTRACT.row_checks("WAITING") if isinstance(check, Unique)]
    for blank, repeated in {"service_id": [0, 1], "client_group": []}.items():
        nothing = pd.Categorical([None, None, None], categories=["a"])
        blanked = frame.assign(**{blank: nothing, f"{blank}__value": nothing})
        assert suites.ask([unique], blanked, PERIOD)[unique.code].tolist() == repeated


def test_a_check_that_cannot_be_asked_is_never_taken_as_passed() -> None:
    check = Between(**_place("free"), least=0, most=1)
    with pytest.raises(suites.CannotAsk, match="V03-WAITING-free"):
        suites.ask([check], _frame(), PERIOD)


def test_a_check_that_great_expectations_drops_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Present(**_place("word")), Present(**_place("day"))
    always = suites._expectation(first, PERIOD)
    monkeypatch.setattr(suites, "_expectation", lambda *_: always)
    with pytest.raises(suites.CannotAsk):
        suites.ask([first, second], _frame(), PERIOD)


def test_a_failure_without_rows_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    check = Present(**_place("word"))

    class Silent:
        success = False
        result: dict[str, list[int]] = {}  # noqa: RUF012

    monkeypatch.setattr(suites, "_results", lambda *_: {check.code: Silent()})
    with pytest.raises(suites.CannotAsk, match="without naming a row"):
        suites.ask([check], _frame(), PERIOD)


def test_a_kind_of_check_that_nobody_taught_is_an_error() -> None:
    with pytest.raises(AssertionError):
        suites._expectation(Check(**_place("word")), PERIOD)  # type: ignore[arg-type]


def test_no_value_of_a_cell_is_kept_in_a_result() -> None:
    check = Listed(**_place("word"), allowed=("Y",))
    result = suites._results([check], _frame(), PERIOD, suites._WHICH)[check.code]
    assert result.result["unexpected_index_list"] == [1]
    assert "'Q'" not in str(result.result)


def test_asking_again_and_again_keeps_no_frame() -> None:
    check = Present(**_place("word"))
    for _ in range(3):
        suites.ask([check], _frame(), PERIOD)
    engine = suites._whole_frame().data_asset.datasource.get_execution_engine()
    assert len(engine.batch_manager.batch_data_cache) == 1
