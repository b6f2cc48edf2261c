"""Measures recovery, DO02 to DO05, and how far apart authorities are in it, DO06.

A month is held against the same month before the pandemic, in the authorities that have both.
"""

import pandas as pd

from bench.oracle.figures import OF_MONTHS, Attending, Part, Sides, activity, attending, different, nothing, summed
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


def alike(rows: Rows) -> pd.DataFrame:
    """Return the authorities that count in each month: those with a service in it and in all it is held against."""
    against = held_against(rows.months)
    sites = rows.baseline["SERVICES"][["period", "site"]].drop_duplicates()
    sites = sites.set_axis(["before", "authority"], axis=1)
    weights = against.merge(sites, on="before").groupby(_LIKE, as_index=False)["weight"].sum()
    there = weights[weights["weight"] == 1][_LIKE]
    now = rows.now["SERVICES"][["site", "period"]].drop_duplicates().set_axis(_LIKE, axis=1)
    return now.merge(there, on=_LIKE)


def recovered(indicator_id: str, rows: Rows, breakdown: str, periods: pd.DataFrame) -> Sides:
    """Return both sides of DO02, DO03, DO04 or DO05."""
    if indicator_id == "DO02":
        return _people_of_months(rows, breakdown, periods), _before(_BEFORE, rows, breakdown, periods)
    part = OF_MONTHS[indicator_id]
    now = part.rows(rows.now).merge(alike(rows), on=_LIKE)
    return summed(now, periods, breakdown), _before(part, rows, breakdown, periods)


def _before(part: Part, rows: Rows, breakdown: str, periods: pd.DataFrame) -> pd.Series:
    then = part.rows(rows.baseline).rename(columns={"period": "before"}).merge(held_against(rows.months), on="before")
    then = then.assign(amount=then["amount"] * then["weight"])
    return summed(then.merge(alike(rows), on=_LIKE), periods, breakdown)


def _people_of_months(rows: Rows, breakdown: str, periods: pd.DataFrame) -> pd.Series:
    """Return the different people of each month, summed over the months."""
    who = attending(rows.now)
    like = Attending(*(one.merge(alike(rows), on=_LIKE) for one in (who.persons, who.counted)))
    monthly = different(like, spans_of_months(rows), breakdown).rename("amount").reset_index()
    monthly = monthly.rename(columns={"period_start": "period"}).drop(columns="period_kind")
    return monthly.merge(periods, on="period").groupby([*PLACE, "category"])["amount"].sum()


def spans_of_months(rows: Rows) -> pd.DataFrame:
    """Return the periods that are months."""
    every = spans(rows.months)
    return every[every["period_kind"] == "month"]


# --- variation --------------------------------------------------------------------------------------------------------


def apart(rows: Rows, is_covered: pd.Series, threshold: int) -> dict[str, Sides]:
    """Return both sides of both measures of DO06, from the authorities whose DO02 may be shown.

    That is where enough services returned (`is_covered`) and no fewer people than `threshold` are counted.
    """
    share = _shown(rows, is_covered, threshold).reset_index(name="share")
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


def _shown(rows: Rows, is_covered: pd.Series, threshold: int) -> pd.Series:
    """Return the DO02 of each authority and period that may be shown, in percent."""
    now, before = (_of_authorities(side) for side in recovered("DO02", rows, "all", spans(rows.months)))
    share = (100 * now / before[before > 0]).dropna()
    may = is_covered.reindex(share.index)
    for side in (0, 1):
        may &= ~_is_small(rows, side, threshold).reindex(share.index, fill_value=False)
    return share[may]


def _is_small(rows: Rows, side: int, threshold: int) -> pd.Series:
    """Tell where no month of a period counts as many people as the threshold, though it counts some."""
    monthly = _of_authorities(recovered("DO02", rows, "all", spans_of_months(rows))[side])
    told = monthly.rename("amount").reset_index().rename(columns={"period_start": "period"}).drop(columns="period_kind")
    highest = told.merge(spans(rows.months), on="period").groupby(PLACE)["amount"].max()
    return (highest > 0) & (highest < threshold)


def _of_authorities(side: pd.Series) -> pd.Series:
    return side.xs(ALL, level="category").loc[lambda one: one.index.get_level_values("area_level") == "authority"]
