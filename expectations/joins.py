"""The checks that look across the sheets of a return: one query each in `joins/`, run by DuckDB in memory.

A query sees, for each sheet, a table with its name: `submission_id`, `_row`, the typed columns (null where a cell is
blank or broke a check of its own), `_is_refused` (the row broke a check that refuses it) and `_is_stray` (it is not
known which service it is about). Further there are `month` (its `first_day` and `last_day`), `reporting` (the sheet
that the check is about), `activity_row` (every row of a sheet of activity), `service_row` (every row about a service,
with its `sheet`), and the views of `VIEWS`. A check's share is bound as `$over` and `$up_to`. A query gives the rows
that break the rule: `submission_id, row, value, expected, other`.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from expectations.contract import Contract, Joined, Sheet
from expectations.months import first_day, last_day

if TYPE_CHECKING:
    import pyarrow as pa

REFUSED, STRAY = "_is_refused", "_is_stray"
VIEWS = ("spell", "person_level_service", "costed_service", "came")
"""Queries that others ask of, by name: the days of each service, and the services whose sums can be compared."""


class Broken(NamedTuple):
    """A row that breaks a rule across sheets, with the facts for its finding."""

    submission_id: int
    row: int
    value: str | None
    expected: str | None
    other: str | None


def join(
    contract: Contract, tables: "Mapping[str, pa.Table]", period: str, checks: Iterable[Joined] | None = None
) -> dict[str, list[Broken]]:
    """Return the rows that break each check across sheets, by the check's code; `tables` has every sheet by name.

    All of the contract's are asked where no `checks` are given.
    """
    import duckdb

    with closing(duckdb.connect(":memory:", config={"enable_external_access": False})) as connection:
        _prepare(connection, contract, tables, period)
        asked = contract.joins() if checks is None else checks
        return {check.code: _ask(connection, check, tables) for check in asked}


def _prepare(connection: Any, contract: Contract, tables: "Mapping[str, pa.Table]", period: str) -> None:
    import pyarrow as pa

    for name, table in tables.items():
        connection.register(name, table)
    connection.register("month", _month(period))
    active = [tables[sheet.name].select(["submission_id"]) for sheet in contract.sheets if sheet.is_activity]
    connection.register("activity_row", pa.concat_tables(active))
    about = [_service_rows(sheet.name, tables[sheet.name]) for sheet in contract.sheets if _is_about_service(sheet)]
    connection.register("service_row", pa.concat_tables(about))
    for view in VIEWS:
        connection.execute(f"create temp view {view} as {query(view)}")


def _is_about_service(sheet: Sheet) -> bool:
    return any(column.name == "service_id" for column in sheet.columns)


def _service_rows(name: str, table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    rows = table.select(["submission_id", "service_id", REFUSED, STRAY])
    return rows.append_column("sheet", pa.repeat(name, table.num_rows).cast(pa.string()))


def _month(period: str) -> "pa.Table":
    import pyarrow as pa

    return pa.table({"first_day": [first_day(period)], "last_day": [last_day(period)]})


def _ask(connection: Any, check: Joined, tables: "Mapping[str, pa.Table]") -> list[Broken]:
    connection.register("reporting", tables[check.sheet])
    share = None if check.share is None else asdict(check.share)
    return [Broken(*row) for row in connection.execute(query(check.query), share).fetchall()]


@cache
def query(name: str) -> str:
    """Return the text of the query called `name`."""
    return (resources.files("expectations") / "joins" / f"{name}.sql").read_text(encoding="utf-8")
