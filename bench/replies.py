"""`make bench-replies`: how long the reply to a return of 10,000 rows takes to write, in processor seconds.

Three loads: two hundred findings, one in each row, and five in each row, each with a value of its own. All of a reply
is written: the annotated workbook, the web page, the records and the verdict.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from expectations.contract import ROW, Severity
from expectations.findings import Finding, letters
from expectations.replies import Subject
from expectations.rules import CONTRACT
from resources.replies import Job, write_reply
from resources.restricted import StoredSheet, write_sheets

LIMIT_SECONDS = 10
"""What is promised for a return of 10,000 rows, on a quiet machine of two cores."""

_SHEET = CONTRACT.sheet("PEOPLE")
"""The widest sheet of those with a row a person."""
_SOUND = {
    "person_ref": "00000000000000a1",
    "service_id": "DOS000001",
    "start_date": "2026-01-05",
    "travel_minutes": "20",
}
_FAULTS = {
    "service_id": ("V06", "wrong_shape"),
    "home_la": ("V05", "not_authority"),
    "ethnicity_broad": ("V06", "not_in_list"),
    "start_date": ("V06", "not_date"),
    "travel_minutes": ("V03", "not_number"),
}

LOADS: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "200 findings": lambda rows: (min(rows, 200), 1),
    "one a row": lambda rows: (rows, 1),
    "five a row": lambda rows: (rows, len(_FAULTS)),
}
"""Each load: how many of the rows are spoiled, and how many cells of each."""


def measured(rows: int, spoiled: int, each: int) -> tuple[int, float, int]:
    """Write the reply to a return with `each` faults in `spoiled` rows: findings, seconds and bytes of its workbook."""
    with tempfile.TemporaryDirectory(prefix="dayops-bench-") as folder:
        home = Path(folder)
        job = a_job(home, rows, spoiled, each)
        began = time.process_time()
        write_reply(job)
        seconds = time.process_time() - began
        return len(job.findings), seconds, job.place(".xlsx").stat().st_size


def a_job(home: Path, rows: int, spoiled: int, each: int) -> Job:
    """Return the reply to write, with its cells in `home`."""
    import pyarrow as pa

    columns = [column.name for column in _SHEET.columns]
    texts = {column: [_SOUND.get(column, "Y")] * rows for column in columns}
    findings = tuple(_spoil(texts, spoiled, each))
    table = pa.table({**{name: pa.array(cells, pa.string()) for name, cells in texts.items()}, ROW: _numbers(rows)})
    headers = {column: [number, column] for number, column in enumerate(columns, 1)}
    cells = home / "cells" / "aa" / "a.arrow"
    write_sheets(cells, {_SHEET.name: StoredSheet(table, {"name": _SHEET.name, "header_row": 1, "headers": headers})})
    received = datetime(2026, 10, 3, 9, 30, tzinfo=UTC)
    subject = Subject("aa" * 32, "accepted", "september.xlsx", received, "DOP00001", period="2026-09", submission_no=1)
    return Job(subject, findings, home / "open", home / "restricted", cells)


def _numbers(rows: int) -> list[int]:
    return list(range(2, rows + 2))


def _spoil(texts: dict[str, list[str]], spoiled: int, each: int) -> Iterator[Finding]:
    """Put a fault into the first `spoiled` rows of the first `each` columns that can have one; yield its finding."""
    places = list(texts)
    for column in list(_FAULTS)[-each:]:
        rule, says = _FAULTS[column]
        at = letters(places.index(column) + 1)
        for number in range(spoiled):
            row, value = number + 2, f"see note {number}"
            texts[column][number] = value
            yield Finding(1, rule, Severity.ERROR, "cell", says, _SHEET.name, row, column, f"{at}{row}", value)


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Rows of the return.")
def replies(rows: int) -> None:
    """Measure how long replies take to write; exit code 1 where one takes longer than is promised."""
    slowest = 0.0
    click.echo(f"{'load':<14}{'findings':>10}{'seconds':>10}{'of the limit':>14}{'workbook':>12}")
    for name, load in LOADS.items():
        findings, seconds, size = measured(rows, *load(rows))
        slowest = max(slowest, seconds)
        click.echo(f"{name:<14}{findings:>10,}{seconds:>10.1f}{seconds / LIMIT_SECONDS:>14.2f}{size / 1e6:>9.1f} MB")
    raise SystemExit(0 if slowest <= LIMIT_SECONDS else 1)


if __name__ == "__main__":
    replies()
