"""Reading: the cells of a return as they were submitted, or the file refused whole with the reason."""

from dataclasses import replace

from assets.read import refusals
from expectations.codes import CODE_LISTS
from expectations.contract import ROW, Column, Sheet
from expectations.rules import CONTRACT
from resources.reading import CellProblem, Grid, Note, Workbook
from resources.returns import Reading, read_workbook

PERIOD = "2026-08"


def a_grid(sheet: Sheet, rows: int = 1) -> Grid:
    header = tuple(column.label for column in sheet.columns)
    cells = tuple(_text(column) for column in sheet.columns)
    return Grid(sheet.name, False, [header, *[cells] * rows], [])


def _text(column: Column) -> str:
    return next(iter(CODE_LISTS["part"])) if column.name == "part" else f"{column.name} as typed "


def a_workbook(profile: str = "LITE") -> Workbook:
    from expectations.contract import Profile

    return Workbook("xlsx", [a_grid(sheet) for sheet in CONTRACT.expected_sheets(Profile(profile), PERIOD)])


def without(workbook: Workbook, *names: str) -> Workbook:
    return replace(workbook, grids=[grid for grid in workbook.grids if grid.name not in names])


def put(workbook: Workbook, grid: Grid) -> Workbook:
    return replace(workbook, grids=[*without(workbook, grid.name).grids, grid])


def reading(workbook: Workbook, profile: str = "LITE") -> Reading:
    return read_workbook(workbook, CONTRACT, profile, PERIOD)


def says(found: Reading) -> list[tuple[str, str | None, str | None]]:
    return [(flaw.says, flaw.sheet, flaw.column) for flaw in found.flaws]


def test_a_whole_return_gives_every_sheet_with_each_cell_to_the_letter() -> None:
    found = reading(a_workbook())
    assert not found.flaws
    assert list(found.sheets) == ["RETURN", "SERVICES", "ACTIVITY", "FINANCE", "CARERS", "VOLUNTEERS", "OUTCOMES"]
    finance = found.sheets["FINANCE"]
    assert finance.table.to_pylist()[0]["cost_staff"] == "cost_staff as typed "
    assert finance.table[ROW].to_pylist() == [2]
    assert finance.meta["headers"]["service_id"] == [1, "Service number"]


def test_rows_keep_their_numbers_below_titles_and_around_blank_rows() -> None:
    grid = a_grid(CONTRACT.sheet("FINANCE"), rows=2)
    header, first, second = grid.rows
    odd = replace(grid, rows=[("Costs of August",), (), header, first, (None, "  "), second])
    assert reading(put(a_workbook(), odd)).sheets["FINANCE"].table[ROW].to_pylist() == [4, 6]


def test_a_blank_cell_is_null_and_a_short_row_is_blank_at_its_end() -> None:
    grid = a_grid(CONTRACT.sheet("FINANCE"))
    short = replace(grid, rows=[grid.rows[0], ("DOS000001", "   ")])
    [row] = reading(put(a_workbook(), short)).sheets["FINANCE"].table.to_pylist()
    assert (row["service_id"], row["cost_staff"], row["maintenance_backlog"]) == ("DOS000001", None, None)


def test_a_missing_sheet_refuses_the_return_and_is_named() -> None:
    found = reading(without(a_workbook(), "FINANCE"))
    assert found.is_refused
    assert not found.sheets
    assert says(found) == [("sheet_missing", "FINANCE", None)]


def test_every_missing_sheet_and_column_is_named_at_once() -> None:
    finance = a_grid(CONTRACT.sheet("FINANCE"))
    cut = replace(finance, rows=[row[1:] for row in finance.rows])
    found = reading(put(without(a_workbook(), "CARERS"), cut))
    assert set(says(found)) == {("sheet_missing", "CARERS", None), ("header_missing", "FINANCE", "service_id")}


def test_the_sheets_of_people_are_needed_in_a_full_return_alone() -> None:
    assert says(reading(a_workbook(), "FULL")) == [
        ("sheets_received", None, None),
        ("sheet_missing", "PEOPLE", None),
        ("sheet_missing", "ATTENDANCE", None),
    ]


def test_a_sheet_that_this_return_does_not_take_is_asked_about_and_not_kept() -> None:
    found = reading(put(a_workbook(), a_grid(CONTRACT.sheet("PEOPLE"))))
    assert says(found) == [("sheet_unexpected", "PEOPLE", None)]
    assert not found.is_refused
    assert "PEOPLE" not in found.sheets


def test_an_empty_sheet_that_this_return_does_not_take_is_nobodys_business() -> None:
    assert not reading(put(a_workbook(), a_grid(CONTRACT.sheet("PEOPLE"), rows=0))).flaws


def test_a_return_with_two_return_rows_is_refused() -> None:
    found = reading(put(a_workbook(), a_grid(CONTRACT.sheet("RETURN"), rows=2)))
    assert [(flaw.says, flaw.value) for flaw in found.flaws] == [("one_row", "2")]


def test_a_cell_that_could_not_be_read_is_handed_on_with_its_column() -> None:
    grid = replace(a_grid(CONTRACT.sheet("FINANCE")), problems=[CellProblem(2, 2, "CELL_EXCEL_ERROR", "#REF!")])
    found = reading(put(a_workbook(), grid))
    [problem] = found.sheets["FINANCE"].meta["problems"]
    assert (problem["row"], problem["column"], problem["column_number"]) == (2, "cost_staff", 2)
    assert (problem["code"], problem["shown"]) == ("CELL_EXCEL_ERROR", "#REF!")


def test_an_old_encoding_is_asked_about_and_read_all_the_same() -> None:
    found = reading(replace(a_workbook(), notes=[Note("ENCODING_CP1252", "FINANCE", "cp1252")]))
    assert not found.is_refused
    assert says(found) == [("ENCODING_CP1252", "FINANCE", None)]


def test_only_refused_files_have_findings_at_this_stage() -> None:
    found = refusals({1: reading(without(a_workbook(), "FINANCE")).flaws, 2: reading(a_workbook()).flaws})
    assert [(finding.rule, finding.sheet, finding.level) for finding in found[1]] == [("V01", "FINANCE", "sheet")]
    assert list(found) == [1]
