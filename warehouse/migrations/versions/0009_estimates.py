"""Which population a rate divides by, when a rate of pay came into force, and estimates for what did not come.

Follows: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0007"
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
