"""References of people are kept under a key of the warehouse's own, which key that is when, and tombstones.

What stands here as providers sent it goes: a migration has no key. The submissions it came in are due again, so that
the next night loads their rows from what was read of them.

Follows: 0004
"""
# ruff: noqa: E501 - long comments of columns

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("person", "attendance")


def upgrade() -> None:
    _forget_what_was_sent()
    for table in _TABLES:
        _keep_keyed(table)
    _person_key()
    _tombstone()


def _forget_what_was_sent() -> None:
    op.execute("""
        update landing.submission set loaded_version = null
         where state in ('accepted', 'queried') and submission_id in (
             select submission_id from restricted.person union select submission_id from restricted.attendance
         )
    """)
    for table in _TABLES:
        op.execute(f"truncate restricted.{table}")


def _keep_keyed(table: str) -> None:
    name = op.f(f"ck_{table}_person_ref")
    op.drop_constraint(name, table, schema="restricted")
    op.create_check_constraint(name, table, "person_ref ~ '^([0-9a-f]{32})$'", schema="restricted")
    op.alter_column(
        table,
        "person_ref",
        schema="restricted",
        comment="Person reference. The person's keyed reference: never a name, an NHS number or a date of birth. Kept as HMAC-SHA-256 of what the provider sent, under the warehouse's own key, cut to 32 digits.",
    )


def _person_key() -> None:
    op.create_table(
        "person_key",
        sa.Column("key_id", sa.Text(), nullable=False, comment="Name of the key: the first digits of fingerprint."),
        sa.Column(
            "fingerprint",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of an HMAC under the key, which gives nothing of the key away.",
        ),
        sa.Column(
            "in_force_from",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When rows came to stand under it.",
        ),
        sa.Column(
            "retired_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When another took its place; blank if in force.",
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_person_key")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_person_key_fingerprint")),
        schema="restricted",
        comment="Which key person_ref stands under, and stood under when. The key itself is not here.",
    )
    op.create_index(
        "uq_person_key_in_force",
        "person_key",
        [sa.text("(retired_at is null)")],
        unique=True,
        schema="restricted",
        postgresql_where="retired_at is null",
    )


def _tombstone() -> None:
    op.add_column(
        "submission",
        sa.Column(
            "abridged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its file and its rows about people were deleted for retention; it stays as it was judged.",
        ),
        schema="landing",
    )
    op.create_table(
        "tombstone",
        sa.Column("submission_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="The submission."),
        sa.Column("rule", sa.Text(), nullable=False, comment="How long it was to be kept."),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False, comment="When it was deleted."),
        sa.Column("rows", postgresql.JSONB(), nullable=False, comment="Rows that were deleted, by table."),
        sa.Column("rows_sha256", postgresql.JSONB(), nullable=False, comment="SHA-256 of those rows, by table."),
        sa.Column(
            "left_sha256", sa.Text(), nullable=False, comment="SHA-256 of what was left, which the archive keeps."
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["landing.submission.submission_id"],
            name=op.f("fk_tombstone_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_tombstone")),
        schema="landing",
        comment="Submissions whose rows about people and files are gone, and what there was of them.",
    )
