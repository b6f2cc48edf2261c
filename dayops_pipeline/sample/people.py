"""The made-up people: who they are, and on which half-days they have a place at a service.

The same keyed reference stands for a person wherever they go. What they do there is told in `diary`.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from dayops_pipeline.sample.chance import pick
from dayops_pipeline.sample.days import open_days
from expectations.months import first_day, last_day, month_before
from expectations.reference import Authority, authorities

_SELF_FUNDED, _ELSEWHERE = "SELF", "OUTSIDE_WALES"
_OLDER = ("65-74", "75-84", "85+")
_YOUNGER = ("18-24", "25-44", "45-64")

GROUPS = {"LD": 40, "OP": 18, "DEM": 12, "MH": 12, "AUT": 8, "PD": 7, "SI": 3}
"""The client groups, and how many in a hundred belong to each."""

Slot = tuple[int, str]
"""A half-day of the week: the weekday from 0 for Monday, and the part of the day."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses day opportunities, known by the keyed reference alone."""

    ref: str
    commissioning_la: str
    home_la: str
    age_band: str
    client_group: str
    gender: str
    ethnicity: str
    language: str
    carer: str


@dataclass(frozen=True, slots=True)
class Placement:
    """A person's place at one service: since when, on which half-days, paid by whom."""

    person: Person
    start: date
    end: date | None
    end_reason: str | None
    slots: tuple[Slot, ...]
    funding: str
    session_hours: float
    presence: float
    online_share: float
    has_transport: bool
    travel_minutes: int | None
    offer: tuple[str, str | None, str | None]
    reviewed: str
    coproduced: str

    def is_active(self, period: str) -> bool:
        """Tell whether the person was on the register on any day of the month."""
        return self.start <= last_day(period) and (self.end is None or self.end >= first_day(period))


@dataclass(slots=True)
class People:
    """Everybody in the nation so far: who belongs to each authority, and the half-days on which they are taken.

    References are made with `key`; the nation's returns are about `months`.
    """

    months: tuple[str, ...]
    key: bytes
    known: dict[str, list[Person]] = field(default_factory=dict)
    busy: dict[str, set[Slot]] = field(default_factory=dict)
    count: int = 0


def placements_of(
    people: People, rng: Random, authority: Authority, group: str, slots: tuple[Slot, ...], size: int
) -> tuple[Placement, ...]:
    """Return a service's people: those who were there before the first month, and a few who start later."""
    taken: set[str] = set()
    starters = [month for month in people.months for _ in range(size) if rng.random() < 0.02]
    since = [None] * size + starters
    return tuple(_placement(people, rng, authority, group, slots, month, taken) for month in since)


def _placement(
    people: People,
    rng: Random,
    authority: Authority,
    group: str,
    slots: tuple[Slot, ...],
    month: str | None,
    taken: set[str],
) -> Placement:
    person = _somebody(people, rng, authority, group, taken)
    taken.add(person.ref)
    end, reason = _leaving(people, rng) if month is None else (None, None)
    is_near = person.home_la == authority.code
    return Placement(
        person=person,
        start=_start(people, rng, month),
        end=end,
        end_reason=reason,
        slots=_own_slots(people, rng, person, slots),
        funding=_funding(rng, person),
        session_hours=rng.choice((2.5, 3.0, 3.0, 3.25, 3.5)),
        presence=rng.uniform(0.82, 0.95),
        online_share=0.2 if rng.random() < 0.08 else 0.0,
        has_transport=rng.random() < 0.45,
        travel_minutes=rng.choice((None, rng.randint(5, 35) if is_near else rng.randint(25, 75))),
        offer=_offer(rng, person),
        reviewed=rng.choices(("Y", "N"), (82, 18))[0],
        coproduced=rng.choices(("Y", "N", "NK"), (66, 24, 10))[0],
    )


def _start(people: People, rng: Random, month: str | None) -> date:
    if month is not None:
        return rng.choice(open_days(month)[:12])
    return first_day(month_before(people.months[0], rng.randint(1, 72))) + timedelta(days=rng.randint(0, 27))


def _leaving(people: People, rng: Random) -> tuple[date | None, str | None]:
    """Return when and why a person leaves, if so: in the first days of a month, before coming again."""
    if rng.random() >= 0.018 * len(people.months):
        return None, None
    month = rng.choice(people.months)
    weights = {
        "CHOICE": 30,
        "CARE_HOME": 20,
        "DIED": 12,
        "MOVED_TIER": 15,
        "MOVED_AREA": 10,
        "EMPLOYMENT": 8,
        "OTHER": 5,
    }
    return first_day(month) + timedelta(days=rng.randint(0, 5)), pick(rng, weights)


def _own_slots(people: People, rng: Random, person: Person, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Return the half-days on which the person comes: whole days mostly, and none on which they are elsewhere."""
    busy = people.busy.setdefault(person.ref, set())
    days = sorted({day for day, _ in slots if not any(day == other for other, _ in busy)}) or sorted({slots[0][0]})
    chosen = set(rng.sample(days, min(len(days), rng.choices((1, 2, 3, 4), (30, 40, 20, 10))[0])))
    is_half = rng.random() < 0.2
    own = tuple(slot for slot in slots if slot[0] in chosen and not (is_half and slot[1] == "PM"))
    own = own or (slots[0],)
    busy.update(own)
    return own


def _funding(rng: Random, person: Person) -> str:
    if person.commissioning_la == _SELF_FUNDED:
        return "SELF"
    return pick(rng, {"LA": 72, "DP": 16, "CHC": 5, "MIXED": 7})


def _offer(rng: Random, person: Person) -> tuple[str, str | None, str | None]:
    made = rng.choices(("Y", "N", "NK"), (68, 24, 8))[0]
    if made != "Y":
        return made, None, None
    wants = 0.9 if person.language == "CY" else 0.1
    accepted = "Y" if rng.random() < wants else "N"
    return made, accepted, rng.choices(("Y", "N", "NK"), (80, 15, 5))[0] if accepted == "Y" else None


def _somebody(people: People, rng: Random, authority: Authority, group: str, taken: set[str]) -> Person:
    """Return a new person, or now and then one who already goes somewhere else in this authority."""
    known = people.known.setdefault(authority.code, [])
    if known and rng.random() < 0.05:
        again = rng.choice(known)
        if again.ref not in taken and len(people.busy[again.ref]) <= 4:
            return again
    person = _person(people, rng, authority, group)
    known.append(person)
    return person


def _person(people: People, rng: Random, authority: Authority, group: str) -> Person:
    people.count += 1
    commissioner, home = _authorities_of(rng, authority)
    own_group = group if rng.random() < 0.88 else pick(rng, GROUPS)
    words = f"{commissioner}:{people.count}".encode()
    return Person(
        ref=hmac.new(people.key, words, hashlib.sha256).hexdigest()[:16],
        commissioning_la=commissioner,
        home_la=home,
        age_band=_age(rng, own_group),
        client_group=own_group,
        gender=rng.choices(("M", "F", "NB", "X"), (480, 500, 8, 12))[0],
        ethnicity=rng.choices("ABMWOU", (25, 8, 12, 915, 8, 32))[0],
        language=rng.choices(("EN", "CY", "BSL", "OTHER", "NK"), (74, 20, 1, 2, 3))[0],
        carer=rng.choices(("Y", "N", "NK"), (62, 30, 8))[0],
    )


def _authorities_of(rng: Random, authority: Authority) -> tuple[str, str]:
    """Return who arranged the support and where the person lives: here mostly, next door sometimes, or self-funded."""
    chance = rng.random()
    if chance < 0.04:
        return _SELF_FUNDED, _ELSEWHERE if chance < 0.004 else authority.code
    if chance < 0.11:
        near = [one.code for one in authorities() if one.region_code == authority.region_code and one != authority]
        other = rng.choice(near or [one.code for one in authorities() if one != authority])
        return other, other
    return authority.code, authority.code


def _age(rng: Random, group: str) -> str:
    if group in {"OP", "DEM"}:
        return rng.choices(_OLDER, (22, 45, 33))[0]
    return rng.choices((*_YOUNGER, "65-74", "NK"), (18, 38, 32, 11, 1))[0]
