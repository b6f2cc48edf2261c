"""The year before the pandemic: one BASELINE return of each authority for each month from April 2019 to February 2020.

The baseline is today's nation scaled up, so that recovery comes out at a known rate for each authority: fewer people
came back than were there, fewer sessions than people, and hours and open sessions by rates of their own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.chance import stream
from dayops_pipeline.sample.days import BASELINE_MONTHS, open_days
from dayops_pipeline.sample.names import POST_TOWNS
from dayops_pipeline.sample.nation import Provider, Service, adults, authority_provider_id
from dayops_pipeline.sample.returns import Posting, Return, return_row
from expectations.contract import Profile
from expectations.months import first_day, month_before
from expectations.reference import Authority, authorities
from expectations.sheets import WITH_PLACES

_KNOWN_RECOVERY = {"W06000023": 0.382}
"""Recovery of people that was published: Powys."""

_WEEKLY_OPENINGS = 10
_SEASON = {"08": 0.9, "12": 0.94}
_HOURS_A_SESSION = 3.1
_SESSIONS_A_WEEK = 3.25
_AGES = ("18-24", "25-44", "45-64", "65-74", "75-84", "85+")


@dataclass(frozen=True, slots=True)
class Recovery:
    """How much of the baseline an authority has today, as shares of people, sessions, hours and open sessions."""

    people: float
    sessions: float
    hours: float
    open_sessions: float


def recovery(seed: int, area_code: str) -> Recovery:
    """Return the authority's rates of recovery: about seven in ten people over the nation."""
    rng = stream(seed, "recovery", area_code)
    people = _KNOWN_RECOVERY.get(area_code) or rng.uniform(0.58, 0.86)
    sessions = people * rng.uniform(0.86, 0.98)
    return Recovery(people, sessions, sessions * rng.uniform(0.8, 0.97), people * rng.uniform(0.75, 1.02))


Key = tuple[str, str, str]
"""A setting, a client group and an age band."""


def _people_now(providers: Sequence[Provider], period: str) -> dict[str, Counter[Key]]:
    """Return the people whom each authority has arranged support for, each counted once."""
    seen: dict[str, Key] = {}
    whose: dict[str, Counter[Key]] = {one.code: Counter() for one in authorities()}
    for service, setting in _services_now(providers, period):
        for person in (placement.person for placement in service.active(period)):
            if person.ref not in seen and person.commissioning_la in whose:
                seen[person.ref] = (setting, person.client_group, person.age_band)
                whose[person.commissioning_la][seen[person.ref]] += 1
    return whose


def _openings_now(providers: Sequence[Provider], period: str) -> Counter[tuple[str, str]]:
    """Return how many half-days a week services are open, by authority of the site and setting."""
    weekly: Counter[tuple[str, str]] = Counter()
    for service, setting in _services_now(providers, period):
        weekly[service.la, setting] += len(service.slots)
    return weekly


def _services_now(providers: Sequence[Provider], period: str) -> Iterator[tuple[Service, str]]:
    """Yield the services that are open and reported on, each with what it would have been before it went online."""
    for provider in providers:
        for service in provider.services:
            if service.is_open(period) and not provider.is_silent:
                yield service, "BUILDING" if service.setting == "DIGITAL" else service.setting


def baseline(seed: int, providers: Sequence[Provider], months: Sequence[str]) -> Iterator[Return]:
    """Yield the baseline returns, authority by authority and month by month."""
    now, weekly = _people_now(providers, months[0]), _openings_now(providers, months[0])
    everyone, known = sum(map(Counter.total, now.values())), sum(adults()[code] for code in now if now[code])
    for authority in sorted(authorities(), key=lambda one: one.sort):
        then = _then(seed, authority, now[authority.code], everyone / max(known, 1))
        for turn, period in enumerate(BASELINE_MONTHS):
            sent_at = datetime.combine(first_day(month_before(months[0], 6)), time(9)) + timedelta(days=turn)
            yield _month(
                seed, authority, then, weekly, Posting(_as_provider(authority), period, 1, 1, sent_at, is_nil=False)
            )


def _then(seed: int, authority: Authority, now: Counter[Key], per_adult: float) -> dict[Key, int]:
    """Return the people of a usual month of the baseline; where nobody reports today, at the nation's rate."""
    rng = stream(seed, "baseline", authority.code)
    rate = recovery(seed, authority.code).people
    if not now:
        people = round(per_adult * adults()[authority.code] / rate)
        now = Counter(("BUILDING", rng.choice(("LD", "OP", "MH")), rng.choice(_AGES)) for _ in range(people))
        rate = 1
    carried, then = rng.random(), dict[Key, int]()
    for key, count in sorted(now.items()):
        whole, carried = divmod(count / rate + carried, 1)
        then[key] = int(whole)
    return {key: count for key, count in then.items() if count}


def _month(
    seed: int, authority: Authority, then: dict[Key, int], weekly: Counter[tuple[str, str]], posting: Posting
) -> Return:
    rng = stream(seed, "baseline", authority.code, posting.period)
    rates = recovery(seed, authority.code)
    rows = [_activity(rng, authority, rates, posting.period, key, count) for key, count in then.items()]
    attended: Counter[str] = Counter()
    for (setting, _, _), row in zip(then, rows, strict=True):
        attended[setting] += int(str(row["sessions_attended"]))
    services = []
    for setting, sessions in sorted(attended.items()):
        openings = (weekly[authority.code, setting] or _WEEKLY_OPENINGS) / rates.open_sessions
        held = round(openings * len(open_days(posting.period)) / 6)
        services.append(_service(authority, setting, sessions, held))
    return Return(posting, {"RETURN": [return_row(rng, posting)], "SERVICES": services, "ACTIVITY": rows})


def _as_provider(authority: Authority) -> Provider:
    return Provider(
        provider_id=authority_provider_id(authority),
        name_en=f"{authority.name_en} Council",
        name_cy=authority.name_cy,
        sector="LA",
        la=authority.code,
        profile=Profile.BASELINE,
        services=(),
        has_agency=False,
    )


def _service_id(authority: Authority, setting: str) -> str:
    """Return the number of the service that stands for all of the authority's services of one setting."""
    return f"DOS9{authority.sort:02d}{sorted((*WITH_PLACES.values, 'WORK', 'OUTREACH_1TO1')).index(setting):03d}"


def _activity(rng: Random, authority: Authority, rates: Recovery, period: str, key: Key, count: int) -> Row:
    setting, group, age = key
    weeks = len(open_days(period)) / 6
    per_person = _SESSIONS_A_WEEK * weeks * rates.people / rates.sessions * _SEASON.get(period[5:], 1)
    attended = max(count, round(count * per_person * rng.uniform(0.97, 1.03)))
    called_off, missed = round(attended * 0.02), round(attended * rng.uniform(0.05, 0.1))
    return {
        "service_id": _service_id(authority, setting),
        "commissioning_la": authority.code,
        "client_group": group,
        "age_band": age,
        "people_enrolled": count + round(count * 0.04),
        "people_attended": count,
        "new_starters": round(count * 0.02),
        "leavers": round(count * 0.02),
        "sessions_planned": attended + called_off + missed,
        "sessions_attended": attended,
        "sessions_cancelled_provider": called_off,
        "sessions_dna": missed,
        "hours_delivered": round(attended * _HOURS_A_SESSION * rates.sessions / rates.hours, 2),
        "people_direct_payment": round(count * 0.08),
        "people_out_of_county": 0,
    }


def _service(authority: Authority, setting: str, attended: int, held: int) -> Row:
    return {
        "service_id": _service_id(authority, setting),
        "service_name_en": f"{authority.name_en} day services",
        "service_name_cy": None,
        "site_postcode": f"{POST_TOWNS[authority.code]} 1AA" if setting == "BUILDING" else None,
        "service_la": authority.code,
        "setting": setting,
        "tier": "2",
        "client_group_main": "MIXED",
        "contract_type": "INHOUSE",
        "open_from": date(2012, 4, 1),
        "places_per_session": int(attended / held * 1.2) + 1 if setting in WITH_PLACES.values else None,
        "open_sessions_planned": held + 1,
        "open_sessions_held": held,
        "welsh_medium": "ON_REQUEST",
    }
