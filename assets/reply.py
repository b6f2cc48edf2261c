"""*Reply*: what was found becomes what the provider reads.

One reply for each submission of the month: a web page, records for machines, a verdict on one line, and, where cells
are to be mended, an annotated copy of their workbook. What a reply says is made in `expectations.replies`; collecting
answers files that belong to no month. Nothing is judged here.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import MONTHS, OWNERS
from assets.shown import table
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from expectations.findings import Finding
    from expectations.replies import Earlier, Subject
    from resources.replies import Job
    from resources.settings import Settings

    Row = Mapping[str, Any]

JUDGED = ("accepted", "queried", "refused")
"""The states of a submission in which there is something to tell."""


@dataclass(slots=True)
class Replied:
    """What a month's replying came to; `troubles` says which replies went without their workbook, and why."""

    submissions: int = 0
    written: int = 0
    workbooks: int = 0
    findings: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    jobs: "list[Job]" = field(default_factory=list)


def reply(connection: "sa.Connection", settings: "Settings", period: str) -> Replied:
    """Write the replies of the month `period` (YYYY-MM) that are missing or stale."""
    from expectations.replies import verdict
    from resources.replies import write_replies

    jobs = _jobs(connection, settings, period)
    replied = Replied(jobs=jobs)
    for job, trouble in write_replies(jobs, settings.limits, settings.read_workers):
        replied.written += 1
        replied.troubles += [f"{job.subject.reference}: {trouble}"] if trouble else []
    for job in jobs:
        replied.submissions += 1
        replied.findings += len(job.findings)
        replied.workbooks += job.has_workbook
        replied.verdicts[verdict(job.subject, job.findings)] += 1
    return replied


def _jobs(connection: "sa.Connection", settings: "Settings", period: str) -> "list[Job]":
    from resources.replies import Job
    from resources.restricted import RestrictedStore
    from warehouse import ledger

    store, rows = RestrictedStore(settings.restricted_dir), _judged(connection, period)
    found = {row["submission_id"]: tuple(ledger.findings_of(connection, row["submission_id"])) for row in rows}
    return [
        Job(
            _subject(row, _earlier(row, rows, found)),
            found[row["submission_id"]],
            settings.reply_dir,
            settings.annotated_dir,
            store.cells(row["sha256"]),
        )
        for row in rows
    ]


def _judged(connection: "sa.Connection", period: str) -> "Sequence[Row]":
    import sqlalchemy as sa

    from warehouse.landing import Submission

    month = sa.func.to_char(Submission.period, "YYYY-MM") == period
    asked = sa.select(*Submission.__table__.columns).where(month, Submission.state.in_(JUDGED))
    rows = connection.execute(asked.order_by(Submission.submission_id)).mappings()
    return [dict(row) for row in rows]


def _subject(row: "Row", earlier: "Earlier | None") -> "Subject":
    from expectations.replies import Subject

    said = ("provider_id", "provider_name_en", "provider_name_cy", "submission_no", "language")
    return Subject(
        **{name: row[name] for name in ("sha256", "state", "file_name", "received_at", *said)},
        period=f"{row['period']:%Y-%m}",
        rows_read=row["rows_read"] or 0,
        rows_accepted=row["rows_accepted"] or 0,
        rows_quarantined=_put_aside(row),
        earlier=earlier,
    )


def _put_aside(row: "Row") -> int:
    return (row["rows_read"] or 0) - (row["rows_accepted"] or 0)


def _earlier(row: "Row", rows: "Sequence[Row]", found: "Mapping[int, Sequence[Finding]]") -> "Earlier | None":
    """Return the provider's submission before this one, by number and then receipt, and what was found in it."""
    from expectations.replies import Earlier
    from expectations.replies.verdict import by_severity

    before = [one for one in rows if one["provider_id"] == row["provider_id"] and _number(one) < _number(row)]
    if not before:
        return None
    last = max(before, key=lambda one: (_number(one), one["received_at"], one["sha256"]))
    counts = by_severity(found[last["submission_id"]])
    return Earlier(_number(last), last["state"], _put_aside(last), counts)


def _number(row: "Row") -> int:
    return row["submission_no"] or 0


_SHOWN = 50


def _where(replied: Replied, settings: "Settings") -> dg.TableMetadataValue:
    """Return where the replies lie, those with most to mend first."""
    from resources.replies import PAGE

    kinds = {"provider": "string", "state": "string", "findings": "int", "reply": "string"}
    rows = (
        (one.subject.provider_id, one.subject.state, len(one.findings), str(one.place(PAGE)))
        for one in sorted(replied.jobs, key=lambda one: -len(one.findings))[:_SHOWN]
    )
    return table(kinds, rows)


@dg.asset(
    partitions_def=MONTHS,
    deps=["compared_returns"],
    group_name="reply",
    kinds={"python", "excel", "json"},
    owners=OWNERS,
)
@in_turn("month")
def feedback(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """For each submission of the month, what was found in it and how to mend it, in Welsh and in English."""
    from warehouse.connection import connect

    began, settings = time.perf_counter(), house.settings()
    with connect(house.warehouse_url()).begin() as connection:
        replied = reply(connection, settings, context.partition_key)
    return dg.MaterializeResult(
        metadata={
            "submissions": replied.submissions,
            "replies_written": replied.written,
            "workbooks": replied.workbooks,
            "findings": replied.findings,
            "verdicts": dg.MetadataValue.json(dict(sorted(replied.verdicts.items()))),
            "troubles": dg.MetadataValue.json(replied.troubles),
            "folder": dg.MetadataValue.path(str(settings.reply_dir)),
            "folder_of_workbooks": dg.MetadataValue.path(str(settings.annotated_dir)),
            "replies": _where(replied, settings),
            "seconds": round(time.perf_counter() - began, 2),
        }
    )
