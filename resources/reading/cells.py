"""Turns the values of cells into the text that was submitted, and finds the cells that cannot stand.

Each distinct value of a sheet is turned and judged once; what a column means is no business of this module.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from expectations.findings import letters
from resources.reading.model import CellProblem, Grid, Limits, Note, Refused, Row, shown

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_NOT_A_NUMBER = "#NUM!"
_EXACT_BELOW = 1e15
_RANGES_TOLD = 10


def number_text(value: float) -> str:
    """A number as a person would write it: at most 15 significant digits, no exponent, "12" and not "12.0"."""
    if not math.isfinite(value):
        return _NOT_A_NUMBER
    if value == int(value) and abs(value) < _EXACT_BELOW:
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f")


def duration_text(value: timedelta) -> str:
    """A length of time as hours, minutes and seconds, the hours past 24 kept."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def moment_text(value: datetime) -> str:
    """A date, with its time only where that is not midnight."""
    return value.isoformat() if value.time() != time() else value.date().isoformat()


class _Memo(dict[Any, str | None]):
    """Remembers the text of each distinct value of one type."""

    def __init__(self, turn: Callable[[Any], str | None]) -> None:
        super().__init__()
        self._turn = turn

    def __missing__(self, value: Any) -> str | None:
        text = self[value] = self._turn(value)
        return text


class CellTexts:
    """The cells of one sheet as text; remembers which distinct texts cannot stand."""

    def __init__(self, limits: Limits) -> None:
        self._longest = limits.cell_characters
        self._memos: dict[type, _Memo] = {
            str: _Memo(self.of_text),
            int: _Memo(number_text),
            float: _Memo(self.of_number),
            bool: _Memo(lambda value: str(value).upper()),
            datetime: _Memo(moment_text),
            date: _Memo(date.isoformat),
            time: _Memo(time.isoformat),
            timedelta: _Memo(duration_text),
        }
        self.codes: dict[str, str] = {}

    def row(self, values: Iterable[Any]) -> Row:
        """One row of values as text."""
        memos = self._memos
        return tuple([memos[type(value)][value] for value in values])

    def of_text(self, value: str) -> str | None:
        """A text as typed; NUL is shown as a symbol, since no database can hold it."""
        if not value:
            return None
        text = value.replace("\x00", "\u2400")
        if _CONTROL.search(value):
            self.codes[text] = "CELL_CONTROL_CHAR"
        elif len(value) > self._longest:
            self.codes[text] = "CELL_TOO_LONG"
        return text

    def of_number(self, value: float) -> str:
        """A number as text; one that no number can hold is an error of its cell, as Excel itself would show it."""
        text = number_text(value)
        if text == _NOT_A_NUMBER:
            self.codes[text] = "CELL_EXCEL_ERROR"
        return text

    def problems(self, rows: Sequence[Row]) -> list[CellProblem]:
        """Where in the rows the texts stand that cannot."""
        if not self.codes:
            return []
        return [
            CellProblem(number, column, self.codes[text], shown(text))
            for number, row in enumerate(rows, 1)
            for column, text in enumerate(row, 1)
            if text in self.codes
        ]


def grid_of(name: str, is_hidden: bool, rows: Sequence[Row], problems: Iterable[CellProblem]) -> Grid:
    """A rectangular sheet without its trailing blank rows and columns, its problems in reading order."""
    ordered = sorted(set(problems), key=lambda problem: (problem.row, problem.column, problem.code))
    height = max(_height(rows), max((problem.row for problem in ordered), default=0))
    width = max(_width(rows), max((problem.column for problem in ordered), default=0))
    blanks = (None,) * width
    square = [row if len(row) == width else (row + blanks)[:width] for row in rows[:height]]
    square += [blanks] * (height - len(square))
    return Grid(name, is_hidden, square, ordered)


def _height(rows: Sequence[Row]) -> int:
    height = len(rows)
    while height and not any(rows[height - 1]):
        height -= 1
    return height


def _width(rows: Sequence[Row]) -> int:
    width = max(map(len, rows), default=0)
    while width and not any(row[width - 1] for row in rows if len(row) >= width):
        width -= 1
    return width


def ranges(numbers: Iterable[int], called: Callable[[int], str] = str) -> str:
    """Numbers as people write them: "3-5, 9"; after the first ten ranges, "..."."""
    runs = [list(run) for _, run in groupby(enumerate(sorted(set(numbers))), key=lambda item: item[1] - item[0])]
    spans = [(called(run[0][1]), called(run[-1][1])) for run in runs]
    told = [first if first == last else f"{first}-{last}" for first, last in spans[:_RANGES_TOLD]]
    return ", ".join([*told, "..."] if len(spans) > _RANGES_TOLD else told)


def hidden_note(grid: Grid, rows: Iterable[int], columns: Iterable[int]) -> Iterator[Note]:
    """A note of the hidden rows and columns in which something stands: they are read like any other."""
    width = len(grid.rows[0]) if grid.rows else 0
    filled_rows = [row for row in set(rows) if 0 < row <= len(grid.rows) and any(grid.rows[row - 1])]
    filled_columns = [at for at in set(columns) if 0 < at <= width and any(row[at - 1] for row in grid.rows)]
    told = ", ".join(filter(None, (ranges(filled_rows), ranges(filled_columns, letters))))
    if told:
        yield Note("CELLS_HIDDEN", grid.name, told)


def refuse_if_too_large(name: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuses a used range over the limits, before anybody builds a grid of it."""
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise Refused(
            "SHEET_TOO_LARGE",
            f"a sheet reaches row {rows}, column {columns}; "
            f"the limits are {limits.rows} rows, {limits.columns} columns and {limits.cells} cells",
            name,
        )
