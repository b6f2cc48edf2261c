"""How the numbered migrations run: on the connection that `warehouse.connection.migrate` gives, in its transaction.

By hand (`alembic revision --autogenerate`, with `DAYOPS_WAREHOUSE_URL` set) they run on one of their own.
"""

import os

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from warehouse import dimensions, figures, tables  # noqa: F401 - their tables hang on the metadata
from warehouse.connection import one_at_a_time
from warehouse.metadata import SCHEMAS, metadata


def _is_ours(name: str | None, type_: str, parents: object) -> bool:
    del parents
    return type_ != "schema" or name in SCHEMAS


def _run(c: Connection) -> None:
    context.configure(
        connection=c,
        target_metadata=metadata,
        include_schemas=True,
        include_name=_is_ours,
        version_table="schema_version",
        version_table_schema="landing",
    )
    context.run_migrations()


def _run_by_hand() -> None:
    url = os.environ.get("DAYOPS_WAREHOUSE_URL")
    if not url:
        raise SystemExit("DAYOPS_WAREHOUSE_URL is not set: say which warehouse.")
    with create_engine(url, poolclass=NullPool).begin() as c:
        one_at_a_time(c)
        _run(c)


given = context.config.attributes.get("connection")
if given is None:
    _run_by_hand()
else:
    _run(given)
