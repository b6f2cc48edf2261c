"""The checks that hold a return against others: one query each in `comparisons/`, run by DuckDB in memory.

A query sees what the warehouse knows of the returns that stand for the month and for the year before it:
`return_month` (this month and the one before, with marks by which equal figures are known), `service_month` (each
service with `is_sound`: nothing was found in its figures; `is_clear`: no row was put aside that may be about it),
`service_measure` (people, hours and costs), `group_month` (people enrolled, started and left) and the view `measured`.
`$this_month` is the month's first day, `$column` the check's column; `plain()` writes an amount as people do. A query
gives the returns that break the rule: `submission_id, row, value, expected, other`, no row where it is about a sheet.
"""

from collections.abc import Mapping
from contextlib import closing
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from expectations.contract import Compared, Contract
from expectations.months import first_day

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = "create temp macro plain(amount) as rtrim(rtrim(amount::decimal(18, 2)::varchar, '0'), '.')"


class Unlike(NamedTuple):
    """A return that breaks a rule between returns, with its row, if it is about one, and the facts for its finding."""

    submission_id: int
    row: int | None
    value: str | None
    expected: str | None
    other: str | None


def compare(contract: Contract, tables: "Mapping[str, pa.Table]", period: str) -> dict[str, list[Unlike]]:
    """Return what breaks each check between returns for the month `period` (YYYY-MM), by the check's code."""
    import duckdb

    with closing(duckdb.connect(":memory:", config={"enable_external_access": False})) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute(_PLAIN)
        connection.execute(f"create temp view measured as {query('measured')}")
        return {check.code: _ask(connection, check, period) for check in contract.comparisons()}


def _ask(connection: Any, check: Compared, period: str) -> list[Unlike]:
    asked = query(check.query)
    given = {"this_month": first_day(period), "column": check.column}
    bound = {name: value for name, value in given.items() if f"${name}" in asked}
    return [Unlike(*row) for row in connection.execute(asked, bound).fetchall()]


@cache
def query(name: str) -> str:
    """Return the text of the query called `name`."""
    return (resources.files("expectations") / "comparisons" / f"{name}.sql").read_text(encoding="utf-8")
