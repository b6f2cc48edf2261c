"""Dated reference tables: authorities, regions, populations, the Real Living Wage, note codes, names of people.

The figures stand in `reference/*.csv`, copied as they were published; nothing is computed here.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources

WALES = "W92000004"

VINTAGE = "mid2020"
"""The estimates of the population that rates divide by where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Authority:
    """One of the 22 unitary authorities, with the code it had before, if any."""

    sort: int
    code: str
    name_en: str
    name_cy: str
    former_code: str | None
    statswales_code: str
    region_code: str
    health_board_code: str


@dataclass(frozen=True, slots=True)
class Region:
    """One of the seven regional partnership boards and its health board."""

    code: str
    name_en: str
    name_cy: str
    health_board_code: str
    health_board_name_en: str
    health_board_statswales_code: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An authority belongs to a region from a day, and until a day where that is over."""

    area_code: str
    region_code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Population:
    """People of an age group in an authority, by the vintage of the estimate."""

    area_code: str
    vintage: str
    age_group: str
    people: int


@dataclass(frozen=True, slots=True)
class LivingWage:
    """The Real Living Wage by the Welsh Government's financial year (never by the label of its announcement).

    `in_force_from` is the day by when employers are to pay it: where none was published, 1 May as in other years.
    """

    financial_year: str
    valid_from: date
    hourly_gbp: Decimal
    announced: str
    in_force_from: date


@dataclass(frozen=True, slots=True)
class NoteCode:
    """A StatsWales note code."""

    code: str
    label_en: str
    label_cy: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("expectations") / "reference" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def authorities() -> tuple[Authority, ...]:
    """Return the 22 authorities in StatsWales order."""
    return tuple(
        Authority(
            int(row["sort"]),
            row["gss_code"],
            row["name_en"],
            row["name_cy"],
            row["former_gss_code"] or None,
            row["statswales2_code"],
            row["rpb_code"],
            row["lhb_gss"],
        )
        for row in _rows("la_reference")
    )


def current_authorities() -> Mapping[str, Authority]:
    """Return the authorities by their current GSS code."""
    return {authority.code: authority for authority in authorities()}


def former_authorities() -> Mapping[str, Authority]:
    """Return the authorities that were recoded, by the GSS code they had before."""
    return {authority.former_code: authority for authority in authorities() if authority.former_code}


@cache
def regions() -> tuple[Region, ...]:
    """Return the seven regional partnership boards."""
    return tuple(
        Region(
            row["rpb_code"],
            row["rpb_name_en"],
            row["rpb_name_cy"],
            row["lhb_gss"],
            row["lhb_name_en"],
            row["lhb_statswales2_code"],
        )
        for row in _rows("rpb_lhb")
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def memberships() -> tuple[Membership, ...]:
    """Return which authority belonged to which region when; Bridgend moved on 2019-04-01."""
    return tuple(
        Membership(row["area_code"], row["region_code"], date.fromisoformat(row["valid_from"]), _day(row["valid_to"]))
        for row in _rows("area_membership")
    )


@cache
def populations() -> tuple[Population, ...]:
    """Return the population estimates; a column `vintage_group` of the source is one estimate of one age group."""
    return tuple(
        Population(row["gss_code"], column.partition("_")[0], column.partition("_")[2], int(figure))
        for row in _rows("population_wales_la")
        for column, figure in row.items()
        if column not in {"gss_code", "name_en"}
    )


def complete_vintages() -> tuple[str, ...]:
    """Return the estimates that rates can divide by: those of adults and of older people in every authority."""
    known = {(one.vintage, one.age_group, one.area_code) for one in populations()}
    wanted = {(age_group, one.code) for age_group in ("18plus", "65plus") for one in authorities()}
    vintages = sorted({vintage for vintage, *_ in known})
    return tuple(one for one in vintages if all((one, *rest) in known for rest in wanted))


@cache
def living_wages() -> tuple[LivingWage, ...]:
    """Return the Real Living Wage by Welsh Government financial year, from 1 April of its first year."""
    return tuple(
        LivingWage(
            row["wg_financial_year"],
            date(int(row["wg_financial_year"][:4]), 4, 1),
            Decimal(row["uk_rate_gbp"]),
            row["announced"],
            date.fromisoformat(row["employer_deadline"][:10] or f"{row['wg_financial_year'][:4]}-05-01"),
        )
        for row in _rows("real_living_wage")
    )


def living_wage_on(day: date) -> LivingWage | None:
    """Return the rate in force for employers on `day`; None before the first that is known."""
    return max((one for one in living_wages() if one.in_force_from <= day), key=_in_force_from, default=None)


def _in_force_from(wage: LivingWage) -> date:
    return wage.in_force_from


@cache
def note_codes() -> tuple[NoteCode, ...]:
    """Return StatsWales' note codes with their labels."""
    return tuple(NoteCode(row["code"], row["en"], row["cy"]) for row in _rows("statswales3_note_codes"))


@cache
def given_names() -> frozenset[str]:
    """Return given names that are common in Wales, folded."""
    return _person_names("given")


@cache
def family_names() -> frozenset[str]:
    """Return family names that are common in Wales, folded."""
    return _person_names("family")


def _person_names(kind: str) -> frozenset[str]:
    return frozenset(folded(row["name"]) for row in _rows("person_names") if row["kind"] == kind)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return `text` without case, accents, spaces and punctuation, for comparing names and headers."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


_ALIASES = {"ynysmon": "W06000001", "anglesey": "W06000001", "sirflint": "W06000005", "siryflint": "W06000005",
            "sirgaerfryddin": "W06000010", "rct": "W06000016", "valeofglamorgan": "W06000014",
            "thevaleofglamorgan": "W06000014", "bromorgannwg": "W06000014"}  # fmt: skip


@cache
def authority_names() -> Mapping[str, str]:
    """Return the current code by folded name, English and Welsh, with the misspellings that official files hold."""
    names = {
        folded(name): authority.code for authority in authorities() for name in (authority.name_en, authority.name_cy)
    }
    return {**_ALIASES, **names}
