"""The first tables: landing, reference, facts, indicators and releases.

Follows: nothing
"""
# ruff: noqa: E501 - written by autogenerate

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = {
    "landing": "What was delivered and found: deliveries, submissions, findings, normalisations. For operators.",
    "restricted": "Rows about people, pseudonymised, and quarantined rows as submitted. For the loader alone.",
    "core": "Reference data and every accepted submission's rows, versions kept. For the loader and analysts.",
    "mart_v1": "National indicators before protection. For analysts.",
    "release_v1": "Frozen, protected releases and their dictionaries. For everyone.",
}


def upgrade() -> None:
    _schemas()
    _core_area()
    _core_code()
    _core_note_code()
    _core_real_living_wage()
    _core_region()
    _core_rule()
    _landing_submission()
    _landing_waiver()
    _landing_warehouse_state()
    _mart_v1_figure_basis()
    _mart_v1_indicator()
    _mart_v1_protected_indicator()
    _release_v1_code_label()
    _release_v1_indicator_definition()
    _release_v1_release()
    _core_activity()
    _core_area_membership()
    _core_carer()
    _core_finance()
    _core_outcome()
    _core_population()
    _core_service_month()
    _core_volunteer()
    _core_waiting()
    _core_workforce()
    _landing_delivery()
    _landing_finding()
    _landing_normalisation()
    _landing_registered_service()
    _release_v1_indicator_value()
    _restricted_attendance()
    _restricted_person()
    _restricted_quarantine()


def downgrade() -> None:
    raise NotImplementedError("a warehouse is not taken back: drop it and rebuild it from the archive")


def _schemas() -> None:
    for name, about in SCHEMAS.items():
        op.execute(f"create schema if not exists {name}")
        op.execute(f"comment on schema {name} is '{about.replace(chr(39), chr(39) * 2)}'")
    op.execute("comment on table landing.schema_version is 'The last of the numbered migrations that ran here.'")
    op.execute("comment on column landing.schema_version.version_num is 'Its number.'")


def _core_area() -> None:
    op.create_table(
        "area",
        sa.Column("area_code", sa.Text(), nullable=False, comment="GSS code in force."),
        sa.Column("name_en", sa.Text(), nullable=False, comment="Name in English."),
        sa.Column("name_cy", sa.Text(), nullable=False, comment="Name in Welsh."),
        sa.Column("former_code", sa.Text(), nullable=True, comment="GSS code before it was recoded, if it was."),
        sa.Column("statswales_code", sa.Text(), nullable=False, comment="StatsWales code."),
        sa.Column("health_board_code", sa.Text(), nullable=False, comment="GSS code of its health board."),
        sa.Column("sort_order", sa.Integer(), nullable=False, comment="Place in the order of StatsWales."),
        sa.PrimaryKeyConstraint("area_code", name=op.f("pk_area")),
        schema="core",
        comment="The 22 unitary authorities of Wales.",
    )


def _core_code() -> None:
    op.create_table(
        "code",
        sa.Column("list_name", sa.Text(), nullable=False, comment="The list."),
        sa.Column("code", sa.Text(), nullable=False, comment="The code."),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="Place in the order in which people read the list."
        ),
        sa.Column("label_en", sa.Text(), nullable=False, comment="Meaning in English."),
        sa.Column("label_cy", sa.Text(), nullable=True, comment="Meaning in Welsh."),
        sa.PrimaryKeyConstraint("list_name", "code", name=op.f("pk_code")),
        schema="core",
        comment="The codes that returns use.",
    )


def _core_note_code() -> None:
    op.create_table(
        "note_code",
        sa.Column("code", sa.Text(), nullable=False, comment="The note code."),
        sa.Column("label_en", sa.Text(), nullable=False, comment="Meaning in English."),
        sa.Column("label_cy", sa.Text(), nullable=False, comment="Meaning in Welsh."),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_note_code")),
        schema="core",
        comment="StatsWales' note codes.",
    )


def _core_real_living_wage() -> None:
    op.create_table(
        "real_living_wage",
        sa.Column("financial_year", sa.Text(), nullable=False, comment="Financial year, such as 2025-26."),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="First day of the financial year."),
        sa.Column("hourly_gbp", sa.Numeric(precision=6, scale=2), nullable=False, comment="Pounds an hour."),
        sa.Column("announced", sa.Text(), nullable=False, comment="Month in which the rate was announced."),
        sa.PrimaryKeyConstraint("financial_year", name=op.f("pk_real_living_wage")),
        schema="core",
        comment="The Real Living Wage by financial year of the Welsh Government.",
    )


def _core_region() -> None:
    op.create_table(
        "region",
        sa.Column("region_code", sa.Text(), nullable=False, comment="Code of the region."),
        sa.Column("name_en", sa.Text(), nullable=False, comment="Name in English."),
        sa.Column("name_cy", sa.Text(), nullable=False, comment="Name in Welsh."),
        sa.Column("health_board_code", sa.Text(), nullable=False, comment="GSS code of its health board."),
        sa.Column("health_board_name_en", sa.Text(), nullable=False, comment="Its health board, in English."),
        sa.Column(
            "health_board_statswales_code", sa.Text(), nullable=False, comment="StatsWales code of its health board."
        ),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_region")),
        schema="core",
        comment="The seven regional partnership boards.",
    )


def _core_rule() -> None:
    op.create_table(
        "rule",
        sa.Column("rule_id", sa.Text(), nullable=False, comment="The rule."),
        sa.Column("version", sa.Integer(), nullable=False, comment="Version of the rule."),
        sa.Column("severity", sa.Text(), nullable=False, comment="Its worst severity."),
        sa.Column("scope", sa.Text(), nullable=False, comment="Where it looks: file, sheet, row or cell."),
        sa.Column("sentence_en", sa.Text(), nullable=False, comment="The rule in English."),
        sa.Column("sentence_cy", sa.Text(), nullable=True, comment="The rule in Welsh."),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule")),
        schema="core",
        comment="The rules that returns are held to.",
    )


def _landing_submission() -> None:
    op.create_table(
        "submission",
        sa.Column(
            "submission_id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="First 15 hexadecimal digits of its SHA-256.",
        ),
        sa.Column("sha256", sa.Text(), nullable=False, comment="SHA-256 of the file's bytes."),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="Size of the file."),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="When these bytes first came."),
        sa.Column("file_name", sa.Text(), nullable=False, comment="The name under which they first came."),
        sa.Column(
            "state",
            sa.Text(),
            server_default="received",
            nullable=False,
            comment="received: not looked at yet; read: provider and month are known; accepted: sound; queried: loaded, and the provider is asked to explain something; refused: not used.",
        ),
        sa.Column(
            "is_current",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether this submission stands for its provider and month.",
        ),
        sa.Column(
            "contract_version", sa.Text(), nullable=True, comment="Version of the contract that it was last judged by."
        ),
        sa.Column(
            "loaded_version",
            sa.Text(),
            nullable=True,
            comment="Version of the contract under which it was loaded; stale where it was judged anew since.",
        ),
        sa.Column(
            "verdict_sha256", sa.Text(), nullable=True, comment="SHA-256 of what was found, to see whether it changed."
        ),
        sa.Column(
            "rows_read", sa.Integer(), nullable=True, comment="Rows in the file, headers and blank rows not counted."
        ),
        sa.Column("rows_accepted", sa.Integer(), nullable=True, comment="Rows that were accepted."),
        sa.Column(
            "return_id",
            sa.Text(),
            nullable=True,
            comment="Return number. A unique number that your system gives to this submission.",
        ),
        sa.Column(
            "spec_version",
            sa.Text(),
            nullable=True,
            comment="Version of the form. The version of this form that was filled in.",
        ),
        sa.Column(
            "provider_id",
            sa.Text(),
            nullable=True,
            comment="Provider number. The number that the national register gave you.",
        ),
        sa.Column(
            "provider_name_en", sa.Text(), nullable=True, comment="Provider name (English). Your organisation's name."
        ),
        sa.Column(
            "provider_name_cy",
            sa.Text(),
            nullable=True,
            comment="Provider name (Welsh). Your organisation's name in Welsh.",
        ),
        sa.Column("provider_sector", sa.Text(), nullable=True, comment="Sector. The kind of organisation."),
        sa.Column(
            "lead_la",
            sa.Text(),
            nullable=True,
            comment="Lead authority. The authority that this return is agreed with (GSS code).",
        ),
        sa.Column("period", sa.Date(), nullable=True, comment="Month. The month that this return is about, YYYY-MM."),
        sa.Column(
            "submission_no",
            sa.Integer(),
            nullable=True,
            comment="Submission number. 1 for the first, 2 for the first correction...",
        ),
        sa.Column(
            "profile",
            sa.Text(),
            nullable=True,
            comment="Kind of return. FULL with person-level sheets, LITE without, BASELINE before 2020-03.",
        ),
        sa.Column(
            "nil_return",
            sa.Boolean(),
            nullable=True,
            comment="Nil return. TRUE where there was no activity at all in the month.",
        ),
        sa.Column("nil_reason", sa.Text(), nullable=True, comment="Reason for the nil return. Why there was none."),
        sa.Column(
            "prepared_by_role", sa.Text(), nullable=True, comment="Prepared by (role). A job title, never a name."
        ),
        sa.Column(
            "declared_on",
            sa.Date(),
            nullable=True,
            comment="Date of declaration. The day on which the return was declared correct.",
        ),
        sa.Column(
            "language",
            sa.Text(),
            nullable=True,
            comment="Language of the reply. The language you want to hear back in first.",
        ),
        sa.CheckConstraint("not is_current or state in ('accepted', 'queried')", name=op.f("ck_submission_is_current")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_submission_sha256")),
        sa.CheckConstraint(
            "state in ('received', 'read', 'accepted', 'queried', 'refused')", name=op.f("ck_submission_state")
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (char_length(provider_name_cy) between 1 and 200)",
            name=op.f("ck_submission_provider_name_cy"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (declared_on is not null)", name=op.f("ck_submission_declared_on")
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (language is not null and language in ('en', 'cy'))",
            name=op.f("ck_submission_language"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (lead_la is not null and lead_la in ('W06000001', 'W06000002', 'W06000003', 'W06000004', 'W06000005', 'W06000006', 'W06000023', 'W06000008', 'W06000009', 'W06000010', 'W06000011', 'W06000012', 'W06000013', 'W06000014', 'W06000016', 'W06000024', 'W06000018', 'W06000019', 'W06000020', 'W06000021', 'W06000022', 'W06000015'))",
            name=op.f("ck_submission_lead_la"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (nil_reason in ('CLOSED_TEMP', 'NO_CLIENTS', 'NOT_STARTED'))",
            name=op.f("ck_submission_nil_reason"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (nil_return is not null)", name=op.f("ck_submission_nil_return")
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (period is not null and extract(day from period) = 1)",
            name=op.f("ck_submission_period"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (prepared_by_role is not null and char_length(prepared_by_role) between 1 and 80)",
            name=op.f("ck_submission_prepared_by_role"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (profile is not null and profile in ('FULL', 'LITE', 'BASELINE'))",
            name=op.f("ck_submission_profile"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (provider_id is not null and provider_id ~ '^(DOP\\d{5})$')",
            name=op.f("ck_submission_provider_id"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (provider_name_en is not null and char_length(provider_name_en) between 1 and 200)",
            name=op.f("ck_submission_provider_name_en"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (provider_sector is not null and provider_sector in ('LA', 'NHS', 'PRIVATE', 'THIRD', 'SOCENT', 'COOP'))",
            name=op.f("ck_submission_provider_sector"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (return_id is not null and return_id ~ '^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$')",
            name=op.f("ck_submission_return_id"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (spec_version is not null and spec_version in ('1.0'))",
            name=op.f("ck_submission_spec_version"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'queried') or (submission_no is not null and submission_no between 1 and 999)",
            name=op.f("ck_submission_submission_no"),
        ),
        sa.CheckConstraint(
            "submission_id = ('x' || left(sha256, 15))::bit(60)::bigint", name=op.f("ck_submission_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission")),
        sa.UniqueConstraint("sha256", name=op.f("uq_submission_sha256")),
        schema="landing",
        comment="Each different file that was delivered, with what its RETURN sheet says.",
    )
    op.create_index(
        op.f("ix_submission_period_provider_id"),
        "submission",
        ["period", "provider_id"],
        unique=False,
        schema="landing",
    )
    op.create_index(
        "uq_submission_current",
        "submission",
        ["provider_id", "period"],
        unique=True,
        schema="landing",
        postgresql_where=sa.text("is_current"),
    )


def _landing_waiver() -> None:
    op.create_table(
        "waiver",
        sa.Column("waiver_id", sa.Text(), nullable=False, comment="Name of the waiver."),
        sa.Column("rule_id", sa.Text(), nullable=False, comment="The rule that is waived."),
        sa.Column("provider_id", sa.Text(), nullable=True, comment="The provider; blank for all."),
        sa.Column("period_from", sa.Date(), nullable=False, comment="First month."),
        sa.Column("period_to", sa.Date(), nullable=False, comment="Last month."),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why."),
        sa.Column("approved_by", sa.Text(), nullable=False, comment="Who approved it."),
        sa.Column("expires_on", sa.Date(), nullable=False, comment="The last day on which it holds."),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_waiver_period_to")),
        sa.PrimaryKeyConstraint("waiver_id", name=op.f("pk_waiver")),
        schema="landing",
        comment="Rules that are waived, by whom and until when.",
    )


def _landing_warehouse_state() -> None:
    op.create_table(
        "warehouse_state",
        sa.Column(
            "fingerprint", sa.Text(), nullable=False, comment="SHA-256 of the reference data and views that stand here."
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_warehouse_state")),
        schema="landing",
        comment="What the last migration left behind, to see at once whether there is anything to do. One row.",
    )


def _mart_v1_figure_basis() -> None:
    op.create_table(
        "figure_basis",
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the figures are about."),
        sa.Column(
            "basis", sa.Text(), nullable=False, comment="Hash of all that they rested on when they were measured."
        ),
        sa.Column(
            "is_released", sa.Boolean(), nullable=False, comment="True once they went all the way to the release."
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_figure_basis")),
        schema="mart_v1",
        comment="What each month's figures rest on: where that has changed since, they are made anew.",
    )


def _mart_v1_indicator() -> None:
    op.create_table(
        "indicator",
        sa.Column("indicator_id", sa.Text(), nullable=False, comment="The indicator, DO01 to DO30."),
        sa.Column(
            "measure", sa.Text(), nullable=False, comment="Which of the indicator's measures, such as count or rate."
        ),
        sa.Column(
            "area_code",
            sa.Text(),
            nullable=False,
            comment="GSS code of an authority or of Wales, or the code of a region.",
        ),
        sa.Column("period_kind", sa.Text(), nullable=False, comment="month, quarter or year (financial)."),
        sa.Column("period_start", sa.Date(), nullable=False, comment="First day of the period."),
        sa.Column(
            "breakdown", sa.Text(), nullable=False, comment="What the figure is broken down by; all where it is not."
        ),
        sa.Column(
            "category", sa.Text(), nullable=False, comment="Code of the breakdown's category; ALL where there is none."
        ),
        sa.Column("area_level", sa.Text(), nullable=False, comment="authority, region or country."),
        sa.Column("numerator", sa.Numeric(), nullable=True, comment="What is counted or divided, before rounding."),
        sa.Column("denominator", sa.Numeric(), nullable=True, comment="What it is divided by; null for a plain count."),
        sa.Column(
            "value", sa.Numeric(), nullable=True, comment="The figure, unrounded; null where it cannot be known."
        ),
        sa.Column(
            "services_expected",
            sa.Integer(),
            nullable=False,
            comment="Services that ought to have returned, summed over the months.",
        ),
        sa.Column(
            "services_returned",
            sa.Integer(),
            nullable=False,
            comment="Of those, services that a current return is about.",
        ),
        sa.Column(
            "coverage",
            sa.Numeric(),
            nullable=True,
            comment="Services returned divided by services expected; null where none was.",
        ),
        sa.Column(
            "note_codes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Note codes of the figure, sorted; empty where there are none.",
        ),
        sa.PrimaryKeyConstraint(
            "indicator_id",
            "measure",
            "area_code",
            "period_kind",
            "period_start",
            "breakdown",
            "category",
            name=op.f("pk_indicator"),
        ),
        schema="mart_v1",
        comment="National indicators before protection: small numbers included. Not for publication.",
    )


def _mart_v1_protected_indicator() -> None:
    op.create_table(
        "protected_indicator",
        sa.Column("indicator_id", sa.Text(), nullable=False, comment="The indicator, DO01 to DO30."),
        sa.Column(
            "measure", sa.Text(), nullable=False, comment="Which of the indicator's measures, such as count or rate."
        ),
        sa.Column(
            "area_code",
            sa.Text(),
            nullable=False,
            comment="GSS code of an authority or of Wales, or the code of a region.",
        ),
        sa.Column("period_kind", sa.Text(), nullable=False, comment="month, quarter or year (financial)."),
        sa.Column("period_start", sa.Date(), nullable=False, comment="First day of the period."),
        sa.Column(
            "breakdown", sa.Text(), nullable=False, comment="What the figure is broken down by; all where it is not."
        ),
        sa.Column(
            "category", sa.Text(), nullable=False, comment="Code of the breakdown's category; ALL where there is none."
        ),
        sa.Column("area_level", sa.Text(), nullable=False, comment="authority, region or country."),
        sa.Column(
            "value",
            sa.Numeric(),
            nullable=True,
            comment="The figure, rounded; null where it is confidential or not available.",
        ),
        sa.Column(
            "coverage",
            sa.Numeric(),
            nullable=True,
            comment="Services returned divided by services expected; null where none was.",
        ),
        sa.Column(
            "note_codes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Note codes of the figure, sorted; empty where there are none.",
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="shown, confidential or not_available."),
        sa.PrimaryKeyConstraint(
            "indicator_id",
            "measure",
            "area_code",
            "period_kind",
            "period_start",
            "breakdown",
            "category",
            name=op.f("pk_protected_indicator"),
        ),
        schema="mart_v1",
        comment="National indicators after primary disclosure control, as they would be released today.",
    )


def _release_v1_code_label() -> None:
    op.create_table(
        "code_label",
        sa.Column(
            "list_name",
            sa.Text(),
            nullable=False,
            comment="The list: area, note_code, breakdown, or a breakdown's own name.",
        ),
        sa.Column("code", sa.Text(), nullable=False, comment="The code, as it stands in the figures."),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="Place in the order in which people read the list."
        ),
        sa.Column("label_en", sa.Text(), nullable=False, comment="Its meaning in English."),
        sa.Column("label_cy", sa.Text(), nullable=True, comment="Its meaning in Welsh."),
        sa.PrimaryKeyConstraint("list_name", "code", name=op.f("pk_code_label")),
        schema="release_v1",
        comment="Dictionary of the codes that the figures use.",
    )


def _release_v1_indicator_definition() -> None:
    op.create_table(
        "indicator_definition",
        sa.Column("indicator_id", sa.Text(), nullable=False, comment="The indicator, DO01 to DO30."),
        sa.Column("measure", sa.Text(), nullable=False, comment="The measure of it."),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Version of the definition; a change of meaning is a new version.",
        ),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="Place in the order in which people read indicators; the headline measure comes first.",
        ),
        sa.Column("title_en", sa.Text(), nullable=False, comment="Title in English."),
        sa.Column("title_cy", sa.Text(), nullable=True, comment="Title in Welsh."),
        sa.Column("measure_en", sa.Text(), nullable=False, comment="What the measure is, in English."),
        sa.Column("measure_cy", sa.Text(), nullable=True, comment="What the measure is, in Welsh."),
        sa.Column("definition_en", sa.Text(), nullable=False, comment="What the indicator means, in English."),
        sa.Column("definition_cy", sa.Text(), nullable=True, comment="What the indicator means, in Welsh."),
        sa.Column("numerator_en", sa.Text(), nullable=False, comment="What is counted."),
        sa.Column("denominator_en", sa.Text(), nullable=True, comment="What it is divided by."),
        sa.Column("unit", sa.Text(), nullable=False, comment="Unit of the value, such as people, % or GBP."),
        sa.Column(
            "factor", sa.Integer(), nullable=False, comment="What the quotient is multiplied by: 100 for a percentage."
        ),
        sa.Column(
            "decimal_places", sa.Integer(), nullable=False, comment="Places that the published value is rounded to."
        ),
        sa.Column(
            "direction",
            sa.Text(),
            nullable=False,
            comment="up where more is better, down where less is, none where neither is.",
        ),
        sa.Column(
            "levels", postgresql.ARRAY(sa.Text()), nullable=False, comment="Levels of area that it is given for."
        ),
        sa.Column("breakdowns", postgresql.ARRAY(sa.Text()), nullable=False, comment="Breakdowns that it is given by."),
        sa.Column(
            "is_snapshot",
            sa.Boolean(),
            nullable=False,
            comment="True where it is measured on the last day of each quarter.",
        ),
        sa.Column(
            "is_distinct",
            sa.Boolean(),
            nullable=False,
            comment="True where people count once in the whole period, not once a month.",
        ),
        sa.Column(
            "has_floor",
            sa.Boolean(),
            nullable=False,
            comment="True where the figure is not available below the coverage floor.",
        ),
        sa.Column(
            "people_in",
            sa.Text(),
            nullable=False,
            comment="Where people are counted: numerator, denominator, both or none.",
        ),
        sa.Column(
            "is_count",
            sa.Boolean(),
            nullable=False,
            comment="True for a plain count, which is rounded to the rounding base.",
        ),
        sa.Column(
            "is_share",
            sa.Boolean(),
            nullable=False,
            comment="True where the numerator is part of the denominator, so that the rest is known too.",
        ),
        sa.Column("policy_source", sa.Text(), nullable=False, comment="The policy that the indicator serves."),
        sa.PrimaryKeyConstraint("indicator_id", "measure", name=op.f("pk_indicator_definition")),
        schema="release_v1",
        comment="Dictionary of the indicators and their measures.",
    )


def _release_v1_release() -> None:
    op.create_table(
        "release",
        sa.Column(
            "release_id",
            sa.Text(),
            nullable=False,
            comment="The month and the release's number in it, such as 2026-08-r1.",
        ),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the release is about."),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="1 for the first release of the month, 2 for its first revision, and so on.",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When the release was made."),
        sa.Column("content_sha256", sa.Text(), nullable=False, comment="SHA-256 of everything that the release says."),
        sa.Column("is_draft", sa.Boolean(), nullable=False, comment="True until the release is approved."),
        sa.Column(
            "disclosure_control",
            sa.Text(),
            nullable=False,
            comment="Which disclosure control the figures went through.",
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release")),
        sa.UniqueConstraint("period", "number", name=op.f("uq_release_period_number")),
        schema="release_v1",
        comment="Releases: each is frozen when it is made, and a later one never changes it.",
    )


def _core_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column(
            "commissioning_la",
            sa.Text(),
            nullable=False,
            comment="Commissioning authority. The authority that arranged the support (GSS code), or SELF for people who fund it themselves.",
        ),
        sa.Column(
            "client_group",
            sa.Text(),
            nullable=False,
            comment="Client group. The group that the person's main need belongs to.",
        ),
        sa.Column("age_band", sa.Text(), nullable=False, comment="Age band. Age on the last day of the month."),
        sa.Column(
            "people_enrolled",
            sa.Integer(),
            nullable=False,
            comment="People enrolled. People on the register on the last day of the month.",
        ),
        sa.Column(
            "people_attended",
            sa.Integer(),
            nullable=False,
            comment="People attended. Different people who came at least once.",
        ),
        sa.Column(
            "new_starters", sa.Integer(), nullable=False, comment="New starters. People who started in the month."
        ),
        sa.Column("leavers", sa.Integer(), nullable=False, comment="Leavers. People who left in the month."),
        sa.Column(
            "sessions_planned",
            sa.Integer(),
            nullable=False,
            comment="Sessions planned. Half-days planned for these people.",
        ),
        sa.Column(
            "sessions_attended",
            sa.Integer(),
            nullable=False,
            comment="Sessions attended. Half-days attended; a full day is two.",
        ),
        sa.Column(
            "sessions_cancelled_provider",
            sa.Integer(),
            nullable=False,
            comment="Sessions cancelled by the provider. Half-days that you called off.",
        ),
        sa.Column(
            "sessions_dna",
            sa.Integer(),
            nullable=False,
            comment="Sessions not attended. Half-days that the person missed or called off.",
        ),
        sa.Column(
            "hours_delivered",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Hours delivered. Hours of support, in hours and hundredths.",
        ),
        sa.Column(
            "people_direct_payment",
            sa.Integer(),
            nullable=False,
            comment="People with a direct payment. Of those who attended.",
        ),
        sa.Column(
            "people_out_of_county",
            sa.Integer(),
            nullable=False,
            comment="People from another county. Of those who attended: they live elsewhere.",
        ),
        sa.Column(
            "people_transport_provided",
            sa.Integer(),
            nullable=True,
            comment="People given transport. Of those who attended.",
        ),
        sa.Column(
            "people_digital",
            sa.Integer(),
            nullable=True,
            comment="People taking part digitally. Of those who attended.",
        ),
        sa.CheckConstraint(
            "age_band in ('18-24', '25-44', '45-64', '65-74', '75-84', '85+', 'NK')", name=op.f("ck_activity_age_band")
        ),
        sa.CheckConstraint(
            "client_group in ('LD', 'OP', 'DEM', 'PD', 'SI', 'MH', 'AUT', 'CARER')",
            name=op.f("ck_activity_client_group"),
        ),
        sa.CheckConstraint(
            "commissioning_la in ('W06000001', 'W06000002', 'W06000003', 'W06000004', 'W06000005', 'W06000006', 'W06000023', 'W06000008', 'W06000009', 'W06000010', 'W06000011', 'W06000012', 'W06000013', 'W06000014', 'W06000016', 'W06000024', 'W06000018', 'W06000019', 'W06000020', 'W06000021', 'W06000022', 'W06000015', 'SELF')",
            name=op.f("ck_activity_commissioning_la"),
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_activity_service_id")),
        sa.CheckConstraint("hours_delivered between 0 and 100000000", name=op.f("ck_activity_hours_delivered")),
        sa.CheckConstraint("leavers between 0 and 1000000", name=op.f("ck_activity_leavers")),
        sa.CheckConstraint("new_starters between 0 and 1000000", name=op.f("ck_activity_new_starters")),
        sa.CheckConstraint("people_attended between 0 and 1000000", name=op.f("ck_activity_people_attended")),
        sa.CheckConstraint("people_digital between 0 and 1000000", name=op.f("ck_activity_people_digital")),
        sa.CheckConstraint(
            "people_direct_payment between 0 and 1000000", name=op.f("ck_activity_people_direct_payment")
        ),
        sa.CheckConstraint("people_enrolled between 0 and 1000000", name=op.f("ck_activity_people_enrolled")),
        sa.CheckConstraint("people_out_of_county between 0 and 1000000", name=op.f("ck_activity_people_out_of_county")),
        sa.CheckConstraint(
            "people_transport_provided between 0 and 1000000", name=op.f("ck_activity_people_transport_provided")
        ),
        sa.CheckConstraint("sessions_attended between 0 and 1000000", name=op.f("ck_activity_sessions_attended")),
        sa.CheckConstraint(
            "sessions_cancelled_provider between 0 and 1000000", name=op.f("ck_activity_sessions_cancelled_provider")
        ),
        sa.CheckConstraint("sessions_dna between 0 and 1000000", name=op.f("ck_activity_sessions_dna")),
        sa.CheckConstraint("sessions_planned between 0 and 1000000", name=op.f("ck_activity_sessions_planned")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_activity_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_activity")),
        sa.UniqueConstraint(
            "submission_id",
            "service_id",
            "commissioning_la",
            "client_group",
            "age_band",
            name=op.f("uq_activity_submission_id_service_id_commissioning_la_client_group_age_band"),
        ),
        schema="core",
        comment="People, sessions and hours by service, commissioning authority, client group and age band.",
    )
    op.create_index(
        op.f("ix_activity_period_service_id"), "activity", ["period", "service_id"], unique=False, schema="core"
    )


def _core_area_membership() -> None:
    op.create_table(
        "area_membership",
        sa.Column("area_code", sa.Text(), nullable=False, comment="The authority."),
        sa.Column("region_code", sa.Text(), nullable=False, comment="The region."),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="First day."),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="Last day; blank where it still belongs to it."),
        sa.ForeignKeyConstraint(["area_code"], ["core.area.area_code"], name=op.f("fk_area_membership_area_code_area")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["core.region.region_code"], name=op.f("fk_area_membership_region_code_region")
        ),
        sa.PrimaryKeyConstraint("area_code", "valid_from", name=op.f("pk_area_membership")),
        schema="core",
        comment="Which authority belonged to which region when.",
    )


def _core_carer() -> None:
    op.create_table(
        "carer",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column("carer_group", sa.Text(), nullable=False, comment="Carer group. Adult or young adult carers."),
        sa.Column(
            "carers_supported", sa.Integer(), nullable=False, comment="Carers supported. Different carers in the month."
        ),
        sa.Column(
            "respite_hours_planned",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Respite hours planned. Hours of respite planned.",
        ),
        sa.Column(
            "respite_hours_delivered",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Respite hours delivered. Hours of respite given.",
        ),
        sa.Column("short_breaks", sa.Integer(), nullable=False, comment="Short breaks. Short breaks given."),
        sa.Column(
            "carers_new_to_services",
            sa.Integer(),
            nullable=False,
            comment="Carers new to services. Of the carers: not known to services before.",
        ),
        sa.Column(
            "carers_offered_assessment",
            sa.Integer(),
            nullable=False,
            comment="Carers offered an assessment. Of the carers: offered one.",
        ),
        sa.CheckConstraint("carer_group in ('ADULT', 'YOUNG_ADULT')", name=op.f("ck_carer_carer_group")),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_carer_service_id")),
        sa.CheckConstraint(
            "carers_new_to_services between 0 and 1000000", name=op.f("ck_carer_carers_new_to_services")
        ),
        sa.CheckConstraint(
            "carers_offered_assessment between 0 and 1000000", name=op.f("ck_carer_carers_offered_assessment")
        ),
        sa.CheckConstraint("carers_supported between 0 and 1000000", name=op.f("ck_carer_carers_supported")),
        sa.CheckConstraint(
            "respite_hours_delivered between 0 and 100000000", name=op.f("ck_carer_respite_hours_delivered")
        ),
        sa.CheckConstraint(
            "respite_hours_planned between 0 and 100000000", name=op.f("ck_carer_respite_hours_planned")
        ),
        sa.CheckConstraint("short_breaks between 0 and 1000000", name=op.f("ck_carer_short_breaks")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_carer_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_carer")),
        sa.UniqueConstraint(
            "submission_id", "service_id", "carer_group", name=op.f("uq_carer_submission_id_service_id_carer_group")
        ),
        schema="core",
        comment="Unpaid carers whom each service supports.",
    )
    op.create_index(op.f("ix_carer_period_service_id"), "carer", ["period", "service_id"], unique=False, schema="core")


def _core_finance() -> None:
    op.create_table(
        "finance",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column(
            "cost_staff",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Staff. Pay of own staff with on-costs.",
        ),
        sa.Column("cost_agency", sa.Numeric(precision=14, scale=2), nullable=False, comment="Agency. Agency staff."),
        sa.Column(
            "cost_premises",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Premises. Rent, energy, upkeep.",
        ),
        sa.Column(
            "cost_transport",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Transport. Bringing people there and back.",
        ),
        sa.Column(
            "cost_other", sa.Numeric(precision=14, scale=2), nullable=False, comment="Other costs. Everything else."
        ),
        sa.Column(
            "income_la",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="From authorities. Income from local authorities.",
        ),
        sa.Column(
            "income_dp",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="From direct payments. Income from direct payments.",
        ),
        sa.Column(
            "income_charges",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="From charges. Income from charges to people.",
        ),
        sa.Column(
            "income_grant",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="From grants. Income from grants.",
        ),
        sa.Column(
            "income_other", sa.Numeric(precision=14, scale=2), nullable=False, comment="Other income. Everything else."
        ),
        sa.Column(
            "charge_per_session",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="Charge a session. What a person pays for a half-day.",
        ),
        sa.Column(
            "maintenance_backlog",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="Maintenance backlog. What it would cost to make the building good.",
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_finance_service_id")),
        sa.CheckConstraint("charge_per_session between 0 and 1000", name=op.f("ck_finance_charge_per_session")),
        sa.CheckConstraint("cost_agency between 0 and 100000000", name=op.f("ck_finance_cost_agency")),
        sa.CheckConstraint("cost_other between 0 and 100000000", name=op.f("ck_finance_cost_other")),
        sa.CheckConstraint("cost_premises between 0 and 100000000", name=op.f("ck_finance_cost_premises")),
        sa.CheckConstraint("cost_staff between 0 and 100000000", name=op.f("ck_finance_cost_staff")),
        sa.CheckConstraint("cost_transport between 0 and 100000000", name=op.f("ck_finance_cost_transport")),
        sa.CheckConstraint("income_charges between 0 and 100000000", name=op.f("ck_finance_income_charges")),
        sa.CheckConstraint("income_dp between 0 and 100000000", name=op.f("ck_finance_income_dp")),
        sa.CheckConstraint("income_grant between 0 and 100000000", name=op.f("ck_finance_income_grant")),
        sa.CheckConstraint("income_la between 0 and 100000000", name=op.f("ck_finance_income_la")),
        sa.CheckConstraint("income_other between 0 and 100000000", name=op.f("ck_finance_income_other")),
        sa.CheckConstraint("maintenance_backlog between 0 and 100000000", name=op.f("ck_finance_maintenance_backlog")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_finance_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_finance")),
        sa.UniqueConstraint("submission_id", "service_id", name=op.f("uq_finance_submission_id_service_id")),
        schema="core",
        comment="What each service cost in the month, and where the money came from, in pounds.",
    )
    op.create_index(
        op.f("ix_finance_period_service_id"), "finance", ["period", "service_id"], unique=False, schema="core"
    )


def _core_outcome() -> None:
    op.create_table(
        "outcome",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column(
            "commissioning_la",
            sa.Text(),
            nullable=False,
            comment="Commissioning authority. The authority that arranged the support (GSS code), or SELF for people who fund it themselves.",
        ),
        sa.Column(
            "client_group",
            sa.Text(),
            nullable=False,
            comment="Client group. The group that the person's main need belongs to.",
        ),
        sa.Column(
            "plans_due_review",
            sa.Integer(),
            nullable=False,
            comment="Plans due for review. Plans due for review in the month.",
        ),
        sa.Column(
            "plans_reviewed_on_time",
            sa.Integer(),
            nullable=False,
            comment="Plans reviewed on time. Of those, reviewed in time.",
        ),
        sa.Column(
            "plans_coproduced",
            sa.Integer(),
            nullable=False,
            comment="Plans co-produced. Of the plans reviewed: made together with the person.",
        ),
        sa.Column(
            "outcomes_reviewed", sa.Integer(), nullable=False, comment="Outcomes reviewed. Personal outcomes looked at."
        ),
        sa.Column(
            "outcomes_achieved_full",
            sa.Integer(),
            nullable=False,
            comment="Outcomes achieved. Of those, achieved in full.",
        ),
        sa.Column(
            "outcomes_achieved_part",
            sa.Integer(),
            nullable=False,
            comment="Outcomes achieved in part. Of those, achieved in part.",
        ),
        sa.Column(
            "people_job_goal",
            sa.Integer(),
            nullable=False,
            comment="People with a job goal. People whose plan has paid work as a goal.",
        ),
        sa.Column(
            "people_paid_work", sa.Integer(), nullable=False, comment="People in paid work. Of those, in paid work."
        ),
        sa.Column(
            "people_paid_work_16h",
            sa.Integer(),
            nullable=False,
            comment="In paid work of 16 hours. Of those in work, 16 hours a week or more.",
        ),
        sa.Column(
            "people_work_13w_sustained",
            sa.Integer(),
            nullable=False,
            comment="In work for 13 weeks. Of those in work, for 13 weeks or more.",
        ),
        sa.Column(
            "people_volunteering", sa.Integer(), nullable=False, comment="People volunteering. People who volunteer."
        ),
        sa.Column("people_training", sa.Integer(), nullable=False, comment="People in training. People in training."),
        sa.CheckConstraint(
            "client_group in ('LD', 'OP', 'DEM', 'PD', 'SI', 'MH', 'AUT', 'CARER')",
            name=op.f("ck_outcome_client_group"),
        ),
        sa.CheckConstraint(
            "commissioning_la in ('W06000001', 'W06000002', 'W06000003', 'W06000004', 'W06000005', 'W06000006', 'W06000023', 'W06000008', 'W06000009', 'W06000010', 'W06000011', 'W06000012', 'W06000013', 'W06000014', 'W06000016', 'W06000024', 'W06000018', 'W06000019', 'W06000020', 'W06000021', 'W06000022', 'W06000015', 'SELF')",
            name=op.f("ck_outcome_commissioning_la"),
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_outcome_service_id")),
        sa.CheckConstraint(
            "outcomes_achieved_full between 0 and 1000000", name=op.f("ck_outcome_outcomes_achieved_full")
        ),
        sa.CheckConstraint(
            "outcomes_achieved_part between 0 and 1000000", name=op.f("ck_outcome_outcomes_achieved_part")
        ),
        sa.CheckConstraint("outcomes_reviewed between 0 and 1000000", name=op.f("ck_outcome_outcomes_reviewed")),
        sa.CheckConstraint("people_job_goal between 0 and 1000000", name=op.f("ck_outcome_people_job_goal")),
        sa.CheckConstraint("people_paid_work between 0 and 1000000", name=op.f("ck_outcome_people_paid_work")),
        sa.CheckConstraint("people_paid_work_16h between 0 and 1000000", name=op.f("ck_outcome_people_paid_work_16h")),
        sa.CheckConstraint("people_training between 0 and 1000000", name=op.f("ck_outcome_people_training")),
        sa.CheckConstraint("people_volunteering between 0 and 1000000", name=op.f("ck_outcome_people_volunteering")),
        sa.CheckConstraint(
            "people_work_13w_sustained between 0 and 1000000", name=op.f("ck_outcome_people_work_13w_sustained")
        ),
        sa.CheckConstraint("plans_coproduced between 0 and 1000000", name=op.f("ck_outcome_plans_coproduced")),
        sa.CheckConstraint("plans_due_review between 0 and 1000000", name=op.f("ck_outcome_plans_due_review")),
        sa.CheckConstraint(
            "plans_reviewed_on_time between 0 and 1000000", name=op.f("ck_outcome_plans_reviewed_on_time")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_outcome_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_outcome")),
        sa.UniqueConstraint(
            "submission_id",
            "service_id",
            "commissioning_la",
            "client_group",
            name=op.f("uq_outcome_submission_id_service_id_commissioning_la_client_group"),
        ),
        schema="core",
        comment="Reviews, personal outcomes and work, by service, commissioning authority and client group.",
    )
    op.create_index(
        op.f("ix_outcome_period_service_id"), "outcome", ["period", "service_id"], unique=False, schema="core"
    )


def _core_population() -> None:
    op.create_table(
        "population",
        sa.Column("area_code", sa.Text(), nullable=False, comment="The authority."),
        sa.Column("vintage", sa.Text(), nullable=False, comment="The estimate: mid2020, census2021, mid2023..."),
        sa.Column("age_group", sa.Text(), nullable=False, comment="Ages counted: total, 18plus, 18_64, 65plus..."),
        sa.Column("people", sa.Integer(), nullable=False, comment="People."),
        sa.ForeignKeyConstraint(["area_code"], ["core.area.area_code"], name=op.f("fk_population_area_code_area")),
        sa.PrimaryKeyConstraint("area_code", "vintage", "age_group", name=op.f("pk_population")),
        schema="core",
        comment="Population estimates of authorities.",
    )


def _core_service_month() -> None:
    op.create_table(
        "service_month",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id",
            sa.Text(),
            nullable=False,
            comment="Service number. The number that the national register gave the service.",
        ),
        sa.Column("service_name_en", sa.Text(), nullable=False, comment="Service name (English). The service's name."),
        sa.Column(
            "service_name_cy", sa.Text(), nullable=True, comment="Service name (Welsh). The service's name in Welsh."
        ),
        sa.Column("site_postcode", sa.Text(), nullable=True, comment="Postcode of the site. Where the building is."),
        sa.Column(
            "service_la",
            sa.Text(),
            nullable=False,
            comment="Authority of the site. The authority in which the service is (GSS code).",
        ),
        sa.Column("setting", sa.Text(), nullable=False, comment="Setting. Where the service happens."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Tier. How specialised the support is."),
        sa.Column(
            "client_group_main", sa.Text(), nullable=False, comment="Main client group. Whom the service is mainly for."
        ),
        sa.Column("contract_type", sa.Text(), nullable=False, comment="Kind of contract. How the service is paid for."),
        sa.Column("open_from", sa.Date(), nullable=False, comment="Open from. The first day of this row's facts."),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="Closed on. The last day, where the service closed."),
        sa.Column("closure_reason", sa.Text(), nullable=True, comment="Reason for closing. Why it closed."),
        sa.Column(
            "predecessor_service_id",
            sa.Text(),
            nullable=True,
            comment="Predecessor. The service that this one took over from.",
        ),
        sa.Column(
            "places_per_session",
            sa.Integer(),
            nullable=True,
            comment="Places a session. How many people one session can take.",
        ),
        sa.Column(
            "open_sessions_planned",
            sa.Integer(),
            nullable=False,
            comment="Open sessions planned. Half-days on which the service was to be open.",
        ),
        sa.Column(
            "open_sessions_held",
            sa.Integer(),
            nullable=False,
            comment="Open sessions held. Half-days on which the service was open.",
        ),
        sa.Column(
            "accessible_changing_place",
            sa.Boolean(),
            nullable=True,
            comment="Changing Place. TRUE where there is a Changing Places toilet.",
        ),
        sa.Column(
            "welsh_medium", sa.Text(), nullable=False, comment="Welsh medium. Whether the service works in Welsh."
        ),
        sa.Column(
            "ciw_service_ref",
            sa.Text(),
            nullable=True,
            comment="Care Inspectorate Wales reference. Where the provider has one.",
        ),
        sa.CheckConstraint(
            "client_group_main in ('LD', 'OP', 'DEM', 'PD', 'SI', 'MH', 'AUT', 'CARER', 'MIXED')",
            name=op.f("ck_service_month_client_group_main"),
        ),
        sa.CheckConstraint(
            "closure_reason in ('PANDEMIC', 'PREMISES', 'FINANCE', 'REDESIGN', 'OPERATOR_EXIT', 'STAFFING')",
            name=op.f("ck_service_month_closure_reason"),
        ),
        sa.CheckConstraint(
            "contract_type in ('INHOUSE', 'BLOCK', 'SPOT', 'SLA', 'GRANT', 'DP_ONLY', 'NONE')",
            name=op.f("ck_service_month_contract_type"),
        ),
        sa.CheckConstraint(
            "predecessor_service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_service_month_predecessor_service_id")
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_service_month_service_id")),
        sa.CheckConstraint(
            "setting in ('BUILDING', 'COMMUNITY', 'WORK', 'OUTREACH_1TO1', 'DIGITAL', 'RESPITE_DAY')",
            name=op.f("ck_service_month_setting"),
        ),
        sa.CheckConstraint(
            "site_postcode ~ '^([A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2})$'", name=op.f("ck_service_month_site_postcode")
        ),
        sa.CheckConstraint("tier in ('1', '2', '3')", name=op.f("ck_service_month_tier")),
        sa.CheckConstraint(
            "welsh_medium in ('YES', 'BILINGUAL', 'ON_REQUEST', 'NO')", name=op.f("ck_service_month_welsh_medium")
        ),
        sa.CheckConstraint(
            "char_length(ciw_service_ref) between 1 and 40", name=op.f("ck_service_month_ciw_service_ref")
        ),
        sa.CheckConstraint(
            "char_length(service_name_cy) between 1 and 200", name=op.f("ck_service_month_service_name_cy")
        ),
        sa.CheckConstraint(
            "char_length(service_name_en) between 1 and 200", name=op.f("ck_service_month_service_name_en")
        ),
        sa.CheckConstraint(
            "open_sessions_held between 0 and 1000000", name=op.f("ck_service_month_open_sessions_held")
        ),
        sa.CheckConstraint(
            "open_sessions_planned between 0 and 1000000", name=op.f("ck_service_month_open_sessions_planned")
        ),
        sa.CheckConstraint("places_per_session between 0 and 2000", name=op.f("ck_service_month_places_per_session")),
        sa.ForeignKeyConstraint(["service_la"], ["core.area.area_code"], name=op.f("fk_service_month_service_la_area")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_service_month_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_service_month")),
        sa.UniqueConstraint(
            "submission_id", "service_id", "open_from", name=op.f("uq_service_month_submission_id_service_id_open_from")
        ),
        schema="core",
        comment="Each service that was open in the month, or closed in it. A service that changed in the month has two rows.",
    )
    op.create_index(
        op.f("ix_service_month_period_service_id"),
        "service_month",
        ["period", "service_id"],
        unique=False,
        schema="core",
    )


def _core_volunteer() -> None:
    op.create_table(
        "volunteer",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column(
            "volunteers_active",
            sa.Integer(),
            nullable=False,
            comment="Active volunteers. Different volunteers in the month.",
        ),
        sa.Column(
            "volunteer_hours",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Volunteer hours. Hours given.",
        ),
        sa.Column(
            "volunteers_new", sa.Integer(), nullable=False, comment="New volunteers. Of those, new in the month."
        ),
        sa.Column(
            "volunteers_lived_experience",
            sa.Integer(),
            nullable=False,
            comment="Volunteers with lived experience. Of those, people who use such services.",
        ),
        sa.Column(
            "coordinator_paid_hours",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="Paid co-ordinator hours. Paid hours spent co-ordinating.",
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_volunteer_service_id")),
        sa.CheckConstraint(
            "coordinator_paid_hours between 0 and 100000000", name=op.f("ck_volunteer_coordinator_paid_hours")
        ),
        sa.CheckConstraint("volunteer_hours between 0 and 100000000", name=op.f("ck_volunteer_volunteer_hours")),
        sa.CheckConstraint("volunteers_active between 0 and 1000000", name=op.f("ck_volunteer_volunteers_active")),
        sa.CheckConstraint(
            "volunteers_lived_experience between 0 and 1000000", name=op.f("ck_volunteer_volunteers_lived_experience")
        ),
        sa.CheckConstraint("volunteers_new between 0 and 1000000", name=op.f("ck_volunteer_volunteers_new")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_volunteer_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("submission_id", "service_id", name=op.f("uq_volunteer_submission_id_service_id")),
        schema="core",
        comment="Volunteers at each service.",
    )
    op.create_index(
        op.f("ix_volunteer_period_service_id"), "volunteer", ["period", "service_id"], unique=False, schema="core"
    )


def _core_waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id",
            sa.Text(),
            nullable=True,
            comment="Service number. The service waited for; blank for the authority's own list.",
        ),
        sa.Column(
            "commissioning_la",
            sa.Text(),
            nullable=False,
            comment="Commissioning authority. The authority that arranged the support (GSS code), or SELF for people who fund it themselves.",
        ),
        sa.Column(
            "client_group",
            sa.Text(),
            nullable=False,
            comment="Client group. The group that the person's main need belongs to.",
        ),
        sa.Column(
            "waiting_total", sa.Integer(), nullable=False, comment="People waiting. All people waiting on the day."
        ),
        sa.Column(
            "wait_0_6w", sa.Integer(), nullable=False, comment="Up to 6 weeks. Of those, waiting less than 6 weeks."
        ),
        sa.Column(
            "wait_6_12w",
            sa.Integer(),
            nullable=False,
            comment="6 to 12 weeks. Of those, waiting 6 weeks or more and less than 12.",
        ),
        sa.Column(
            "wait_12_26w",
            sa.Integer(),
            nullable=False,
            comment="12 to 26 weeks. Of those, waiting 12 weeks or more and less than 26.",
        ),
        sa.Column(
            "wait_26w_plus",
            sa.Integer(),
            nullable=False,
            comment="26 weeks or more. Of those, waiting 26 weeks or more.",
        ),
        sa.Column("median_wait_days", sa.Integer(), nullable=True, comment="Median wait in days. The middle wait."),
        sa.Column("offers_made", sa.Integer(), nullable=True, comment="Offers made. Offers of a place in the quarter."),
        sa.Column(
            "offers_declined", sa.Integer(), nullable=True, comment="Offers declined. Of those offers, declined."
        ),
        sa.CheckConstraint(
            "client_group in ('LD', 'OP', 'DEM', 'PD', 'SI', 'MH', 'AUT', 'CARER')",
            name=op.f("ck_waiting_client_group"),
        ),
        sa.CheckConstraint(
            "commissioning_la in ('W06000001', 'W06000002', 'W06000003', 'W06000004', 'W06000005', 'W06000006', 'W06000023', 'W06000008', 'W06000009', 'W06000010', 'W06000011', 'W06000012', 'W06000013', 'W06000014', 'W06000016', 'W06000024', 'W06000018', 'W06000019', 'W06000020', 'W06000021', 'W06000022', 'W06000015', 'SELF')",
            name=op.f("ck_waiting_commissioning_la"),
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_waiting_service_id")),
        sa.CheckConstraint("median_wait_days between 0 and 5000", name=op.f("ck_waiting_median_wait_days")),
        sa.CheckConstraint("offers_declined between 0 and 1000000", name=op.f("ck_waiting_offers_declined")),
        sa.CheckConstraint("offers_made between 0 and 1000000", name=op.f("ck_waiting_offers_made")),
        sa.CheckConstraint("wait_0_6w between 0 and 1000000", name=op.f("ck_waiting_wait_0_6w")),
        sa.CheckConstraint("wait_12_26w between 0 and 1000000", name=op.f("ck_waiting_wait_12_26w")),
        sa.CheckConstraint("wait_26w_plus between 0 and 1000000", name=op.f("ck_waiting_wait_26w_plus")),
        sa.CheckConstraint("wait_6_12w between 0 and 1000000", name=op.f("ck_waiting_wait_6_12w")),
        sa.CheckConstraint("waiting_total between 0 and 1000000", name=op.f("ck_waiting_waiting_total")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_waiting_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_waiting")),
        schema="core",
        comment="People waiting on the last day of the quarter. Without a service number: the lead authority's own list.",
    )
    op.create_index(
        op.f("ix_waiting_period_service_id"), "waiting", ["period", "service_id"], unique=False, schema="core"
    )


def _core_workforce() -> None:
    op.create_table(
        "workforce",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_group",
            sa.Text(),
            nullable=False,
            comment="Group of services. Your name for the services that share these staff.",
        ),
        sa.Column(
            "service_la",
            sa.Text(),
            nullable=False,
            comment="Authority of the site. The authority in which they work (GSS code).",
        ),
        sa.Column("role", sa.Text(), nullable=False, comment="Role. What they do."),
        sa.Column(
            "headcount_perm", sa.Integer(), nullable=False, comment="Permanent staff. People with a permanent contract."
        ),
        sa.Column(
            "headcount_fixed",
            sa.Integer(),
            nullable=False,
            comment="Fixed-term staff. People with a fixed-term contract.",
        ),
        sa.Column(
            "headcount_agency", sa.Integer(), nullable=False, comment="Agency staff. Agency workers in the month."
        ),
        sa.Column(
            "contract_hours_week",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Contract hours a week. Contracted hours a week of your own staff.",
        ),
        sa.Column(
            "wte",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Whole-time equivalents. Contract hours a week divided by 39 for support workers and drivers, by 37 for others.",
        ),
        sa.Column(
            "agency_hours_month",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Agency hours. Hours that agency workers worked in the month.",
        ),
        sa.Column(
            "total_hours_month",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="All hours. Hours that everyone worked in the month, agency included.",
        ),
        sa.Column(
            "vacant_wte",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Vacant whole-time equivalents. Posts that are empty.",
        ),
        sa.Column(
            "leavers_12m",
            sa.Integer(),
            nullable=False,
            comment="Leavers in 12 months. Own staff who left in the last 12 months.",
        ),
        sa.Column(
            "starters_12m",
            sa.Integer(),
            nullable=False,
            comment="Starters in 12 months. Own staff who started in the last 12 months.",
        ),
        sa.Column(
            "sickness_days",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="Sickness days. Working days lost in the month.",
        ),
        sa.Column(
            "paid_at_or_above_rlw",
            sa.Integer(),
            nullable=False,
            comment="Paid the Real Living Wage or more. Own staff paid at or above the rate in force.",
        ),
        sa.Column(
            "paid_below_rlw",
            sa.Integer(),
            nullable=False,
            comment="Paid below the Real Living Wage. Own staff paid below the rate in force.",
        ),
        sa.Column(
            "pay_unknown", sa.Integer(), nullable=False, comment="Pay not known. Own staff whose rate is not known."
        ),
        sa.Column(
            "qualified_required",
            sa.Integer(),
            nullable=True,
            comment="Required qualification held. Own staff who hold it.",
        ),
        sa.Column("welsh_none", sa.Integer(), nullable=False, comment="No Welsh. Own staff with no Welsh."),
        sa.Column("welsh_some", sa.Integer(), nullable=False, comment="Some Welsh. Own staff with some Welsh."),
        sa.Column("welsh_fluent", sa.Integer(), nullable=False, comment="Fluent Welsh. Own staff who are fluent."),
        sa.CheckConstraint(
            "role in ('MANAGER', 'SENIOR', 'SUPPORT', 'JOB_COACH', 'DRIVER', 'LAC', 'ADMIN')",
            name=op.f("ck_workforce_role"),
        ),
        sa.CheckConstraint("service_group ~ '^([A-Z0-9_]{1,20})$'", name=op.f("ck_workforce_service_group")),
        sa.CheckConstraint("agency_hours_month between 0 and 100000000", name=op.f("ck_workforce_agency_hours_month")),
        sa.CheckConstraint(
            "contract_hours_week between 0 and 100000000", name=op.f("ck_workforce_contract_hours_week")
        ),
        sa.CheckConstraint("headcount_agency between 0 and 1000000", name=op.f("ck_workforce_headcount_agency")),
        sa.CheckConstraint("headcount_fixed between 0 and 1000000", name=op.f("ck_workforce_headcount_fixed")),
        sa.CheckConstraint("headcount_perm between 0 and 1000000", name=op.f("ck_workforce_headcount_perm")),
        sa.CheckConstraint("leavers_12m between 0 and 1000000", name=op.f("ck_workforce_leavers_12m")),
        sa.CheckConstraint(
            "paid_at_or_above_rlw between 0 and 1000000", name=op.f("ck_workforce_paid_at_or_above_rlw")
        ),
        sa.CheckConstraint("paid_below_rlw between 0 and 1000000", name=op.f("ck_workforce_paid_below_rlw")),
        sa.CheckConstraint("pay_unknown between 0 and 1000000", name=op.f("ck_workforce_pay_unknown")),
        sa.CheckConstraint("qualified_required between 0 and 1000000", name=op.f("ck_workforce_qualified_required")),
        sa.CheckConstraint("sickness_days between 0 and 100000000", name=op.f("ck_workforce_sickness_days")),
        sa.CheckConstraint("starters_12m between 0 and 1000000", name=op.f("ck_workforce_starters_12m")),
        sa.CheckConstraint("total_hours_month between 0 and 100000000", name=op.f("ck_workforce_total_hours_month")),
        sa.CheckConstraint("vacant_wte between 0 and 500", name=op.f("ck_workforce_vacant_wte")),
        sa.CheckConstraint("welsh_fluent between 0 and 1000000", name=op.f("ck_workforce_welsh_fluent")),
        sa.CheckConstraint("welsh_none between 0 and 1000000", name=op.f("ck_workforce_welsh_none")),
        sa.CheckConstraint("welsh_some between 0 and 1000000", name=op.f("ck_workforce_welsh_some")),
        sa.CheckConstraint("wte between 0 and 500", name=op.f("ck_workforce_wte")),
        sa.ForeignKeyConstraint(["service_la"], ["core.area.area_code"], name=op.f("fk_workforce_service_la_area")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_workforce_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_workforce")),
        sa.UniqueConstraint(
            "submission_id",
            "service_group",
            "service_la",
            "role",
            name=op.f("uq_workforce_submission_id_service_group_service_la_role"),
        ),
        schema="core",
        comment="Staff on the last day of the quarter, by group of services, authority of the site and role.",
    )
    op.create_index(op.f("ix_workforce_period"), "workforce", ["period"], unique=False, schema="core")


def _landing_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("source_path", sa.Text(), nullable=False, comment="Where the file lay, relative to the source."),
        sa.Column("sha256", sa.Text(), nullable=False, comment="SHA-256 of the file's bytes."),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="Size of the file."),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), nullable=False, comment="When the file first came to this place."
        ),
        sa.Column(
            "last_received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the file last came to this place.",
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["landing.submission.sha256"], name=op.f("fk_delivery_sha256_submission"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_path", "sha256", name=op.f("pk_delivery")),
        schema="landing",
        comment="Each file at each place of the source, known before or not.",
    )
    op.create_index(op.f("ix_delivery_sha256"), "delivery", ["sha256"], unique=False, schema="landing")


def _landing_finding() -> None:
    op.create_table(
        "finding",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column(
            "finding_no",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Place in the order in which the provider is told.",
        ),
        sa.Column(
            "finding_id",
            sa.Text(),
            nullable=False,
            comment="A name that stays the same when the same thing is found again.",
        ),
        sa.Column("rule_id", sa.Text(), nullable=False, comment="The rule that was broken."),
        sa.Column(
            "severity",
            sa.Text(),
            nullable=False,
            comment="error refuses, query is loaded and asked about, note is recorded.",
        ),
        sa.Column("level", sa.Text(), nullable=False, comment="What it is about: file, sheet, column, row or cell."),
        sa.Column("says", sa.Text(), nullable=False, comment="Name of its sentence in the wording."),
        sa.Column("sheet", sa.Text(), nullable=True, comment="Sheet."),
        sa.Column("row_number", sa.Integer(), nullable=True, comment="Row in the provider's own sheet, from 1."),
        sa.Column("column_name", sa.Text(), nullable=True, comment="Column, by its name in the contract."),
        sa.Column("cell", sa.Text(), nullable=True, comment="Address in the provider's own sheet, such as F17."),
        sa.Column(
            "value", sa.Text(), nullable=True, comment="What stands there, as typed; masked in sensitive columns."
        ),
        sa.Column("expected", sa.Text(), nullable=True, comment="What was expected."),
        sa.Column("other", sa.Text(), nullable=True, comment="What it was compared with."),
        sa.Column("caused_by", sa.Text(), nullable=True, comment="The finding that, once mended, mends this one."),
        sa.CheckConstraint("level in ('file', 'sheet', 'column', 'row', 'cell')", name=op.f("ck_finding_level")),
        sa.CheckConstraint("severity in ('error', 'query', 'note')", name=op.f("ck_finding_severity")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_finding_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "finding_no", name=op.f("pk_finding")),
        schema="landing",
        comment="What was found in each submission when it was last judged.",
    )
    op.create_index(op.f("ix_finding_rule_id"), "finding", ["rule_id"], unique=False, schema="landing")


def _landing_normalisation() -> None:
    op.create_table(
        "normalisation",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column(
            "normalisation_no",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Place in the order of the file.",
        ),
        sa.Column("sheet", sa.Text(), nullable=False, comment="Sheet."),
        sa.Column("row_number", sa.Integer(), nullable=True, comment="Row in the provider's own sheet, from 1."),
        sa.Column("column_name", sa.Text(), nullable=True, comment="Column, by its name in the contract."),
        sa.Column(
            "value", sa.Text(), nullable=True, comment="What stood there, as typed; masked in sensitive columns."
        ),
        sa.Column("became", sa.Text(), nullable=True, comment="What it was taken for; masked in sensitive columns."),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="What was mended, such as thousands, padding or area_recoded."
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_normalisation_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "normalisation_no", name=op.f("pk_normalisation")),
        schema="landing",
        comment="Values that were mended, as typed and as taken.",
    )


def _landing_registered_service() -> None:
    op.create_table(
        "registered_service",
        sa.Column("service_id", sa.Text(), nullable=False, comment="The service."),
        sa.Column("expected_from", sa.Date(), nullable=False, comment="First day on which it is expected."),
        sa.Column("expected_to", sa.Date(), nullable=True, comment="Last day on which it is expected; blank if open."),
        sa.Column("provider_id", sa.Text(), nullable=False, comment="The provider that reports on it."),
        sa.Column("provider_name", sa.Text(), nullable=False, comment="The provider's name."),
        sa.Column("sector", sa.Text(), nullable=False, comment="The kind of organisation."),
        sa.Column("service_la", sa.Text(), nullable=False, comment="The authority in which the service is (GSS code)."),
        sa.CheckConstraint(
            "expected_to is null or expected_to >= expected_from", name=op.f("ck_registered_service_expected_to")
        ),
        sa.ForeignKeyConstraint(
            ["service_la"], ["core.area.area_code"], name=op.f("fk_registered_service_service_la_area")
        ),
        sa.PrimaryKeyConstraint("service_id", "expected_from", name=op.f("pk_registered_service")),
        schema="landing",
        comment="The register: which services are expected, from whom and when.",
    )
    op.create_index(
        op.f("ix_registered_service_provider_id"), "registered_service", ["provider_id"], unique=False, schema="landing"
    )


def _release_v1_indicator_value() -> None:
    op.create_table(
        "indicator_value",
        sa.Column("release_id", sa.Text(), nullable=False, comment="The release it is in."),
        sa.Column("indicator_id", sa.Text(), nullable=False, comment="The indicator, DO01 to DO30."),
        sa.Column(
            "measure", sa.Text(), nullable=False, comment="Which of the indicator's measures, such as count or rate."
        ),
        sa.Column(
            "area_code",
            sa.Text(),
            nullable=False,
            comment="GSS code of an authority or of Wales, or the code of a region.",
        ),
        sa.Column("period_kind", sa.Text(), nullable=False, comment="month, quarter or year (financial)."),
        sa.Column("period_start", sa.Date(), nullable=False, comment="First day of the period."),
        sa.Column(
            "breakdown", sa.Text(), nullable=False, comment="What the figure is broken down by; all where it is not."
        ),
        sa.Column(
            "category", sa.Text(), nullable=False, comment="Code of the breakdown's category; ALL where there is none."
        ),
        sa.Column("area_level", sa.Text(), nullable=False, comment="authority, region or country."),
        sa.Column(
            "value",
            sa.Numeric(),
            nullable=True,
            comment="The figure as published; null where it is confidential or not available.",
        ),
        sa.Column(
            "coverage",
            sa.Numeric(),
            nullable=True,
            comment="Services returned divided by services expected; null where none was.",
        ),
        sa.Column(
            "note_codes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Note codes of the figure, sorted; empty where there are none.",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release_v1.release.release_id"], name=op.f("fk_indicator_value_release_id_release")
        ),
        sa.PrimaryKeyConstraint(
            "release_id",
            "indicator_id",
            "measure",
            "area_code",
            "period_kind",
            "period_start",
            "breakdown",
            "category",
            name=op.f("pk_indicator_value"),
        ),
        schema="release_v1",
        comment="Figures as released.",
    )


def _restricted_attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "person_ref",
            sa.Text(),
            nullable=False,
            comment="Person reference. The person's keyed reference: never a name, an NHS number or a date of birth.",
        ),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column("date", sa.Date(), nullable=False, comment="Date. The day."),
        sa.Column("part", sa.Text(), nullable=False, comment="Part of the day. Morning, afternoon or evening."),
        sa.Column("status", sa.Text(), nullable=False, comment="Status. What happened."),
        sa.Column(
            "hours",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="Hours. Hours attended, 0 to 6 in each part of the day.",
        ),
        sa.Column("mode", sa.Text(), nullable=True, comment="Mode. In person or digital."),
        sa.CheckConstraint("mode in ('IN_PERSON', 'DIGITAL')", name=op.f("ck_attendance_mode")),
        sa.CheckConstraint("part in ('AM', 'PM', 'EVE')", name=op.f("ck_attendance_part")),
        sa.CheckConstraint("person_ref ~ '^([0-9a-f]{16})$'", name=op.f("ck_attendance_person_ref")),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_attendance_service_id")),
        sa.CheckConstraint(
            "status in ('ATT', 'DNA', 'CXL_PERSON', 'CXL_PROVIDER', 'CLOSED')", name=op.f("ck_attendance_status")
        ),
        sa.CheckConstraint("hours between 0 and 6", name=op.f("ck_attendance_hours")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_attendance_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "submission_id",
            "person_ref",
            "service_id",
            "date",
            "part",
            name=op.f("uq_attendance_submission_id_person_ref_service_id_date_part"),
        ),
        schema="restricted",
        comment="Each half-day of each person: attended, missed or cancelled.",
    )
    op.create_index(
        op.f("ix_attendance_period_service_id"),
        "attendance",
        ["period", "service_id"],
        unique=False,
        schema="restricted",
    )


def _restricted_person() -> None:
    op.create_table(
        "person",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Row in the provider's own sheet, from 1."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "person_ref",
            sa.Text(),
            nullable=False,
            comment="Person reference. The person's keyed reference: never a name, an NHS number or a date of birth.",
        ),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column(
            "commissioning_la",
            sa.Text(),
            nullable=False,
            comment="Commissioning authority. The authority that arranged the support (GSS code), or SELF for people who fund it themselves.",
        ),
        sa.Column(
            "home_la",
            sa.Text(),
            nullable=False,
            comment="Home authority. Where the person lives (GSS code or OUTSIDE_WALES).",
        ),
        sa.Column("age_band", sa.Text(), nullable=False, comment="Age band. Age on the last day of the month."),
        sa.Column("gender", sa.Text(), nullable=False, comment="Gender. As the person describes it."),
        sa.Column(
            "ethnicity_broad", sa.Text(), nullable=False, comment="Ethnicity. Broad group, as the person describes it."
        ),
        sa.Column(
            "client_group",
            sa.Text(),
            nullable=False,
            comment="Client group. The group that the person's main need belongs to.",
        ),
        sa.Column("preferred_language", sa.Text(), nullable=False, comment="Preferred language. As the person says."),
        sa.Column(
            "active_offer_made",
            sa.Text(),
            nullable=False,
            comment="Welsh offered. Was a service in Welsh offered without asking?",
        ),
        sa.Column("active_offer_accepted", sa.Text(), nullable=True, comment="Welsh accepted. Was the offer accepted?"),
        sa.Column(
            "delivered_in_preferred",
            sa.Text(),
            nullable=True,
            comment="Given in the language chosen. Was it given in the language chosen?",
        ),
        sa.Column("start_date", sa.Date(), nullable=False, comment="Start date. The first day with this service."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="End date. The last day, for people who left."),
        sa.Column("end_reason", sa.Text(), nullable=True, comment="Reason for leaving. Why the person left."),
        sa.Column("funding", sa.Text(), nullable=False, comment="Funding. Who pays."),
        sa.Column(
            "sessions_per_week_planned",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Sessions a week planned. Half-days a week in the person's plan.",
        ),
        sa.Column(
            "travel_minutes", sa.Integer(), nullable=True, comment="Travel minutes. Usual journey there, in minutes."
        ),
        sa.Column(
            "has_unpaid_carer",
            sa.Text(),
            nullable=False,
            comment="Has an unpaid carer. Does someone care for the person unpaid?",
        ),
        sa.Column(
            "plan_reviewed_12m",
            sa.Text(),
            nullable=False,
            comment="Plan reviewed. Was the plan reviewed in the last 12 months?",
        ),
        sa.Column(
            "plan_coproduced",
            sa.Text(),
            nullable=False,
            comment="Plan co-produced. Was the plan made together with the person?",
        ),
        sa.CheckConstraint("active_offer_accepted in ('Y', 'N', 'NK')", name=op.f("ck_person_active_offer_accepted")),
        sa.CheckConstraint("active_offer_made in ('Y', 'N', 'NK')", name=op.f("ck_person_active_offer_made")),
        sa.CheckConstraint(
            "age_band in ('18-24', '25-44', '45-64', '65-74', '75-84', '85+', 'NK')", name=op.f("ck_person_age_band")
        ),
        sa.CheckConstraint(
            "client_group in ('LD', 'OP', 'DEM', 'PD', 'SI', 'MH', 'AUT', 'CARER')", name=op.f("ck_person_client_group")
        ),
        sa.CheckConstraint(
            "commissioning_la in ('W06000001', 'W06000002', 'W06000003', 'W06000004', 'W06000005', 'W06000006', 'W06000023', 'W06000008', 'W06000009', 'W06000010', 'W06000011', 'W06000012', 'W06000013', 'W06000014', 'W06000016', 'W06000024', 'W06000018', 'W06000019', 'W06000020', 'W06000021', 'W06000022', 'W06000015', 'SELF')",
            name=op.f("ck_person_commissioning_la"),
        ),
        sa.CheckConstraint("delivered_in_preferred in ('Y', 'N', 'NK')", name=op.f("ck_person_delivered_in_preferred")),
        sa.CheckConstraint(
            "end_reason in ('EMPLOYMENT', 'MOVED_TIER', 'MOVED_AREA', 'CARE_HOME', 'DIED', 'CHOICE', 'SERVICE_CLOSED', 'OTHER')",
            name=op.f("ck_person_end_reason"),
        ),
        sa.CheckConstraint("ethnicity_broad in ('A', 'B', 'M', 'W', 'O', 'U')", name=op.f("ck_person_ethnicity_broad")),
        sa.CheckConstraint("funding in ('LA', 'DP', 'CHC', 'SELF', 'MIXED')", name=op.f("ck_person_funding")),
        sa.CheckConstraint("gender in ('M', 'F', 'NB', 'X')", name=op.f("ck_person_gender")),
        sa.CheckConstraint("has_unpaid_carer in ('Y', 'N', 'NK')", name=op.f("ck_person_has_unpaid_carer")),
        sa.CheckConstraint(
            "home_la in ('W06000001', 'W06000002', 'W06000003', 'W06000004', 'W06000005', 'W06000006', 'W06000023', 'W06000008', 'W06000009', 'W06000010', 'W06000011', 'W06000012', 'W06000013', 'W06000014', 'W06000016', 'W06000024', 'W06000018', 'W06000019', 'W06000020', 'W06000021', 'W06000022', 'W06000015', 'OUTSIDE_WALES')",
            name=op.f("ck_person_home_la"),
        ),
        sa.CheckConstraint("person_ref ~ '^([0-9a-f]{16})$'", name=op.f("ck_person_person_ref")),
        sa.CheckConstraint("plan_coproduced in ('Y', 'N', 'NK')", name=op.f("ck_person_plan_coproduced")),
        sa.CheckConstraint("plan_reviewed_12m in ('Y', 'N')", name=op.f("ck_person_plan_reviewed_12m")),
        sa.CheckConstraint(
            "preferred_language in ('EN', 'CY', 'BSL', 'OTHER', 'NK')", name=op.f("ck_person_preferred_language")
        ),
        sa.CheckConstraint("service_id ~ '^(DOS\\d{6})$'", name=op.f("ck_person_service_id")),
        sa.CheckConstraint(
            "sessions_per_week_planned between 0 and 21", name=op.f("ck_person_sessions_per_week_planned")
        ),
        sa.CheckConstraint("travel_minutes between 0 and 600", name=op.f("ck_person_travel_minutes")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_person_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_person")),
        sa.UniqueConstraint(
            "submission_id", "person_ref", "service_id", name=op.f("uq_person_submission_id_person_ref_service_id")
        ),
        schema="restricted",
        comment="Each person on the register of each service.",
    )
    op.create_index(
        op.f("ix_person_period_service_id"), "person", ["period", "service_id"], unique=False, schema="restricted"
    )


def _restricted_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column("sheet", sa.Text(), nullable=False, comment="Sheet."),
        sa.Column(
            "row_number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Row in the provider's own sheet, from 1.",
        ),
        sa.Column(
            "raw",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The row's cells as typed, by column.",
        ),
        sa.Column("rules", sa.ARRAY(sa.Text()), nullable=False, comment="The rules that it broke."),
        sa.Column("contract_version", sa.Text(), nullable=False, comment="Version of the contract that refused it."),
        sa.CheckConstraint("cardinality(rules) > 0", name=op.f("ck_quarantine_rules")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_quarantine_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "sheet", "row_number", name=op.f("pk_quarantine")),
        schema="restricted",
        comment="Rows that were refused, as submitted, with the rules they broke.",
    )
