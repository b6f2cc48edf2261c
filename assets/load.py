"""*Load*: accepted rows become rows of the warehouse, one transaction for each submission, versions kept.

Which rows are accepted was decided before; what they add up to comes after. Errors name a submission and a table,
never what stands in a row.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dagster as dg

from assets.decisions import book_trail
from assets.periods import MONTHS, OWNERS
from assets.person_keys import book_keys, key_at_hand
from assets.shown import table
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.pseudonyms import PersonKey
    from resources.restricted import RestrictedStore
    from warehouse.facts import LoadError
    from warehouse.ledger import Submission


_LOADERS = 2
"""Submissions loaded at a time: as many as the engine keeps connections."""
_MANY_ROWS = 1_000
"""Of a table into which fewer rows came, Postgres knows enough."""


@dataclass(slots=True)
class Loaded:
    """What loading a month came to."""

    submissions: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    withdrawn: int = 0
    replaced: int = 0


def load(engine: "sa.Engine", store: "RestrictedStore", period: str, key: "PersonKey") -> Loaded:
    """Load what was accepted for the month and is not loaded yet, take refused rows out, and settle what is current.

    References of people are kept under `key`.

    Raises:
        LoadError: Some submissions could not be loaded; the others are, and what was current still is.
    """
    from warehouse import ledger
    from warehouse.facts import LoadError

    loaded, problems = Loaded(), []
    with engine.begin() as connection:
        waiting = ledger.unloaded(connection, period)
    for rows in _load_all(engine, store, waiting, key):
        if isinstance(rows, LoadError):
            problems.append(str(rows))
        else:
            loaded.rows.update(rows)
            loaded.submissions += 1
    if problems:
        raise LoadError(" ".join(problems))
    _tell_planner(engine, loaded.rows)
    loaded.withdrawn = _settle(engine, period)
    loaded.replaced = _note_replaced(engine, period, key)
    return loaded


def _load_all(
    engine: "sa.Engine", store: "RestrictedStore", waiting: "Sequence[Submission]", key: "PersonKey"
) -> "Iterator[dict[str, int] | LoadError]":
    """Load submissions, several at a time, since most of what one takes is waiting for Postgres; in their order."""
    from warehouse.facts import LoadError

    def outcome(submission: "Submission") -> "dict[str, int] | LoadError":
        try:
            return load_one(engine, store, submission, key)
        except LoadError as error:
            return error

    with ThreadPoolExecutor(_LOADERS) as loaders:
        try:
            yield from loaders.map(outcome, waiting)
        finally:
            # Where the night is stopped, what has not begun does not begin any more.
            loaders.shutdown(cancel_futures=True)


def load_one(
    engine: "sa.Engine", store: "RestrictedStore", submission: "Submission", key: "PersonKey"
) -> dict[str, int]:
    """Load what was accepted of one submission; return the rows by table.

    Raises:
        LoadError: It could not be loaded; nothing has changed.
    """
    from expectations.months import first_day
    from resources.restricted import read_sheets
    from warehouse import facts, ledger

    judged = store.judged(submission.sha256)
    if not judged.exists():
        raise facts.LoadError(f"Submission {submission.submission_id} has no judged rows: check its month again.")
    tables = {name: sheet.table for name, sheet in read_sheets(judged).items()}
    with engine.begin() as connection:
        ledger.mark_loaded(connection, submission.submission_id)
        month = first_day(str(submission.period))
        return facts.load(ledger.driver(connection), submission.submission_id, month, tables, key)


def _tell_planner(engine: "sa.Engine", rows: Counter[str]) -> None:
    """Have Postgres count anew the tables that grew: of a month it has not heard of, it expects no rows.

    Its own daemon does so within minutes, but the figures are made before: of 600 providers they took 83 s, not 13.
    """
    grown = [table for table, count in rows.items() if count >= _MANY_ROWS]
    if grown:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"analyze landing.submission, {', '.join(sorted(grown))}")


def _settle(engine: "sa.Engine", period: str) -> int:
    from warehouse import facts, ledger

    with engine.begin() as connection:
        withdrawn = [one.submission_id for one in ledger.withdrawn(connection, period)]
        for submission_id in withdrawn:
            ledger.mark_unloaded(connection, submission_id)
        facts.remove(ledger.driver(connection), withdrawn)
        ledger.settle_current(connection, period)
    return len(withdrawn)


def _note_replaced(engine: "sa.Engine", period: str, key: "PersonKey") -> int:
    """Leave a trail of the refused rows that a later version has put right."""
    from warehouse import ledger, readmission

    with engine.begin() as connection:
        return readmission.note_replaced(connection, period, ledger.contract_version(), key)


@dg.asset(
    partitions_def=MONTHS, deps=["checked_returns"], group_name="load", kinds={"python", "postgres"}, owners=OWNERS
)
@in_turn("month")
def loaded_returns(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's accepted rows in the warehouse, every version of every return, with the current one marked."""
    from resources.archive import Archive
    from warehouse import facts
    from warehouse.connection import connect

    began, engine, settings = time.perf_counter(), connect(house.warehouse_url()), house.settings()
    archive, period = Archive(settings.archive_dir), context.partition_key
    loaded = load(engine, house.restricted(), period, key_at_hand(engine, settings))
    book_keys(engine, archive)
    readmitted = book_trail(engine, archive)
    with engine.begin() as connection:
        stand = facts.standing_rows(connection, period)
    return dg.MaterializeResult(
        metadata={
            "submissions": loaded.submissions,
            "withdrawn": loaded.withdrawn,
            "rows_readmitted": readmitted,
            "rows": loaded.rows.total(),
            "rows_by_table": dg.MetadataValue.json(dict(sorted(loaded.rows.items()))),
            "dagster/partition_row_count": sum(stand.values()),
            "rows_that_stand": table({"table": "string", "rows": "int"}, sorted(stand.items())),
            "seconds": round(time.perf_counter() - began, 2),
        }
    )
