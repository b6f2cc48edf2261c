"""Takes spoiled returns of the sample, applies every mend of the answer key, and validates what comes of it.

What is mended is written as a workbook and goes the way of a delivered file, as far as that needs no warehouse.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from assets.check import judge
from assets.collect import settle
from dayops_pipeline.sample.mending import Cells, mended
from expectations.findings import Finding
from expectations.headers import flaw_findings
from expectations.rules import CONTRACT, contract_for
from resources.reading import Limits, decode
from resources.restricted import StoredSheet, read_sheets
from resources.returns import Job, identify_file, read_file
from resources.writing import xlsx_bytes

Answers = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mended:
    """Returns that were mended: how many, with how many faults, and what was found before and after, by severity."""

    returns: int = 0
    faults: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    after_each: tuple[str, ...] = ()


def mend_returns(folder: Path, answers: Answers, work: Path, *, most: int, seed: int, today: date) -> Mended:
    """Mend up to `most` returns of the sample in `folder` that have faults in rows, and count what is found in them."""
    by_file: dict[str, Answers] = defaultdict(list)
    for answer in answers:
        by_file[answer["file"]].append(answer)
    able = sorted(name for name, of_file in by_file.items() if all(one["refuses"] != "file" for one in of_file))
    chosen = Random(seed).sample(able, min(most, len(able)))  # noqa: S311 (the same choice each time)
    spoiled = {name: sheets_in(folder / name) for name in chosen}
    sound = {name: mended(CONTRACT, spoiled[name], by_file[name]) for name in chosen}
    before, after = findings(spoiled, work / "before", today), findings(sound, work / "after", today)
    return Mended(
        len(chosen),
        sum(len(by_file[name]) for name in chosen),
        _severities(before),
        _severities(after),
        tuple(f"{name}: {one.rule} {one.says} {one.sheet} {one.cell}" for name in chosen for one in after[name]),
    )


def sheets_in(file: Path) -> dict[str, Cells]:
    """Return the cells of each sheet of a file, as the reader gives them."""
    return {grid.name: [list(row) for row in grid.rows] for grid in decode(file.read_bytes(), Limits()).grids}


def _severities(found: Mapping[str, list[Finding]]) -> Counter[str]:
    return Counter(str(one.severity) for of_file in found.values() for one in of_file)


def findings(books: Mapping[str, Mapping[str, Cells]], work: Path, today: date) -> dict[str, list[Finding]]:
    """Return what is found in each book, written as a workbook into `work`, when it is read and judged."""
    work.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Finding]] = {}
    months: dict[str, dict[int, Mapping[str, StoredSheet]]] = defaultdict(dict)
    for number, (name, book) in enumerate(books.items()):
        file = work / f"{number}.xlsx"
        file.write_bytes(xlsx_bytes(book))
        job, found[name] = _read(Job(number, file, Limits(), work / f"{number}.arrow"))
        if job.cells is not None and job.cells.exists():
            months[job.period][number] = read_sheets(job.cells)
    names = list(books)
    for period, submissions in months.items():
        outside = {number: found[names[number]] for number in submissions}
        for number, judged in judge(contract_for(period), period, submissions, today, outside).items():
            found[names[number]] = judged.findings
    return found


def _read(job: Job) -> tuple[Job, list[Finding]]:
    """Read a file as the month and profile that it says it is of; return what is found until then."""
    identity, found = settle(job.submission_id, identify_file(job), lambda _: True)
    if identity is None or found:
        return job, found
    known = Job(job.submission_id, job.file, job.limits, job.cells, str(identity.profile), str(identity.period))
    return known, flaw_findings(job.submission_id, read_file(known))
