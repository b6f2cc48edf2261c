"""Why a figure is not shown, by which policy, and what an indicator is measured from.

Follows: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PROTECTED = (
    ("reason", sa.Text(), "Why it is not shown, as a code; null where it is shown."),
    ("threshold", sa.Integer(), "Smallest number of people that was shown."),
    ("rounding_base", sa.Integer(), "What it was rounded to a multiple of; null where it is no plain count."),
    ("coverage_floor", sa.Numeric(), "Coverage below which it is not available; null where there is no such floor."),
)

_DEFINED = (
    ("numerator_cy", sa.Text(), "What is counted, in Welsh."),
    ("denominator_cy", sa.Text(), "What it is divided by, in Welsh."),
    ("sheets", postgresql.ARRAY(sa.Text()), "Sheets of the return whose rows it is measured from."),
    ("has_baseline", sa.Boolean(), "True where it is measured from returns about before the pandemic too."),
)


def upgrade() -> None:
    for name, kind, about in _PROTECTED:
        op.add_column("protected_indicator", sa.Column(name, kind, comment=about), schema="mart_v1")
    for name, kind, about in _DEFINED:
        op.add_column("indicator_definition", sa.Column(name, kind, comment=about), schema="release_v1")
