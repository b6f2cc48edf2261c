"""The ledger: what was delivered, what each submission says it is, what was found in it, and which one is current.

Every function works inside the caller's transaction. What is current follows from submissions and decisions alone,
never from the order in which they came. Rows of returns are loaded by `facts`; decisions are noted by `decisions`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, case, delete, insert, select, text, update

from expectations.contract import Count, Day, Flag, Kind, Month, Severity
from expectations.discretion import discreet_cell
from expectations.findings import Finding, Normalisation, Quarantined, Verdict
from expectations.findings import submission_id_of as submission_id_of  # the ledger's own name for a submission
from expectations.months import first_day
from expectations.reminders import Outstanding
from expectations.rules import CONTRACT
from expectations.sheets import RETURN
from warehouse import (
    landing,  # noqa: F401 - its tables hang on the metadata
    readmission,
)
from warehouse.connection import without_values
from warehouse.metadata import metadata

SOUND_STATES = ("accepted", "queried")
"""The states of a submission whose rows are loaded."""

_SUBMISSION = metadata.tables["landing.submission"]
_FINDING = metadata.tables["landing.finding"]
_REGISTER = metadata.tables["landing.registered_service"]


class LedgerError(RuntimeError):
    """Something that could not be written down: into which table, and what held; never what stood in its rows."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One delivered file as the ledger knows it; `period` is YYYY-MM, and None until the file has been read."""

    submission_id: int
    sha256: str
    period: str | None
    provider_id: str | None
    submission_no: int | None
    profile: str | None
    received_at: datetime
    state: str
    file_name: str
    is_current: bool
    contract_version: str | None
    waivers: list[str] | None
    abridged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file's RETURN sheet says of it, by its columns; None where it is blank or cannot be understood."""

    period: str | None
    provider_id: str | None
    submission_no: str | int | None
    profile: str | None
    spec_version: str | None = None
    language: str | None = None
    provider_name_en: str | None = None
    provider_name_cy: str | None = None
    provider_sector: str | None = None
    lead_la: str | None = None
    nil_return: str | bool | None = None
    return_id: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came last from a registered provider for a month, its findings, and the number of what stands there."""

    provider_id: str
    period: str
    state: str
    submission_no: int | None
    received_at: datetime
    standing_no: int | None
    errors: int
    queries: int
    notes: int


def contract_version() -> str:
    """Return the version of the contract that submissions are judged by now."""
    return CONTRACT.version


# --- deliveries -------------------------------------------------------------------------------------------------------

# An earlier receipt may decide which of two submissions is current, so its month is due again.
_SUBMISSION_CAME = text("""
    insert into landing.submission as known (submission_id, sha256, size_bytes, received_at, file_name)
    values (:submission_id, :sha256, :size_bytes, :received_at, :file_name)
    on conflict (sha256) do update
       set received_at = excluded.received_at, file_name = excluded.file_name,
           contract_version = case when known.abridged_at is not null then known.contract_version end
     where (excluded.received_at, excluded.file_name) < (known.received_at, known.file_name)
    returning xmax = 0 as is_new
""")

_DELIVERY_CAME = text("""
    insert into landing.delivery as known (source_path, sha256, size_bytes, received_at, last_received_at)
    values (:source_path, :sha256, :size_bytes, :received_at, :received_at)
    on conflict (source_path, sha256) do update
       set received_at = least(known.received_at, excluded.received_at),
           last_received_at = greatest(known.last_received_at, excluded.last_received_at)
""")


def record_delivery(c: Connection, *, sha256: str, source_path: str, received_at: datetime, size_bytes: int) -> bool:
    """Record that these bytes lie at this place of the source; return whether the bytes are new."""
    came = {
        "submission_id": submission_id_of(sha256),
        "sha256": sha256,
        "source_path": source_path,
        "file_name": PurePosixPath(source_path).name,
        "received_at": received_at,
        "size_bytes": size_bytes,
    }
    is_new = c.execute(_SUBMISSION_CAME, came).scalar()
    c.execute(_DELIVERY_CAME, came)
    return bool(is_new)


_LAST_AT_EACH_PLACE = text("""
    select distinct on (source_path) source_path, size_bytes, last_received_at
      from landing.delivery
     order by source_path, last_received_at desc, sha256
""")


def known_sources(c: Connection) -> dict[str, tuple[int, datetime]]:
    """Return size and time of what was last seen at each place of the source."""
    return {path: (size, at) for path, size, at in c.execute(_LAST_AT_EACH_PLACE)}


# --- what a submission is ---------------------------------------------------------------------------------------------


def record_identity(c: Connection, submission_id: int, identity: Identity) -> None:
    """Record what the file's RETURN sheet says of it; it is then read, and waits to be checked."""
    _put(c, submission_id, state="read", contract_version=None, verdict_sha256=None, **_typed(asdict(identity)))


def record_refusal(c: Connection, submission_id: int, findings: Iterable[Finding]) -> None:
    """Record that the file was refused whole before any of its rows was looked at."""
    record_verdict(c, Verdict(submission_id, "refused", list(findings)))


def record_verdict(c: Connection, verdict: Verdict) -> None:
    """Put what checking says in place of all that was known of the submission; what has not changed is left alone."""
    record_verdicts(c, [verdict])


def record_verdicts(c: Connection, verdicts: Sequence[Verdict]) -> None:
    """Put what checking says of several submissions in place of what was known of each, as `record_verdict` does."""
    ids = [verdict.submission_id for verdict in verdicts]
    columns = (_SUBMISSION.c.submission_id, _SUBMISSION.c.verdict_sha256)
    known = {key: sha256 for key, sha256 in c.execute(select(*columns).where(columns[0].in_(ids)))}
    changed = [one for one in map(_judged, verdicts) if known.get(one.verdict.submission_id) != one.sha256]
    if changed:
        refused = readmission.refused_rows(c, [one.verdict.submission_id for one in changed])
        _replace_rows(c, changed)
        for one in changed:
            number = one.verdict.submission_id
            _put(c, number, loaded_version=_STALE, verdict_sha256=one.sha256, **one.counts, **one.said)
            readmission.note_admitted(c, one.verdict, refused.get(number, {}), contract_version())
    waivers = {one.submission_id: None if one.waivers is None else list(one.waivers) for one in verdicts}
    version = contract_version()
    c.execute(_JUDGED_UNDER, [{"id": key, "version": version, "waivers": names} for key, names in waivers.items()])


_JUDGED_UNDER = text("""
    update landing.submission set contract_version = :version, waivers = cast(:waivers as text[])
     where submission_id = :id
""")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A verdict as it is written, and the hash by which it is known whether it says anything new."""

    verdict: Verdict
    counts: dict[str, object]
    said: dict[str, Any]
    rows: "_RowsByTable"
    sha256: str


def _judged(verdict: Verdict) -> _Judged:
    said, rows = _typed(verdict.header), _rows_of(verdict)
    counts = {"state": verdict.state, "rows_read": verdict.rows_read, "rows_accepted": verdict.rows_accepted}
    sha256 = hashlib.sha256(repr((contract_version(), counts, said, rows)).encode()).hexdigest()
    return _Judged(verdict, counts, said, rows, sha256)


_COMPARED = sorted(CONTRACT.rules_between)

_FORGET_COMPARED = text("""
    delete from landing.finding
     using landing.submission
     where submission.submission_id = finding.submission_id
       and submission.period = :month
       and finding.rule_id = any(:compared)
""")

_LAST_FINDING = text("""
    select submission_id, max(finding_no) from landing.finding where submission_id = any(:ids) group by submission_id
""")

_STATES = text("""
    with asked as (
        select submission_id, bool_or(severity <> 'note') as is_asked
          from landing.finding
         group by submission_id
    )
    update landing.submission
       set state = case when asked.is_asked then 'queried' else 'accepted' end
      from landing.submission as sound
      left join asked on asked.submission_id = sound.submission_id
     where submission.submission_id = sound.submission_id
       and submission.period = :month
       and submission.state in ('accepted', 'queried')
       and submission.state <> case when asked.is_asked then 'queried' else 'accepted' end
""")


def record_comparison(c: Connection, period: str, findings: Iterable[Finding]) -> None:
    """Put what was found by holding the month's returns against others in place of what was found so before."""
    month, found = first_day(period), list(findings)
    c.execute(_FORGET_COMPARED, {"month": month, "compared": _COMPARED})
    ids = [finding.submission_id for finding in found]
    last: dict[int, int] = {key: number for key, number in c.execute(_LAST_FINDING, {"ids": ids})}
    rows = [
        _finding_row(one.submission_id, last.get(one.submission_id, 0) + turn, one) for turn, one in enumerate(found, 1)
    ]
    _copy(driver(c), _FINDING, rows)
    c.execute(_STATES, {"month": month})


# --- which one is current, and what is due ----------------------------------------------------------------------------

_NONE_CURRENT = text("""
    update landing.submission set is_current = false
     where period = :month and is_current and submission_id <> all(:current)
""")

_CURRENT_NOW = text("""
    update landing.submission set is_current = true
     where submission_id = any(:current) and not is_current
""")

_CURRENT = text("select submission_id from landing.current_at('infinity') where period = :month")

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(concat('settle ', cast(:month as date)), 0))")


def settle_current(c: Connection, period: str) -> None:
    """Make current, of each provider, the sound submission with the highest number; then the latest; then by hash.

    Those that a revert in force has set aside do not count (`landing.current_at` says it all).
    """
    month = first_day(period)
    c.execute(_ONE_AT_A_TIME, {"month": month})
    current = list(c.scalars(_CURRENT, {"month": month}))
    c.execute(_NONE_CURRENT, {"month": month, "current": current})
    c.execute(_CURRENT_NOW, {"current": current})


# Rows that were loaded are no longer as judged; where none were, nothing changes.
_STALE = case((_SUBMISSION.c.loaded_version.is_not(None), "stale"))


def mark_loaded(c: Connection, submission_id: int) -> None:
    """Record that the submission's rows are in the warehouse as they were last judged."""
    _put(c, submission_id, loaded_version=contract_version())


def mark_unloaded(c: Connection, submission_id: int) -> None:
    """Record that none of the submission's rows is in the warehouse."""
    _put(c, submission_id, loaded_version=None)


_DUE = text("""
    select distinct period
      from landing.submission
     where period is not null and abridged_at is null
       and (contract_version is distinct from :version
            or waivers is distinct from landing.waivers_in_force(provider_id, period, :today) and waivers is not null
            or state in ('accepted', 'queried') and loaded_version is distinct from :version
            or state not in ('accepted', 'queried') and loaded_version is not null)
     order by period desc
""")


def due_months(c: Connection, today: date | None = None) -> list[str]:
    """Return the months with a submission that still has to be read, checked or loaded, newest first.

    A submission that was judged under other waivers than hold `today` (in UTC where it is not given) is due again.
    """
    day = today or datetime.now(UTC).date()
    return [f"{month:%Y-%m}" for month in c.scalars(_DUE, {"version": contract_version(), "today": day})]


_HELD_UP = text("""
    select distinct coalesce(provider_id, 'a provider that is not known')
      from landing.submission
     where period = :month and abridged_at is null
       and (contract_version is distinct from :version
            or state in ('accepted', 'queried') and loaded_version is distinct from :version)
     order by 1
""")


def held_up(c: Connection, period: str) -> list[str]:
    """Return the providers with a submission for the month that still has to be read, checked or loaded."""
    return list(c.scalars(_HELD_UP, {"month": first_day(period), "version": contract_version()}))


# --- what is known ----------------------------------------------------------------------------------------------------

_SHOWN = tuple(_SUBMISSION.c[name] for name in Submission.__dataclass_fields__)
_IS_WHOLE = _SUBMISSION.c.abridged_at.is_(None)
_ORDER = (_SUBMISSION.c.provider_id, _SUBMISSION.c.submission_no, _SUBMISSION.c.received_at, _SUBMISSION.c.sha256)


def submissions(c: Connection, period: str) -> list[Submission]:
    """Return every submission for the month, refused and superseded ones too, by provider and number."""
    return _shown(c, _SUBMISSION.c.period == first_day(period))


def submissions_of(c: Connection, submission_ids: Iterable[int]) -> list[Submission]:
    """Return the submissions with these numbers, by provider and number."""
    return _shown(c, _SUBMISSION.c.submission_id.in_(list(submission_ids)))


def unidentified(c: Connection) -> list[Submission]:
    """Return the submissions without a month that were not looked at yet under the contract in force."""
    version = _SUBMISSION.c.contract_version
    return _shown(c, _SUBMISSION.c.period.is_(None) & version.is_distinct_from(contract_version()) & _IS_WHOLE)


def unloaded(c: Connection, period: str) -> list[Submission]:
    """Return the month's sound submissions whose rows are not in the warehouse as they were last judged."""
    is_old = _SUBMISSION.c.loaded_version.is_distinct_from(contract_version())
    is_wanted = _SUBMISSION.c.state.in_(SOUND_STATES) & is_old & _IS_WHOLE
    return _shown(c, (_SUBMISSION.c.period == first_day(period)) & is_wanted)


def withdrawn(c: Connection, period: str) -> list[Submission]:
    """Return the month's submissions whose rows are in the warehouse although they are not sound any more."""
    is_there = _SUBMISSION.c.loaded_version.is_not(None)
    return _shown(c, (_SUBMISSION.c.period == first_day(period)) & _SUBMISSION.c.state.not_in(SOUND_STATES) & is_there)


def _shown(c: Connection, where: ColumnElement[bool]) -> list[Submission]:
    return [_submission(row) for row in c.execute(select(*_SHOWN).where(where).order_by(*_ORDER)).mappings()]


def _submission(row: RowMapping) -> Submission:
    period = row["period"]
    return Submission(**dict(row) | {"period": period and f"{period:%Y-%m}"})


def findings_of(c: Connection, submission_id: int) -> list[Finding]:
    """Return what was found in the submission, in the order in which the provider is told."""
    found = select(_FINDING).where(_FINDING.c.submission_id == submission_id).order_by(_FINDING.c.finding_no)
    return [_finding(row) for row in c.execute(found).mappings()]


def _finding(row: RowMapping) -> Finding:
    return Finding(
        submission_id=row["submission_id"],
        rule=row["rule_id"],
        severity=Severity(row["severity"]),
        level=row["level"],
        says=row["says"],
        sheet=row["sheet"],
        row=row["row_number"],
        column=row["column_name"],
        cell=row["cell"],
        value=row["value"],
        expected=row["expected"],
        other=row["other"],
        caused_by=row["caused_by"],
        waiver=row["waiver_id"],
    )


_OVERDUE = text("""
    select provider_id
      from landing.expected_return
     where period = :month and due_on < :today and received_at is null
     order by provider_id
""")


def overdue(c: Connection, period: str, today: date) -> list[str]:
    """Return the providers of which the register expected a return for the month, due before `today`: none stands."""
    return list(c.scalars(_OVERDUE, {"month": first_day(period), "today": today}))


_OUTSTANDING = text("""
    select to_char(period, 'YYYY-MM') as period, provider_id, due_on,
        (select submission.language from landing.submission
          where submission.provider_id = expected.provider_id and submission.language is not null
          order by submission.period desc, received_at desc limit 1) as language
      from landing.expected_return as expected
     where received_at is null
     order by 1, 2
""")


def outstanding(c: Connection) -> list[Outstanding]:
    """Return every return that the register expects, due or not yet, of which none that can be used has come."""
    return [Outstanding(**row) for row in c.execute(_OUTSTANDING).mappings()]


_ARRIVED = text("""
    with last as (
        select distinct on (provider_id, period) submission_id, provider_id, period, state, submission_no, received_at
          from landing.submission
         where period is not null and provider_id in (select provider_id from landing.registered_service)
         order by provider_id, period, received_at desc, submission_no desc nulls last, sha256
    ), found as (
        select submission_id,
            count(*) filter (where severity = 'error') as errors,
            count(*) filter (where severity = 'query') as queries,
            count(*) filter (where severity = 'note') as notes
          from landing.finding
         where submission_id in (select submission_id from last)
         group by submission_id
    )
    select last.provider_id, to_char(last.period, 'YYYY-MM') as period, last.state, last.submission_no,
        last.received_at, standing.submission_no as standing_no,
        coalesce(errors, 0) as errors, coalesce(queries, 0) as queries, coalesce(notes, 0) as notes
      from last
      left join found using (submission_id)
      left join landing.submission as standing
        on (standing.provider_id, standing.period) = (last.provider_id, last.period) and standing.is_current
     order by last.period desc, last.provider_id
""")


def arrived(c: Connection) -> list[Arrival]:
    """Return what came last from each registered provider for each month, the newest month first."""
    return [Arrival(**row) for row in c.execute(_ARRIVED).mappings()]


def registered_providers(c: Connection) -> list[str]:
    """Return the providers of the register."""
    return list(c.scalars(select(_REGISTER.c.provider_id).distinct().order_by(_REGISTER.c.provider_id)))


def record_register(c: Connection, rows: Iterable[Mapping[str, object]]) -> int:
    """Put the register (columns of `landing.registered_service`) in place of the last; return its number of rows."""
    register = [{column.name: row.get(column.name) or None for column in _REGISTER.c} for row in rows]
    c.execute(delete(_REGISTER))
    if register:
        c.execute(insert(_REGISTER), register)
    return len(register)


# --- what is written --------------------------------------------------------------------------------------------------

_RowsByTable = dict[str, list[tuple[object, ...]]]


def _rows_of(verdict: Verdict) -> _RowsByTable:
    numbered = enumerate(verdict.findings, 1)
    mended = enumerate(verdict.normalisations, 1)
    return {
        "landing.finding": [_finding_row(verdict.submission_id, number, finding) for number, finding in numbered],
        "landing.normalisation": [_normalisation_row(verdict.submission_id, number, one) for number, one in mended],
        "restricted.quarantine": [_quarantine_row(verdict.submission_id, one) for one in verdict.quarantined],
    }


def _finding_row(submission_id: int, number: int, found: Finding) -> tuple[object, ...]:
    what = (found.finding_id, found.rule, found.severity.value, found.level, found.says)
    place = (found.sheet, found.row, found.column, found.cell, _shown_value(found.sheet, found.column, found.value))
    return (submission_id, number, *what, *place, found.expected, found.other, found.caused_by, found.waiver)


def _normalisation_row(submission_id: int, number: int, mended: Normalisation) -> tuple[object, ...]:
    values = (_shown_value(mended.sheet, mended.column, value) for value in (mended.value, mended.became))
    return (submission_id, number, mended.sheet, mended.row, mended.column, *values, mended.kind)


def _quarantine_row(submission_id: int, row: Quarantined) -> tuple[object, ...]:
    raw = json.dumps(row.raw, ensure_ascii=False, sort_keys=True).replace("\\u0000", _NUL_SHOWN)
    return (submission_id, row.sheet, row.row, raw, row.rules, contract_version())


_NUL_SHOWN = "\N{SYMBOL FOR NULL}"
_SHEETS = {sheet.name: sheet for sheet in CONTRACT.sheets}


def _shown_value(sheet: str | None, column: str | None, value: str | None) -> str | None:
    """Masks what would name a person, whoever forgot to."""
    return discreet_cell(_SHEETS.get(sheet or ""), column, value) if column else value


def driver(c: Connection) -> psycopg.Connection[Any]:
    """Return the driver's own connection, for COPY inside the same transaction."""
    raw = c.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("the warehouse is reached through psycopg alone")
    return raw


def _replace_rows(c: Connection, judged: Sequence[_Judged]) -> None:
    raw, ids = driver(c), [one.verdict.submission_id for one in judged]
    for name in judged[0].rows:
        table = metadata.tables[name]
        c.execute(delete(table).where(table.c.submission_id.in_(ids)))
        _copy(raw, table, [row for one in judged for row in one.rows[name]])


def _copy(raw: psycopg.Connection[Any], table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Copies rows whose values stand in the order of the table's declared columns."""
    if not rows:
        return
    into = f"copy {table.fullname} ({', '.join(table.c.keys())}) from stdin"
    try:
        with raw.cursor() as cursor, cursor.copy(into.encode()) as copy:
            for row in rows:
                copy.write_row([_storable(value) for value in row])
    except psycopg.Error as error:
        problem = without_values(error)
    else:
        return
    # Outside the handler, so that the error, which quotes the row, is no part of what is raised.
    raise LedgerError(f"{table.fullname} could not be written: {problem}")


def _storable(value: object) -> object:
    """Shows a NUL as its symbol: Postgres can keep every character but that one."""
    return value.replace("\0", _NUL_SHOWN) if isinstance(value, str) else value


def _put(c: Connection, submission_id: int, **values: object) -> None:
    if values.get("state", "accepted") not in SOUND_STATES:
        values["is_current"] = False
    c.execute(update(_SUBMISSION).where(_SUBMISSION.c.submission_id == submission_id).values(values))


# --- what RETURN says, as the types of its columns --------------------------------------------------------------------


def _typed(said: Mapping[str, object]) -> dict[str, Any]:
    known = {column.name: column.kind for column in RETURN.columns}
    return {name: _discreet(name, _value(known[name], value)) for name, value in said.items() if name in known}


def _discreet(column: str, value: object) -> object:
    return discreet_cell(RETURN, column, value) if isinstance(value, str) else value


def _value(kind: Kind, value: object) -> object:
    """Takes a value as its column's kind, or for nothing where that cannot be: the findings say what stood there."""
    if value is None or value == "":
        return None
    try:
        match kind:
            case Count():
                return int(str(value))
            case Flag():
                return value if isinstance(value, bool) else _FLAGS[str(value).upper()]
            case Day():
                return date.fromisoformat(str(value)[:10])
            case Month():
                return first_day(str(value)[:7])
            case _:
                return _storable(str(value))
    except (ValueError, KeyError):
        return None


_FLAGS = {"TRUE": True, "FALSE": False}
