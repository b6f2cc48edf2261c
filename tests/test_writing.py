"""Writing workbooks: what is written is what is read back, in every kind, and the same bytes each time."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from resources.reading import Limits, decode
from resources.writing import Cell, Sheet, csv_zip_bytes, ods_bytes, plain_number, xlsx_bytes

HEADING: list[Cell] = ["service_name_cy", "people_enrolled", "open_from", "is_open"]
ROWS: list[list[Cell]] = [
    HEADING,
    ["Tŷ Dŵr, Llŷn", 12, date(2026, 8, 31), True],
    ["0012", 0.1, date(1999, 12, 31), False],
    ["=1+1", Decimal("12.50"), None, None],
    ["-5", 12345678901234, None, None],
    ["@x", 1e-7, None, None],
    ["  two  spaces ", None, None, None],
    ['line one\nline "two" <&>', None, None, None],
    ["http://example.org", None, None, None],
    ["_x0041_", None, None, None],
    [None, None, None, None],
    ["the last", 0, None, None],
]
SHEETS: dict[str, Sheet] = {"GWASANAETHAU": ROWS, "RETURN": [["period"], ["2026-08"]]}
TEXTS = [
    ("service_name_cy", "people_enrolled", "open_from", "is_open"),
    ("Tŷ Dŵr, Llŷn", "12", "2026-08-31", "TRUE"),
    ("0012", "0.1", "1999-12-31", "FALSE"),
    ("=1+1", "12.5", None, None),
    ("-5", "12345678901234", None, None),
    ("@x", "0.0000001", None, None),
    ("  two  spaces ", None, None, None),
    ('line one\nline "two" <&>', None, None, None),
    ("http://example.org", None, None, None),
    ("_x0041_", None, None, None),
    (None, None, None, None),
    ("the last", "0", None, None),
]
WRITERS = [xlsx_bytes, ods_bytes, csv_zip_bytes]


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_written_is_what_decode_reads_back(write: Callable[..., bytes]) -> None:
    book = decode(write(SHEETS), Limits())
    texts = {grid.name: grid.rows for grid in book.grids}
    expected = [("12.50" if cell == "12.5" and book.kind == "csv" else cell for cell in row) for row in TEXTS]
    assert texts["GWASANAETHAU"] == [tuple(row) for row in expected]
    assert texts["RETURN"] == [("period",), ("2026-08",)]
    assert not book.notes
    assert not any(grid.problems for grid in book.grids)


@pytest.mark.parametrize("write", WRITERS)
def test_the_same_sheets_give_the_same_bytes_without_a_clock_in_them(write: Callable[..., bytes]) -> None:
    data = write(SHEETS)
    assert write(SHEETS) == data
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in archive.infolist()} == {3}
    if write is xlsx_bytes:
        assert archive.read("docProps/core.xml").count(b"2019-04-01T00:00:00Z") == 2


def test_the_order_of_csv_files_is_their_names_alone() -> None:
    assert csv_zip_bytes(dict(reversed(SHEETS.items()))) == csv_zip_bytes(SHEETS)


def test_openpyxl_reads_a_written_workbook_with_texts_numbers_and_dates_of_their_own_kind() -> None:
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(SHEETS)))["GWASANAETHAU"]
    assert [cell.value for cell in page[4]][:2] == ["=1+1", 12.5]
    assert page["A4"].data_type == "s"
    assert page["A10"].value == "_x0041_"
    assert page["C2"].value.date() == date(2026, 8, 31)
    assert page["C2"].number_format == "yyyy-mm-dd"
    assert page["D2"].value is True


def test_a_workbook_has_a_bold_frozen_heading_and_the_widths_asked_for() -> None:
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(SHEETS, widths={"RETURN": [40]})))["RETURN"]
    assert page["A1"].font.bold
    assert not page["A2"].font.bold
    assert page.freeze_panes == "A2"
    assert round(page.column_dimensions["A"].width) == 41


def test_calamine_reads_a_written_opendocument_sheet() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(ods_bytes(SHEETS))).get_sheet_by_name("GWASANAETHAU").to_python()
    assert rows[1] == ["Tŷ Dŵr, Llŷn", 12.0, date(2026, 8, 31), True]
    assert [row[0] for row in rows[2:6]] == ["0012", "=1+1", "-5", "@x"]


def test_an_opendocument_file_begins_with_its_stored_mimetype() -> None:
    first = zipfile.ZipFile(io.BytesIO(ods_bytes(SHEETS))).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_zip_of_csv_files_can_be_written_as_any_program_would(delimiter: str, encoding: str) -> None:
    grid = decode(csv_zip_bytes(SHEETS, delimiter=delimiter, encoding=encoding), Limits(), only=["gwasanaethau"]).grids[
        0
    ]
    assert grid.rows[1] == TEXTS[1]
    assert not grid.problems


def test_a_letter_that_the_encoding_lacks_is_an_error_and_no_question_mark() -> None:
    with pytest.raises(UnicodeEncodeError):
        csv_zip_bytes(SHEETS, encoding="cp1252")


@pytest.mark.parametrize(
    ("write", "cell"),
    [
        (xlsx_bytes, "x" * 32_768),
        (xlsx_bytes, 10**15),
        (ods_bytes, "a\x00b"),
        (ods_bytes, float("inf")),
        (csv_zip_bytes, float("nan")),
    ],
)
def test_what_a_file_cannot_hold_is_an_error(write: Callable[..., bytes], cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"cell|digits|control"):
        write({"S": [["heading"], [cell]]})


def test_numbers_are_written_in_digits() -> None:
    assert [plain_number(n) for n in (1e-7, 1e22, Decimal("12.50"), 3)] == [
        "0.0000001",
        "10000000000000000000000",
        "12.50",
        "3",
    ]
