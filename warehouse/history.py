"""What a month's returns are held against: figures of the returns that stand for it and for the year before it.

One query each in `history_sql/`, over current submissions alone. What a difference means is said elsewhere.
"""

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from expectations.contract import Contract
from expectations.months import first_day, month_before

if TYPE_CHECKING:
    import pyarrow as pa

QUERIES = ("return_month", "service_month", "service_measure", "group_month")
MONTHS_BACK = 12
"""How far back a month's returns are held against earlier ones."""


def compared_facts(c: Connection, contract: Contract, period: str) -> "dict[str, pa.Table]":
    """Return the tables that the comparisons of the month `period` (YYYY-MM) are asked of, by name."""
    given = {
        "first": first_day(month_before(period, MONTHS_BACK)),
        "before": first_day(month_before(period)),
        "last": first_day(period),
        "compared": sorted(contract.rules_between),
    }
    return {name: _table(c, name, given) for name in QUERIES}


def _table(c: Connection, name: str, given: dict[str, Any]) -> "pa.Table":
    import pyarrow as pa

    asked = c.execute(text(_query(name)), given)
    schema = pa.schema([(column, _type(column)) for column in asked.keys()])  # noqa: SIM118 (no dictionary)
    return pa.Table.from_pylist([dict(row) for row in asked.mappings()], schema)


@cache
def _query(name: str) -> str:
    return (resources.files("warehouse") / "history_sql" / f"{name}.sql").read_text(encoding="utf-8")


_WORDS = {"provider_id", "service_id", "client_group", "sha256", "own_mark", "figures_mark", "measure"}


def _type(column: str) -> "pa.DataType":
    """Return the type of a column of the queries by its name; what is not named here is a whole number."""
    import pyarrow as pa

    match column:
        case "period" | "closed_on":
            return pa.date32()
        case "received_at":
            return pa.timestamp("us", "UTC")
        case "amount":
            return pa.decimal128(18, 2)
        case _ if column in _WORDS:
            return pa.string()
        case _:
            return pa.bool_() if column.startswith("is_") else pa.int64()
