"""The tidy tables: figures, revisions, dictionary and note codes of a release as rows of typed cells.

One row a figure, with labels in both languages beside the codes. Files for StatsWales are made elsewhere.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from expectations.indicators import Indicator, Measure
from expectations.months import period_written
from expectations.reference import note_codes
from expectations.releases import Content, Figure, Key, Revision
from expectations.wording import area_names, on_one_line
from resources.pack.labels import Both, Told, both, breakdown_names, category_names, measures_told
from resources.pack.plain import Row
from resources.pack.tables import COVERAGE_PLACES

_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(COVERAGE_PLACES + 1))
_PER_POPULATION = ("per 1,000", "per 10,000")


def figure_rows(content: Content) -> list[Row]:
    """Return the figures of the release as rows, in reading order."""
    return [_figure(figure) for figure in content.figures]


def _figure(figure: Figure) -> Row:
    told = measures_told()[figure.key[:2]]
    return {
        **_of_key(figure.key),
        "area_level": figure.area_level,
        "through": figure.through,
        "value": to_places(figure.value, told.measure.places),
        "lower": to_places(figure.lower, told.measure.places),
        "upper": to_places(figure.upper, told.measure.places),
        "note_codes": figure.note_codes,
        "services_expected": figure.services_expected,
        "services_returned": figure.services_returned,
        "coverage": to_places(figure.coverage, COVERAGE_PLACES),
        "missing_authorities": figure.missing_authorities,
        "version": figure.version,
    }


def _of_key(key: Key) -> Row:
    return {
        **_of_named(key.indicator_id, key.measure),
        **_of_area(key.area_code),
        **_of_period(key.period_kind, key.period_start),
        **_of_group(key.breakdown, key.category),
    }


@cache
def _of_named(indicator_id: str, measure: str) -> Row:
    told = measures_told()[indicator_id, measure]
    return {
        "indicator_id": indicator_id,
        "measure": measure,
        **_both("title", told.title),
        **_both("measure", told.label),
        "unit": told.measure.unit,
    }


@cache
def _of_area(code: str) -> Row:
    return {"area_code": code, **_both("area", area_names()[code])}


@cache
def _of_period(kind: str, start: date) -> Row:
    return {"period_kind": kind, "period_start": start, "period": period_written(kind, start)}


@cache
def _of_group(breakdown: str, category: str) -> Row:
    return {
        "breakdown": breakdown,
        **_both("breakdown", breakdown_names()[breakdown]),
        "category": category,
        **_both("category", category_names()[breakdown, category]),
    }


def _both(name: str, label: Both) -> Row:
    return {f"{name}_en": label[0], f"{name}_cy": label[1]}


def to_places(value: Decimal | None, places: int) -> Decimal | None:
    """Return a number with that many decimal places, nought without a sign; nothing where there is none."""
    if value is None:
        return None
    return value.quantize(_STEPS[places]) + 0


def revision_rows(content: Content) -> list[Row]:
    """Return what the release says otherwise than an earlier one, as rows."""
    return [_revision(revision, content.reason) for revision in content.revisions]


def _revision(revision: Revision, reason: str) -> Row:
    places = measures_told()[revision.key[:2]].measure.places
    return {
        **_of_key(revision.key),
        "earlier_release_id": revision.earlier_release_id,
        "earlier_value": to_places(revision.earlier_value, places),
        "earlier_note_codes": revision.earlier_note_codes,
        "value": to_places(revision.value, places),
        "note_codes": revision.note_codes,
        "reason": on_one_line(reason),
    }


def note_code_rows() -> Iterator[Row]:
    """Yield the note codes with their labels."""
    for one in note_codes():
        yield {"code": one.code, "label_en": one.label_en, "label_cy": one.label_cy}


def dictionary_rows(content: Content) -> Iterator[Row]:
    """Yield every measure with what it means, counts and divides by, in reading order."""
    for told in measures_told().values():
        yield {**_of_indicator(told), **_of_measure(told, content.population_vintage)}


def _of_indicator(told: Told) -> Row:
    one = told.indicator
    return {
        "indicator_id": one.id,
        "version": one.version,
        **_both("title", told.title),
        **_both("definition", told.definition),
        **_both("numerator", both(one.numerator, f"indicator.{one.id}.numerator")),
        **_denominator(one),
        "direction": str(one.direction),
        "levels": tuple(map(str, one.levels)),
        "family": one.family,
        "policy_source": one.source,
    }


def _denominator(one: Indicator) -> Row:
    if one.denominator is None:
        return {"denominator_en": None, "denominator_cy": None}
    return _both("denominator", both(one.denominator, f"indicator.{one.id}.denominator"))


def _of_measure(told: Told, vintage: str) -> Row:
    measure = told.measure
    return {
        "measure": measure.name,
        **_both("measure", told.label),
        "unit": measure.unit,
        **_both("unit", told.unit),
        "decimal_places": measure.places,
        "breakdowns": told.indicator.breakdowns_of(measure),
        "population_vintage": vintage if _is_per_population(measure) else None,
    }


def _is_per_population(measure: Measure) -> bool:
    return measure.unit in _PER_POPULATION
