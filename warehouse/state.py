"""The state hash: one SHA-256 that is the same whenever the warehouse knows the same, however it came to know it.

Every business row is hashed inside Postgres: with its file's hash in place of the submission's number, and without
times of receipt and running numbers. Releases are no part of it: they are decisions, and are not rebuilt from returns.
Nor is the trail of readmissions: it tells what happened, not what is known. References of people are kept under a key
that changes, so what is hashed is which rows are about one person, not what stands for the person in them.
"""

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Table, text

from expectations.pseudonyms import keyed_columns
from warehouse import dimensions, figures, landing  # noqa: F401 - their tables hang on the metadata
from warehouse.metadata import metadata
from warehouse.tables import FACT_SHEETS

PERSON_REFS = "restricted.person_ref"
"""Stands beside the tables for which of their rows are about the same person."""

_RELEASES = {"core.release", "core.release_decision", "core.released_figure"}
_LEFT_OUT = {"landing.warehouse_state", "landing.readmission", "restricted.person_key"} | _RELEASES
_KEYED = {sheet.table: keyed_columns(sheet.columns) for sheet in FACT_SHEETS if keyed_columns(sheet.columns)}
_SCHEMAS = {"landing", "restricted", "core", "mart_v1"}


def state_hash(c: Connection) -> str:
    """Return the SHA-256 over every business row of the warehouse."""
    lines = (f"{name} {digest}\n" for name, digest in sorted(state_hashes(c).items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def state_hashes(c: Connection, only: Collection[str] | None = None) -> dict[str, str]:
    """Return the SHA-256 over the business rows of each table (or of `only` some), to see which of them differ."""
    c.execute(text("select set_config('datestyle', 'ISO, YMD', true), set_config('bytea_output', 'hex', true)"))
    asked = {table.fullname: _hash_of(table) for table in _business_tables()} | {PERSON_REFS: _hash_of_persons()}
    one_moment = " union all ".join(query for name, query in asked.items() if only is None or name in only)
    return {name: digest for name, digest in c.exec_driver_sql(one_moment)}


def _business_tables() -> Iterator[Table]:
    for name, table in sorted(metadata.tables.items()):
        if table.schema in _SCHEMAS and name not in _LEFT_OUT:
            yield table


def _is_business(column: Column[Any]) -> bool:
    return not isinstance(column.type, DateTime) and not column.info.get("is_running_number")


def _is_hashed(table: Table, column: Column[Any]) -> bool:
    apart = ("submission_id", *_KEYED.get(table.fullname, ()))
    return column.name not in apart and _is_business(column)


def rows_sha256(c: Connection, name: str, submission_id: int) -> str:
    """Return the SHA-256 over the rows of one submission in the table called `name`, under whichever key they stand."""
    table = metadata.tables[name]
    part = f"select {_row(table)} as part from {name} where submission_id = {submission_id}"  # noqa: S608
    return str(c.exec_driver_sql(_digest(name, part)).one().digest)


def _row(table: Table) -> str:
    names = sorted(f'"{column.name}"' for column in table.c if _is_hashed(table, column))
    return f"sha256(convert_to(row({', '.join(names)})::text, 'UTF8'))"


def _hash_of(table: Table) -> str:
    row = _row(table)
    of_submission = "submission_id" in table.c and "sha256" not in table.c
    parts = _by_submission(table, row) if of_submission else f"select {row} as part from {table.fullname}"  # noqa: S608
    return _digest(table.fullname, parts)


def _digest(name: str, parts: str) -> str:
    digest = "encode(sha256(coalesce(string_agg(part, ''::bytea order by part), ''::bytea)), 'hex')"
    return f"select '{name}' as name, {digest} as digest from ({parts}) as part"  # noqa: S608


def _by_submission(table: Table, row: str) -> str:
    """Sorts rows within their submission only, which stays quick and within bounds at any number of them."""
    return f"""
        select sha256(
                   convert_to(submission.sha256, 'UTF8') || string_agg(fact.hash, ''::bytea order by fact.hash)
               ) as part
          from (select submission_id, {row} as hash from {table.fullname}) as fact
          join landing.submission on submission.submission_id = fact.submission_id
         group by submission.sha256
    """  # noqa: S608


def _hash_of_persons() -> str:
    """Hashes, for each person, the places of all rows about them: the same under every key."""
    places = " union all ".join(_places(table, name) for table, (name,) in _KEYED.items())
    person = "sha256(string_agg(place, ''::bytea order by place)) as part"
    return _digest(PERSON_REFS, f"select {person} from ({places}) as stands group by person")  # noqa: S608


def _places(table: str, name: str) -> str:
    return f"""
        select person, sha256(convert_to(concat_ws(' ', '{table}', submission.sha256, rows), 'UTF8')) as place
          from (
              select submission_id, {name} as person, string_agg(row_number::text, ',' order by row_number) as rows
                from {table}
               group by submission_id, {name}
          ) as fact
          join landing.submission on submission.submission_id = fact.submission_id
    """  # noqa: S608
