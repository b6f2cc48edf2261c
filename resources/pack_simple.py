"""A release as simple files: its figures as tidy CSV with labels in both languages, dictionaries, quality, revisions.

Everything follows from the release's content, so that the same release gives the same bytes. In what folder the files
stand, and the manifest over them, belongs to `released`.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from expectations.indicators import INDICATORS, Indicator, Measure
from expectations.labels import code_labels
from expectations.reference import note_codes
from expectations.releases import Content, Figure, Key, Revision
from expectations.wording import cy

Row = dict[str, Any]


def simple_files(content: Content) -> dict[str, bytes]:
    """Return the files of a release by their names."""
    files = {
        "indicators.csv": _csv(map(_told, content.figures)),
        "dictionary.csv": _csv(_dictionary()),
        "note_codes.csv": _csv(_note_codes()),
        "quality.json": as_json(content.quality),
        "policy.json": as_json({"population_vintage": content.population_vintage, **content.policy}),
    }
    if content.revisions:
        files["revisions.csv"] = _csv(map(_revised, content.revisions))
    return files


def as_json(content: object) -> bytes:
    """Return `content` as JSON for people to read."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def inert(value: object) -> object:
    """Return text that a spreadsheet would run as a formula with an apostrophe before it, and all else as it is."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


# --- figures ----------------------------------------------------------------------------------------------------------


def _told(figure: Figure) -> Row:
    """Write a figure as text: the value with its own number of places, the note codes in one cell."""
    key = figure.key
    _, measure = _measures()[key.indicator_id, key.measure]
    return {
        **_named(key),
        "area_level": figure.area_level,
        "value": _number(figure.value, measure.places),
        "unit": measure.unit,
        "note_codes": ",".join(figure.note_codes),
        "coverage": _number(figure.coverage, 4),
        "lower": _number(figure.lower, measure.places),
        "upper": _number(figure.upper, measure.places),
        "through": f"{figure.through}",
        "version": figure.version,
        "services_expected": figure.services_expected,
        "services_returned": figure.services_returned,
        "missing_authorities": ",".join(figure.missing_authorities),
    }


def _named(key: Key) -> Row:
    one, measure = _measures()[key.indicator_id, key.measure]
    return {
        "indicator_id": key.indicator_id,
        "measure": key.measure,
        **_both("title", one.title, f"indicator.{one.id}.title"),
        **_both("measure", measure.label, f"indicator.{one.id}.measure.{measure.name}"),
        "area_code": key.area_code,
        **_label("area", "area", key.area_code),
        "period_kind": key.period_kind,
        "period_start": f"{key.period_start}",
        "breakdown": key.breakdown,
        **_label("breakdown", "breakdown", key.breakdown),
        "category": key.category,
        **_label("category", key.breakdown, key.category),
    }


def _number(value: Decimal | None, places: int) -> str | None:
    return None if value is None else f"{value:.{places}f}"


@cache
def _measures() -> Mapping[tuple[str, str], tuple[Indicator, Measure]]:
    return {(one.id, measure.name): (one, measure) for one in INDICATORS for measure in one.measures}


@cache
def _labels() -> Mapping[tuple[str, str], tuple[str, str | None]]:
    return {(one.list_name, one.code): (one.label_en, one.label_cy) for one in code_labels()}


def _label(name: str, list_name: str, code: str) -> Row:
    english, welsh = _labels()[list_name, code]
    return {f"{name}_en": english, f"{name}_cy": welsh}


def _both(name: str, english: str | None, key: str) -> Row:
    return {f"{name}_en": english, f"{name}_cy": cy(key)}


def _revised(revision: Revision) -> Row:
    key = revision.key
    _, measure = _measures()[key.indicator_id, key.measure]
    return {
        **_named(key),
        "earlier_release_id": revision.earlier_release_id,
        "earlier_value": _number(revision.earlier_value, measure.places),
        "earlier_note_codes": ",".join(revision.earlier_note_codes),
        "value": _number(revision.value, measure.places),
        "note_codes": ",".join(revision.note_codes),
    }


# --- dictionaries -----------------------------------------------------------------------------------------------------


def _dictionary() -> Iterator[Row]:
    for one, measure in _measures().values():
        key = f"indicator.{one.id}"
        yield {
            "indicator_id": one.id,
            "measure": measure.name,
            "version": one.version,
            **_both("title", one.title, f"{key}.title"),
            **_both("measure", measure.label, f"{key}.measure.{measure.name}"),
            **_both("definition", one.definition, f"{key}.definition"),
            **_both("numerator", one.numerator, f"{key}.numerator"),
            **_both("denominator", one.denominator, f"{key}.denominator"),
            **_both("unit", measure.unit, f"measure_unit.{measure.unit}"),
            "decimal_places": measure.places,
            "direction": str(one.direction),
            "levels": ",".join(one.levels),
            "breakdowns": ",".join(one.breakdowns_of(measure)),
            "policy_source": one.source,
        }


def _note_codes() -> Iterator[Row]:
    for one in note_codes():
        yield {"code": one.code, "label_en": one.label_en, "label_cy": one.label_cy}


def _csv(rows: Iterable[Mapping[str, object]]) -> bytes:
    out = io.StringIO()
    writer: Any = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: inert(value) for name, value in row.items()})
    return out.getvalue().encode()
