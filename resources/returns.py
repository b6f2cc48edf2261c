"""One return as a file: what its RETURN sheet says it is, and the cells of all its sheets as they were submitted.

Nothing is judged here: a cell's text is kept to the letter, and what cannot be read is said, never guessed. This is
what runs in the child processes that read files, so it imports neither Dagster nor the warehouse.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from expectations.contract import ROW, Contract, Profile, Sheet
from expectations.headers import Flaw, Header, find_header, find_sheets, refuses
from expectations.rules import CONTRACT, contract_for
from expectations.wording import cy
from resources.reading import Grid, Limits, Refused, Workbook, decode
from resources.restricted import StoredSheet, write_sheets


@dataclass(frozen=True, slots=True)
class Job:
    """One archived file to look at in a child process; `cells` is where its cells go, once it is known whose it is."""

    submission_id: int
    file: Path
    limits: Limits
    cells: Path | None = None
    profile: str = ""
    period: str = ""


# --- whose it is ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """What the RETURN sheet of one file says, column by column, with each column's place; or why it cannot be read."""

    texts: dict[str, str | None] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    row: int | None = None
    flaws: tuple[Flaw, ...] = ()


IDENTITY = ("provider_id", "period", "submission_no", "profile", "spec_version")
"""The columns of RETURN without which nobody knows whose a return is, and for which month."""


def identify_file(job: Job) -> Named:
    """Read the RETURN sheet of one file, and nothing else of it."""
    names = {"RETURN", cy("sheet.RETURN.name") or "RETURN"}
    try:
        workbook = decode(job.file.read_bytes(), job.limits, only=names)
    except Refused as refused:
        return Named(flaws=(Flaw(refused.code, value=refused.detail),))
    if not workbook.grids:
        return Named(flaws=(Flaw("sheet_missing", sheet="RETURN"),))
    return _named(CONTRACT.sheet("RETURN"), workbook.grids[0].rows)


def _named(sheet: Sheet, rows: list[tuple[str | None, ...]]) -> Named:
    header = find_header(sheet, rows)
    if header is None:
        return Named(flaws=(Flaw("header_absent", sheet=sheet.name),))
    filled = _filled(header, rows)
    flaws = [one for one in header.flaws if one.column in IDENTITY]
    if not filled:
        flaws.append(Flaw("one_row", sheet=sheet.name, row=header.row, value="0"))
    if flaws:
        return Named(flaws=tuple(flaws))
    number, cells = filled[0]
    texts = {name: _cell(cells, at) for name, (at, _) in header.columns.items()}
    return Named(texts, {name: at for name, (at, _) in header.columns.items()}, number)


# --- what it holds ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave: its sheets (none where it is refused), and what is wrong with it."""

    sheets: dict[str, StoredSheet] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Tell whether the file is refused whole."""
        return any(map(refuses, self.flaws))


def read_file(job: Job) -> tuple[Flaw, ...]:
    """Read one archived file, leave its cells in the restricted store, and return what is wrong with it."""
    contract = contract_for(job.period)
    try:
        workbook = decode(job.file.read_bytes(), job.limits)
    except Refused as refused:
        return (Flaw(refused.code, value=refused.detail),)
    reading = read_workbook(workbook, contract, job.profile, job.period)
    if job.cells is not None and not reading.is_refused:
        about = {"contract": contract.version, "flaws": [asdict(flaw) for flaw in reading.flaws]}
        write_sheets(job.cells, reading.sheets, about)
    return reading.flaws


def read_workbook(workbook: Workbook, contract: Contract, profile: str, period: str) -> Reading:
    """Return the cells of every sheet that a return of `profile` for `period` must hold, with the flaws of the file."""
    found, flaws = find_sheets(contract, [grid.name for grid in workbook.grids])
    flaws += [Flaw(note.code, value=note.detail) for note in workbook.notes]
    sheets: dict[str, StoredSheet] = {}
    expected = contract.expected_sheets(Profile(profile), period)
    for sheet in expected:
        stored, wrong = _sheet(sheet, workbook.grids[found[sheet.name]]) if sheet.name in found else _missing(sheet)
        flaws += wrong
        if stored is not None:
            sheets[sheet.name] = stored
    beside = set(found) - {sheet.name for sheet in expected}
    flaws += [flaw for name in sorted(beside) for flaw in _unexpected(contract, name, workbook.grids[found[name]])]
    return Reading({} if any(map(refuses, flaws)) else sheets, tuple(flaws))


def _missing(sheet: Sheet) -> tuple[None, list[Flaw]]:
    return None, [Flaw("sheet_missing", sheet=sheet.name)]


def _sheet(sheet: Sheet, grid: Grid) -> tuple[StoredSheet | None, list[Flaw]]:
    header = find_header(sheet, grid.rows)
    if header is None:
        return None, [Flaw("header_absent", sheet=sheet.name)]
    flaws = list(header.flaws)
    if any(map(refuses, flaws)):
        return None, flaws
    stored = _stored(header, grid)
    rows = stored.table.num_rows
    if sheet.name == "RETURN" and rows != 1:
        flaws.append(Flaw("one_row", sheet=sheet.name, value=str(rows), row=header.row))
    return stored, flaws


def _stored(header: Header, grid: Grid) -> StoredSheet:
    import pyarrow as pa

    filled = _filled(header, grid.rows)
    arrays: dict[str, Any] = {
        name: pa.array([_cell(row, number) for _, row in filled], pa.string())
        for name, (number, _) in header.columns.items()
    }
    arrays[ROW] = pa.array([number for number, _ in filled], pa.int32())
    headers = {name: list(at) for name, at in header.columns.items()}
    meta = {"name": grid.name, "header_row": header.row, "headers": headers, "problems": _problems(header, grid)}
    return StoredSheet(pa.table(arrays), meta)


def _problems(header: Header, grid: Grid) -> list[dict[str, Any]]:
    names = {number: name for name, (number, _) in header.columns.items()}
    return [
        {**asdict(one), "column": names.get(one.column), "column_number": one.column}
        for one in grid.problems
        if one.row > header.row
    ]


def _filled(header: Header, rows: Sequence[Sequence[str | None]]) -> list[tuple[int, Sequence[str | None]]]:
    """Return the rows below the header that hold anything, with their numbers."""
    return [(number, row) for number, row in enumerate(rows, 1) if number > header.row and any(map(_is_filled, row))]


def _cell(row: Sequence[str | None], number: int) -> str | None:
    text = row[number - 1] if number <= len(row) else None
    return text if _is_filled(text) else None


def _is_filled(cell: str | None) -> bool:
    return bool(cell) and not str(cell).isspace()


def _unexpected(contract: Contract, name: str, grid: Grid) -> list[Flaw]:
    """Say that a sheet was not read, where it holds more than its header."""
    header = find_header(contract.sheet(name), grid.rows) or Header(0, {})
    rows = len(_filled(header, grid.rows))
    return [Flaw("sheet_unexpected", sheet=name, value=str(rows))] if rows else []
