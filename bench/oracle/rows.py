"""Lays the rows of returns out for measuring: what each is about, where it belongs, and for which periods it counts.

A row belongs to the authority that commissions (`commissioner`) and to that of the site (`site`). It counts in its
month, quarter and year, and in its authority, region and Wales.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from bench.oracle.reading import Folder, Pages
from expectations.months import first_day, month_before, months_between, period_of, period_written
from expectations.reference import WALES, memberships

AREA = ["area_level", "area_code"]
PERIOD = ["period_kind", "period_start"]
PLACE = [*AREA, *PERIOD]

_OF_SERVICE = ["provider_id", "period", "service_id"]


@dataclass(frozen=True)
class Rows:
    """The rows of current returns and of the baseline, each with its service's facts; the register; and the months."""

    now: Pages
    baseline: Pages
    register: pd.DataFrame
    months: tuple[str, ...]


def laid_out(folder: Folder) -> Rows:
    """Return the rows of what came, ready to be measured."""
    months = tuple(sorted(set(folder.now["RETURN"]["period"])))
    return Rows(_with_services(folder.now), _with_services(folder.baseline), folder.register, months)


# --- services ---------------------------------------------------------------------------------------------------------


def _with_services(pages: Pages) -> Pages:
    """Join to each row what its service is and where it belongs; rows about services that are not there go."""
    services = _services(pages["SERVICES"])
    joined = {name: _joined(rows, services) for name, rows in pages.items() if "service_id" in rows}
    costed = joined["FINANCE"][_OF_SERVICE].assign(has_costs=True)
    activity = joined["ACTIVITY"].merge(costed, on=_OF_SERVICE, how="left")
    staff = pages["WORKFORCE"]
    return {
        **joined,
        "SERVICES": services,
        "ACTIVITY": activity.assign(has_costs=activity["has_costs"].notna()),
        "WORKFORCE": staff.assign(site=staff["service_la"]),
        "WAITING": _queue(pages, joined["WAITING"]),
    }


def _services(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each service of a month once: as the later of its rows has it, with the sums of both."""
    places = rows["places_per_session"] * rows["open_sessions_held"]
    rows = rows.assign(places=places, has_places=rows["places_per_session"].notna()).sort_values("open_from")
    found = rows.groupby(_OF_SERVICE, as_index=False).agg(
        site=("service_la", "last"),
        setting=("setting", "last"),
        tier=("tier", "last"),
        provider_sector=("provider_sector", "last"),
        held=("open_sessions_held", "sum"),
        places=("places", "sum"),
        has_places=("has_places", "max"),
    )
    return found.assign(has_places=found["has_places"].astype(bool))


def _joined(rows: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    facts = services[[*_OF_SERVICE, "site", "setting", "tier", "has_places"]]
    own = rows.drop(columns=["setting", "tier"], errors="ignore").merge(facts, on=_OF_SERVICE)
    if "commissioning_la" not in own:
        return own
    return own.assign(commissioner=own["commissioning_la"].where(own["commissioning_la"] != "SELF", own["site"]))


def _queue(pages: Pages, of_services: pd.DataFrame) -> pd.DataFrame:
    """Return the waiting lists; those of no service belong to the lead authority where nobody commissions."""
    own = pages["WAITING"][pages["WAITING"]["service_id"] == ""]
    own = own.assign(commissioner=own["commissioning_la"].where(own["commissioning_la"] != "SELF", own["lead_la"]))
    return pd.concat([of_services, own], ignore_index=True)


# --- periods ----------------------------------------------------------------------------------------------------------


def spans(months: Sequence[str]) -> pd.DataFrame:
    """Return the months that each period is made of, as far as returns have come in."""
    named = {(kind, _start(kind, month)) for month in months for kind in ("month", "quarter", "year")}
    rows = [
        (kind, start, month)
        for kind, start in sorted(named)
        for month in months_between(start, min(_end(kind, start), max(months)))
    ]
    return pd.DataFrame(rows, columns=[*PERIOD, "period"])


def snapshots(months: Sequence[str]) -> pd.DataFrame:
    """Return the one month that shows for each period: the last of a quarter, the latest of a year."""
    every = spans(months)
    ends = every[every["period"].str.slice(5).isin(["03", "06", "09", "12"])]
    return ends.groupby(PERIOD)[["period"]].max().reset_index()


def _start(kind: str, month: str) -> str:
    day = period_of(period_written(kind, first_day(month)))[1]
    return f"{day:%Y-%m}"


def _end(kind: str, start: str) -> str:
    return month_before(start, {"month": 0, "quarter": -2, "year": -11}[kind])


# --- areas ------------------------------------------------------------------------------------------------------------


@cache
def regions_today() -> pd.Series:
    """Return the region of each authority, as they are today."""
    return pd.Series({one.area_code: one.region_code for one in memberships() if one.valid_to is None})


def spread(rows: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Return the rows once for every period and every area that they count in; `authority` says whose each is."""
    timed = rows.merge(periods, on="period")
    codes = {
        "authority": timed["authority"],
        "region": timed["authority"].map(regions_today()),
        "country": pd.Series(WALES, timed.index),
    }
    return pd.concat(
        [timed.assign(area_level=level, area_code=code) for level, code in codes.items()], ignore_index=True
    )
