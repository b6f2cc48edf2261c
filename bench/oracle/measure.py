"""Puts every declared figure together: what was counted, what it is divided by, its value and its coverage."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from bench.oracle.figures import RATIOS, WAITING, Attending, Sides, attending, different, nothing, summed
from bench.oracle.recovery import Recovery
from bench.oracle.rows import PLACE, Rows, regions_today, snapshots, spans, spread
from expectations.indicators import ALL, INDICATORS, Indicator, Measure
from expectations.months import first_day, last_day
from expectations.reference import WALES, populations

KEY = ["indicator_id", "measure", *PLACE[1:], "breakdown", "category"]
NUMBERS = ["numerator", "denominator", "value", "services_expected", "services_returned", "coverage"]
_CELL = [*PLACE, "category"]


@dataclass(frozen=True)
class Oracle:
    """Every figure of the catalogue, over the rows of returns.

    An authority's figure may not be shown where less than `floor` of its services returned, or fewer people than
    `threshold` are in it.
    """

    rows: Rows
    floor: float
    threshold: int

    def figures(self) -> pd.DataFrame:
        """Return every declared figure, one a row."""
        return pd.concat([table for one in INDICATORS for table in self._tables(one)], ignore_index=True)

    def _tables(self, indicator: Indicator) -> Iterator[pd.DataFrame]:
        for measure in indicator.measures:
            for breakdown in indicator.breakdowns_of(measure):
                grid = self._grid(indicator, measure, breakdown)
                yield _figures(indicator, measure, grid, self._sides(indicator, measure, breakdown))

    def _grid(self, indicator: Indicator, measure: Measure, breakdown: str) -> pd.DataFrame:
        """Return the places that services are expected in, once for each category that is declared."""
        places = self.coverage(indicator).reset_index()
        names = [category for one, by, category in indicator.cells() if (one, by) == (measure, breakdown)]
        grid = places.merge(pd.DataFrame({"category": names}), how="cross")
        grid = grid.assign(indicator_id=indicator.id, measure=measure.name, breakdown=breakdown)
        return grid[grid["area_level"].isin(list(indicator.levels))]

    def _sides(self, indicator: Indicator, measure: Measure, breakdown: str) -> Sides:
        periods = self._periods(indicator)
        match indicator.id:
            case "DO01":
                return different(self.who, periods, breakdown), nothing()
            case "DO02" | "DO03" | "DO04" | "DO05":
                return self._recovery.sides(indicator.id, breakdown, periods)
            case "DO06":
                return self._apart[measure.name]
            case "DO22":
                return summed(WAITING.rows(self.rows.now), periods, breakdown), nothing()
            case "DO28":
                return _away(self.who, measure, periods, breakdown)
            case "DO30":
                told = self.coverage(indicator).assign(category=ALL).set_index("category", append=True)
                return told["services_returned"], told["services_expected"]
        top, bottom = (part.rows(self.rows.now) for part in RATIOS[indicator.id, measure.name])
        return summed(top, periods, breakdown), summed(bottom, periods, breakdown)

    def _periods(self, indicator: Indicator) -> pd.DataFrame:
        return self._snapshots if indicator.is_snapshot else self._spans

    @cached_property
    def _spans(self) -> pd.DataFrame:
        return spans(self.rows.months)

    @cached_property
    def _snapshots(self) -> pd.DataFrame:
        return snapshots(self.rows.months)

    @cached_property
    def who(self) -> Attending:
        """Who came."""
        return attending(self.rows.now)

    @cached_property
    def _apart(self) -> dict[str, Sides]:
        return self._recovery.apart(self._coverage["coverage"] >= self.floor, self.threshold)

    @cached_property
    def _recovery(self) -> Recovery:
        return Recovery(self.rows, self.who)

    def coverage(self, indicator: Indicator) -> pd.DataFrame:
        """Return the services expected and returned by place, for each period that the indicator has."""
        return self._snapshot_coverage if indicator.is_snapshot else self._coverage

    @cached_property
    def _coverage(self) -> pd.DataFrame:
        return covered(self.rows, self._spans)

    @cached_property
    def _snapshot_coverage(self) -> pd.DataFrame:
        return covered(self.rows, self._snapshots)


# --- coverage ---------------------------------------------------------------------------------------------------------


def covered(rows: Rows, periods: pd.DataFrame) -> pd.DataFrame:
    """Return the services expected and returned by place, and the one divided by the other.

    A service is expected that is on the register or that a return is about, in the authority that its return says.
    """
    returned = rows.now["SERVICES"][["service_id", "site", "period"]].rename(columns={"site": "authority"})
    registered = [_registered(rows.register, month) for month in sorted(set(periods["period"]))]
    expected = pd.concat([returned.assign(services_returned=1), *registered])
    told = expected.drop_duplicates(["service_id", "period"]).assign(services_expected=1)
    summed_up = spread(told, periods).groupby(PLACE)[["services_expected", "services_returned"]].sum()
    return summed_up.assign(coverage=summed_up["services_returned"] / summed_up["services_expected"])


def _registered(register: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the services that by the register were open on any day of the month."""
    first, last = first_day(month).isoformat(), last_day(month).isoformat()
    is_over = (register["expected_to"] != "") & (register["expected_to"] < first)
    there = register[(register["expected_from"] <= last) & ~is_over].assign(period=month)
    return there.rename(columns={"service_la": "authority"})[["service_id", "authority", "period"]]


# --- figures ----------------------------------------------------------------------------------------------------------


def _away(who: Attending, measure: Measure, periods: pd.DataFrame, breakdown: str) -> Sides:
    """Return both sides of DO28: the people out of county of all, or of those the ones who travel far."""
    out = who.only(lambda rows: rows["site"] != rows["commissioner"])
    if measure.name == "main":
        return different(out, periods, breakdown), different(who, periods, breakdown)
    journeys = out.persons[out.persons["travel_minutes"].notna()]
    nobody = out.counted.iloc[:0]
    known, far = (Attending(one, nobody) for one in (journeys, journeys[journeys["travel_minutes"] > 45]))
    return different(far, periods, breakdown), different(known, periods, breakdown)


def _figures(indicator: Indicator, measure: Measure, grid: pd.DataFrame, sides: Sides) -> pd.DataFrame:
    top, bottom = (_at(grid, side) for side in sides)
    if indicator.id in ("DO01", "DO22"):
        top = _counted(grid, top)
        bottom = _population(grid).where(top.notna())
    elif indicator.id != "DO06":
        is_there = top.notna() | bottom.notna()
        top, bottom = (side.fillna(0).where(is_there) for side in (top, bottom))
    if measure.is_count or measure.name == "range":
        return grid.assign(numerator=top, denominator=float("nan"), value=measure.factor * top)
    value = measure.factor * top / bottom.where(bottom > 0)
    return grid.assign(numerator=top, denominator=bottom, value=value)


def _at(grid: pd.DataFrame, side: pd.Series) -> pd.Series:
    """Return one side at each row of the grid, blank where nothing was counted."""
    if side.empty:
        return pd.Series(float("nan"), grid.index)
    counted = side.rename("amount").reset_index()
    return pd.Series(grid[_CELL].merge(counted, on=_CELL, how="left")["amount"].to_numpy(dtype=float), grid.index)


def _counted(grid: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Return counts of people, of which there are none where something was returned and nothing names the category."""
    return people.where(people.notna() | (grid["services_returned"] == 0), 0)


def _population(grid: pd.DataFrame) -> pd.Series:
    """Return the people aged 18 and over of each area, or aged 65 and over in rows about older people."""
    regions = regions_today()
    counts = [
        (area, "OP" if one.age_group == "65plus" else "", one.people)
        for one in populations()
        if one.vintage == "mid2020" and one.age_group in ("18plus", "65plus")
        for area in (one.area_code, regions[one.area_code], WALES)
    ]
    known = (
        pd.DataFrame(counts, columns=["area_code", "group", "people"]).groupby(["area_code", "group"])["people"].sum()
    )
    asked = grid.assign(group=grid["category"].where(grid["category"] == "OP", ""))
    return pd.Series(known.reindex(pd.MultiIndex.from_frame(asked[["area_code", "group"]])).to_numpy(float), grid.index)
