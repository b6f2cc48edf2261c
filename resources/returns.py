"""One return as a file: what its RETURN sheet says it is, and the cells of all its sheets as they were submitted.

Nothing is judged here: a cell's text is kept to the letter, and what cannot be read is said, never guessed. This is
what runs in the child processes that read files, so it imports neither Dagster nor the warehouse.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from expectations.contract import ROW, Contract, Day, Profile, Sheet, Text
from expectations.headers import Flaw, Header, find_header, find_sheets, refuses
from expectations.reference import folded
from expectations.rules import CONTRACT, contract_for
from expectations.wording import cy, sheet_aliases
from expectations.written import is_serial
from resources.reading import (
    CellProblem,
    Died,
    Done,
    Grid,
    Limits,
    Note,
    Refused,
    Workbook,
    decode,
    letter_problem,
    ranges,
)
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
        return Named(flaws=(_refusal(refused),))
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


def _refusal(refused: Refused) -> Flaw:
    """Return the flaw of a file that is refused whole, with the sheet of the contract that is to blame, if any."""
    sheet = sheet_aliases(CONTRACT).get(folded(refused.sheet)) if refused.sheet else None
    return Flaw(refused.code, sheet=sheet, value=refused.detail)


# --- many files at once -----------------------------------------------------------------------------------------------


def identify_files(jobs: Iterable[Job], limits: Limits, workers: int) -> Iterator[tuple[Job, Named]]:
    """Identify files in children, several at a time; a file that a child died of is known by that alone."""
    for job, outcome in _in_children(identify_file, jobs, limits, workers):
        yield job, Named(flaws=(_flaw(outcome),)) if isinstance(outcome, Died) else outcome.value


def read_files(jobs: Iterable[Job], limits: Limits, workers: int) -> Iterator[tuple[Job, tuple[Flaw, ...]]]:
    """Read files in children, several at a time, and yield the flaws of each; that a child died of one is its flaw."""
    for job, outcome in _in_children(read_file, jobs, limits, workers):
        yield job, (_flaw(outcome),) if isinstance(outcome, Died) else outcome.value


def _in_children(
    look: Callable[[Job], Any], jobs: Iterable[Job], limits: Limits, workers: int
) -> Iterator[tuple[Job, Done[Any] | Died]]:
    from resources.reading import run_in_children

    return run_in_children(look, jobs, limits, workers)


def _flaw(died: Died) -> Flaw:
    return Flaw(died.code, value=died.detail)


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
        return (_refusal(refused),)
    reading = read_workbook(workbook, contract, job.profile, job.period)
    if job.cells is not None and not reading.is_refused:
        about = {"contract": contract.version, "flaws": [asdict(flaw) for flaw in reading.flaws]}
        write_sheets(job.cells, reading.sheets, about)
    return reading.flaws


def read_workbook(workbook: Workbook, contract: Contract, profile: str, period: str) -> Reading:
    """Return the cells of every sheet that a return of `profile` for `period` must hold, with the flaws of the file."""
    found, flaws = find_sheets(contract, [grid.name for grid in workbook.grids])
    names = {workbook.grids[at].name: sheet for sheet, at in found.items()}
    flaws += [flaw for note in workbook.notes for flaw in _noted(note, names)]
    sheets: dict[str, StoredSheet] = {}
    expected = contract.expected_sheets(Profile(profile), period)
    flaws += _received(len(expected), len(expected) - sum(sheet.name not in found for sheet in expected))
    for sheet in expected:
        grid = workbook.grids[found[sheet.name]] if sheet.name in found else None
        stored, wrong = _missing(sheet) if grid is None else _sheet(sheet, grid, workbook.counts_from_1904)
        flaws += wrong
        if stored is not None:
            sheets[sheet.name] = stored
    beside = set(found) - {sheet.name for sheet in expected}
    flaws += [flaw for name in sorted(beside) for flaw in _unexpected(contract, name, workbook.grids[found[name]])]
    return Reading({} if any(map(refuses, flaws)) else sheets, tuple(flaws))


def _noted(note: Note, names: Mapping[str, str]) -> list[Flaw]:
    """Return the flaw that a note gives; that a sheet beside those of the form is there is told without it."""
    sheet = names.get(note.sheet or "")
    if note.sheet is None:
        return [Flaw(note.code, value=note.detail)]
    if sheet is None:
        return []
    return [Flaw(note.code, sheet=sheet, value=note.sheet if note.code == "SHEET_HIDDEN" else note.detail)]


def _received(expected: int, received: int) -> list[Flaw]:
    """Say how many sheets came, where several did not: it is why each of them is missing."""
    if expected - received < _SEVERAL:
        return []
    return [Flaw("sheets_received", value=str(received), expected=str(expected))]


_SEVERAL = 2


def _missing(sheet: Sheet) -> tuple[None, list[Flaw]]:
    return None, [Flaw("sheet_missing", sheet=sheet.name)]


def _sheet(sheet: Sheet, grid: Grid, counts_from_1904: bool) -> tuple[StoredSheet | None, list[Flaw]]:
    header = find_header(sheet, grid.rows)
    if header is None:
        return None, [Flaw("header_absent", sheet=sheet.name)]
    flaws = list(header.flaws)
    if any(map(refuses, flaws)):
        return None, flaws
    stored = _stored(sheet, header, grid, counts_from_1904)
    rows = stored.table.num_rows
    flaws += _blank_rows(sheet, header, stored)
    if sheet.name == "RETURN" and rows != 1:
        flaws.append(Flaw("one_row", sheet=sheet.name, value=str(rows), row=header.row))
    return stored, flaws


def _blank_rows(sheet: Sheet, header: Header, stored: StoredSheet) -> list[Flaw]:
    """Name the blank rows between the header and the last row that is filled."""
    filled = {int(str(row)) for row in stored.table.column(ROW).to_pylist()}
    blank = set(range(header.row + 1, max(filled, default=0))) - filled
    return [Flaw("ROW_BLANK", sheet=sheet.name, row=min(blank), value=ranges(blank))] if blank else []


def _stored(sheet: Sheet, header: Header, grid: Grid, counts_from_1904: bool) -> StoredSheet:
    import pyarrow as pa

    filled = _filled(header, grid.rows)
    arrays: dict[str, Any] = {
        name: pa.array([_cell(row, number) for _, row in filled], pa.string())
        for name, (number, _) in header.columns.items()
    }
    arrays[ROW] = pa.array([number for number, _ in filled], pa.int32())
    headers = {name: list(at) for name, at in header.columns.items()}
    problems = _problems(header, [*grid.problems, *_of_columns(sheet, header, filled, counts_from_1904)])
    meta = {"name": grid.name, "header_row": header.row, "headers": headers, "problems": problems}
    return StoredSheet(pa.table(arrays), meta)


def _problems(header: Header, problems: Iterable[CellProblem]) -> list[dict[str, Any]]:
    """Return the problems of the cells that are read; whatever stands beside them is of no account."""
    names = {number: name for name, (number, _) in header.columns.items()}
    return [
        {**asdict(one), "column": names.get(one.column), "column_number": one.column}
        for one in problems
        if one.row > header.row and (one.column in names or one.code == "ROW_FIELD_COUNT")
    ]


def _of_columns(
    sheet: Sheet, header: Header, filled: Sequence[tuple[int, Sequence[str | None]]], counts_from_1904: bool
) -> Iterator[CellProblem]:
    """Yield the cells that cannot be taken for what their column holds: names that lost letters, days since 1904."""
    for name, (number, _) in header.columns.items():
        kind = sheet.column(name).kind
        if isinstance(kind, Text):
            yield from _amiss(number, filled, letter_problem)
        elif isinstance(kind, Day) and counts_from_1904:
            yield from _amiss(number, filled, lambda text: "DATE_1904" if is_serial(text) else None)


def _amiss(
    number: int, filled: Sequence[tuple[int, Sequence[str | None]]], judge: Callable[[str], str | None]
) -> Iterator[CellProblem]:
    for row, cells in filled:
        text = _cell(cells, number)
        code = judge(text) if text else None
        if text and code:
            yield CellProblem(row, number, code, text)


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
