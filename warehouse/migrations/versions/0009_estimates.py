"""Which population a rate divides by, since when a wage is in force, estimates for what did not come, the audit.

Follows: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MISSING = (
    "Authorities of the area that are in no sum: their services were expected and did not return at all, or, where it "
    "is held against the months before the pandemic, they have no month to compare."
)


def upgrade() -> None:
    op.add_column(
        "indicator_definition",
        sa.Column(
            "population_vintage",
            sa.Text(),
            comment="Estimates of the population that it divides by, such as mid2020; null where by none.",
        ),
        schema="release_v1",
    )
    op.add_column(
        "real_living_wage",
        sa.Column("in_force_from", sa.Date(), comment="The day by when employers are to pay it: 1 May."),
        schema="core",
    )
    for table in ("indicator", "protected_indicator"):
        op.alter_column(
            table, "missing_authorities", existing_type=postgresql.ARRAY(sa.Text()), comment=_MISSING, schema="mart_v1"
        )
    op.create_table(
        "disclosure_audit",
        sa.Column(
            "period", sa.Date(), nullable=False, comment="First day of the month that was protected and attacked."
        ),
        sa.Column(
            "audit",
            sa.JSON(),
            nullable=False,
            comment="What the attack on its figures looked at and found; no value is told.",
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_disclosure_audit")),
        schema="mart_v1",
        comment="The audit of each month's protected figures, as they stand.",
    )
    _estimates()


def _estimates() -> None:
    op.create_table(
        "estimated_indicator",
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
        *_told(),
        sa.PrimaryKeyConstraint(
            "indicator_id",
            "measure",
            "area_code",
            "period_kind",
            "period_start",
            "breakdown",
            "category",
            name=op.f("pk_estimated_indicator"),
        ),
        schema="mart_v1",
        comment="Estimates for services that did not return, where a setting asks for them; no national indicators. "
        "Regions and Wales are sums of authorities: of different people, the most that there can be.",
    )


def _told() -> tuple[sa.Column, ...]:
    return (
        sa.Column(
            "value", sa.Numeric(), comment="The estimate, rounded; null where it would tell what is confidential."
        ),
        sa.Column(
            "numerator", sa.Numeric(), comment="What is counted or divided, before rounding; null with the value."
        ),
        sa.Column(
            "denominator",
            sa.Numeric(),
            comment="What it is divided by; null for a plain count, and with the value.",
        ),
        sa.Column("method", sa.Text(), nullable=False, comment="carry_forward or ratio."),
        sa.Column(
            "share_estimated",
            sa.Numeric(),
            nullable=False,
            comment="Services whose part is estimated, divided by services expected.",
        ),
        sa.Column(
            "estimated_authorities",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Authorities of the area whose part is estimated.",
        ),
        sa.Column(
            "note_codes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Note codes of the figure, sorted; empty where there are none.",
        ),
    )
