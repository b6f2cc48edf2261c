"""The trail of rows that had been refused and stand now: written when a submission is judged anew, or replaced.

What a readmission is, is said in `expectations.readmissions`. Every function works inside the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from expectations.contract import Sheet
from expectations.findings import Finding, Verdict
from expectations.months import first_day
from expectations.pseudonyms import PersonKey, is_keyed
from expectations.readmissions import Cause, Readmission, together
from expectations.rules import contract_for
from expectations.written import parse
from warehouse.metadata import metadata
from warehouse.tables import FACTS

_TRAIL = metadata.tables["landing.readmission"]
_QUARANTINE = metadata.tables["restricted.quarantine"]
_SUBMISSION = metadata.tables["landing.submission"]
_SOUND = ("accepted", "queried")

Place = tuple[str, int]
"""A row: its sheet and its number there."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What had refused a row: the rules, and the version of the contract."""

    rules: tuple[str, ...]
    contract_version: str


# --- a submission that is judged anew ---------------------------------------------------------------------------------


def refused_rows(c: Connection, submission_ids: Sequence[int]) -> dict[int, dict[Place, Refused]]:
    """Return the rows of these submissions that are in quarantine, by submission."""
    columns = (
        _QUARANTINE.c.submission_id,
        _QUARANTINE.c.sheet,
        _QUARANTINE.c.row_number,
        _QUARANTINE.c.rules,
        _QUARANTINE.c.contract_version,
    )
    found: dict[int, dict[Place, Refused]] = defaultdict(dict)
    for key, sheet, row, rules, version in c.execute(select(*columns).where(columns[0].in_(submission_ids))):
        found[key][sheet, row] = Refused(tuple(rules), version)
    return found


def note_admitted(c: Connection, verdict: Verdict, before: Mapping[Place, Refused], version: str) -> None:
    """Note which of the rows that were refused `before` the verdict under the contract `version` admits, and why."""
    if verdict.state not in _SOUND:
        return
    still = {(one.sheet, one.row) for one in verdict.quarantined}
    at = datetime.now(UTC)
    rows = [
        _row(verdict, place, refused, version, at) for place, refused in sorted(before.items()) if place not in still
    ]
    if rows:
        c.execute(insert(_TRAIL), rows)


def _row(verdict: Verdict, place: Place, refused: Refused, version: str, at: datetime) -> dict[str, Any]:
    cause, waivers = _cause(verdict, place, refused, version)
    return {
        "submission_id": verdict.submission_id,
        "sheet": place[0],
        "row_number": place[1],
        "admitted_at": at,
        "rules": list(refused.rules),
        "refused_version": refused.contract_version,
        "admitted_by": cause,
        "admitted_version": version,
        "waivers": waivers,
    }


def _cause(verdict: Verdict, place: Place, refused: Refused, version: str) -> tuple[Cause, list[str]]:
    """Tell what admitted a row: a waiver of what had refused it, else another contract, else what it follows from."""
    own = _waivers(one for one in verdict.findings if one.rule in refused.rules and _is_about(one, place))
    if own:
        return "waiver", own
    if refused.contract_version != version:
        return "rule_mended", []
    others = _waivers(verdict.findings)
    return ("waiver", others) if others else ("numbering", [])


def _is_about(finding: Finding, place: Place) -> bool:
    return finding.sheet in (None, "RETURN") or (finding.sheet, finding.row) == place


def _waivers(findings: Iterable[Finding]) -> list[str]:
    return sorted({one.waiver for one in findings if one.waiver})


# --- a submission that is replaced ------------------------------------------------------------------------------------

_REPLACED = text("""
    -- rows in quarantine of versions that the current one of their provider and month came after
    select former.submission_id, quarantine.sheet, quarantine.row_number, quarantine.raw, quarantine.rules,
        quarantine.contract_version, current.submission_id as replaced_by
    from landing.submission current
    join landing.submission former
        on former.provider_id = current.provider_id
        and former.period = current.period
        and former.submission_no < current.submission_no
    join restricted.quarantine on quarantine.submission_id = former.submission_id
    where current.period = :month and current.is_current
        and not exists (
            select from landing.readmission known
            where known.submission_id = quarantine.submission_id
                and known.sheet = quarantine.sheet
                and known.row_number = quarantine.row_number
                and known.admitted_by = 'resubmission'
        )
    order by former.submission_id, quarantine.sheet, quarantine.row_number
""")


def note_replaced(c: Connection, period: str, version: str, person_key: PersonKey) -> int:
    """Note the refused rows of the month whose key a current later version has an accepted row of; return how many."""
    by_sheet: dict[str, list[Any]] = defaultdict(list)
    for row in c.execute(_REPLACED, {"month": first_day(period)}):
        by_sheet[row.sheet].append(row)
    at = datetime.now(UTC)
    noted = [
        {**_of_replaced(row, version, at), "replaced_row": number}
        for name, rows in by_sheet.items()
        if name in FACTS
        for row, number in _matched(c, contract_for(period).sheet(name), rows, person_key)
    ]
    if noted:
        c.execute(insert(_TRAIL), noted)
    return len(noted)


def _of_replaced(row: Any, version: str, at: datetime) -> dict[str, Any]:
    return {
        "submission_id": row.submission_id,
        "sheet": row.sheet,
        "row_number": row.row_number,
        "admitted_at": at,
        "rules": row.rules,
        "refused_version": row.contract_version,
        "admitted_by": "resubmission",
        "admitted_version": version,
        "waivers": [],
        "replaced_by": row.replaced_by,
    }


def _matched(c: Connection, sheet: Sheet, rows: Sequence[Any], person_key: PersonKey) -> Iterator[tuple[Any, int]]:
    """Yield each refused row with the number of the accepted row of the same key, where there is one."""
    fact = FACTS[sheet.name]
    columns = [fact.c.submission_id, fact.c.row_number, *(fact.c[key] for key in sheet.key)]
    later = select(*columns).where(fact.c.submission_id.in_({row.replaced_by for row in rows}))
    accepted = {(row[0], *row[2:]): row[1] for row in c.execute(later)}
    for row in rows:
        key = _key(sheet, row.raw, person_key)
        number = None if key is None else accepted.get((row.replaced_by, *key))
        if number is not None:
            yield row, number


def _key(sheet: Sheet, raw: Mapping[str, str | None], person_key: PersonKey) -> tuple[object, ...] | None:
    """Return what the key cells of a row are kept as; None where one of them cannot be read."""
    typed = [(parse(sheet.column(name).kind, raw[name] or ""), raw[name]) for name in sheet.key if name in raw]
    is_whole = len(typed) == len(sheet.key) and all(one.value is not None or not text for one, text in typed)
    kept = (_kept(sheet, name, one.value, person_key) for name, (one, _) in zip(sheet.key, typed, strict=False))
    return tuple(kept) if is_whole else None


def _kept(sheet: Sheet, name: str, value: object, person_key: PersonKey) -> object:
    is_person = value is not None and is_keyed(sheet.column(name).kind)
    return person_key.kept(str(value)) if is_person else value


# --- the trail, for people --------------------------------------------------------------------------------------------

_SINCE = text("""
    -- rows that were admitted from a moment on, those that are alike in all else together
    select submission.provider_id, to_char(submission.period, 'YYYY-MM') as period, submission.submission_no,
        trail.submission_id, trail.sheet, trail.rules, trail.refused_version, trail.admitted_by,
        trail.admitted_version, trail.waivers, later.submission_no as replaced_by,
        array_agg(trail.row_number order by trail.row_number) as rows
    from landing.readmission trail
    join landing.submission using (submission_id)
    left join landing.submission later on later.submission_id = trail.replaced_by
    where trail.admitted_at >= :moment
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    order by 2 desc, 1, 3, 5, 6, 8
""")


def since(c: Connection, moment: datetime) -> list[dict[str, Any]]:
    """Return what was admitted from `moment` on, rows that are alike together."""
    return [dict(row) for row in c.execute(_SINCE, {"moment": moment}).mappings()]


# --- the book ---------------------------------------------------------------------------------------------------------


def unbooked(c: Connection) -> list[Readmission]:
    """Return what the archive's book does not have yet, rows that are alike together."""
    later = _SUBMISSION.alias("later")
    names = [name for name in Readmission.__dataclass_fields__ if name in _TRAIL.c and name != "replaced_by"]
    told = [_SUBMISSION.c.sha256, later.c.sha256.label("replaced_by"), _TRAIL.c.row_number, _TRAIL.c.replaced_row]
    trail = _TRAIL.join(_SUBMISSION, _SUBMISSION.c.submission_id == _TRAIL.c.submission_id)
    trail = trail.outerjoin(later, later.c.submission_id == _TRAIL.c.replaced_by)
    columns = [*told, *(_TRAIL.c[name] for name in names)]
    order = (_TRAIL.c.admitted_at, _SUBMISSION.c.sha256, _TRAIL.c.sheet, _TRAIL.c.row_number)
    query = select(*columns).select_from(trail).where(~_TRAIL.c.is_booked).order_by(*order)
    return list(together(map(_readmission, c.execute(query).mappings())))


def _readmission(row: RowMapping) -> Readmission:
    told = dict(row) | {name: tuple(row[name]) for name in ("rules", "waivers")}
    pair = (told.pop("row_number"), told.pop("replaced_row"))
    return Readmission(**told, rows=(pair,))


def mark_booked(c: Connection) -> None:
    """Note that the archive's book has everything that `unbooked` returned in this transaction."""
    c.execute(update(_TRAIL).where(~_TRAIL.c.is_booked).values(is_booked=True))


def note_booked(c: Connection, readmissions: Iterable[Readmission]) -> None:
    """Note again what the archive's book tells of; submissions that are not known any more are passed over."""
    told = list(readmissions)
    files = {one.sha256 for one in told} | {one.replaced_by for one in told if one.replaced_by}
    asked = select(_SUBMISSION.c.sha256, _SUBMISSION.c.submission_id).where(_SUBMISSION.c.sha256.in_(files))
    known = {sha256: submission_id for sha256, submission_id in c.execute(asked)}
    there = [one for one in told if {one.sha256, one.replaced_by or one.sha256} <= set(known)]
    rows = [row for one in there for row in _rows(one, known)]
    if rows:
        c.execute(upsert(_TRAIL).on_conflict_do_nothing(), rows)


def _rows(one: Readmission, known: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    same = {
        "submission_id": known[one.sha256],
        "sheet": one.sheet,
        "admitted_at": one.admitted_at,
        "rules": list(one.rules),
        "refused_version": one.refused_version,
        "admitted_by": one.admitted_by,
        "admitted_version": one.admitted_version,
        "waivers": list(one.waivers),
        "replaced_by": known[one.replaced_by] if one.replaced_by else None,
        "is_booked": True,
    }
    yield from ({**same, "row_number": row, "replaced_row": replaced} for row, replaced in one.rows)
