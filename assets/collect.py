"""*Collect*: what lies at the source becomes archived bytes, one delivery each, and a submission with its identity.

Who sent a return for which month is read from its own RETURN sheet, never from a file's name. Nothing else of it is
read here: a return whose identity cannot be read is refused at once, since it belongs to no month.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

import dagster as dg

from assets.decisions import note_decisions, note_trail
from assets.identity import settle
from assets.periods import EVERY_NIGHT, MONTHS, OWNERS
from assets.person_keys import note_keys
from assets.retention import restore
from resources.house import House

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa

    from expectations.findings import Finding
    from resources.archive import Archive, Delivery
    from resources.returns import Named
    from resources.settings import Settings
    from resources.source import Listed, Source
    from warehouse.ledger import Identity, Submission

_AT_ONCE = 200
"""Files noted in one transaction: a night that is cut short loses no more than the noting of these."""


@dataclass(slots=True)
class Collected:
    """What a night's collecting came to, in files."""

    listed: int = 0
    new: int = 0
    duplicates: int = 0
    registered_services: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)


def collect(engine: "sa.Engine", settings: "Settings", is_month: Callable[[str], bool]) -> Collected:
    """Archive what is new at the source, and learn whose each new file is; `is_month` tells which months are over."""
    from resources.archive import Archive
    from resources.source import source_of

    archive, collected = Archive(settings.archive_dir), Collected()
    note_decisions(engine, archive)
    with source_of(settings) as source:
        _bring_in(engine, archive, source, collected)
    identify(engine, settings, is_month, collected)
    return collected


def recollect(engine: "sa.Engine", settings: "Settings", is_month: Callable[[str], bool]) -> Collected:
    """Note all that stands in the archive's books again, in a warehouse that has lost it; the source is not asked."""
    from resources.archive import Archive

    archive, collected = Archive(settings.archive_dir), Collected()
    book = list(archive.deliveries())
    deliveries = [one for one in book if one.kind == "return"]
    collected.listed = len(deliveries)
    for start in range(0, len(deliveries), _AT_ONCE):
        _note(engine, deliveries[start : start + _AT_ONCE], collected)
    _note_register(engine, archive, [one for one in book if one.kind == "register"], collected)
    restore(engine, archive)
    note_decisions(engine, archive)
    note_trail(engine, archive)
    note_keys(engine, archive)
    identify(engine, settings, is_month, collected)
    return collected


# --- the bytes --------------------------------------------------------------------------------------------------------


def _bring_in(engine: "sa.Engine", archive: "Archive", source: "Source", collected: Collected) -> None:
    from resources.source import REGISTER
    from warehouse import ledger

    with engine.begin() as connection:
        known = ledger.known_sources(connection)
    listing = source.listing()
    collected.listed = len(listing)
    new = [one for one in listing if one.path != REGISTER and known.get(one.path) != (one.size_bytes, one.modified_at)]
    for start in range(0, len(new), _AT_ONCE):
        deliveries = list(_fetched(archive, source, new[start : start + _AT_ONCE], "return", collected))
        archive.enter(deliveries)
        _note(engine, deliveries, collected)
    registers = list(_fetched(archive, source, [one for one in listing if one.path == REGISTER], "register", collected))
    last = [one for one in archive.deliveries() if one.kind == "register"][-1:]
    archive.enter([one for one in registers if one not in last])
    _note_register(engine, archive, registers, collected)


def _fetched(
    archive: "Archive",
    source: "Source",
    listed: "Iterable[Listed]",
    kind: Literal["return", "register"],
    collected: Collected,
) -> "Iterator[Delivery]":
    """Yield each file that could be fetched; what could not be is told, and tried again the next night."""
    from resources.source import SourceGone, StillGrowing

    for one in listed:
        try:
            yield _archived(archive, source, one, kind)
        except StillGrowing as growing:
            collected.troubles.append(f"{growing}; it is fetched once it has come to rest")
        except SourceGone as gone:
            collected.troubles.append(str(gone))
            return
        except OSError as error:
            collected.troubles.append(f"{one.path} could not be fetched: {error.strerror or error}")


def _archived(archive: "Archive", source: "Source", one: "Listed", kind: Literal["return", "register"]) -> "Delivery":
    from resources.archive import Delivery

    with source.open(one) as stream:
        sha256, _ = archive.keep(stream, partial(source.must_stand_still, one))
    return Delivery(sha256, one.path, one.modified_at, one.size_bytes, kind)


def _note(engine: "sa.Engine", deliveries: "Iterable[Delivery]", collected: Collected) -> None:
    from warehouse import ledger

    with engine.begin() as connection:
        for one in deliveries:
            is_new = ledger.record_delivery(
                connection,
                sha256=one.sha256,
                source_path=one.source_path,
                received_at=one.received_at,
                size_bytes=one.size_bytes,
            )
            collected.new += is_new
            collected.duplicates += not is_new


def _note_register(engine: "sa.Engine", archive: "Archive", registers: "list[Delivery]", collected: Collected) -> None:
    """Put the last register that can be used in place of the one before."""
    from resources.register import RegisterError, register_rows
    from warehouse import ledger

    for one in reversed(registers):
        try:
            rows = register_rows(archive.path(one.sha256).read_bytes())
        except RegisterError as error:
            collected.troubles.append(f"{error}. The register before it stays in force.")
            continue
        with engine.begin() as connection:
            collected.registered_services = ledger.record_register(connection, rows)
        return


# --- the identity -----------------------------------------------------------------------------------------------------


def identify(
    engine: "sa.Engine", settings: "Settings", is_month: Callable[[str], bool], collected: Collected | None = None
) -> None:
    """Learn the identity of every submission that has none yet, or refuse it and reply."""
    from resources.archive import Archive
    from resources.returns import Job, identify_files
    from warehouse import ledger

    collected = collected or Collected()
    with engine.begin() as connection:
        unknown = {one.submission_id: one for one in ledger.unidentified(connection)}
    archive = Archive(settings.archive_dir)
    jobs = [Job(one.submission_id, archive.path(one.sha256), settings.limits) for one in unknown.values()]
    for job, named in identify_files(jobs, settings.limits, settings.read_workers):
        identity, findings = settle(job.submission_id, named, is_month)
        _record(engine, settings, unknown[job.submission_id], identity, findings)
        collected.refused.update({finding.says for finding in findings})
        collected.months.update([str(identity.period)] if identity and not findings else [])


def named_in(file: "Path", submission_id: int, settings: "Settings") -> "Named":
    """Return what the RETURN sheet of one file says, read in a child as every file is."""
    from resources.returns import Job, identify_files

    [(_, named)] = identify_files([Job(submission_id, file, settings.limits)], settings.limits, 1)
    return named


def _record(
    engine: "sa.Engine",
    settings: "Settings",
    submission: "Submission",
    identity: "Identity | None",
    findings: "list[Finding]",
) -> None:
    from warehouse import ledger

    with engine.begin() as connection:
        if identity:
            ledger.record_identity(connection, submission.submission_id, identity)
        if findings:
            ledger.record_refusal(connection, submission.submission_id, findings)
    if findings:
        _answer(settings, submission, identity, findings)


def _answer(
    settings: "Settings", submission: "Submission", identity: "Identity | None", findings: "list[Finding]"
) -> None:
    """Reply at once: a file that is refused here may belong to no month whose run would reply."""
    from expectations.replies import Subject
    from resources.replies import Job, write_reply
    from warehouse.ledger import Identity

    said = identity or Identity(None, None, None, None)
    subject = Subject(
        sha256=submission.sha256,
        state="refused",
        file_name=submission.file_name,
        received_at=submission.received_at,
        provider_id=said.provider_id,
        provider_name_en=said.provider_name_en,
        provider_name_cy=said.provider_name_cy,
        period=said.period,
        submission_no=int(said.submission_no or 0),
        language=said.language,
    )
    write_reply(Job(subject, tuple(findings), settings.reply_dir, settings.annotated_dir))


PROVIDERS = dg.DynamicPartitionsDefinition(name="providers")
"""The providers of the register, by their numbers: known to Dagster for the grid of arrivals alone."""

provider_returns = dg.AssetSpec(
    "provider_returns",
    group_name="collect",
    kinds={"file"},
    owners=OWNERS,
    partitions_def=dg.MultiPartitionsDefinition({"month": MONTHS, "provider": PROVIDERS}),
    description="What each registered provider sent for each month: a cell is filled once a return came. "
    "Nothing makes these; the sensor `arrived` keeps them in step with the ledger.",
)

_NO_CELL = dg.SpecificPartitionsPartitionMapping([])
"""Says that collecting comes after returns, of whatever cell: by default Dagster lists all cells at every run."""


@dg.asset(
    group_name="collect",
    kinds={"python", "file"},
    owners=OWNERS,
    freshness_policy=EVERY_NIGHT,
    deps=[dg.AssetDep(provider_returns, partition_mapping=_NO_CELL)],
)
def delivered_returns(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """Every file delivered so far, archived byte for byte, with the provider and month that it says it is from."""
    from warehouse.connection import connect

    began = time.perf_counter()
    months = set(MONTHS.get_partition_keys())
    collected = collect(connect(house.warehouse_url()), house.settings(), months.__contains__)
    return dg.MaterializeResult(
        metadata={
            "files_at_source": collected.listed,
            "new_files": collected.new,
            "duplicates": collected.duplicates,
            "registered_services": collected.registered_services,
            "refused": sum(collected.refused.values()),
            "reasons": dg.MetadataValue.json(dict(collected.refused.most_common())),
            "months": dg.MetadataValue.json(dict(sorted(collected.months.items()))),
            "troubles": dg.MetadataValue.json(collected.troubles),
            "seconds": round(time.perf_counter() - began, 2),
        }
    )
