"""Scans the XML of one Excel sheet for what a reader of values does not tell.

That is: how far the sheet reaches, which cells are errors, which formulas have no value, and what is hidden.

XML as Excel and its kin write it is scanned by pattern; anything unusual goes through a true parser, several times
slower, so that the two cannot disagree about a crafted file.
"""

import re
from dataclasses import dataclass, field

from resources.reading.guard import parse_xml

_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: [a-z]+="\w*")*(/?)>')
_ENDS = (b" ", b">", b"/", b"\t", b"\n", b"\r")
_CELL_STARTS = tuple(b"<c" + end for end in _ENDS)
_UNUSUAL = (b"<!", b" hidden=", *(b":c" + end for end in _ENDS), *(b"</c" + end for end in _ENDS if end != b">"))
_TELLING = (b' t="e"', b"<f")
_WHOLE = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: [a-z]+="\w*")*)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v[^>]*>([^<]+)</v>|<is>")
_FORMULA = re.compile(rb"<f[\s/>]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

_LAST_COLUMN = 16_384

Place = tuple[int, int]


@dataclass
class SheetScan:
    """How far a sheet reaches (1-based, blank styled cells left out), and its telling cells by (row, column)."""

    rows: int = 0
    columns: int = 0
    errors: dict[Place, str] = field(default_factory=dict)
    valueless: list[Place] = field(default_factory=list)
    cached: list[Place] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    def reach(self, row: int, column: int) -> None:
        """Takes one used cell into the range."""
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)

    def judge(self, place: Place, kind: str, value: str, has_formula: bool) -> None:
        """Files one cell under what is to be told of it."""
        if kind == "e":
            self.errors[place] = value
        elif has_formula and not value and kind != "str":
            self.valueless.append(place)
        elif has_formula:
            self.cached.append(place)


def column_number(letters: str) -> int:
    """A column's letters as its 1-based number."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def scanned(xml: bytes) -> SheetScan:
    """What there is to tell of a sheet beside its values."""
    if any(mark in xml for mark in _UNUSUAL):
        return _Parsed().scan(xml)
    cells: list[tuple[bytes, bytes, bytes]] = _CELL.findall(xml)
    if len(cells) != sum(map(xml.count, _CELL_STARTS)):
        return _Parsed().scan(xml)
    return _scanned_by_pattern(xml, [(letters, number) for letters, number, blank in cells if not blank])


def _scanned_by_pattern(xml: bytes, used: list[tuple[bytes, bytes]]) -> SheetScan:
    scan = SheetScan()
    if used:
        letters, numbers = (set(part) for part in zip(*used, strict=True))
        scan.reach(max(map(int, numbers)), max(column_number(part.decode()) for part in letters))
    if any(mark in xml for mark in _TELLING):
        for letters_, number, attributes, body in _WHOLE.findall(xml):
            _judge_by_pattern(scan, (int(number), column_number(letters_.decode())), attributes, body)
    return scan


def _judge_by_pattern(scan: SheetScan, place: Place, attributes: bytes, body: bytes) -> None:
    kind = next((part[3:-1].decode() for part in attributes.split() if part.startswith(b't="')), "")
    has_formula = _FORMULA.search(body) is not None
    if kind == "e" or has_formula:
        value = _VALUE.search(body)
        scan.judge(place, kind, (value[1] or b"?").decode(errors="replace") if value else "", has_formula)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden", "0") in ("1", "true")


class _Parsed:
    """The same scan by a true parser, whatever prefixes, quotes, comments or missing references the XML has."""

    def __init__(self) -> None:
        self._scan = SheetScan()
        self._row = self._column = 0
        self._kind = ""
        self._value: list[str] = []
        self._is_used = self._has_formula = self._is_value = False

    def scan(self, xml: bytes) -> SheetScan:
        """Reads the sheet through."""
        parse_xml(xml, self._start, self._end, self._text)
        return self._scan

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "col":
                self._start_column(attributes)
            case "row":
                self._start_row(attributes)
            case "c":
                self._start_cell(attributes)
            case "f":
                self._has_formula = True
            case "v" | "t" | "is":
                self._is_value = self._is_used = True

    def _start_column(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if _is_hidden(attributes) and _is_number(first) and _is_number(last):
            self._scan.hidden_columns.extend(range(int(first), min(int(last), _LAST_COLUMN) + 1))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if _is_number(number) else self._row + 1
        self._column = 0
        if _is_hidden(attributes):
            self._scan.hidden_rows.append(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        reference = _REFERENCE.fullmatch(attributes.get("r", "").upper())
        if reference:
            self._row, self._column = int(reference[2]), column_number(reference[1])
        self._kind = attributes.get("t", "")
        self._value = []
        self._is_used = self._has_formula = False

    def _text(self, text: str) -> None:
        if self._is_value and self._kind != "s":
            self._value.append(text[:40])

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v" | "t" | "is":
                self._is_value = False
            case "c":
                self._end_cell()

    def _end_cell(self) -> None:
        if self._is_used:
            self._scan.reach(self._row, self._column)
        if self._has_formula or self._kind == "e":
            self._scan.judge((self._row, self._column), self._kind, "".join(self._value), self._has_formula)
