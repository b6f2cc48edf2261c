"""Retention in the warehouse: what is due to go, deleting it, and putting what was left of it in place again.

A submission that was cut down to its sums stays as it was judged then: it is not read, judged or loaded again. The
figures of a financial year of which rows about people are gone stay as they were made. Every function works inside the
caller's transaction.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text
from sqlalchemy.sql.elements import TextClause

from expectations.months import year_start
from expectations.retention import SUMS_ONLY, RetentionError, Tombstone, rule
from warehouse import figures, landing  # noqa: F401 - their tables hang on the metadata
from warehouse.metadata import metadata
from warehouse.persons import TABLES
from warehouse.state import rows_sha256
from warehouse.tables import FACTS, SUMMARIES

_SUBMISSION = metadata.tables["landing.submission"]
_TOMBSTONE = metadata.tables["landing.tombstone"]
_QUARANTINE = "restricted.quarantine"
_PERSON_SHEETS = [name for name, table in FACTS.items() if table.fullname in TABLES]

_LEFT = (
    "landing.finding",
    "landing.normalisation",
    _QUARANTINE,
    *(table.fullname for table in (*FACTS.values(), *SUMMARIES.values()) if table.fullname not in TABLES),
)
"""The tables that keep rows of a submission that was cut down."""

_FIGURES = {
    "mart_v1.indicator": "period_start",
    "mart_v1.protected_indicator": "period_start",
    "mart_v1.figure_basis": "period",
}
"""The tables of figures, each with the column by which it is known to which year a figure belongs."""


@dataclass(frozen=True, slots=True)
class Due:
    """A submission whose rows about people are due to go, with how many there are by table."""

    submission_id: int
    sha256: str
    provider_id: str | None
    period: date | None
    submission_no: int | None
    rows: dict[str, int]


# --- what is due ------------------------------------------------------------------------------------------------------

_DUE = text("""
    -- submissions with rows about people, of months before the first that is kept; of unknown ones, by when they came
    select submission_id, sha256, provider_id, period, submission_no
      from landing.submission
     where abridged_at is null
       and (profile is null or profile <> all(:sums_only))
       and coalesce(period, (received_at at time zone 'UTC')::date) < :kept_from
     order by period, provider_id, submission_no, sha256
""")


def due(c: Connection, kept_from: date) -> list[Due]:
    """Return the submissions whose rows about people are due to go: of months before `kept_from`."""
    found = c.execute(_DUE, {"kept_from": kept_from, "sums_only": list(SUMS_ONLY)}).mappings()
    return [Due(**row, rows=_counts(c, row["submission_id"])) for row in found]


def _counts(c: Connection, submission_id: int) -> dict[str, int]:
    given = {"id": submission_id, "sheets": _PERSON_SHEETS}
    counts = {name: c.scalar(text(f"select count(*) from {name} where submission_id = :id"), given) for name in TABLES}  # noqa: S608
    counts[_QUARANTINE] = c.scalar(_ASIDE, given)
    return {name: int(count or 0) for name, count in counts.items()}


_ASIDE = text("select count(*) from restricted.quarantine where submission_id = :id and sheet = any(:sheets)")


# --- deleting ---------------------------------------------------------------------------------------------------------

_DELETE_ASIDE = text("delete from restricted.quarantine where submission_id = :id and sheet = any(:sheets)")

# Where a person's details were found in another sheet, no more is left than which service the row was about.
_CUT_ASIDE = text("""
    update restricted.quarantine
       set raw = jsonb_build_object('service_id', substring(raw ->> 'service_id' from '^\\s*[Dd][Oo][Ss][0-9]{6}\\s*$'))
     where submission_id = :id and 'V08' = any(rules)
""")

_CUT = text("update landing.submission set abridged_at = :at where submission_id = :id")


def cut_down(c: Connection, one: Due, months: int, at: datetime) -> tuple[Tombstone, str]:
    """Delete the rows about people of a submission; return its tombstone, and what is left of it as JSON."""
    hashes = {name: rows_sha256(c, name, one.submission_id) for name in TABLES}
    given = {"id": one.submission_id, "sheets": _PERSON_SHEETS, "at": at}
    for name in TABLES:
        c.execute(text(f"delete from {name} where submission_id = :id"), given)  # noqa: S608 - our own names
    for statement in (_DELETE_ASIDE, _CUT_ASIDE, _CUT):
        c.execute(statement, given)
    left = _left(c, one.submission_id)
    period = f"{one.period:%Y-%m}" if one.period else None
    said = (one.sha256, one.provider_id, period, one.submission_no, rule(months), at, one.rows, hashes)
    tombstone = Tombstone(*said, hashlib.sha256(left.encode()).hexdigest())
    note(c, tombstone)
    return tombstone, left


def note(c: Connection, tombstone: Tombstone) -> None:
    """Note the tombstone of a submission."""
    told = {name: getattr(tombstone, name) for name in ("rule", "deleted_at", "rows", "rows_sha256", "left_sha256")}
    number = c.scalar(select(_SUBMISSION.c.submission_id).where(_SUBMISSION.c.sha256 == tombstone.sha256))
    c.execute(insert(_TOMBSTONE), {"submission_id": number, **told})


def _left(c: Connection, submission_id: int) -> str:
    return _as_json(c, {name: "submission_id = :id" for name in ("landing.submission", *_LEFT)}, id=submission_id)


def figures_of_year(c: Connection, year: date) -> str:
    """Return the figures of a financial year as JSON: those of its months, its quarters and of itself."""
    of_year = "{} >= :start and {} < cast(:start as date) + interval '1 year'"
    return _as_json(c, {name: of_year.format(column, column) for name, column in _FIGURES.items()}, start=year)


def _as_json(c: Connection, tables: dict[str, str], **given: object) -> str:
    parts = (f'"{name}": {c.scalar(_rows_as_json(name, where), given)}' for name, where in tables.items())
    return "{" + ", ".join(parts) + "}"


def _rows_as_json(name: str, where: str) -> TextClause:
    rows = "coalesce(jsonb_agg(to_jsonb(fact) order by to_jsonb(fact)::text), '[]')::text"
    return text(f"select {rows} from {name} fact where {where}")  # noqa: S608 - our own names


# --- in a warehouse that is rebuilt -----------------------------------------------------------------------------------


def restore(c: Connection, tombstone: Tombstone, left: str) -> None:
    """Put what was left of a submission in place again: `left` is what `cut_down` returned.

    Raises:
        RetentionError: It was never delivered.
    """
    if c.execute(_UPDATED, {"left": left, "sha256": tombstone.sha256}).rowcount != 1:
        raise RetentionError(f"{tombstone.sha256[:12]} was cut down, and the archive's book knows no delivery of it.")
    for name in _LEFT:
        c.execute(_inserted(metadata.tables[name]), {"left": left})
    note(c, tombstone)


def restore_figures(c: Connection, kept: str) -> None:
    """Put the figures of a financial year in place again as they were made: `kept` is from `figures_of_year`."""
    for name in _FIGURES:
        c.execute(_inserted(metadata.tables[name]), {"left": kept})


def _records(table: str) -> str:
    """Return the rows of a table in what is left; Postgres reads its own JSON, so that no digit is lost."""
    return f"jsonb_populate_recordset(null::{table}, cast(:left as jsonb) -> '{table}')"


_NAMES = ", ".join(column.name for column in _SUBMISSION.c if column.name not in ("submission_id", "sha256"))
_UPDATED = text(f"""
    update landing.submission set ({_NAMES}) = (select {_NAMES} from {_records("landing.submission")})
     where sha256 = :sha256
""")  # noqa: S608 - our own names


def _inserted(table: Table) -> TextClause:
    names = ", ".join(f'"{column.name}"' for column in table.c)
    rows = _records(table.fullname)
    return text(f"insert into {table.fullname} ({names}) select {names} from {rows}")  # noqa: S608 - our own names


# --- figures that stay ------------------------------------------------------------------------------------------------

_FROZEN = text("""
    select distinct submission.period
      from landing.tombstone
      join landing.submission using (submission_id)
     where submission.period between :first and :last
       and exists (select from jsonb_each_text(tombstone.rows) as gone(name, count) where count::int > 0)
""")


def is_frozen(c: Connection, period: date) -> bool:
    """Tell whether rows about people of the month's financial year are gone, so that its figures stay as they are."""
    year = year_start(period)
    bound: dict[str, Any] = {"first": year, "last": date(year.year + 1, 3, 1)}
    return c.execute(_FROZEN, bound).first() is not None
