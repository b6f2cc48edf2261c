"""A small world of loaded returns for tests of the statistics: rows of submissions, put straight into the tables.

`World` holds plain rows, so that a test can count them by hand; nothing here reads a file or checks a rule.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from expectations import contract
from expectations.codes import CODE_LISTS
from expectations.rules import CONTRACT
from warehouse import facts, ledger
from warehouse.ledger import submission_id_of
from warehouse.metadata import metadata
from warehouse.tables import FACTS

Row = dict[str, Any]

ANGLESEY, GWYNEDD, POWYS, CARDIFF, VALE = "W06000001", "W06000002", "W06000023", "W06000015", "W06000014"


@dataclass
class World:
    """Submissions, their rows by sheet, and the register."""

    submissions: dict[int, Row] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in FACTS})
    register: list[Row] = field(default_factory=list)

    def submission(self, provider: int, month: str, **given: Any) -> int:
        """Add a submission, current unless told otherwise, and return its number."""
        period = date.fromisoformat(f"{month}-01")
        number = given.get("submission_no", 1)
        sha256 = hashlib.sha256(f"{provider} {month} {number}".encode()).hexdigest()
        place = {"provider_id": f"DOP{provider:05}", "period": period, "spec_version": "1.0"}
        own = {
            "submission_id": submission_id_of(sha256),
            "sha256": sha256,
            "size_bytes": 1,
            "received_at": datetime(2027, 4, 20, tzinfo=UTC),
            "file_name": f"{provider}-{month}-{number}.xlsx",
            "state": "accepted",
            "is_current": True,
            "return_id": "00000000-0000-0000-0000-000000000000",
        }
        row = {**_filled("RETURN", period), **place, "submission_no": number, "profile": "FULL", **own, **given}
        self.submissions[row["submission_id"]] = row
        return int(row["submission_id"])

    def row(self, sheet: str, submission: int, **given: Any) -> Row:
        """Add a row to a sheet of a submission; what is not given is zero, false, or the first of its code list."""
        period = self.submissions[submission]["period"]
        place = {"submission_id": submission, "row_number": len(self.rows[sheet]) + 2, "period": period}
        row = {**_filled(sheet, period), **place, **given}
        self.rows[sheet].append(row)
        return row

    def service(self, submission: int, number: int, area: str, **given: Any) -> str:
        """Add a service to a submission and return its id; register it with `expect` where the register knows it."""
        service_id = f"DOS{number:06}"
        self.row(
            "SERVICES", submission, service_id=service_id, service_la=area, **{"open_from": date(2015, 1, 1), **given}
        )
        return service_id

    def expect(self, number: int, area: str, since: str = "2026-04-01", until: str | None = None) -> None:
        """Add a service to the register."""
        self.register.append(
            {
                "service_id": f"DOS{number:06}",
                "expected_from": date.fromisoformat(since),
                "expected_to": until and date.fromisoformat(until),
                "provider_id": f"DOP{number // 10:05}",
                "provider_name": "A provider",
                "sector": "LA",
                "service_la": area,
            }
        )

    def attend(self, submission: int, service: str, person: int, *, sessions: int = 1, **given: Any) -> None:
        """Put a person on the register of a service, and have them come `sessions` times."""
        month = self.submissions[submission]["period"]
        who = {"person_ref": f"{person:032x}", "service_id": service}
        self.row("PEOPLE", submission, **{**who, "start_date": date(2018, 1, 1), **given})
        for day in range(1, sessions + 1):
            self.row("ATTENDANCE", submission, **who, date=month.replace(day=day), part="AM", status="ATT", hours=3)

    def put(self, c: Connection) -> None:
        """Insert everything into the warehouse."""
        if self.register:
            c.execute(insert(metadata.tables["landing.registered_service"]), self.register)
        c.execute(insert(metadata.tables["landing.submission"]), list(self.submissions.values()))
        for sheet, rows in self.rows.items():
            if rows:
                c.execute(insert(FACTS[sheet]), rows)
        facts.summarise(ledger.driver(c), list(self.submissions))


def _filled(sheet: str, period: date) -> Row:
    return {column.name: _plain(column, period) for column in CONTRACT.sheet(sheet).columns}


def _plain(column: contract.Column, period: date) -> Any:
    if column.need is not contract.Need.REQUIRED:
        return None
    match column.kind:
        case contract.Count() | contract.Amount():
            return 0
        case contract.Code(list_name=list_name):
            return next(iter(CODE_LISTS[list_name]))
        case contract.Area():
            return ANGLESEY
        case contract.Day() | contract.Month():
            return period
        case contract.Flag():
            return False
        case contract.Text() | contract.Pattern():
            return "x"


# --- a world at random ------------------------------------------------------------------------------------------------

MONTHS = ("2026-08", "2026-09", "2027-02", "2027-03")
BASELINE_MONTHS = ("2019-08", "2019-09", "2020-01", "2020-02")
_PLACES = (ANGLESEY, GWYNEDD, POWYS, CARDIFF, VALE)
_GROUPS = ("LD", "OP", "AUT")
_AGES = ("18-24", "65-74")


def random_world(seed: int) -> World:
    """Return six providers over four months and a baseline: all sheets, gaps, a superseded version and a nil return."""
    chance = Random(seed)  # noqa: S311 - a test's world, not a secret
    world = World()
    for provider in range(1, 7):
        profile = "FULL" if provider % 2 else "LITE"
        for month in MONTHS:
            if (provider, month) not in {(3, "2026-09"), (4, "2027-03")}:
                _a_return(world, chance, provider, month, profile)
        for month in BASELINE_MONTHS[: 3 if provider == 2 else 4]:
            if provider != 5:
                _a_return(world, chance, provider, month, "BASELINE")
        for number in range(2):
            world.expect(provider * 10 + number, _place(provider, number))
    _oddities(world, chance)
    return world


def _oddities(world: World, chance: Random) -> None:
    """A version that was replaced, a nil return, and a registered service that never returned."""
    replaced = _a_return(world, chance, 1, "2027-03", "FULL", submission_no=9, is_current=False)
    assert world.submissions[replaced]["is_current"] is False
    world.submission(7, "2027-03", profile="LITE", nil_return=True, nil_reason="NO_CLIENTS")
    world.expect(70, CARDIFF)
    world.expect(80, VALE, until="2026-12-31")


def _place(provider: int, number: int) -> str:
    return _PLACES[(provider + 2 * number) % len(_PLACES)]


def _a_return(world: World, chance: Random, provider: int, month: str, profile: str, **given: Any) -> int:
    sectors = list(CODE_LISTS["provider_sector"])
    told = {"provider_sector": sectors[provider % 3], "lead_la": _place(provider, 0), "profile": profile, **given}
    submission = world.submission(provider, month, **told)
    services = [_a_service(world, chance, submission, provider, number) for number in range(2)]
    for service in services:
        _activity(world, chance, submission, service)
        if profile != "BASELINE":
            _service_sheets(world, chance, submission, service)
        if profile == "FULL":
            _people(world, chance, submission, service)
    if profile != "BASELINE" and month[-2:] in {"09", "03"}:
        _snapshots(world, chance, submission, services, provider)
    return submission


def _a_service(world: World, chance: Random, submission: int, provider: int, number: int) -> str:
    month = world.submissions[submission]["period"]
    settings = ("BUILDING", "COMMUNITY", "DIGITAL")
    changed = chance.random() < 0.3
    setting = settings[(provider + number + changed) % 3]
    facts = {"tier": str(1 + (provider + number) % 3), "open_sessions_held": chance.randint(0, 40)}
    places = {"places_per_session": None if setting == "DIGITAL" else chance.randint(0, 9)}
    service = world.service(
        submission, provider * 10 + number, _place(provider, number), setting=setting, **facts, **places
    )
    if changed:
        later = {"open_from": month.replace(day=9), "setting": settings[0], "places_per_session": 3}
        world.service(submission, provider * 10 + number, _place(provider, number), **{**facts, **later})
    return service


def _activity(world: World, chance: Random, submission: int, service: str) -> None:
    for group in _GROUPS:
        for age in _AGES:
            for commissioner in sorted({chance.choice((*_PLACES, "SELF")), chance.choice(_PLACES)}):
                if chance.random() < 0.7:
                    _activity_row(world, chance, submission, service_id=service, client_group=group, age_band=age,
                                  commissioning_la=commissioner)  # fmt: skip


def _activity_row(world: World, chance: Random, submission: int, **key: str) -> None:
    people = chance.randint(0, 7)
    world.row(
        "ACTIVITY",
        submission,
        **key,
        people_enrolled=people + 1,
        people_attended=people,
        sessions_planned=people * 9,
        sessions_attended=people * chance.randint(1, 8),
        sessions_cancelled_provider=chance.randint(0, 3),
        hours_delivered=f"{people * chance.randint(1, 8) * 2.75:.2f}",
        people_direct_payment=chance.randint(0, people),
        people_digital=chance.choice((None, chance.randint(0, people))),
    )


def _service_sheets(world: World, chance: Random, submission: int, service: str) -> None:
    if chance.random() < 0.8:
        costs = {
            f"cost_{what}": chance.randint(0, 90_000) / 100
            for what in ("staff", "agency", "premises", "transport", "other")
        }
        world.row("FINANCE", submission, service_id=service, **costs)
    if chance.random() < 0.5:
        world.row("VOLUNTEERS", submission, service_id=service, volunteer_hours=chance.randint(0, 300) / 4)
    for group in CODE_LISTS["carer_group"]:
        hours = {
            "respite_hours_planned": chance.randint(0, 90) / 2,
            "respite_hours_delivered": chance.randint(0, 90) / 4,
        }
        world.row(
            "CARERS", submission, service_id=service, carer_group=group, carers_supported=chance.randint(0, 9), **hours
        )
    for group in _GROUPS:
        _outcome(world, chance, submission, service_id=service, client_group=group)


def _outcome(world: World, chance: Random, submission: int, **key: str) -> None:
    goal, reviewed, outcomes = (chance.randint(0, 9) for _ in range(3))
    full = chance.randint(0, outcomes)
    work = chance.randint(0, goal)
    world.row(
        "OUTCOMES",
        submission,
        **key,
        commissioning_la=chance.choice((*_PLACES, "SELF")),
        plans_due_review=9,
        plans_reviewed_on_time=reviewed,
        plans_coproduced=chance.randint(0, reviewed),
        outcomes_reviewed=outcomes,
        outcomes_achieved_full=full,
        outcomes_achieved_part=chance.randint(0, outcomes - full),
        people_job_goal=goal,
        people_paid_work=work,
        people_work_13w_sustained=chance.randint(0, work),
    )


def _people(world: World, chance: Random, submission: int, service: str) -> None:
    for person in chance.sample(range(30), 12):
        made = chance.choice(("Y", "N", "NK"))
        accepted = chance.choice(("Y", "N", "NK")) if made == "Y" else None
        world.attend(
            submission,
            service,
            person,
            sessions=chance.choice((0, 1, 2)),
            commissioning_la=chance.choice((*_PLACES, "SELF")),
            client_group=chance.choice(_GROUPS),
            age_band=chance.choice(_AGES),
            active_offer_made=made,
            active_offer_accepted=accepted,
            delivered_in_preferred=chance.choice(("Y", "N", "NK")) if accepted == "Y" else None,
            travel_minutes=chance.choice((None, 20, 45, 46, 90)),
        )


def _snapshots(world: World, chance: Random, submission: int, services: list[str], provider: int) -> None:
    for group in _GROUPS:
        bands = [chance.randint(0, 4) for _ in range(4)]
        names = ("wait_0_6w", "wait_6_12w", "wait_12_26w", "wait_26w_plus")
        place = {"service_id": chance.choice((None, *services)), "commissioning_la": chance.choice((*_PLACES, "SELF"))}
        world.row(
            "WAITING",
            submission,
            client_group=group,
            **place,
            waiting_total=sum(bands),
            **dict(zip(names, bands, strict=True)),
        )
    for role in ("MANAGER", "SUPPORT"):
        counts = (
            "headcount_perm",
            "headcount_fixed",
            "leavers_12m",
            "starters_12m",
            "paid_at_or_above_rlw",
            "paid_below_rlw",
        )
        more = {
            name: chance.randint(0, 9) for name in (*counts, "pay_unknown", "welsh_none", "welsh_some", "welsh_fluent")
        }
        hours = {
            name: chance.randint(0, 999) / 4
            for name in ("agency_hours_month", "total_hours_month", "wte", "vacant_wte")
        }
        world.row(
            "WORKFORCE", submission, service_group="ALL", service_la=_place(provider, 0), role=role, **more, **hours
        )
