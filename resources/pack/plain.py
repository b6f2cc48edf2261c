"""Plain files: typed cells become CSV and JSON, the same bytes for the same values, and nothing that runs.

A text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers. What the cells are does not
belong here.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | tuple[str, ...] | None
Row = dict[str, Cell]

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return a CSV file in UTF-8: a header, then each row's cells in the order of `columns`; texts are of one line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode()


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return inert(cell)
        case None:
            return ""
        case tuple():
            return inert(",".join(cell))
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def inert(text: str) -> str:
    """Return text that a spreadsheet would run as a formula with an apostrophe before it, and other text as it is."""
    return f"'{text}" if text.startswith(_RUNS) else text


def json_bytes(content: object, *, is_sorted: bool = False) -> bytes:
    """Return plain data as JSON; sorted by key where it must not matter in what the data was kept."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=is_sorted, allow_nan=False) + "\n").encode()


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
