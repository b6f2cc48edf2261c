"""What people write in a cell, understood as the kind of its column: exactly, with a mend that is told, or not at all.

One distinct text is read at a time, with no other cell in view; nothing is guessed. What a value may be beyond its kind
(its bounds, its neighbours) is asked by the checks.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import assert_never

from expectations.codes import CODE_LISTS
from expectations.contract import Amount, Area, Code, Count, Day, Flag, Kind, Month, Pattern, Text
from expectations.findings import masked
from expectations.reference import authority_names, current_authorities, folded, former_authorities
from expectations.wording import cy

Value = str | int | Decimal | date | bool


@dataclass(frozen=True, slots=True)
class Parsed:
    """One text as its kind: `value` is None where it cannot be read, `text` is what the checks look at.

    Where the text was mended, `became` is what it was taken for and `note` says what was mended. `named` is what a name
    written beside an authority's code stands for: a code, or "?" where nothing is called so.
    """

    value: Value | None
    text: str
    became: str | None = None
    note: str | None = None
    named: str | None = None


def parse(kind: Kind, text: str) -> Parsed:
    """Return what `text` means in a column of `kind`."""
    trimmed = _trimmed(text)
    parsed = _read(kind, trimmed) if trimmed else Parsed(None, "")
    if parsed.became is None and trimmed != text:
        return replace(parsed, became=parsed.text, note="trimmed")
    return parsed


def normalised(kind: Kind, text: str) -> str | None:
    """Return `text` as this collection writes it (codes in their case, ISO dates), or None where it is no `kind`."""
    parsed = parse(kind, text)
    return None if parsed.value is None else parsed.became or parsed.text


def _read(kind: Kind, text: str) -> Parsed:
    match kind:
        case Text() | Pattern() | Code() | Area():
            return _word(kind, text)
        case Count():
            return _count(text)
        case Amount(places=places):
            return _amount(places, text)
        case Day():
            return _day(text)
        case Month():
            return _month(text)
        case Flag():
            return _flag(text)
        case _:
            assert_never(kind)


def _word(kind: Text | Pattern | Code | Area, text: str) -> Parsed:
    match kind:
        case Text():
            return Parsed(text, text)
        case Pattern():
            return _pattern(kind, text)
        case Code(list_name=name):
            return _code(name, text)
        case Area(besides=besides):
            return _area(besides, text)
        case _:
            assert_never(kind)


_UNSEEN = "".join(map(chr, (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD)))
_EDGES = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+$")


def _trimmed(text: str) -> str:
    return unicodedata.normalize("NFC", _EDGES.sub("", text))


def _mended(value: Value, became: str, text: str, note: str) -> Parsed:
    """Return a value that was written as this collection writes it, or else taken for it with a note."""
    return Parsed(value, became) if became == text else Parsed(value, became, became, note)


# --- codes and identifiers --------------------------------------------------------------------------------------------


def _pattern(kind: Pattern, text: str) -> Parsed:
    for spelling in (text, text.upper(), text.lower()):
        if re.fullmatch(kind.regex, spelling):
            return _mended(spelling, spelling, text, "case")
    padded = _padded(kind, text)
    return Parsed(None, text) if padded is None else _mended(padded, padded, text, "padded")


_BARE_NUMBER = re.compile(r"(\d{1,12})(?:\.0+)?", re.ASCII)


def _padded(kind: Pattern, text: str) -> str | None:
    """Return the identifier whose number alone stands here, as where a spreadsheet took it for a figure."""
    number = _BARE_NUMBER.fullmatch(text) if kind.digits else None
    is_short = number is not None and int(number[1]) > 0 and len(number[1]) <= kind.digits
    return f"{kind.prefix}{number[1].zfill(kind.digits)}" if number is not None and is_short else None


_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))


def _code(list_name: str, text: str) -> Parsed:
    codes = _folded_codes(tuple(CODE_LISTS[list_name]))
    plain = text.translate(_DASHES).casefold()
    if plain in codes:
        return _mended(codes[plain], codes[plain], text, "dash" if plain != text.casefold() else "case")
    number = figure_in(text)
    same = [code for code in CODE_LISTS[list_name] if number is not None and figure_in(code) == number]
    # A spreadsheet shows the code "1.0" as 1, and some programs write the code "1" as 1.0.
    return _mended(same[0], same[0], text, "number") if same else Parsed(None, text)


@cache
def _folded_codes(codes: tuple[str, ...]) -> Mapping[str, str]:
    return {code.casefold(): code for code in codes}


_GSS = re.compile(r"(?i)(?<![a-z0-9])W\d{8}(?![a-z0-9])")
_AROUND = " \t\u00a0,;:/()[]-\u2013\u2014"


def _area(besides: tuple[str, ...], text: str) -> Parsed:
    words = _folded_codes(besides)
    if text.casefold() in words:
        return _mended(words[text.casefold()], words[text.casefold()], text, "case")
    found = _GSS.findall(text)
    if len(found) != 1:
        return Parsed(None, text)
    code, beside = found[0].upper(), _GSS.sub("", text).strip(_AROUND)
    return _authority(code, text, _code_of_name(beside) if beside else None)


def _authority(code: str, text: str, named: str | None) -> Parsed:
    if code in former_authorities():
        now = former_authorities()[code].code
        return Parsed(now, code, now, "old_code", named)
    if code not in current_authorities():
        return Parsed(None, code if named is None else text, named=named)
    return replace(_mended(code, code, text, "name_beside" if named else "case"), named=named)


_COUNCIL = re.compile(
    r"(?i)\b(county borough council|county council|city and county of|city of|council of|council"
    r"|cyngor bwrdeistref sirol|bwrdeistref sirol|cyngor sir|cyngor dinas|dinas a sir|cyngor|dinas)\b"
)


def _code_of_name(name: str) -> str:
    names = authority_names()
    return names.get(folded(name)) or names.get(folded(_COUNCIL.sub("", name))) or "?"


def authority_named(text: str) -> str | None:
    """Return the code of the authority that `text` names, or None where it names none."""
    code = _code_of_name(text)
    return None if code == "?" else code


# --- figures ----------------------------------------------------------------------------------------------------------

_FIGURE = re.compile(r"[+-]?(\d{1,30}|\d{1,3}(,\d{3}){1,9})(\.\d{1,30})?|[+-]?\.\d{1,30}", re.ASCII)
_STANDS_FOR_NONE = re.compile(r"-9{3,}")


def figure_in(text: str) -> Decimal | None:
    """Return the figure that `text` is, commas between thousands allowed; None where it is none."""
    is_figure = _FIGURE.fullmatch(text) and not _STANDS_FOR_NONE.fullmatch(text)
    return Decimal(text.replace(",", "")) if is_figure else None


def _count(text: str) -> Parsed:
    number = figure_in(text)
    if number is None:
        return Parsed(None, text)
    is_whole = number == number.to_integral_value()
    value = int(number) if is_whole else number
    return _mended(value, str(value), text, _why(text, "whole" if "." in text and is_whole else "figure"))


def _amount(places: int, text: str) -> Parsed:
    number = figure_in(text)
    if number is None:
        return Parsed(None, text)
    exact = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if exact != number:
        return _mended(exact, str(exact), text, "rounded")
    plain = text.replace(",", "").removeprefix("+")
    return _mended(exact, plain, text, _why(text, "figure"))


def _why(text: str, otherwise: str) -> str:
    return "thousands" if "," in text else otherwise


# --- days, months and flags -------------------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})([T ]00:00(:00(\.0+)?)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})( 00:00(:00)?)?", re.ASCII)
_IN_WORDS = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|af|ail|il|ydd|ed|fed|eg|ain)?[\s-]+(?:of\s+|o\s+)?([^\W\d_]+)\.?,?[\s-]+(\d{4})"
)
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)
_SERIAL_EPOCH = date(1899, 12, 30)
_SERIALS = range(18264, 73051)
"""Spreadsheet serial numbers of 1950 to 2099: others are figures, not days."""

_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@cache
def _months() -> Mapping[str, int]:
    """Return each month's number by its folded names: English, English cut short, Welsh, and Welsh after "o"."""
    months: dict[str, int] = {"sept": 9}
    for number, english in enumerate(_ENGLISH, 1):
        welsh = folded(cy(f"month.{number}") or english)
        months |= dict.fromkeys((folded(english), folded(english)[:3], welsh, _mutated(welsh)), number)
    return months


_SOFT = (("rh", "r"), ("m", "f"), ("g", ""), ("t", "d"))


def _mutated(word: str) -> str:
    """Return a Welsh word as it sounds after "o" (5 o Fawrth)."""
    for hard, soft in _SOFT:
        if word.startswith(hard):
            return soft + word.removeprefix(hard)
    return word


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _iso(text: str) -> date | None:
    at = _ISO.fullmatch(text)
    return _calendar(int(at[1]), int(at[3]), int(at[4])) if at else None


def _day_first(text: str) -> date | None:
    at = _DAY_FIRST.fullmatch(text)
    return _calendar(int(at[4]), int(at[3]), int(at[1])) if at else None


def _in_words(text: str) -> date | None:
    at = _IN_WORDS.fullmatch(text)
    month = _months().get(folded(at[2])) if at else None
    return _calendar(int(at[3]), month, int(at[1])) if at and month else None


def is_serial(text: str) -> bool:
    """Tell whether `text` is a number that a spreadsheet would show as a day."""
    return _serial(text) is not None


def _serial(text: str) -> date | None:
    at = _SERIAL.fullmatch(text.strip())
    return _SERIAL_EPOCH + timedelta(int(at[1])) if at and int(at[1]) in _SERIALS else None


_DAYS: Mapping[str, Callable[[str], date | None]] = {
    "iso": _iso,
    "day_first": _day_first,
    "in_words": _in_words,
    "serial": _serial,
}


def _day(text: str) -> Parsed:
    for note, reader in _DAYS.items():
        day = reader(text)
        if day is not None:
            return _mended(day, day.isoformat(), text, note)
    return Parsed(None, text)


_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/](\d{4})", re.ASCII)
_MONTH_IN_WORDS = re.compile(r"([^\W\d_]+)\.?,?[\s-]+(\d{4})")


def _month(text: str) -> Parsed:
    first = _month_written(text) or _first_of_month(text)
    return Parsed(None, text) if first is None else _mended(first, f"{first:%Y-%m}", text, "month")


def _month_written(text: str) -> date | None:
    if at := _YEAR_MONTH.fullmatch(text):
        return _calendar(int(at[1]), int(at[2]), 1)
    if at := _MONTH_YEAR.fullmatch(text):
        return _calendar(int(at[2]), int(at[1]), 1)
    at = _MONTH_IN_WORDS.fullmatch(text)
    number = _months().get(folded(at[1])) if at else None
    return _calendar(int(at[2]), number, 1) if at and number else None


def _first_of_month(text: str) -> date | None:
    """Return the month that a spreadsheet has turned into its first day."""
    day = _iso(text) or _day_first(text)
    return day if day is not None and day.day == 1 else None


_FLAGS = {"true": True, "yes": True, "y": True, "ie": True, "false": False, "no": False, "n": False, "nage": False}


def _flag(text: str) -> Parsed:
    value = _FLAGS.get(text.casefold())
    return Parsed(None, text) if value is None else _mended(value, str(value).upper(), text, "flag")


# --- personal details -------------------------------------------------------------------------------------------------

_NHS = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)", re.ASCII)
_DETAILS = tuple(
    re.compile(pattern)
    for pattern in (
        # a title and a name; not "Sir", which begins the Welsh names of six counties
        r"\b(?:Mr|Mrs|Miss|Ms|Mx|Dr|Prof|Rev|Revd|Parch)\b\.?\s+(?:[^\W\d_]\.?\s*)*[^\W\d_a-zà-öø-ÿŵŷ][^\W\d_]+",
        r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)",
        r"(?<!\d)(?:19|20)\d{2}-\d{2}-\d{2}(?!\d)",
        r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b",
        r"\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b",
        r"[\w.+-]+@[\w-]+\.\w+",
        # ten digits and more, whatever they are: no figure, code or name of a return has as many
        r"(?<![\d.])[0-9](?:[\s,()-]{0,2}[0-9]){9,}",
        r"(?<!\d)(?:\+44\s?\(?0?\)?|\(?0)(?:[\s()-]{0,2}\d){9,10}(?!\d)",
    )
)


@lru_cache(maxsize=65_536)
def has_personal_detail(text: str) -> bool:
    """Tell whether `text` holds what looks like a titled name, NHS or other number, date, postcode or address."""
    is_told = any(pattern.search(text) for pattern in _DETAILS) or any(map(_is_nhs_number, _NHS.findall(text)))
    return is_told or any(folded(at[2]) in _months() for at in _IN_WORDS.finditer(text))


def discreet(text: str | None) -> str | None:
    """Return free text as it may be repeated outside the restricted places: masked where it tells of a person."""
    return masked(text) if text and has_personal_detail(text) else text


def _is_nhs_number(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    rest = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True)) % 11
    return rest % 11 == digits[9] and rest != 10
