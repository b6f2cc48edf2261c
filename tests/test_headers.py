"""Headers: sheets and columns are found under their English, Welsh and contract names, and what is wrong is named."""

import pytest

from expectations.headers import Header, find_header, find_sheets, flaw_finding
from expectations.rules import CONTRACT
from expectations.sheets import FINANCE
from expectations.wording import cy

NAMES = [column.name for column in FINANCE.columns]


def header(cells: list[str | None], *, above: int = 0) -> Header:
    found = find_header(FINANCE, [*[("Return of August",)] * above, tuple(cells)])
    assert found is not None
    return found


def flaws(found: Header) -> list[tuple[str, str | None]]:
    return [(flaw.says, flaw.column or flaw.value) for flaw in found.flaws]


@pytest.mark.parametrize(
    "cells",
    [
        NAMES,
        [column.label for column in FINANCE.columns],
        [str(cy(f"column.FINANCE.{name}")) for name in NAMES],
        [f" {name.upper().replace('_', ' ')} " for name in NAMES],
    ],
    ids=["contract", "English", "Welsh", "case and spaces"],
)
def test_every_column_is_found_under_any_of_its_names(cells: list[str | None]) -> None:
    found = header(cells)
    assert {name: at for name, (at, _) in found.columns.items()} == {name: at for at, name in enumerate(NAMES, 1)}
    assert not found.flaws


def test_the_header_is_found_below_titles_and_knows_its_row() -> None:
    assert header(list(NAMES), above=3).row == 4


def test_a_missing_column_is_named_unless_it_is_optional() -> None:
    cells = [name for name in NAMES if name not in {"cost_staff", "charge_per_session"}]
    assert flaws(header(list(cells))) == [("header_missing", "cost_staff")]


def test_a_column_that_stands_twice_is_named_at_its_second_place() -> None:
    found = header([*NAMES, "cost_staff"])
    assert [(flaw.says, flaw.column_number) for flaw in found.flaws] == [("header_twice", len(NAMES) + 1)]


def test_a_column_that_is_not_of_the_form_is_named_as_it_is_written() -> None:
    assert flaws(header([*NAMES, "Notes"])) == [("header_unknown", "Notes")]


def test_a_sheet_without_any_header_has_none() -> None:
    assert find_header(FINANCE, [("1", "2"), ("3", "4")]) is None
    assert find_header(FINANCE, []) is None


def test_sheets_are_found_in_either_language_and_strangers_are_named() -> None:
    found, wrong = find_sheets(CONTRACT, ["return", str(cy("sheet.SERVICES.name")), "Sheet1", "Guidance", "RETURN"])
    assert found == {"RETURN": 0, "SERVICES": 1}
    assert [(flaw.says, flaw.value) for flaw in wrong] == [("sheet_unknown", "Sheet1"), ("sheet_twice", "RETURN")]


def test_a_flaw_becomes_a_finding_at_its_cell() -> None:
    [flaw] = header([*NAMES, "Notes"]).flaws
    finding = flaw_finding(1, flaw)
    assert (finding.rule, finding.severity, finding.level) == ("V01", "query", "column")
    assert (finding.sheet, finding.row, finding.cell, finding.value) == (
        "FINANCE",
        1,
        f"{chr(65 + len(NAMES))}1",
        "Notes",
    )
