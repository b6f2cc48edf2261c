"""The star: dimensions with a history, days, stable keys, and counts in place of the sheets about people.

Follows: 0003
"""
# ruff: noqa: E501 - long comments of columns

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_date",
        sa.Column("date_key", sa.Integer(), nullable=False, comment="The day as YYYYMMDD."),
        sa.Column("date", sa.Date(), nullable=False, comment="The day."),
        sa.Column("month_start", sa.Date(), nullable=False, comment="First day of its month."),
        sa.Column("month_end", sa.Date(), nullable=False, comment="Last day of its month."),
        sa.Column("calendar_year", sa.Integer(), nullable=False, comment="Calendar year."),
        sa.Column("calendar_quarter", sa.Integer(), nullable=False, comment="Quarter of the calendar year, 1 to 4."),
        sa.Column("month_number", sa.Integer(), nullable=False, comment="Month of the calendar year, 1 to 12."),
        sa.Column("month_name_en", sa.Text(), nullable=False, comment="Name of the month in English."),
        sa.Column("month_name_cy", sa.Text(), nullable=False, comment="Name of the month in Welsh."),
        sa.Column(
            "financial_year", sa.Text(), nullable=False, comment="Financial year, April to March, such as 2026-27."
        ),
        sa.Column("financial_year_start", sa.Date(), nullable=False, comment="First day of the financial year."),
        sa.Column(
            "financial_quarter",
            sa.Integer(),
            nullable=False,
            comment="Quarter of the financial year, 1 to 4; 1 is April to June.",
        ),
        sa.Column(
            "financial_month", sa.Integer(), nullable=False, comment="Month of the financial year, 1 to 12; 1 is April."
        ),
        sa.Column("weekday_number", sa.Integer(), nullable=False, comment="Day of the week, 1 to 7; 1 is Monday."),
        sa.Column("weekday_name_en", sa.Text(), nullable=False, comment="Day of the week in English."),
        sa.Column("weekday_name_cy", sa.Text(), nullable=False, comment="Day of the week in Welsh."),
        sa.Column(
            "is_working_day",
            sa.Boolean(),
            nullable=False,
            comment="True from Monday to Friday, bank holidays of Wales apart.",
        ),
        sa.PrimaryKeyConstraint("date_key", name=op.f("pk_calendar_date")),
        sa.UniqueConstraint("date", name=op.f("uq_calendar_date_date")),
        schema="core",
        comment="Each day of the collection: where it stands in calendar and financial years, and what it is called.",
    )
    op.create_table(
        "attendance_day",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Number of the row within the submission."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that the row is about."),
        sa.Column(
            "service_id", sa.Text(), nullable=False, comment="Service number. The service, as on the SERVICES sheet."
        ),
        sa.Column("date", sa.Date(), nullable=False, comment="Date. The day."),
        sa.Column("part", sa.Text(), nullable=False, comment="Part of the day. Morning, afternoon or evening."),
        sa.Column("status", sa.Text(), nullable=False, comment="Status. What happened."),
        sa.Column("mode", sa.Text(), nullable=True, comment="Mode. In person or digital."),
        sa.Column("sessions", sa.Integer(), nullable=False, comment="Half-days, of all people together."),
        sa.Column(
            "hours",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Hours attended, of all people together.",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_attendance_day_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_attendance_day")),
        schema="core",
        comment="Half-days of each service on each day, counted by part of the day, what happened, and mode.",
    )
    op.create_index(
        op.f("ix_attendance_day_period_service_id"),
        "attendance_day",
        ["period", "service_id"],
        unique=False,
        schema="core",
    )
    op.create_table(
        "person_group",
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that the row came in."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="Number of the row within the submission."),
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
        sa.Column("people", sa.Integer(), nullable=False, comment="People on the register at any time in the month."),
        sa.Column(
            "people_started", sa.Integer(), nullable=False, comment="Of those, people whose first day was in the month."
        ),
        sa.Column(
            "people_ended", sa.Integer(), nullable=False, comment="Of those, people whose last day was in the month."
        ),
        sa.Column(
            "people_with_unpaid_carer",
            sa.Integer(),
            nullable=False,
            comment="Of those, people for whom someone cares unpaid.",
        ),
        sa.Column(
            "people_plan_reviewed",
            sa.Integer(),
            nullable=False,
            comment="Of those, people whose plan was reviewed in the last 12 months.",
        ),
        sa.Column(
            "people_plan_coproduced",
            sa.Integer(),
            nullable=False,
            comment="Of those, people whose plan was made together with them.",
        ),
        sa.Column("people_prefer_welsh", sa.Integer(), nullable=False, comment="Of those, people who prefer Welsh."),
        sa.Column(
            "people_offered_welsh",
            sa.Integer(),
            nullable=False,
            comment="Of those, people who were offered a service in Welsh without asking.",
        ),
        sa.Column(
            "people_accepted_welsh", sa.Integer(), nullable=False, comment="Of those, people who accepted that offer."
        ),
        sa.Column(
            "people_served_in_welsh",
            sa.Integer(),
            nullable=False,
            comment="Of those, people who were then given it in the language chosen.",
        ),
        sa.Column(
            "sessions_per_week_planned",
            sa.Numeric(precision=14, scale=2),
            nullable=False,
            comment="Half-days a week in their plans, together.",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_person_group_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f("pk_person_group")),
        schema="core",
        comment="People on the register of each service, counted by commissioning authority, client group and age band.",
    )
    op.create_index(
        op.f("ix_person_group_period_service_id"), "person_group", ["period", "service_id"], unique=False, schema="core"
    )
    op.create_table(
        "provider_version",
        sa.Column(
            "provider_key",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The number in provider_id, followed by valid_from as YYYYMMDD.",
        ),
        sa.Column(
            "provider_id",
            sa.Text(),
            nullable=False,
            comment="Provider number. The number that the national register gave you.",
        ),
        sa.Column(
            "valid_from",
            sa.Date(),
            nullable=False,
            comment="First day of the first month in which it was described like this.",
        ),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="Last day on which it was; blank for the newest."),
        sa.Column(
            "provider_name_en", sa.Text(), nullable=False, comment="Provider name (English). Your organisation's name."
        ),
        sa.Column(
            "provider_name_cy",
            sa.Text(),
            nullable=True,
            comment="Provider name (Welsh). Your organisation's name in Welsh.",
        ),
        sa.Column("provider_sector", sa.Text(), nullable=False, comment="Sector. The kind of organisation."),
        sa.Column(
            "lead_la",
            sa.Text(),
            nullable=False,
            comment="Lead authority. The authority that this return is agreed with (GSS code).",
        ),
        sa.ForeignKeyConstraint(["lead_la"], ["core.area.area_code"], name=op.f("fk_provider_version_lead_la_area")),
        sa.PrimaryKeyConstraint("provider_key", name=op.f("pk_provider_version")),
        sa.UniqueConstraint("provider_id", "valid_from", name=op.f("uq_provider_version_provider_id_valid_from")),
        schema="core",
        comment="Each provider, a row for each time that its current returns described it alike.",
    )
    op.create_table(
        "service_version",
        sa.Column(
            "service_key",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The number in service_id, followed by valid_from as YYYYMMDD.",
        ),
        sa.Column(
            "service_id",
            sa.Text(),
            nullable=False,
            comment="Service number. The number that the national register gave the service.",
        ),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="First day on which it was described like this."),
        sa.Column(
            "valid_to",
            sa.Date(),
            nullable=True,
            comment="Last day on which it was; blank for the newest of a service that is open.",
        ),
        sa.Column(
            "provider_id",
            sa.Text(),
            nullable=False,
            comment="Provider number. The number that the national register gave you.",
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
        sa.Column(
            "predecessor_service_id",
            sa.Text(),
            nullable=True,
            comment="Predecessor. The service that this one took over from.",
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
        sa.Column("closed_on", sa.Date(), nullable=True, comment="Closed on. The last day, where the service closed."),
        sa.Column("closure_reason", sa.Text(), nullable=True, comment="Reason for closing. Why it closed."),
        sa.ForeignKeyConstraint(
            ["service_la"], ["core.area.area_code"], name=op.f("fk_service_version_service_la_area")
        ),
        sa.PrimaryKeyConstraint("service_key", name=op.f("pk_service_version")),
        sa.UniqueConstraint("service_id", "valid_from", name=op.f("uq_service_version_service_id_valid_from")),
        schema="core",
        comment="Each service, a row for each time that current returns described it alike, whoever ran it.",
    )
    op.create_table(
        "measured_return",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month that it is about."),
        sa.Column("month_key", sa.Integer(), nullable=False, comment="The same as YYYYMMDD."),
        sa.Column(
            "provider_key", sa.BigInteger(), autoincrement=False, nullable=False, comment="The version of its provider."
        ),
        sa.Column(
            "verdict_sha256",
            sa.Text(),
            nullable=True,
            comment="SHA-256 of what had been found in it, to see whether it was judged anew since.",
        ),
        sa.ForeignKeyConstraint(
            ["provider_key"],
            ["core.provider_version.provider_key"],
            name=op.f("fk_measured_return_provider_key_provider_version"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_measured_return_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_measured_return")),
        schema="core",
        comment="The submissions that the figures are measured from: those that were current when they were.",
    )
    op.create_index(op.f("ix_measured_return_period"), "measured_return", ["period"], unique=False, schema="core")
    op.create_table(
        "measured_service",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column("service_id", sa.Text(), nullable=False, comment="The service."),
        sa.Column(
            "service_key", sa.BigInteger(), autoincrement=False, nullable=False, comment="The version of the service."
        ),
        sa.Column("service_la", sa.Text(), nullable=False, comment="The authority in which it was by that return."),
        sa.ForeignKeyConstraint(
            ["service_key"],
            ["core.service_version.service_key"],
            name=op.f("fk_measured_service_service_key_service_version"),
        ),
        sa.ForeignKeyConstraint(
            ["service_la"], ["core.area.area_code"], name=op.f("fk_measured_service_service_la_area")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["core.measured_return.submission_id"],
            name=op.f("fk_measured_service_submission_id_measured_return"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "service_id", name=op.f("pk_measured_service")),
        schema="core",
        comment="Which version of each service the submissions that figures are measured from are about.",
    )
    _add_key("area", "Its key in the star: made of its code, so it never changes.")
    _add_key("region", "Its key in the star: made of its code, so it never changes.")
    _add_key("code", "Its key in the star: made of list and code, so it never changes.")
    op.create_index(
        op.f("ix_service_month_service_id_period"),
        "service_month",
        ["service_id", "period"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_service_version_predecessor_service_id"),
        "service_version",
        ["predecessor_service_id"],
        unique=False,
        schema="core",
    )


_KEYS = {
    "area": ("area_key", "substr(area_code, 2)::integer"),
    "region": ("area_key", "('x' || left(md5('area:' || region_code), 7))::bit(28)::integer"),
    "code": ("code_key", "('x' || left(md5(list_name || ':' || code), 7))::bit(28)::integer"),
}


def _add_key(table: str, about: str) -> None:
    key, made_of = _KEYS[table]
    op.add_column(table, sa.Column(key, sa.Integer(), comment=about), schema="core")
    op.execute(f"update core.{table} set {key} = {made_of}")  # noqa: S608
    op.alter_column(table, key, nullable=False, schema="core")
    op.create_unique_constraint(op.f(f"uq_{table}_{key}"), table, [key], schema="core")
    if table != "code":
        _add_sort_key(table)


def _add_sort_key(table: str) -> None:
    about = "Its Welsh name as the Welsh alphabet orders it, compared byte by byte."
    op.add_column(
        table, sa.Column("sort_key_cy", sa.Text(), server_default="", nullable=False, comment=about), schema="core"
    )
    op.alter_column(table, "sort_key_cy", server_default=None, schema="core")
