"""Returns as files: the good rows of `makers` as an Excel workbook, an OpenDocument spreadsheet or zipped CSV files."""

import io
import zipfile
from collections.abc import Callable, Mapping

from makers import Sheets, a_return
from resources.writing import Cell, Sheet, csv_zip_bytes, ods_bytes, xlsx_bytes

MONTH = "2026-08"
WRITERS: dict[str, Callable[[Mapping[str, Sheet]], bytes]] = {
    "xlsx": xlsx_bytes,
    "ods": ods_bytes,
    "csv": csv_zip_bytes,
}

Pages = dict[str, list[list[Cell]]]


def pages(sheets: Sheets | None = None) -> Pages:
    """Return the pages of a return, by default of a good LITE one for August: each a header and its rows."""
    rows = sheets or a_return("LITE", MONTH)
    given: Pages = {}
    for name, of in rows.items():
        given[name] = [[*of[0]]]
        given[name] += [[*row.values()] for row in of]
    return given


def repacked(data: bytes, spoil: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the zip with its parts spoilt."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    spoil(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return buffer.getvalue()


def put(of: Pages, sheet: str, column: str, value: Cell, row: int = 1) -> Pages:
    """Return the pages with one cell changed."""
    of[sheet][row][of[sheet][0].index(column)] = value
    return of
