"""Plants faults in the rows of a return, each breaking one rule at a known place, at most one a row.

The checks that were planted least so far come first, so that a sample of any size has as many kinds of fault as it can
hold. Faults that refuse a whole service or a whole return are kept rare, and their rows are left sound otherwise.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.hand import AsTyped
from dayops_pipeline.sample.returns import Return
from dayops_pipeline.sample.spoiling import spoiled
from expectations.contract import AnyCheck, Joined, Matches, Present, RowCheck, Severity, Unique
from expectations.months import first_day, last_day
from expectations.rules import contract_for

_MOST_IN_A_FILE = 40
_TRIES = 25
_ENOUGH_OF_A_RULE = 12
_SHEET_SHARE = 3
"""No sheet has more than so many times the rate of its rows spoiled, however many ways of spoiling it has."""

_SERVICE_REFUSED_PER_RATE, _SERVICE_REFUSED_MOST = 8, 0.16
_IDENTITY = {"provider_id", "period", "submission_no", "profile", "spec_version"}
"""What a return is known by: faults in these are faults of the file."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was changed to plant a fault, as it stands now, and the row that stood there before; None if none."""

    sheet: str
    row: Row
    was: Row | None


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault in a row: the check that it breaks, the row that its finding names, and what it follows from, if so.

    Taking all of `changes` back mends it.
    """

    check: AnyCheck
    sheet: str
    row: Row
    consequence_of: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Planter:
    """Plants faults return by return, and keeps count of the checks that were broken."""

    rate: float
    counts: Counter[str] = field(default_factory=Counter)

    def plant(self, told: Return, rng: Random) -> list[Planted]:
        """Spoil rows of the return, and tell which."""
        wanted = min(int(self.rate * told.data_rows + rng.random()), _MOST_IN_A_FILE)
        bed = Bed(told, rng)
        is_spare = told.posting.of == 1
        if is_spare and rng.random() < self.rate:
            return self._plant_first(bed, _checks(told, "RETURN"))
        if wanted and len(told.sheets["SERVICES"]) > 1 and rng.random() < self._service_share():
            self._plant_first(bed, _checks(told, "SERVICES", errors_only=True))
        self._fill(bed, wanted)
        return bed.planted

    def _service_share(self) -> float:
        return min(self.rate * _SERVICE_REFUSED_PER_RATE, _SERVICE_REFUSED_MOST)

    def _plant_first(self, bed: "Bed", checks: list[AnyCheck]) -> list[Planted]:
        for check in self._least_first(bed, checks):
            if self._try(bed, check):
                break
        return bed.planted

    def _fill(self, bed: "Bed", wanted: int) -> None:
        left = {
            name: int(len(rows) * self.rate * _SHEET_SHARE + bed.rng.random()) for name, rows in bed.told.sheets.items()
        }
        for check in self._least_first(bed, _cheap_checks(bed.told)):
            if len(bed.planted) >= wanted:
                return
            if left[check.sheet] > 0:
                left[check.sheet] -= self._try(bed, check)

    def _least_first(self, bed: "Bed", checks: list[AnyCheck]) -> list[AnyCheck]:
        """Return the checks in the order of their rarity so far: rules that are rare, then kinds, then columns."""
        return sorted(checks, key=lambda one: (*self._count(one), bed.rng.random()))

    def _count(self, check: AnyCheck) -> tuple[int, int, int]:
        return min(self.counts[check.rule], _ENOUGH_OF_A_RULE), self.counts[_kind(check)], self.counts[check.code]

    def _try(self, bed: "Bed", check: AnyCheck) -> bool:
        bed.changes.clear()
        planted = [replace(one, changes=tuple(bed.changes)) for one in bed.broken_by(check)]
        bed.planted += planted
        for one in planted:
            self.counts.update((one.check.rule, _kind(one.check), one.check.code))
        return bool(planted)


def _kind(check: AnyCheck) -> str:
    return f"{check.rule} {check.sheet} {check.says}"


def _checks(told: Return, sheet: str, *, errors_only: bool = False) -> list[AnyCheck]:
    checks = [one for one in contract_for(told.posting.period).checks if one.sheet == sheet]
    return [one for one in checks if _is_plantable(one) and not (errors_only and one.severity is not Severity.ERROR)]


def _cheap_checks(told: Return) -> list[AnyCheck]:
    """Return the checks whose breaking refuses a row at most, never a service or the return."""
    return [
        check
        for name, rows in told.sheets.items()
        for check in _checks(told, name)
        if rows and name != "RETURN" and (name != "SERVICES" or check.severity is not Severity.ERROR)
    ]


def _is_plantable(check: AnyCheck) -> bool:
    if check.sheet == "RETURN":
        return check.column not in _IDENTITY
    # Without a readable number on SERVICES, every row about that service would break V20.
    return not (check.sheet == "SERVICES" and check.column == "service_id" and isinstance(check, Matches | Present))


# --- one return -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Bed:
    """A return in which faults are being planted, with what may not be touched any more."""

    told: Return
    rng: Random
    planted: list[Planted] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    locked_services: set[object] = field(default_factory=set)
    locked_sheets: set[str] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    def broken_by(self, check: AnyCheck) -> list[Planted]:
        """Break the check in one place if that can be done, and tell where it is now broken, and what with it."""
        if check.sheet in self.locked_sheets:
            return []
        match check:
            case Joined():
                return _ACROSS[check.query](self, check)
            case Unique():
                return self._twice(check)
            case Present(sheet="RETURN", column="nil_reason"):
                return self._nil_without_reason(check)
            case _:
                return self._in_a_row(check)

    @property
    def period(self) -> str:
        """Return the month of the return."""
        return self.told.posting.period

    def free_rows(self, sheet: str) -> Iterator[Row]:
        """Yield rows of the sheet, in random order, that no fault has touched; only so many."""
        rows = self.told.sheets.get(sheet, [])
        for row in self.rng.sample(rows, min(len(rows), _TRIES)):
            if id(row) not in self.used and row.get("service_id") not in self.locked_services:
                yield row

    def put(self, sheet: str, row: Row, changed: Row) -> None:
        """Let `changed` stand where `row` stood."""
        rows = self.told.sheets[sheet]
        at = next(index for index, one in enumerate(rows) if one is row)
        rows[at] = changed
        self.changes.append(Change(sheet, changed, row))
        self.use(changed)

    def add(self, sheet: str, row: Row) -> None:
        """Let `row` stand somewhere in the sheet."""
        rows = self.told.sheets[sheet]
        rows.insert(self.rng.randint(0, len(rows)), row)
        self.changes.append(Change(sheet, row, None))
        self.use(row)

    def use(self, row: Row) -> None:
        """Keep further faults away from `row`; the list of rows keeps it, and so its identity, alive."""
        self.used.add(id(row))

    def _in_a_row(self, check: RowCheck) -> list[Planted]:
        for row in self.free_rows(check.sheet):
            made = spoiled(check, row, self.period, self.rng)
            if made is not None:
                self.put(check.sheet, row, made[0])
                self._lock_service(check, row)
                return [Planted(one, check.sheet, made[0], None if one is check else check.code) for one in made[1]]
        return []

    def _lock_service(self, check: AnyCheck, row: Row) -> None:
        if check.sheet == "SERVICES" and check.severity is Severity.ERROR:
            self.locked_services.add(row["service_id"])

    def _twice(self, check: Unique) -> list[Planted]:
        for row in self.free_rows(check.sheet):
            if all(row.get(name) is not None for name in check.columns):
                again = dict(row)
                self.add(check.sheet, again)
                self.use(row)
                self._lock_service(check, row)
                return [Planted(check, check.sheet, one) for one in (row, again)]
        return []

    def _nil_without_reason(self, check: Present) -> list[Planted]:
        """Make the return nil, without a reason and without activity, so that nothing else is wrong with it."""
        for row in self.free_rows("RETURN"):
            for sheet in contract_for(self.period).sheets:
                if sheet.is_activity and sheet.name in self.told.sheets:
                    self.told.sheets[sheet.name].clear()
            changed = {**row, "nil_return": True, "nil_reason": None}
            self.put("RETURN", row, changed)
            return [Planted(check, "RETURN", changed)]
        return []


# --- across sheets ----------------------------------------------------------------------------------------------------


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
    for row in bed.free_rows(check.sheet):
        if row.get("service_id") is not None:
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
    for row in bed.free_rows("ATTENDANCE") if model else ():
        changed = {**row, "service_id": number, "date": opened - timedelta(days=bed.rng.randint(1, 15))}
        bed.put("ATTENDANCE", row, changed)
        facts: Row = {"service_id": number, "open_from": opened, "closed_on": None, "closure_reason": None}
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


_ACROSS: dict[str, Callable[[Bed, Joined], list[Planted]]] = {
    "attendance_while_open": _before_it_opened,
    "over_places": _over_places,
    "agency_without_cost": _agency_without_cost,
    "cost_without_agency": _cost_without_agency,
    "nil_with_activity": _nil_with_activity,
    "service_known": _unknown_service,
    "service_open": _closed_service,
}
