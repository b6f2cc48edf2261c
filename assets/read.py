"""*Read*: archived files become cells as submitted, each with its sheet, row and column, or are refused whole.

Every file is read in a child process with limits of its own, so that no file can hold up another; how one file is read
is said in `resources.returns`. Nothing is judged here.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from assets.periods import MONTHS, OWNERS
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.findings import Finding
    from expectations.headers import Flaw
    from resources.archive import Archive
    from resources.restricted import RestrictedStore
    from resources.settings import Settings
    from warehouse.ledger import Submission


def read(
    submissions: "Iterable[Submission]", archive: "Archive", store: "RestrictedStore", settings: "Settings"
) -> "dict[int, tuple[Flaw, ...]]":
    """Read every submission that has no cells under this contract yet, several at a time; return the flaws of each."""
    from expectations.rules import contract_for
    from resources.restricted import read_about
    from resources.returns import Job, read_files

    def is_read(one: "Submission") -> bool:
        about = read_about(store.cells(one.sha256))
        return about.get("contract") == contract_for(str(one.period)).version

    jobs = [
        Job(
            one.submission_id,
            archive.path(one.sha256),
            settings.limits,
            store.cells(one.sha256),
            str(one.profile),
            str(one.period),
        )
        for one in submissions
        if not is_read(one)
    ]
    return {job.submission_id: flaws for job, flaws in read_files(jobs, settings.limits, settings.read_workers)}


def refusals(flaws: "Mapping[int, tuple[Flaw, ...]]") -> "dict[int, list[Finding]]":
    """Return the findings of the files that are refused whole."""
    from expectations.headers import flaw_findings, refuses

    return {
        submission_id: flaw_findings(submission_id, of_file)
        for submission_id, of_file in flaws.items()
        if any(map(refuses, of_file))
    }


def read_again(engine: "sa.Engine", store: "RestrictedStore", submission_ids: Iterable[int]) -> None:
    """Have submissions read from the archive and judged again when their month is run next."""
    from warehouse import quarantine

    with engine.begin() as connection:
        files = quarantine.judge_again(connection, submission_ids)
    for sha256 in files:
        store.forget_cells(sha256)


def unread(submissions: "Iterable[Submission]") -> "list[Submission]":
    """Return the submissions that there is something to read of: of those that were refused, those to be judged again.

    Under another contract a file that could not be read may be readable. Of what retention has deleted, nothing is.
    """
    from expectations.rules import contract_for

    def is_settled(one: "Submission") -> bool:
        if one.abridged_at is not None:
            return True
        return one.state == "refused" and one.contract_version == contract_for(str(one.period)).version

    return [one for one in submissions if not is_settled(one)]


def record(engine: "sa.Engine", refused: "Mapping[int, list[Finding]]") -> None:
    """Note the files that are refused whole, each with its findings."""
    from warehouse import ledger

    for submission_id, findings in refused.items():
        with engine.begin() as connection:
            ledger.record_refusal(connection, submission_id, findings)


@dg.asset(
    partitions_def=MONTHS, deps=["delivered_returns"], group_name="read", kinds={"python", "arrow"}, owners=OWNERS
)
@in_turn("month")
def read_returns(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's returns as cells, each with its sheet, row and column, or refused whole with the reason."""
    from resources.archive import Archive
    from warehouse import ledger
    from warehouse.connection import connect

    began, settings, store = time.perf_counter(), house.settings(), house.restricted()
    engine = connect(house.warehouse_url())
    with engine.begin() as connection:
        submissions = ledger.submissions(connection, context.partition_key)
    open_ones = unread(submissions)
    archive = Archive(settings.archive_dir)
    flaws = read(open_ones, archive, store, settings)
    refused = refusals(flaws)
    record(engine, refused)
    reasons = Counter(flaw.says for of_file in flaws.values() for flaw in of_file)
    return dg.MaterializeResult(
        metadata={
            "submissions": len(submissions),
            "read": len(flaws) - len(refused),
            "read_before": len(open_ones) - len(flaws),
            "refused": len(refused),
            "flaws": dg.MetadataValue.json(dict(reasons.most_common())),
            "seconds": round(time.perf_counter() - began, 2),
        }
    )
