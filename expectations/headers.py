"""Which sheet of a file is which sheet of the contract, and which column stands under which header.

Names match in English, in Welsh or as the contract has them, whatever their case, accents, spaces and punctuation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from expectations.contract import Contract, Need, Severity, Sheet
from expectations.discretion import discreet_name
from expectations.findings import Finding, Level, letters
from expectations.reference import folded
from expectations.rules import FILE_RULES
from expectations.wording import LANGUAGES, header_aliases, phrase, sheet_aliases

HEADER_WITHIN = 20
"""The header row is looked for in the first rows only: titles may stand above it."""

FLAW_RULES = {
    "sheets_received": "V01",
    "sheet_missing": "V01",
    "sheet_twice": "V01",
    "sheet_unknown": "V01",
    "sheet_unexpected": "V01",
    "header_missing": "V01",
    "header_twice": "V01",
    "header_unknown": "V01",
    "header_blank": "V01",
    "header_absent": "V01",
    "one_row": "V01",
    "version_unknown": "V02",
    "month_not_over": "V02",
    "profile_month": "V02",
    "number_repeated": "V02",
    "number_skipped": "V02",
    "reason_for_change_missing": "V27",
    "return_missing": "V30",
}
"""The rule behind what is wrong with a sheet, a header, or what a return says of itself."""

LESSER = {
    "return_missing": Severity.NOTE,
    "sheet_unknown": Severity.QUERY,
    "sheet_unexpected": Severity.QUERY,
    "header_unknown": Severity.QUERY,
    "header_blank": Severity.QUERY,
    "SHEET_HIDDEN": Severity.QUERY,
    "CELLS_HIDDEN": Severity.NOTE,
    "ROW_BLANK": Severity.QUERY,
    "LETTER_LOST": Severity.QUERY,
    "FILE_IGNORED": Severity.QUERY,
    "ENCODING_CP1252": Severity.QUERY,
    "ENCODING_UTF16": Severity.NOTE,
    "FORMULA_CACHED": Severity.NOTE,
}
"""Flaws with which a return, or a cell, is read all the same; every other flaw refuses the file, or the cell's row."""

_NAMES = {"sheet_unknown", "sheet_twice", "header_unknown", "header_twice", "FILE_IGNORED", "SHEET_HIDDEN"}
"""Flaws whose value is a name that the sender gave to something."""

_CAUSED = {"sheet_missing": "sheets_received"}
_DETAILED = {"FILE_TOO_LARGE", "SHEET_TOO_LARGE"}
_BESIDE = ("document.guidance", "document.findings")
"""Phrases that name the sheets which our own forms and replies have beside those of the return."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a sheet or a header: the saying, and what it is about."""

    says: str
    sheet: str | None = None
    column: str | None = None
    row: int | None = None
    column_number: int | None = None
    value: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """Where a sheet's columns are: the header's row, and each column's number (both from 1) and header as written."""

    row: int
    columns: Mapping[str, tuple[int, str]]
    flaws: tuple[Flaw, ...] = field(default=())


def find_sheets(contract: Contract, names: Sequence[str]) -> tuple[dict[str, int], list[Flaw]]:
    """Return the index of each contract sheet among `names`, and what is wrong with the names."""
    aliases, found, flaws = sheet_aliases(contract), dict[str, int](), list[Flaw]()
    beside = {folded(phrase(key, language)) for key in _BESIDE for language in LANGUAGES}
    for index, name in enumerate(names):
        sheet = aliases.get(folded(name))
        if sheet is None:
            if folded(name) not in beside:
                flaws.append(Flaw("sheet_unknown", value=name))
        elif sheet in found:
            flaws.append(Flaw("sheet_twice", sheet=sheet, value=name))
        else:
            found[sheet] = index
    return found, flaws


def find_header(sheet: Sheet, rows: Sequence[Sequence[str | None]]) -> Header | None:
    """Return where the columns of `sheet` are, or None where no row looks like its header."""
    aliases = header_aliases(sheet)
    scores = [sum(_known(aliases, cell) for cell in row) for row in rows[:HEADER_WITHIN]]
    best = max(scores, default=0)
    if best < min(2, len(sheet.columns)):
        return None
    at = scores.index(best)
    header = _header(sheet, at + 1, rows[at], aliases)
    return replace(header, flaws=(*header.flaws, *_blank_headers(sheet, header.row, rows[at], rows[at + 1 :])))


def _blank_headers(
    sheet: Sheet, row: int, cells: Sequence[str | None], below: Sequence[Sequence[str | None]]
) -> list[Flaw]:
    """Name each column that has cells and no header: nothing of it is read."""
    titled = {number for number, cell in enumerate(cells, 1) if cell and cell.strip()}
    filled = {number for one in below for number, cell in enumerate(one, 1) if cell and not cell.isspace()}
    return [Flaw("header_blank", sheet.name, None, row, number) for number in sorted(filled - titled)]


def _known(aliases: Mapping[str, str], cell: str | None) -> bool:
    return cell is not None and folded(cell) in aliases


def _header(sheet: Sheet, row: int, cells: Sequence[str | None], aliases: Mapping[str, str]) -> Header:
    columns, flaws = dict[str, tuple[int, str]](), list[Flaw]()
    for number, cell in enumerate(cells, 1):
        if cell is None or not cell.strip():
            continue
        name = aliases.get(folded(cell))
        if name is None:
            flaws.append(Flaw("header_unknown", sheet.name, None, row, number, cell))
        elif name in columns:
            flaws.append(Flaw("header_twice", sheet.name, name, row, number, cell))
        else:
            columns[name] = (number, cell)
    flaws += [Flaw("header_missing", sheet.name, name, row) for name in _missing(sheet, columns)]
    return Header(row, columns, tuple(flaws))


def _missing(sheet: Sheet, columns: Mapping[str, object]) -> list[str]:
    return [one.name for one in sheet.columns if one.need is not Need.OPTIONAL and one.name not in columns]


def refuses(flaw: Flaw) -> bool:
    """Tell whether a flaw refuses its file whole."""
    return flaw.says not in LESSER


def flaw_findings(submission_id: int, flaws: Iterable[Flaw]) -> list[Finding]:
    """Return the findings of all flaws of one file, each that follows from another naming it."""
    found = [flaw_finding(submission_id, flaw) for flaw in flaws]
    causes = {one.says: one.finding_id for one in found}
    return [replace(one, caused_by=causes.get(_CAUSED.get(one.says, ""))) for one in found]


def flaw_finding(submission_id: int, flaw: Flaw) -> Finding:
    """Return the finding that a flaw of a file, sheet or header gives."""
    number = flaw.column_number
    return Finding(
        submission_id=submission_id,
        rule=(FILE_RULES | FLAW_RULES)[flaw.says],
        severity=LESSER.get(flaw.says, Severity.ERROR),
        level=_level(flaw),
        says=flaw.says,
        sheet=flaw.sheet,
        row=flaw.row,
        column=flaw.column,
        cell=f"{letters(number)}{flaw.row}" if number and flaw.row else None,
        value=discreet_name(flaw.value) if flaw.says in _NAMES else flaw.value,
        expected=flaw.value if flaw.says in _DETAILED else flaw.expected,
    )


def _level(flaw: Flaw) -> Level:
    if flaw.sheet is None:
        return "file"
    return "sheet" if flaw.column is None and flaw.column_number is None else "column"
