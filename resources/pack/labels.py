"""Labels: what the codes of a release are called, in both languages side by side.

Words stand in the declarations and the wording; nothing is worded here. How a file is laid out does not belong here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from expectations.codes import CODE_LISTS
from expectations.indicators import ALL, BREAKDOWNS, INDICATORS, Indicator, Measure
from expectations.months import period_written
from expectations.wording import Language, cy, month_name, phrase

Both = tuple[str, str]
"""A label in English and in Welsh."""


@dataclass(frozen=True, slots=True)
class Told:
    """A measure with its indicator, and what the two are called."""

    indicator: Indicator
    measure: Measure
    title: Both
    label: Both
    unit: Both
    definition: Both

    @property
    def measured(self) -> Both:
        """Return the label with the unit, where the label does not say it already."""
        if self.measure.unit.casefold() in self.measure.label.casefold() or self.measure.label == "Percentage":
            return self.label
        english, welsh = (f"{label} ({unit})" for label, unit in zip(self.label, self.unit, strict=True))
        return english, welsh

    @property
    def described(self) -> Both:
        """Return title, label and unit as one description; a label that is the title is not repeated."""
        if self.measured[0] == self.title[0]:
            return self.title
        english, welsh = (f"{title}: {measured}" for title, measured in zip(self.title, self.measured, strict=True))
        return english, welsh


@cache
def measures_told() -> Mapping[tuple[str, str], Told]:
    """Return every measure with its labels, by indicator and measure, in reading order."""
    return {(one.id, measure.name): _told(one, measure) for one in INDICATORS for measure in one.measures}


def _told(one: Indicator, measure: Measure) -> Told:
    key = f"indicator.{one.id}"
    return Told(
        one,
        measure,
        both(one.title, f"{key}.title"),
        both(measure.label, f"{key}.measure.{measure.name}"),
        phrase_in_both(f"measure_unit.{measure.unit}"),
        both(one.definition, f"{key}.definition"),
    )


def both(english: str, key: str) -> Both:
    """Return `english` with the Welsh of `key`."""
    return english, cy(key) or english


def phrase_in_both(key: str, **facts: object) -> Both:
    """Return the fixed phrase `key` in both languages."""
    return phrase(key, "en", **facts), phrase(key, "cy", **facts)


@cache
def breakdown_names() -> Mapping[str, Both]:
    """Return what each breakdown is called."""
    return {code: both(english, f"breakdown.{code}") for code, (english, _) in BREAKDOWNS.items()}


@cache
def category_names() -> Mapping[tuple[str, str], Both]:
    """Return what each category is called, by breakdown and category, in reading order."""
    return {(name, code): _category(name, code) for name, (_, codes) in BREAKDOWNS.items() for code in codes}


def _category(breakdown: str, code: str) -> Both:
    if code == ALL:
        return breakdown_names()[breakdown]
    return both(CODE_LISTS[breakdown][code], f"code.{breakdown}.{code}")


@cache
def period_name(kind: str, start: date, language: Language) -> str:
    """Return a month, financial quarter or financial year in words."""
    if kind == "month":
        return month_name(f"{start:%Y-%m}", language)
    year, _, quarter = period_written(kind, start).partition("-Q")
    return phrase(f"pack.{kind}", language, year=year, quarter=quarter)
