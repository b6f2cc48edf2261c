"""Loading the accepted rows of one submission into its fact tables: all of them or none, through COPY.

Which submissions are to be loaded is known to the `ledger`; that rows are sound was seen to before they came here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Connection, text

from expectations.contract import ROW, Sheet
from expectations.months import first_day
from expectations.pseudonyms import PersonKey, keyed_columns
from warehouse import persons
from warehouse.tables import ADDED, FACT_SHEETS, FACTS, SUMMARIES

if TYPE_CHECKING:
    import pyarrow as pa


class LoadError(RuntimeError):
    """A submission that could not be loaded: which, into which table, and what held; never what stood in its rows."""


def load(
    connection: psycopg.Connection[Any],
    submission_id: int,
    period: date,
    sheets: Mapping[str, "pa.Table"],
    key: PersonKey,
) -> dict[str, int]:
    """Put the judged rows of a submission in place of those it had; return the rows loaded, by table.

    References of people are kept under `key`. The caller's transaction decides when this is seen; without one, it is a
    transaction of its own.

    Raises:
        LoadError: Postgres refused a row; nothing has changed.
        PersonKeyError: The references in the warehouse are kept under another key; nothing has changed.
    """
    sheets = {name: _keyed(submission_id, name, rows, key) for name, rows in sheets.items()}
    problem = None
    table = "landing.submission"
    try:
        with connection.transaction():
            _hold(connection, submission_id, period)
            if any(sheet.table in persons.TABLES for sheet in FACT_SHEETS if sheet.name in sheets):
                persons.hold(connection, key)
            remove(connection, [submission_id])
            loaded = {}
            for sheet in FACT_SHEETS:
                if sheet.name in sheets:
                    table = sheet.table
                    loaded[table] = _copy(connection, sheet, submission_id, period, sheets[sheet.name])
            summarise(connection, [submission_id])
            return loaded
    except psycopg.Error as error:
        problem = _problem(submission_id, table, error)
    # Outside the handler, so that the error, whose detail quotes the row, is no part of what is raised.
    raise LoadError(problem)


def remove(connection: psycopg.Connection[Any], submission_ids: Iterable[int]) -> None:
    """Take every row of these submissions out of the fact tables."""
    deletes = (
        f"gone_{number} as (delete from {table.fullname} where submission_id = any(%(ids)s))"  # noqa: S608
        for number, table in enumerate([*FACTS.values(), *SUMMARIES.values()])
    )
    connection.execute(f"with {', '.join(deletes)} select 1".encode(), {"ids": list(submission_ids)})


def standing_rows(c: Connection, period: str) -> dict[str, int]:
    """Return how many rows of the month's current submissions each fact table holds."""
    counts = " union all ".join(
        f"select '{table.fullname}', count(*) from {table.fullname} as fact where fact.period = :month"  # noqa: S608
        " and submission_id in (select submission_id from landing.submission where is_current)"
        for table in FACTS.values()
    )
    return {name: rows for name, rows in c.execute(text(counts), {"month": first_day(period)})}


def summarise(connection: psycopg.Connection[Any], submission_ids: Sequence[int]) -> None:
    """Count what the sheets about people of these submissions hold, for those who may not see the rows themselves."""
    for table in SUMMARIES.values():
        connection.execute(_summary(table.name), {"submissions": list(submission_ids)})


@cache
def _summary(name: str) -> bytes:
    return (resources.files("warehouse") / "summary_sql" / f"{name}.sql").read_bytes()


def _hold(connection: psycopg.Connection[Any], submission_id: int, period: date) -> None:
    """Keeps two loads for one provider and month from running at once."""
    held = connection.execute(
        """
        select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'load', provider_id, period), 0))
          from landing.submission
         where submission_id = %s and period = %s
        """,
        (submission_id, period),
    )
    if held.fetchone() is None:
        raise LoadError(f"Submission {submission_id} is not known as one for {period:%Y-%m}.")


def _keyed(submission_id: int, name: str, rows: "pa.Table", key: PersonKey) -> "pa.Table":
    sheet = _SHEETS.get(name)
    if sheet is None or not keyed_columns(sheet.columns):
        return rows
    keyed = persons.keyed(sheet, rows, key)
    if keyed is None:
        said = f"{', '.join(keyed_columns(sheet.columns))} is not as providers send it"
        raise LoadError(f"Submission {submission_id} was not loaded: {sheet.table}, {said}.")
    return keyed


_SHEETS = {sheet.name: sheet for sheet in FACT_SHEETS}


def _copy(connection: psycopg.Connection[Any], sheet: Sheet, submission_id: int, period: date, rows: "pa.Table") -> int:
    columns = [*ADDED, *(column.name for column in sheet.columns)]
    into = f"copy {sheet.table} ({', '.join(columns)}) from stdin (format csv)"
    if rows.num_rows:
        with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
            copy.write(_csv(sheet, submission_id, period, rows))
    return rows.num_rows


def _csv(sheet: Sheet, submission_id: int, period: date, rows: "pa.Table") -> bytes:
    """Writes a null as nothing and an empty text as two quotes, which is how COPY tells them apart."""
    import pyarrow as pa
    from pyarrow import csv

    same: dict[str, Any] = {"submission_id": pa.scalar(submission_id, pa.int64()), "period": pa.scalar(period)}
    columns: dict[str, Any] = {name: pa.repeat(value, rows.num_rows) for name, value in same.items()}
    columns |= {"row_number": rows[ROW]} | {column.name: rows[column.name] for column in sheet.columns}
    sink = pa.BufferOutputStream()
    table = pa.table(columns).select([*ADDED, *(column.name for column in sheet.columns)])
    csv.write_csv(table, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
    return sink.getvalue().to_pybytes()


def _problem(submission_id: int, table: str, error: psycopg.Error) -> str:
    broken = error.diag.constraint_name or error.diag.column_name or "no constraint"
    return f"Submission {submission_id} was not loaded: {table}, {broken} (SQLSTATE {error.sqlstate})."
