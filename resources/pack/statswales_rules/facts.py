"""Rules of a table of facts: its columns, and each fact's name, period, value and note codes."""

import re
from collections.abc import Iterator
from functools import cache

from resources.pack.statswales_rules.dates import is_period, other_year_format
from resources.pack.statswales_rules.model import Cube, Violation
from resources.pack.statswales_rules.reading import Line, Sheet

_VALUE = re.compile(r"[+-]?[0-9]+[.]?[0-9]*|[.][0-9]+|(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_NOTE_CODES = frozenset(("a", "b", "c", "e", "f", "k", "ns", "p", "r", "s", "ss", "sss", "t", "u", "w", "x", "z"))
_OF_WHOLES = frozenset("ta")


def wrong_columns(sheet: Sheet, cube: Cube) -> Iterator[Violation]:
    """Yield the columns that a table of facts lacks, and those that nobody has said what they are."""
    missing = {
        cube.values: ("no_data_value_column", "the figures"),
        cube.note_codes: ("no_note_codes", "the note codes; it must be there though it be empty"),
        cube.measure: ("no_measure_column", "the measure; it must be there though there be one only"),
        cube.date: ("no_date_column", "the period"),
    }
    for column in (*cube.lookups, *missing):
        if column not in sheet.header:
            rule, holds = missing.get(column, ("no_dimension_column", "a dimension"))
            yield Violation(rule, sheet.path, 1, f"There is no column {column}, with {holds}.")
    for column in sheet.header:
        if column not in cube.columns:
            yield Violation("unmatched_columns", sheet.path, 1, f"The column {column} is none of the cube's.")


def wrong_facts(sheet: Sheet, cube: Cube) -> Iterator[Violation]:
    """Yield what is wrong with the facts of a table that has every column."""
    seen: set[tuple[str, ...]] = set()
    for line in sheet.lines:
        number, cells = line
        key = fact_key(line, cube)
        if not all(part.strip() for part in key):
            names = ", ".join(name for name in cube.key if not cells[name].strip())
            yield Violation("incomplete_fact", sheet.path, number, f"The fact has nothing under {names}.")
        elif key in seen:
            yield Violation("duplicate_fact", sheet.path, number, f"The fact {' '.join(key)} stands above already.")
        seen.add(key)
        yield from _wrong_date(sheet, line, cube)
        yield from _wrong_value(sheet, line, cube)
        yield from _wrong_notes(sheet, line, cube)


def fact_key(line: Line, cube: Cube) -> tuple[str, ...]:
    """Return what names a fact."""
    return tuple(line[1][name] for name in cube.key)


@cache
def notes_of(cell: str) -> tuple[str, ...]:
    """Return the note codes of a cell, as StatsWales reads them: without spaces, in small letters."""
    return tuple(code for code in "".join(cell.split()).lower().split(",") if code)


def _wrong_date(sheet: Sheet, line: Line, cube: Cube) -> Iterator[Violation]:
    number, cells = line
    period = cells[cube.date]
    if not period.strip() or is_period(period, cube.dates):
        return
    other = other_year_format(period, cube.dates)
    if other:
        message = f"The period {period} has its year as {other}; all periods have it as {cube.dates.year}."
        yield Violation("mixed_year_formats", sheet.path, number, message)
    else:
        message = f"{period} is no period with a year as {cube.dates.year}."
        yield Violation("bad_date", sheet.path, number, message)


def _wrong_value(sheet: Sheet, line: Line, cube: Cube) -> Iterator[Violation]:
    number, cells = line
    value = cells[cube.values]
    if value and not _VALUE.fullmatch(value):
        message = "The figure is not in digits with at most a sign and a point."
        yield Violation("non_numeric_data_value", sheet.path, number, message)
    if not value and not notes_of(cells[cube.note_codes]):
        yield Violation("blank_without_code", sheet.path, number, "There is no figure, and no note code says why.")


def _wrong_notes(sheet: Sheet, line: Line, cube: Cube) -> Iterator[Violation]:
    number, cells = line
    codes = notes_of(cells[cube.note_codes])
    unknown = [code for code in codes if code not in _NOTE_CODES]
    if unknown:
        yield Violation("bad_note_codes", sheet.path, number, f"There is no note code {', '.join(unknown)}.")
    if cube.whole and cells[cube.whole[0]] == cube.whole[1] and not _OF_WHOLES.intersection(codes):
        message = f"A figure for {cube.whole[1]} is marked neither as a total (t) nor as an average (a)."
        yield Violation("total_without_code", sheet.path, number, message)


def wrong_update(update: Sheet, data: Sheet, cube: Cube) -> Iterator[Violation]:
    """Yield where an update says otherwise than the data, or a figure that the data does not have."""
    facts = {fact_key(line, cube): line[1] for line in data.lines}
    for line in update.lines:
        number, cells = line
        fact = facts.get(fact_key(line, cube))
        if fact is None and cells[cube.values]:
            yield Violation("update_unknown", update.path, number, "The update has a figure that the data has not.")
        elif fact is not None and fact != cells:
            yield Violation("update_differs", update.path, number, "The update says otherwise than the data.")


def places_shown(cell: str) -> int:
    """Return how many decimal places a figure is written with."""
    return len(cell.partition(".")[2])
