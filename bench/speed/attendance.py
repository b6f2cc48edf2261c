"""Made-up rows of ATTENDANCE for the benches of checking and loading: as providers type them, or as they are judged.

Sixteen half-days make a person and thirty people a service, five of whose rows share day, part, status and mode, as in
the returns that `dayops sample` makes. One row in 96 is spoiled, in one way that one check must name and no other, so
that it is known beforehand which rows fail what; two that are spoiled alike are of different services.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from expectations.contract import ROW
from expectations.months import first_day, last_day
from expectations.rules import contract_for

if TYPE_CHECKING:
    import pyarrow as pa

MONTH = "2026-10"
SHEET = contract_for(MONTH).sheet("ATTENDANCE")

_OF_A_PERSON, _OF_A_SERVICE, _TO_A_SPOIL = 16, 480, 96
_MISSED = {5: "DNA", 11: "CXL_PERSON"}
"""Half-days of each person that were not attended."""

TWICE = "V04-ATTENDANCE-part-row_twice"
SPOILS: dict[str, tuple[str, str | None]] = {
    TWICE: ("", None),
    "V03-ATTENDANCE-person_ref-blank": ("person_ref", None),
    "V08-ATTENDANCE-person_ref-person_ref_shape": ("person_ref", "0123456789abcdeg"),
    "V03-ATTENDANCE-service_id-blank": ("service_id", None),
    "V06-ATTENDANCE-service_id-wrong_shape": ("service_id", "Day Centre"),
    "V03-ATTENDANCE-date-blank": ("date", None),
    "V06-ATTENDANCE-date-not_date": ("date", "Tuesday"),
    "V06-ATTENDANCE-date-day_outside": ("date", "2026-11-03"),
    "V03-ATTENDANCE-part-blank": ("part", None),
    "V06-ATTENDANCE-part-not_in_list": ("part", "NIGHT"),
    "V03-ATTENDANCE-status-blank": ("status", None),
    "V06-ATTENDANCE-status-not_in_list": ("status", "CAME"),
    "V03-ATTENDANCE-hours-blank_when-ATT": ("hours", None),
    "V03-ATTENDANCE-hours-not_number": ("hours", "three"),
    "V07-ATTENDANCE-hours-out_of_bounds": ("hours", "7.5"),
    "V03-ATTENDANCE-mode-blank_when-ATT": ("mode", None),
    "V06-ATTENDANCE-mode-not_in_list": ("mode", "POST"),
}
"""For the code of each check, the column that is spoiled, and what stands there then; a repeated row has none."""


def as_typed(rows: int) -> "tuple[pa.Table, dict[str, list[int]]]":
    """Return so many rows, all strings, null where a cell is blank; and the positions of the rows that fail each check.

    A position is counted from 0.
    """
    import pyarrow as pa

    cells = _sound(rows)
    failing: dict[str, list[int]] = {code: [] for code in SPOILS}
    codes = list(SPOILS)
    for number, first in enumerate(range(0, rows, _TO_A_SPOIL)):
        position = first + number % 6 * _OF_A_PERSON + 2
        if position < rows:
            code = codes[number % len(codes)]
            failing[code] += _spoil(cells, position, code)
    return pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()}), failing


def _sound(rows: int) -> dict[str, list[str | None]]:
    every, days = range(rows), _working_days()
    status: list[str | None] = [_MISSED.get(row % _OF_A_PERSON, "ATT") for row in every]
    came = [said == "ATT" for said in status]
    return {
        "person_ref": [_person(row // _OF_A_PERSON) for row in every],
        "service_id": [f"DOS{row // _OF_A_SERVICE:06d}" for row in every],
        "date": [_day(row, days) for row in every],
        "part": ["AM" if row % 2 == 0 else "PM" for row in every],
        "status": status,
        "hours": [f"{2 + row * 7 % 17 / 4}" if is_there else None for row, is_there in zip(every, came, strict=True)],
        "mode": [_mode(row) if is_there else None for row, is_there in zip(every, came, strict=True)],
    }


def _person(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}"


def _working_days() -> list[str]:
    first = first_day(MONTH)
    days = (first + timedelta(days=day) for day in range((last_day(MONTH) - first).days + 1))
    return [f"{day}" for day in days if day.weekday() < _SATURDAY]


_SATURDAY = 5


def _day(row: int, days: list[str]) -> str:
    """Return the day of a row; those of one person are three apart, so that none of their rows is alike."""
    person, half_day = divmod(row, _OF_A_PERSON)
    return days[(person + half_day // 2 * 3) % len(days)]


def _mode(row: int) -> str:
    return "DIGITAL" if row % 100 == 0 else "IN_PERSON"


def _spoil(cells: dict[str, list[Any]], position: int, code: str) -> list[int]:
    """Spoil a row so that it fails one check; return the rows that then do."""
    if code == TWICE:
        for column in cells.values():
            column[position] = column[position - 1]
        return [position - 1, position]
    name, text = SPOILS[code]
    cells[name][position] = text
    return [position]


def as_judged(rows: int) -> "pa.Table":
    """Return so many sound rows, typed as the warehouse takes them, with their numbers in the provider's sheet."""
    import pyarrow as pa

    from assets.check.batch import gather, table
    from resources.restricted import StoredSheet

    cells = {name: pa.array(column, pa.string()) for name, column in _sound(rows).items()}
    numbered = pa.table({**cells, ROW: pa.array(range(1, rows + 1), pa.int32())})
    return table(gather(SHEET, {1: StoredSheet(numbered)}))
