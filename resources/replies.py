"""Puts replies on disk: web page, records and verdict in the open, the annotated workbook among what is restricted.

What a reply says is made in `expectations.replies`. This runs in child processes too, so it imports neither Dagster nor
the warehouse.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from expectations.findings import Finding
from expectations.replies import (
    FORMAT,
    Document,
    Subject,
    TheirSheet,
    finding_records,
    json_lines,
    make_document,
    reply_name,
    verdict_line,
    webpage,
)
from expectations.rules import contract_for
from expectations.wording import phrases, welsh
from resources.reading import Died, Limits, run_in_children
from resources.restricted import StoredSheet, make_private, read_sheets

PAGE, RECORDS, VERDICT, WORKBOOK = ".html", ".jsonl", ".verdict.json", ".xlsx"


@dataclass(frozen=True, slots=True)
class Job:
    """One reply to write: `open_folder` for what may be told, `restricted_folder` for what holds rows about people.

    `cells` is where the cells of the file lie as they were read; None, or no such file, where it could not be read.
    """

    subject: Subject
    findings: tuple[Finding, ...]
    open_folder: Path
    restricted_folder: Path
    cells: Path | None = None

    @property
    def has_workbook(self) -> bool:
        """Tell whether an annotated copy is due: something was found, and the file could be read."""
        return bool(self.findings) and self.cells is not None and self.cells.exists()

    def place(self, ending: str) -> Path:
        """Return where the part of the reply with this ending lies."""
        folder = self.restricted_folder if ending == WORKBOOK else self.open_folder
        path = folder / reply_name(self.subject)
        return path.with_name(path.name + ending)


def write_replies(jobs: Sequence[Job], limits: Limits, workers: int) -> Iterator[tuple[Job, str | None]]:
    """Write the replies that are missing or stale, several at a time; yield each with what it had to do without.

    A reply whose workbook cannot be drawn within the limits is written without it.
    """
    stale = [job for job in jobs if is_stale(job)]
    for job, outcome in run_in_children(write_reply, stale, _with_room(limits), workers):
        if isinstance(outcome, Died):
            write_reply(replace(job, cells=None))
            yield job, outcome.detail
        else:
            yield job, None


def _with_room(limits: Limits) -> Limits:
    """Return limits for drawing, which takes more room and time than reading did."""
    return replace(limits, memory_bytes=2 * limits.memory_bytes, cpu_seconds=2 * limits.cpu_seconds)


def is_stale(job: Job) -> bool:
    """Tell whether any part of the reply is missing, or would be another one now."""
    endings = [PAGE, RECORDS, VERDICT, *([WORKBOOK] if job.has_workbook else [])]
    if not all(job.place(ending).exists() for ending in endings):
        return True
    return f'"mark": "{_mark(job)}"' not in job.place(VERDICT).read_text(encoding="utf-8")


def _mark(job: Job) -> str:
    """Return a mark of all that the reply is made of."""
    version = contract_for(job.subject.period or "").version
    made_of = (FORMAT, _wording(), version, job.subject, sorted(map(repr, job.findings)), job.has_workbook)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]


@cache
def _wording() -> str:
    return repr((sorted(phrases().items()), sorted(welsh().items())))


def write_reply(job: Job) -> None:
    """Write every part of one reply; the verdict, which says that the others are there, comes last."""
    contract = contract_for(job.subject.period or "")
    stored = read_sheets(job.cells) if job.cells is not None and job.cells.exists() else {}
    document = make_document(contract, job.subject, job.findings, their_sheets(stored))
    _put_workbook(job, document, stored)
    parts = {
        PAGE: webpage(document, has_workbook=job.has_workbook),
        RECORDS: json_lines(finding_records(document)),
        VERDICT: verdict_line(document, _mark(job)),
    }
    for ending, words in parts.items():
        _put(job.place(ending), words.encode())


def their_sheets(stored: Mapping[str, StoredSheet]) -> dict[str, TheirSheet]:
    """Return what the provider calls the sheets and columns."""
    return {
        name: TheirSheet(
            sheet.meta["name"], {column: written for column, (_, written) in sheet.meta["headers"].items()}
        )
        for name, sheet in stored.items()
    }


def _put_workbook(job: Job, document: Document, stored: Mapping[str, StoredSheet]) -> None:
    from resources.annotated import annotated_bytes

    path = job.place(WORKBOOK)
    if job.has_workbook:
        _put(path, annotated_bytes(document, stored))
    else:
        path.unlink(missing_ok=True)


def _put(path: Path, content: bytes) -> None:
    make_private(path.parents[:2])
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
