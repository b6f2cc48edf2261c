"""The reference tables' rows, as the contract declares them, and how they are put in place.

Nothing is computed here, and nothing is read from anywhere but `expectations`.
"""

from collections.abc import Iterator
from dataclasses import asdict
from importlib import resources
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, delete, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from expectations import reference
from expectations.calendar import bank_holidays, due_on, final_from
from expectations.codes import CODE_LISTS
from expectations.months import BASELINE, first_day, last_day, months_between
from expectations.rules import CONTRACT
from expectations.wording import LANGUAGES, cy, phrase
from warehouse import tables
from warehouse.keys import area_key, code_key, welsh_sort_key

Rows = list[dict[str, Any]]


def reference_rows() -> list[tuple[Table, Rows]]:
    """Return the rows of every reference table, in an order that its foreign keys allow."""
    return [
        (tables.REGION, [_region(one) for one in reference.regions()]),
        (tables.AREA, [_area(one) for one in reference.authorities()]),
        (tables.AREA_MEMBERSHIP, [asdict(one) for one in reference.memberships()]),
        (tables.POPULATION, [asdict(one) for one in reference.populations()]),
        (tables.REAL_LIVING_WAGE, [asdict(one) for one in reference.living_wages()]),
        (tables.NOTE_CODE, [asdict(one) for one in reference.note_codes()]),
        (tables.CODE, list(_codes())),
        (tables.RULE, list(_rules())),
        (tables.RETURN_CALENDAR, list(_calendar())),
    ]


def fill_reference(c: Connection) -> None:
    """Make the reference tables hold these rows and no others; rows that are right are left alone."""
    rows = reference_rows()
    for table, wanted in reversed(rows):
        _drop_others(c, table, wanted)
    for table, wanted in rows:
        _put(c, table, wanted)
    _put_days(c)


def _put(c: Connection, table: Table, rows: Rows) -> None:
    keys = [column.name for column in table.primary_key]
    new = insert(table)
    changed = {column.name: new.excluded[column.name] for column in table.c if column.name not in keys}
    differs = tuple_(*(table.c[name] for name in changed)).is_distinct_from(tuple_(*changed.values()))
    c.execute(new.on_conflict_do_update(index_elements=keys, set_=changed, where=differs), rows)


def _drop_others(c: Connection, table: Table, rows: Rows) -> None:
    keys = list(table.primary_key)
    wanted = [tuple(row[key.name] for key in keys) for row in rows]
    c.execute(delete(table).where(tuple_(*keys).not_in(wanted)))


def _put_days(c: Connection) -> None:
    """Put in place the days of the star, from the baseline to the last month of the calendar of returns."""
    days = (resources.files("warehouse") / "dimension_sql" / "calendar_date.sql").read_text(encoding="utf-8")
    c.execute(text(days), day_names())


def day_names() -> dict[str, Any]:
    """Return what days are called in both languages, and which are holidays, as `calendar_date.sql` asks."""
    years = range(int(BASELINE[0][:4]), int(_LAST_CALENDAR_MONTH[:4]) + 2)
    return {
        "first": first_day(BASELINE[0]),
        "last": last_day(_LAST_CALENDAR_MONTH),
        **{f"months_{one}": [phrase(f"month.{number}", one) for number in range(1, 13)] for one in LANGUAGES},
        **{f"days_{one}": [phrase(f"weekday.{number}", one) for number in range(1, 8)] for one in LANGUAGES},
        "holidays": sorted(day for year in years for day in bank_holidays(year)),
    }


def _renamed(row: dict[str, Any], **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in row.items()}


def _region(region: reference.Region) -> dict[str, Any]:
    return _renamed(asdict(region), code="region_code") | _sorted(region.code, region.name_cy)


def _sorted(code: str, name_cy: str) -> dict[str, Any]:
    return {"area_key": area_key(code), "sort_key_cy": welsh_sort_key(name_cy)}


def _area(authority: reference.Authority) -> dict[str, Any]:
    row = _renamed(asdict(authority), code="area_code", sort="sort_order")
    row |= _sorted(authority.code, authority.name_cy)
    del row["region_code"]  # it changes with time: area_membership says when
    return row


def _codes() -> Iterator[dict[str, Any]]:
    for list_name, codes in CODE_LISTS.items():
        for position, (code, label) in zip(count(1), codes.items(), strict=False):
            yield {
                "list_name": list_name,
                "code": code,
                "code_key": code_key(list_name, code),
                "position": position,
                "label_en": label,
                "label_cy": cy(f"code.{list_name}.{code}"),
            }


def _rules() -> Iterator[dict[str, Any]]:
    for rule in CONTRACT.rules:
        yield {
            "rule_id": rule.id,
            "version": rule.version,
            "severity": rule.severity.value,
            "scope": rule.scope,
            "sentence_en": rule.sentence,
            "sentence_cy": cy(f"rule.{rule.id}"),
        }


_LAST_CALENDAR_MONTH = "2040-03"


def _calendar() -> Iterator[dict[str, Any]]:
    for period in months_between(BASELINE[0], _LAST_CALENDAR_MONTH):
        yield {"period": first_day(period), "due_on": due_on(period), "final_from": final_from(period)}
