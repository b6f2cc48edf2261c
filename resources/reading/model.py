"""The words of reading: limits, the grid of cells as submitted, and the reasons to refuse a file."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

Row = tuple[str | None, ...]
Kind = Literal["xlsx", "ods", "csv"]

SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Limits:
    """How much one delivered file may ask of us, in bytes, cells and seconds."""

    file_bytes: int = 25_000_000
    unpacked_bytes: int = 200_000_000
    zip_ratio: int = 100
    zip_entries: int = 200
    cells: int = 5_000_000
    rows: int = 100_000
    columns: int = 200
    cell_characters: int = 32_767
    memory_bytes: int = 1_000_000_000
    cpu_seconds: int = 30
    wall_seconds: float = 60


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell before any rule is asked; row and column are 1-based, as their file shows them.

    Of a line with a wrong number of fields, `shown` is their number and `expected` that of the heading.
    """

    row: int
    column: int
    code: str
    shown: str
    expected: str | None = None


@dataclass(frozen=True)
class Note:
    """Something worth telling about a file that is read all the same; `sheet` is the sheet's name as they have it."""

    code: str
    sheet: str | None
    detail: str


@dataclass(frozen=True)
class Grid:
    """One sheet: rows[i][j] is the text of row i+1, column j+1 as submitted, None where the cell is blank."""

    name: str
    is_hidden: bool
    rows: list[Row]
    problems: list[CellProblem]


@dataclass(frozen=True)
class Workbook:
    """Every wanted sheet of one delivered file; `counts_from_1904`: a bare number stands for days since that year."""

    kind: Kind
    grids: list[Grid]
    notes: list[Note] = field(default_factory=list)
    counts_from_1904: bool = False


class Refused(Exception):  # noqa: N818 (a verdict on a file, not a fault of ours)
    """A file refused whole; `detail` states plain facts and holds nothing of the file, not even the name of a part.

    Where one sheet is to blame, `sheet` is its name as they have it.
    """

    def __init__(self, code: str, detail: str, sheet: str | None = None) -> None:
        super().__init__(code, detail, sheet)
        self.code = code
        self.detail = detail
        self.sheet = sheet


def folded(name: str) -> str:
    """A name without case, diacritics or surplus space, for comparing only."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).replace("\ufeff", "").split())


@dataclass(frozen=True)
class Wanted:
    """Which sheets the caller asked for: all of them when `names` is None."""

    names: frozenset[str] | None

    def __contains__(self, name: str) -> bool:
        return self.names is None or folded(name) in self.names


def wanted(only: Collection[str] | None) -> Wanted:
    """The sheets asked for, by folded name."""
    return Wanted(None if only is None else frozenset(folded(name) for name in only))


def shown(text: str) -> str:
    """The beginning of a cell with its control characters made visible, short enough for a message."""
    short = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in short)
