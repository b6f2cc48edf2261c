"""Releases carried over where the warehouse is dropped and built again: they do not follow from the archive alone.

They wait in a schema of their own, so that nothing is lost where a rebuild is cut short: whoever migrates next brings
them back.
"""

from sqlalchemy import Connection, Table, inspect, text

from warehouse.figures import release, release_decision, released_figure

_KEPT = "dayops_kept"
_TABLES = (release, release_decision, released_figure)


def set_aside(c: Connection) -> None:
    """Move the releases out of the schemas that are to be dropped, unless some wait already."""
    if _is_waiting(c) or not all(_is_there(c, table) for table in _TABLES):
        return
    c.execute(text(f"create schema {_KEPT}"))
    for table in _TABLES:
        c.execute(text(f"alter table {table.fullname} set schema {_KEPT}"))


def let_go(c: Connection) -> None:
    """Drop the releases that wait."""
    c.execute(text(f"drop schema if exists {_KEPT} cascade"))


def bring_back(c: Connection) -> None:
    """Put the releases that wait into the warehouse's own tables."""
    if not _is_waiting(c):
        return
    for table in _TABLES:
        there = {column["name"] for column in inspect(c).get_columns(table.name, _KEPT)}
        names = ", ".join(column.name for column in table.c if column.name in there)
        c.execute(text(f"insert into {table.fullname} ({names}) select {names} from {_KEPT}.{table.name}"))  # noqa: S608
    let_go(c)


def _is_waiting(c: Connection) -> bool:
    return bool(c.scalar(text("select to_regnamespace(:name) is not null"), {"name": _KEPT}))


def _is_there(c: Connection, table: Table) -> bool:
    return bool(c.scalar(text("select to_regclass(:name) is not null"), {"name": table.fullname}))
