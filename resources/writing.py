"""Writes workbooks: sheets of plain values become XLSX, ODS or zipped CSV, the same bytes for the same values.

Texts are written as texts, never as formulas or links, whatever sign they begin with. How a sheet is laid out is the
caller's affair; the first row is taken for its heading.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    import xlsxwriter

Cell = str | int | float | Decimal | date | bool | None
Sheet = Sequence[Sequence[Cell]]

_CREATED = datetime(2019, 4, 1)
_UNIX = 3
_FILE_MODE = 0o644 << 16
_LONGEST = 32_767
_EXACT_BELOW = 10**15
ODS_MIME = "application/vnd.oasis.opendocument.spreadsheet"
"""What an OpenDocument spreadsheet calls itself."""
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
ODS_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("table", "table"),
        ("text", "text"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("manifest", "manifest"),
    )
)
XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ODS_STYLES = (
    "<office:automatic-styles>"
    '<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    "</number:date-style>"
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="heading" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles>"
)
_ODS_MANIFEST = (
    f'{XML_DECLARATION}<manifest:manifest {ODS_NAMESPACES} manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{ODS_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def xlsx_bytes(sheets: Mapping[str, Sheet], *, widths: Mapping[str, Sequence[float]] | None = None) -> bytes:
    """An Excel workbook, headings bold and frozen; `widths` gives the columns of a sheet in characters."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})  # no temporary file ever holds a provider's rows
    book.set_properties({"created": _CREATED})
    styles = {
        "plain": book.add_format(),
        "heading": book.add_format({"bold": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for column, width in enumerate((widths or {}).get(name, ())):
            page.set_column(column, column, width)
        _write_xlsx_rows(page, rows, styles)
    book.close()
    return buffer.getvalue()


def _write_xlsx_rows(page: "xlsxwriter.worksheet.Worksheet", rows: Sheet, styles: Mapping[str, Any]) -> None:
    for number, row in enumerate(rows):
        heading = styles["heading"] if number == 0 else None
        for column, cell in enumerate(row):
            _write_xlsx_cell(page, (number, column), cell, heading, styles)


def _write_xlsx_cell(
    page: "xlsxwriter.worksheet.Worksheet",
    place: tuple[int, int],
    cell: Cell,
    heading: Any,
    styles: Mapping[str, Any],
) -> None:
    match cell:
        case None | "":
            pass
        case str():
            write_text(page, place, _short_enough(cell), heading, styles["plain"])
        case bool():
            page.write_boolean(*place, cell, heading)
        case datetime():
            page.write_datetime(*place, cell, styles["moment"])
        case date():
            page.write_datetime(*place, cell, styles["date"])
        case _:
            page.write_number(*place, _exact(cell), heading)


_TWO_ESCAPES = re.compile("_x[0-9A-Fa-f]{4}_(?=x[0-9A-Fa-f]{4}_)")


def write_text(
    page: "xlsxwriter.worksheet.Worksheet", place: tuple[int, int], text: str, style: Any, plain: Any
) -> None:
    """Write `text` at row and column (from 0) as a text, whatever it looks like; `plain` is a format without features.

    xlsxwriter takes a text between <r> and </r> for markup of its own and writes it as it stands, and of two numbered
    letters with one underscore between them (_x005F_x0041_) it marks the first alone as mere text. Such a text is given
    in two pieces, which it escapes.
    """
    twin = _TWO_ESCAPES.search(text)
    if twin or (text.startswith("<r>") and text.endswith("</r>")):
        at = twin.end() if twin else 1
        page.write_rich_string(*place, text[:at], plain, text[at:], style or plain)
    else:
        page.write_string(*place, text, style)


def _short_enough(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"a cell holds at most {_LONGEST} characters, not {len(text)}")
    return text


def _exact(number: int | float | Decimal) -> float:
    if isinstance(number, int) and abs(number) >= _EXACT_BELOW:
        raise ValueError("a number cell keeps 15 digits; write longer ones as text")
    return float(number)


def ods_bytes(sheets: Mapping[str, Sheet]) -> bytes:
    """An OpenDocument spreadsheet, headings bold."""
    tables = "".join(_ods_table(name, rows) for name, rows in sheets.items())
    content = (
        f'{XML_DECLARATION}<office:document-content {ODS_NAMESPACES} office:version="1.3">{_ODS_STYLES}'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"META-INF/manifest.xml": _ODS_MANIFEST, "content.xml": content}
    return zipped({"mimetype": ODS_MIME.encode()}, {name: text.encode() for name, text in parts.items()})


def _ods_table(name: str, rows: Sheet) -> str:
    body = "".join(_ods_row(row, is_heading=number == 0) for number, row in enumerate(rows))
    return f"<table:table table:name={quoteattr(name)}><table:table-column/>{body}</table:table>"


def _ods_row(row: Sequence[Cell], is_heading: bool) -> str:
    cells = "".join(_ods_cell(cell, ' table:style-name="heading"' if is_heading else "") for cell in row)
    return f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>"


def _ods_cell(cell: Cell, style: str) -> str:
    match cell:
        case None | "":
            return "<table:table-cell/>"
        case str():
            return ods_element(f'{style} office:value-type="string"', cell)
        case bool():
            value = str(cell).lower()
            return ods_element(f'{style} office:value-type="boolean" office:boolean-value="{value}"', value.upper())
        case date():
            value = cell.isoformat()
            kind = ' table:style-name="date" office:value-type="date"'
            return ods_element(f'{kind} office:date-value="{value}"', value)
        case _:
            value = plain_number(cell)
            return ods_element(f'{style} office:value-type="float" office:value="{value}"', value)


def ods_element(attributes: str, text: str) -> str:
    """A cell of an OpenDocument table that holds `text`; control characters are an error."""
    if _NOT_XML.search(text):
        raise ValueError("a text holds control characters, which an OpenDocument file cannot")
    paragraphs = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in text.split("\n"))
    return f"<table:table-cell{attributes}>{paragraphs}</table:table-cell>"


def _ods_text(line: str) -> str:
    """A line with its tabs and runs of spaces as elements, since white space in XML is folded."""
    marked = escape(line).replace("\t", "<text:tab/>")
    return re.sub(r"^ +| +$| {2,}", lambda spaces: f'<text:s text:c="{len(spaces[0])}"/>', marked)


def plain_number(number: int | float | Decimal) -> str:
    """A number in digits alone, without an exponent."""
    value = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if not value.is_finite():
        raise ValueError("a cell holds finite numbers only")
    return format(value, "f")


def csv_zip_bytes(sheets: Mapping[str, Sheet], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A zip of one CSV file a sheet; a letter that the encoding cannot write is an error, never a question mark."""
    parts = {f"{name}.csv": _csv_text(rows, delimiter).encode(encoding) for name, rows in sheets.items()}
    return zipped({}, parts)


def _csv_text(rows: Sheet, delimiter: str) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(map(_csv_row, rows))
    return buffer.getvalue()


def _csv_row(row: Iterable[Cell]) -> Iterator[str]:
    for cell in row:
        match cell:
            case None:
                yield ""
            case str():
                yield cell
            case bool():
                yield str(cell).upper()
            case date():
                yield cell.isoformat()
            case _:
                yield plain_number(cell)


def zipped(stored: Mapping[str, bytes], packed: Mapping[str, bytes]) -> bytes:
    """A zip without clock or machine in it: what is stored as it is first, then the rest by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in stored.items():
            target.writestr(_entry(name), data, zipfile.ZIP_STORED)
        for name, data in sorted(packed.items()):
            target.writestr(_entry(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980, whatever the clock says
    entry.create_system = _UNIX
    entry.external_attr = _FILE_MODE
    return entry
