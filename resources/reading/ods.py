"""Reads OpenDocument spreadsheets in one pass over `content.xml`, repeats expanded only where something is in them.

An own reader rather than calamine's: it must see error cells, formulas without values and merges, which need the same
pass, and it must count cells before it makes them.
"""

import re
from collections.abc import Callable

from resources.reading.cells import CellTexts, grid_of, hidden_note, refuse_if_too_large
from resources.reading.guard import Archive, parse_xml
from resources.reading.model import CellProblem, Grid, Limits, Note, Refused, Row, Wanted, Workbook, shown

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT = (f"{_OASIS}{part}:1.0 " for part in ("table", "office", "text"))
_STYLE, _DRAW = (f"{_OASIS}{part}:1.0 " for part in ("style", "drawing"))
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_COLUMNS_REPEATED = f"{_TABLE}number-columns-repeated"
_ROWS_REPEATED = f"{_TABLE}number-rows-repeated"
_FORMULA = f"{_TABLE}formula"
_VISIBILITY = f"{_TABLE}visibility"
_VALUE_TYPE = f"{_OFFICE}value-type"
_CELL, _COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
_MUTED = frozenset(
    [f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_TEXT}tracked-changes"]
    + [f"{_TABLE}{part}" for part in ("shapes", "tracked-changes", "dde-links", "content-validations")]
)
_ENCRYPTED = (b"encryption-data", b"encrypted-package")
_ERROR = re.compile(r"#[A-Z/0]{1,7}[!?]?|Err:[0-9]{3}|#N/A")
_DURATION = re.compile(r"(-?)PT([0-9]+)H([0-9]+)M([0-9]+)(?:[.,][0-9]+)?S")
_WHITE = re.compile(r"[ \t\r\n]+")

Attributes = dict[str, str]


def read_ods(archive: Archive, limits: Limits, wanted: Wanted) -> Workbook:
    """The wanted sheets of an OpenDocument spreadsheet."""
    if any(mark in archive.xml("meta-inf/manifest.xml") for mark in _ENCRYPTED):
        raise Refused("FILE_PASSWORD", "the spreadsheet is protected by a password")
    content = _Content(limits, wanted)
    parse_xml(archive.xml("content.xml"), content.start, content.end, content.characters, " ")
    return Workbook("ods", content.grids, content.notes)


class _Table:
    """The sheet being read: its rows so far, and the row and cell in hand."""

    def __init__(self, name: str, is_hidden: bool, limits: Limits) -> None:
        self.name = name
        self.is_hidden = is_hidden
        self.texts = CellTexts(limits)
        self.problems: list[CellProblem] = []
        self.formulas: list[tuple[int, int]] = []
        self.row_repeat = 1
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self._is_row_hidden = False
        self._declared_columns = 0
        self._limits = limits
        self._rows: list[Row] = []
        self._blank_rows = 0
        self._width = 0
        self._cells: list[str | None] = []
        self._blank_cells = 0
        self._codes: list[tuple[int, str, str]] = []

    @property
    def row(self) -> int:
        """The 1-based number of the row in hand."""
        return len(self._rows) + self._blank_rows + 1

    @property
    def column(self) -> int:
        """The 1-based number of the cell in hand."""
        return len(self._cells) + self._blank_cells + 1

    def declare_columns(self, repeat: int, is_hidden: bool) -> None:
        """Takes note of whether the next `repeat` columns are hidden."""
        first = self._declared_columns + 1
        self._declared_columns += repeat
        if is_hidden:
            self.hidden_columns += range(first, min(self._declared_columns, self._limits.columns) + 1)

    def start_row(self, repeat: int, is_hidden: bool) -> None:
        """Begins a row that stands `repeat` times."""
        self.row_repeat, self._is_row_hidden = repeat, is_hidden
        self._cells, self._codes, self._blank_cells = [], [], 0

    def add(self, text: str | None, repeat: int, code: str, shown_text: str = "") -> None:
        """Adds a cell that stands `repeat` times; blanks are only counted until something follows."""
        if code:
            last = min(self.column + repeat - 1, self._limits.columns)
            self._codes += [(column, code, shown_text) for column in range(self.column, last + 1)]
        if text is None:
            self._blank_cells += repeat
            return
        if self.column + repeat - 1 > self._limits.columns:
            refuse_if_too_large(self.name, self.row, self.column + repeat - 1, self._limits)
        if self._blank_cells:
            self._cells += [None] * self._blank_cells
            self._blank_cells = 0
        self._cells += [text] * repeat

    def end_row(self) -> None:
        """Ends a row; blank ones, merged or not, are only counted until something follows."""
        if not self._cells and all(code == "CELL_MERGED" for _, code, _ in self._codes):
            self._blank_rows += self.row_repeat
            return
        self._width = max(self._width, len(self._cells))
        first, last = self.row, self.row + self.row_repeat - 1
        refuse_if_too_large(self.name, last, self._width, self._limits)
        self._rows += [()] * self._blank_rows + [tuple(self._cells)] * self.row_repeat
        self._blank_rows = 0
        self.hidden_rows += range(first, last + 1) if self._is_row_hidden else ()
        self.problems += [CellProblem(row, *code) for row in range(first, last + 1) for code in self._codes]

    def grid(self) -> Grid:
        """The sheet when its last row is read."""
        inside = [one for one in self.problems if one.code != "CELL_MERGED" or one.column <= self._width]
        return grid_of(self.name, self.is_hidden, self._rows, inside + self.texts.problems(self._rows))


class _Content:
    """The handlers of the parser: each element's beginning and end, what is muted left out."""

    def __init__(self, limits: Limits, wanted: Wanted) -> None:
        self.grids: list[Grid] = []
        self.notes: list[Note] = []
        self._limits = limits
        self._wanted = wanted
        self._muted = 0
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._table: _Table | None = None
        self._cell: Attributes = {}
        self._paragraphs: list[list[str]] = []
        self._paragraph_depth = 0
        self._starts: dict[str, Callable[[Attributes], None]] = {
            f"{_STYLE}style": self._start_style,
            f"{_STYLE}table-properties": self._start_table_properties,
            f"{_TABLE}table": self._start_table,
            f"{_TABLE}table-column": self._start_column,
            f"{_TABLE}table-row": self._start_row,
            _CELL: self._start_cell,
            _COVERED: self._start_cell,
            f"{_TEXT}p": self._start_paragraph,
            f"{_TEXT}s": self._start_spaces,
            f"{_TEXT}tab": lambda _: self._append("\t"),
            f"{_TEXT}line-break": lambda _: self._append("\n"),
        }
        self._ends: dict[str, Callable[[], None]] = {
            f"{_TABLE}table": self._end_table,
            f"{_TABLE}table-row": self._end_row,
            _CELL: self._end_cell,
            _COVERED: lambda: self._end_cell("CELL_MERGED"),
            f"{_TEXT}p": self._end_paragraph,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._muted:
            self._muted += 1
        elif handler := self._starts.get(name):
            handler(attributes)
        elif name in _MUTED or name.startswith(_DRAW):
            self._muted = 1

    def end(self, name: str) -> None:
        """An element ends."""
        if self._muted:
            self._muted -= 1
        elif handler := self._ends.get(name):
            handler()

    def characters(self, text: str) -> None:
        """Characters of a paragraph, their white space folded as OpenDocument says."""
        if self._paragraph_depth and not self._muted:
            self._paragraphs[-1].append(_WHITE.sub(" ", text))

    def _append(self, text: str) -> None:
        if self._paragraph_depth:
            self._paragraphs[-1].append(text)

    def _start_style(self, attributes: Attributes) -> None:
        self._style = attributes.get(f"{_STYLE}name", "")

    def _start_table_properties(self, attributes: Attributes) -> None:
        if attributes.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: Attributes) -> None:
        name = attributes.get(f"{_TABLE}name", "")
        if self._table is not None or name not in self._wanted:
            self._muted = 1
            return
        is_hidden = attributes.get(f"{_TABLE}style-name", "") in self._hidden_styles
        self._table = _Table(name, is_hidden, self._limits)

    def _end_table(self) -> None:
        table, self._table = self._table, None
        if table is None:
            return
        grid = table.grid()
        self.grids.append(grid)
        self.notes.extend(hidden_note(grid, table.hidden_rows, table.hidden_columns))
        if table.is_hidden:
            self.notes.append(Note("SHEET_HIDDEN", table.name, "the sheet is hidden"))
        if table.formulas:
            row, column = table.formulas[0]
            detail = f"{len(table.formulas)} formulas, the first at row {row}, column {column}"
            self.notes.append(Note("FORMULA_CACHED", table.name, detail))

    def _start_column(self, attributes: Attributes) -> None:
        if self._table is not None:
            self._table.declare_columns(_count(attributes.get(_COLUMNS_REPEATED, "1")), _is_hidden(attributes))

    def _start_row(self, attributes: Attributes) -> None:
        if self._table is not None:
            self._table.start_row(_count(attributes.get(_ROWS_REPEATED, "1")), _is_hidden(attributes))

    def _end_row(self) -> None:
        if self._table is not None:
            self._table.end_row()

    def _start_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._paragraphs, self._paragraph_depth = [], 0

    def _start_paragraph(self, _: Attributes) -> None:
        if not self._paragraph_depth:
            self._paragraphs.append([])
        self._paragraph_depth += 1

    def _end_paragraph(self) -> None:
        self._paragraph_depth = max(0, self._paragraph_depth - 1)

    def _start_spaces(self, attributes: Attributes) -> None:
        count = _count(attributes.get(f"{_TEXT}c", "1"))
        self._append(" " * min(count, self._limits.cell_characters + 1))

    def _end_cell(self, code: str = "") -> None:
        table, cell = self._table, self._cell
        if table is None:
            return
        typed = "\n".join(["".join(parts) for parts in self._paragraphs])
        repeat = _count(cell[_COLUMNS_REPEATED]) if _COLUMNS_REPEATED in cell else 1
        if cell.get(_CALC_TYPE) == "error" or (_FORMULA in cell and _ERROR.fullmatch(typed)):
            table.add(typed or "#N/A", repeat, "CELL_EXCEL_ERROR", shown(typed))
        elif _FORMULA in cell and _VALUE_TYPE not in cell and not typed:
            table.add(None, repeat, "FORMULA_NO_VALUE")
        else:
            if _FORMULA in cell:
                table.formulas.append((table.row, table.column))
            table.add(_value(cell, typed, table.texts), repeat, code)


def _is_hidden(attributes: Attributes) -> bool:
    return attributes.get(_VISIBILITY, "visible") != "visible"


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Refused("FILE_DAMAGED", "content.xml repeats something an impossible number of times")
    return int(text)


def _value(cell: Attributes, typed: str, texts: CellTexts) -> str | None:
    match cell.get(_VALUE_TYPE, ""):
        case "float" | "percentage" | "currency":
            return _number(cell.get(f"{_OFFICE}value", ""), typed, texts)
        case "date":
            return cell.get(f"{_OFFICE}date-value", typed).removesuffix("T00:00:00") or None
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value", typed).upper() or None
        case "time":
            return _duration(cell.get(f"{_OFFICE}time-value", "")) or typed or None
        case _:
            return texts.of_text(cell.get(f"{_OFFICE}string-value", typed))


def _number(value: str, typed: str, texts: CellTexts) -> str | None:
    try:
        return texts.of_number(float(value))
    except ValueError:
        return texts.of_text(value or typed)


def _duration(value: str) -> str:
    found = _DURATION.fullmatch(value)
    return f"{found[1]}{int(found[2]):02d}:{int(found[3]):02d}:{int(found[4]):02d}" if found else ""
