"""The StatsWales cube: data, update, lookups and metadata, as the Welsh Government's publishing service takes them.

One cube for all indicators, designed once, as a dimension can never be added: area, period, group (breakdown and
category in one hierarchy) and measure (an indicator's). The rules that it is held to stand in `statswales_rules`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from expectations.indicators import ALL, BREAKDOWNS, Measure
from expectations.months import last_month_of, period_written
from expectations.reference import WALES, authorities, note_codes, regions
from expectations.releases import Content, Figure, Key
from expectations.wording import LANGUAGES, Language, area_names, phrase
from resources.pack.labels import Both, breakdown_names, category_names, measures_told
from resources.pack.plain import Row, csv_bytes, json_bytes
from resources.pack.tables import AREA, DATA, GROUP, MEASURE, STATSWALES_NOTE_CODES, UPDATE
from resources.pack.tidy import to_places

_TOTAL, _PROVISIONAL, _NOT_AVAILABLE = "t", "p", "x"
_PARTS = ("title", "summary", "collection", "quality", "rounding")
_STATEMENT = "https://www.gov.wales/written-statement-day-opportunities-review-report"
_DATES = {"year_type": "financial", "year_format": "YYYY-YY", "quarter_format": "Qx", "month_format": "mMM"}
_DIMENSIONS = ("AreaCode", "Period", "GroupCode", "Measure")


def statswales_files(content: Content) -> dict[str, bytes]:
    """Return the files of the cube by their path in the pack."""
    data = csv_bytes(DATA.header, map(_fact, content.figures))
    return {
        DATA.path: data,
        UPDATE.path: csv_bytes(UPDATE.header, _update(content)) if content.before else data,
        AREA.path: csv_bytes(AREA.header, _sorted(_areas())),
        GROUP.path: csv_bytes(GROUP.header, _sorted(_groups())),
        MEASURE.path: csv_bytes(MEASURE.header, _sorted(_measures())),
        STATSWALES_NOTE_CODES.path: csv_bytes(STATSWALES_NOTE_CODES.header, _note_codes()),
        **{f"statswales/metadata.{language}.json": json_bytes(_metadata(content, language)) for language in LANGUAGES},
    }


# --- facts -----------------------------------------------------------------------------------------------------------


def _fact(figure: Figure) -> Row:
    return {
        **_named(figure.key),
        "Data": to_places(figure.value, measures_told()[figure.key[:2]].measure.places),
        "NoteCodes": tuple(dict.fromkeys((*figure.note_codes, *_marks(figure)))),
    }


def _named(key: Key) -> Row:
    return {
        "AreaCode": key.area_code,
        "Period": _period(key.period_kind, key.period_start),
        "GroupCode": _group(key.breakdown, key.category),
        "Measure": f"{key.indicator_id}.{key.measure}",
    }


@cache
def _period(kind: str, start: date) -> str:
    """Write a period with its financial year first: 2026-27, 2026-27Q2, 2026-27m08."""
    year = period_written("year", start)
    match kind:
        case "month":
            return f"{year}m{start:%m}"
        case "quarter":
            return period_written("quarter", start).replace("-Q", "Q")
        case _:
            return year


def _group(breakdown: str, category: str) -> str:
    return ALL if category == ALL else f"{breakdown}.{category}"


def _marks(figure: Figure) -> Iterator[str]:
    """Yield a total's mark, and that of a quarter or year so far, whose later values finalise it rather than revise."""
    yield from _total(figure.key)
    if figure.through < last_month_of(figure.key.period_kind, figure.key.period_start):
        yield _PROVISIONAL


def _total(key: Key) -> tuple[str, ...]:
    return () if key.area_code in _AUTHORITIES else (_TOTAL,)


_AUTHORITIES = frozenset(one.code for one in authorities())


def _update(content: Content) -> Iterator[Row]:
    """Yield the facts that are new or changed, and blanks for those that are gone, as no row can be deleted.

    A fact of a measure or category that is no longer declared is left as it stands: the update could not name it.
    """
    before = {figure.key: _fact(figure) for figure in content.before if _is_declared(figure.key)}
    for figure in content.figures:
        fact = _fact(figure)
        if before.pop(figure.key, None) != fact:
            yield fact
    for key in before:
        yield {**_named(key), "Data": None, "NoteCodes": (_NOT_AVAILABLE, *_total(key))}


def _is_declared(key: Key) -> bool:
    return key[:2] in measures_told() and key[5:] in category_names()


# --- lookups ---------------------------------------------------------------------------------------------------------


def _sorted(rows: Iterable[Row]) -> Iterator[Row]:
    for position, row in enumerate(rows, 1):
        yield {**row, "sort": position}


def _entry(refcode: str, description: Both, hierarchy: str | None = None, note: Both | None = None) -> Row:
    note_en, note_cy = note or (None, None)
    return {
        "refcode": refcode,
        "description_en": description[0],
        "description_cy": description[1],
        "hierarchy": hierarchy,
        "note_en": note_en,
        "note_cy": note_cy,
    }


def _areas() -> Iterator[Row]:
    """Yield Wales, the regions below it, and the authorities below those; a region says that it is one, as Powys."""
    names = area_names()
    yield _entry(WALES, names[WALES])
    for region in regions():
        english, welsh = names[region.code]
        label = phrase("pack.region", "en", name=english), phrase("pack.region", "cy", name=welsh)
        yield _entry(region.code, label, WALES)
    for authority in authorities():
        yield _entry(authority.code, names[authority.code], authority.region_code)


def _groups() -> Iterator[Row]:
    yield _entry(ALL, breakdown_names()["all"])
    for breakdown, (_, codes) in BREAKDOWNS.items():
        if codes != (ALL,):
            yield _entry(breakdown, breakdown_names()[breakdown], ALL)
            for code in codes:
                yield _entry(_group(breakdown, code), category_names()[breakdown, code], breakdown)


def _measures() -> Iterator[Row]:
    for (indicator_id, name), told in measures_told().items():
        yield {
            **_entry(f"{indicator_id}.{name}", told.described, note=told.definition),
            "type": _type(told.measure),
            "format": "decimal" if told.measure.places else "integer",
            "decimal": told.measure.places,
        }


def _type(measure: Measure) -> str:
    """Return what StatsWales calls such a measure: an average over people or sessions is a mean."""
    if measure.is_count:
        return "count"
    if measure.unit in ("%", "percentage points"):
        return "percentage"
    return "rate" if measure.factor > 1 else "mean"


def _note_codes() -> Iterator[Row]:
    for one in note_codes():
        yield {"code": one.code, "description_en": one.label_en, "description_cy": one.label_cy}


# --- metadata --------------------------------------------------------------------------------------------------------


def _metadata(content: Content, language: Language) -> dict[str, object]:
    texts = {part: phrase(f"pack.metadata.{part}", language) for part in _PARTS}
    vintage = phrase("pack.metadata.population", language, vintage=vintage_name(content.population_vintage, language))
    return {
        "language": language,
        **texts,
        "quality": f"{texts['quality']} {vintage}",
        "sources": [{name: phrase(f"pack.metadata.{name}", language) for name in ("provider", "source")}],
        "related": [{"text": phrase("pack.metadata.statement", language), "url": _STATEMENT}],
        "update_frequency": {"every": 1, "unit": "month"},
        "designation": phrase("pack.metadata.designation", language),
        "topics": [phrase("pack.metadata.topic", language)],
        "dates": _DATES,
        "columns": {name: phrase(f"pack.dimension.{name}", language) for name in _DIMENSIONS},
        "release_id": content.release_id,
    }


def vintage_name(vintage: str, language: Language) -> str:
    """Return a vintage of the population estimates in words; as it is written where it is of another kind."""
    kind, year = vintage[:3], vintage[3:]
    return phrase("pack.mid_year", language, year=year) if kind == "mid" and year.isdigit() else vintage
