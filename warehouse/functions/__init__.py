"""The functions that SQL may call: what they are, and the statements that make them.

Those that a person reads stand in their own `.sql` file, which begins with the signature and the meaning; those that
give each fact table as it was known at a moment follow from the contract. They are made and dropped with the views.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from sqlalchemy import Table

from warehouse import figures
from warehouse.columns import literal
from warehouse.star import Star
from warehouse.tables import FACTS

BEFORE_VIEWS = ("waivers_in_force", "set_aside_at", "current_at", "baseline_of", "wilson", "byar")
"""The `.sql` files, in the order in which they must be made; views may call them."""

AFTER_VIEWS = (
    "headline_of",
    "months_behind",
    "returns_behind",
    "explain_releases",
    "explain_figure",
    "explain_submissions",
    "explain_quarantine",
    "explain_missing",
    "explain_indicator",
)
"""Those that look into views: what is behind a figure, and its explanation."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its signature with its schema, what follows it in `create function`, and what it means."""

    signature: str
    body: str
    comment: str

    @property
    def name(self) -> str:
        """Return its name with its schema and the types of its arguments."""
        return re.sub(r"\w+ (\w+)(?: default [^,)]+)?(?=[,)])", r"\1", self.signature)

    def statements(self) -> tuple[str, str]:
        """Return the statements that make it."""
        told = literal(self.comment)
        return f"create function {self.signature} {self.body}", f"comment on function {self.name} is {told}"


_OWNERS_RIGHTS = "security definer set search_path = pg_catalog, pg_temp"
"""How those run that analysts may call: they look into landing, which analysts may not read, as views do."""


def of_files() -> tuple[Function, ...]:
    """Return the functions in files of their own that views may call."""
    return tuple(map(_of_file, BEFORE_VIEWS))


def of_explaining() -> tuple[Function, ...]:
    """Return the functions in files of their own that tell what is behind a figure; made after the views."""
    return tuple(map(_of_file, AFTER_VIEWS))


def of_facts(told: Iterable[str]) -> tuple[Function, ...]:
    """Return, for each fact table, the function that gives its rows as known at a moment; made after the views.

    A row has the columns of the table's view of current rows: its own, then `told`, those of its submission.
    """
    return tuple(_at(fact, [f"submission.{name}" for name in told]) for fact in FACTS.values())


def of_stars(stars: Iterable[Star]) -> tuple[Function, ...]:
    """Return, for each view of the star that has one, the function that gives its rows as known at a moment."""
    return tuple(_star_at(star, star.known_at) for star in stars if star.known_at is not None)


def of_releases() -> tuple[Function, ...]:
    """Return the function that gives released figures as they were published at a moment."""
    newest = """(
        select distinct on (period) release_id, period
        from release_v1.release
        where publish_at <= known_at
        order by period, number desc
    )"""
    name, select = "release_v1.indicator_as_known_at", figures.NEWEST_FIGURES.format(newest=newest)
    example = f"select * from {name}('2026-10-20 12:00 Europe/London') where indicator_id = 'DO03'"  # noqa: S608
    about = (
        "Each figure as last published at the moment known_at, withdrawn releases left out, with labels in both"
        f" languages. Example: {example}"
    )
    body = f"returns setof release_v1.latest_indicator language sql stable as $${select}$$"
    return (Function(f"{name}(known_at timestamptz)", body, about),)


_MONTHS = "first_month date default '-infinity', last_month date default 'infinity'"


def _star_at(star: Star, source: str) -> Function:
    name = f"{star.name}_as_known_at"
    example = f"select * from {name}('2026-10-20 12:00 Europe/London', '2026-08-01', '2026-08-01')"  # noqa: S608
    return Function(
        f"{name}(known_at timestamptz, {_MONTHS})",
        f"returns setof {star.name} language sql stable {_OWNERS_RIGHTS} as $${star.select(source)}$$",
        f"{star.about} As they stood at the moment known_at, from first_month to last_month. Example: {example}",
    )


_HEAD = re.compile(r"-- (?P<signature>\w+\.\w+\(.*\))\n(?P<about>(?:-- .*\n)+)")


def _of_file(name: str) -> Function:
    text = (resources.files("warehouse.functions") / f"{name}.sql").read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"{name}.sql does not begin with its function's signature and meaning")
    about = " ".join(line[3:] for line in head["about"].splitlines())
    return Function(head["signature"], text[head.end() :], about)


_EXAMPLE = "select * from {}_at('2026-10-20 12:00 Europe/London') where period = '2026-08-01'"


def _at(fact: Table, told: Iterable[str]) -> Function:
    rights = _OWNERS_RIGHTS if fact.schema == "core" else ""
    shown = [*(f"fact.{column.name}" for column in fact.c), *told]
    query = (
        f"select {', '.join(shown)} from landing.current_at(known_at) as stood"  # noqa: S608
        " join landing.submission on submission.submission_id = stood.submission_id"
        f" join {fact.fullname} as fact on fact.submission_id = stood.submission_id"
    )
    return Function(
        f"{fact.schema}.{fact.name}_at(known_at timestamptz)",
        f"returns setof {fact.schema}.current_{fact.name} language sql stable {rights} as $${query}$$",
        f"{fact.comment} Rows of the submission that stood for each provider and month at the moment known_at, as in"
        f" landing.current_at. Example: {_EXAMPLE.format(fact.fullname)}",
    )
