"""Decisions: waivers that can be revoked, reverts, and the trail of rows that were admitted after all.

Follows: 0001
"""
# ruff: noqa: E501 - one column a line

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _judged_under()
    _waiver()
    _revert()
    _readmission()


def downgrade() -> None:
    raise NotImplementedError("a warehouse is not taken back: drop it and rebuild it from the archive")


def _judged_under() -> None:
    op.add_column(
        "submission",
        sa.Column(
            "waivers",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="The waivers that it was judged under; null where no row of it was looked at.",
        ),
        schema="landing",
    )
    op.add_column(
        "finding",
        sa.Column("waiver_id", sa.Text(), nullable=True, comment="The waiver that makes a note of it, if any."),
        schema="landing",
    )


def _waiver() -> None:
    columns = (
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="When it was granted."),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="When it was revoked, if it was."),
        sa.Column("revoked_by", sa.Text(), nullable=True, comment="Who revoked it."),
        sa.Column("revoked_reason", sa.Text(), nullable=True, comment="Why it was revoked."),
    )
    for column in columns:
        op.add_column("waiver", column, schema="landing")
    op.execute("update landing.waiver set decided_at = now()")
    op.alter_column("waiver", "decided_at", nullable=False, schema="landing")


def _revert() -> None:
    op.create_table(
        "revert",
        sa.Column("revert_id", sa.Text(), nullable=False, comment="Name of the revert."),
        sa.Column("provider_id", sa.Text(), nullable=False, comment="The provider."),
        sa.Column("period", sa.Date(), nullable=False, comment="First day of the month."),
        sa.Column("submission_no", sa.Integer(), nullable=False, comment="Number of the version that stands again."),
        sa.Column(
            "set_aside",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="SHA-256 of each file that stands no more: the later versions that had come by then.",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why."),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="Who decided it."),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False, comment="When it was decided."),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True, comment="When it was undone, if it was."),
        sa.Column("undone_by", sa.Text(), nullable=True, comment="Who undid it."),
        sa.Column("undone_reason", sa.Text(), nullable=True, comment="Why it was undone."),
        sa.CheckConstraint("cardinality(set_aside) > 0", name=op.f("ck_revert_set_aside")),
        sa.PrimaryKeyConstraint("revert_id", name=op.f("pk_revert")),
        schema="landing",
        comment="Decisions that an earlier version of a return stands: the last in force holds for its month.",
    )
    op.create_index(
        op.f("ix_revert_provider_id_period"), "revert", ["provider_id", "period"], unique=False, schema="landing"
    )


def _readmission() -> None:
    op.create_table(
        "readmission",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column("sheet", sa.Text(), nullable=False, comment="Sheet."),
        sa.Column(
            "row_number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Row in the provider's own sheet, from 1.",
        ),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False, comment="When it was admitted."),
        sa.Column("rules", postgresql.ARRAY(sa.Text()), nullable=False, comment="The rules that had refused it."),
        sa.Column("refused_version", sa.Text(), nullable=False, comment="Version of the contract that had refused it."),
        sa.Column(
            "admitted_by",
            sa.Text(),
            nullable=False,
            comment="What admitted it: rule_mended, waiver, numbering (another submission made its number good), or resubmission (a later version has an accepted row of the same key).",
        ),
        sa.Column("admitted_version", sa.Text(), nullable=False, comment="Version of the contract that admitted it."),
        sa.Column(
            "waivers", postgresql.ARRAY(sa.Text()), nullable=False, comment="The waivers that admitted it; else empty."
        ),
        sa.Column(
            "replaced_by",
            sa.BigInteger(),
            nullable=True,
            comment="The submission whose row took its place, for a resubmission.",
        ),
        sa.Column("replaced_row", sa.Integer(), nullable=True, comment="The row that took its place there."),
        sa.Column(
            "is_booked",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether the archive's book has it, from which a rebuild notes it again.",
        ),
        sa.CheckConstraint(
            "admitted_by in ('rule_mended', 'waiver', 'numbering', 'resubmission')",
            name=op.f("ck_readmission_admitted_by"),
        ),
        sa.CheckConstraint(
            "(admitted_by = 'resubmission') = (replaced_by is not null)", name=op.f("ck_readmission_replaced_by")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["landing.submission.submission_id"],
            name=op.f("fk_readmission_replaced_by_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_readmission_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "sheet", "row_number", "admitted_at", name=op.f("pk_readmission")),
        schema="landing",
        comment="The trail of rows that had been refused and stand now. It tells what happened, so it is no part of the state hash.",
    )
