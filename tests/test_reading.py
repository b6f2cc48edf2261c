"""Reading: sound files cell by cell, hostile and odd ones with their verdict, and children that protect the night."""

import io
import os
import random
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import psutil
import pytest

from processes import is_running
from resources.reading import CellProblem, Died, Done, Grid, Limits, Refused, Workbook, decode, folded, run_in_children
from resources.reading.guard import Archive
from resources.writing import Sheet, csv_zip_bytes, ods_bytes, xlsx_bytes

LIMITS = Limits()
SHORT = replace(LIMITS, cpu_seconds=1, memory_bytes=600_000_000)
SHEETS: dict[str, Sheet] = {
    "RETURN": [["period", "nil_return"], ["2026-08", False]],
    "ACTIVITY": [["service_id", "hours"], ["DOS000001", 7.5]],
}
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PROLOGUE = b'<?xml version="1.0" encoding="UTF-8"?>\n'
PART = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def repacked(data: bytes, parts: Mapping[str, bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The zip with parts replaced, added, or, where None, left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        kept = {name: source.read(name) for name in source.namelist()}
    kept |= {name: part for name, part in parts.items() if part is not None}
    return zipped({name: part for name, part in kept.items() if parts.get(name, b"") is not None}, method)


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return buffer.getvalue()


def an_xlsx(cells: str = "", before: str = "", after: str = "") -> bytes:
    """An Excel workbook whose first sheet holds these XML rows."""
    sheet = f"{before}<worksheet {NAMESPACE}><sheetData>{cells}</sheetData>{after}</worksheet>"
    return repacked(xlsx_bytes(SHEETS), {PART: PROLOGUE + sheet.encode()})


def a_row(*cells: str) -> str:
    return f'<row r="1">{"".join(cells)}</row>'


def an_ods(body: str, before: str = "") -> bytes:
    """An OpenDocument spreadsheet whose only sheet, RETURN, holds these XML rows."""
    content = zipfile.ZipFile(io.BytesIO(ods_bytes({"RETURN": []}))).read("content.xml").decode()
    content = content.replace("<table:table-column/>", f"<table:table-column/>{body}").replace(
        "?>\n", f"?>\n{before}", 1
    )
    return repacked(ods_bytes(SHEETS), {"content.xml": content.encode()})


def a_csv(text: str | bytes, name: str = "ACTIVITY.csv") -> bytes:
    return zipped({name: text.encode() if isinstance(text, str) else text})


def first(data: bytes, limits: Limits = LIMITS) -> Grid:
    return decode(data, limits).grids[0]


def found(data: bytes) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.row, problem.column) for problem in first(data).problems]


def notes(data: bytes) -> list[str]:
    return [note.code for note in decode(data, LIMITS).notes]


def a_duplicate() -> bytes:
    buffer = io.BytesIO(xlsx_bytes(SHEETS))
    with zipfile.ZipFile(buffer, "a") as target, pytest.warns(UserWarning, match="Duplicate name"):
        target.writestr(PART, b"<worksheet/>")
    return buffer.getvalue()


def with_false_size(data: bytes, claimed: int) -> bytes:
    """The zip of one entry, its directory claiming another unpacked size than its content has."""
    position = data.index(b"PK\x01\x02") + 24
    return data[:position] + struct.pack("<I", claimed) + data[position + 4 :]


def with_encryption_flag(data: bytes) -> bytes:
    position = data.index(b"PK\x01\x02") + 8
    return data[:position] + b"\x01" + data[position + 1 :]


# --- sound files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("write", "kind"), [(xlsx_bytes, "xlsx"), (ods_bytes, "ods"), (csv_zip_bytes, "csv")])
def test_each_kind_is_told_by_its_content_and_read_as_text(write: Callable[..., bytes], kind: str) -> None:
    book = decode(write(SHEETS), LIMITS)
    assert book.kind == kind
    assert {grid.name: grid.rows for grid in book.grids} == {
        "RETURN": [("period", "nil_return"), ("2026-08", "FALSE")],
        "ACTIVITY": [("service_id", "hours"), ("DOS000001", "7.5")],
    }


@pytest.mark.parametrize("write", [xlsx_bytes, ods_bytes, csv_zip_bytes])
def test_only_the_sheets_asked_for_are_read_whatever_their_case_spaces_and_diacritics(
    write: Callable[..., bytes],
) -> None:
    sheets: dict[str, Sheet] = {"Ffurflên": [["a"], ["b"]], "ACTIVITY": [["c"], ["d"]]}
    assert [grid.name for grid in decode(write(sheets), LIMITS, only=[" FFURFLEN "]).grids] == ["Ffurflên"]


def test_a_name_is_folded_for_comparing() -> None:
    assert folded("\ufeff Nifer\u00a0 Y  Sesiynâu ") == "nifer y sesiynau"


@pytest.mark.parametrize("write", [xlsx_bytes, ods_bytes, csv_zip_bytes])
def test_row_numbers_are_those_of_the_file_and_trailing_blanks_are_trimmed(write: Callable[..., bytes]) -> None:
    rows: Sheet = [
        [None, None, None],
        [],
        [None, "service_id", None],
        [None, "DOS000001", None],
        [],
        [None, None, None],
    ]
    assert first(write({"S": rows})).rows == [(None, None), (None, None), (None, "service_id"), (None, "DOS000001")]


def test_numbers_dates_and_times_become_plain_text() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append([12.0, 0.1 + 0.2, 1e20, 1e-7, 123456789012345678, True, -0.0])
    for column, (value, style) in enumerate(
        [(46265, "yyyy-mm-dd"), (46265.5625, "dd/mm/yyyy hh:mm"), (1.3125, "[h]:mm")], 1
    ):
        page.cell(2, column, value).number_format = style
    buffer = io.BytesIO()
    book.save(buffer)
    numbers, dates = first(buffer.getvalue()).rows
    assert numbers == ("12", "0.3", "100000000000000000000", "0.0000001", "123456789012346000", "TRUE", "0")
    assert dates[:3] == ("2026-08-31", "2026-08-31T13:30:00", "31:30:00")


def test_calamine_and_the_own_reader_agree_on_an_opendocument_sheet() -> None:
    from python_calamine import CalamineWorkbook

    rows: Sheet = [["a", None, "Tŷ  Dŵr"], [None, None, None], [date(2026, 8, 31), 12.5, "x\ny"]]
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(ods_bytes({"S": rows}))).get_sheet_by_index(0).to_python()
    assert first(ods_bytes({"S": rows})).rows[2] == (theirs[2][0].isoformat(), str(theirs[2][1]), theirs[2][2])  # type: ignore[union-attr]
    assert first(ods_bytes({"S": rows})).rows[0] == ("a", None, "Tŷ  Dŵr")


def test_duplicate_headings_are_left_as_they_stand() -> None:
    assert first(a_csv("id,id\n1,2\n")).rows == [("id", "id"), ("1", "2")]


def test_na_and_leading_zeros_are_values() -> None:
    assert first(a_csv("a,b\n007,NA\n")).rows[1] == ("007", "NA")


# --- whole files refused ---------------------------------------------------------------------------------------------

XLSX = xlsx_bytes(SHEETS)
CORNER = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("FILE_EMPTY", lambda: b""),
    "blank": ("FILE_EMPTY", lambda: b" \r\n\r\n"),
    "a zip of nothing": ("FILE_EMPTY", lambda: zipped({})),
    "too large": ("FILE_TOO_LARGE", lambda: b"x" * (LIMITS.file_bytes + 1)),
    "text renamed .xlsx": ("WRONG_FILE_TYPE", lambda: b"service_id,hours\nDOS000001,7\n"),
    "a web page renamed .xlsx": ("WRONG_FILE_TYPE", lambda: b"\xef\xbb\xbf<html><table></table></html>"),
    "a letter": ("WRONG_FILE_TYPE", lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})),
    "an .odt": (
        "WRONG_FILE_TYPE",
        lambda: repacked(ods_bytes(SHEETS), {"mimetype": b"application/vnd.oasis.opendocument.text"}),
    ),
    "an .xls": ("FILE_OLD_FORMAT", lambda: OLE + b"Workbook"),
    "an .xlsb": ("FILE_OLD_FORMAT", lambda: repacked(XLSX, {"xl/workbook.xml": None, "xl/workbook.bin": b"\x83\x01"})),
    "a password on the workbook": ("FILE_PASSWORD", lambda: OLE + ENCRYPTED),
    "a password on the spreadsheet": (
        "FILE_PASSWORD",
        lambda: repacked(ods_bytes(SHEETS), {"META-INF/manifest.xml": b"<m><encryption-data/></m>"}),
    ),
    "a password on the zip": ("FILE_PASSWORD", lambda: with_encryption_flag(a_csv("a,b\n1,2\n"))),
    "macros": ("FILE_HAS_MACROS", lambda: repacked(XLSX, {"xl/vbaProject.bin": b"x"})),
    "a macro type": (
        "FILE_HAS_MACROS",
        lambda: repacked(
            XLSX, {"[Content_Types].xml": b"<Types><O ContentType='sheet.macroEnabled.main+xml'/></Types>"}
        ),
    ),
    "an old macro sheet": ("FILE_HAS_MACROS", lambda: repacked(XLSX, {"xl/macrosheets/sheet1.xml": b"<x/>"})),
    "links to other workbooks": ("FILE_HAS_MACROS", lambda: repacked(XLSX, {"xl/externalLinks/link1.xml": b"<x/>"})),
    "an embedded object": ("FILE_HAS_MACROS", lambda: repacked(XLSX, {"xl/embeddings/oleObject1.bin": b"x"})),
    "a Basic module": ("FILE_HAS_MACROS", lambda: repacked(ods_bytes(SHEETS), {"Basic/Standard/Module1.xml": b"<x/>"})),
    "cut short": ("FILE_DAMAGED", lambda: XLSX[:-200]),
    "a flipped byte": ("FILE_DAMAGED", lambda: with_false_size(a_csv("a,b\n1,2\n"), 4)),
    "broken XML": ("FILE_DAMAGED", lambda: an_xlsx("<row><c r='A1'>")),
    "broken OpenDocument XML": ("FILE_DAMAGED", lambda: an_ods("<table:table-row>")),
    "an open quotation mark": ("FILE_DAMAGED", lambda: a_csv('a,b\n"1,2\n3,4\n')),
    "a member outside": ("ZIP_UNSAFE", lambda: repacked(XLSX, {"../../etc/cron.d/x": b"x"})),
    "an absolute member": ("ZIP_UNSAFE", lambda: repacked(XLSX, {"/etc/x": b"x"})),
    "two members of one name": ("ZIP_UNSAFE", a_duplicate),
    "a zip in the zip": ("ZIP_UNSAFE", lambda: zipped({"ACTIVITY.csv": b"a,b\n", "more.csv": zipped({"x.csv": b"y"})})),
    "too many members": ("ZIP_UNSAFE", lambda: zipped({f"{n}.csv": b"a" for n in range(201)})),
    "a bomb by its ratio": ("ZIP_UNSAFE", lambda: a_csv("a,b\n" + "1" * 1_000_000)),
    "a billion laughs": ("XML_UNSAFE", lambda: an_xlsx(before=DOCTYPE)),
    "an outside entity": ("XML_UNSAFE", lambda: an_xlsx(before=XXE)),
    "an outside entity in OpenDocument": ("XML_UNSAFE", lambda: an_ods("", before=XXE)),
    "a sheet in UTF-16": ("XML_UNSAFE", lambda: repacked(XLSX, {PART: f"<worksheet {NAMESPACE}/>".encode("utf-16")})),
    "a sheet in UTF-7": ("XML_UNSAFE", lambda: repacked(XLSX, {PART: b'<?xml version="1.0" encoding="UTF-7"?><x/>'})),
    "a far corner": ("SHEET_TOO_LARGE", lambda: an_xlsx(CORNER)),
    "a far corner, oddly written": ("SHEET_TOO_LARGE", lambda: an_xlsx(CORNER.replace('<c r="', "<c\n  s='0' r=\""))),
    "a far row": ("SHEET_TOO_LARGE", lambda: an_xlsx(CORNER.replace("XFD", "A"))),
    "a far column": ("SHEET_TOO_LARGE", lambda: an_xlsx(a_row('<c r="GS1"><v>1</v></c>'))),
    "repeats without end": (
        "SHEET_TOO_LARGE",
        lambda: an_ods(
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" '
            'office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
        ),
    ),
    "repeats past counting": (
        "FILE_DAMAGED",
        lambda: an_ods(f'<table:table-row table:number-rows-repeated="{"9" * 30}"/>'),
    ),
    "letters of no known kind": ("ENCODING_UNKNOWN", lambda: a_csv(b"a,b\n\x81\x8d,2\n")),
    "UTF-32": ("ENCODING_UNKNOWN", lambda: a_csv(b"\xff\xfe\x00\x00\x00\xd8\x00\x00")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_or_wrong_file_is_refused_with_its_code(name: str) -> None:
    code, make = REFUSED[name]
    with pytest.raises(Refused) as refusal:
        decode(make(), LIMITS)
    assert refusal.value.code == code
    assert len(refusal.value.detail) < 200


def test_a_bomb_that_lies_about_its_size_is_counted_as_it_comes_out() -> None:
    honest = zipped({"A.csv": b"a,b\n", "B.csv": bytes(range(48, 58)) * 60_000}, zipfile.ZIP_STORED)
    small = replace(LIMITS, unpacked_bytes=599_000)
    with pytest.raises(Refused, match="unpacks to more"):
        decode(honest, small)
    lying = with_false_size(a_csv(bytes(range(48, 58)) * 60_000), 1_000)
    with pytest.raises(Refused) as refusal:
        decode(lying, small)
    assert refusal.value.code == "FILE_DAMAGED"


def test_unpacked_bytes_are_counted_even_where_the_directory_was_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(a_csv("a,b\n1,2\n"), LIMITS)
    monkeypatch.setattr(archive, "_left", 7)
    with pytest.raises(Refused) as refusal:
        archive.inflated("activity.csv")
    assert refusal.value.code == "ZIP_UNSAFE"


def test_a_blank_styled_cell_far_away_is_no_reason_to_refuse() -> None:
    grid = first(an_xlsx(a_row('<c r="A1"><v>1</v></c>') + '<row r="900000"><c r="XFD900000" s="1"/></row>'))
    assert grid.rows == [("1",)]


def test_limits_are_settings() -> None:
    assert first(an_xlsx(a_row('<c r="GS1"><v>1</v></c>')), replace(LIMITS, columns=201)).rows[0][200] == "1"
    with pytest.raises(Refused, match="limits are 1 rows"):
        decode(XLSX, replace(LIMITS, rows=1))


ODDITIES = [
    b"<",
    b">",
    b'"',
    b"<!--",
    b"]]>",
    b"&#0;",
    b"\x00",
    b"\xff",
    b"<c>",
    b"</c>",
    b"<f/>",
    b"-1",
    b"1e999",
    b"\r",
    b"9" * 12,
]


def a_spoilt_part(data: bytes, chance: random.Random) -> bytes:
    """The workbook with something cut out of, or put into, one of its parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        name = chance.choice(source.namelist())
        part = source.read(name)
    start = chance.randrange(len(part) + 1)
    return repacked(data, {name: part[:start] + chance.choice(ODDITIES) + part[start + chance.randrange(20) :]})


def spoilt_bytes(data: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed."""
    spoilt = bytearray(data)
    for _ in range(chance.randrange(1, 5)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


@pytest.mark.parametrize("write", [xlsx_bytes, ods_bytes, csv_zip_bytes])
def test_a_spoilt_file_is_read_or_refused_and_nothing_else(write: Callable[..., bytes]) -> None:
    data, refusals = write(SHEETS), 0
    for seed in range(200):
        chance = random.Random(seed)  # noqa: S311 (the same spoils each time)
        try:
            decode(chance.choice([a_spoilt_part, spoilt_bytes])(data, chance), LIMITS)
        except Refused:
            refusals += 1
    assert 20 < refusals < 200


# --- cells that cannot stand -----------------------------------------------------------------------------------------

ERROR_CELL = '<c r="B1" t="e"><v>#REF!</v></c>'


@pytest.mark.parametrize(
    "cell", [ERROR_CELL, ERROR_CELL.replace('<c r="B1" t', "<c  r='B1' t"), f"<!-- odd -->{ERROR_CELL}"]
)
def test_an_error_cell_is_a_problem_at_that_cell_and_keeps_its_text(cell: str) -> None:
    data = an_xlsx(a_row('<c r="A1"><v>1</v></c>', cell))
    assert first(data).problems == [CellProblem(1, 2, "CELL_EXCEL_ERROR", "#REF!")]
    assert first(data).rows == [("1", "#REF!")]


def test_a_number_past_all_numbers_is_an_error_cell() -> None:
    assert found(an_xlsx(a_row('<c r="A1"><v>1E400</v></c>'))) == [("CELL_EXCEL_ERROR", 1, 1)]


@pytest.mark.parametrize("value", ["", "<v/>", "<v></v>"])
@pytest.mark.parametrize("before", ["", "<!-- odd -->"])
def test_a_formula_without_a_value_is_a_problem_at_that_cell(value: str, before: str) -> None:
    data = an_xlsx(before + a_row(f'<c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f>{value}</c>'))
    assert found(data) == [("FORMULA_NO_VALUE", 1, 2)]


@pytest.mark.parametrize("before", ["", "<!-- odd -->"])
def test_a_formula_with_a_value_is_read_and_noted(before: str) -> None:
    data = an_xlsx(before + a_row('<c r="A1"><f>SUM(1,2)</f><v>999</v></c><c r="B1" t="str"><f>""</f><v></v></c>'))
    assert first(data).rows == [("999",)]
    assert not found(data)
    assert [(note.code, note.detail) for note in decode(data, LIMITS).notes] == [
        ("FORMULA_CACHED", "2 formulas, the first at row 1, column 1")
    ]


def test_cells_under_a_merge_are_problems_and_its_first_cell_is_not() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>'
    cells += '<row r="4"><c r="B4"><v>4</v></c></row>'
    data = an_xlsx(cells, after='<mergeCells count="1"><mergeCell ref="A1:A9"/></mergeCells>')
    assert found(data) == [("CELL_MERGED", 2, 1), ("CELL_MERGED", 4, 1)]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_noted(state: str) -> None:
    book = zipfile.ZipFile(io.BytesIO(XLSX)).read("xl/workbook.xml").decode()
    data = repacked(
        XLSX, {"xl/workbook.xml": book.replace('name="ACTIVITY"', f'name="ACTIVITY" state="{state}"').encode()}
    )
    assert [grid.is_hidden for grid in decode(data, LIMITS).grids] == [False, True]
    assert [(note.code, note.sheet) for note in decode(data, LIMITS).notes] == [("SHEET_HIDDEN", "ACTIVITY")]


def test_a_control_character_is_a_problem_and_nul_is_shown_as_a_symbol() -> None:
    text = '<c r="{}1" t="inlineStr"><is><t>a{}b</t></is></c>'
    data = an_xlsx(a_row(text.format("A", "_x0000_"), text.format("B", "_x0007_"), text.format("C", "\n")))
    assert found(data) == [("CELL_CONTROL_CHAR", 1, 1), ("CELL_CONTROL_CHAR", 1, 2)]
    assert first(data).rows == [("a\u2400b", "a\x07b", "a\nb")]
    assert first(data).problems[1].shown == "a\\x07b"


def test_a_nul_in_a_csv_file_is_a_problem_at_its_cell() -> None:
    assert found(a_csv(b"a,b\n1,x\x00y\n")) == [("CELL_CONTROL_CHAR", 2, 2)]


def test_a_cell_too_long_is_a_problem_and_its_text_is_kept_whole() -> None:
    long = "".join(chr(65 + n * n % 26) for n in range(200_000))
    grid = first(zipped({"A.csv": f"a,b\n1,{long}\n".encode()}, zipfile.ZIP_STORED))
    assert [(problem.code, problem.row, problem.column) for problem in grid.problems] == [("CELL_TOO_LONG", 2, 2)]
    assert grid.rows[1][1] == long
    assert len(grid.problems[0].shown) == 80


ODS_CELL = '<table:table-row><table:table-cell office:value-type="float" office:value="1"/>{}</table:table-row>'


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<table:table-cell table:formula="of:=1/0"><text:p>#DIV/0!</text:p></table:table-cell>', "CELL_EXCEL_ERROR"),
        ('<table:table-cell table:formula="of:=x"><text:p>Err:508</text:p></table:table-cell>', "CELL_EXCEL_ERROR"),
        ('<table:table-cell table:formula="of:=[.A1]"/>', "FORMULA_NO_VALUE"),
        ("<table:covered-table-cell/>", "CELL_MERGED"),
        ('<table:table-cell office:value-type="float" office:value="1E400"/>', "CELL_EXCEL_ERROR"),
    ],
)
def test_opendocument_cells_that_cannot_stand_are_problems_too(cell: str, code: str) -> None:
    below = ODS_CELL.format('<table:table-cell office:value-type="float" office:value="2"/>')
    assert found(an_ods(ODS_CELL.format(cell) + below)) == [(code, 1, 2)]


def test_an_opendocument_formula_with_a_value_and_a_hidden_sheet_are_noted() -> None:
    formula = '<table:table-cell table:formula="of:=1" office:value-type="float" office:value="1"/>'
    hidden = (
        '<office:automatic-styles><style:style style:name="h" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    data = an_ods(ODS_CELL.format(formula))
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    content = content.replace("<office:automatic-styles>", hidden).replace(
        "<table:table ", '<table:table table:style-name="h" '
    )
    assert notes(repacked(data, {"content.xml": content.encode()})) == ["SHEET_HIDDEN", "FORMULA_CACHED"]


def test_opendocument_repeats_comments_and_spaces_are_read_as_a_person_sees_them() -> None:
    blank = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="16384"/>'
    filler = f"{blank}</table:table-row>"
    text = '<text:p>a<text:s text:c="2"/>b<text:tab/>c</text:p>'
    cell = f"<office:annotation><text:p>a remark</text:p></office:annotation>{text}</table:table-cell>"
    row = f'<table:table-row><table:table-cell table:number-columns-repeated="2">{cell}</table:table-row>'
    assert first(an_ods(filler.format(2) + row + filler.format(1_048_573))).rows == [
        (None, None), (None, None), ("a  b\tc", "a  b\tc")]  # fmt: skip


# --- CSV -------------------------------------------------------------------------------------------------------------


def test_each_line_with_other_fields_than_the_heading_is_a_problem_and_is_kept_whole() -> None:
    grid = first(a_csv("a,b\n1,2,3\n\n4\n5,6\n"))
    assert grid.problems == [
        CellProblem(2, 3, "ROW_FIELD_COUNT", "3", expected="2"),
        CellProblem(4, 2, "ROW_FIELD_COUNT", "1", expected="2"),
    ]
    assert grid.rows == [("a", "b", None), ("1", "2", "3"), (None, None, None), ("4", None, None), ("5", "6", None)]


def test_a_title_above_the_heading_is_not_taken_for_it() -> None:
    assert not found(a_csv("Monthly return\n\na,b\n1,2\n"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_utf_16_file_is_read_with_or_without_its_mark(encoding: str) -> None:
    assert first(a_csv("enw,oriau\nTŷ Dŵr,7\n".encode(encoding))).rows[1] == ("Tŷ Dŵr", "7")


def test_a_windows_1252_file_is_read_with_a_note() -> None:
    data = a_csv("enw,cost\nCanolfan Môn,£7\n".encode("cp1252"))
    assert first(data).rows[1] == ("Canolfan Môn", "£7")
    assert notes(data) == ["ENCODING_CP1252"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_found_though_the_values_hold_commas(delimiter: str) -> None:
    text = "name;cost;note\nA, B and C;1,5;x, y\nD, E and F;2,5;z, w\n".replace(";", delimiter)
    assert first(a_csv(text)).rows[1] == ("A, B and C", "1,5", "x, y")


def test_excels_own_delimiter_line_is_obeyed_and_blank() -> None:
    assert first(a_csv("sep=;\na;b\n1,1;2\n")).rows == [(None, None), ("a", "b"), ("1,1", "2")]


def test_a_quoted_line_break_stays_in_its_cell() -> None:
    assert first(a_csv('a,b\r\n"one\r\ntwo",2\r\n3,4\r\n')).rows[1:] == [("one\r\ntwo", "2"), ("3", "4")]


def test_what_lies_beside_the_csv_files_is_named_and_litter_is_not() -> None:
    data = zipped(
        {"r/ACTIVITY.csv": b"a,b\n", "r/notes.docx": b"x", "__MACOSX/r/._ACTIVITY.csv": b"x", "r/.DS_Store": b"x"}
    )
    assert [grid.name for grid in decode(data, LIMITS).grids] == ["ACTIVITY"]
    assert [note.detail for note in decode(data, LIMITS).notes] == ["notes.docx"]


# --- children --------------------------------------------------------------------------------------------------------


class Panic(BaseException):
    """What calamine raises: no Exception."""


def behave(job: str) -> str:
    """Does to its process what the job says."""
    BEHAVIOURS.get(job, str)()
    return f"{os.getpid()}"


def panic() -> None:
    raise Panic("a cell's content")


def refuse() -> None:
    raise Refused("FILE_EMPTY", "nothing")


def loop() -> None:
    while True:
        pass


BEHAVIOURS: dict[str, Callable[[], object]] = {
    "abort": os.abort,
    "eat": lambda: bytearray(2_000_000_000),
    "leave": lambda: os._exit(3),
    "loop": loop,
    "panic": panic,
    "refuse": refuse,
    "sleep": lambda: time.sleep(60),
}


def decode_far_corner(data: bytes) -> Workbook:
    """Hands the crafted sheet to calamine without any check before it."""
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return decode(data, LIMITS)


def test_a_file_that_ends_its_reader_leaves_every_other_file_unharmed() -> None:
    jobs = ["fine 1", "abort", "fine 2", "eat", "loop", "panic", "refuse", "leave", "fine 3"]
    outcomes = dict(run_in_children(behave, jobs, SHORT, workers=2))
    assert {job: (outcome.code, outcome.detail) for job, outcome in outcomes.items() if isinstance(outcome, Died)} == {
        "abort": ("FILE_TOO_COMPLEX", "reading was stopped: SIGABRT"),
        "eat": ("FILE_TOO_COMPLEX", "reading was stopped: MemoryError"),
        "loop": ("FILE_TOO_COMPLEX", "reading was stopped: processor time over 1 s"),
        "panic": ("FILE_DAMAGED", "Panic"),
        "refuse": ("FILE_EMPTY", "nothing"),
        "leave": ("FILE_TOO_COMPLEX", "reading was stopped: the process left with status 3"),
    }
    assert {job for job, outcome in outcomes.items() if isinstance(outcome, Done)} == {"fine 1", "fine 2", "fine 3"}


def test_a_large_parent_does_not_make_its_readers_look_spent() -> None:
    ballast = bytearray(400_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    limits = replace(SHORT, memory_bytes=600_000_000)
    outcomes = run_in_children(behave, [f"fine {number}" for number in range(4)], limits, workers=1)
    assert len({outcome.value for _, outcome in outcomes if isinstance(outcome, Done)}) == 1
    assert ballast


def test_a_file_that_takes_too_long_by_the_clock_is_given_up_and_the_next_is_read() -> None:
    outcomes = dict(run_in_children(behave, ["sleep", "fine"], replace(SHORT, wall_seconds=0.3), workers=1))
    assert outcomes["sleep"] == Died("FILE_TOO_COMPLEX", "reading was stopped: time over 0.3 s")
    assert isinstance(outcomes["fine"], Done)


def test_a_child_keeps_to_its_time_though_nobody_listens() -> None:
    outcomes = run_in_children(behave, ["fine", "sleep"], replace(SHORT, wall_seconds=0.3), workers=2)
    first_done = next(outcomes)
    children = [child.pid for child in psutil.Process().children()]
    assert first_done[0] == "fine"
    until = time.monotonic() + 5
    while sum(map(is_running, children)) > 1 and time.monotonic() < until:
        time.sleep(0.05)
    assert sum(map(is_running, children)) == 1
    outcomes.close()


def test_a_workbook_that_aborts_the_parser_itself_costs_only_its_own_file() -> None:
    crafted = an_xlsx(CORNER)
    outcomes = dict(run_in_children(decode_far_corner, [crafted, XLSX], SHORT, workers=1))
    bomb, sound = outcomes[crafted], outcomes[XLSX]
    assert isinstance(bomb, Died)
    assert bomb.code == "FILE_TOO_COMPLEX"
    assert isinstance(sound, Done)
    assert sound.value == decode(XLSX, LIMITS)


def test_one_child_serves_many_files() -> None:
    outcomes = [outcome for _, outcome in run_in_children(behave, [f"fine {n}" for n in range(20)], LIMITS, workers=1)]
    assert len({outcome.value for outcome in outcomes if isinstance(outcome, Done)}) == 1


def test_jobs_are_drawn_only_as_children_fall_free_and_none_is_left_running() -> None:
    drawn: list[str] = []

    def jobs() -> Iterator[str]:
        for number in range(100):
            drawn.append(f"fine {number}")
            yield drawn[-1]

    outcomes = run_in_children(behave, jobs(), LIMITS, workers=2)
    _, outcome = next(outcomes)
    assert isinstance(outcome, Done)
    outcomes.close()
    assert len(drawn) <= 4
    assert not is_running(int(outcome.value))


def test_no_jobs_start_no_child() -> None:
    assert list(run_in_children(behave, [], LIMITS, workers=2)) == []


def test_a_function_that_a_child_cannot_import_is_our_fault_and_no_files() -> None:
    with pytest.raises(RuntimeError, match="cannot start"):
        list(run_in_children(_Lost(), ["fine"], LIMITS, workers=1))


class _Lost:
    """A function that cannot be rebuilt in a child."""

    def __call__(self, job: str) -> str:
        return job

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return __import__, ("no_such_module_anywhere",)


def die_while_reading(told: str) -> None:
    """Begins to read in two children, tells their process ids, and dies without a word."""
    outcomes = run_in_children(behave, ["sleep", "fine"], LIMITS, workers=2)
    next(outcomes)
    Path(told).write_text(" ".join(str(child.pid) for child in psutil.Process().children()))
    os._exit(0)


def test_children_leave_when_their_parent_dies(tmp_path: Path) -> None:
    told = tmp_path / "children"
    script = (
        f"import sys; sys.path[:] = {sys.path!r}; import test_reading; test_reading.die_while_reading({str(told)!r})"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)
    children = [int(pid) for pid in told.read_text().split()]
    assert len(children) == 2
    until = time.monotonic() + 5
    while any(map(is_running, children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, children))
