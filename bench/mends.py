"""Takes the annotated copies of the sample's spoiled returns, applies every mend of the answer key, and validates them.

Each spoiled return is read, judged and answered as any other; what is mended is the copy in its reply. The mended copy
is written as a workbook and goes the way of a delivered file again, as far as that needs no warehouse.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from assets.check import judge
from assets.identity import settle
from dayops_pipeline.sample.mending import Cells, mended
from expectations.findings import Finding, submission_id_of
from expectations.headers import flaw_findings
from expectations.replies import Subject, make_document
from expectations.rules import CONTRACT, contract_for
from resources.annotated import annotated_bytes
from resources.reading import Limits, decode
from resources.replies import their_sheets
from resources.restricted import StoredSheet, read_sheets
from resources.returns import Job, identify_file, read_file
from resources.writing import xlsx_bytes

if TYPE_CHECKING:
    from warehouse.ledger import Identity

Answers = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mended:
    """Returns that were mended in their annotated copies: how many, with how many faults, and what was found in them.

    `before` and `after` count that by severity; `after_each` names it.
    """

    returns: int = 0
    faults: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    after_each: tuple[str, ...] = ()


@dataclass(slots=True)
class Judged:
    """One file as it was read and judged; `cells` is where its cells lie, if it could be read."""

    file: Path
    sha256: str
    cells: Path
    identity: "Identity | None" = None
    findings: list[Finding] = field(default_factory=list)
    state: str = "refused"

    @property
    def id(self) -> int:
        """Return the number that the ledger would give it."""
        return submission_id_of(self.sha256)

    @property
    def period(self) -> str | None:
        """Return the month that it says it is for."""
        return self.identity.period if self.identity else None


def mend_returns(folder: Path, answers: Answers, work: Path, *, most: int, seed: int, today: date) -> Mended:
    """Mend the copies of up to `most` returns in `folder` that have faults in rows, and count what is found in them."""
    by_file: dict[str, Answers] = defaultdict(list)
    for answer in answers:
        by_file[answer["file"]].append(answer)
    able = sorted(name for name, of_file in by_file.items() if all(one["refuses"] != "file" for one in of_file))
    chosen = Random(seed).sample(able, min(most, len(able)))  # noqa: S311 (the same choice each time)
    before = judged({name: folder / name for name in chosen}, work / "before", today)
    copies = {name: copied(before[name], work / "copies") for name in chosen}
    books = {name: mended(CONTRACT, sheets_in(copies[name]), by_file[name]) for name in chosen}
    after = judged(written(books, work / "mended"), work / "after", today)
    return Mended(
        len(chosen),
        sum(len(by_file[name]) for name in chosen),
        _severities(before),
        _severities(after),
        tuple(
            f"{name}: {one.rule} {one.says} {one.sheet} {one.cell}" for name in chosen for one in after[name].findings
        ),
    )


def _severities(returns: Mapping[str, Judged]) -> Counter[str]:
    return Counter(str(finding.severity) for one in returns.values() for finding in one.findings)


def copied(one: Judged, folder: Path) -> Path:
    """Draw the annotated copy of a return, as its reply has it, into `folder`; return where it lies.

    What is found between returns is not asked here, so a copy may have no marks: its mends are in sound cells then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored, file = read_sheets(one.cells), folder / f"{one.sha256}.xlsx"
    document = make_document(contract_for(str(one.period)), _subject(one), one.findings, their_sheets(stored))
    file.write_bytes(annotated_bytes(document, stored))
    return file


def _subject(one: Judged) -> Subject:
    said = ("period", "provider_id", "provider_name_en", "provider_name_cy", "language")
    facts = {name: getattr(one.identity, name) for name in said}
    return Subject(one.sha256, one.state, one.file.name, **facts)


def sheets_in(file: Path) -> dict[str, Cells]:
    """Return the cells of each sheet of a file, as the reader gives them."""
    return {grid.name: [list(row) for row in grid.rows] for grid in decode(file.read_bytes(), Limits()).grids}


def written(books: Mapping[str, Mapping[str, Cells]], folder: Path) -> dict[str, Path]:
    """Write each book as a workbook into `folder`; return where each lies."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{number}.xlsx" for number, name in enumerate(books)}
    for name, file in files.items():
        file.write_bytes(xlsx_bytes(books[name]))
    return files


# --- as a night does it -----------------------------------------------------------------------------------------------


def judged(files: Mapping[str, Path], work: Path, today: date) -> dict[str, Judged]:
    """Read and judge each file; their cells are kept in `work`."""
    known = {name: _read(file, work) for name, file in files.items()}
    months: dict[str, dict[int, Judged]] = defaultdict(dict)
    for one in known.values():
        if one.period and one.cells.exists():
            months[one.period][one.id] = one
    for period, of_month in months.items():
        sheets: dict[int, Mapping[str, StoredSheet]] = {
            number: read_sheets(one.cells) for number, one in of_month.items()
        }
        outside = {number: one.findings for number, one in of_month.items()}
        for number, verdict in judge(contract_for(period), period, sheets, today, outside).items():
            of_month[number].findings, of_month[number].state = verdict.findings, verdict.state
    return known


def _read(file: Path, work: Path) -> Judged:
    """Read a file as the month and profile that it says it is of."""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    one = Judged(file, sha256, work / f"{sha256}.arrow")
    job = Job(one.id, file, Limits(), one.cells)
    one.identity, one.findings = settle(one.id, identify_file(job), lambda _: True)
    if one.identity is not None and not one.findings:
        known = Job(one.id, file, Limits(), one.cells, str(one.identity.profile), str(one.identity.period))
        one.findings = flaw_findings(one.id, read_file(known))
    return one
