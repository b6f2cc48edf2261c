"""What happened at a service in a month: every half-day of every person, and the sums that ACTIVITY asks for.

Both come from the same diary, so that a return's aggregates always agree with its persons.
"""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from dayops_pipeline.sample.days import open_days
from dayops_pipeline.sample.nation import Service
from dayops_pipeline.sample.people import Placement, Slot

_SEASON = {"08": 0.97, "12": 0.95, "01": 0.97}
_HOURS_OF_AN_EVENING = 2.0

Visit = tuple[Placement, date, str, str, float | None, str | None]
"""A half-day: whose, when, which part, what happened, hours and mode where attended."""


@dataclass(slots=True)
class Tally:
    """The half-days of one person at one service in one month."""

    planned: int = 0
    attended: int = 0
    missed: int = 0
    called_off: int = 0
    hours: float = 0.0
    online: int = 0


@dataclass(slots=True)
class Diary:
    """A service's month."""

    visits: list[Visit] = field(default_factory=list)
    tallies: dict[str, tuple[Placement, Tally]] = field(default_factory=dict)
    sessions_planned: int = 0
    sessions_held: int = 0

    @property
    def attended(self) -> int:
        """Return the half-days attended."""
        return sum(tally.attended for _, tally in self.tallies.values())

    @property
    def hours(self) -> float:
        """Return the hours delivered."""
        return sum(tally.hours for _, tally in self.tallies.values())


def diary(service: Service, period: str, rng: Random) -> Diary:
    """Return what happened at `service` in the month, which it was open in."""
    told = Diary()
    placements = service.active(period)
    told.tallies = {one.person.ref: (one, Tally()) for one in placements}
    by_weekday = _by_weekday(service.slots, placements)
    days = [day for day in open_days(period) if _is_open(service, day) and day.weekday() in by_weekday]
    shut = rng.choice(days) if days and rng.random() < 0.03 else None
    for day in days:
        parts, comers = by_weekday[day.weekday()]
        told.sessions_planned += parts
        told.sessions_held += parts if day != shut else 0
        for placement, own in comers:
            if placement.start <= day and (placement.end is None or day <= placement.end):
                _half_days(told, service, rng, (placement, day, own), day == shut)
    return told


def _is_open(service: Service, day: date) -> bool:
    return service.open_from <= day and (service.closed_on is None or day <= service.closed_on)


Comers = list[tuple[Placement, list[str]]]


def _by_weekday(slots: tuple[Slot, ...], placements: tuple[Placement, ...]) -> dict[int, tuple[int, Comers]]:
    week: dict[int, tuple[int, Comers]] = {}
    for weekday in sorted({day for day, _ in slots}):
        own = [(one, [part for day, part in one.slots if day == weekday]) for one in placements]
        week[weekday] = (sum(day == weekday for day, _ in slots), [pair for pair in own if pair[1]])
    return week


def _half_days(
    told: Diary, service: Service, rng: Random, who: tuple[Placement, date, list[str]], is_shut: bool
) -> None:
    placement, day, parts = who
    status, mode = _outcome(service, placement, day, rng, is_shut)
    tally = told.tallies[placement.person.ref][1]
    for part in parts:
        hours = None
        if status == "ATT":
            hours = _HOURS_OF_AN_EVENING if part == "EVE" else placement.session_hours
            tally.hours += hours
        _count(tally, status, mode)
        told.visits.append((placement, day, part, status, hours, mode))


def _outcome(service: Service, placement: Placement, day: date, rng: Random, is_shut: bool) -> tuple[str, str | None]:
    chance = rng.random()
    if is_shut:
        return "CLOSED", None
    if placement.end is not None and (placement.end.year, placement.end.month) == (day.year, day.month):
        return "CXL_PERSON", None
    presence = placement.presence * _SEASON.get(f"{day:%m}", 1)
    if chance < presence:
        is_online = service.setting == "DIGITAL" or rng.random() < placement.online_share
        return "ATT", "DIGITAL" if is_online else "IN_PERSON"
    rest = (chance - presence) / (1 - presence)
    return ("DNA" if rest < 0.4 else "CXL_PERSON" if rest < 0.84 else "CXL_PROVIDER"), None


def _count(tally: Tally, status: str, mode: str | None) -> None:
    tally.planned += 1
    tally.attended += status == "ATT"
    tally.missed += status in {"DNA", "CXL_PERSON"}
    tally.called_off += status in {"CXL_PROVIDER", "CLOSED"}
    tally.online += mode == "DIGITAL"
