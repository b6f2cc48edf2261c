"""The landing tables: what was delivered, what each submission says it is, and what was found in it.

Rows of returns do not belong here: they are in `tables`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

from expectations.contract import Severity
from expectations.findings import Level
from expectations.readmissions import Cause
from expectations.sheets import RETURN
from warehouse.columns import check_of, comment_of, is_nullable, type_of
from warehouse.metadata import metadata

STATES = {
    "received": "not looked at yet",
    "read": "provider and month are known",
    "accepted": "sound",
    "queried": "loaded, and the provider is asked to explain something",
    "refused": "not used",
}
"""The states of a submission; `delivery_state` adds superseded and duplicate."""

_SOUND = "state in ('accepted', 'queried')"


class Base(DeclarativeBase):
    """The base of the typed models; they share the warehouse's one MetaData."""

    metadata = metadata
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}  # noqa: RUF012


_RUNNING = {"is_running_number": True}
"""Says of a column that it counts or keeps house, and is no part of what the warehouse knows (see `state`)."""


def _in(name: str, values: Iterable[str]) -> str:
    return f"{name} in ({', '.join(repr(str(value)) for value in values)})"


def _said(name: str) -> MappedColumn[Any]:
    """Declares a column of the RETURN sheet; it may be blank as long as the submission is not accepted."""
    column = RETURN.column(name)
    return mapped_column(type_of(column.kind), comment=comment_of(column))


def _said_checks() -> tuple[CheckConstraint, ...]:
    return tuple(
        CheckConstraint(f"state not in ('accepted', 'queried') or ({condition})", name=column.name)
        for column in RETURN.columns
        if (condition := _condition(column.name))
    )


def _condition(name: str) -> str:
    column = RETURN.column(name)
    parts = [None if is_nullable(column) else f"{name} is not null", check_of(column)]
    return " and ".join(part for part in parts if part)


class Submission(Base):
    """One delivered file, known by its bytes."""

    __tablename__ = "submission"

    submission_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="First 15 hexadecimal digits of its SHA-256."
    )
    sha256: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the file's bytes.")
    size_bytes: Mapped[int] = mapped_column(BigInteger, comment="Size of the file.")
    received_at: Mapped[datetime] = mapped_column(comment="When these bytes first came.")
    file_name: Mapped[str] = mapped_column(comment="The name under which they first came.")
    state: Mapped[str] = mapped_column(
        server_default="received", comment="; ".join(f"{state}: {about}" for state, about in STATES.items()) + "."
    )
    is_current: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Whether this submission stands for its provider and month."
    )
    contract_version: Mapped[str | None] = mapped_column(comment="Version of the contract that it was last judged by.")
    waivers: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), comment="The waivers that it was judged under; null where no row of it was looked at."
    )
    loaded_version: Mapped[str | None] = mapped_column(
        comment="Version of the contract under which it was loaded; stale where it was judged anew since.",
        info=_RUNNING,
    )
    verdict_sha256: Mapped[str | None] = mapped_column(
        comment="SHA-256 of what was found, to see whether it changed.", info=_RUNNING
    )
    abridged_at: Mapped[datetime | None] = mapped_column(
        comment="When its file and its rows about people were deleted for retention; it stays as it was judged."
    )
    rows_read: Mapped[int | None] = mapped_column(comment="Rows in the file, headers and blank rows not counted.")
    rows_accepted: Mapped[int | None] = mapped_column(comment="Rows that were accepted.")

    return_id: Mapped[str | None] = _said("return_id")
    spec_version: Mapped[str | None] = _said("spec_version")
    provider_id: Mapped[str | None] = _said("provider_id")
    provider_name_en: Mapped[str | None] = _said("provider_name_en")
    provider_name_cy: Mapped[str | None] = _said("provider_name_cy")
    provider_sector: Mapped[str | None] = _said("provider_sector")
    lead_la: Mapped[str | None] = _said("lead_la")
    period: Mapped[date | None] = _said("period")
    submission_no: Mapped[int | None] = _said("submission_no")
    profile: Mapped[str | None] = _said("profile")
    nil_return: Mapped[bool | None] = _said("nil_return")
    nil_reason: Mapped[str | None] = _said("nil_reason")
    prepared_by_role: Mapped[str | None] = _said("prepared_by_role")
    declared_on: Mapped[date | None] = _said("declared_on")
    language: Mapped[str | None] = _said("language")
    reason_for_change: Mapped[str | None] = _said("reason_for_change")

    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("submission_id = ('x' || left(sha256, 15))::bit(60)::bigint", name="submission_id"),
        CheckConstraint(_in("state", STATES), name="state"),
        CheckConstraint(f"not is_current or {_SOUND}", name="is_current"),
        *_said_checks(),
        Index(None, "period", "provider_id"),
        Index("uq_submission_current", "provider_id", "period", unique=True, postgresql_where=text("is_current")),
        {"schema": "landing", "comment": "Each different file that was delivered, with what its RETURN sheet says."},
    )


class Delivery(Base):
    """One file lying, or having lain, at one place of the source."""

    __tablename__ = "delivery"

    source_path: Mapped[str] = mapped_column(primary_key=True, comment="Where the file lay, relative to the source.")
    sha256: Mapped[str] = mapped_column(
        ForeignKey("landing.submission.sha256", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        comment="SHA-256 of the file's bytes.",
    )
    size_bytes: Mapped[int] = mapped_column(BigInteger, comment="Size of the file.")
    received_at: Mapped[datetime] = mapped_column(comment="When the file first came to this place.")
    last_received_at: Mapped[datetime] = mapped_column(comment="When the file last came to this place.")

    __table_args__ = ({"schema": "landing", "comment": "Each file at each place of the source, known before or not."},)


def _submission_key() -> MappedColumn[int]:
    return mapped_column(
        BigInteger,
        ForeignKey("landing.submission.submission_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="The submission.",
    )


def _number(about: str, *, is_running: bool = False) -> MappedColumn[int]:
    return mapped_column(primary_key=True, autoincrement=False, comment=about, info=_RUNNING if is_running else {})


class Finding(Base):
    """One thing found in a submission."""

    __tablename__ = "finding"

    submission_id: Mapped[int] = _submission_key()
    finding_no: Mapped[int] = _number("Place in the order in which the provider is told.", is_running=True)
    finding_id: Mapped[str] = mapped_column(comment="A name that stays the same when the same thing is found again.")
    rule_id: Mapped[str] = mapped_column(comment="The rule that was broken.")
    severity: Mapped[str] = mapped_column(comment="error refuses, query is loaded and asked about, note is recorded.")
    level: Mapped[str] = mapped_column(comment="What it is about: file, sheet, column, row or cell.")
    says: Mapped[str] = mapped_column(comment="Name of its sentence in the wording.")
    sheet: Mapped[str | None] = mapped_column(comment="Sheet.")
    row_number: Mapped[int | None] = mapped_column(comment="Row in the provider's own sheet, from 1.")
    column_name: Mapped[str | None] = mapped_column(comment="Column, by its name in the contract.")
    cell: Mapped[str | None] = mapped_column(comment="Address in the provider's own sheet, such as F17.")
    value: Mapped[str | None] = mapped_column(comment="What stands there, as typed; masked in sensitive columns.")
    expected: Mapped[str | None] = mapped_column(comment="What was expected.")
    other: Mapped[str | None] = mapped_column(comment="What it was compared with.")
    caused_by: Mapped[str | None] = mapped_column(comment="The finding that, once mended, mends this one.")
    waiver_id: Mapped[str | None] = mapped_column(comment="The waiver that makes a note of it, if any.")

    __table_args__ = (
        CheckConstraint(_in("severity", Severity), name="severity"),
        CheckConstraint(_in("level", get_args(Level)), name="level"),
        Index(None, "rule_id"),
        {"schema": "landing", "comment": "What was found in each submission when it was last judged."},
    )


class Normalisation(Base):
    """One value that was mended without doubt as to its meaning."""

    __tablename__ = "normalisation"

    submission_id: Mapped[int] = _submission_key()
    normalisation_no: Mapped[int] = _number("Place in the order of the file.", is_running=True)
    sheet: Mapped[str] = mapped_column(comment="Sheet.")
    row_number: Mapped[int | None] = mapped_column(comment="Row in the provider's own sheet, from 1.")
    column_name: Mapped[str | None] = mapped_column(comment="Column, by its name in the contract.")
    value: Mapped[str | None] = mapped_column(comment="What stood there, as typed; masked in sensitive columns.")
    became: Mapped[str | None] = mapped_column(comment="What it was taken for; masked in sensitive columns.")
    kind: Mapped[str] = mapped_column(comment="What was mended, such as thousands, padding or area_recoded.")

    __table_args__ = ({"schema": "landing", "comment": "Values that were mended, as typed and as taken."},)


class Quarantine(Base):
    """One refused row, as submitted."""

    __tablename__ = "quarantine"

    submission_id: Mapped[int] = _submission_key()
    sheet: Mapped[str] = mapped_column(primary_key=True, comment="Sheet.")
    row_number: Mapped[int] = _number("Row in the provider's own sheet, from 1.")
    raw: Mapped[dict[str, str | None]] = mapped_column(JSONB, comment="The row's cells as typed, by column.")
    rules: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="The rules that it broke.")
    contract_version: Mapped[str] = mapped_column(comment="Version of the contract that refused it.")

    __table_args__ = (
        CheckConstraint("cardinality(rules) > 0", name="rules"),
        {"schema": "restricted", "comment": "Rows that were refused, as submitted, with the rules they broke."},
    )


class PersonKey(Base):
    """One key that references of people are or were kept under, by its fingerprint."""

    __tablename__ = "person_key"

    key_id: Mapped[str] = mapped_column(primary_key=True, comment="Name of the key: the first digits of fingerprint.")
    fingerprint: Mapped[str] = mapped_column(
        unique=True, comment="SHA-256 of an HMAC under the key, which gives nothing of the key away."
    )
    in_force_from: Mapped[datetime] = mapped_column(comment="When rows came to stand under it.")
    retired_at: Mapped[datetime | None] = mapped_column(comment="When another took its place; blank if in force.")

    __table_args__ = (
        Index(
            "uq_person_key_in_force", text("(retired_at is null)"), unique=True, postgresql_where="retired_at is null"
        ),
        {
            "schema": "restricted",
            "comment": "Which key person_ref stands under, and stood under when. The key itself is not here.",
        },
    )


class Tombstone(Base):
    """What was deleted of one submission, as retention asks."""

    __tablename__ = "tombstone"

    submission_id: Mapped[int] = _submission_key()
    rule: Mapped[str] = mapped_column(comment="How long it was to be kept.")
    deleted_at: Mapped[datetime] = mapped_column(comment="When it was deleted.")
    rows: Mapped[dict[str, int]] = mapped_column(JSONB, comment="Rows that were deleted, by table.")
    rows_sha256: Mapped[dict[str, str]] = mapped_column(JSONB, comment="SHA-256 of those rows, by table.")
    left_sha256: Mapped[str] = mapped_column(comment="SHA-256 of what was left, which the archive keeps.")

    __table_args__ = (
        {
            "schema": "landing",
            "comment": "Submissions whose rows about people and files are gone, and what there was of them.",
        },
    )


class RegisteredService(Base):
    """One service that the national register expects returns about."""

    __tablename__ = "registered_service"

    service_id: Mapped[str] = mapped_column(primary_key=True, comment="The service.")
    expected_from: Mapped[date] = mapped_column(primary_key=True, comment="First day on which it is expected.")
    expected_to: Mapped[date | None] = mapped_column(comment="Last day on which it is expected; blank if open.")
    provider_id: Mapped[str] = mapped_column(index=True, comment="The provider that reports on it.")
    provider_name: Mapped[str] = mapped_column(comment="The provider's name.")
    sector: Mapped[str] = mapped_column(comment="The kind of organisation.")
    service_la: Mapped[str] = mapped_column(
        ForeignKey("core.area.area_code"), comment="The authority in which the service is (GSS code)."
    )

    __table_args__ = (
        CheckConstraint("expected_to is null or expected_to >= expected_from", name="expected_to"),
        {"schema": "landing", "comment": "The register: which services are expected, from whom and when."},
    )


class Readmission(Base):
    """One row that had been refused and stands now."""

    __tablename__ = "readmission"

    submission_id: Mapped[int] = _submission_key()
    sheet: Mapped[str] = mapped_column(primary_key=True, comment="Sheet.")
    row_number: Mapped[int] = _number("Row in the provider's own sheet, from 1.")
    admitted_at: Mapped[datetime] = mapped_column(primary_key=True, comment="When it was admitted.")
    rules: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="The rules that had refused it.")
    refused_version: Mapped[str] = mapped_column(comment="Version of the contract that had refused it.")
    admitted_by: Mapped[str] = mapped_column(
        comment="What admitted it: rule_mended, waiver, numbering (another submission made its number good), or"
        " resubmission (a later version has an accepted row of the same key)."
    )
    admitted_version: Mapped[str] = mapped_column(comment="Version of the contract that admitted it.")
    waivers: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="The waivers that admitted it; else empty.")
    replaced_by: Mapped[int | None] = mapped_column(
        BigInteger,
        ForeignKey("landing.submission.submission_id", ondelete="CASCADE"),
        comment="The submission whose row took its place, for a resubmission.",
    )
    replaced_row: Mapped[int | None] = mapped_column(comment="The row that took its place there.")
    is_booked: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Whether the archive's book has it, from which a rebuild notes it again."
    )

    __table_args__ = (
        CheckConstraint(_in("admitted_by", get_args(Cause)), name="admitted_by"),
        CheckConstraint("(admitted_by = 'resubmission') = (replaced_by is not null)", name="replaced_by"),
        {
            "schema": "landing",
            "comment": "The trail of rows that had been refused and stand now. It tells what happened, so it is no part"
            " of the state hash.",
        },
    )


class Waiver(Base):
    """One rule that does not refuse for a while."""

    __tablename__ = "waiver"

    waiver_id: Mapped[str] = mapped_column(primary_key=True, comment="Name of the waiver.")
    rule_id: Mapped[str] = mapped_column(comment="The rule that is waived.")
    provider_id: Mapped[str | None] = mapped_column(comment="The provider; blank for all.")
    period_from: Mapped[date] = mapped_column(comment="First month.")
    period_to: Mapped[date] = mapped_column(comment="Last month.")
    reason: Mapped[str] = mapped_column(comment="Why.")
    approved_by: Mapped[str] = mapped_column(comment="Who approved it.")
    expires_on: Mapped[date] = mapped_column(comment="The last day on which it holds.")
    decided_at: Mapped[datetime] = mapped_column(comment="When it was granted.")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="When it was revoked, if it was.")
    revoked_by: Mapped[str | None] = mapped_column(comment="Who revoked it.")
    revoked_reason: Mapped[str | None] = mapped_column(comment="Why it was revoked.")

    __table_args__ = (
        CheckConstraint("period_to >= period_from", name="period_to"),
        {"schema": "landing", "comment": "Rules that are waived, by whom and until when."},
    )


class Revert(Base):
    """One decision that an earlier version of a return stands again."""

    __tablename__ = "revert"

    revert_id: Mapped[str] = mapped_column(primary_key=True, comment="Name of the revert.")
    provider_id: Mapped[str] = mapped_column(comment="The provider.")
    period: Mapped[date] = mapped_column(comment="First day of the month.")
    submission_no: Mapped[int] = mapped_column(comment="Number of the version that stands again.")
    set_aside: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="SHA-256 of each file that stands no more: the later versions that had come by then."
    )
    reason: Mapped[str] = mapped_column(comment="Why.")
    decided_by: Mapped[str] = mapped_column(comment="Who decided it.")
    decided_at: Mapped[datetime] = mapped_column(comment="When it was decided.")
    undone_at: Mapped[datetime | None] = mapped_column(comment="When it was undone, if it was.")
    undone_by: Mapped[str | None] = mapped_column(comment="Who undid it.")
    undone_reason: Mapped[str | None] = mapped_column(comment="Why it was undone.")

    __table_args__ = (
        CheckConstraint("cardinality(set_aside) > 0", name="set_aside"),
        Index(None, "provider_id", "period"),
        {
            "schema": "landing",
            "comment": "Decisions that an earlier version of a return stands: the last in force holds for its month.",
        },
    )
