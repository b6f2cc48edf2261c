"""The dimensions of the star: dates, areas, providers, services, submissions, the lists of codes, and indicators.

Every dimension whose key may be blank has a row of its own for that, with the key 0. What sheets hold is in `star`.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from expectations import contract
from expectations.codes import CODE_LISTS
from expectations.indicators import BREAKDOWNS
from expectations.reference import WALES
from expectations.sheets import RETURN, SERVICES
from expectations.wording import LANGUAGES, area_names, cy, phrase
from warehouse.columns import literal
from warehouse.dimensions import OF_PROVIDER, OF_SERVICE
from warehouse.keys import (
    NOT_GIVEN,
    area_key,
    area_key_in_sql,
    code_key,
    code_key_in_sql,
    date_key_in_sql,
    key_in_sql,
)
from warehouse.star import Adds, Shown, Star, facts, own
from warehouse.tables import CALENDAR_DATE

_BEGINNING, _ENDLESS = "date '1900-01-01'", "date '9999-12-31'"
"""Before and after all that is known: not Postgres' infinity, which many readers cannot read."""

_NOT_GIVEN_EN, _NOT_GIVEN_CY = (literal(phrase("star.not_given", language)) for language in LANGUAGES)


@cache
def stars() -> tuple[Star, ...]:
    """Return every view of the star, each after those that it needs."""
    referred = {one.refers_to for star in (*facts(), _returns()) for one in star.columns}
    lists = [name for name in CODE_LISTS if name in referred]
    described = (_dates(), _areas(), _memberships(), _providers(), _services(), _submissions())
    return (*described, *map(_codes, lists), _indicators(), _breakdowns(), *facts(), _returns(), _figures())


# --- dates and areas --------------------------------------------------------------------------------------------------


def _dates() -> Star:
    columns = tuple(own(column.name, f"day.{column.name}", column.comment or "") for column in CALENDAR_DATE.c)
    return Star("mart_v1.dim_date", CALENDAR_DATE.comment or "", "core.calendar_date as day", columns)


_NAMES_OF_WALES = ", ".join(map(literal, area_names()[WALES]))

_EVERY_AREA = f"""(
    select
        area.area_key, area.area_code, 'authority' as area_level, area.name_en, area.name_cy, area.sort_order,
        area.sort_key_cy, area.former_code, area.statswales_code, region.area_key as region_key, region.region_code,
        region.name_en as region_name_en, region.name_cy as region_name_cy, region.health_board_code,
        region.health_board_name_en
    from core.area
    left join core.area_membership as membership
        on membership.area_code = area.area_code and membership.valid_to is null
    left join core.region on region.region_code = membership.region_code
    union all
    select
        area_key, region_code, 'region', name_en, name_cy, 100 + row_number() over (order by region_code)::integer,
        sort_key_cy, null, null, area_key, region_code, name_en, name_cy, health_board_code, health_board_name_en
    from core.region
    union all
    select
        {area_key(WALES)}, '{WALES}', 'country', {_NAMES_OF_WALES}, 200, '', null, null, null, null, null, null, null,
        null
    union all
    select
        code_key, code, 'none', label_en, label_cy, 300 + position, '', null, null, null, null, null, null, null, null
    from core.code
    where list_name = 'area_word'
    union all
    select
        {NOT_GIVEN}, '', 'none', {_NOT_GIVEN_EN}, {_NOT_GIVEN_CY}, 400, '', null,
        null, null, null, null, null, null, null
) as area"""  # noqa: S608 (our own words)


def _areas() -> Star:
    told = {
        "area_key": "Key of the area.",
        "area_code": "GSS code in force, code of the region, or SELF or OUTSIDE_WALES where there is no authority.",
        "area_level": "authority, region, country or none.",
        "name_en": "Name in English.",
        "name_cy": "Name in Welsh.",
        "sort_order": "Place in the order of StatsWales; regions, Wales and the rest after the authorities.",
        "sort_key_cy": "The Welsh name as the Welsh alphabet orders it, compared byte by byte.",
        "former_code": "GSS code before it was recoded, if it was.",
        "statswales_code": "StatsWales code of an authority.",
        "region_key": "Key of its region of today; for its region then, see dim_area_membership.",
        "region_code": "Its region of today.",
        "region_name_en": "Name of that region in English.",
        "region_name_cy": "Name of that region in Welsh.",
        "health_board_code": "GSS code of the region's health board.",
        "health_board_name_en": "Name of that health board in English.",
    }
    about = "Wales, its regions and authorities, and what stands in place of an authority in a return."
    columns = tuple(own(name, f"area.{name}", words) for name, words in told.items())
    return Star("mart_v1.dim_area", about, _EVERY_AREA, columns)


def _memberships() -> Star:
    columns = (
        own("area_key", "area.area_key", "The authority.", "area"),
        own("region_key", "region.area_key", "The region.", "area"),
        own("valid_from", "membership.valid_from", "First day on which it belonged to it."),
        own("valid_to", f"coalesce(membership.valid_to, {_ENDLESS})", "Last day; 9999-12-31 where it still does."),
        own("is_today", "membership.valid_to is null", "Whether it belongs to it today."),
        own("area_name_en", "area.name_en", "Name of the authority in English."),
        own("area_name_cy", "area.name_cy", "Name of the authority in Welsh."),
        own("region_code", "region.region_code", "Code of the region."),
        own("region_name_en", "region.name_en", "Name of the region in English."),
        own("region_name_cy", "region.name_cy", "Name of the region in Welsh."),
    )
    about = (
        "Which authority belonged to which region when. Join a fact on area_key, and on month_start between valid_from"
        " and valid_to for the regions of the time, or on is_today for those of today."
    )
    source = "core.area_membership as membership join core.area using (area_code) join core.region using (region_code)"
    return Star("mart_v1.dim_area_membership", about, source, columns)


# --- providers, services and submissions ------------------------------------------------------------------------------


def _providers() -> Star:
    versions = f"""
        select provider_key, provider_id, valid_from, valid_to, {", ".join(OF_PROVIDER)} from core.provider_version
        union all select {NOT_GIVEN}, null, {_BEGINNING}, null, {_blank(OF_PROVIDER)}
    """  # noqa: S608
    columns = (
        own("provider_key", "version.provider_key", "Key of the provider as it was described then."),
        own("provider_id", "version.provider_id", "Number in the national register."),
        *_validity(),
        *_described(RETURN, OF_PROVIDER),
    )
    about = "Providers: a row for each time that the current returns of one described it alike."
    return Star("mart_v1.dim_provider", about, f"({versions}) as version {_labels(RETURN, OF_PROVIDER)}", columns)


# Looked up only where it is asked for.
_SUCCESSOR = """(
    select max(later.service_id)
    from core.service_version as later
    where later.predecessor_service_id = version.service_id
)"""
_AT_LAST = ("closed_on", "closure_reason")


def _services() -> Star:
    names = (*OF_SERVICE, *_AT_LAST)
    versions = f"""
        select service_key, service_id, provider_id, valid_from, valid_to, {", ".join(names)} from core.service_version
        union all select {NOT_GIVEN}, null, null, {_BEGINNING}, null, {_blank(names)}
    """  # noqa: S608
    columns = (
        own("service_key", "version.service_key", "Key of the service as it was described then."),
        own("service_id", "version.service_id", "Number in the national register; the same for all its versions."),
        own(
            "provider_id",
            "version.provider_id",
            "The provider that ran it then: an operator's successor is a new version.",
        ),
        *_validity(),
        *_described(SERVICES, names),
        own("successor_service_id", _SUCCESSOR, "The service that took over from it, if one did."),
    )
    about = "Services: a row for each time that current returns described one alike, whoever ran it."
    source = f"({versions}) as version {_labels(SERVICES, names)}"
    return Star("mart_v1.dim_service", about, source, columns)


def _validity() -> Iterator[Shown]:
    yield own("valid_from", "version.valid_from", "First day on which it was described like this.")
    yield own(
        "valid_to", f"coalesce(version.valid_to, {_ENDLESS})", "Last day on which it was; 9999-12-31 where it still is."
    )


def _blank(names: Iterable[str]) -> str:
    """Return the values of a row that stands for what was not given: its name says so, and nothing else is known."""
    said = {"en": _NOT_GIVEN_EN, "cy": _NOT_GIVEN_CY}
    return ", ".join(said[name[-2:]] if "_name_" in name else "null" for name in names)


def _described(sheet: contract.Sheet, names: Iterable[str]) -> Iterator[Shown]:
    """Yield the columns that describe a version: codes and areas with their labels in both languages."""
    for name in names:
        column = sheet.column(name)
        says = f"column.{sheet.name}.{name}"
        yield Shown(name, f"version.{name}", column.label, says, column.about)
        if isinstance(column.kind, contract.Code | contract.Area):
            label = "label" if isinstance(column.kind, contract.Code) else "name"
            yield Shown(f"{name}_en", f"{name}_of.{label}_en", f"{column.label} (English)", says, "In English.")
            yield Shown(f"{name}_cy", f"{name}_of.{label}_cy", f"{column.label} (Welsh)", says, "In Welsh.")


def _labels(sheet: contract.Sheet, names: Iterable[str]) -> str:
    return " ".join(_label(sheet.column(name)) for name in names)


def _label(column: contract.Column) -> str:
    of, place = f"{column.name}_of", f"version.{column.name}"
    match column.kind:
        case contract.Code(list_name=name):
            return f"left join core.code as {of} on {of}.list_name = '{name}' and {of}.code = {place}"
        case contract.Area():
            return f"left join core.area as {of} on {of}.area_code = {place}"
        case _:
            return ""


def _submissions() -> Star:
    told = {
        "submission_key": ("submission_id", "Key of the submission: the first 15 hexadecimal digits of its SHA-256."),
        "sha256": ("sha256", "SHA-256 of the file's bytes."),
        "provider_id": ("provider_id", "The provider."),
        "month_start": ("period", "First day of the month that it is about."),
        "submission_no": ("submission_no", "1 for the first, 2 for the first correction, and so on."),
        "profile": ("profile", "FULL with person-level sheets, LITE without, BASELINE before March 2020."),
        "received_at": ("received_at", "When it came."),
        "state": ("state", "accepted, queried or refused."),
        "is_current": ("is_current", "Whether it stands for its provider and month."),
        "is_nil_return": ("nil_return", "Whether it says that nothing happened in the month."),
        "declared_on": ("declared_on", "Day on which it was declared correct."),
        "reply_language": ("language", "Language in which the provider wants to hear first."),
        "rows_read": ("rows_read", "Rows in the file, headers and blank rows not counted."),
        "rows_accepted": ("rows_accepted", "Of those, rows that were accepted."),
    }
    columns = tuple(own(name, f"submission.{place}", words) for name, (place, words) in told.items())
    source = (
        "landing.submission as submission where submission.provider_id is not null and submission.period is not null"
    )
    return Star(
        "mart_v1.dim_submission", "Submissions: every version of every return that could be read.", source, columns
    )


# --- lists of codes, indicators ---------------------------------------------------------------------------------------


def _codes(name: str) -> Star:
    source = f"""(
        select code_key, code, position, label_en, label_cy from core.code where list_name = '{name}'
        union all
        select {NOT_GIVEN}, '', 0, {_NOT_GIVEN_EN}, {_NOT_GIVEN_CY}
    ) as listed"""  # noqa: S608
    columns = (
        own(f"{name}_key", "listed.code_key", "Key of the code.", called="key"),
        own(f"{name}_code", "listed.code", "The code, as in returns; blank where none was given.", called="code"),
        own(f"{name}_en", "listed.label_en", "Meaning in English.", called="meaning_en"),
        own(f"{name}_cy", "listed.label_cy", "Meaning in Welsh.", called="meaning_cy"),
        own("sort_order", "listed.position", "Place in the order in which people read the list."),
    )
    words = name.replace("_", " ")
    return Star(f"mart_v1.dim_{name}", f"The codes of {words}, with what they mean.", source, columns)


def _indicator_key(row: str) -> str:
    return code_key_in_sql("'indicator'", f"{row}.indicator_id || '.' || {row}.measure")


def _indicators() -> Star:
    plain = {
        "indicator_id": "The indicator, DO01 to DO30.",
        "measure": "Which of its measures.",
        "version": "Version of the definition; a change of meaning is a new version.",
        "title_en": "Title in English.",
        "title_cy": "Title in Welsh.",
        "measure_en": "What the measure is, in English.",
        "measure_cy": "What the measure is, in Welsh.",
        "definition_en": "What the indicator means, in English.",
        "definition_cy": "What the indicator means, in Welsh.",
        "unit": "Unit of the value.",
        "decimal_places": "Places that a published value is rounded to.",
        "direction": "up where more is better, down where less is, none where neither is.",
        "policy_source": "The policy that the indicator serves.",
    }
    key = own("indicator_key", _indicator_key("definition"), "Key of the indicator's measure.")
    columns = (key, *(own(name, f"definition.{name}", words) for name, words in plain.items()))
    order = own("sort_order", "definition.position", "Place in the order in which people read indicators.")
    source = "release_v1.indicator_definition as definition"
    return Star("mart_v1.dim_indicator", "Indicators and their measures.", source, (*columns, order))


def _breakdowns() -> Star:
    names = {
        "breakdown_key": "Key of the category.",
        "breakdown": "What figures are broken down by; all where they are not.",
        "category": "Code of the category; ALL where there is none.",
        "category_en": "The category in English.",
        "category_cy": "The category in Welsh.",
        "sort_order": "Place in the order in which people read the categories.",
    }
    rows = ", ".join(f"({', '.join(map(literal, row))})" for row in _categories())
    source = f"(values {rows}) as listed ({', '.join(names)})"
    columns = tuple(own(name, f"listed.{name}", words) for name, words in names.items())
    return Star("mart_v1.dim_breakdown", "The categories that indicators are broken down by.", source, columns)


def _categories() -> Iterator[tuple[int | str, ...]]:
    for position, (name, code) in enumerate(
        ((name, code) for name, (_, codes) in BREAKDOWNS.items() for code in codes), 1
    ):
        label = BREAKDOWNS[name][0] if name == "all" else CODE_LISTS[name][code]
        welsh = cy(f"breakdown.{name}") if name == "all" else cy(f"code.{name}.{code}")
        yield code_key(name, code), name, code, label, welsh or label, position


# --- facts that are no sheet of the return ----------------------------------------------------------------------------


def _returns() -> Star:
    columns = (
        own("submission_key", "submission.submission_id", "The submission.", "submission"),
        own("month_key", "measured.month_key", "First day of the month that it is about.", "date"),
        own("month_start", "submission.period", "The same, as a date."),
        own("provider_key", "measured.provider_key", "The provider, as it was described then.", "provider"),
        _sector(),
        own("area_key", area_key_in_sql("submission.lead_la"), "The authority that it is agreed with.", "area"),
        own(
            "received_date_key",
            date_key_in_sql(_CAME_ON),
            "Day on which it came.",
            "date",
        ),
        own(
            "days_after_due",
            f"{_CAME_ON} - calendar.due_on",
            "Days from the day that it was due to the day that it came; below 0 where it came before.",
            adds=Adds.NOTHING,
        ),
        own("rows_read", "submission.rows_read", "Rows in the file.", adds=Adds.ALL),
        own("rows_accepted", "submission.rows_accepted", "Of those, rows that were accepted.", adds=Adds.ALL),
        own("errors", "coalesce(found.errors, 0)", "Things found that refuse a row or more.", adds=Adds.ALL),
        own("queries", "coalesce(found.queries, 0)", "Things found that the provider is asked about.", adds=Adds.ALL),
    )
    source = """
        core.measured_return as measured
        join landing.submission as submission using (submission_id)
        left join core.return_calendar as calendar on calendar.period = submission.period
        left join (
            select
                submission_id,
                count(*) filter (where severity = 'error') as errors,
                count(*) filter (where severity = 'query') as queries
            from landing.finding
            group by submission_id
        ) as found on found.submission_id = submission.submission_id
    """
    return Star("mart_v1.fct_return", "Current returns: when each came, and what was found in it.", source, columns)


def _sector() -> Shown:
    column = RETURN.column("provider_sector")
    key = key_in_sql(column.kind, "submission.provider_sector")
    return Shown("provider_sector_key", key, column.label, "column.RETURN.provider_sector", column.about, column.name)


_CAME_ON = "(submission.received_at at time zone 'Europe/London')::date"


def _figures() -> Star:
    own_key = area_key_in_sql("figure.area_code")
    of_area = f"case when figure.area_level = 'region' then region.area_key else {own_key} end"
    columns = (
        own("indicator_key", _indicator_key("figure"), "The indicator's measure.", "indicator"),
        own("area_key", of_area, "The area.", "area"),
        own("period_kind", "figure.period_kind", "month, quarter or year (financial)."),
        own("period_key", date_key_in_sql("figure.period_start"), "First day of the period.", "date"),
        own("period_start", "figure.period_start", "The same, as a date."),
        own("breakdown_key", code_key_in_sql("figure.breakdown", "figure.category"), "The category.", "breakdown"),
        own("indicator_id", "figure.indicator_id", "The indicator, to choose figures by quickly."),
        own("measure", "figure.measure", "Its measure, to choose figures by quickly."),
        own("area_level", "figure.area_level", "authority, region or country."),
        own("numerator", "figure.numerator", "What is counted or divided, before rounding.", adds=Adds.NOTHING),
        own("denominator", "figure.denominator", "What it is divided by; blank for a plain count.", adds=Adds.NOTHING),
        own("value", "figure.value", "The figure, unrounded; blank where it cannot be known.", adds=Adds.NOTHING),
        own("coverage", "figure.coverage", "Services returned divided by services expected.", adds=Adds.NOTHING),
        own("note_codes", "figure.note_codes", "Note codes of the figure; empty where there are none."),
    )
    about = (
        "Indicators before protection: small numbers included, not for publication. People are counted once in each"
        " area and period, so choose one level, one kind of period and one breakdown, and add nothing up."
    )
    source = "mart_v1.indicator as figure left join core.region on region.region_code = figure.area_code"
    return Star("mart_v1.fct_indicator", about, source, columns)
