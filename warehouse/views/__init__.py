"""The views: what they are, in what order they are made, and how they are put in place.

A view that a person reads stands in its own `.sql` file; those that follow from the contract are made here. Views, and
the functions beside them, are no part of the numbered migrations: whenever anything changed, all are dropped and made
again in one transaction.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources

from sqlalchemy import Connection, Table, inspect

from warehouse import figures, functions
from warehouse.columns import literal
from warehouse.functions import Function
from warehouse.metadata import metadata
from warehouse.star import Star
from warehouse.star_catalogue import (
    DICTIONARY_ABOUT,
    DICTIONARY_COLUMNS,
    RELATIONSHIPS_ABOUT,
    RELATIONSHIPS_COLUMNS,
    dictionary,
    relationships,
)
from warehouse.star_dimensions import stars
from warehouse.tables import FACTS, SUMMARIES

FILES = (
    "delivery_state",
    "quarantined_row",
    "area_tree",
    "returned_service",
    "expected_service",
    "expected_return",
    "real_living_wage",
)
"""The `.sql` files, in the order in which they must be made; each begins with its view's name and meaning."""

RELEASES = ("release_state", "release", "indicator_value", "withdrawal", "revision", "revision_triangle")
"""Those that say what was released and what is public; the views of figures need them."""

AFTER_STAR = ("freshness", "return_coverage")
"""Those that are made after the star."""

FROM_SUBMISSION = ("provider_id", "provider_sector", "profile", "lead_la")
"""What a current row is told of its submission, after its own columns."""


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name with its schema, its select, what it means, and what its columns mean."""

    name: str
    select: str
    comment: str
    columns: Mapping[str, str] = field(default_factory=dict)


def all_views() -> tuple[View, ...]:
    """Return every view, in the order in which they must be made."""
    of_star = (_of_star(star) for star in stars())
    of_files = (*map(_of_file, FILES), *map(_of_file, RELEASES), *_of_figures())
    return (
        *map(_current, FACTS.values()),
        *of_files,
        *of_star,
        _measured_row(),
        *map(_of_file, AFTER_STAR),
        *_of_catalogue(),
    )


def all_functions() -> tuple[tuple[Function, ...], tuple[Function, ...]]:
    """Return the functions that views need, and those that need views."""
    return functions.of_files(), (
        *functions.of_facts(FROM_SUBMISSION),
        *functions.of_stars(stars()),
        *functions.of_releases(),
        *functions.of_explaining(),
    )


def make_views(c: Connection) -> None:
    """Make every view and function, with its comments."""
    for statement in view_statements():
        _run(c, statement)
    for view in (*map(_of_file, RELEASES), *_of_figures()):
        _comment_as_tables_do(c, view.name)


def _comment_as_tables_do(c: Connection, name: str) -> None:
    """Says of a view's column what its table says of it."""
    schema, _, view = name.partition(".")
    said = {column.name: column.comment for table in metadata.tables.values() for column in table.c if column.comment}
    said |= {column.name: column.comment for table in _tables_of(schema) for column in table.c if column.comment}
    for column in inspect(c).get_columns(view, schema):
        if column["name"] in said and not column["comment"]:
            _run(c, f"comment on column {name}.{column['name']} is {literal(said[column['name']])}")


def _tables_of(schema: str) -> list[Table]:
    return [table for table in metadata.tables.values() if table.schema == schema]


def drop_views(c: Connection) -> None:
    """Drop every view and function of the warehouse's schemas, so that tables may change beneath them."""
    schemas = {"schemas": sorted({table.schema for table in metadata.tables.values() if table.schema})}
    views = "select schemaname, viewname from pg_views where schemaname = any(%(schemas)s)"
    for schema, view in c.exec_driver_sql(views, schemas).all():
        c.exec_driver_sql(f'drop view if exists "{schema}"."{view}" cascade')
    calls = "select oid::regprocedure::text from pg_proc where pronamespace = any(%(schemas)s::regnamespace[])"
    there = "select array_agg(nspname::text) from pg_namespace where nspname = any(%(schemas)s)"
    for call in c.exec_driver_sql(calls, {"schemas": c.exec_driver_sql(there, schemas).scalar() or []}).scalars().all():
        c.exec_driver_sql(f"drop function {call}")


def view_statements() -> Iterator[str]:
    """Return the statements that make every view and function, each after what it needs."""
    before, after = all_functions()
    for function in before:
        yield from function.statements()
    yield from _of_views()
    for function in after:
        yield from function.statements()


def _of_views() -> Iterator[str]:
    for view in all_views():
        yield f"create view {view.name} {_barrier(view.name)}as {view.select}"
        yield f"comment on view {view.name} is {literal(view.comment)}"
        for column, comment in view.columns.items():
            yield f"comment on column {view.name}.{column} is {literal(comment)}"


def _barrier(name: str) -> str:
    """The public's questions are answered from what is public alone: no condition of theirs ever sees another row."""
    return "with (security_barrier) " if name.startswith("release_v1.") else ""


def _run(c: Connection, statement: str) -> None:
    c.exec_driver_sql(statement.replace("%", "%%"))


def _current(fact: Table) -> View:
    submission = metadata.tables["landing.submission"]
    own = [f"fact.{column.name}" for column in fact.c]
    told = [f"submission.{name}" for name in FROM_SUBMISSION]
    shown = (*fact.c, *(submission.c[name] for name in FROM_SUBMISSION))
    return View(
        f"{fact.schema}.current_{fact.name}",
        f"select {', '.join(own + told)} from {fact.fullname} as fact"  # noqa: S608
        " join landing.submission on submission.submission_id = fact.submission_id where submission.is_current",
        f"{fact.comment} Rows of the current submission of each provider and month alone.",
        {column.name: column.comment or "" for column in shown},
    )


_HEAD = re.compile(r"-- (?P<name>\w+\.\w+)\n(?P<about>(?:-- .*\n)+)")
_COLUMN = re.compile(r"--   (\w+): (.*)")


def _of_file(name: str) -> View:
    text = (resources.files("warehouse.views") / f"{name}.sql").read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"{name}.sql does not begin with its view's name and meaning")
    lines = head["about"].splitlines()
    columns = dict((match[1], match[2]) for line in lines if (match := _COLUMN.fullmatch(line)))
    about = " ".join(line[3:] for line in lines if not _COLUMN.fullmatch(line))
    return View(head["name"], text[head.end() :], about, columns)


_MEASURED_ROW = {
    "submission_id": "The submission.",
    "sheet": "The sheet.",
    "area_key": "The authority that the rows count for, as the key of it in the star.",
    "rows": "How many rows.",
}
_COUNTED = {"PEOPLE": "sum(people)::bigint", "ATTENDANCE": "sum(sessions)::bigint"}


def _measured_row() -> View:
    """Counts rows as the star shows them: the sheets about people are counts there."""
    tables = {**FACTS, **SUMMARIES}
    parts = (
        f"select submission_key, '{sheet}', area_key, {_COUNTED.get(sheet, 'count(*)')}"  # noqa: S608 - our own names
        f" from mart_v1.fct_{table.name} group by submission_key, area_key"
        for sheet, table in tables.items()
    )
    return View(
        "core.measured_row",
        f"select * from ({' union all '.join(parts)}) as counted ({', '.join(_MEASURED_ROW)})",  # noqa: S608
        "Rows of the returns that figures are measured from: how many, by sheet and the authority that they count for.",
        _MEASURED_ROW,
    )


def _of_star(star: Star) -> View:
    return View(star.name, star.select(), star.about, {column.name: column.comment for column in star.columns})


def _of_catalogue() -> Iterator[View]:
    yield View("mart_v1.relationships", relationships(), RELATIONSHIPS_ABOUT, RELATIONSHIPS_COLUMNS)
    yield View("mart_v1.data_dictionary", dictionary(), DICTIONARY_ABOUT, DICTIONARY_COLUMNS)


def _of_figures() -> Iterator[View]:
    for name, select in figures.VIEWS.items():
        yield View(name, select, figures.VIEW_COMMENTS[name], figures.VIEW_COLUMNS.get(name, {}))
