"""The sample in a folder: the returns as files, `register.csv` of all services, and `faults.json`, the answer key.

The same order gives the same bytes, and the same times of the files.
"""

import csv
import io
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from dayops_pipeline.sample.baseline import baseline
from dayops_pipeline.sample.bed import Change, Planted
from dayops_pipeline.sample.chance import stream
from dayops_pipeline.sample.days import BASELINE_MONTHS
from dayops_pipeline.sample.file_faults import (
    CHANGED_WHEN_FINAL,
    FILE_FAULTS,
    FileFault,
    Parcel,
    Place,
    again,
    again_when_final,
    spoil_file,
)
from dayops_pipeline.sample.hand import FORMATS, SUFFIXES, Hand, Page, file_bytes, hand_of, page, shown
from dayops_pipeline.sample.nation import Provider, nation
from dayops_pipeline.sample.planting import Planter
from dayops_pipeline.sample.returns import Posting, Return, postings, return_row, written_up
from expectations.contract import AnyCheck, Profile
from expectations.months import month_before
from expectations.reference import authorities
from expectations.rules import contract_for

REGISTER, FAULTS = "register.csv", "faults.json"
_REGISTER_COLUMNS = (
    "provider_id", "provider_name", "sector", "service_id", "service_la", "expected_from", "expected_to",
)  # fmt: skip
_BASELINE_WORKBOOK_EVERY = 11
_NAMINGS = (
    "{name} {period}{version}",
    "{period} {name} day services return{version}",
    "Return {name} ({period}){version}",
)
Answer = dict[str, Any]
"""A planted fault: where it is and what it breaks; `was` tells what stood in each cell that was changed for it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What sample is wanted."""

    providers: int
    months: tuple[str, ...]
    seed: int = 1
    faults: float = 0.0
    formats: tuple[str, ...] = tuple(FORMATS)
    has_baseline: bool = True


@dataclass(frozen=True, slots=True)
class File:
    """One file of the sample: its name, its bytes, when it was sent, and the faults in it."""

    name: str
    data: bytes
    sent_at: datetime
    posting: Posting
    data_rows: int
    answers: tuple[Answer, ...] = ()


@dataclass(slots=True)
class Sample:
    """A sample that is ready to be made: the nation, and every submission of it."""

    order: Order
    providers: tuple[Provider, ...]
    postings: tuple[Posting, ...]
    file_faults: dict[int, FileFault]
    planter: Planter
    names: set[str] = field(default_factory=set)

    @property
    def file_count(self) -> int:
        """Return how many returns there will be."""
        repeated = sum(fault.is_about_number for fault in self.file_faults.values())
        return len(self.postings) + repeated + self.baseline_count

    @property
    def baseline_count(self) -> int:
        """Return how many of them are about the months before the pandemic, those sent again among them."""
        return (
            len(authorities()) * len(BASELINE_MONTHS) + len(self._changed_when_final) if self.order.has_baseline else 0
        )

    @property
    def _changed_when_final(self) -> set[int]:
        """Return which of the baseline returns are sent again, although their figures are final."""
        count = len(authorities()) * len(BASELINE_MONTHS)
        return set(stream(self.order.seed, "final").sample(range(count), math.ceil(self.order.faults * count / 4)))

    def files(self) -> Iterator[File]:
        """Yield the returns one by one."""
        if self.order.has_baseline:
            for turn, told in enumerate(baseline(self.order.seed, self.providers, self.order.months)):
                yield from self._baseline_files(told, turn)
        for number, posting in enumerate(self.postings):
            yield from self._files_of(posting, self.file_faults.get(number))

    def _baseline_files(self, told: Return, turn: int) -> Iterator[File]:
        is_workbook = turn % _BASELINE_WORKBOOK_EVERY == 0
        formats = [name for name in self.order.formats if name != "csv"] if is_workbook else []
        fallback = "csv" if "csv" in self.order.formats else self.order.formats[0]
        chosen = formats[turn // _BASELINE_WORKBOOK_EVERY % len(formats)] if formats else fallback
        hand, first = Hand(chosen, "label"), told.posting
        yield self._file(told, hand, [], None)
        if turn in self._changed_when_final:
            posting = replace(first, submission_no=2, of=2, sent_at=first.sent_at + timedelta(days=40))
            row = return_row(self._rng("final", posting), posting)
            yield self._file(again_when_final(told, row, posting), hand, [], CHANGED_WHEN_FINAL)

    def _files_of(self, posting: Posting, fault: FileFault | None) -> Iterator[File]:
        told = written_up(self.order.seed, posting)
        hand = hand_of(self.order.seed, posting.provider.provider_id, self.order.formats)
        rng = self._rng("faults", posting)
        if fault is not None:
            self.planter.pass_over(told, is_refused=fault.refuses)
        planted = self.planter.plant(told, rng) if fault is None and self.order.faults else []
        if fault is None or not fault.is_about_number:
            yield self._file(told, hand, planted, fault)
            return
        yield self._file(told, hand, [], None)
        later = again(told, str(UUID(int=rng.getrandbits(128), version=4)))
        later = replace(later, posting=replace(posting, sent_at=posting.sent_at + timedelta(days=2)))
        yield self._file(later, hand, [], fault)

    def _rng(self, name: str, posting: Posting) -> Random:
        return stream(self.order.seed, name, posting.provider.provider_id, posting.period, posting.submission_no)

    def _file(self, told: Return, hand: Hand, planted: list[Planted], fault: FileFault | None) -> File:
        posting = told.posting
        contract = contract_for(posting.period)
        pages = {name: page(hand, contract.sheet(name), rows) for name, rows in told.sheets.items()}
        parcel = Parcel(posting, hand, self._name(posting, hand), list(pages.values()))
        if fault is None:
            parcel.data = file_bytes(hand, parcel.pages)
            before = _before(parcel, pages, planted)
            answers = [_row_answer(parcel, pages, one, before) for one in planted]
        else:
            places = spoil_file(fault, parcel, self._rng(fault.says, posting))
            answers = [_file_answer(parcel, pages, one) for one in places]
        return File(parcel.name, parcel.data, posting.sent_at, posting, told.data_rows, tuple(answers))

    def _name(self, posting: Posting, hand: Hand) -> str:
        """Return a name as people give files: good for reading, and for nothing else."""
        version = f" v{posting.submission_no}" if posting.submission_no > 1 else ""
        naming = _NAMINGS[sum(posting.provider.provider_id.encode()) % len(_NAMINGS)]
        plain = unicodedata.normalize("NFKD", posting.provider.name_en).encode("ascii", "ignore").decode()
        stem = naming.format(name=plain, period=_period_words(posting), version=version)
        names = (f"{stem}{mark}{SUFFIXES[hand.format]}" for mark in ("", *(f" ({turn})" for turn in range(2, 10_000))))
        name = next(name for name in names if name not in self.names)
        self.names.add(name)
        return name


def _period_words(posting: Posting) -> str:
    return f"{posting.period} baseline" if posting.profile is Profile.BASELINE else posting.period


def prepared(order: Order) -> Sample:
    """Return the sample that is ordered, ready to be made."""
    providers = nation(order.seed, order.providers, order.months)
    posted = tuple(postings(order.seed, providers, order.months))
    return Sample(order, providers, posted, _file_faults(order, posted), Planter(order.faults, order.months[-1]))


def _file_faults(order: Order, posted: tuple[Posting, ...]) -> dict[int, FileFault]:
    """Return which submissions have a fault of the whole file: the only ones of their months, and not nil."""
    rng = stream(order.seed, "file faults")
    single = [number for number, one in enumerate(posted) if one.of == 1 and not one.is_nil]
    wanted = min(round(order.faults * len(posted)), len(single))
    chosen = rng.sample(single, len(single))
    formats = {
        one.provider.provider_id: hand_of(order.seed, one.provider.provider_id, order.formats).format for one in posted
    }
    given: dict[int, FileFault] = {}
    for turn in range(wanted):
        fault = FILE_FAULTS[turn % len(FILE_FAULTS)]
        first = _before_a_copy(order, posted, chosen) if turn % 2 and fault.refuses else []
        free = (one for one in [*first, *chosen] if one not in given)
        number = next((one for one in free if formats[posted[one].provider.provider_id] in fault.formats), None)
        given |= {number: fault} if number is not None else {}
    return given


def _before_a_copy(order: Order, posted: tuple[Posting, ...], chosen: list[int]) -> list[int]:
    """Return those of the month before the last after which another provider's figures can be sent unnoticed.

    Where nothing of a small provider stands for that month, its figures of the last are held against no others of its
    own.
    """
    return [
        number
        for number in chosen
        if posted[number].period == month_before(order.months[-1])
        and posted[number].profile is Profile.LITE
        and len(posted[number].provider.services) == 1
    ]


# --- the answer key ---------------------------------------------------------------------------------------------------


def _answer(parcel: Parcel, **facts: Any) -> Answer:
    posting = parcel.posting
    return {
        "file": parcel.name,
        "provider_id": posting.provider.provider_id,
        "period": posting.period,
        "submission_no": posting.submission_no,
        **facts,
    }


def _row_answer(parcel: Parcel, pages: dict[str, Page], planted: Planted, before: dict[str, Page]) -> Answer:
    check, of_sheet = planted.check, pages[planted.sheet]
    row = None if planted.row is None else of_sheet.row_number(planted.row)
    value = None if row is None else of_sheet.cells[row - 1][of_sheet.columns.index(check.column)]
    return _answer(
        parcel,
        rule=check.rule,
        severity=str(check.severity),
        sheet=planted.sheet,
        row=row,
        column=None if row is None else check.column,
        kind=check.says,
        check=check.code,
        value=None if row is None else shown(value),
        refuses=_refuses(check),
        consequence_of=planted.consequence_of,
        was=[cell for change in planted.changes for cell in _was(change, pages[change.sheet], before[change.sheet])],
    )


def _before(parcel: Parcel, pages: dict[str, Page], planted: list[Planted]) -> dict[str, Page]:
    """Return the pages that were changed as they would stand without the faults, but with the rows that were added."""
    changes = [change for one in planted for change in one.changes]
    was = {id(change.row): change.was for change in changes}
    rows = {name: [was.get(id(row)) or row for row in pages[name].rows] for name in {one.sheet for one in changes}}
    contract = contract_for(parcel.posting.period)
    return {name: page(parcel.hand, contract.sheet(name), sound) for name, sound in rows.items()}


def _was(change: Change, now: Page, before: Page) -> Iterator[dict[str, Any]]:
    """Yield each cell that was changed with the text that stood there, or the row that was added."""
    row = now.row_number(change.row)
    if change.was is None:
        yield {"sheet": change.sheet, "row": row, "added": True}
        return
    for at, column in enumerate(now.columns):
        if change.was.get(column) != change.row.get(column):
            yield {"sheet": change.sheet, "row": row, "column": column, "was": shown(before.cells[row - 1][at])}


def _refuses(check: AnyCheck) -> str | None:
    """Return what else the fault refuses: every row about the service, or the whole return."""
    wider = {"SERVICES": "service", "RETURN": "return"}
    return wider.get(check.sheet, "row") if str(check.severity) == "error" else None


def _file_answer(parcel: Parcel, pages: dict[str, Page], place: Place) -> Answer:
    value = None
    if place.rule == "V02" and place.column:
        of_return = pages["RETURN"]
        value = shown(of_return.cells[1][of_return.columns.index(place.column)])
    return _answer(
        parcel,
        rule=place.rule,
        severity=str(place.severity),
        sheet=place.sheet,
        row=place.row,
        column=place.column,
        kind=place.says,
        check=None,
        value=value,
        refuses=place.refuses,
        consequence_of=None,
        was=[{"sheet": place.sheet, "row": place.row, "column": place.column, "was": place.was}] if place.was else [],
    )


# --- the folder -------------------------------------------------------------------------------------------------------


def write_sample(
    sample: Sample, folder: Path, *, not_after: datetime | None = None, tell: Callable[[File], None] = lambda _: None
) -> list[Answer]:
    """Write the sample into `folder`, which is made; tell of each file; return the answer key.

    No file is said to be sent later than `not_after`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    answers: list[Answer] = []
    for file in sample.files():
        path = folder / file.name
        path.write_bytes(file.data)
        _date(path, file.sent_at, not_after, file.posting)
        answers += file.answers
        tell(file)
    answers.sort(key=lambda one: (str(one["file"]), str(one["sheet"]), int(one["row"] or 0), str(one["column"])))
    (folder / REGISTER).write_text(register(sample.providers), encoding="utf-8", newline="")
    _write_answers(folder / FAULTS, answers)
    return answers


def _date(path: Path, sent_at: datetime, not_after: datetime | None, posting: Posting) -> None:
    when = sent_at.replace(tzinfo=UTC)
    if not_after is not None and when > not_after:
        # Several submissions of one month keep their order.
        when = not_after - timedelta(hours=posting.of - posting.submission_no)
    os.utime(path, (when.timestamp(), when.timestamp()))


def _write_answers(path: Path, answers: list[Answer]) -> None:
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in answers)
    path.write_text(f"[\n{lines}\n]\n" if answers else "[]\n", encoding="utf-8", newline="")


def register(providers: tuple[Provider, ...]) -> str:
    """Return the national register of services as CSV: what is expected to report, silent providers included."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_REGISTER_COLUMNS)
    for provider in sorted(providers, key=lambda one: one.provider_id):
        for service in provider.services:
            closed_on = service.closed_on.isoformat() if service.closed_on else ""
            about = (provider.provider_id, provider.name_en, provider.sector, service.service_id, service.la)
            writer.writerow([*about, service.open_from.isoformat(), closed_on])
    return buffer.getvalue()


def last_months(number: int, today: date) -> tuple[str, str]:
    """Return the first and the last of the last `number` months that are over on `today`."""
    month = f"{today:%Y-%m}"
    return month_before(month, number), month_before(month)


def is_month(text: str) -> bool:
    """Tell whether `text` is a month, YYYY-MM."""
    return re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text) is not None
