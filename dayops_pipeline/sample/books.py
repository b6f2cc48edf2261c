"""What a provider's books say of a month, sheet by sheet, as rows of plain values under the contract's column names.

Every figure follows from the diary or is consistent with it: a return that was not spoiled breaks no rule.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from dayops_pipeline.sample.diary import Diary, Tally
from dayops_pipeline.sample.nation import Provider, Service
from dayops_pipeline.sample.people import Placement
from expectations.contract import RatioBetween
from expectations.months import last_day
from expectations.rules import CONTRACT

Value = str | int | float | date | bool | None
Row = dict[str, Value]
_WEEKS_IN_A_MONTH = 4.33
_USUALLY_ATTENDED = 0.85


@dataclass(frozen=True, slots=True)
class Books:
    """What the sheets of one month are made from."""

    provider: Provider
    period: str
    rng: Random
    diaries: dict[str, Diary]

    @property
    def services(self) -> list[Service]:
        """Return the services that were open in the month."""
        return [one for one in self.provider.services if one.service_id in self.diaries]

    def each(self) -> Iterator[tuple[Service, Diary]]:
        """Yield each open service with its diary."""
        for service in self.services:
            yield service, self.diaries[service.service_id]


def services(books: Books) -> list[Row]:
    """Return the SERVICES sheet."""
    return [_service(books.period, service, told) for service, told in books.each()]


def _service(period: str, service: Service, told: Diary) -> Row:
    is_closed = service.closed_on is not None and service.closed_on <= last_day(period)
    return {
        "service_id": service.service_id,
        "service_name_en": service.name_en,
        "service_name_cy": service.name_cy,
        "site_postcode": service.postcode,
        "service_la": service.la,
        "setting": service.setting,
        "tier": service.tier,
        "client_group_main": service.group,
        "contract_type": service.contract_type,
        "open_from": service.open_from,
        "closed_on": service.closed_on if is_closed else None,
        "closure_reason": service.closure_reason if is_closed else None,
        "predecessor_service_id": service.predecessor_id,
        "places_per_session": service.places,
        "open_sessions_planned": told.sessions_planned,
        "open_sessions_held": told.sessions_held,
        "accessible_changing_place": service.has_changing_place,
        "welsh_medium": service.welsh_medium,
        "ciw_service_ref": service.inspectorate_ref,
    }


# --- people and activity ----------------------------------------------------------------------------------------------

Cell = list[tuple[Placement, Tally]]


def _cells(told: Diary, key: Callable[[Placement], tuple[str, ...]]) -> dict[tuple[str, ...], Cell]:
    found: dict[tuple[str, ...], Cell] = {}
    for pair in told.tallies.values():
        found.setdefault(key(pair[0]), []).append(pair)
    return dict(sorted(found.items()))


def _group(placement: Placement) -> tuple[str, ...]:
    return placement.person.commissioning_la, placement.person.client_group


def _group_and_age(placement: Placement) -> tuple[str, ...]:
    return *_group(placement), placement.person.age_band


def activity(books: Books) -> list[Row]:
    """Return the ACTIVITY sheet: the diaries added up."""
    return [
        {"service_id": service.service_id, **_activity(books.period, service, key, cell)}
        for service, told in books.each()
        for key, cell in _cells(told, _group_and_age).items()
    ]


def _activity(period: str, service: Service, key: tuple[str, ...], cell: Cell) -> Row:
    came = [placement for placement, tally in cell if tally.attended]
    return {
        **dict(zip(("commissioning_la", "client_group", "age_band"), key, strict=True)),
        "people_enrolled": sum(one.end is None or one.end > last_day(period) for one, _ in cell),
        "people_attended": len(came),
        "new_starters": sum(f"{one.start:%Y-%m}" == period for one, _ in cell),
        "leavers": sum(one.end is not None and one.end <= last_day(period) for one, _ in cell),
        "sessions_planned": sum(tally.planned for _, tally in cell),
        "sessions_attended": sum(tally.attended for _, tally in cell),
        "sessions_cancelled_provider": sum(tally.called_off for _, tally in cell),
        "sessions_dna": sum(tally.missed for _, tally in cell),
        "hours_delivered": sum(tally.hours for _, tally in cell),
        "people_direct_payment": sum(one.funding == "DP" for one in came),
        "people_out_of_county": sum(one.person.home_la != service.la for one in came),
        "people_transport_provided": sum(one.has_transport for one in came),
        "people_digital": sum(tally.online > 0 for _, tally in cell),
    }


def people(books: Books) -> list[Row]:
    """Return the PEOPLE sheet."""
    return [
        _person(books.period, service, placement)
        for service, told in books.each()
        for placement, _ in told.tallies.values()
    ]


def _person(period: str, service: Service, placement: Placement) -> Row:
    person = placement.person
    has_left = placement.end is not None and placement.end <= last_day(period)
    return {
        "person_ref": person.ref,
        "service_id": service.service_id,
        "commissioning_la": person.commissioning_la,
        "home_la": person.home_la,
        "age_band": person.age_band,
        "gender": person.gender,
        "ethnicity_broad": person.ethnicity,
        "client_group": person.client_group,
        "preferred_language": person.language,
        "active_offer_made": placement.offer[0],
        "active_offer_accepted": placement.offer[1],
        "delivered_in_preferred": placement.offer[2],
        "start_date": placement.start,
        "end_date": placement.end if has_left else None,
        "end_reason": placement.end_reason if has_left else None,
        "funding": placement.funding,
        "sessions_per_week_planned": len(placement.slots),
        "travel_minutes": placement.travel_minutes,
        "has_unpaid_carer": person.carer,
        "plan_reviewed_12m": placement.reviewed,
        "plan_coproduced": placement.coproduced,
    }


def attendance(books: Books) -> list[Row]:
    """Return the ATTENDANCE sheet."""
    return [
        {
            "person_ref": placement.person.ref,
            "service_id": service.service_id,
            "date": day,
            "part": part,
            "status": status,
            "hours": hours,
            "mode": mode,
        }
        for service, told in books.each()
        for placement, day, part, status, hours, mode in told.visits
    ]


# --- waiting, carers, volunteers, outcomes ----------------------------------------------------------------------------


def waiting(books: Books) -> list[Row]:
    """Return the WAITING sheet: for each service that has a list, and an authority's own."""
    rows = [
        _waiting(books.rng, service.service_id, *key)
        for service, told in books.each()
        for key in _cells(told, _group)
        if books.rng.random() < 0.5
    ]
    if books.provider.sector == "LA":
        rows += [_waiting(books.rng, None, books.provider.la, group) for group in ("LD", "MH", "OP")]
    return rows


def _waiting(rng: Random, service_id: str | None, commissioner: str, group: str) -> Row:
    bands = [rng.randint(0, most) for most in ((4, 3, 3, 2) if service_id else (14, 9, 8, 5))]
    offers = rng.randint(0, 4)
    return {
        "service_id": service_id,
        "commissioning_la": commissioner,
        "client_group": group,
        "waiting_total": sum(bands),
        **dict(zip(("wait_0_6w", "wait_6_12w", "wait_12_26w", "wait_26w_plus"), bands, strict=True)),
        "median_wait_days": rng.randint(14, 120) if sum(bands) else None,
        "offers_made": offers,
        "offers_declined": rng.randint(0, offers),
    }


def carers(books: Books) -> list[Row]:
    """Return the CARERS sheet: those who care for the people who came."""
    return [row for service, told in books.each() for row in _carers(books.rng, service, told)]


def _carers(rng: Random, service: Service, told: Diary) -> Iterator[Row]:
    hours = [tally.hours for one, tally in told.tallies.values() if one.person.carer == "Y" and tally.attended]
    young = hours[:: max(12, len(hours))] if rng.random() < 0.2 else []
    if hours:
        yield _carer(rng, service, "ADULT", hours[len(young) :])
    if young:
        yield _carer(rng, service, "YOUNG_ADULT", young)


def _carer(rng: Random, service: Service, group: str, hours: list[float]) -> Row:
    delivered = round(sum(hours) * rng.uniform(0.7, 0.95), 2)
    count = len(hours)
    return {
        "service_id": service.service_id,
        "carer_group": group,
        "carers_supported": count,
        "respite_hours_planned": round(delivered / rng.uniform(0.85, 1), 2),
        "respite_hours_delivered": delivered,
        "short_breaks": rng.randint(0, count),
        "carers_new_to_services": rng.randint(0, count // 6),
        "carers_offered_assessment": count - rng.randint(0, count // 3),
    }


def volunteers(books: Books) -> list[Row]:
    """Return the VOLUNTEERS sheet: the services that have any."""
    likely = 0.8 if books.provider.sector in {"THIRD", "SOCENT", "COOP"} else 0.2
    return [_volunteers(books.rng, one) for one in books.services if books.rng.random() < likely]


def _volunteers(rng: Random, service: Service) -> Row:
    active = rng.randint(2, 14)
    return {
        "service_id": service.service_id,
        "volunteers_active": active,
        "volunteer_hours": round(active * rng.uniform(4, 12), 2),
        "volunteers_new": rng.randint(0, active // 4),
        "volunteers_lived_experience": rng.randint(0, active // 2),
        "coordinator_paid_hours": rng.choice((None, round(rng.uniform(4, 30), 2))),
    }


def outcomes(books: Books) -> list[Row]:
    """Return the OUTCOMES sheet."""
    return [
        {
            "service_id": service.service_id,
            **dict(zip(("commissioning_la", "client_group"), key, strict=True)),
            **_outcomes(books.rng, key[1], len(cell)),
        }
        for service, told in books.each()
        for key, cell in _cells(told, _group).items()
    ]


def _outcomes(rng: Random, group: str, count: int) -> Row:
    due = _some(rng, count, 0.15)
    on_time = _some(rng, due, 0.8)
    looked_at = _some(rng, count * 2, 0.3)
    full = _some(rng, looked_at, 0.5)
    goal = _some(rng, count, 0.3) if group in {"LD", "AUT", "MH"} else 0
    paid = _some(rng, goal, 0.2)
    return {
        "plans_due_review": due,
        "plans_reviewed_on_time": on_time,
        "plans_coproduced": _some(rng, on_time, 0.7),
        "outcomes_reviewed": looked_at,
        "outcomes_achieved_full": full,
        "outcomes_achieved_part": _some(rng, looked_at - full, 0.6),
        "people_job_goal": goal,
        "people_paid_work": paid,
        "people_paid_work_16h": _some(rng, paid, 0.4),
        "people_work_13w_sustained": _some(rng, paid, 0.5),
        "people_volunteering": _some(rng, count, 0.1),
        "people_training": _some(rng, count, 0.12),
    }


def _some(rng: Random, whole: int, share: float) -> int:
    return sum(rng.random() < share for _ in range(whole))


# --- staff and money --------------------------------------------------------------------------------------------------


def finance(books: Books) -> list[Row]:
    """Return the FINANCE sheet; agency costs stand with the first service of each authority."""
    seen: set[str] = set()
    rows = []
    for service, told in books.each():
        has_agency = books.provider.has_agency and service.la not in seen
        seen.add(service.la)
        rows.append({"service_id": service.service_id, **_finance(books, service, told, has_agency)})
    return rows


def _finance(books: Books, service: Service, told: Diary, has_agency: bool) -> Row:
    rng = books.rng
    # Half of the costs come whether people come or not.
    usual = _WEEKS_IN_A_MONTH * sum(len(one.slots) for one, _ in told.tallies.values()) * _USUALLY_ATTENDED
    all_costs = service.unit_cost_gbp * max((told.attended + usual) / 2, 20)
    agency = max(round(all_costs * rng.uniform(0.03, 0.09), 2), 50.0) if has_agency else 0.0
    shares = (("cost_staff", 0.62), ("cost_premises", 0.12), ("cost_transport", 0.13), ("cost_other", 0.08))
    costs = {name: round(all_costs * share * rng.uniform(0.95, 1.05), 2) for name, share in shares}
    charges = round(told.attended * rng.uniform(3, 7), 2)
    is_transport_free = any(one.has_transport for one, tally in told.tallies.values() if tally.attended)
    return {
        "cost_staff": costs.pop("cost_staff"),
        "cost_agency": agency,
        **costs,
        "income_la": round(all_costs * rng.uniform(0.7, 0.85), 2),
        "income_dp": round(all_costs * rng.uniform(0.05, 0.12), 2),
        "income_charges": charges,
        "income_charges_transport": None if is_transport_free else round(charges * rng.uniform(0, 0.4), 2),
        "income_grant": round(all_costs * rng.choice((0, 0, 0.05)), 2),
        "income_other": round(rng.uniform(0, 400), 2),
        "charge_per_session": rng.choice((None, 5.5, 8.0, 12.5)),
        "maintenance_backlog": rng.choice((None, 0.0, 12500.0)) if service.setting == "BUILDING" else None,
    }


def workforce(books: Books) -> list[Row]:
    """Return the WORKFORCE sheet: one group of services in each authority."""
    places = list(dict.fromkeys(service.la for service in books.services))
    return [
        {"service_group": f"DAY_{number}", "service_la": la, "role": role, **_staff(books, role, count)}
        for number, la in enumerate(places, 1)
        for role, count in _roles(books, la)
    ]


def _roles(books: Books, la: str) -> Iterable[tuple[str, int]]:
    here = [service for service in books.services if service.la == la]
    size = sum(len(service.active(books.period)) for service in here)
    yield "MANAGER", 1
    yield "SUPPORT", max(2, size // 4)
    if size > 20:
        yield "SENIOR", max(1, size // 20)
        yield "DRIVER", max(1, size // 18)
    if any(service.setting == "WORK" for service in here):
        yield "JOB_COACH", max(1, size // 15)
    if books.provider.sector == "LA":
        yield "ADMIN", max(1, size // 30)
        yield "LAC", 1


def _staff(books: Books, role: str, count: int) -> Row:
    rng = books.rng
    fixed = _some(rng, count, 0.12)
    agency = rng.randint(1, 1 + count // 4) if books.provider.has_agency and role == "SUPPORT" else 0
    contract_hours = sum(rng.choice((22.5, 30, 37, 37)) for _ in range(count))
    agency_hours = agency * rng.choice((40.0, 60.5, 75.0))
    below = _some(rng, count, 0.12) if role in {"SUPPORT", "DRIVER"} else 0
    unknown = _some(rng, count - below, 0.04)
    none = _some(rng, count, 0.6)
    some = _some(rng, count - none, 0.6)
    return {
        "headcount_perm": count - fixed,
        "headcount_fixed": fixed,
        "headcount_agency": agency,
        "contract_hours_week": contract_hours,
        "wte": round(contract_hours / _full_time_hours(role), 2),
        "agency_hours_month": agency_hours,
        "total_hours_month": round(contract_hours * _WEEKS_IN_A_MONTH + agency_hours, 2),
        "vacant_wte": round(_some(rng, count, 0.08) * 0.8, 2),
        "leavers_12m": _some(rng, count, 0.2),
        "starters_12m": _some(rng, count, 0.18),
        "sickness_days": rng.choice((None, float(_some(rng, count, 0.6)))),
        "paid_at_or_above_rlw": count - below - unknown,
        "paid_below_rlw": below,
        "pay_unknown": unknown,
        "qualified_required": _some(rng, count, 0.7),
        "welsh_none": none,
        "welsh_some": some,
        "welsh_fluent": count - none - some,
    }


def _full_time_hours(role: str) -> float:
    """Return the hours of a whole-time week that the rule on whole-time equivalents takes for this role."""
    for check in CONTRACT.row_checks("WORKFORCE"):
        if isinstance(check, RatioBetween) and check.column == "wte" and check.when and role in check.when.values:
            return round(2 / (check.least + check.most), 6)
    raise KeyError(role)
