"""The tables and views of the figures: indicators before protection, after it, and as released.

`mart_v1` is written again every night; releases are only ever added to, and what of them is public is in `release_v1`.
A figure's key is the same everywhere: the indicator and its measure, the area, the period, and the category of a
breakdown ('ALL' of breakdown 'all' where none).
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from warehouse.metadata import metadata

KEY = (
    "indicator_id",
    "measure",
    "area_code",
    "period_kind",
    "period_start",
    "breakdown",
    "category",
)
"""What names one figure; a release's figures have the release's id before it."""


def _column(name: str, kind: Any, comment: str, *, is_null: bool = False, is_key: bool = False) -> Column[Any]:
    return Column(name, kind, primary_key=is_key, nullable=is_null and not is_key, comment=comment)


def _key() -> tuple[Column[Any], ...]:
    return (
        _column("indicator_id", Text, "The indicator, DO01 to DO30.", is_key=True),
        _column("measure", Text, "Which of the indicator's measures, such as count or rate.", is_key=True),
        _column("area_code", Text, "GSS code of an authority or of Wales, or the code of a region.", is_key=True),
        _column("period_kind", Text, "month, quarter or year (financial).", is_key=True),
        _column("period_start", Date, "First day of the period.", is_key=True),
        _column("breakdown", Text, "What the figure is broken down by; all where it is not.", is_key=True),
        _column("category", Text, "Code of the breakdown's category; ALL where there is none.", is_key=True),
    )


def _level() -> Column[Any]:
    return _column("area_level", Text, "authority, region or country.")


def _notes() -> Column[Any]:
    return _column("note_codes", ARRAY(Text), "Note codes of the figure, sorted; empty where there are none.")


def _coverage() -> Column[Any]:
    return _column(
        "coverage", Numeric, "Services returned divided by services expected; null where none was.", is_null=True
    )


def _through() -> Column[Any]:
    return _column(
        "through", Date, "First day of the last month that it counts: a year so far ends before its time.", is_null=True
    )


def _interval() -> tuple[Column[Any], ...]:
    return (
        _column("lower", Numeric, "Lower end of its 95% interval; null where it has none.", is_null=True),
        _column("upper", Numeric, "Upper end of its 95% interval; null where it has none.", is_null=True),
    )


def _missing() -> Column[Any]:
    return _column(
        "missing_authorities",
        ARRAY(Text),
        "Authorities of the area that are in no sum: their services were expected and did not return at all, or, where "
        "it is held against the months before the pandemic, they have no month to compare.",
        is_null=True,
    )


indicator = Table(
    "indicator",
    metadata,
    *_key(),
    _level(),
    _column("numerator", Numeric, "What is counted or divided, before rounding.", is_null=True),
    _column("denominator", Numeric, "What it is divided by; null for a plain count.", is_null=True),
    _column("value", Numeric, "The figure, unrounded; null where it cannot be known.", is_null=True),
    _column("services_expected", Integer, "Services that ought to have returned, summed over the months."),
    _column("services_returned", Integer, "Of those, services that a current return is about."),
    _coverage(),
    _notes(),
    _through(),
    *_interval(),
    _missing(),
    _column(
        "only_provider", Text, "The provider behind all that is counted; null where there are several.", is_null=True
    ),
    _column("largest", Numeric, "Of an amount of money, the most that one provider accounts for.", is_null=True),
    _column("second_largest", Numeric, "Of an amount of money, what the next provider accounts for.", is_null=True),
    schema="mart_v1",
    comment="National indicators before protection: small numbers included. Not for publication.",
)

protected_indicator = Table(
    "protected_indicator",
    metadata,
    *_key(),
    _level(),
    _column("value", Numeric, "The figure, rounded; null where it is confidential or not available.", is_null=True),
    _coverage(),
    _notes(),
    _column("status", Text, "shown, confidential or not_available."),
    _column("reason", Text, "Why it is not shown, as a code; null where it is shown.", is_null=True),
    _column("threshold", Integer, "Smallest number of people that was shown.", is_null=True),
    _column(
        "rounding_base", Integer, "What it was rounded to a multiple of; null where it is no plain count.", is_null=True
    ),
    _column(
        "coverage_floor",
        Numeric,
        "Coverage below which it is not available; null where there is no such floor.",
        is_null=True,
    ),
    _through(),
    *_interval(),
    _missing(),
    _column("services_expected", Integer, "Services that ought to have returned.", is_null=True),
    _column("services_returned", Integer, "Of those, services that a current return is about.", is_null=True),
    _column("version", Integer, "Version of the indicator's definition.", is_null=True),
    schema="mart_v1",
    comment="National indicators after primary disclosure control, as they would be released today.",
)

estimated_indicator = Table(
    "estimated_indicator",
    metadata,
    *_key(),
    _level(),
    _column("value", Numeric, "The estimate, rounded; null where it would tell what is confidential.", is_null=True),
    _column("numerator", Numeric, "What is counted or divided, before rounding; null with the value.", is_null=True),
    _column("denominator", Numeric, "What it is divided by; null for a plain count, and with the value.", is_null=True),
    _column("method", Text, "carry_forward or ratio."),
    _column("share_estimated", Numeric, "Services whose part is estimated, divided by services expected."),
    _column("estimated_authorities", ARRAY(Text), "Authorities of the area whose part is estimated."),
    _notes(),
    schema="mart_v1",
    comment="Estimates for services that did not return, where a setting asks for them; no national indicators. "
    "Regions and Wales are sums of authorities: of different people, the most that there can be.",
)

figure_basis = Table(
    "figure_basis",
    metadata,
    _column("period", Date, "First day of the month that the figures are about.", is_key=True),
    _column("basis", Text, "Hash of all that they rested on when they were measured."),
    _column("is_released", Boolean, "True once they went all the way to the release."),
    schema="mart_v1",
    comment="What each month's figures rest on: where that has changed since, they are made anew.",
)

disclosure_audit = Table(
    "disclosure_audit",
    metadata,
    _column("period", Date, "First day of the month that was protected and attacked.", is_key=True),
    _column("audit", JSON, "What the attack on its figures looked at and found; no value is told."),
    schema="mart_v1",
    comment="The audit of each month's protected figures, as they stand.",
)

release = Table(
    "release",
    metadata,
    _column("release_id", Text, "The month and the release's number in it, such as 2026-08-r1.", is_key=True),
    _column("period", Date, "First day of the month that the release is about."),
    _column("number", Integer, "1 for the first release of the month, 2 for the next, and so on."),
    _column("created_at", DateTime(timezone=True), "When the release was made."),
    _column("content_sha256", Text, "SHA-256 of what the release says: its figures, their quality and the policy."),
    _column("disclosure_control", Text, "Which disclosure control the figures went through."),
    _column("population_vintage", Text, "The estimate of the population that rates were divided by."),
    # Not jsonb: that would order the keys anew, and what is made of a release follows their order.
    _column("policy", JSON, "The rules in force: thresholds, floors and the like."),
    _column("quality", JSON, "How complete the month's returns were, and what was waived."),
    _column("audit", JSON, "What the audit of the disclosure control looked at and found."),
    _column(
        "compared_with",
        Text,
        "The published release of the same month that it was compared with; null for a first one.",
        is_null=True,
    ),
    _column("rests_on", ARRAY(Text), "Published releases whose figures it was compared with or drew curves from."),
    ForeignKeyConstraint(["compared_with"], ["core.release.release_id"]),
    UniqueConstraint("period", "number"),
    schema="core",
    comment="Releases, prepared and published: each is frozen when it is made, and a later one never changes it.",
)

release_decision = Table(
    "release_decision",
    metadata,
    Column(
        "release_id", Text, ForeignKey("core.release.release_id"), primary_key=True, comment="The release decided on."
    ),
    _column("decision", Text, "approved or withdrawn; each once.", is_key=True),
    _column("decided_by", Text, "The role of who decided it."),
    _column("decided_at", DateTime(timezone=True), "When it was decided."),
    _column("reason", Text, "Why: of an approval, why figures are revised; empty for a first release."),
    _column("publish_at", DateTime(timezone=True), "Of an approval: when it becomes public.", is_null=True),
    _column(
        "time_reason",
        Text,
        "Of an approval: why it is not at 9:30 on a working day; null where it is.",
        is_null=True,
    ),
    CheckConstraint("decision in ('approved', 'withdrawn')", name="decision"),
    CheckConstraint("(decision = 'approved') = (publish_at is not null)", name="publish_at"),
    schema="core",
    comment="The trail of decisions about releases. Nothing of it is changed or deleted.",
)

released_figure = Table(
    "released_figure",
    metadata,
    Column(
        "release_id",
        Text,
        ForeignKey("core.release.release_id"),
        primary_key=True,
        comment="The release it is in.",
    ),
    *_key(),
    _column("position", Integer, "Place in the order in which people read the release, from 1."),
    _level(),
    _column("version", Integer, "Version of the indicator's definition."),
    _column("through", Date, "First day of the last month that it counts: a year so far ends before its time."),
    _column("value", Numeric, "The figure as published; null where it is confidential or not available.", is_null=True),
    *_interval(),
    _notes(),
    _coverage(),
    _column("services_expected", Integer, "Services that ought to have returned."),
    _column("services_returned", Integer, "Of those, services that a current return is about."),
    _column(
        "missing_authorities",
        ARRAY(Text),
        "Authorities of the area whose services were expected and did not return at all: they are in no sum.",
    ),
    _column(
        "numerator",
        Numeric,
        "What was counted or divided, before rounding: what later releases must not give away.",
        is_null=True,
    ),
    _column("denominator", Numeric, "What it was divided by; null for a plain count.", is_null=True),
    schema="core",
    comment="Figures of every release, prepared and published, with what they were made of. Not for publication.",
)

indicator_definition = Table(
    "indicator_definition",
    metadata,
    _column("indicator_id", Text, "The indicator, DO01 to DO30.", is_key=True),
    _column("measure", Text, "The measure of it.", is_key=True),
    _column("version", Integer, "Version of the definition; a change of meaning is a new version."),
    _column(
        "position", Integer, "Place in the order in which people read indicators; the headline measure comes first."
    ),
    _column("title_en", Text, "Title in English."),
    _column("title_cy", Text, "Title in Welsh.", is_null=True),
    _column("measure_en", Text, "What the measure is, in English."),
    _column("measure_cy", Text, "What the measure is, in Welsh.", is_null=True),
    _column("definition_en", Text, "What the indicator means, in English."),
    _column("definition_cy", Text, "What the indicator means, in Welsh.", is_null=True),
    _column("numerator_en", Text, "What is counted."),
    _column("denominator_en", Text, "What it is divided by.", is_null=True),
    _column("numerator_cy", Text, "What is counted, in Welsh.", is_null=True),
    _column("denominator_cy", Text, "What it is divided by, in Welsh.", is_null=True),
    _column("unit", Text, "Unit of the value, such as people, % or GBP."),
    _column("factor", Integer, "What the quotient is multiplied by: 100 for a percentage."),
    _column("decimal_places", Integer, "Places that the published value is rounded to."),
    _column("direction", Text, "up where more is better, down where less is, none where neither is."),
    _column("levels", ARRAY(Text), "Levels of area that it is given for."),
    _column("breakdowns", ARRAY(Text), "Breakdowns that it is given by."),
    _column("is_snapshot", Boolean, "True where it is measured on the last day of each quarter."),
    _column("is_distinct", Boolean, "True where people count once in the whole period, not once a month."),
    _column("has_floor", Boolean, "True where the figure is not available below the coverage floor."),
    _column("people_in", Text, "Where people are counted: numerator, denominator, both or none."),
    _column("is_count", Boolean, "True for a plain count, which is rounded to the rounding base."),
    _column("is_share", Boolean, "True where the numerator is part of the denominator, so that the rest is known too."),
    _column("policy_source", Text, "The policy that the indicator serves."),
    _column("sheets", ARRAY(Text), "Sheets of the return whose rows it is measured from.", is_null=True),
    _column(
        "has_baseline", Boolean, "True where it is measured from returns about before the pandemic too.", is_null=True
    ),
    _column(
        "interval_method",
        Text,
        "How its 95% interval is reckoned: wilson for a share of people, byar for a number or rate; null for none.",
        is_null=True,
    ),
    _column(
        "population_vintage",
        Text,
        "Estimates of the population that it divides by, such as mid2020; null where by none.",
        is_null=True,
    ),
    schema="release_v1",
    comment="Dictionary of the indicators and their measures.",
)

code_label = Table(
    "code_label",
    metadata,
    _column("list_name", Text, "The list: area, note_code, breakdown, or a breakdown's own name.", is_key=True),
    _column("code", Text, "The code, as it stands in the figures.", is_key=True),
    _column("position", Integer, "Place in the order in which people read the list."),
    _column("label_en", Text, "Its meaning in English."),
    _column("label_cy", Text, "Its meaning in Welsh.", is_null=True),
    schema="release_v1",
    comment="Dictionary of the codes that the figures use.",
)

NEWEST_FIGURES = """
    with newest as (
        select distinct on (
            figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
            figure.breakdown, figure.category
        ) figure.*
        from release_v1.indicator_value figure
        join {newest} release on release.release_id = figure.release_id
        order by
            figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
            figure.breakdown, figure.category, release.period desc
    )
    select
        newest.*,
        definition.title_en, definition.title_cy, definition.measure_en, definition.measure_cy, definition.unit,
        area.label_en as area_name_en, area.label_cy as area_name_cy,
        coalesce(category.label_en, newest.category) as category_en,
        coalesce(category.label_cy, newest.category) as category_cy
    from newest
    left join release_v1.indicator_definition definition
        on definition.indicator_id = newest.indicator_id and definition.measure = newest.measure
    left join release_v1.code_label area on area.list_name = 'area' and area.code = newest.area_code
    left join release_v1.code_label category
        on category.list_name = newest.breakdown and category.code = newest.category
"""
"""Each figure as the `newest` published release of its month has it, with labels in both languages."""

VIEWS: dict[str, str] = {
    "release_v1.latest_release": """
        select distinct on (period) *
        from release_v1.release
        order by period, number desc
    """,
    "release_v1.latest_indicator": NEWEST_FIGURES.format(newest="release_v1.latest_release"),
    "mart_v1.indicator_change": """
        select
            today.*,
            before.value as previous_value,
            today.value - before.value as change
        from mart_v1.indicator today
        left join mart_v1.indicator before
            on before.indicator_id = today.indicator_id
            and before.measure = today.measure
            and before.area_code = today.area_code
            and before.period_kind = today.period_kind
            and before.breakdown = today.breakdown
            and before.category = today.category
            and before.period_start = (
                today.period_start
                - case today.period_kind
                    when 'month' then interval '1 month'
                    when 'quarter' then interval '3 months'
                    else interval '1 year'
                end
            )::date
    """,
}
"""The select of each view by its name, in the order in which they must be made."""

VIEW_COMMENTS: dict[str, str] = {
    "release_v1.latest_release": "The last published release of each month.",
    "release_v1.latest_indicator": "Each figure as it was last published, with labels in both languages.",
    "mart_v1.indicator_change": "Each indicator beside its value one period before, and the change between them.",
}
"""What each view is, for its COMMENT."""

VIEW_COLUMNS: dict[str, dict[str, str]] = {
    "release_v1.latest_release": {
        "is_draft": "Always false: what is not approved is not shown.",
        "publish_at": "When it became public.",
        "reason": "Why figures are revised in it; empty for the first of its month.",
    },
    "release_v1.latest_indicator": {
        "publish_at": "When the release that it is in became public.",
        "area_name_en": "Name of the area in English.",
        "area_name_cy": "Name of the area in Welsh.",
        "category_en": "The category in English.",
        "category_cy": "The category in Welsh.",
    },
    "mart_v1.indicator_change": {
        "previous_value": "The value one period before.",
        "change": "The value less the one before.",
    },
}
"""What those columns of the views mean that no table has."""
