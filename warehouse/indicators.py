"""The national indicators, measured: every declared figure of a month, its financial quarter and its financial year.

What is measured is declared in `expectations.indicators`; how, in `indicator_sql`, one file a family. Here is only the
order of the files. Nothing is hidden or rounded here: that is `protection`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, text, tuple_

from expectations.indicators import FAMILIES, INDICATORS, Indicator, Interval, Measure
from expectations.months import first_day, year_start
from expectations.reference import VINTAGE, WALES
from expectations.wording import cy
from warehouse import retention
from warehouse.figures import indicator, indicator_definition

FIRST_MONTH = date(2020, 3, 1)
"""The first month after the baseline; the months before it are compared with, never reported."""

_PREPARED = ("span", "span_month", "returned", "population", "service", "attendee", "compared", "left_out")


def indicate(
    c: Connection,
    period: date,
    *,
    threshold: int = 5,
    floor_authority: float = 0.80,
    reliability_denominator: int = 30,
    reliability_count: int = 20,
    population_vintage: str = VINTAGE,
) -> int:
    """Measure all that the month `period` is part of and replace what was held; return the number of figures.

    Nothing is hidden here; but the figure of an authority that may not be shown, for `threshold` or `floor_authority`,
    is no part of the variation between authorities, which would give it away. A share of fewer people than
    `reliability_denominator`, and a rate of fewer than `reliability_count`, is marked of low reliability. Where
    retention has deleted rows about people of the financial year, its figures stay as they were made.
    """
    if period < FIRST_MONTH:
        return 0
    declare(c, population_vintage)
    spans = tuple_(indicator.c.period_kind, indicator.c.period_start).in_(periods_of(period))
    if retention.is_frozen(c, period):
        return c.scalar(select(func.count()).select_from(indicator).where(spans)) or 0
    _prepare(c, period, population_vintage)
    for family in FAMILIES:
        _run(c, family, {"threshold": threshold, "floor_authority": floor_authority})
    _run(c, "behind", {})
    c.exec_driver_sql("analyze pg_temp.measured, pg_temp.behind, release_v1.indicator_definition")
    c.execute(delete(indicator).where(spans))
    reliability = {"reliability_denominator": reliability_denominator, "reliability_count": reliability_count}
    figures = c.execute(text(query("compose")), reliability).rowcount
    # What comes next joins these figures with themselves: without knowing how many there are, that takes a minute.
    c.exec_driver_sql("analyze mart_v1.indicator")
    return figures


def without_wales_figure(c: Connection, period: date) -> list[str]:
    """Return the monthly indicators that have no value for Wales in the month, in reading order."""
    of_wales = (indicator.c.area_code == WALES) & (indicator.c.breakdown == "all") & indicator.c.value.is_not(None)
    of_month = (indicator.c.period_kind == "month") & (indicator.c.period_start == period)
    known = set(c.execute(select(indicator.c.indicator_id).where(of_wales & of_month)).scalars())
    return [one.id for one in INDICATORS if not one.is_snapshot and one.id not in known]


class Covered(NamedTuple):
    """How many services of an authority were expected to return in a month, and did."""

    area_code: str
    name: str
    expected: int
    returned: int


_COVERED = text("""
    select area.area_code, area.name_en, count(*), count(returned.service_id)
      from core.expected_service as expected
      join core.area as area on area.area_code = expected.service_la
      left join core.returned_service as returned using (period, service_id)
     where expected.period = :month
     group by area.area_code, area.name_en
     order by area.area_code
""")


def coverage(c: Connection, month: date) -> list[Covered]:
    """Return the coverage of each authority in which a service was expected in the month."""
    return [Covered(*row) for row in c.execute(_COVERED, {"month": month})]


def periods_of(month: date) -> list[tuple[str, date]]:
    """Return the kind and first day of each period that `month` is part of: itself, its quarter and its year."""
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    return [("month", month), ("quarter", quarter), ("year", year_start(month))]


def asked(month: date) -> dict[str, list[Any]]:
    """Return the periods that `month` is part of as the queries bind them: their kinds and their first days."""
    kinds, starts = zip(*periods_of(month), strict=True)
    return {"kinds": list(kinds), "starts": list(starts)}


def declare(c: Connection, population_vintage: str = VINTAGE) -> None:
    """Make the dictionary of indicators say what the declarations say, and which population rates divide by."""
    c.execute(delete(indicator_definition))
    c.execute(insert(indicator_definition), list(_definitions(population_vintage)))


@cache
def query(name: str) -> str:
    """Return the SQL of `indicator_sql/<name>.sql`."""
    return (resources.files("warehouse") / "indicator_sql" / f"{name}.sql").read_text(encoding="utf-8")


def _prepare(c: Connection, period: date, population_vintage: str) -> None:
    starts = dict(periods_of(period))
    year = starts["year"]
    bound = {**starts, "last": date(year.year + 1, 3, 1), "population_vintage": population_vintage}
    c.exec_driver_sql(query("working"))
    c.execute(
        text(_DECLARED),
        [_declared(one, *cell, level) for one in INDICATORS for cell in one.cells() for level in one.levels],
    )
    for name in _PREPARED:
        _run(c, name, bound)
    c.exec_driver_sql(
        "analyze pg_temp.span_month, pg_temp.declared, pg_temp.service, pg_temp.attendee, pg_temp.coverage,"
        " pg_temp.compared, pg_temp.left_out"
    )


def _run(c: Connection, name: str, bound: dict[str, Any]) -> None:
    statement = text(query(name))
    c.execute(statement, {key: bound[key] for key in statement.compile().params})


_DECLARED = """
    insert into pg_temp.declared (
        indicator_id, measure, breakdown, category, area_level, factor, is_snapshot, source, has_baseline, breaks
    ) values (
        :indicator_id, :measure, :breakdown, :category, :area_level, :factor, :is_snapshot, :source, :has_baseline,
        :breaks
    )
"""


def _declared(one: Indicator, measure: Measure, breakdown: str, category: str, level: str) -> dict[str, Any]:
    return {
        "indicator_id": one.id,
        "measure": measure.name,
        "breakdown": breakdown,
        "category": category,
        "area_level": str(level),
        "factor": measure.factor,
        "is_snapshot": one.is_snapshot,
        "source": _COUNTED_WITH.get(one.family, one.family),
        "has_baseline": one.has_baseline,
        "breaks": [first_day(change.since) for change in one.changes],
    }


_COUNTED_WITH = {"recovery": "people"}
"""Whose providers stand behind the figures of a family, where it is another's."""


def _definitions(population_vintage: str) -> Iterator[dict[str, Any]]:
    pairs = ((one, measure) for one in INDICATORS for measure in one.measures)
    for position, (one, measure) in enumerate(pairs, 1):
        vintage = population_vintage if measure.has_population else None
        yield {
            "position": position,
            **_of_indicator(one),
            **_of_measure(one, measure),
            "population_vintage": vintage,
        }


def _of_indicator(one: Indicator) -> dict[str, Any]:
    return {
        "indicator_id": one.id,
        "version": one.version,
        "title_en": one.title,
        "title_cy": cy(f"indicator.{one.id}.title"),
        "definition_en": one.definition,
        "definition_cy": cy(f"indicator.{one.id}.definition"),
        "numerator_en": one.numerator,
        "denominator_en": one.denominator,
        "numerator_cy": cy(f"indicator.{one.id}.numerator"),
        "denominator_cy": cy(f"indicator.{one.id}.denominator"),
        "direction": str(one.direction),
        "levels": [str(level) for level in one.levels],
        "is_snapshot": one.is_snapshot,
        "is_distinct": one.is_distinct,
        "has_floor": one.has_floor,
        "policy_source": one.source,
        "sheets": list(one.sheets),
        "has_baseline": one.has_baseline,
    }


def _of_measure(one: Indicator, measure: Measure) -> dict[str, Any]:
    return {
        "measure": measure.name,
        "measure_en": measure.label,
        "measure_cy": cy(f"indicator.{one.id}.measure.{measure.name}"),
        "unit": measure.unit,
        "factor": measure.factor,
        "decimal_places": measure.places,
        "breakdowns": list(one.breakdowns_of(measure)),
        "people_in": str(measure.people),
        "is_count": measure.is_count,
        "is_share": measure.is_share,
        "interval_method": None if measure.interval is Interval.NONE else str(measure.interval),
    }
