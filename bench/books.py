"""Returns taken apart and put together: every cell of a sound file as a value that can be spoilt, and bytes again.

How they are spoilt is the affair of `mutants` and `canaries`.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from resources.reading import Limits, decode
from resources.writing import Cell, ods_bytes, xlsx_bytes

Rows = list[list[Cell]]

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOT_IN_ODS = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")


@dataclass
class Book:
    """A return as pages of cells, and how it is to be written."""

    kind: str
    pages: dict[str, Rows]
    encoding: str = "utf-8"
    delimiter: str = ","
    beside: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> "Book":
        """Return a book that can be spoilt without spoiling this one."""
        return replace(self, pages={name: [list(row) for row in rows] for name, rows in self.pages.items()})


@cache
def opened(path: Path) -> Book:
    """Return a sound file as a book, its numbers and days as such where its kind has them."""
    found = decode(path.read_bytes(), Limits())
    turn = str if found.kind == "csv" else _value
    pages = {
        grid.name: [[None if cell is None else turn(cell) for cell in row] for row in grid.rows] for grid in found.grids
    }
    return Book(found.kind, pages)


def _value(text: str) -> Cell:
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else text
    except ValueError:  # a day that no month has
        return text


def written(book: Book) -> bytes:
    """Return the bytes of the book; what a kind of file cannot hold is left out of it."""
    match book.kind:
        case "xlsx":
            return xlsx_bytes({name: _shortened(rows) for name, rows in _named(book.pages)})
        case "ods":
            return ods_bytes({name: _cleaned(rows) for name, rows in book.pages.items()})
        case _:
            return _zipped(book)


def _named(pages: dict[str, Rows]) -> Iterator[tuple[str, Rows]]:
    """Give each page a name that Excel allows."""
    taken: set[str] = set()
    for number, (name, rows) in enumerate(pages.items(), 1):
        plain = _NOT_IN_A_NAME.sub(" ", name).strip("'")[:31].strip() or f"Sheet{number}"
        if plain.casefold() in taken or plain.casefold() == "history":
            plain = f"{plain[:27]} ({number})"
        taken.add(plain.casefold())
        yield plain, rows


def _shortened(rows: Rows) -> Rows:
    return [[cell[:32_767] if isinstance(cell, str) else cell for cell in row] for row in rows]


def _cleaned(rows: Rows) -> Rows:
    return [[_NOT_IN_ODS.sub("", cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def _zipped(book: Book) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, rows in book.pages.items():
            text = io.StringIO(newline="")
            csv.writer(text, delimiter=book.delimiter, lineterminator="\r\n").writerows(map(_texts, rows))
            target.writestr(f"{name}.csv", text.getvalue().encode(book.encoding, errors="replace"))
        for name, content in book.beside.items():
            target.writestr(name, content)
    return buffer.getvalue()


def _texts(row: list[Cell]) -> list[str]:
    return ["" if cell is None else str(cell).upper() if isinstance(cell, bool) else str(cell) for cell in row]
