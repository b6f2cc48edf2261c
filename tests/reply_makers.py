"""Submissions and findings to reply to, and returns as files: made good, to spoil one part of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from operating import ask_once

from assets.check import Judged, judge
from expectations.contract import Severity
from expectations.findings import Finding, submission_id_of
from expectations.replies import Document, Subject, TheirSheet, make_document
from expectations.rules import CONTRACT
from makers import PERIOD, Cells
from resources.reading import Limits, decode
from resources.replies import their_sheets
from resources.restricted import StoredSheet
from resources.returns import read_workbook
from resources.writing import xlsx_bytes

SHA256 = "0f" * 32
RECEIVED = datetime(2026, 7, 3, 9, 30, tzinfo=UTC)
TODAY = date(2026, 10, 20)


def a_subject(**facts: Any) -> Subject:
    made = Subject(
        sha256=SHA256,
        state="accepted",
        file_name="june.xlsx",
        received_at=RECEIVED,
        provider_id="DOP00001",
        provider_name_en="The Old Mill",
        provider_name_cy="Yr Hen Felin",
        period="2026-06",
        submission_no=2,
        language="en",
        rows_read=90,
        rows_accepted=90,
    )
    return replace(made, **facts)


def a_finding(row: int = 17, **facts: Any) -> Finding:
    made = Finding(
        1, "V03", Severity.ERROR, "cell", "not_number", "ACTIVITY", row, "sessions_planned", f"I{row}", "n/a"
    )
    return replace(made, **facts)


def a_query(row: int = 4) -> Finding:
    return Finding(1, "V15", Severity.QUERY, "row", "wte_differs", "WORKFORCE", row, "wte", f"H{row}", "9.5", "300")


def a_document(*findings: Finding, sheets: Mapping[str, TheirSheet] | None = None, **facts: Any) -> Document:
    return make_document(CONTRACT, a_subject(**facts), findings, sheets)


# --- returns as files -------------------------------------------------------------------------------------------------


def a_file(sheets: Mapping[str, Sequence[Cells]]) -> bytes:
    """Return a workbook of `sheets`, headers in row 1."""
    return xlsx_bytes({name: [list(rows[0]), *(list(row.values()) for row in rows)] for name, rows in sheets.items()})


def read_in(content: bytes, profile: str = "FULL") -> dict[str, StoredSheet]:
    """Return the cells of a return as the read stage keeps them."""
    reading = read_workbook(decode(content, Limits()), CONTRACT, profile, PERIOD)
    assert not reading.is_refused, reading.flaws
    return reading.sheets


def judged(stored: Mapping[str, StoredSheet]) -> Judged:
    """Return what the rules say of a return; Great Expectations is asked nothing twice."""
    number = submission_id_of(SHA256)
    with patch("expectations.suites.ask", ask_once):
        return judge(CONTRACT, PERIOD, {number: stored}, TODAY)[number]


def told_of(stored: Mapping[str, StoredSheet], findings: Sequence[Finding], **facts: Any) -> Document:
    """Return what is told of a return that was read."""
    return make_document(CONTRACT, a_subject(period=PERIOD, **facts), findings, their_sheets(stored))


def written(path: Path, content: bytes) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
