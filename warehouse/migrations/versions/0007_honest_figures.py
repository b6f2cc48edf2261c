"""What makes a figure honest about itself: how far it reaches, its interval, who is missing, who stands behind it.

Figures of before have none of it until they are made again, which is on the next night.

Follows: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BOTH = (
    ("through", sa.Date(), "First day of the last month that it counts: a year so far ends before its time."),
    ("lower", sa.Numeric(), "Lower end of its 95% interval; null where it has none."),
    ("upper", sa.Numeric(), "Upper end of its 95% interval; null where it has none."),
    (
        "missing_authorities",
        postgresql.ARRAY(sa.Text()),
        "Authorities of the area whose services were expected and did not return at all: they are in no sum.",
    ),
)

_MEASURED = (
    ("only_provider", sa.Text(), "The provider behind all that is counted; null where there are several."),
    ("largest", sa.Numeric(), "Of an amount of money, the most that one provider accounts for."),
    ("second_largest", sa.Numeric(), "Of an amount of money, what the next provider accounts for."),
)

_PROTECTED = (
    ("services_expected", sa.Integer(), "Services that ought to have returned."),
    ("services_returned", sa.Integer(), "Of those, services that a current return is about."),
    ("version", sa.Integer(), "Version of the indicator's definition."),
)

_DEFINED = (
    (
        "interval_method",
        sa.Text(),
        "How its 95% interval is reckoned: wilson for a share of people, byar for a number or rate; null for none.",
    ),
)


def upgrade() -> None:
    _add("mart_v1", "indicator", _BOTH + _MEASURED)
    _add("mart_v1", "protected_indicator", _BOTH + _PROTECTED)
    _add("release_v1", "indicator_definition", _DEFINED)


def _add(schema: str, table: str, columns: tuple[tuple[str, sa.types.TypeEngine, str], ...]) -> None:
    for name, kind, about in columns:
        op.add_column(table, sa.Column(name, kind, comment=about), schema=schema)
