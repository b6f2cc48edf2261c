"""Plants faults in what rows add up to: figures that the rows about people, or the costs and charges, do not bear out.

Each rests on every row of its service, so nothing else of the service may be spoiled.
"""

from collections.abc import Callable, Iterable, Iterator

from dayops_pipeline.sample.bed import Bed, Planted
from dayops_pipeline.sample.books import Row, Value
from expectations.contract import Joined
from expectations.months import last_day

_PERSON_LEVEL = ("SERVICES", "ACTIVITY", "PEOPLE", "ATTENDANCE", "CARERS")
_COSTED = ("ACTIVITY", "FINANCE")
_LEAST_SESSIONS, _LEAST_PEOPLE = 20, 6


def number(value: Value) -> float:
    """Return a figure of the sample, a blank as nought."""
    return 0.0 if value is None else float(str(value))


def total(rows: Iterable[Row], *names: str) -> float:
    """Return what the rows' figures under these columns add up to."""
    return sum(number(row[name]) for row in rows for name in names)


def _person_level(bed: Bed) -> Iterator[str]:
    return bed.sound_services(*_PERSON_LEVEL) if "ATTENDANCE" in bed.told.sheets else iter(())


def _put(bed: Bed, check: Joined, row: Row, change: Row, sheets: tuple[str, ...]) -> list[Planted]:
    changed = {**row, **change}
    bed.put(check.sheet, row, changed)
    bed.keep_sums(str(row["service_id"]), *sheets)
    return [Planted(check, check.sheet, changed)]


# --- people and their half-days ---------------------------------------------------------------------------------------


def _fewer_sessions(bed: Bed, check: Joined) -> list[Planted]:
    """Tell of fewer sessions than were attended, by up to 2 in 100 or by more, in one row of the service."""
    for service_id in _person_level(bed):
        for row in bed.rows_of("ACTIVITY", service_id):
            group = [one for one in bed.rows_of("ACTIVITY", service_id) if _la(one) == _la(row)]
            fewer = _how_many_fewer(check, total(group, "sessions_attended"))
            sessions, missed = number(row["sessions_attended"]), number(row["sessions_dna"])
            if fewer and sessions - fewer >= max(number(row["people_attended"]), sessions * 2 / 3, 1):
                change: Row = {"sessions_attended": int(sessions) - fewer, "sessions_dna": int(missed) + fewer}
                planted = _put(bed, check, row, change, _PERSON_LEVEL)
                others = [one for one in group if one is not row]
                return [*planted, *(Planted(check, "ACTIVITY", one) for one in others)]
    return []


def _la(row: Row) -> Value:
    return row["commissioning_la"]


def _how_many_fewer(check: Joined, sessions: float) -> int:
    """Return by how many sessions to fall short of `sessions`, or 0 where there are too few for that."""
    share = check.share
    if share is None or share.up_to is None:
        return max(1, int(sessions * 0.05)) if sessions >= _LEAST_SESSIONS else 0
    return int(sessions * share.up_to / 100)


def _one_person_less(bed: Bed, check: Joined) -> list[Planted]:
    for service_id in _person_level(bed):
        rows = bed.rows_of("ACTIVITY", service_id)
        for row in rows if total(rows, "people_attended") >= _LEAST_PEOPLE else ():
            if number(row["people_attended"]) >= 2:
                change: Row = {"people_attended": int(number(row["people_attended"])) - 1}
                return _put(bed, check, row, change, _PERSON_LEVEL)
    return []


def _one_more_from_elsewhere(bed: Bed, check: Joined) -> list[Planted]:
    for service_id in _person_level(bed):
        for row in bed.rows_of("ACTIVITY", service_id):
            if number(row["people_out_of_county"]) < number(row["people_attended"]):
                change: Row = {"people_out_of_county": int(number(row["people_out_of_county"])) + 1}
                return _put(bed, check, row, change, _PERSON_LEVEL)
    return []


def _too_much_respite(bed: Bed, check: Joined) -> list[Planted]:
    for service_id in _person_level(bed):
        cared_for = {row["person_ref"] for row in bed.rows_of("PEOPLE", service_id) if row["has_unpaid_carer"] == "Y"}
        half_days = bed.rows_of("ATTENDANCE", service_id)
        hours = total((row for row in half_days if row["person_ref"] in cared_for), "hours")
        rows = bed.rows_of("CARERS", service_id)
        if rows and hours:
            return _put(bed, check, rows[0], {"respite_hours_delivered": round(hours * 1.2 + 1, 2)}, _PERSON_LEVEL)
    return []


# --- costs and charges ------------------------------------------------------------------------------------------------


def _dear_sessions(bed: Bed, check: Joined) -> list[Planted]:
    for service_id in bed.sound_services(*_COSTED):
        sessions = total(bed.rows_of("ACTIVITY", service_id), "sessions_attended")
        for row in bed.rows_of("FINANCE", service_id) if sessions >= _LEAST_SESSIONS else ():
            return _put(bed, check, row, {"cost_staff": round(sessions * bed.rng.uniform(420, 600), 2)}, _COSTED)
    return []


def _dear_weeks(bed: Bed, check: Joined) -> list[Planted]:
    for service_id in bed.sound_services(*_COSTED):
        people = total(bed.rows_of("ACTIVITY", service_id), "people_attended")
        for row in bed.rows_of("FINANCE", service_id) if people else ():
            weeks = last_day(bed.period).day / 7
            charges = round(people * weeks * bed.rng.uniform(110, 160), 2)
            return _put(bed, check, row, {"income_charges": charges, "charge_per_session": None}, _COSTED)
    return []


def _paid_transport(bed: Bed, check: Joined) -> list[Planted]:
    for service_id in bed.sound_services(*_COSTED):
        carried = total(bed.rows_of("ACTIVITY", service_id), "people_transport_provided")
        for row in bed.rows_of("FINANCE", service_id) if carried else ():
            if number(row["income_charges"]) >= 1:
                share = bed.rng.uniform(0.1, 0.6)
                change: Row = {"income_charges_transport": round(number(row["income_charges"]) * share, 2)}
                return _put(bed, check, row, change, _COSTED)
    return []


SUMS: dict[str, Callable[[Bed, Joined], list[Planted]]] = {
    "attendance_differs": _fewer_sessions,
    "attendance_far_off": _fewer_sessions,
    "people_differ": _one_person_less,
    "out_of_county_differs": _one_more_from_elsewhere,
    "respite_over_hours": _too_much_respite,
    "cost_per_session": _dear_sessions,
    "weekly_charge": _dear_weeks,
    "transport_charged": _paid_transport,
}
"""How to break each check of sums, by what it says."""
