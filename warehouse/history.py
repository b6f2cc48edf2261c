"""What a month's returns are held against: figures of the returns that stand for it and for the year before it.

One query each in `history_sql/`, over current submissions alone. What a difference means is said elsewhere. The queries
are such as DuckDB understands too, so that returns which are in no warehouse can be asked the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
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


_NEEDED = (
    "landing.submission",
    "landing.finding",
    "restricted.quarantine",
    "core.service_month",
    "core.activity",
    "core.finance",
)
"""The tables that the queries are asked of."""

_WHOSE = {"service_id", "commissioning_la"}

Facts = dict[str, "pa.Table"]
"""What the comparisons of a month are asked of, by name."""

Ask = Callable[[Contract, str], Facts]
"""Gives the facts for the month YYYY-MM, held to a contract."""


def compared_facts(c: Connection, contract: Contract, period: str) -> Facts:
    """Return what the comparisons of the month `period` (YYYY-MM) are asked of: what the warehouse knows."""
    facts: Facts = {}
    for name in QUERIES:
        asked = c.execute(text(_query(name, contract)), _given(contract, period))
        facts[name] = _table(list(asked.keys()), asked.tuples().all())
    return facts


@contextmanager
def facts_of(tables: "Mapping[str, pa.Table]") -> Iterator[Ask]:
    """Lend what gives the same facts of returns that are in no warehouse.

    `tables` are those of the warehouse that the queries are asked of, by their names there (`core.activity`), with the
    columns that are asked for.
    """
    import duckdb

    with closing(duckdb.connect(":memory:", config={"enable_external_access": False})) as connection:
        for schema in dict.fromkeys(name.partition(".")[0] for name in _NEEDED):
            connection.execute(f"create schema {schema}")
        for name in _NEEDED:
            connection.from_arrow(tables[name]).create(name)
        yield partial(_facts_in, connection)


def _facts_in(connection: Any, contract: Contract, period: str) -> Facts:
    given, facts = _given(contract, period), Facts()
    for name in QUERIES:
        query = _BOUND.sub(r"$\1", _query(name, contract))
        bound = {key: value for key, value in given.items() if f"${key}" in query}
        asked = connection.execute(query, bound)
        facts[name] = _table([column[0] for column in asked.description], asked.fetchall())
    return facts


_BOUND = re.compile(r"(?<!:):([a-z]+)")


def _given(contract: Contract, period: str) -> dict[str, Any]:
    return {
        "first": first_day(month_before(period, MONTHS_BACK)),
        "before": first_day(month_before(period)),
        "last": first_day(period),
        "compared": sorted(contract.rules_between),
    }


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> "pa.Table":
    import pyarrow as pa

    schema = pa.schema([(column, _type(column)) for column in columns])
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema)


def _query(name: str, contract: Contract) -> str:
    own = [f"activity.{column.name}" for column in contract.sheet("ACTIVITY").columns]
    whose = [f"activity.{column}" for column in _WHOSE]
    figures = [column for column in own if column not in whose]
    return _text_of(name).replace("{own}", ", ".join(own)).replace("{any}", ", ".join(figures))


@cache
def _text_of(name: str) -> str:
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
