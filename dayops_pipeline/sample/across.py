"""Plants faults between sheets: unknown services, more sessions than places, agency staff that cost nothing...

Faults in what rows add up to are planted in `sums`.
"""

from collections.abc import Callable
from datetime import timedelta

from dayops_pipeline.sample.bed import Bed, Planted
from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.hand import AsTyped
from expectations.contract import Joined, Severity
from expectations.months import first_day, last_day


def _unknown_service(bed: Bed, check: Joined) -> list[Planted]:
    return _repointed(bed, check, f"DOS6{bed.rng.randint(0, 99999):05d}")


def _closed_service(bed: Bed, check: Joined) -> list[Planted]:
    """Let a row be about a service that closed before the month, and stands so on SERVICES."""
    number, model = f"DOS8{bed.rng.randint(0, 99999):05d}", _sound_service(bed)
    planted = _repointed(bed, check, number) if model else []
    if model and planted:
        closed_on = first_day(bed.period) - timedelta(days=bed.rng.randint(1, 40))
        facts: Row = {
            "service_id": number,
            "open_from": closed_on - timedelta(days=2000),
            "closed_on": closed_on,
            "closure_reason": "REDESIGN",
        }
        bed.add("SERVICES", {**model, **facts})
    return planted


def _repointed(bed: Bed, check: Joined, service_id: str) -> list[Planted]:
    for row in bed.free_rows(check.sheet) if check.sheet not in bed.without_strays else ():
        if row.get("service_id") is not None:
            bed.strays.add(check.sheet)
            changed = {**row, "service_id": AsTyped(service_id)}
            bed.put(check.sheet, row, changed)
            return [Planted(check, check.sheet, changed)]
    return []


def _sound_service(bed: Bed) -> Row | None:
    """Return a row of SERVICES to make another like it, or None where all are spoiled.

    It has no places that nobody takes, so that a made-up service neither is over full nor empties the nation's.
    """
    facts: Row = {"setting": "OUTREACH_1TO1", "places_per_session": None, "predecessor_service_id": None}
    sessions: Row = {"open_sessions_planned": 2, "open_sessions_held": 2}
    sound = (one for one in bed.told.sheets["SERVICES"] if id(one) not in bed.used)
    return next(({**one, **facts, **sessions} for one in sound), None)


def _before_it_opened(bed: Bed, check: Joined) -> list[Planted]:
    """Let somebody attend a service in the days before it opened."""
    number, model = f"DOS7{bed.rng.randint(0, 99999):05d}", _sound_service(bed)
    opened = last_day(bed.period) - timedelta(days=bed.rng.randint(0, 9))
    is_possible = model is not None and "ATTENDANCE" not in bed.without_strays
    for row in bed.free_rows("ATTENDANCE") if is_possible else ():
        bed.strays.add("ATTENDANCE")
        changed = {**row, "service_id": number, "date": opened - timedelta(days=bed.rng.randint(1, 15))}
        bed.put("ATTENDANCE", row, changed)
        closed: Row = {"closed_on": last_day(bed.period), "closure_reason": "REDESIGN"}
        facts: Row = {"service_id": number, "open_from": opened, **closed}
        bed.add("SERVICES", {**(model or {}), **facts})
        return [Planted(check, "ATTENDANCE", changed)]
    return []


def _over_places(bed: Bed, check: Joined) -> list[Planted]:
    """Give a service fewer places than it used: up to a fifth too few, or more for the check that refuses."""
    least, most = (1.25, 1.8) if check.severity is Severity.ERROR else (1.01, 1.19)
    for row in bed.free_rows("SERVICES"):
        attended = _attended(bed, row["service_id"])
        places, held = row["places_per_session"], row["open_sessions_held"]
        if attended and isinstance(places, int) and isinstance(held, int):
            changed = _fitting(row, places, held, (attended / most, attended / least))
            if changed is not None:
                bed.put("SERVICES", row, changed)
                bed.locked_services.add(row["service_id"])
                return [Planted(check, "SERVICES", changed)]
    return []


def _attended(bed: Bed, service_id: object) -> int:
    """Return the sessions that count for the service, or 0 where one of its ACTIVITY rows is spoiled."""
    rows = [row for row in bed.told.sheets["ACTIVITY"] if row["service_id"] == service_id]
    if any(id(row) in bed.used for row in rows):
        return 0
    return sum(int(str(row["sessions_attended"])) for row in rows)


def _fitting(row: Row, places: int, held: int, room: tuple[float, float]) -> Row | None:
    """Return the row with fewer sessions held, or fewer places, so that there is room within the two bounds."""
    for fewer in range(held - 1, max(held // 3, 1), -1):
        if room[0] <= places * fewer <= room[1]:
            return {**row, "open_sessions_held": fewer}
    for fewer in range(places - 1, 0, -1):
        if room[0] <= fewer * held <= room[1]:
            return {**row, "places_per_session": fewer}
    return None


def _agency_without_cost(bed: Bed, check: Joined) -> list[Planted]:
    return _one_sided(bed, check, {"headcount_agency": bed.rng.randint(1, 4)})


def _cost_without_agency(bed: Bed, check: Joined) -> list[Planted]:
    return _one_sided(bed, check, {"cost_agency": float(bed.rng.randint(200, 900))})


def _one_sided(bed: Bed, check: Joined, change: Row) -> list[Planted]:
    """Tell of agency staff on one sheet alone, and keep other faults off both: a missing figure would hide this one."""
    both = ("WORKFORCE", "FINANCE")
    is_clean = not any(id(row) in bed.used for name in both for row in bed.told.sheets.get(name, []))
    if bed.told.posting.provider.has_agency or not is_clean or not all(map(bed.told.sheets.get, both)):
        return []
    for row in bed.free_rows(check.sheet):
        changed = {**row, **change}
        bed.put(check.sheet, row, changed)
        bed.locked_sheets.update(both)
        return [Planted(check, check.sheet, changed)]
    return []


def _nil_with_activity(bed: Bed, check: Joined) -> list[Planted]:
    for row in bed.free_rows("RETURN"):
        if bed.told.sheets["ACTIVITY"]:
            changed = {**row, "nil_return": True, "nil_reason": "NO_CLIENTS"}
            bed.put("RETURN", row, changed)
            return [Planted(check, "RETURN", changed)]
    return []


ACROSS: dict[str, Callable[[Bed, Joined], list[Planted]]] = {
    "attendance_while_open": _before_it_opened,
    "over_places": _over_places,
    "agency_without_cost": _agency_without_cost,
    "cost_without_agency": _cost_without_agency,
    "nil_with_activity": _nil_with_activity,
    "service_known": _unknown_service,
    "service_open": _closed_service,
}
