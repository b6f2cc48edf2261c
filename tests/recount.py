"""The national indicators counted a second time, row by row, from the definitions alone: what the SQL is held against.

Written apart from the SQL and in another way: no grouping, no joins; for every figure, all rows are looked at again.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

from world import World

from expectations.indicators import INDICATORS, Measure
from expectations.reference import WALES, authorities, populations

Row = dict[str, Any]

_BANDS = {
    "under_6_weeks": ("wait_0_6w",),
    "from_6_weeks": ("wait_6_12w",),
    "from_12_weeks": ("wait_12_26w",),
    "from_26_weeks": ("wait_26w_plus",),
}
Parts = tuple[Fraction, Fraction | None, bool]

REGION_OF = {one.code: one.region_code for one in authorities()}
POPULATION = {(one.area_code, one.age_group): one.people for one in populations() if one.vintage == "mid2020"}


class Key(NamedTuple):
    """The key of a figure."""

    indicator_id: str
    measure: str
    area_code: str
    period_kind: str
    period_start: date
    breakdown: str
    category: str


class Figure(NamedTuple):
    """A figure as it must be."""

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | float | None
    expected: int
    returned: int
    notes: tuple[str, ...]
    through: date
    missing: tuple[str, ...]
    lower: float | None = None
    upper: float | None = None


def plus(month: date, months: int) -> date:
    """Return the first day of the month that lies `months` later."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@cache
def number(value: int | float | str | Fraction) -> Fraction:
    """Return a number as an exact fraction of its decimal writing."""
    return Fraction(str(value))


class Recount:
    """All that a world's rows say, looked at again for every figure."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.current = {n: row for n, row in world.submissions.items() if row["is_current"]}
        self.services = self._services()
        self.rows = {sheet: list(self._told(sheet)) for sheet in world.rows}
        self.attended = list(self._attended())
        self.sessions: dict[tuple[int, str], int] = defaultdict(int)
        for row in self.rows["ACTIVITY"]:
            self.sessions[row["submission_id"], row["service_id"]] += row["sessions_attended"]
        self.expected, self.returned = self._coverage()
        self.held = {row["period"] for row in self.current.values() if row["profile"] != "BASELINE"}
        self.had = {(row["period"], row["site"]) for row in self.rows["SERVICES"] if row["profile"] == "BASELINE"}
        self.came_back = {
            (month, site) for (month, service), site in self.expected.items() if (month, service) in self.returned
        }

    def _services(self) -> dict[tuple[int, str], Row]:
        services: dict[tuple[int, str], Row] = {}
        for row in sorted(self.world.rows["SERVICES"], key=lambda row: row["open_from"]):
            known = services.get((row["submission_id"], row["service_id"]), {"held": 0, "places": None})
            held, places = known["held"] + row["open_sessions_held"], known["places"]
            if row["places_per_session"] is not None:
                places = (places or 0) + row["places_per_session"] * row["open_sessions_held"]
            services[row["submission_id"], row["service_id"]] = {**row, "held": held, "places": places}
        return services

    def _told(self, sheet: str) -> Iterator[Row]:
        for row in self.world.rows[sheet]:
            submission = self.current.get(row["submission_id"])
            if submission is None:
                continue
            service = self.services.get((row["submission_id"], str(row.get("service_id"))), {})
            told = {name: service.get(name) for name in ("setting", "tier", "service_la", "held", "places")}
            told |= {name: submission[name] for name in ("provider_sector", "profile", "lead_la")}
            told |= row
            told["site"] = told["service_la"]
            asked = row.get("commissioning_la")
            told["payer"] = (told["site"] or submission["lead_la"]) if asked == "SELF" else asked
            told["is_away"] = asked not in ("SELF", told["site"])
            yield told

    def _attended(self) -> Iterator[Row]:
        came = {
            (row["submission_id"], row["service_id"], row["person_ref"])
            for row in self.rows["ATTENDANCE"]
            if row["status"] == "ATT"
        }
        for row in self.rows["PEOPLE"]:
            if (row["submission_id"], row["service_id"], row["person_ref"]) in came:
                yield row
        for row in self.rows["ACTIVITY"]:
            if row["profile"] == "LITE":
                yield {**row, "person_ref": None}

    def _coverage(self) -> tuple[dict[tuple[date, str], str], set[tuple[date, str]]]:
        returned: dict[tuple[date, str], str] = {}
        for row in self.rows["SERVICES"]:
            returned[row["period"], row["service_id"]] = row["site"]
        nil = {(row["period"], row["provider_id"]) for row in self.current.values() if row["nil_return"]}
        expected = {}
        months = [row["period"] for row in self.current.values()]
        month = min(months)
        while month <= max(months):
            for row in self.world.register:
                end = row["expected_to"] or date.max
                if row["expected_from"] < plus(month, 1) and end >= month:
                    expected[month, row["service_id"]] = row["service_la"]
                    if (month, row["provider_id"]) in nil:
                        returned[month, row["service_id"]] = row["service_la"]
            month = plus(month, 1)
        return {**expected, **returned}, set(returned)

    # --- every figure of a month, its quarter and its year ------------------------------------------------------------

    def figures(self, month: date) -> dict[Key, Figure]:
        """Return every figure that the month must have."""
        quarter = date(month.year, {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4, 7: 7, 8: 7, 9: 7}.get(month.month, 10), 1)
        year = date(month.year if month.month > 3 else month.year - 1, 4, 1)
        found: dict[Key, Figure] = {}
        for kind, start, length in (("month", month, 1), ("quarter", quarter, 3), ("year", year, 12)):
            whole = [plus(start, more) for more in range(length)]
            last = max([month, *(one for one in whole if one in self.held)])
            found |= dict(self._of_period(kind, start, [one for one in whole if one <= last], plus(year, 12)))
        return found

    def _of_period(self, kind: str, start: date, months: list[date], next_year: date) -> Iterator[tuple[Key, Figure]]:
        snapshot = max((month for month in months if month.month % 3 == 0), default=None)
        open_note = () if any(month >= next_year for month in self.held) else ("p",)
        for area, (level, members) in areas().items():
            for one in INDICATORS:
                used = months if not one.is_snapshot else [snapshot] if snapshot else []
                expected = [key for key, site in self.expected.items() if key[0] in used and site in members]
                returned = [key for key in expected if key in self.returned]
                if not expected or level not in one.levels:
                    continue
                place = Place(self, one.id, members, used, kind, bool(returned))
                missing = self._missing(place, {self.expected[key] for key in expected}, returned, one.has_baseline)
                blank = Figure(None, None, None, len(expected), len(returned), open_note, used[-1], missing)
                counted = 1 if one.is_distinct else max(len({month for month, _ in returned}), 1)
                for measure, breakdown, category in one.cells():
                    parts = place.parts(measure.name, breakdown, category)
                    key = Key(one.id, measure.name, area, kind, start, breakdown, category)
                    yield key, _figure(parts, measure, counted, blank)

    def _missing(
        self, place: "Place", asked: set[str], returned: list[tuple[date, str]], has_baseline: bool
    ) -> tuple[str, ...]:
        """Return the authorities that are in no sum, of those that were asked."""
        there = {self.expected[key] for key in returned}
        if has_baseline:
            there &= {area for month in place.months for area in place.compared(month)}
        return tuple(sorted(asked - there))


def _figure(parts: Parts | None, measure: Measure, months: int, blank: Figure) -> Figure:
    above, below, is_estimated = parts or (None, None, False)
    blank = blank._replace(numerator=above, denominator=below)
    if above is None or (below is not None and below <= 0):
        return blank._replace(notes=(*blank.notes, "x"))
    before = ("e",) if is_estimated else ()
    after = ("u",) if _is_unreliable(measure, above, below, months) else ()
    lower, upper = _interval(measure, above, below, months)
    value = above if below is None else measure.factor * above / below
    return blank._replace(value=value, notes=(*before, *blank.notes, *after), lower=lower, upper=upper)


def _is_unreliable(measure: Measure, above: Fraction, below: Fraction | None, months: int) -> bool:
    if measure.interval == "wilson" and below is not None:
        return below / months < 30
    return measure.interval == "byar" and below is not None and above < 20


Z = NormalDist().inv_cdf(0.975)


def _interval(
    measure: Measure, above: Fraction, below: Fraction | None, months: int
) -> tuple[float | None, float | None]:
    if measure.interval == "byar":
        return _byar(float(above), measure.factor / float(below or 1))
    if measure.interval == "wilson" and below is not None and above <= below:
        return _wilson(float(above / months), float(below / months), measure.factor)
    return None, None


def _wilson(people: float, among: float, factor: int) -> tuple[float, float]:
    """Solves for the shares from which what was seen lies 1.96 standard errors away: the roots of a quadratic."""
    halves = (people + Z * Z / 2) / (among + Z * Z)
    reach = sqrt(max(halves * halves - people * people / among / (among + Z * Z), 0))
    return factor * max(halves - reach, 0), factor * min(halves + reach, 1)


def _byar(events: float, times: float) -> tuple[float, float]:
    def limit(number: float, z: float) -> float:
        return number * max(1 - 1 / (9 * number) + z / (3 * sqrt(number)), 0) ** 3 if number else 0.0

    return times * limit(events, -Z), times * limit(events + 1, Z)


def areas() -> dict[str, tuple[str, set[str]]]:
    """Return each area's level and the authorities in it."""
    found: dict[str, tuple[str, set[str]]] = {WALES: ("country", set(REGION_OF))}
    for code, region in REGION_OF.items():
        found[code] = ("authority", {code})
        found.setdefault(region, ("region", set()))[1].add(code)
    return found


# --- one indicator, one area, one period ------------------------------------------------------------------------------


class Place:
    """The rows of one area and period, and the thirty ways of counting them."""

    def __init__(
        self, all_rows: Recount, indicator: str, members: set[str], months: list[date], kind: str, is_returned: bool
    ) -> None:
        self.all = all_rows
        self.indicator = indicator
        self.members = members
        self.months = months
        self.kind = kind
        self.is_returned = is_returned
        self.breakdown, self.category = "all", "ALL"
        self.found: dict[str, list[Row]] = {}

    def parts(self, measure: str, breakdown: str, category: str) -> Parts | None:
        """Return numerator, denominator and whether it is estimated; None where there is nothing to count."""
        self.breakdown, self.category = breakdown, category
        count: Callable[[str], Parts | None] = getattr(self, f"do{self.indicator[2:]}")
        return count(measure)

    def matches(self, row: Row) -> bool:
        """Tell whether a row is of the category asked for."""
        return self.breakdown == "all" or row[self.breakdown] == self.category

    def find(self, rows: Iterable[Row], where: str) -> list[Row]:
        """Return the rows of the area, by the column `where`, of the months and of the category."""
        if where not in self.found:  # an indicator looks at one sheet by one column
            self.found[where] = [
                row
                for row in rows
                if row["period"] in self.months and row["profile"] != "BASELINE" and row[where] in self.members
            ]
        return [row for row in self.found[where] if self.matches(row)]

    def divide(self, rows: list[Row], above: Callable[[Row], Any], below: Callable[[Row], Any]) -> Parts | None:
        """Return the two sums over the rows; None where there are none."""
        if not rows:
            return None
        return (
            sum((number(above(row)) for row in rows), Fraction()),
            sum((number(below(row)) for row in rows), Fraction()),
            False,
        )

    # people

    def _people(self, rows: list[Row]) -> tuple[int, bool]:
        named = {row["person_ref"] for row in rows if row["person_ref"] is not None}
        cells: dict[tuple[str, ...], dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for row in rows:
            if row["person_ref"] is None:
                cell = (row["service_id"], row["commissioning_la"], row["client_group"], row["age_band"])
                cells[cell][row["period"]] += row["people_attended"]
        counted = sum(max(months.values()) for months in cells.values())
        return len(named) + counted, counted > 0 and self.kind != "month"

    def _adults(self) -> Fraction:
        is_older = self.breakdown == "client_group" and self.category == "OP"
        return Fraction(sum(POPULATION[area, "65plus" if is_older else "18plus"] for area in self.members))

    def do01(self, measure: str) -> Parts | None:
        if not self.is_returned:
            return None
        people, is_estimated = self._people(self.find(self.all.attended, "payer"))
        return Fraction(people), None if measure == "count" else self._adults(), is_estimated

    def do28(self, measure: str) -> Parts | None:
        rows = self.find(self.all.attended, "payer")
        people, is_estimated = self._people(rows)
        if not people:
            return None
        away = [row for row in rows if row["is_away"]]
        if measure == "main":
            return Fraction(self._people(away)[0]), Fraction(people), is_estimated
        known = {row["person_ref"] for row in away if row.get("travel_minutes") is not None}
        far = {row["person_ref"] for row in away if (row.get("travel_minutes") or 0) > 45}
        return Fraction(len(far)), Fraction(len(known)), False

    # recovery

    def _earlier(self, month: date) -> list[date]:
        if month.month == 3:
            return [date(2020, 1, 1), date(2020, 2, 1)]
        return [date(2020 if month.month < 3 else 2019, month.month, 1)]

    def compared(self, month: date) -> set[str]:
        """Return the authorities that have both a return of the month and all that it is held against."""
        back = {area for area in self.members if (month, area) in self.all.came_back}
        return {area for area in back if all((then, area) in self.all.had for then in self._earlier(month))}

    def _recovery(self, rows: list[Row], where: str, amount: str, now: Callable[[list[Row]], Any]) -> Parts | None:
        above, below, seen = Fraction(), Fraction(), False
        for month in self.months:
            compared = self.compared(month)
            here = [row for row in rows if row[where] in compared and self.matches(row)]
            today = [row for row in here if row["period"] == month and row["profile"] != "BASELINE"]
            earlier = self._earlier(month)
            before = [row for row in here if row["period"] in earlier and row["profile"] == "BASELINE"]
            above += number(now(today))
            below += sum((number(row[amount]) for row in before), Fraction()) / len(earlier)
            seen = seen or bool(today or before)
        return (above, below, False) if seen else None

    def do02(self, _: str) -> Parts | None:
        def different(rows: list[Row]) -> int:
            named = {row["person_ref"] for row in rows if row["person_ref"] is not None}
            return len(named) + sum(int(row["people_attended"]) for row in rows if row["person_ref"] is None)

        baseline = [{**row, "person_ref": None} for row in self.all.rows["ACTIVITY"] if row["profile"] == "BASELINE"]
        # A cell without people says nothing, now or then, but a baseline cell is there to be compared with.
        people = [row for row in self.all.attended if row["person_ref"] is not None or row["people_attended"] > 0]
        return self._recovery([*people, *baseline], "payer", "people_attended", different)

    def do03(self, _: str) -> Parts | None:
        return self._recovery(
            self.all.rows["ACTIVITY"],
            "payer",
            "sessions_attended",
            lambda rows: sum(row["sessions_attended"] for row in rows),
        )

    def do04(self, _: str) -> Parts | None:
        def hours(rows: list[Row]) -> Fraction:
            return sum((number(row["hours_delivered"]) for row in rows), Fraction())

        return self._recovery(self.all.rows["ACTIVITY"], "payer", "hours_delivered", hours)

    def do05(self, _: str) -> Parts | None:
        return self._recovery(self._each_service(), "site", "held", lambda rows: sum(row["held"] for row in rows))

    def _each_service(self) -> list[Row]:
        """Each service once a submission, as it was at the month's end."""
        last: dict[tuple[int, str], Row] = {}
        for row in sorted(self.all.rows["SERVICES"], key=lambda row: row["open_from"]):
            last[row["submission_id"], row["service_id"]] = row | {
                name: self.all.services[row["submission_id"], row["service_id"]][name] for name in ("held", "places")
            }
        return list(last.values())

    def _is_covered(self, area: str) -> bool:
        expected = [key for key, site in self.all.expected.items() if key[0] in self.months and site == area]
        return 5 * len([key for key in expected if key in self.all.returned]) >= 4 * len(expected)

    def do06(self, measure: str) -> Parts | None:
        values = []
        for area in sorted(self.members):
            own = Place(self.all, "DO02", {area}, self.months, self.kind, self.is_returned).parts("main", "all", "ALL")
            if own and own[1] and own[1] >= 5 and not 0 < own[0] < 5 and self._is_covered(area):
                values.append(100 * own[0] / own[1])
        if len(values) < 2:
            return None
        if measure == "range":
            return max(values) - min(values), None, False
        mean = sum(values, Fraction()) / len(values)
        return Fraction(sqrt(sum((value - mean) ** 2 for value in values) / len(values))), mean, False

    # activity, by commissioner

    def _activity(self) -> list[Row]:
        return self.find(self.all.rows["ACTIVITY"], "payer")

    def do07(self, _: str) -> Parts | None:
        def weekly(row: Row) -> Fraction:
            days = monthrange(row["period"].year, row["period"].month)[1]
            return number(row["hours_delivered"]) / Fraction(days, 7)

        return self.divide(self._activity(), weekly, lambda row: row["people_attended"])

    def do08(self, measure: str) -> Parts | None:
        def of_tier(row: Row) -> int:
            return row["people_attended"] if row["tier"] == measure[-1] else 0

        return self.divide(self._activity(), of_tier, lambda row: row["people_attended"])

    def do09(self, _: str) -> Parts | None:
        def inside(row: Row) -> int:
            return row["sessions_attended"] if row["setting"] == "BUILDING" else 0

        return self.divide(self._activity(), inside, lambda row: row["sessions_attended"])

    def do10(self, _: str) -> Parts | None:
        return self.divide(
            self._activity(), lambda row: row["people_direct_payment"], lambda row: row["people_attended"]
        )

    def do12(self, _: str) -> Parts | None:
        return self.divide(
            self._activity(), lambda row: row["sessions_cancelled_provider"], lambda row: row["sessions_planned"]
        )

    def do25(self, _: str) -> Parts | None:
        def among(row: Row) -> int:
            return 0 if row["people_digital"] is None else row["people_attended"]

        return self.divide(self._activity(), lambda row: row["people_digital"] or 0, among)

    # services, by where they are

    def _sessions(self, row: Row) -> int:
        return self.all.sessions[row["submission_id"], row["service_id"]]

    def do11(self, _: str) -> Parts | None:
        rows = [row for row in self.find(self._each_service(), "site") if row["places"] is not None]
        return self.divide(rows, self._sessions, lambda row: row["places"])

    def do13(self, _: str) -> Parts | None:
        rows = self.find(self.all.rows["CARERS"], "site")
        return self.divide(rows, lambda row: row["respite_hours_delivered"], lambda row: row["carers_supported"])

    def do14(self, _: str) -> Parts | None:
        rows = self.find(self.all.rows["CARERS"], "site")
        return self.divide(rows, lambda row: row["respite_hours_delivered"], lambda row: row["respite_hours_planned"])

    def do21(self, _: str) -> Parts | None:
        def hours(row: Row) -> Fraction:
            given = (
                one["volunteer_hours"]
                for one in self.all.rows["VOLUNTEERS"]
                if (one["submission_id"], one["service_id"]) == (row["submission_id"], row["service_id"])
            )
            return sum(map(number, given), Fraction())

        return self.divide(self.find(self._each_service(), "site"), hours, self._sessions)

    def do29(self, _: str) -> Parts | None:
        def cost(row: Row) -> Fraction:
            return sum(number(row[f"cost_{what}"]) for what in ("staff", "agency", "premises", "transport", "other"))  # type: ignore[return-value]

        return self.divide(self.find(self.all.rows["FINANCE"], "site"), cost, self._sessions)

    def do30(self, _: str) -> Parts | None:
        expected = [key for key, site in self.all.expected.items() if key[0] in self.months and site in self.members]
        returned = [key for key in expected if key in self.all.returned]
        return Fraction(len(returned)), Fraction(len(expected)), False

    # staff

    def _staff(self, above: Callable[[Row], Any], below: Callable[[Row], Any]) -> Parts | None:
        return self.divide(self.find(self.all.rows["WORKFORCE"], "site"), above, below)

    def do15(self, measure: str) -> Parts | None:
        def own(row: Row) -> Any:
            return row["headcount_perm"] + row["headcount_fixed"]

        if measure == "agency_workers":
            return self._staff(lambda row: row["headcount_agency"], lambda row: row["headcount_agency"] + own(row))
        if measure == "fixed_term":
            return self._staff(lambda row: row["headcount_fixed"], own)
        return self._staff(lambda row: row["agency_hours_month"], lambda row: row["total_hours_month"])

    def do16(self, _: str) -> Parts | None:
        return self._staff(lambda row: row["vacant_wte"], lambda row: number(row["wte"]) + number(row["vacant_wte"]))

    def do17(self, _: str) -> Parts | None:
        def mean(row: Row) -> Fraction:
            now = row["headcount_perm"] + row["headcount_fixed"]
            return Fraction(now + (now - row["starters_12m"] + row["leavers_12m"]), 2)

        return self._staff(lambda row: row["leavers_12m"], mean)

    def do18(self, _: str) -> Parts | None:
        return self._staff(
            lambda row: row["paid_at_or_above_rlw"], lambda row: row["paid_at_or_above_rlw"] + row["paid_below_rlw"]
        )

    def do19(self, _: str) -> Parts | None:
        def speaks(row: Row) -> int:
            return row["welsh_some"] + row["welsh_fluent"]  # type: ignore[no-any-return]

        return self._staff(speaks, lambda row: speaks(row) + row["welsh_none"])

    # registers, waiting lists, outcomes

    def do20(self, measure: str) -> Parts | None:
        column = {
            "main": "active_offer_made",
            "accepted": "active_offer_accepted",
            "delivered": "delivered_in_preferred",
        }[measure]
        rows = self.find(self.all.rows["PEOPLE"], "payer")
        return self.divide(rows, lambda row: int(row[column] == "Y"), lambda row: int(row[column] in ("Y", "N")))

    def _waiting(self) -> list[Row]:
        return self.find(self.all.rows["WAITING"], "payer")

    def do22(self, measure: str) -> Parts | None:
        if not self.is_returned:
            return None
        people = Fraction(sum(row["waiting_total"] for row in self._waiting()))
        return people, None if measure == "count" else self._adults(), False

    def do23(self, measure: str) -> Parts | None:
        if not self.is_returned:
            return None
        rows, bands = self._waiting(), _BANDS.get(measure, ("wait_12_26w", "wait_26w_plus"))
        long = sum(row[band] for row in rows for band in bands)
        return Fraction(long), Fraction(sum(row["waiting_total"] for row in rows)), False

    def _outcomes(self, above: Callable[[Row], Any], below: Callable[[Row], Any]) -> Parts | None:
        return self.divide(self.find(self.all.rows["OUTCOMES"], "payer"), above, below)

    def do24(self, measure: str) -> Parts | None:
        column = "people_paid_work" if measure == "main" else "people_work_13w_sustained"
        return self._outcomes(lambda row: row[column], lambda row: row["people_job_goal"])

    def do26(self, _: str) -> Parts | None:
        return self._outcomes(lambda row: row["plans_coproduced"], lambda row: row["plans_reviewed_on_time"])

    def do27(self, _: str) -> Parts | None:
        def achieved(row: Row) -> Fraction:
            return Fraction(row["outcomes_achieved_full"]) + Fraction(row["outcomes_achieved_part"], 2)

        return self._outcomes(achieved, lambda row: row["outcomes_reviewed"])
