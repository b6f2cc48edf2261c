"""The made-up nation: providers in each authority, their services, and the people who come to them.

The same seed makes the same nation. What happens in a month is told in `diary` and `books`, how a provider writes it
down in `hand`.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from dayops_pipeline.sample.days import first_day, last_day, month_before, open_days
from dayops_pipeline.sample.names import HOUSES, POST_TOWNS, TRADES, WHAT_BY_SETTING
from expectations.contract import Profile
from expectations.reference import Authority, authorities, populations
from expectations.sheets import WITH_PLACES

POPULATION = ("mid2020", "18plus")
HALF_DAYS = ("AM", "PM")
SELF_FUNDED, ELSEWHERE = "SELF", "OUTSIDE_WALES"
_OLDER = ("65-74", "75-84", "85+")
_YOUNGER = ("18-24", "25-44", "45-64")
_SECTORS = {"THIRD": 44, "PRIVATE": 24, "SOCENT": 16, "NHS": 8, "COOP": 8}
_GROUPS = {"LD": 40, "OP": 18, "DEM": 12, "MH": 12, "AUT": 8, "PD": 7, "SI": 3}
_SETTINGS = {"BUILDING": 55, "COMMUNITY": 20, "WORK": 10, "OUTREACH_1TO1": 6, "RESPITE_DAY": 5, "DIGITAL": 4}
_COSTS = {"OUTREACH_1TO1": (95, 130), "DIGITAL": (25, 40), "COMMUNITY": (45, 75)}
_USUAL_COST = (58, 88)

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


@dataclass(frozen=True, slots=True)
class Service:
    """One service: where it is, what it does, when it is open, and who comes."""

    service_id: str
    name_en: str
    name_cy: str | None
    postcode: str | None
    la: str
    setting: str
    tier: str
    group: str
    contract_type: str
    open_from: date
    closed_on: date | None
    closure_reason: str | None
    predecessor_id: str | None
    places: int | None
    slots: tuple[Slot, ...]
    unit_cost_gbp: float
    has_changing_place: bool | None
    welsh_medium: str
    inspectorate_ref: str | None
    placements: tuple[Placement, ...]

    def is_open(self, period: str) -> bool:
        """Tell whether the service was open on any day of the month."""
        return self.open_from <= last_day(period) and (self.closed_on is None or self.closed_on >= first_day(period))

    def active(self, period: str) -> tuple[Placement, ...]:
        """Return the places that were taken up in the month."""
        return tuple(one for one in self.placements if one.is_active(period))


@dataclass(frozen=True, slots=True)
class Provider:
    """Who sends returns: its lead authority, sector, profile and services."""

    provider_id: str
    name_en: str
    name_cy: str | None
    sector: str
    la: str
    profile: Profile
    services: tuple[Service, ...]
    has_agency: bool
    is_silent: bool = False


@dataclass(slots=True)
class _Making:
    """What the making of the nation keeps in hand: the seed, the months, and who lives where already."""

    seed: int
    months: tuple[str, ...]
    key: bytes
    known: dict[str, list[Person]] = field(default_factory=dict)
    busy: dict[str, set[Slot]] = field(default_factory=dict)
    people: int = 0


def stream(seed: int, *names: object) -> Random:
    """Return the random numbers that belong to these names alone, the same in every run."""
    return Random("/".join(map(str, (seed, *names))))  # noqa: S311 (made-up figures, no secrets)


def nation(seed: int, providers: int, months: Sequence[str]) -> tuple[Provider, ...]:
    """Return `providers` providers that send returns, in StatsWales order of authority, and a few that never do."""
    making = _Making(seed, tuple(months), hashlib.sha256(f"person key of sample {seed}".encode()).digest())
    made = [_provider(making, authority, turn) for authority, turn in _seats(providers)]
    silent = _silent(making, providers)
    return tuple(made) + tuple(replace(one, is_silent=True) for one in silent)


def _silent(making: _Making, providers: int) -> list[Provider]:
    """Return the providers that are registered and never send anything: one for each thirty that do."""
    rng = stream(making.seed, "silent")
    return [_provider(making, rng.choice(authorities()), 900 + turn) for turn in range(providers // 30)]


# --- how many, and where ----------------------------------------------------------------------------------------------


def adults() -> dict[str, int]:
    """Return the people aged 18 and over by authority."""
    return {one.area_code: one.people for one in populations() if (one.vintage, one.age_group) == POPULATION}


def shares(total: int) -> dict[str, int]:
    """Return how many of `total` providers each authority has: by population, and at least one where that can be."""
    weights, codes = adults(), [one.code for one in authorities()]
    least = 1 if total >= len(codes) else 0
    exact = {code: weights[code] / sum(weights.values()) * total for code in codes}
    given = {code: max(least, int(exact[code])) for code in codes}
    while (missing := total - sum(given.values())) != 0:
        step = 1 if missing > 0 else -1
        movable = [code for code in codes if given[code] + step >= least]
        most = max(movable, key=lambda code: step * (exact[code] - given[code]))
        given[most] += step
    return given


def _seats(total: int) -> Iterator[tuple[Authority, int]]:
    """Yield each seat's authority and its turn there: 0 is the authority itself, which few seats leave out for some."""
    given = shares(total)
    for authority in sorted(authorities(), key=lambda one: one.sort):
        first = 1 if total < len(given) and authority.sort % 3 == 0 else 0
        for turn in range(first, first + given[authority.code]):
            yield authority, turn


def authority_provider_id(authority: Authority) -> str:
    """Return the provider number of the authority itself, as a provider of day services."""
    return f"DOP{authority.sort:05d}"


def pick(rng: Random, weights: dict[str, int]) -> str:
    """Return one of the names, each as likely as its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


# --- providers and services -------------------------------------------------------------------------------------------


def _provider(making: _Making, authority: Authority, turn: int) -> Provider:
    rng = stream(making.seed, "provider", authority.code, turn)
    sector = "LA" if turn == 0 else pick(rng, _SECTORS)
    number = authority.sort * 1000 + turn
    is_small = sector in {"THIRD", "SOCENT", "COOP"} and rng.random() < 0.42
    count = 1 if is_small else rng.choices((1, 2, 3), (4, 4, 2) if sector != "LA" else (0, 5, 5))[0]
    services = [_service(making, rng, authority, f"DOS{number:05d}{one}", sector, is_small) for one in range(count)]
    house = rng.choice(HOUSES)
    return Provider(
        provider_id=authority_provider_id(authority) if turn == 0 else f"DOP{number:05d}",
        name_en=f"{authority.name_en} Council" if turn == 0 else f"{house} {rng.choice(TRADES[sector])}",
        name_cy=authority.name_cy if turn == 0 else rng.choice((house, None)),
        sector=sector,
        la=authority.code,
        profile=Profile.LITE if is_small else Profile.FULL,
        services=tuple(one for service in services for one in _with_successor(making, rng, service)),
        has_agency=not is_small and rng.random() < 0.35,
    )


def _service(
    making: _Making, rng: Random, authority: Authority, service_id: str, sector: str, is_small: bool
) -> Service:
    setting = rng.choice(("COMMUNITY", "COMMUNITY", "BUILDING")) if is_small else pick(rng, _SETTINGS)
    group, house = pick(rng, _GROUPS), rng.choice(HOUSES)
    opened = date(rng.randint(2003, 2017), rng.randint(1, 12), 1)
    slots = _week(rng, setting)
    tier = "1" if is_small else rng.choice("2223")
    placements = _placements(making, rng, authority, group, slots, _size(rng, sector, is_small))
    return Service(
        service_id=service_id,
        name_en=f"{house} {WHAT_BY_SETTING[setting]}",
        name_cy=rng.choice((house, house, None)),
        postcode=_postcode(rng, authority) if setting == "BUILDING" else None,
        la=authority.code,
        setting=setting,
        tier=tier,
        group="MIXED" if rng.random() < 0.15 else group,
        contract_type=_contract(rng, sector, is_small),
        open_from=opened,
        closed_on=None,
        closure_reason=None,
        predecessor_id=None,
        places=_places(rng, placements) if setting in WITH_PLACES.values else None,
        slots=slots,
        unit_cost_gbp=rng.uniform(*_COSTS.get(setting, _USUAL_COST)),
        has_changing_place=rng.random() < 0.4 if setting == "BUILDING" else None,
        welsh_medium=rng.choices(("YES", "BILINGUAL", "ON_REQUEST", "NO"), (8, 32, 45, 15))[0],
        inspectorate_ref=f"SIN-{rng.randint(1000, 9999)}-{rng.randint(100, 999)}" if rng.random() < 0.3 else None,
        placements=placements,
    )


def _size(rng: Random, sector: str, is_small: bool) -> int:
    if is_small:
        return rng.randint(8, 24)
    return rng.randint(18, 44) if sector == "LA" else rng.randint(8, 32)


def _week(rng: Random, setting: str) -> tuple[Slot, ...]:
    days = 5 if setting in {"BUILDING", "WORK", "OUTREACH_1TO1"} else rng.randint(3, 5)
    week = [(day, part) for day in sorted(rng.sample(range(5), days)) for part in HALF_DAYS]
    if setting == "COMMUNITY" and rng.random() < 0.3:
        week.append((rng.randrange(5), "EVE"))
    if setting == "RESPITE_DAY":
        week += [(5, part) for part in HALF_DAYS]
    return tuple(week)


def _postcode(rng: Random, authority: Authority) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"{POST_TOWNS[authority.code]} {rng.randint(1, 9)}{rng.choice(letters)}{rng.choice(letters)}"


def _contract(rng: Random, sector: str, is_small: bool) -> str:
    if sector == "LA":
        return "INHOUSE"
    return rng.choice(("GRANT", "NONE")) if is_small else rng.choice(("BLOCK", "SPOT", "SLA", "SPOT", "DP_ONLY"))


def _places(rng: Random, placements: Sequence[Placement]) -> int:
    """Return how many a session takes: as many as may ever come at once, and a few more."""
    load: dict[Slot, int] = {}
    for placement in placements:
        for slot in placement.slots:
            load[slot] = load.get(slot, 0) + 1
    return max(load.values(), default=1) + rng.randint(1, 3)


def _with_successor(making: _Making, rng: Random, service: Service) -> Iterator[Service]:
    """Yield the service; now and then it closes at the end of a month, and mostly another takes it over."""
    closes = rng.random() < 0.05 and len(making.months) > 1
    month = rng.choice(making.months[:-1]) if closes else None
    if month is None:
        yield service
        return
    reason = rng.choice(("REDESIGN", "PREMISES", "FINANCE", "STAFFING"))
    yield replace(service, closed_on=last_day(month), closure_reason=reason)
    if reason in {"REDESIGN", "PREMISES"}:
        first = last_day(month) + timedelta(days=1)
        moved = tuple(replace(one, start=max(one.start, first)) for one in service.placements if one.end is None)
        yield replace(
            service,
            service_id=f"{service.service_id[:-1]}{int(service.service_id[-1]) + 5}",
            name_en=f"New {service.name_en}",
            open_from=first,
            predecessor_id=service.service_id,
            placements=moved,
        )


# --- people -----------------------------------------------------------------------------------------------------------


def _placements(
    making: _Making, rng: Random, authority: Authority, group: str, slots: tuple[Slot, ...], size: int
) -> tuple[Placement, ...]:
    """Return a service's people: those who were there before the first month, and a few who start later."""
    taken: set[str] = set()
    starters = [month for month in making.months for _ in range(size) if rng.random() < 0.02]
    since = [None] * size + starters
    return tuple(_placement(making, rng, authority, group, slots, month, taken) for month in since)


def _placement(
    making: _Making,
    rng: Random,
    authority: Authority,
    group: str,
    slots: tuple[Slot, ...],
    month: str | None,
    taken: set[str],
) -> Placement:
    person = _somebody(making, rng, authority, group, taken)
    taken.add(person.ref)
    end, reason = _leaving(making, rng) if month is None else (None, None)
    is_near = person.home_la == authority.code
    return Placement(
        person=person,
        start=_start(making, rng, month),
        end=end,
        end_reason=reason,
        slots=_own_slots(making, rng, person, slots),
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


def _start(making: _Making, rng: Random, month: str | None) -> date:
    if month is not None:
        return rng.choice(open_days(month)[:12])
    return first_day(month_before(making.months[0], rng.randint(1, 72))) + timedelta(days=rng.randint(0, 27))


def _leaving(making: _Making, rng: Random) -> tuple[date | None, str | None]:
    """Return when and why a person leaves, if so: in the first days of a month, before coming again."""
    if rng.random() >= 0.018 * len(making.months):
        return None, None
    month = rng.choice(making.months)
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


def _own_slots(making: _Making, rng: Random, person: Person, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Return the half-days on which the person comes: whole days mostly, and none on which they are elsewhere."""
    busy = making.busy.setdefault(person.ref, set())
    days = sorted({day for day, _ in slots if not any(day == other for other, _ in busy)}) or sorted({slots[0][0]})
    chosen = set(rng.sample(days, min(len(days), rng.choices((1, 2, 3, 4), (30, 40, 20, 10))[0])))
    is_half = rng.random() < 0.2
    own = tuple(slot for slot in slots if slot[0] in chosen and not (is_half and slot[1] == "PM"))
    own = own or (slots[0],)
    busy.update(own)
    return own


def _funding(rng: Random, person: Person) -> str:
    if person.commissioning_la == SELF_FUNDED:
        return "SELF"
    return pick(rng, {"LA": 72, "DP": 16, "CHC": 5, "MIXED": 7})


def _offer(rng: Random, person: Person) -> tuple[str, str | None, str | None]:
    made = rng.choices(("Y", "N", "NK"), (68, 24, 8))[0]
    if made != "Y":
        return made, None, None
    wants = 0.9 if person.language == "CY" else 0.1
    accepted = "Y" if rng.random() < wants else "N"
    return made, accepted, rng.choices(("Y", "N", "NK"), (80, 15, 5))[0] if accepted == "Y" else None


def _somebody(making: _Making, rng: Random, authority: Authority, group: str, taken: set[str]) -> Person:
    """Return a new person, or now and then one who already goes somewhere else in this authority."""
    known = making.known.setdefault(authority.code, [])
    if known and rng.random() < 0.05:
        again = rng.choice(known)
        if again.ref not in taken and len(making.busy[again.ref]) <= 4:
            return again
    person = _person(making, rng, authority, group)
    known.append(person)
    return person


def _person(making: _Making, rng: Random, authority: Authority, group: str) -> Person:
    making.people += 1
    commissioner, home = _authorities_of(rng, authority)
    own_group = group if rng.random() < 0.88 else pick(rng, _GROUPS)
    words = f"{commissioner}:{making.people}".encode()
    return Person(
        ref=hmac.new(making.key, words, hashlib.sha256).hexdigest()[:16],
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
        return SELF_FUNDED, ELSEWHERE if chance < 0.004 else authority.code
    if chance < 0.11:
        near = [one.code for one in authorities() if one.region_code == authority.region_code and one != authority]
        other = rng.choice(near or [one.code for one in authorities() if one != authority])
        return other, other
    return authority.code, authority.code


def _age(rng: Random, group: str) -> str:
    if group in {"OP", "DEM"}:
        return rng.choices(_OLDER, (22, 45, 33))[0]
    return rng.choices((*_YOUNGER, "65-74", "NK"), (18, 38, 32, 11, 1))[0]
