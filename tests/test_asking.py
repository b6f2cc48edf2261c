"""Asking each different cell once: the same rows are named as where every row is asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.check import asking
from assets.check.asking import broken_rows
from assets.check.batch import Batch, frame, gather, without
from expectations import suites
from expectations.contract import ROW
from expectations.rules import CONTRACT
from resources.restricted import StoredSheet

PERIOD = "2026-09"
TEXTS = {
    "ATTENDANCE": {
        "person_ref": ["0123456789abcdef", "Mair Evans", "", None],
        "service_id": ["DOS000001", "dos 1", "x", None],
        "date": ["2026-09-01", "1 Medi 2026", "2026-10-01", "soon", None],
        "part": ["AM", "am", "NIGHT", None],
        "status": ["ATT", "DNA", "?", None],
        "hours": ["3", "3,5", "7", "many", None],
        "mode": ["IN_PERSON", "DIGITAL", "x", None],
    },
    "ACTIVITY": {
        "commissioning_la": ["W06000002", "W06000002 Cardiff", "W06000999", "SELF", None],
        "people_enrolled": ["9", "9.5", "-1", None],
        "people_attended": ["8", "10", "x", None],
    },
}


def a_batch(sheet: str, rows: list[tuple[str | None, ...]]) -> Batch:
    import pyarrow as pa

    columns = {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(TEXTS[sheet])}
    table = pa.table({**columns, ROW: pa.array(range(1, len(rows) + 1), pa.int32())})
    return gather(CONTRACT.sheet(sheet), {1: StoredSheet(table), 2: StoredSheet(table)})


@pytest.fixture(autouse=True)
def few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have different cells asked apart however few rows there are."""
    monkeypatch.setattr(asking, "_FEWER", 0)


@pytest.mark.parametrize("sheet", TEXTS)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_same_rows_break_the_same_checks(sheet: str, data: st.DataObject) -> None:
    one = st.tuples(*(st.sampled_from(texts) for texts in TEXTS[sheet].values()))
    batch = a_batch(sheet, data.draw(st.lists(one, min_size=1, max_size=12)))
    spoilt = data.draw(st.lists(st.integers(0, len(batch) - 1), max_size=3, unique=True))
    batch = without(batch, {next(iter(TEXTS[sheet])): spoilt})
    checks = CONTRACT.row_checks(sheet)
    expected = suites.ask(checks, frame(batch), PERIOD)
    found = broken_rows(checks, batch, PERIOD)
    assert {code: rows.tolist() for code, rows in found.items()} == {
        code: rows.tolist() for code, rows in expected.items()
    }


def test_what_rests_on_one_cell_is_asked_of_as_many_rows_as_there_are_different_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heights = []

    def counted(checks: object, asked: "np.ndarray", period: str) -> dict[str, "np.ndarray"]:
        heights.append(len(asked))
        return {check.code: np.empty(0, dtype=np.int64) for check in checks}  # type: ignore[attr-defined]

    monkeypatch.setattr(suites, "ask", counted)
    row = tuple(texts[0] for texts in TEXTS["ATTENDANCE"].values())
    other = (*row[:-1], None)
    broken_rows(CONTRACT.row_checks("ATTENDANCE"), a_batch("ATTENDANCE", [row, other] * 50), PERIOD)
    assert heights == [200, 2]
