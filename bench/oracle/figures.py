"""Measures what is counted in every place, from the words of the catalogue: numerators and denominators.

Each table has a row for each place (an area in a period) and category that was counted, under one of its columns
`numerator` and `denominator`. What is not declared is left to `measure`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add

import pandas as pd

from bench.oracle.rows import PLACE, spread
from expectations.indicators import ALL
from expectations.months import last_day

Sides = tuple[pd.Series, pd.Series]
"""A numerator and a denominator, by place and category."""

Amount = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Part:
    """One side of a ratio: what is summed of which sheet, and whose each row is."""

    sheet: str
    place: str
    amount: Amount
    only: Amount | None = None

    def rows(self, sheets: dict[str, pd.DataFrame]) -> pd.DataFrame:
        """Return the rows that count, each with its `authority` and `amount`."""
        rows = sheets[self.sheet]
        if self.only is not None:
            rows = rows[self.only(rows)]
        return rows.assign(authority=rows[self.place], amount=self.amount(rows).astype(float))


def of(sheet: str, place: str) -> Callable[..., Part]:
    """Return what makes parts of a sheet out of the names of columns, added up, or of a function."""

    def part(*amounts: str | Amount, only: Amount | None = None) -> Part:
        return Part(sheet, place, lambda rows: reduce(add, (_amount(rows, one) for one in amounts)), only)

    return part


def _amount(rows: pd.DataFrame, amount: str | Amount) -> pd.Series:
    return rows[amount] if isinstance(amount, str) else amount(rows)


def is_(column: str, *codes: str) -> Amount:
    """Return what tells the rows whose column has one of these codes."""
    return lambda rows: rows[column].isin(codes)


activity, activity_here = of("ACTIVITY", "commissioner"), of("ACTIVITY", "site")
services, finance, carers = of("SERVICES", "site"), of("FINANCE", "site"), of("CARERS", "site")
staff, volunteers = of("WORKFORCE", "site"), of("VOLUNTEERS", "site")
people, outcomes, queue = of("PEOPLE", "commissioner"), of("OUTCOMES", "commissioner"), of("WAITING", "commissioner")


def _weekly_hours(rows: pd.DataFrame) -> pd.Series:
    return rows["hours_delivered"] * 7 / rows["period"].map(lambda month: last_day(month).day)


def _mean_headcount(rows: pd.DataFrame) -> pd.Series:
    now = rows["headcount_perm"] + rows["headcount_fixed"]
    return (now + (now - rows["starters_12m"] + rows["leavers_12m"])) / 2


def _has(column: str) -> Amount:
    return lambda rows: rows[column].notna()


def _step(column: str, before: tuple[str, ...]) -> tuple[Part, Part]:
    """Return those for whom a step of the active offer is a yes, and those for whom it is known; asked after a yes."""

    def asked(rows: pd.DataFrame) -> pd.Series:
        return (rows[list(before)] == "Y").all(axis=1)

    return people(is_(column, "Y"), only=asked), people(is_(column, "Y", "N"), only=asked)


_OWN_STAFF = ("headcount_perm", "headcount_fixed")
_COSTS = ("cost_staff", "cost_agency", "cost_premises", "cost_transport", "cost_other")
_WELSH = ("welsh_some", "welsh_fluent")

RATIOS: dict[tuple[str, str], tuple[Part, Part]] = {
    ("DO07", "main"): (activity(_weekly_hours), activity("people_attended")),
    **{
        ("DO08", f"tier_{tier}"): (activity("people_attended", only=is_("tier", tier)), activity("people_attended"))
        for tier in "123"
    },
    ("DO09", "main"): (
        activity("sessions_attended", only=is_("setting", "BUILDING")),
        activity("sessions_attended"),
    ),
    ("DO10", "main"): (activity("people_direct_payment"), activity("people_attended")),
    ("DO11", "main"): (
        activity_here("sessions_attended", only=lambda rows: rows["has_places"]),
        services("places", only=lambda rows: rows["has_places"]),
    ),
    ("DO12", "main"): (activity("sessions_cancelled_provider"), activity("sessions_planned")),
    ("DO13", "main"): (carers("respite_hours_delivered"), carers("carers_supported")),
    ("DO14", "main"): (carers("respite_hours_delivered"), carers("respite_hours_planned")),
    ("DO15", "main"): (staff("agency_hours_month"), staff("total_hours_month")),
    ("DO15", "agency_workers"): (staff("headcount_agency"), staff("headcount_agency", *_OWN_STAFF)),
    ("DO15", "fixed_term"): (staff("headcount_fixed"), staff(*_OWN_STAFF)),
    ("DO16", "main"): (staff("vacant_wte"), staff("wte", "vacant_wte")),
    ("DO17", "main"): (staff("leavers_12m"), staff(_mean_headcount)),
    ("DO18", "main"): (staff("paid_at_or_above_rlw"), staff("paid_at_or_above_rlw", "paid_below_rlw")),
    ("DO19", "main"): (staff(*_WELSH), staff("welsh_none", *_WELSH)),
    ("DO20", "main"): _step("active_offer_made", ()),
    ("DO20", "accepted"): _step("active_offer_accepted", ("active_offer_made",)),
    ("DO20", "delivered"): _step("delivered_in_preferred", ("active_offer_made", "active_offer_accepted")),
    ("DO21", "main"): (volunteers("volunteer_hours"), activity_here("sessions_attended")),
    ("DO23", "main"): (queue("wait_12_26w", "wait_26w_plus"), queue("waiting_total")),
    ("DO23", "under_6_weeks"): (queue("wait_0_6w"), queue("waiting_total")),
    ("DO23", "from_6_weeks"): (queue("wait_6_12w"), queue("waiting_total")),
    ("DO23", "from_12_weeks"): (queue("wait_12_26w"), queue("waiting_total")),
    ("DO23", "from_26_weeks"): (queue("wait_26w_plus"), queue("waiting_total")),
    ("DO24", "main"): (outcomes("people_paid_work"), outcomes("people_job_goal")),
    ("DO24", "sustained_13w"): (outcomes("people_work_13w_sustained"), outcomes("people_job_goal")),
    ("DO25", "main"): (
        activity("people_digital", only=_has("people_digital")),
        activity("people_attended", only=_has("people_digital")),
    ),
    ("DO26", "main"): (outcomes("plans_coproduced"), outcomes("plans_reviewed_on_time")),
    ("DO27", "main"): (
        outcomes("outcomes_achieved_full", lambda rows: rows["outcomes_achieved_part"] / 2),
        outcomes("outcomes_reviewed"),
    ),
    ("DO29", "main"): (finance(*_COSTS), activity_here("sessions_attended", only=lambda rows: rows["has_costs"])),
}
"""The indicators that are a sum over a sum of rows."""

WAITING = queue("waiting_total")

OF_MONTHS: dict[str, Part] = {
    "DO03": activity("sessions_attended"),
    "DO04": activity("hours_delivered"),
    "DO05": services("held"),
}
"""What is summed now and in the baseline; of DO02, different people are counted now and rows summed in the baseline."""


def summed(rows: pd.DataFrame, periods: pd.DataFrame, breakdown: str) -> pd.Series:
    """Return the sum of `amount` by place and category."""
    sorted_out = rows.assign(category=ALL if breakdown == "all" else rows[breakdown])
    monthly = sorted_out.groupby(["authority", "period", "category"])[["amount"]].sum().reset_index()
    return spread(monthly, periods).groupby([*PLACE, "category"])["amount"].sum()


def nothing() -> pd.Series:
    """Return the side that a measure does not have."""
    return pd.Series(dtype=float)


# --- different people -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attending:
    """Who came: a row for each person, service and month of person-level returns, and the rows of the others."""

    persons: pd.DataFrame
    counted: pd.DataFrame

    def only(self, is_one: Amount) -> "Attending":
        """Return those rows that `is_one` tells."""
        return Attending(self.persons[is_one(self.persons)], self.counted[is_one(self.counted)])


def attending(sheets: dict[str, pd.DataFrame]) -> Attending:
    """Return who attended at least one half-day, and belongs to which authority."""
    key = ["provider_id", "period", "service_id", "person_ref"]
    attended = sheets["ATTENDANCE"][sheets["ATTENDANCE"]["status"] == "ATT"][key].drop_duplicates()
    persons = sheets["PEOPLE"].merge(attended, on=key)
    counted = sheets["ACTIVITY"][sheets["ACTIVITY"]["profile"] == "LITE"]
    return Attending(*(rows.assign(authority=rows["commissioner"]) for rows in (persons, counted)))


def different(who: Attending, periods: pd.DataFrame, breakdown: str) -> pd.Series:
    """Return how many different people came, by place and category; where persons are not known, the fewest."""
    cell = [
        "service_id",
        "commissioning_la",
        "authority",
        "client_group",
        "age_band",
        *(["setting"] if breakdown == "setting" else []),
    ]
    persons, counted = (
        spread(rows.assign(category=ALL if breakdown == "all" else rows[breakdown]), periods)
        for rows in (who.persons, who.counted)
    )
    once = persons[[*PLACE, "category", "person_ref"]].drop_duplicates()
    known = once.groupby([*PLACE, "category"]).size()
    monthly = counted.groupby([*PLACE, "category", *cell, "period"])["people_attended"].sum()
    fewest = monthly.groupby([*PLACE, "category", *cell]).max().groupby([*PLACE, "category"]).sum()
    return known.add(fewest, fill_value=0).astype(float)
