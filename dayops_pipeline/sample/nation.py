"""The made-up nation: providers in each authority, and their services.

The same seed makes the same nation. Who comes to a service is told in `people`, what happens in a month in `diary` and
`books`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from dayops_pipeline.sample.chance import pick, stream
from dayops_pipeline.sample.names import HOUSES, POST_TOWNS, TRADES, WHAT_BY_SETTING
from dayops_pipeline.sample.people import GROUPS, People, Placement, Slot, placements_of
from expectations.contract import Profile
from expectations.months import first_day, last_day
from expectations.reference import Authority, authorities, populations
from expectations.sheets import WITH_PLACES

_POPULATION = ("mid2020", "18plus")
_HALF_DAYS = ("AM", "PM")
_SECTORS = {"THIRD": 44, "PRIVATE": 24, "SOCENT": 16, "NHS": 8, "COOP": 8}
_SETTINGS = {"BUILDING": 55, "COMMUNITY": 20, "WORK": 10, "OUTREACH_1TO1": 6, "RESPITE_DAY": 5, "DIGITAL": 4}
_COSTS = {"OUTREACH_1TO1": (95, 130), "DIGITAL": (25, 40), "COMMUNITY": (45, 75)}
_USUAL_COST = (58, 88)


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


def nation(seed: int, providers: int, months: Sequence[str]) -> tuple[Provider, ...]:
    """Return `providers` providers that send returns, in StatsWales order of authority, and a few that never do."""
    people = People(tuple(months), hashlib.sha256(f"person key of sample {seed}".encode()).digest())
    made = [_provider(seed, people, authority, turn) for authority, turn in _seats(providers)]
    return *made, *_silent(seed, people, providers)


def _silent(seed: int, people: People, providers: int) -> Iterator[Provider]:
    """Yield the providers that are registered and never send anything: one for each thirty that do."""
    rng = stream(seed, "silent")
    for turn in range(900, 900 + providers // 30):
        yield replace(_provider(seed, people, rng.choice(authorities()), turn), is_silent=True)


# --- how many, and where ----------------------------------------------------------------------------------------------


def adults() -> dict[str, int]:
    """Return the people aged 18 and over by authority."""
    return {one.area_code: one.people for one in populations() if (one.vintage, one.age_group) == _POPULATION}


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


# --- providers and services -------------------------------------------------------------------------------------------


def _provider(seed: int, people: People, authority: Authority, turn: int) -> Provider:
    rng = stream(seed, "provider", authority.code, turn)
    sector = "LA" if turn == 0 else pick(rng, _SECTORS)
    number = authority.sort * 1000 + turn
    is_small = sector in {"THIRD", "SOCENT", "COOP"} and rng.random() < 0.42
    count = 1 if is_small else rng.choices((1, 2, 3), (4, 4, 2) if sector != "LA" else (0, 5, 5))[0]
    services = [_service(people, rng, authority, f"DOS{number:05d}{one}", sector, is_small) for one in range(count)]
    house = rng.choice(HOUSES)
    return Provider(
        provider_id=authority_provider_id(authority) if turn == 0 else f"DOP{number:05d}",
        name_en=f"{authority.name_en} Council" if turn == 0 else f"{house} {rng.choice(TRADES[sector])}",
        name_cy=authority.name_cy if turn == 0 else rng.choice((house, None)),
        sector=sector,
        la=authority.code,
        profile=Profile.LITE if is_small else Profile.FULL,
        services=tuple(one for service in services for one in _with_successor(people, rng, service)),
        has_agency=not is_small and rng.random() < 0.35,
    )


def _service(
    people: People, rng: Random, authority: Authority, service_id: str, sector: str, is_small: bool
) -> Service:
    setting = rng.choice(("COMMUNITY", "COMMUNITY", "BUILDING")) if is_small else pick(rng, _SETTINGS)
    group, house = pick(rng, GROUPS), rng.choice(HOUSES)
    opened = date(rng.randint(2003, 2017), rng.randint(1, 12), 1)
    slots = _week(rng, setting)
    tier = "1" if is_small else rng.choice("2223")
    placements = placements_of(people, rng, authority, group, slots, _size(rng, sector, is_small))
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
    week = [(day, part) for day in sorted(rng.sample(range(5), days)) for part in _HALF_DAYS]
    if setting == "COMMUNITY" and rng.random() < 0.3:
        week.append((rng.randrange(5), "EVE"))
    if setting == "RESPITE_DAY":
        week += [(5, part) for part in _HALF_DAYS]
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


def _with_successor(people: People, rng: Random, service: Service) -> Iterator[Service]:
    """Yield the service; now and then it closes at the end of a month, and mostly another takes it over."""
    closes = rng.random() < 0.05 and len(people.months) > 1
    month = rng.choice(people.months[:-1]) if closes else None
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
