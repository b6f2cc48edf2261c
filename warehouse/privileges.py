"""The privilege matrix: what each role may do to each object, computed from what is declared, with no database.

`dayops documents` writes it to docs/warehouse, and a test holds a real database to it.
"""

import csv
import io
from collections.abc import Iterator
from itertools import chain

from warehouse import dimensions, figures, roles  # noqa: F401 - their tables hang on the metadata
from warehouse.metadata import SCHEMAS, metadata
from warehouse.views import all_functions, all_views

Object = tuple[str, str]
"""A kind of object and its name, with its schema and, for a function, the types of its arguments."""

OWNS = "OWNS"
_VERSIONS = "landing.schema_version"
"""The one table that Alembic makes and nobody declares."""


def objects() -> list[Object]:
    """Return every object of the warehouse: the database, schemas, tables, sequences, views and functions."""
    found = {
        "schema": SCHEMAS,
        "table": [*metadata.tables, _VERSIONS],
        "sequence": _sequences(),
        "view": [view.name for view in all_views()],
        "function": [function.name for function in chain(*all_functions())],
    }
    return [("database", "the warehouse"), *((kind, name) for kind in found for name in sorted(found[kind]))]


def matrix() -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Return what is allowed, by role, kind and name of the object; what is not there is not allowed."""
    by_place = {(grant.role, grant.schema, grant.kind): grant for grant in roles.GRANTS}
    allowed = {}
    for kind, name in objects():
        for role in roles.ROLES:
            grant = by_place.get((role.name, name.partition(".")[0], kind))
            actions = roles.ON_DATABASE.get(role.name, ()) if kind == "database" else ()
            actions = roles.allowed(grant, name) if grant else actions
            allowed[role.name, kind, name] = (OWNS,) if _is_owned(role.name, kind) else actions
    return {place: actions for place, actions in allowed.items() if actions}


def as_csv() -> str:
    """Return the matrix as CSV: an object a line, a role a column, and in each cell what it may do."""
    known = matrix()
    names = [role.name for role in roles.ROLES]
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(["kind", "object", *names])
    for kind, name in objects():
        lines.writerow([kind, name, *(" ".join(known.get((role, kind, name), ())) for role in names)])
    return written.getvalue()


def _is_owned(role: str, kind: str) -> bool:
    return role == roles.OWNER and kind != "database"


def _sequences() -> Iterator[str]:
    for table in metadata.tables.values():
        column = table.autoincrement_column
        if column is not None:
            yield f"{table.fullname}_{column.name}_seq"
