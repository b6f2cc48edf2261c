"""What is asked between returns: why final figures change, charges for transport, and when returns are due.

Follows: 0002
"""
# ruff: noqa: E501 - long comments of columns

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "submission",
        sa.Column(
            "reason_for_change",
            sa.Text(),
            nullable=True,
            comment="Reason for the change. Why figures that were final are sent again, after the financial year's last return was due.",
        ),
        schema="landing",
    )
    op.create_check_constraint(
        op.f("ck_submission_reason_for_change"),
        "submission",
        "state not in ('accepted', 'queried') or (char_length(reason_for_change) between 1 and 200)",
        schema="landing",
    )
    op.add_column(
        "finance",
        sa.Column(
            "income_charges_transport",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="From charges for transport. Of the charges: for bringing people there and back.",
        ),
        schema="core",
    )
    op.create_check_constraint(
        op.f("ck_finance_income_charges_transport"),
        "finance",
        "income_charges_transport between 0 and 100000000",
        schema="core",
    )
    op.create_table(
        "return_calendar",
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month."),
        sa.Column(
            "due_on",
            sa.Date(),
            nullable=False,
            comment="Day by which its returns are to be sent: the 15th working day after it.",
        ),
        sa.Column(
            "final_from",
            sa.Date(),
            nullable=False,
            comment="First day on which its figures are final: the year's last return was due before.",
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_return_calendar")),
        schema="core",
        comment="When the returns for each month are due, and from when its figures are final.",
    )
