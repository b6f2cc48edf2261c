"""Returns as providers type them: a good FULL one of one service for a quarter-end month, to spoil one cell of.

Everything here keeps every rule. Rows as they are judged are made in `warehouse_makers`, rows as they are loaded in
`world`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from expectations.codes import CODE_LISTS
from expectations.contract import (
    ROW,
    Amount,
    Area,
    Code,
    Column,
    Count,
    Day,
    Flag,
    Kind,
    Month,
    Need,
    Pattern,
    Profile,
    Text,
)
from expectations.rules import CONTRACT
from resources.restricted import StoredSheet

PERIOD = "2026-09"
PROVIDER, SERVICE, AREA = "DOP00001", "DOS000001", "W06000023"
PERSON = "0123456789abcdef"

Cells = dict[str, str | None]
Sheets = dict[str, list[Cells]]

_FITTING: Mapping[str, Mapping[str, str | None]] = {
    "RETURN": {
        "return_id": "6f1c2d3e-4a5b-4c6d-8e7f-901234567890",
        "provider_id": PROVIDER,
        "provider_name_en": "Hafan Days",
        "provider_name_cy": "Dyddiau Hafan",
        "period": PERIOD,
        "submission_no": "1",
        "profile": "FULL",
        "nil_return": "FALSE",
        "nil_reason": None,
        "prepared_by_role": "Service manager",
        "declared_on": "2026-10-05",
    },
    "SERVICES": {
        "site_postcode": "LD1 5LG",
        "setting": "BUILDING",
        "open_from": "2019-04-01",
        "closed_on": None,
        "closure_reason": None,
        "predecessor_service_id": None,
        "places_per_session": "10",
        "open_sessions_planned": "20",
        "open_sessions_held": "20",
    },
    "ACTIVITY": {
        "people_enrolled": "10",
        "people_attended": "8",
        "sessions_planned": "100",
        "sessions_attended": "80",
        "sessions_cancelled_provider": "5",
        "sessions_dna": "15",
        "hours_delivered": "240.50",
        "people_out_of_county": "0",
    },
    "PEOPLE": {"start_date": "2026-01-05", "end_date": None, "end_reason": None, "sessions_per_week_planned": "4"},
    "ATTENDANCE": {"date": "2026-09-07", "status": "ATT", "hours": "3.00", "mode": "IN_PERSON"},
    "FINANCE": {"cost_staff": "4000.00"},
    "WAITING": {
        "waiting_total": "10",
        "wait_0_6w": "4",
        "wait_6_12w": "3",
        "wait_12_26w": "2",
        "wait_26w_plus": "1",
        "median_wait_days": "40",
    },
    "WORKFORCE": {
        "service_group": "DAY_NORTH",
        "role": "SUPPORT",
        "headcount_perm": "4",
        "headcount_fixed": "1",
        "headcount_agency": "1",
        "contract_hours_week": "156",
        "wte": "4",
        "agency_hours_month": "20",
        "total_hours_month": "600",
        "paid_at_or_above_rlw": "3",
        "paid_below_rlw": "1",
        "pay_unknown": "1",
    },
    "OUTCOMES": {
        "plans_due_review": "5",
        "plans_reviewed_on_time": "4",
        "outcomes_reviewed": "10",
        "outcomes_achieved_full": "4",
        "outcomes_achieved_part": "3",
        "people_paid_work": "3",
        "people_paid_work_16h": "1",
        "people_work_13w_sustained": "2",
    },
}


def a_row(sheet: str, **changes: str | None) -> Cells:
    """Return a row of `sheet` that keeps every rule, with `changes` put in."""
    columns = CONTRACT.sheet(sheet).columns
    fitting = {**{column.name: _filled(column) for column in columns}, **_FITTING.get(sheet, {})}
    unknown = set(changes) - set(fitting)
    assert not unknown, f"{sheet} has no {unknown}"
    return {**fitting, **changes}


def people(count: int = 8) -> list[Cells]:
    """Return the PEOPLE rows of those whom the good return's ACTIVITY row counts."""
    return [a_row("PEOPLE", person_ref=_reference(number)) for number in range(count)]


def half_days(people: int = 8, each: int = 10) -> list[Cells]:
    """Return the ATTENDANCE rows that the good return's ACTIVITY row adds up, five days for each person."""
    return [
        a_row(
            "ATTENDANCE",
            person_ref=_reference(number),
            date=f"{PERIOD}-{7 + turn // 2:02}",
            part=["AM", "PM"][turn % 2],
        )
        for number in range(people)
        for turn in range(each)
    ]


def _reference(number: int) -> str:
    return PERSON if number == 0 else f"{number:016x}"


def a_return(profile: str = "FULL", period: str = PERIOD, **sheets: Sequence[Cells]) -> Sheets:
    """Return every sheet of a good return, one row each but for people and their half-days.

    `sheets` gives other rows, such as `ACTIVITY=[...]`.
    """
    expected = CONTRACT.expected_sheets(Profile(profile), period)
    rows = {sheet.name: [a_row(sheet.name)] for sheet in expected}
    if "PEOPLE" in rows:
        rows |= {"PEOPLE": people(), "ATTENDANCE": half_days()}
    rows["RETURN"] = [a_row("RETURN", profile=profile, period=period)]
    return {**rows, **{name: list(given) for name, given in sheets.items()}}


def stored(sheets: Mapping[str, Sequence[Cells]]) -> dict[str, StoredSheet]:
    """Return `sheets` as the read stage writes them: the header in row 1, every row under it."""
    return {name: _stored(name, rows) for name, rows in sheets.items()}


def _stored(name: str, rows: Sequence[Cells]) -> StoredSheet:
    import pyarrow as pa

    columns = [column.name for column in CONTRACT.sheet(name).columns]
    texts: dict[str, Any] = {column: pa.array([row[column] for row in rows], pa.string()) for column in columns}
    numbers = pa.array(range(2, len(rows) + 2), pa.int32())
    headers = {column: [number, column] for number, column in enumerate(columns, 1)}
    return StoredSheet(pa.table({**texts, ROW: numbers}), {"name": name, "headers": headers, "problems": []})


def _filled(column: Column) -> str | None:
    return None if column.need is Need.OPTIONAL and column.name != "service_id" else _sample(column.name, column.kind)


def _sample(name: str, kind: Kind) -> str:
    match kind:
        case Pattern():
            return {"service_id": SERVICE, "person_ref": PERSON}.get(name, "")
        case Code(list_name=list_name):
            return next(iter(CODE_LISTS[list_name]))
        case Text():
            return "Something"
        case Area():
            return AREA
        case Count():
            return "1"
        case Amount():
            return "10.00"
        case Day() | Month() | Flag():
            return {"date": f"{PERIOD}-07"}.get(name, "")
