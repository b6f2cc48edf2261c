"""Makes what a release says: figures for every declared cell of every area, some of them hidden, seeded."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from expectations.indicators import INDICATORS, Indicator, Level, Measure
from expectations.months import last_month_of, year_start
from expectations.reference import WALES, authorities, regions
from expectations.releases import Content, Figure, Key, Revision

PERIOD = date(2026, 9, 1)
SEED = 20260901
AREAS = {
    Level.COUNTRY: (WALES,),
    Level.REGION: tuple(one.code for one in regions()),
    Level.AUTHORITY: tuple(one.code for one in authorities()),
}


def periods(month: date) -> tuple[tuple[str, date], ...]:
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    return ("month", month), ("quarter", quarter), ("year", year_start(month))


def a_key(indicator_id: str = "DO01", measure: str = "count", **parts: object) -> Key:
    key = Key(indicator_id, measure, WALES, "month", PERIOD, "all", "ALL")
    return key._replace(**parts)  # type: ignore[arg-type]


def a_figure(key: Key | None = None, value: str | None = "1235", *codes: str, **facts: object) -> Figure:
    """Makes one figure; given no value, a confidential one."""
    given: dict[str, object] = {
        "key": key or a_key(),
        "area_level": "country",
        "version": 1,
        "through": PERIOD,
        "value": None if value is None else Decimal(value),
        "note_codes": codes or (() if value is not None else ("c",)),
        "services_expected": 40,
        "services_returned": 38,
        "coverage": Decimal("0.95"),
    }
    return Figure(**{**given, **facts})  # type: ignore[arg-type]


def figures_of(
    month: date = PERIOD, *, seed: int = SEED, indicators: tuple[Indicator, ...] = INDICATORS, areas: int = 22
) -> tuple[Figure, ...]:
    """Makes the figures of a month, its quarter and its year, for Wales and the first `areas` of each other level."""
    lots = random.Random(seed)  # noqa: S311 (no secret)
    return tuple(
        _drawn(lots, one, measure, Key(one.id, measure.name, area, kind, start, breakdown, category), level, month)
        for one in indicators
        for kind, start in periods(month)
        for level in one.levels
        for area in AREAS[level][:areas]
        for measure, breakdown, category in one.cells()
    )


def _drawn(lots: random.Random, one: Indicator, measure: Measure, key: Key, level: Level, month: date) -> Figure:
    expected = lots.randint(1, 60)
    returned = lots.randint(0, expected)
    value, codes = _value(lots, measure)
    step = Decimal(1).scaleb(-measure.places)
    interval = measure.is_share and value is not None
    return Figure(
        key=key,
        area_level=str(level),
        version=one.version,
        through=min(month, last_month_of(key.period_kind, key.period_start)),
        value=value,
        lower=max(value - 10 * step, Decimal(0) * step) if interval and value is not None else None,
        upper=value + 10 * step if interval and value is not None else None,
        note_codes=codes,
        services_expected=expected,
        services_returned=returned,
        coverage=(Decimal(returned) / expected).quantize(Decimal("0.0001")),
        missing_authorities=tuple(sorted(lots.sample(AREAS[Level.AUTHORITY], 2))) if level is Level.COUNTRY else (),
    )


def _value(lots: random.Random, measure: Measure) -> tuple[Decimal | None, tuple[str, ...]]:
    fate = lots.random()
    if fate < 0.12:
        return None, ("c",)
    if fate < 0.18:
        return None, ("x",)
    if measure.is_count:
        return (Decimal(0), ("k",)) if fate < 0.2 else (Decimal(5 * lots.randint(1, 400)), _codes(fate))
    return Decimal(lots.randint(0, 100 * 10**measure.places)).scaleb(-measure.places), _codes(fate)


def _codes(fate: float) -> tuple[str, ...]:
    return next((codes for most, codes in ((0.22, ("r", "u")), (0.25, ("b",)), (0.3, ("u",))) if fate < most), ())


def revisions_between(before: tuple[Figure, ...], now: tuple[Figure, ...]) -> Iterator[Revision]:
    earlier = {figure.key: figure for figure in before}
    for figure in now:
        was = earlier.get(figure.key)
        if was and (was.value, was.note_codes) != (figure.value, figure.note_codes):
            yield Revision(
                key=figure.key,
                earlier_release_id="2026-09-r1",
                earlier_value=was.value,
                earlier_note_codes=was.note_codes,
                value=figure.value,
                note_codes=figure.note_codes,
            )


def a_release(
    figures: tuple[Figure, ...] | None = None, *, before: tuple[Figure, ...] = (), **facts: object
) -> Content:
    """Makes what a release says: given no figures, those of every cell of every area."""
    told = figures_of() if figures is None else figures
    given: dict[str, object] = {
        "release_id": "2026-09-r2" if before else "2026-09-r1",
        "period": PERIOD,
        "number": 2 if before else 1,
        "figures": told,
        "before": before,
        "revisions": tuple(revisions_between(before, told)),
        "publish_at": datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
        "reason": "A provider sent its return again." if before else "",
        "policy": {"threshold": 5, "base": 5, "floor_authority": 0.8, "floor_national": 0.6},
        "quality": {"areas": [{"area_code": WALES, "services_expected": 40, "services_returned": 38}], "waivers": []},
        "audit": {"verdict": "nothing hidden can be worked out", "cells_hidden": 12},
    }
    return Content(**{**given, **facts})  # type: ignore[arg-type]
