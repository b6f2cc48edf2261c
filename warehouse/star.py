"""The star that analysts and BI tools live in: the fact views of `mart_v1`, with their keys and measures.

One fact view a sheet, made from the contract at the sheet's own grain (the sheets about people as counts). From the
same declarations come every comment, the dictionary and the relationships. The dimensions are in `star_dimensions`,
what lies beneath in `tables` and `dimensions`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Table

from expectations import contract
from expectations.contract import Sheet
from expectations.sheets import SHEETS
from expectations.wording import cy
from warehouse.keys import NOT_GIVEN, area_key_in_sql, date_key_in_sql, key_in_sql
from warehouse.tables import ADDED, FACTS, SUMMARIES


class Adds(StrEnum):
    """Over what a measure may be added up."""

    ALL = "over everything"
    NOT_TIME = "over all but time"
    NOT_PEOPLE = "within a service and month alone: a person may be in several"
    NOTHING = "over nothing"


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a view: its name, the SQL that gives it, what it is called and what it means.

    `refers_to` names the dimension that it is a key of; `adds` and `unit` are for measures alone.
    """

    name: str
    sql: str
    label_en: str
    says: str
    about: str = ""
    refers_to: str | None = None
    adds: Adds | None = None
    unit: str | None = None

    @property
    def label_cy(self) -> str | None:
        """Return what it is called in Welsh; `says` is where the wording has that."""
        return cy(self.says)

    @property
    def comment(self) -> str:
        """Return what the database says of the column."""
        adds = f" May be added up {self.adds}." if self.adds and self.adds is not Adds.ALL else ""
        return f"{self.label_en}. {self.about}{adds}".strip()


@dataclass(frozen=True, slots=True)
class Star:
    """A view of the star: its name, what a row of it is, where its columns come from, and they.

    `known_at`, where there is one, gives the same columns as they were known at a moment.
    """

    name: str
    about: str
    source: str
    columns: tuple[Shown, ...]
    known_at: str | None = None

    def select(self, source: str | None = None) -> str:
        """Return the select of the view, or of the same columns from another source."""
        shown = ", ".join(f"{one.sql} as {one.name}" for one in self.columns)
        return f"select {shown} from {source or self.source}"  # noqa: S608


def own(
    name: str,
    sql: str,
    about: str,
    refers_to: str | None = None,
    *,
    called: str | None = None,
    adds: Adds | None = None,
) -> Shown:
    """Return a column that is the star's own, not the contract's; what it is called in Welsh is in the wording."""
    called = called or name.removesuffix("_key")
    return Shown(name, sql, called.replace("_", " ").capitalize(), f"star.{called}", about, refers_to, adds)


def facts() -> tuple[Star, ...]:
    """Return the fact view of each sheet that has rows."""
    tables = {**FACTS, **SUMMARIES}
    return tuple(_fact(sheet, tables[sheet.name]) for sheet in SHEETS if sheet.name in tables)


# --- a fact view ------------------------------------------------------------------------------------------------------


def _fact(sheet: Sheet, table: Table) -> Star:
    has_service = "service_id" in table.c
    columns = (*_added(table), *_of_table(sheet, table))
    told = f"{table.comment} Of the current return of each provider and month, as of its last figures."
    return Star(f"mart_v1.fct_{table.name}", told, _current(table, has_service), columns, _known(table, has_service))


def _current(table: Table, has_service: bool) -> str:
    source = f"{table.fullname} as fact join core.measured_return as measured using (submission_id)"
    return (
        f"{source} left join core.measured_service as service using (submission_id, service_id)"
        if has_service
        else source
    )


_STOOD = f"""
    landing.current_at(known_at) as stood
    join {{table}} as fact on fact.submission_id = stood.submission_id
    left join lateral (
        select version.provider_key, {date_key_in_sql("stood.period")} as month_key
        from core.provider_version as version
        where version.provider_id = stood.provider_id and version.valid_from <= stood.period
        order by version.valid_from desc
        limit 1
    ) as measured on true
"""  # noqa: S608 (our own words)
_STOOD_SERVICE = """
    left join lateral (
        select version.service_key, month.service_la
        from core.service_month as month
        left join core.service_version as version
            on version.service_id = month.service_id
            and version.valid_from < stood.period + interval '1 month'
        where month.submission_id = fact.submission_id and month.service_id = fact.service_id
        order by month.open_from desc, version.valid_from desc
        limit 1
    ) as service on true
"""
_STOOD_WHEN = "where stood.period between first_month and last_month"


def _known(table: Table, has_service: bool) -> str:
    return _STOOD.format(table=table.fullname) + (_STOOD_SERVICE if has_service else "") + _STOOD_WHEN


def _added(table: Table) -> Iterator[Shown]:
    yield own("submission_key", "fact.submission_id", "The submission that the row came in.", "submission")
    yield own("row_number", "fact.row_number", table.c.row_number.comment or "")
    yield own("month_key", "measured.month_key", "First day of the month that the row is about.", "date")
    yield own("month_start", "fact.period", "The same, as a date.")
    provider = f"coalesce(measured.provider_key, {NOT_GIVEN})"
    yield own("provider_key", provider, "The provider, as it was described then.", "provider")
    if "service_id" in table.c:
        service = f"coalesce(service.service_key, {NOT_GIVEN})"
        yield own("service_key", service, "The service, as it was described at the month's end.", "service")
    yield own("area_key", _area(table), "The authority that the figures count for.", "area")
    if table.name == "attendance_day":
        yield own("date_key", date_key_in_sql("fact.date"), "The day.", "date")


def _area(table: Table) -> str:
    """Return the SQL of the authority that indicators count a row for: who commissions, or where the service is."""
    of_service = f"coalesce({area_key_in_sql('service.service_la')}, {NOT_GIVEN})"
    if "commissioning_la" in table.c:
        commissioner = area_key_in_sql("fact.commissioning_la")
        return f"case fact.commissioning_la when 'SELF' then {of_service} else {commissioner} end"
    if "service_la" in table.c:
        return area_key_in_sql("fact.service_la")
    return of_service


def _of_table(sheet: Sheet, table: Table) -> Iterator[Shown]:
    known = {column.name: column for column in sheet.columns}
    for column in table.c:
        if column.name not in (*ADDED, "service_id"):
            yield from _of_sheet(sheet, known[column.name]) if column.name in known else [_counted(column)]


def _counted(column: Column[object]) -> Shown:
    adds = Adds.NOT_PEOPLE if column.name.startswith("people") else Adds.ALL
    return own(column.name, f"fact.{column.name}", column.comment or "", adds=adds)


def _of_sheet(sheet: Sheet, column: contract.Column) -> Iterator[Shown]:
    """Yield what the star shows of a column of the contract: a key, a measure or a fact; nothing of free text."""
    says, place = f"column.{sheet.name}.{column.name}", f"fact.{column.name}"
    match column.kind:
        case contract.Code(list_name=name):
            key = key_in_sql(column.kind, place)
            yield Shown(f"{column.name}_key", key, column.label, says, column.about, refers_to=name)
        case contract.Area():
            name = f"{column.name.removesuffix('_la')}_area_key"
            yield Shown(name, key_in_sql(column.kind, place), column.label, says, column.about, refers_to="area")
        case contract.Count() | contract.Amount():
            unit = getattr(column.kind, "unit", None)
            adds = _adds(sheet, column)
            yield Shown(column.name, place, column.label, says, column.about, adds=adds, unit=unit)
        case contract.Day() | contract.Month() | contract.Flag():
            yield Shown(column.name, place, column.label, says, column.about)
        case contract.Text() | contract.Pattern():
            if column.name in sheet.key:
                yield Shown(column.name, place, column.label, says, column.about)


_NEVER = ("median_wait_days", "charge_per_session")
_AT_A_TIME = ("places_per_session", "maintenance_backlog", "people_enrolled")
_OF_PEOPLE = re.compile(r"(people|carers|volunteers)_|new_starters|leavers$")


def _adds(sheet: Sheet, column: contract.Column) -> Adds:
    if column.name in _NEVER:
        return Adds.NOTHING
    if _OF_PEOPLE.match(column.name):
        return Adds.NOT_PEOPLE
    return Adds.NOT_TIME if sheet.is_snapshot or column.name in _AT_A_TIME else Adds.ALL
