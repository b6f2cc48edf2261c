"""Rules of the lookups: each code once, in both languages, with one parent that is there; measures shown as they are.

A lookup has two rows a code with a column `lang`, or one row a code with descriptions in both languages. StatsWales
tells columns by what their headings contain, and a heading's language by how it ends.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from resources.pack.statswales_rules.facts import places_shown
from resources.pack.statswales_rules.model import Cube, Violation
from resources.pack.statswales_rules.reading import Sheet

_ENDINGS = {"en": ("en", "english", "saesneg"), "cy": ("cy", "welsh", "cymraeg")}
_ROLES = ("description", "lang", "note", "sort", "hierarchy", "type", "format", "decimal")
_TYPES = frozenset((
    "count", "percentage", "rate", "rank", "numerator", "denominator", "index value", "mode", "median", "mean",
    "standard deviation", "variance", "quartile", "quintile", "decile", "percentile",
))  # fmt: skip
_FORMATS = frozenset((
    "decimal", "float", "integer", "long", "percentage", "string", "text", "date", "datetime", "time",
))  # fmt: skip
_WHOLE = frozenset(("integer", "long"))


@dataclass(frozen=True, slots=True)
class _Entry:
    row: int
    code: str
    language: str
    description: str
    note: str
    parent: str
    sort: str


def wrong_lookup(sheet: Sheet, column: str, used: Mapping[str, int], data: str) -> Iterator[Violation]:
    """Yield what is wrong with the lookup of a column of the data, whose codes stand first on the lines of `used`."""
    join = _join_column(sheet, column)
    if join is None:
        yield Violation("no_join_column", sheet.path, 1, "No one column can be told to hold the reference codes.")
        return
    without = tuple(_without_language(sheet))
    yield from without
    if without:
        return
    entries = tuple(_entries(sheet, join))
    yield from _wrong_codes(sheet, entries)
    yield from _wrong_languages(sheet, entries)
    yield from _wrong_hierarchy(sheet, entries)
    yield from _wrong_sorts(sheet, entries)
    known = {entry.code for entry in entries}
    for code, number in used.items():
        if code and code not in known:
            yield Violation("unmatched_codes", data, number, f"The code {code} of {column} is not in {sheet.path}.")


def _join_column(sheet: Sheet, column: str) -> str | None:
    """Return the first heading that starts `ref`, else the data's own, else the only one that says nothing else."""
    refs = [name for name in sheet.header if name.lower().startswith("ref")]
    refs += [name for name in sheet.header if name.lower() == column.lower()]
    if refs:
        return refs[0]
    left = [name for name in sheet.header if _role(name) is None]
    return left[0] if len(left) == 1 else None


def _role(heading: str) -> str | None:
    return next((role for role in _ROLES if role in heading.lower()), None)


def _column(sheet: Sheet, role: str, language: str | None = None) -> str | None:
    for name in sheet.header:
        if _role(name) == role and (language is None or _language(name) == language):
            return name
    return None


def _language(heading: str) -> str | None:
    return next((name for name, ends in _ENDINGS.items() if heading.lower().endswith(ends)), None)


def _without_language(sheet: Sheet) -> Iterator[Violation]:
    """Yield the languages that no column of descriptions is for, or that two are."""
    if _column(sheet, "lang"):
        return
    languages = Counter(_language(name) for name in sheet.header if _role(name) == "description")
    for language in _ENDINGS:
        if not languages[language]:
            message = f"No heading of a description ends in {language}."
            yield Violation("missing_language", sheet.path, 1, message)
        elif languages[language] > 1:
            message = f"{languages[language]} headings of descriptions are read as {language}, by their endings."
            yield Violation("ambiguous_language", sheet.path, 1, message)


def _entries(sheet: Sheet, join: str) -> Iterator[_Entry]:
    by_row = _column(sheet, "lang")
    for language in _ENDINGS:
        own = None if by_row else language
        texts = _column(sheet, "description", own), _column(sheet, "note", own)
        columns = (*texts, _column(sheet, "hierarchy"), _column(sheet, "sort"))
        for number, cells in sheet.lines:
            if by_row is None or cells[by_row].strip().lower().startswith(language):
                yield _Entry(number, cells[join], language, *(cells.get(name or "", "").strip() for name in columns))


def _wrong_codes(sheet: Sheet, entries: Iterable[_Entry]) -> Iterator[Violation]:
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        if not entry.code.strip():
            yield Violation("blank_code", sheet.path, entry.row, "The row has no reference code.")
        elif (entry.code, entry.language) in seen:
            message = f"The code {entry.code} stands above already in the language {entry.language}."
            yield Violation("duplicate_code", sheet.path, entry.row, message)
        seen.add((entry.code, entry.language))


def _wrong_languages(sheet: Sheet, entries: tuple[_Entry, ...]) -> Iterator[Violation]:
    yield from _missing_languages(sheet, entries)
    described: dict[tuple[str, str], str] = {}
    for entry in entries:
        if not entry.description:
            message = f"The code {entry.code} has no description in the language {entry.language}."
            yield Violation("missing_language", sheet.path, entry.row, message)
        elif described.setdefault((entry.language, entry.description), entry.code) != entry.code:
            message = f"Another code is described as {entry.code} is, in the language {entry.language}."
            yield Violation("duplicate_description", sheet.path, entry.row, message)


def _missing_languages(sheet: Sheet, entries: tuple[_Entry, ...]) -> Iterator[Violation]:
    have = {(entry.code, entry.language) for entry in entries}
    noted = {(entry.code, entry.language) for entry in entries if entry.note}
    for code, row in {entry.code: entry.row for entry in entries}.items():
        for language in _ENDINGS:
            if (code, language) not in have:
                message = f"The code {code} has no row in the language {language}."
                yield Violation("missing_language", sheet.path, row, message)
            elif {(code, other) in noted for other in _ENDINGS} == {True, False} and (code, language) not in noted:
                message = f"The code {code} has a note, but none in the language {language}."
                yield Violation("missing_language", sheet.path, row, message)


def _wrong_hierarchy(sheet: Sheet, entries: tuple[_Entry, ...]) -> Iterator[Violation]:
    """Yield parents that are not there, codes with two parents, and codes that are below themselves."""
    parents: dict[str, str] = {}
    codes = {entry.code for entry in entries}
    for entry in entries:
        if entry.parent and entry.parent not in codes:
            message = f"The code {entry.code} is below {entry.parent}, which is not there."
            yield Violation("orphan_hierarchy", sheet.path, entry.row, message)
        elif parents.setdefault(entry.code, entry.parent) != entry.parent:
            message = f"The code {entry.code} is below two others."
            yield Violation("two_parents", sheet.path, entry.row, message)
    for row, code in {entry.row: entry.code for entry in entries}.items():
        if _goes_round(code, parents):
            yield Violation("hierarchy_loop", sheet.path, row, f"The code {code} never comes to a top.")


def _goes_round(code: str, parents: Mapping[str, str]) -> bool:
    for _ in parents:
        code = parents.get(code, "")
        if not code:
            return False
    return True


def _wrong_sorts(sheet: Sheet, entries: Iterable[_Entry]) -> Iterator[Violation]:
    for row, sort in {entry.row: entry.sort for entry in entries}.items():
        if sort and not _is_whole(sort.removeprefix("-")):
            yield Violation("sort_not_integer", sheet.path, row, f"The sort order {sort} is no whole number.")


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


# --- measures --------------------------------------------------------------------------------------------------------


def wrong_measures(sheet: Sheet) -> Iterator[Violation]:
    """Yield measures of a type or format that StatsWales does not have, or without a whole number of places."""
    for number, cells in sheet.lines:
        for role, known in (("type", _TYPES), ("format", _FORMATS)):
            column = _column(sheet, role)
            if column and cells[column].strip().lower() not in known:
                message = f"{cells[column] or 'A blank'} is no {role} of measure."
                yield Violation(f"unknown_{role}", sheet.path, number, message)
        column = _column(sheet, "decimal")
        if column and cells[column] and not _is_whole(cells[column]):
            message = f"The number of decimal places, {cells[column]}, is no whole number."
            yield Violation("bad_decimal", sheet.path, number, message)


def too_many_places(measures: Sheet, facts: Sheet, cube: Cube) -> Iterator[Violation]:
    """Yield figures with more decimal places than StatsWales will show of their measure."""
    shown = _places(measures, cube)
    for number, cells in facts.lines:
        most = shown.get(cells[cube.measure])
        if most is not None and places_shown(cells[cube.values]) > most:
            message = f"The figure has more decimal places than the {most} of its measure."
            yield Violation("too_many_places", facts.path, number, message)


def _places(sheet: Sheet, cube: Cube) -> dict[str, int]:
    """Return how many decimal places are shown, by measure, where the lookup says."""
    join, decimal, form = _join_column(sheet, cube.measure), _column(sheet, "decimal"), _column(sheet, "format")
    places: dict[str, int] = {}
    for _, cells in sheet.lines:
        if form and cells[form].strip().lower() in _WHOLE:
            places[cells[join or ""]] = 0
        elif decimal and _is_whole(cells[decimal]):
            places[cells[join or ""]] = int(cells[decimal])
    return places
