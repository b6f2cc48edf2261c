"""The rules V01 to V33 that a return is held to, and the checks that each is made of.

Checks of a column by itself are derived from its declaration in `sheets`; checks between cells, rows, sheets and
returns are listed here. The F rules say why a file, or a cell of it, could not be read. What a provider is told is in
`sayings`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from expectations.codes import CODE_LISTS
from expectations.contract import (
    AddsUp,
    Amount,
    AnyCheck,
    Area,
    Between,
    Code,
    Column,
    Compared,
    Contract,
    Count,
    Day,
    DayWithin,
    Flag,
    Joined,
    Listed,
    Matches,
    Month,
    NameAgrees,
    Need,
    NoPersonalDetail,
    NotListed,
    NotMore,
    OnlyWhen,
    Pattern,
    Present,
    RatioBetween,
    Rule,
    Severity,
    Share,
    Sheet,
    SumNotMore,
    Text,
    Unique,
    When,
    WholeNumber,
    Written,
)
from expectations.reference import current_authorities, former_authorities
from expectations.sayings import SAYINGS
from expectations.sheets import SHEETS

ERROR, QUERY, NOTE = Severity.ERROR, Severity.QUERY, Severity.NOTE

RULES = (
    Rule("F01", "The file can be opened: it is whole, and nothing in it is unsafe.", ERROR, "file"),
    Rule(
        "F02", "The file is an XLSX or ODS workbook without macros or a password, or a zip of CSV files.", ERROR, "file"
    ),
    Rule("F03", "The file is within the limits of size.", ERROR, "file"),
    Rule("F04", "Text is written in UTF-8.", ERROR, "file"),
    Rule(
        "F05", "Every cell holds a value: no error value, no formula without a result, no merged cells.", ERROR, "cell"
    ),
    Rule(
        "V01",
        "Every sheet that the return needs is there, under its header, with the columns of the form.",
        ERROR,
        "sheet",
    ),
    Rule(
        "V02", "The version is known, the month is over, and submissions are numbered one after another.", ERROR, "file"
    ),
    Rule(
        "V03", "Required cells are filled, and figures are written as figures; a blank is not a nought.", ERROR, "cell"
    ),
    Rule("V04", "No row stands twice.", ERROR, "row"),
    Rule(
        "V05", "Authorities are given by their current code, and a name beside it is that authority's.", ERROR, "cell"
    ),
    Rule("V06", "Codes are in their lists, and dates are dates that fit the service and the month.", ERROR, "cell"),
    Rule("V07", "Counts are whole numbers from 0 up, and hours and posts are within their bounds.", ERROR, "cell"),
    Rule("V08", "People are known by their reference alone: no personal details anywhere.", ERROR, "cell"),
    Rule("V09", "No more people attended than are enrolled.", ERROR, "row"),
    Rule("V10", "Sessions attended, missed and cancelled make up the sessions planned.", ERROR, "row"),
    Rule("V11", "Everyone who attended has a session, and hours fit the sessions.", ERROR, "row"),
    Rule("V12", "Sessions held and attended fit the sessions planned and the places.", ERROR, "row"),
    Rule("V13", "The waiting bands add up to all people waiting.", ERROR, "row"),
    Rule("V14", "The pay bands add up to the permanent and fixed-term staff.", ERROR, "row"),
    Rule("V15", "Whole-time equivalents agree with the contract hours.", QUERY, "row"),
    Rule("V16", "Agency hours are part of all hours, and agency staff and agency costs go together.", QUERY, "row"),
    Rule("V17", "Welsh is accepted only where it was offered, and given only where it was accepted.", ERROR, "row"),
    Rule("V18", "Parts are no larger than their wholes in reviews, outcomes and work.", ERROR, "row"),
    Rule("V19", "A closed service has its reason, and a nil return has no activity.", ERROR, "row"),
    Rule("V20", "Every service that is reported on is on the SERVICES sheet and was open in the month.", ERROR, "row"),
    Rule("V21", "Half-days attended, person by person, add up to the sessions attended.", ERROR, "row"),
    Rule("V22", "The people who came, one by one, are as many as the figures say.", QUERY, "row"),
    Rule("V23", "Respite hours fit the hours of support of people with an unpaid carer.", QUERY, "row"),
    Rule("V24", "People enrolled are those of the month before, with who started and without who left.", QUERY, "row"),
    Rule("V25", "People, hours and costs do not change out of all proportion from one month to another.", QUERY, "row"),
    Rule("V26", "A service that was reported on last month is there, or has closed.", QUERY, "sheet"),
    Rule("V27", "Figures that were final are changed for a reason that is given.", ERROR, "file"),
    Rule("V28", "The cost of a session and what people are charged are within reason.", QUERY, "row"),
    Rule("V29", "Nobody is charged for transport that is part of their plan.", QUERY, "row"),
    Rule("V30", "Every registered provider sends its return by the day on which it is due.", NOTE, "file"),
    Rule("V31", "Figures are not those of the month before, sent again.", QUERY, "sheet"),
    Rule("V32", "Figures are not those of another provider.", QUERY, "sheet"),
    Rule("V33", "Figures are like those of the provider's own months before.", QUERY, "row"),
)

FILE_RULES = {
    "FILE_EMPTY": "F01",
    "FILE_DAMAGED": "F01",
    "ZIP_UNSAFE": "F01",
    "XML_UNSAFE": "F01",
    "WRONG_FILE_TYPE": "F02",
    "FILE_OLD_FORMAT": "F02",
    "FILE_PASSWORD": "F02",
    "FILE_HAS_MACROS": "F02",
    "FILE_TOO_LARGE": "F03",
    "SHEET_TOO_LARGE": "F03",
    "FILE_TOO_COMPLEX": "F03",
    "ENCODING_UNKNOWN": "F04",
    "ENCODING_CP1252": "F04",
    "ENCODING_UTF16": "F04",
    "FILE_IGNORED": "F02",
    "SHEET_HIDDEN": "V01",
    "CELLS_HIDDEN": "V01",
    "ROW_BLANK": "V01",
    "LETTER_GARBLED": "F04",
    "LETTER_LOST": "F04",
    "DATE_1904": "V06",
    "FORMULA_CACHED": "F05",
    "CELL_EXCEL_ERROR": "F05",
    "FORMULA_NO_VALUE": "F05",
    "CELL_MERGED": "F05",
    "CELL_CONTROL_CHAR": "F05",
    "CELL_TOO_LONG": "F05",
    "ROW_FIELD_COUNT": "F05",
}
"""The rule behind each reason for which a file or a cell could not be read, or was read with a doubt."""

CONSEQUENCE_RULES = {"service_refused": "V20"}
"""The rule behind what is said of a row only because another row was refused."""

# --- what follows from a column's declaration -------------------------------------------------------------------------

_REASONS = {"closure_reason": ("V19", "reason_missing"), "nil_reason": ("V19", "nil_reason_missing")}


def _present(sheet: Sheet, column: Column) -> Iterator[AnyCheck]:
    if column.need is Need.REQUIRED:
        says = "blank_figure" if isinstance(column.kind, Count | Amount) else "blank"
        yield Present(rule="V03", sheet=sheet.name, column=column.name, says=says)
    elif column.need is Need.CONDITIONAL and column.when is not None:
        rule, says = _REASONS.get(column.name, ("V03", "blank_when"))
        yield Present(rule=rule, sheet=sheet.name, column=column.name, says=says, when=column.when)


def _kind(sheet: Sheet, column: Column) -> Iterator[AnyCheck]:
    match column.kind:
        case Count() | Amount():
            return _of_number(column.kind, sheet=sheet.name, column=column.name)
        case Code() | Area():
            return _of_code(column.kind, sheet=sheet.name, column=column.name)
        case Pattern() | Text():
            return _of_text(column.kind, sheet=sheet.name, column=column.name)
        case Day() | Month() | Flag():
            says = _WRITTEN[type(column.kind)]
            return iter([Written(rule="V06", says=says, sheet=sheet.name, column=column.name)])
        case _:
            assert_never(column.kind)


_WRITTEN = {Day: "not_date", Month: "not_month", Flag: "not_flag"}


def _of_number(kind: Count | Amount, sheet: str, column: str) -> Iterator[AnyCheck]:
    yield Written(rule="V03", sheet=sheet, column=column, says="not_number")
    if isinstance(kind, Count):
        yield WholeNumber(rule="V07", sheet=sheet, column=column, says="not_whole")
    yield Between(rule="V07", sheet=sheet, column=column, says="out_of_bounds", least=kind.least, most=kind.most)


def _of_code(kind: Code | Area, sheet: str, column: str) -> Iterator[AnyCheck]:
    if isinstance(kind, Code):
        allowed = tuple(CODE_LISTS[kind.list_name])
        yield Listed(rule="V06", sheet=sheet, column=column, says="not_in_list", allowed=allowed)
        return
    old = tuple(former_authorities())
    known = (*current_authorities(), *old, *kind.besides)
    yield Listed(rule="V05", sheet=sheet, column=column, says="not_authority", allowed=known)
    yield NotListed(rule="V05", sheet=sheet, column=column, says="old_authority", severity=QUERY, refused=old)
    yield NameAgrees(rule="V05", sheet=sheet, column=column, says="name_differs")


def _of_text(kind: Pattern | Text, sheet: str, column: str) -> Iterator[AnyCheck]:
    if isinstance(kind, Pattern):
        says = "person_ref_shape" if kind.rule == "V08" else "wrong_shape"
        yield Matches(rule=kind.rule, sheet=sheet, column=column, says=says, regex=kind.regex)
        if kind.is_free:
            yield NoPersonalDetail(rule="V08", sheet=sheet, column=column, says="personal_detail", names="none")
        return
    yield Matches(rule="V06", sheet=sheet, column=column, says="too_long", regex=rf"(?s).{{1,{kind.longest}}}")
    if kind.is_free:
        yield NoPersonalDetail(rule="V08", sheet=sheet, column=column, says="personal_detail", names=kind.names)


def _of_columns() -> Iterator[AnyCheck]:
    for sheet in SHEETS:
        if sheet.name != "RETURN":
            yield Unique(rule="V04", sheet=sheet.name, column=sheet.key[-1], says="row_twice", columns=sheet.key)
        for column in sheet.columns:
            yield from _present(sheet, column)
            yield from _kind(sheet, column)


# --- what is asked between cells, rows and sheets ---------------------------------------------------------------------


def _no_more(rule: str, sheet: str, column: str, other: str, says: str, severity: Severity = ERROR) -> NotMore:
    return NotMore(rule=rule, sheet=sheet, column=column, other=other, says=says, severity=severity)


_MANUAL = When("role", ("SUPPORT", "DRIVER"))
_OTHERS = When("role", ("MANAGER", "SENIOR", "JOB_COACH", "LAC", "ADMIN"))


def _wte(hours: float, when: When) -> RatioBetween:
    return RatioBetween(
        rule="V15",
        sheet="WORKFORCE",
        column="wte",
        other="contract_hours_week",
        says="wte_differs",
        severity=QUERY,
        least=0.98 / hours,
        most=1.02 / hours,
        slack=0.01,
        when=when,
    )


_BETWEEN_CELLS: tuple[AnyCheck, ...] = (
    DayWithin(rule="V06", sheet="ATTENDANCE", column="date", says="day_outside", or_before=False),
    DayWithin(rule="V06", sheet="PEOPLE", column="start_date", says="day_after", or_before=True),
    _no_more("V06", "PEOPLE", "start_date", "end_date", "ends_before_start"),
    _no_more("V06", "SERVICES", "open_from", "closed_on", "ends_before_start"),
    _no_more("V09", "ACTIVITY", "people_attended", "people_enrolled", "more_attended_than_enrolled"),
    AddsUp(
        rule="V10",
        sheet="ACTIVITY",
        column="sessions_planned",
        says="sessions_do_not_add_up",
        severity=QUERY,
        parts=("sessions_attended", "sessions_dna", "sessions_cancelled_provider"),
        totals=("sessions_planned",),
    ),
    _no_more("V10", "ACTIVITY", "sessions_attended", "sessions_planned", "more_attended_than_planned"),
    _no_more("V11", "ACTIVITY", "people_attended", "sessions_attended", "people_without_sessions"),
    RatioBetween(
        rule="V11",
        sheet="ACTIVITY",
        column="hours_delivered",
        other="sessions_attended",
        says="hours_per_session",
        severity=QUERY,
        least=0.5,
        most=6,
    ),
    _no_more("V12", "SERVICES", "open_sessions_held", "open_sessions_planned", "more_held_than_planned", QUERY),
    AddsUp(
        rule="V13",
        sheet="WAITING",
        column="waiting_total",
        says="bands_do_not_add_up",
        parts=("wait_0_6w", "wait_6_12w", "wait_12_26w", "wait_26w_plus"),
        totals=("waiting_total",),
    ),
    AddsUp(
        rule="V14",
        sheet="WORKFORCE",
        column="paid_at_or_above_rlw",
        says="pay_does_not_add_up",
        parts=("paid_at_or_above_rlw", "paid_below_rlw", "pay_unknown"),
        totals=("headcount_perm", "headcount_fixed"),
    ),
    _wte(39, _MANUAL),
    _wte(37, _OTHERS),
    _no_more("V16", "WORKFORCE", "agency_hours_month", "total_hours_month", "more_agency_hours", QUERY),
    OnlyWhen(
        rule="V17",
        sheet="PEOPLE",
        column="active_offer_accepted",
        says="only_when",
        only=When("active_offer_made", ("Y",)),
    ),
    OnlyWhen(
        rule="V17",
        sheet="PEOPLE",
        column="delivered_in_preferred",
        says="only_when",
        only=When("active_offer_accepted", ("Y",)),
    ),
    _no_more("V18", "OUTCOMES", "plans_reviewed_on_time", "plans_due_review", "part_over_whole"),
    SumNotMore(
        rule="V18",
        sheet="OUTCOMES",
        column="outcomes_reviewed",
        says="parts_over_whole",
        parts=("outcomes_achieved_full", "outcomes_achieved_part"),
    ),
    _no_more("V18", "OUTCOMES", "people_paid_work_16h", "people_paid_work", "part_over_whole"),
    _no_more("V18", "OUTCOMES", "people_work_13w_sustained", "people_paid_work", "part_over_whole"),
    _no_more("V29", "FINANCE", "income_charges_transport", "income_charges", "part_over_whole", QUERY),
)


def _join(rule: str, sheet: str, column: str, says: str, query: str, severity: Severity = ERROR) -> Joined:
    return Joined(rule=rule, sheet=sheet, column=column, says=says, severity=severity, query=query)


def _over_places(says: str, share: Share, severity: Severity = ERROR) -> Joined:
    return replace(_join("V12", "SERVICES", "open_sessions_held", says, "over_places", severity), share=share)


def _late(rule: str, sheet: str, column: str, says: str, query: str, share: Share | None = None) -> Joined:
    severity = ERROR if share is not None and share.up_to is None else QUERY
    return replace(_join(rule, sheet, column, says, query, severity), share=share, is_late=True)


_ABOUT_SERVICES = tuple(
    sheet.name
    for sheet in SHEETS
    if sheet.name != "SERVICES" and any(column.name == "service_id" for column in sheet.columns)
)

_ACROSS_SHEETS: tuple[AnyCheck, ...] = (
    _join("V06", "ATTENDANCE", "date", "day_service_closed", "attendance_while_open"),
    _over_places("over_places", Share(over=100, up_to=120), QUERY),
    _over_places("far_over_places", Share(over=120)),
    _join("V16", "WORKFORCE", "headcount_agency", "agency_without_cost", "agency_without_cost", QUERY),
    _join("V16", "FINANCE", "cost_agency", "cost_without_agency", "cost_without_agency", QUERY),
    _join("V19", "RETURN", "nil_return", "nil_with_activity", "nil_with_activity"),
    *(_join("V20", sheet, "service_id", "service_unknown", "service_known") for sheet in _ABOUT_SERVICES),
    *(_join("V20", sheet, "service_id", "service_not_open", "service_open") for sheet in _ABOUT_SERVICES),
    _late("V21", "ACTIVITY", "sessions_attended", "attendance_differs", "attendance_differs", Share(over=0, up_to=2)),
    _late("V21", "ACTIVITY", "sessions_attended", "attendance_far_off", "attendance_differs", Share(over=2)),
    _late("V22", "ACTIVITY", "people_attended", "people_differ", "people_differ"),
    _late("V22", "ACTIVITY", "people_out_of_county", "out_of_county_differs", "out_of_county_differs"),
    _late("V23", "CARERS", "respite_hours_delivered", "respite_over_hours", "respite_over_hours"),
    _late("V28", "FINANCE", "cost_staff", "cost_per_session", "cost_per_session"),
    _late("V28", "FINANCE", "income_charges", "weekly_charge", "weekly_charge"),
    _late("V29", "FINANCE", "income_charges_transport", "transport_charged", "transport_charged"),
)


# --- what is asked between returns ------------------------------------------------------------------------------------


def _compared(rule: str, sheet: str, column: str, says: str, query: str) -> Compared:
    return Compared(rule=rule, sheet=sheet, column=column, says=says, severity=QUERY, query=query)


_MEASURES = (
    ("ACTIVITY", "people_attended", ""),
    ("ACTIVITY", "hours_delivered", ""),
    ("FINANCE", "cost_staff", "cost_"),
)
"""Where a service's people, hours and costs are told of, its first row of the sheet, and how their sayings begin."""

_ACROSS_RETURNS: tuple[AnyCheck, ...] = (
    _compared("V24", "ACTIVITY", "people_enrolled", "enrolment_does_not_follow", "enrolment"),
    *(
        _compared("V25", sheet, column, f"{kind}changed_since_month", "month_before")
        for sheet, column, kind in _MEASURES
    ),
    *(_compared("V25", sheet, column, f"{kind}changed_since_year", "year_before") for sheet, column, kind in _MEASURES),
    _compared("V26", "SERVICES", "service_id", "service_gone", "service_gone"),
    _compared("V31", "ACTIVITY", "sessions_attended", "unchanged", "unchanged"),
    _compared("V32", "ACTIVITY", "sessions_attended", "copied", "copied"),
    *(_compared("V33", sheet, column, f"{kind}unlike_before", "own_history") for sheet, column, kind in _MEASURES),
)

CONTRACT = Contract(
    spec_version="1.0",
    sheets=SHEETS,
    rules=RULES,
    checks=(*_of_columns(), *_BETWEEN_CELLS, *_ACROSS_SHEETS, *_ACROSS_RETURNS),
    sayings=SAYINGS,
)


def contract_for(period: str) -> Contract:
    """Return the contract that a return about the month `period` (YYYY-MM) is held to; one version so far."""
    del period
    return CONTRACT
