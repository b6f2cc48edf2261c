"""The rules that StatsWales holds a cube to, asked of the bytes of its files.

They are those of the guidance for publishers and of the service's own checks, put anew; nothing of the writer is used
here, so that writer and rules cannot be wrong together. A release whose own pack breaks one is not published.
"""

from collections.abc import Iterator, Mapping

from resources.pack.statswales_rules.about import wrong_metadata
from resources.pack.statswales_rules.facts import wrong_columns, wrong_facts, wrong_update
from resources.pack.statswales_rules.lookups import too_many_places, wrong_lookup, wrong_measures
from resources.pack.statswales_rules.model import RULES, Cube, Dates, Violation
from resources.pack.statswales_rules.reading import Sheet, read

__all__ = ["RULES", "Cube", "Dates", "Violation", "violations"]


def violations(files: Mapping[str, bytes], cube: Cube | None = None) -> tuple[Violation, ...]:
    """Return every rule that the files of a cube break, with the file and line; none where they can be uploaded."""
    return tuple(dict.fromkeys(_found(files, cube or Cube())))


def _found(files: Mapping[str, bytes], cube: Cube) -> Iterator[Violation]:
    data, wrong = read(files, cube.data)
    yield from wrong
    yield from wrong_metadata(files, cube)
    update, wrong = _update(files, cube)
    yield from wrong
    facts = [sheet for sheet in (data, update) if sheet is not None]
    for sheet in facts:
        yield from wrong_columns(sheet, cube)
    sound = [sheet for sheet in facts if cube.columns <= set(sheet.header)]
    for sheet in sound:
        yield from wrong_facts(sheet, cube)
    if data in sound and update in sound and data and update:
        yield from wrong_update(update, data, cube)
    yield from _wrong_lookups(files, sound, cube)


def _update(files: Mapping[str, bytes], cube: Cube) -> tuple[Sheet | None, tuple[Violation, ...]]:
    """Read the update, unless it is a header alone, where nothing changed, or the data itself, where all is new."""
    update = files.get(cube.update or "", b"")
    if cube.update is None or update.count(b"\n") == 1 or update == files.get(cube.data):
        return None, ()
    return read(files, cube.update)


def _wrong_lookups(files: Mapping[str, bytes], facts: list[Sheet], cube: Cube) -> Iterator[Violation]:
    for column, path in {**cube.lookups, cube.measure: cube.measures}.items():
        lookup, wrong = read(files, path)
        yield from wrong
        if lookup is None:
            continue
        for sheet in facts or [Sheet(cube.data, (), ())]:
            used = _first_lines(sheet, column)
            yield from wrong_lookup(lookup, column, used, sheet.path)
        if column == cube.measure:
            yield from wrong_measures(lookup)
            for sheet in facts:
                yield from too_many_places(lookup, sheet, cube)


def _first_lines(sheet: Sheet, column: str) -> dict[str, int]:
    """Return each code of a column with the line where it stands first."""
    found: dict[str, int] = {}
    for number, cells in sheet.lines:
        found.setdefault(cells[column], number)
    return found
