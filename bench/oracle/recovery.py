"""Measures recovery, DO02 to DO05, and how far apart authorities are in it, DO06.

A month is held against the same month before the pandemic, in the authorities that have both.
"""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from bench.oracle.figures import OF_MONTHS, Attending, Part, Sides, activity, different, nothing, summed
from bench.oracle.rows import PLACE, Rows, regions_today, spans
from expectations.indicators import ALL
from expectations.months import BASELINE, months_between
from expectations.reference import WALES

_BEFORE = activity("people_attended")
_JANUARY_AND_FEBRUARY = BASELINE[1][:5] + "01", BASELINE[1]
_LIKE = ["authority", "period"]


def held_against(months: tuple[str, ...]) -> pd.DataFrame:
    """Return the months of the baseline that each month is held against, and the weight of each."""
    usual = {month[5:]: (month,) for month in months_between(*BASELINE)} | {"03": _JANUARY_AND_FEBRUARY}
    rows = [(month, before, 1 / len(usual[month[5:]])) for month in months for before in usual[month[5:]]]
    return pd.DataFrame(rows, columns=["period", "before", "weight"])


@dataclass(frozen=True)
class Recovery:
    """What is measured of months and of those that they are held against."""

    rows: Rows
    who: Attending

    def sides(self, indicator_id: str, breakdown: str, periods: pd.DataFrame) -> Sides:
        """Return both sides of DO02, DO03, DO04 or DO05."""
        if indicator_id == "DO02":
            return self._people_of_months(breakdown, periods), self._before(_BEFORE, breakdown, periods)
        part = OF_MONTHS[indicator_id]
        now = part.rows(self.rows.now).merge(self._alike, on=_LIKE)
        return summed(now, periods, breakdown), self._before(part, breakdown, periods)

    def apart(self, is_covered: pd.Series, threshold: int) -> dict[str, Sides]:
        """Return both sides of both measures of DO06, from the authorities whose DO02 may be shown.

        That is where enough services returned (`is_covered`) and no fewer people than `threshold` are counted.
        """
        share = self._shown(is_covered, threshold).reset_index(name="share")
        regional = share.assign(area_level="region", area_code=share["area_code"].map(regions_today()))
        national = share.assign(area_level="country", area_code=WALES)
        of_areas = pd.concat([regional, national]).assign(category=ALL).groupby([*PLACE, "category"])["share"]
        several = of_areas.count() >= 2
        highest_less_lowest = (of_areas.max() - of_areas.min())[several]
        deviation = of_areas.std(ddof=0)[several]
        return {
            "range": (highest_less_lowest, nothing()),
            "variation": (deviation, of_areas.mean()[several]),
        }

    @cached_property
    def _alike(self) -> pd.DataFrame:
        """Return the authorities that count in each month: those with a service in it and in all it is held against."""
        sites = self.rows.baseline["SERVICES"][["period", "site"]].drop_duplicates()
        sites = sites.set_axis(["before", "authority"], axis=1)
        weights = self._against.merge(sites, on="before").groupby(_LIKE, as_index=False)["weight"].sum()
        there = weights[weights["weight"] == 1][_LIKE]
        now = self.rows.now["SERVICES"][["site", "period"]].drop_duplicates().set_axis(_LIKE, axis=1)
        return now.merge(there, on=_LIKE)

    @cached_property
    def _against(self) -> pd.DataFrame:
        return held_against(self.rows.months)

    @cached_property
    def _months(self) -> pd.DataFrame:
        every = spans(self.rows.months)
        return every[every["period_kind"] == "month"]

    def _before(self, part: Part, breakdown: str, periods: pd.DataFrame) -> pd.Series:
        """Return the sum of the baseline, under the months that are held against it."""
        then = part.rows(self.rows.baseline).rename(columns={"period": "before"}).merge(self._against, on="before")
        then = then.assign(amount=then["amount"] * then["weight"])
        return summed(then.merge(self._alike, on=_LIKE), periods, breakdown)

    def _people_of_months(self, breakdown: str, periods: pd.DataFrame) -> pd.Series:
        """Return the different people of each month, summed over the months."""
        like = Attending(*(one.merge(self._alike, on=_LIKE) for one in (self.who.persons, self.who.counted)))
        monthly = _by_month(different(like, self._months, breakdown))
        return monthly.merge(periods, on="period").groupby([*PLACE, "category"])["amount"].sum()

    def _shown(self, is_covered: pd.Series, threshold: int) -> pd.Series:
        """Return the DO02 of each authority and period that may be shown, in percent."""
        now, before = (_of_authorities(side) for side in self.sides("DO02", "all", spans(self.rows.months)))
        share = (100 * now / before[before > 0]).dropna()
        may = is_covered.reindex(share.index)
        for monthly in self.sides("DO02", "all", self._months):
            may &= ~self._is_small(_of_authorities(monthly), threshold).reindex(share.index, fill_value=False)
        return share[may]

    def _is_small(self, monthly: pd.Series, threshold: int) -> pd.Series:
        """Tell where no month of a period counts as many people as the threshold, though it counts some."""
        highest = _by_month(monthly).merge(spans(self.rows.months), on="period").groupby(PLACE)["amount"].max()
        return (highest > 0) & (highest < threshold)


def _by_month(figures: pd.Series) -> pd.DataFrame:
    """Return the figures of months as rows of their month."""
    told = figures.rename("amount").reset_index()
    return told.rename(columns={"period_start": "period"}).drop(columns="period_kind")


def _of_authorities(side: pd.Series) -> pd.Series:
    is_authority = side.index.get_level_values("area_level") == "authority"
    return side[is_authority & (side.index.get_level_values("category") == ALL)].droplevel("category")
