"""*Reply*: what was found becomes what the provider reads.

One reply for each submission of the month, as JSON and as plain text, in both languages; what a reply says is made in
`expectations.replies`, which collecting uses too for files that belong to no month. Nothing is judged here.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import MONTHS, OWNERS
from resources.house import House

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from expectations.replies import Subject, TheirSheet
    from resources.restricted import RestrictedStore

JUDGED = ("accepted", "queried", "refused")
"""The states of a submission in which there is something to tell."""


@dataclass(slots=True)
class Replied:
    """What a month's replying came to."""

    submissions: int = 0
    written: int = 0
    findings: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


def reply(connection: "sa.Connection", store: "RestrictedStore", folder: Path, period: str) -> Replied:
    """Write the replies of the month `period` (YYYY-MM) that are missing or stale under `folder`."""
    from expectations.replies import make_reply, verdict, write_replies
    from expectations.rules import contract_for
    from warehouse import ledger

    contract, replied = contract_for(period), Replied()
    for row in _judged(connection, period):
        findings = ledger.findings_of(connection, row["submission_id"])
        subject = _subject(row, _their_sheets(store, row["sha256"]) if findings else {})
        replied.written += write_replies(folder, [make_reply(contract, subject, findings)])
        replied.submissions += 1
        replied.findings += len(findings)
        replied.verdicts[verdict(subject, findings)] += 1
    return replied


def _judged(connection: "sa.Connection", period: str) -> "Sequence[Mapping[str, Any]]":
    import sqlalchemy as sa

    from warehouse.landing import Submission

    month = sa.func.to_char(Submission.period, "YYYY-MM") == period
    asked = sa.select(*Submission.__table__.columns).where(month, Submission.state.in_(JUDGED))
    rows = connection.execute(asked.order_by(Submission.submission_id)).mappings()
    return [dict(row) for row in rows]


def _subject(row: "Mapping[str, Any]", sheets: "Mapping[str, TheirSheet]") -> "Subject":
    from expectations.replies import Subject

    read, accepted = row["rows_read"] or 0, row["rows_accepted"] or 0
    said = ("provider_id", "provider_name_en", "provider_name_cy", "submission_no", "language")
    return Subject(
        **{name: row[name] for name in ("sha256", "state", "file_name", "received_at", *said)},
        period=f"{row['period']:%Y-%m}",
        rows_read=read,
        rows_accepted=accepted,
        rows_quarantined=read - accepted,
        sheets=sheets,
    )


def _their_sheets(store: "RestrictedStore", sha256: str) -> "Mapping[str, TheirSheet]":
    """Return what the provider calls the sheets and columns; nothing where the file could not be read."""
    from expectations.replies import TheirSheet
    from resources.restricted import read_sheets

    path = store.cells(sha256)
    if not path.exists():
        return {}
    metas = {name: sheet.meta for name, sheet in read_sheets(path).items()}
    return {
        name: TheirSheet(meta["name"], {column: written for column, (_, written) in meta["headers"].items()})
        for name, meta in metas.items()
    }


@dg.asset(partitions_def=MONTHS, deps=["compared_returns"], group_name="reply", kinds={"python", "json"}, owners=OWNERS)
def feedback(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """For each submission of the month, what was found in it and how to mend it, in Welsh and in English."""
    from warehouse.connection import connect

    began, folder = time.perf_counter(), house.settings().reply_dir
    with connect(house.warehouse_url()).begin() as connection:
        replied = reply(connection, house.restricted(), folder, context.partition_key)
    return dg.MaterializeResult(
        metadata={
            "submissions": replied.submissions,
            "replies_written": replied.written,
            "findings": replied.findings,
            "verdicts": dg.MetadataValue.json(dict(sorted(replied.verdicts.items()))),
            "folder": dg.MetadataValue.path(str(folder)),
            "seconds": round(time.perf_counter() - began, 2),
        }
    )
