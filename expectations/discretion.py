"""What may be repeated of a cell, a header or a sheet's name outside the restricted places, and what is masked there.

A value is masked where it looks like a person's details or name and its place is not one for such things. Nothing is
judged here: that personal details are refused is a rule, and who asks it says how strict it is.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from expectations.codes import CODE_LISTS
from expectations.contract import Area, Code, Day, NamesAllowed, Pattern, Sheet, Text
from expectations.findings import masked
from expectations.reference import authorities, family_names, folded, given_names, regions
from expectations.sheets import SHEETS
from expectations.wording import phrases, welsh
from expectations.written import has_personal_detail, parse

_RECENT = re.compile(
    r"(?<!\d)(?:\d{1,2}[/.-]\d{1,2}[/.-]20(?:1[6-9]|[2-9]\d)|20(?:1[6-9]|[2-9]\d)[/-]\d{1,2}[/-]\d{1,2})(?!\d)",
    re.ASCII,
)
"""Days since 2016: nobody who comes to a day service was born on one of them."""

_DAY_IN_DIGITS = re.compile(
    r"(?<![A-Za-z\d.])(?:19\d\d|200\d|201[0-5])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\d.])", re.ASCII
)


def discreet_cell(sheet: Sheet | None, column: str | None, text: str | None) -> str | None:
    """Return what may be repeated of a cell; without a column, of a header, of a sheet's name or a cell beside them."""
    return masked(text) if text and _is_private(sheet.name if sheet else None, column, text) else text


def discreet_name(text: str | None) -> str | None:
    """Return what may be repeated of a header, or of the name of a sheet or of a part of a file."""
    return discreet_cell(None, None, text)


def tells_of_a_person(text: str, names: NamesAllowed) -> bool:
    """Tell whether `text` holds a person's details, or a name where no such name may stand."""
    match names:
        case "organisations":
            return has_personal_detail(text)
        case "roles":
            return has_personal_detail(text) or names_a_person(text)
        case "none":
            return _stands_out(text)


@lru_cache(maxsize=65_536)
def _is_private(sheet: str | None, column: str | None, text: str) -> bool:
    of_sheet = next((one for one in SHEETS if one.name == sheet), None)
    of_column = next((one for one in (of_sheet.columns if of_sheet else ()) if one.name == column), None)
    if of_sheet is None or of_column is None:
        return _stands_out(text)
    match of_column.kind:
        case _ if of_column.is_sensitive:
            return True
        case Text(names="organisations"):
            return has_personal_detail(text)
        case Text(names="roles") if _has_ordinary_word(text):
            return tells_of_a_person(text, "roles")
        case (Pattern(is_free=False) | Code() | Area()) as kind if parse(kind, text).value is not None:
            return isinstance(kind, Area) and _stands_out(text)
        case Day() as kind if parse(kind, text).value is not None and not _is_about_people(of_sheet):
            return False
        case _:
            return _stands_out(text)


def _is_about_people(sheet: Sheet) -> bool:
    return any(column.is_sensitive for column in sheet.columns)


def _stands_out(text: str) -> bool:
    plain = _RECENT.sub(" ", text)
    is_day = _DAY_IN_DIGITS.search(plain) is not None
    return is_day or has_personal_detail(plain) or has_personal_detail(plain.upper()) or _has_name(text)


# --- names ------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W_]+)*")
_BETWEEN_NAMES = frozenset({"ap", "ab", "ferch", "van", "de", "bin"})


@lru_cache(maxsize=65_536)
def names_a_person(text: str) -> bool:
    """Tell whether `text` holds a given name and a family name, or an initial and a family name, side by side."""
    return any(_is_full_name(*pair) for pair in _pairs(text))


@lru_cache(maxsize=65_536)
def _has_name(text: str) -> bool:
    return any(_is_full_name(*pair) or _are_strangers(*pair) for pair in _pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield every two words side by side, and those between which an initial or such a word as "ap" stands."""
    words = ["" if any(map(str.isdigit, word)) else word for word in _WORD.findall(text)]
    words = [word for word in words if word not in _BETWEEN_NAMES]
    yield from pairwise(words)
    yield from pairwise(word for word in words if len(word) != 1)


def _is_full_name(first: str, second: str) -> bool:
    """Tell whether two words are a person's name, in either order; a listed pair in any letters, others in capitals."""
    one, other = folded(first), folded(second)
    given, family = given_names(), family_names()
    if (one in given and other in family) or (one in family and other in given):
        return True
    if not (first[:1].isupper() and second[:1].isupper()):
        return False
    if min(len(first), len(second)) == 1:
        return one in family or other in family
    listed = given | family
    return (one in listed and not _is_ordinary(other)) or (other in listed and not _is_ordinary(one))


def _are_strangers(first: str, second: str) -> bool:
    """Tell whether two words in capitals are none that this collection, or a job or a table, has a use for."""
    are_capital = first[:1].isupper() and second[:1].isupper() and len(first) > 1 < len(second)
    return are_capital and not _is_ordinary(folded(first)) and not _is_ordinary(folded(second))


def _has_ordinary_word(text: str) -> bool:
    return any(_is_ordinary(folded(word)) for word in _WORD.findall(text))


def _is_ordinary(word: str) -> bool:
    return word in _ordinary_words()


@cache
def _ordinary_words() -> frozenset[str]:
    """Return the folded words of the contract, of places, of jobs and of tables, in both languages."""
    return frozenset(folded(word) for text in _ordinary_texts() for word in _WORD.findall(text.replace("_", " ")))


def _ordinary_texts() -> Iterable[str]:
    yield from welsh().values()
    yield from phrases().values()
    for sheet in SHEETS:
        yield from (sheet.name, sheet.about)
        yield from (text for column in sheet.columns for text in (column.name, column.label, column.about))
    for codes in CODE_LISTS.values():
        yield from (text for code, label in codes.items() for text in (code, label))
    for authority in authorities():
        yield from (authority.name_en, authority.name_cy)
    yield from (region.name_en for region in regions())
