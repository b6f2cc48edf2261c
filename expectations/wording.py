"""The wording: the Welsh of the contract, the names a sheet or column may go by, and the sentence of a finding.

English stands beside what it names; all Welsh stands in `wording/cy.toml` under the same names, and the phrases that
belong to nothing in particular stand in `wording/en.toml` too. Where a sentence is shown is the reply's business.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from expectations.codes import CODE_LISTS
from expectations.contract import (
    Amount,
    Area,
    Code,
    Column,
    Contract,
    Count,
    Day,
    Flag,
    Kind,
    Month,
    NotMore,
    OnlyWhen,
    Pattern,
    Sheet,
    Text,
    When,
)
from expectations.findings import Finding, masked
from expectations.reference import WALES, authorities, folded, regions

Language = Literal["en", "cy"]
LANGUAGES: tuple[Language, ...] = ("en", "cy")
SHARED = "*"
"""The table of columns in `cy.toml` that several sheets have in common."""


class WordingError(ValueError):
    """Wording that cannot be used, because two things go by one name."""


@cache
def welsh() -> Mapping[str, str]:
    """Return every Welsh text by its dotted key."""
    return _read("cy")


@cache
def phrases() -> Mapping[str, str]:
    """Return the English of every fixed phrase by its dotted key."""
    return _read("en")


def _read(language: Language) -> Mapping[str, str]:
    text = (resources.files("expectations") / "wording" / f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text), ""))


def _flat(table: Mapping[str, object], above: str) -> Iterable[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", str(value)


def cy(key: str) -> str | None:
    """Return the Welsh of `key`, such as "sheet.SERVICES.name" or "column.SERVICES.period", or None."""
    kind, _, rest = key.partition(".")
    if kind in {"column", "column_about"}:
        return _of_column(rest, "label" if kind == "column" else "about")
    return welsh().get(key)


def _of_column(place: str, part: str) -> str | None:
    own = welsh().get(f"column.{place}.{part}")
    return own or welsh().get(f"column.{SHARED}.{place.partition('.')[2]}.{part}")


def phrase(key: str, language: Language, **facts: object) -> str:
    """Return the fixed phrase `key` with its facts filled in; raise KeyError where there is none."""
    words = phrases() if language == "en" else welsh()
    return words[key].format_map(facts)


@cache
def area_names() -> Mapping[str, tuple[str, str]]:
    """Return the names of each area by its code, in English and in Welsh: Wales, the regions, the authorities."""
    return {
        WALES: ("Wales", cy(f"area.{WALES}") or "Wales"),
        **{one.code: (one.name_en, one.name_cy) for one in regions()},
        **{one.code: (one.name_en, one.name_cy) for one in authorities()},
    }


# --- the names that a sheet or a column may go by ---------------------------------------------------------------------


def sheet_aliases(contract: Contract) -> Mapping[str, str]:
    """Return each sheet's name by its folded names: the contract's and the Welsh one.

    Raises:
        WordingError: Two sheets share a name.
    """
    return _aliases(
        (name, sheet.name) for sheet in contract.sheets for name in (sheet.name, cy(f"sheet.{sheet.name}.name"))
    )


def header_aliases(sheet: Sheet) -> Mapping[str, str]:
    """Return each column's name by its folded headers: its name, its English label and its Welsh label.

    Raises:
        WordingError: Two columns share a header.
    """
    return _aliases(
        (header, column.name)
        for column in sheet.columns
        for header in (column.name, column.label, cy(f"column.{sheet.name}.{column.name}"))
    )


def _aliases(pairs: Iterable[tuple[str | None, str]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for alias, name in pairs:
        if alias and found.setdefault(folded(alias), name) != name:
            raise WordingError(f"{alias!r} would be both {found[folded(alias)]} and {name}")
    return found


# --- the contract's own words in either language ----------------------------------------------------------------------


def sheet_name(sheet: str, language: Language) -> str:
    """Return what the sheet `sheet` of the contract is called."""
    return (cy(f"sheet.{sheet}.name") if language == "cy" else None) or sheet


def column_label(sheet: Sheet, column: str, language: Language) -> str:
    """Return the header of a column; the column's own name where the contract has no such column."""
    if all(column != one.name for one in sheet.columns):
        return column
    return (cy(f"column.{sheet.name}.{column}") if language == "cy" else None) or sheet.column(column).label


def month_name(period: str, language: Language) -> str:
    """Return the month `period` (YYYY-MM) in words."""
    return f"{phrase(f'month.{int(period[5:7])}', language)} {period[:4]}"


def quoted(words: str) -> str:
    """Return `words` in quotation marks, so that they need not fit the sentence around them."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK}"


def listed(words: Sequence[str], joiner: Literal["and", "or"], language: Language) -> str:
    """Return "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return phrase(f"joiner.{joiner}", language, left=", ".join(words[:-1]), right=words[-1])


def condition(sheet: Sheet, when: When, language: Language) -> str:
    """Return a condition of a row in words."""
    label = quoted(column_label(sheet, when.column, language))
    if not when.values:
        return phrase("condition.filled", language, label=label)
    return phrase("condition.is", language, label=label, values=listed(when.values, "or", language))


def holds(column: Column, language: Language) -> str:
    """Return what a column's cells hold, in words."""
    kind = column.kind
    if isinstance(kind, Pattern):
        return _shape(column, kind, language)
    return phrase(f"kind.{_kind_name(kind)}", language, **_kind_facts(kind, language))


def _shape(column: Column, kind: Pattern, language: Language) -> str:
    return (cy(f"shape.{column.name}") if language == "cy" else None) or kind.shape


def _kind_name(kind: Kind) -> str:
    match kind:
        case Text(is_free=True):
            return "free_text"
        case Area(besides=besides) if besides:
            return "area_besides"
        case _:
            return type(kind).__name__.lower()


def _kind_facts(kind: Kind, language: Language) -> Mapping[str, object]:
    match kind:
        case Text(longest=longest):
            return {"longest": longest}
        case Code(list_name=list_name):
            return {"codes": ", ".join(CODE_LISTS[list_name])}
        case Area(besides=besides):
            return {"besides": listed(besides, "or", language)}
        case Count(most=most, least=least):
            return {"least": figure(least), "most": figure(most)}
        case Amount(unit=unit, places=places, least=least, most=most):
            bounds = {"least": figure(least), "most": figure(most)}
            return {**bounds, "places": places, "unit": phrase(f"unit.{unit}", language)}
        case Pattern() | Day() | Month() | Flag():
            return {}


def figure(number: float) -> str:
    """Return a number as people write it, with commas between thousands."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,}"


# --- the sentence of a finding ----------------------------------------------------------------------------------------

_PERSONAL = frozenset({"personal_detail", "person_ref_shape"})
_LONGEST_IN_SENTENCE = 60
_LONGEST_VALUE = 200
_PLAIN = re.compile(r"[+-]?[\d.,:/-]*\d%?|[A-Z]{1,3}\d+")


def say(contract: Contract, finding: Finding, language: Language) -> tuple[str, str]:
    """Return what is wrong, and how to mend it; a fact that the finding lacks is said to be missing.

    Where a waiver has made a note of the finding, what is wrong ends with that.
    """
    facts = _facts(contract, finding, language)
    saying = contract.sayings[finding.says]
    english = {"message": saying.message, "mend": saying.mend}
    message, mend = (
        (cy(f"saying.{finding.says}.{part}") if language == "cy" else None) or words for part, words in english.items()
    )
    waived = f" {phrase('reply.waived', language, waiver=finding.waiver)}" if finding.waiver else ""
    return message.format_map(facts) + waived, mend.format_map(facts)


def shown_value(contract: Contract, finding: Finding) -> str | None:
    """Return the value as it may be shown: masked where it is about a person, and on one line."""
    if finding.value is None:
        return None
    visible = _shortened(on_one_line(finding.value), _LONGEST_VALUE)
    return masked(visible) if _is_personal(contract, finding) else visible


def on_one_line(text: str) -> str:
    """Return text that somebody else wrote with blanks for its line breaks and other letters that cannot be seen."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _is_personal(contract: Contract, finding: Finding) -> bool:
    column = _column(contract, finding)
    return finding.says in _PERSONAL or bool(column and column.is_sensitive)


def _column(contract: Contract, finding: Finding) -> Column | None:
    if finding.sheet is None:
        return None
    for column in contract.sheet(finding.sheet).columns:
        if column.name == finding.column:
            return column
    return None


def _facts(contract: Contract, finding: Finding, language: Language) -> Mapping[str, str]:
    known = {
        "label": _label(contract, finding, language),
        "sheet": sheet_name(finding.sheet, language) if finding.sheet else None,
        "row": None if finding.row is None else str(finding.row),
        "cell": finding.cell,
        "value": _in_sentence(shown_value(contract, finding)),
        "expected": expected(contract, finding, language),
        "other": _in_sentence(finding.other),
    }
    return {name: fact or _missing(name, language) for name, fact in known.items()}


def _missing(name: str, language: Language) -> str:
    return phrase(f"missing.{'value' if name == 'value' else 'fact'}", language)


def _label(contract: Contract, finding: Finding, language: Language) -> str | None:
    if finding.sheet is None or finding.column is None:
        return None
    return quoted(column_label(contract.sheet(finding.sheet), finding.column, language))


def _in_sentence(value: str | None) -> str | None:
    if not value:
        return None
    short = _shortened(value, _LONGEST_IN_SENTENCE)
    return short if _PLAIN.fullmatch(short) else quoted(short)


# --- what was expected ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    contract: Contract
    finding: Finding
    sheet: Sheet
    column: Column
    language: Language


def expected(contract: Contract, finding: Finding, language: Language) -> str | None:
    """Return what was expected, in words: from the contract where it says so, else as the finding has it."""
    column = _column(contract, finding)
    if finding.sheet is None or column is None:
        return _limit(finding, language) or finding.expected
    place = _Place(contract, finding, contract.sheet(finding.sheet), column, language)
    return _of_kind(place) or _of_row(place) or finding.expected


def _limit(finding: Finding, language: Language) -> str | None:
    figures = [int(number) for number in re.findall(r"\d+", (finding.expected or "").partition("limit")[2])]
    match finding.says, figures:
        case "FILE_TOO_LARGE", [size, *_]:
            return phrase("limit.file", language, megabytes=figure(size // 1_000_000))
        case "SHEET_TOO_LARGE", [rows, columns, *_]:
            return phrase("limit.sheet", language, rows=figure(rows), columns=figure(columns))
        case _:
            return None


def _of_kind(place: _Place) -> str | None:
    match place.finding.says, place.column.kind:
        case "wrong_shape", Pattern() as kind:
            return _shape(place.column, kind, place.language)
        case "not_in_list", Code(list_name=list_name):
            return ", ".join(CODE_LISTS[list_name])
        case "out_of_bounds", Count(least=least, most=most) | Amount(least=least, most=most):
            return _bounds(least, most, place.language)
        case "too_long", Text(longest=longest):
            return figure(longest)
        case _:
            return None


def _bounds(least: float, most: float, language: Language) -> str:
    return phrase("joiner.and", language, left=figure(least), right=figure(most))


def _of_row(place: _Place) -> str | None:
    match place.finding.says:
        case "blank_when" if place.column.when:
            return condition(place.sheet, place.column.when, place.language)
        case "only_when":
            return _only(place)
        case "row_twice":
            labels = [column_label(place.sheet, name, place.language) for name in place.sheet.key]
            return listed([quoted(label) for label in labels], "and", place.language)
        case "part_over_whole" | "ends_before_start":
            return _named_other(place)
        case _:
            return None


def _only(place: _Place) -> str | None:
    for check in place.contract.row_checks(place.sheet.name):
        if isinstance(check, OnlyWhen) and check.column == place.column.name:
            return condition(place.sheet, check.only, place.language)
    return None


def _named_other(place: _Place) -> str | None:
    for check in place.contract.row_checks(place.sheet.name):
        if isinstance(check, NotMore) and check.column == place.column.name and check.says == place.finding.says:
            label = quoted(column_label(place.sheet, check.other, place.language))
            return f"{place.finding.expected} ({label})" if place.finding.expected else label
    return None
