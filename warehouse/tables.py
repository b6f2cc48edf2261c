"""The tables of core and restricted: one fact table a sheet, made from the contract, summaries, and reference tables.

A column of a return is declared in `expectations.sheets` and nowhere else. What was delivered is in `landing`.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)

from expectations import contract
from expectations.contract import Sheet
from expectations.sheets import SHEETS
from warehouse import landing
from warehouse.columns import check_of, comment_of, is_nullable, type_of
from warehouse.metadata import metadata

FACT_SHEETS: tuple[Sheet, ...] = tuple(sheet for sheet in SHEETS if sheet.name != "RETURN")
"""The sheets whose rows have a table of their own; RETURN's one row is in `landing.submission`."""

ADDED = ("submission_id", "row_number", "period")
"""The columns that a fact table has before those of its sheet."""


# --- reference --------------------------------------------------------------------------------------------------------


def _column(name: str, kind: Any, about: str, *more: Any, is_key: bool = False, is_null: bool = False) -> Column[Any]:
    return Column(name, kind, *more, primary_key=is_key, nullable=is_null and not is_key, comment=about)


def _reference(name: str, about: str, *columns: Column[Any] | UniqueConstraint) -> Table:
    return Table(name, metadata, *columns, schema="core", comment=about)


REGION = _reference(
    "region",
    "The seven regional partnership boards.",
    _column("region_code", Text, "Code of the region.", is_key=True),
    _column("name_en", Text, "Name in English."),
    _column("name_cy", Text, "Name in Welsh."),
    _column("health_board_code", Text, "GSS code of its health board."),
    _column("health_board_name_en", Text, "Its health board, in English."),
    _column("health_board_statswales_code", Text, "StatsWales code of its health board."),
    _column("area_key", Integer, "Its key in the star: made of its code, so it never changes."),
    _column("sort_key_cy", Text, "Its Welsh name as the Welsh alphabet orders it, compared byte by byte."),
    UniqueConstraint("area_key"),
)

AREA = _reference(
    "area",
    "The 22 unitary authorities of Wales.",
    _column("area_code", Text, "GSS code in force.", is_key=True),
    _column("name_en", Text, "Name in English."),
    _column("name_cy", Text, "Name in Welsh."),
    _column("former_code", Text, "GSS code before it was recoded, if it was.", is_null=True),
    _column("statswales_code", Text, "StatsWales code."),
    _column("health_board_code", Text, "GSS code of its health board."),
    _column("sort_order", Integer, "Place in the order of StatsWales."),
    _column("area_key", Integer, "Its key in the star: made of its code, so it never changes."),
    _column("sort_key_cy", Text, "Its Welsh name as the Welsh alphabet orders it, compared byte by byte."),
    UniqueConstraint("area_key"),
)


def _of_area(*, is_key: bool = True) -> Column[Any]:
    return _column("area_code", Text, "The authority.", ForeignKey("core.area.area_code"), is_key=is_key)


AREA_MEMBERSHIP = _reference(
    "area_membership",
    "Which authority belonged to which region when.",
    _of_area(),
    _column("region_code", Text, "The region.", ForeignKey("core.region.region_code")),
    _column("valid_from", Date, "First day.", is_key=True),
    _column("valid_to", Date, "Last day; blank where it still belongs to it.", is_null=True),
)

POPULATION = _reference(
    "population",
    "Population estimates of authorities.",
    _of_area(),
    _column("vintage", Text, "The estimate: mid2020, census2021, mid2023...", is_key=True),
    _column("age_group", Text, "Ages counted: total, 18plus, 18_64, 65plus...", is_key=True),
    _column("people", Integer, "People."),
)

REAL_LIVING_WAGE = _reference(
    "real_living_wage",
    "The Real Living Wage by financial year of the Welsh Government.",
    _column("financial_year", Text, "Financial year, such as 2025-26.", is_key=True),
    _column("valid_from", Date, "First day of the financial year."),
    _column("hourly_gbp", Numeric(6, 2), "Pounds an hour."),
    _column("announced", Text, "Month in which the rate was announced."),
    _column("in_force_from", Date, "The day by when employers are to pay it: 1 May.", is_null=True),
)

NOTE_CODE = _reference(
    "note_code",
    "StatsWales' note codes.",
    _column("code", Text, "The note code.", is_key=True),
    _column("label_en", Text, "Meaning in English."),
    _column("label_cy", Text, "Meaning in Welsh."),
)

CODE = _reference(
    "code",
    "The codes that returns use.",
    _column("list_name", Text, "The list.", is_key=True),
    _column("code", Text, "The code.", is_key=True),
    _column("code_key", Integer, "Its key in the star: made of list and code, so it never changes."),
    _column("position", Integer, "Place in the order in which people read the list."),
    _column("label_en", Text, "Meaning in English."),
    _column("label_cy", Text, "Meaning in Welsh.", is_null=True),
    UniqueConstraint("code_key"),
)

RULE = _reference(
    "rule",
    "The rules that returns are held to.",
    _column("rule_id", Text, "The rule.", is_key=True),
    _column("version", Integer, "Version of the rule."),
    _column("severity", Text, "Its worst severity."),
    _column("scope", Text, "Where it looks: file, sheet, row or cell."),
    _column("sentence_en", Text, "The rule in English."),
    _column("sentence_cy", Text, "The rule in Welsh.", is_null=True),
)

RETURN_CALENDAR = _reference(
    "return_calendar",
    "When the returns for each month are due, and from when its figures are final.",
    _column("period", Date, "First day of the month.", is_key=True),
    _column("due_on", Date, "Day by which its returns are to be sent: the 15th working day after it."),
    _column("final_from", Date, "First day on which its figures are final: the year's last return was due before."),
)

CALENDAR_DATE = _reference(
    "calendar_date",
    "Each day of the collection: where it stands in calendar and financial years, and what it is called.",
    _column("date_key", Integer, "The day as YYYYMMDD.", is_key=True),
    _column("date", Date, "The day."),
    _column("month_start", Date, "First day of its month."),
    _column("month_end", Date, "Last day of its month."),
    _column("calendar_year", Integer, "Calendar year."),
    _column("calendar_quarter", Integer, "Quarter of the calendar year, 1 to 4."),
    _column("month_number", Integer, "Month of the calendar year, 1 to 12."),
    _column("month_name_en", Text, "Name of the month in English."),
    _column("month_name_cy", Text, "Name of the month in Welsh."),
    _column("financial_year", Text, "Financial year, April to March, such as 2026-27."),
    _column("financial_year_start", Date, "First day of the financial year."),
    _column("financial_quarter", Integer, "Quarter of the financial year, 1 to 4; 1 is April to June."),
    _column("financial_month", Integer, "Month of the financial year, 1 to 12; 1 is April."),
    _column("weekday_number", Integer, "Day of the week, 1 to 7; 1 is Monday."),
    _column("weekday_name_en", Text, "Day of the week in English."),
    _column("weekday_name_cy", Text, "Day of the week in Welsh."),
    _column("is_working_day", Boolean, "True from Monday to Friday, bank holidays of Wales apart."),
    UniqueConstraint("date"),
)

WAREHOUSE_STATE = Table(
    "warehouse_state",
    metadata,
    _column("fingerprint", Text, "SHA-256 of the reference data and views that stand here.", is_key=True),
    schema="landing",
    comment="What the last migration left behind, to see at once whether there is anything to do. One row.",
)


# --- facts ------------------------------------------------------------------------------------------------------------


def _added(about_row: str = "Row in the provider's own sheet, from 1.") -> tuple[Column[Any], ...]:
    return (
        _column(
            "submission_id",
            BigInteger,
            "The submission that the row came in.",
            ForeignKey(landing.Submission.submission_id, ondelete="CASCADE"),
            is_key=True,
        ),
        _column("row_number", Integer, about_row, is_key=True),
        _column("period", Date, "First day of the month that the row is about."),
    )


def _fact_column(column: contract.Column) -> Column[Any]:
    area = (ForeignKey("core.area.area_code"),) if _is_authority(column) else ()
    return _column(column.name, type_of(column.kind), comment_of(column), *area, is_null=is_nullable(column))


def _is_authority(column: contract.Column) -> bool:
    return isinstance(column.kind, contract.Area) and not column.kind.besides


def _fact_checks(sheet: Sheet) -> list[CheckConstraint]:
    conditions = ((column.name, check_of(column)) for column in sheet.columns if not _is_authority(column))
    return [CheckConstraint(condition, name=name) for name, condition in conditions if condition]


def _fact_key(sheet: Sheet) -> list[UniqueConstraint]:
    has_blanks = any(is_nullable(sheet.column(name)) for name in sheet.key)
    return [] if has_blanks else [UniqueConstraint("submission_id", *sheet.key)]


def _fact_index(sheet: Sheet) -> Index:
    has_service = any(column.name == "service_id" for column in sheet.columns)
    return Index(None, "period", *(["service_id"] if has_service else []))


def _fact(sheet: Sheet) -> Table:
    schema, _, name = sheet.table.partition(".")
    parts = (*_fact_checks(sheet), *_fact_key(sheet), _fact_index(sheet))
    columns = (*_added(), *(_fact_column(column) for column in sheet.columns))
    return Table(name, metadata, *columns, *parts, schema=schema, comment=sheet.about)


FACTS: dict[str, Table] = {sheet.name: _fact(sheet) for sheet in FACT_SHEETS}
"""The fact table of each sheet."""


# --- summaries of the sheets about people -----------------------------------------------------------------------------


def _summary(name: str, about: str, *columns: Column[Any]) -> Table:
    own = (*_added("Number of the row within the submission."), *columns)
    return Table(name, metadata, *own, Index(None, "period", "service_id"), schema="core", comment=about)


def _sheet(name: str) -> Sheet:
    return next(sheet for sheet in SHEETS if sheet.name == name)


def _as_returned(sheet: str, *names: str) -> tuple[Column[Any], ...]:
    """Return columns that a summary has as its sheet has them, with the same checks."""
    return tuple(_fact_column(_sheet(sheet).column(name)) for name in names)


def _people(name: str, about: str) -> Column[Any]:
    return _column(name, Integer, about)


SUMMARIES: dict[str, Table] = {
    "PEOPLE": _summary(
        "person_group",
        "People on the register of each service, counted by commissioning authority, client group and age band.",
        *_as_returned("PEOPLE", "service_id", "commissioning_la", "client_group", "age_band"),
        _people("people", "People on the register at any time in the month."),
        _people("people_started", "Of those, people whose first day was in the month."),
        _people("people_ended", "Of those, people whose last day was in the month."),
        _people("people_with_unpaid_carer", "Of those, people for whom someone cares unpaid."),
        _people("people_plan_reviewed", "Of those, people whose plan was reviewed in the last 12 months."),
        _people("people_plan_coproduced", "Of those, people whose plan was made together with them."),
        _people("people_prefer_welsh", "Of those, people who prefer Welsh."),
        _people("people_offered_welsh", "Of those, people who were offered a service in Welsh without asking."),
        _people("people_accepted_welsh", "Of those, people who accepted that offer."),
        _people("people_served_in_welsh", "Of those, people who were then given it in the language chosen."),
        _column("sessions_per_week_planned", Numeric(14, 2), "Half-days a week in their plans, together."),
    ),
    "ATTENDANCE": _summary(
        "attendance_day",
        "Half-days of each service on each day, counted by part of the day, what happened, and mode.",
        *_as_returned("ATTENDANCE", "service_id", "date", "part", "status", "mode"),
        _column("sessions", Integer, "Half-days, of all people together."),
        _column("hours", Numeric(14, 2), "Hours attended, of all people together."),
    ),
}
"""What analysts have in place of the sheets about people: a table of counts for each, made when they are loaded."""
