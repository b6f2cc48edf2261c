"""Checks returns that lie anywhere, before they are sent: a night's rules and words, without a database or a house.

What is kept meanwhile lies in a folder that the caller throws away. How results are shown is the command's business.
"""

import hashlib
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from expectations.contract import Severity
from expectations.findings import Finding, submission_id_of
from expectations.months import months_over
from expectations.replies import Document, Subject, make_document
from resources.restricted import RestrictedStore, read_sheets

if TYPE_CHECKING:
    from assets.check import Judged
    from dayops_pipeline.among import Held
    from resources.settings import Settings
    from warehouse.ledger import Identity

Tick = Callable[[], None]
"""Called once a file is known, and once it is read."""


@dataclass(frozen=True, slots=True)
class Given:
    """One return to check: what it is called, where its bytes lie, their hash, and of when it is."""

    name: str
    file: Path
    sha256: str
    modified_at: datetime

    @property
    def submission_id(self) -> int:
        """Return the number that the ledger would give it."""
        return submission_id_of(self.sha256)


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking says of one return; `cells` is where its cells lie, if it could be read."""

    given: Given
    document: Document
    cells: Path

    @property
    def is_sound(self) -> bool:
        """Tell whether there is nothing to mend or to explain."""
        return all(finding.severity is Severity.NOTE for finding in self.document.findings)


@dataclass(slots=True)
class _Known:
    """What is known so far of one return."""

    given: Given
    identity: "Identity | None" = None
    found: list[Finding] = field(default_factory=list)
    is_refused: bool = False

    @property
    def id(self) -> int:
        """Return the number that the ledger would give it."""
        return self.given.submission_id


def gather(paths: Iterable[Path], scratch: Path) -> list[Given]:
    """Return the returns at `paths`, files or folders; a folder of CSV files is one return, packed into `scratch`."""
    return [given for path in paths for given in (_in_folder(path, scratch) if path.is_dir() else [_given(path, path)])]


def _in_folder(folder: Path, scratch: Path) -> Iterator[Given]:
    from resources.source import Source

    source = Source(str(folder))
    for listed in source.listing(is_return=True):
        if listed.path == "register.csv" or not listed.is_file:
            continue
        name = folder / listed.path
        if not listed.is_folder:
            yield _given(name, folder / listed.files[0], listed.modified_at)
            continue
        packed = scratch / f"{hashlib.sha256(str(name).encode()).hexdigest()}.zip"
        with source.open(listed) as stream, packed.open("wb") as sink:
            shutil.copyfileobj(stream, sink)
        yield _given(name, packed, listed.modified_at)


def _given(name: Path, file: Path, modified_at: datetime | None = None) -> Given:
    came = modified_at or datetime.fromtimestamp(file.stat().st_mtime, UTC)
    with file.open("rb") as stream:
        return Given(name.name or str(name), file, hashlib.file_digest(stream, "sha256").hexdigest(), came)


def check_returns(returns: Iterable[Given], settings: "Settings", scratch: Path, tick: Tick) -> list[Checked]:
    """Return what the rules say of each return, in the order given; the same bytes are looked at once.

    What is read is kept in `scratch`: rows about people, for as long as the caller leaves them there.
    """
    preparing = threading.Thread(target=_prepare)
    preparing.start()  # while children read, which takes about as long
    store, known = RestrictedStore(scratch), dict[int, _Known]()
    for given in returns:
        known.setdefault(given.submission_id, _Known(given))
    _identify(known, settings, tick)
    _read(known, settings, store, tick)
    preparing.join()
    judged = _judge(known.values(), store, _today(settings))
    return [_checked(one, store, judged.get(one.id)) for one in known.values()]


def _today(settings: "Settings") -> date:
    return datetime.now(ZoneInfo(settings.timezone)).date()


def _prepare() -> None:
    from expectations.suites import prepare

    prepare()


# --- whose each is, and what it holds ---------------------------------------------------------------------------------


def _identify(known: Mapping[int, _Known], settings: "Settings", tick: Tick) -> None:
    """Learn whose each return is, and for which month, or that it cannot be known."""
    from assets.identity import settle
    from resources.returns import Job, identify_files

    months = set(months_over(_today(settings)))
    jobs = [Job(one.id, one.given.file, settings.limits) for one in known.values()]
    for job, named in identify_files(jobs, settings.limits, settings.read_workers):
        one = known[job.submission_id]
        one.identity, one.found = settle(one.id, named, months.__contains__)
        one.is_refused = bool(one.found)
        tick()


def _read(known: Mapping[int, _Known], settings: "Settings", store: RestrictedStore, tick: Tick) -> None:
    """Read the cells of each return into the store."""
    from expectations.headers import flaw_findings, refuses
    from resources.returns import Job, read_files

    jobs = [
        Job(
            one.id,
            one.given.file,
            settings.limits,
            store.cells(one.given.sha256),
            str(one.identity.profile),
            str(one.identity.period),
        )
        for one in known.values()
        if one.identity and not one.is_refused
    ]
    for job, flaws in read_files(jobs, settings.limits, settings.read_workers):
        one = known[job.submission_id]
        one.found = flaw_findings(one.id, flaws)
        one.is_refused = any(map(refuses, flaws))
        tick()


# --- what the rules say of it -----------------------------------------------------------------------------------------


def _judge(known: Iterable[_Known], store: RestrictedStore, today: date) -> "dict[int, Judged]":
    """Return what becomes of the returns that could be read: month by month, then held against each other."""
    from dayops_pipeline.among import compared

    months: dict[str, list[_Known]] = defaultdict(list)
    for one in known:
        if one.identity and one.identity.period:
            months[one.identity.period].append(one)
    held: list[Held] = []
    for period in sorted(months):
        judged = _judge_month(period, months[period], store, today)
        held += [_held(one, judged[one.id], store) for one in months[period] if one.id in judged]
    return compared(held)


def _held(one: _Known, judged: "Judged", store: RestrictedStore) -> "Held":
    from dayops_pipeline.among import Held

    said, given = one.identity, one.given
    return Held(
        judged=judged,
        provider_id=str(said and said.provider_id),
        period=str(said and said.period),
        profile=str(said and said.profile),
        submission_no=int((said and said.submission_no) or 0),
        received_at=given.modified_at,
        sha256=given.sha256,
        cells=store.cells(given.sha256),
    )


def _judge_month(period: str, known: Sequence[_Known], store: RestrictedStore, today: date) -> "dict[int, Judged]":
    """Return what becomes of the returns for one month, each by itself."""
    from assets.check.judging import ask_month
    from expectations.rules import contract_for

    readable = [one for one in known if not one.is_refused]
    cells = {one.id: read_sheets(store.cells(one.given.sha256)) for one in readable}
    asked = ask_month(contract_for(period), period, cells, today)
    numbering = _numbering(known, asked.refused(), asked.said("reason_for_change"))
    return asked.verdicts({one.id: [*one.found, *numbering[one.id]] for one in readable})


def _numbering(
    known: Iterable[_Known], refused: Collection[int], reasons: Mapping[int, str]
) -> Mapping[int, list[Finding]]:
    """Return the findings on the numbers of the returns given; those below each provider's lowest are taken as sent."""
    from assets.check import Numbered, number
    from assets.check.numbering import changes_final

    sent, now = defaultdict[str | None, list[Numbered]](list), datetime.now(UTC)
    for one in known:
        if one.identity and one.identity.submission_no is not None:
            is_refused = one.is_refused or one.id in refused
            is_late = changes_final(str(one.identity.period), now, reasons.get(one.id))
            numbered = Numbered(one.id, int(one.identity.submission_no), now, one.given.sha256, is_refused, is_late)
            sent[one.identity.provider_id].append(numbered)
    findings: dict[int, list[Finding]] = defaultdict(list)
    for of_provider in sent.values():
        for finding in number(of_provider, sent_before=min(one.submission_no for one in of_provider) - 1):
            findings[finding.submission_id].append(finding)
    return findings


def _checked(one: _Known, store: RestrictedStore, judged: "Judged | None") -> Checked:
    from expectations.rules import contract_for
    from resources.replies import their_sheets

    subject, cells = _subject(one, judged), store.cells(one.given.sha256)
    sheets = their_sheets(read_sheets(cells)) if cells.exists() else {}
    findings = judged.findings if judged else one.found
    return Checked(one.given, make_document(contract_for(subject.period or ""), subject, findings, sheets), cells)


def _subject(one: _Known, judged: "Judged | None") -> Subject:
    said = one.identity
    read, accepted = (judged.rows_read, judged.rows_accepted) if judged else (0, 0)
    return Subject(
        sha256=one.given.sha256,
        state=judged.state if judged else "refused",
        file_name=one.given.name,
        provider_id=said.provider_id if said else None,
        provider_name_en=said.provider_name_en if said else None,
        provider_name_cy=said.provider_name_cy if said else None,
        period=said.period if said else None,
        submission_no=int(said.submission_no or 0) if said else None,
        language=said.language if said else None,
        rows_read=read,
        rows_accepted=accepted,
        rows_quarantined=read - accepted,
        is_trial=True,
    )
