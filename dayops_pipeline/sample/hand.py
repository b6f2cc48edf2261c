"""How a provider writes its return: file format, language of the headers, form of dates, and harmless habits.

A habit never changes what a cell means: it gives a normalisation at most, and no finding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from dayops_pipeline.sample.books import Row, Value
from dayops_pipeline.sample.chance import pick, stream
from expectations.contract import Amount, Code, Column, Count, Day, Sheet
from expectations.wording import cy
from resources.writing import csv_zip_bytes, ods_bytes, xlsx_bytes

FORMATS = {"xlsx": 60, "csv": 25, "ods": 15}
"""The formats that returns come in, and how many in a hundred."""

SUFFIXES = {"xlsx": ".xlsx", "csv": ".zip", "ods": ".ods"}
_HEADERS = {"label": 68, "cy": 20, "name": 12}
_ENCODINGS = {"utf-8-sig": 55, "utf-8": 45}
_DELIMITERS = {",": 75, ";": 20, "\t": 5}
_PADDED_EVERY = 7


class AsTyped(str):
    """A text that stands in its cell exactly so, whatever the provider's habits."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """The habits of one provider."""

    format: str
    headers: str
    delimiter: str = ","
    encoding: str = "utf-8"
    has_date_texts: bool = False
    has_thousands: bool = False
    has_lower_codes: bool = False
    has_padding: bool = False
    is_reordered: bool = False
    blank_rows: int = 0


@dataclass(slots=True)
class Page:
    """One sheet as it will stand in the file: its name there, the contract's columns in their order, and the cells."""

    title: str
    columns: list[str]
    cells: list[list[Value]]
    rows: list[Row] = field(default_factory=list)

    def row_number(self, row: Row) -> int:
        """Return the number of `row` in the file, where 1 is the header."""
        return next(number for number, one in enumerate(self.rows, 2) if one is row)


def hand_of(seed: int, provider_id: str, formats: Sequence[str]) -> Hand:
    """Return the habits of a provider, the same each month."""
    rng = stream(seed, "hand", provider_id)
    chosen = pick(rng, {name: FORMATS[name] for name in formats})
    return Hand(
        format=chosen,
        headers=pick(rng, _HEADERS),
        delimiter=pick(rng, _DELIMITERS),
        encoding=pick(rng, _ENCODINGS),
        has_date_texts=chosen != "csv" and rng.random() < 0.1,
        has_thousands=rng.random() < 0.2,
        has_lower_codes=rng.random() < 0.06,
        has_padding=rng.random() < 0.2,
        is_reordered=rng.random() < 0.15,
        blank_rows=rng.choice((0, 0, 0, 2, 5)),
    )


def page(hand: Hand, sheet: Sheet, rows: list[Row]) -> Page:
    """Return the sheet as this provider writes it."""
    columns = list(sheet.columns)
    if sheet.name == "ATTENDANCE":
        # Nobody types thousands of half-days: they come from a register, which writes codes alike.
        hand = replace(hand, has_lower_codes=False, has_padding=False)
    if hand.is_reordered:
        stream(0, "order", sheet.name).shuffle(columns)
    written = [_written(hand, column, [row.get(column.name) for row in rows]) for column in columns]
    cells: list[list[Value]] = [[_header(hand, sheet, column) for column in columns]]
    cells += [list(row) for row in zip(*written, strict=True)]
    cells += [[" ", *[None] * (len(columns) - 1)] for _ in range(hand.blank_rows)]
    title = cy(f"sheet.{sheet.name}.name") if hand.headers == "cy" else None
    return Page(title or sheet.name, [column.name for column in columns], cells, rows)


def _header(hand: Hand, sheet: Sheet, column: Column) -> str:
    if hand.headers == "name":
        return column.name
    return (cy(f"column.{sheet.name}.{column.name}") if hand.headers == "cy" else None) or column.label


def _written(hand: Hand, column: Column, values: list[Value]) -> list[Value]:
    habit = _habit(hand, column)
    mended = values if habit is None else [value if _is_fixed(value) else habit(value) for value in values]
    if hand.has_padding and isinstance(column.kind, Code):
        mended[::_PADDED_EVERY] = [_padded(value) for value in mended[::_PADDED_EVERY]]
    return mended


def _habit(hand: Hand, column: Column) -> Callable[[Value], Value] | None:
    match column.kind:
        case Day() if hand.has_date_texts:
            return _day_text
        case Count() if hand.has_thousands:
            return partial(_grouped, places=0)
        case Amount(places=places) if hand.has_thousands:
            return partial(_grouped, places=places)
        case Code() if hand.has_lower_codes:
            return _lower
        case _:
            return None


def _is_fixed(value: Value) -> bool:
    return value is None or isinstance(value, AsTyped)


def _day_text(value: Value) -> Value:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


def _grouped(value: Value, places: int) -> Value:
    if isinstance(value, str) or not isinstance(value, int | float) or abs(value) < 1000:
        return value
    return f"{value:,.{0 if isinstance(value, int) else places}f}"


def _lower(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else value


def _padded(value: Value) -> Value:
    return f"{value} " if isinstance(value, str) and not isinstance(value, AsTyped) else value


def file_bytes(hand: Hand, pages: Sequence[Page]) -> bytes:
    """Return the file that holds the pages."""
    sheets = {one.title: one.cells for one in pages}
    if hand.format == "xlsx":
        return xlsx_bytes(sheets)
    if hand.format == "ods":
        return ods_bytes(sheets)
    return csv_zip_bytes(sheets, delimiter=hand.delimiter, encoding=hand.encoding)


def shown(value: Value) -> str | None:
    """Return a cell's value as the reader of a file would show it."""
    match value:
        case None:
            return None
        case bool():
            return str(value).upper()
        case date():
            return value.isoformat()
        case float() if value == int(value):
            return str(int(value))
        case _:
            return str(value)
