"""The functions that SQL may call: what they are, and the statements that make them.

Those that a person reads stand in their own `.sql` file, which begins with the signature and the meaning; those that
give each fact table as it was known at a moment follow from the contract. They are made and dropped with the views.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from sqlalchemy import Table

from warehouse.tables import FACTS

BEFORE_VIEWS = ("waivers_in_force", "set_aside_at", "current_at")
"""The `.sql` files, in the order in which they must be made; views may call them."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its signature with its schema, what follows it in `create function`, and what it means."""

    signature: str
    body: str
    comment: str

    @property
    def name(self) -> str:
        """Return its name with its schema and the types of its arguments."""
        return re.sub(r"\w+ (\w+)(?=[,)])", r"\1", self.signature)

    def statements(self) -> tuple[str, str]:
        """Return the statements that make it."""
        told = self.comment.replace("'", "''")
        return f"create function {self.signature} {self.body}", f"comment on function {self.name} is '{told}'"


def of_files() -> tuple[Function, ...]:
    """Return the functions that stand in files of their own."""
    return tuple(map(_of_file, BEFORE_VIEWS))


def of_facts(told: Iterable[str]) -> tuple[Function, ...]:
    """Return, for each fact table, the function that gives its rows as known at a moment; made after the views.

    A row has the columns of the table's view of current rows: its own, then `told`, those of its submission.
    """
    return tuple(_at(fact, [f"submission.{name}" for name in told]) for fact in FACTS.values())


_HEAD = re.compile(r"-- (?P<signature>\w+\.\w+\(.*\))\n(?P<about>(?:-- .*\n)+)")


def _of_file(name: str) -> Function:
    text = (resources.files("warehouse.functions") / f"{name}.sql").read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"{name}.sql does not begin with its function's signature and meaning")
    about = " ".join(line[3:] for line in head["about"].splitlines())
    return Function(head["signature"], text[head.end() :], about)


_EXAMPLE = "select * from {}_at('2026-10-20 12:00 Europe/London') where period = '2026-08-01'"


_RIGHTS = {"core": "security definer set search_path = pg_catalog, pg_temp "}
"""With whose rights a schema's functions run: analysts ask those of core, and may not read landing, as these must."""


def _at(fact: Table, told: Iterable[str]) -> Function:
    shown = [*(f"fact.{column.name}" for column in fact.c), *told]
    query = (
        f"select {', '.join(shown)} from landing.current_at(known_at) as stood"  # noqa: S608
        " join landing.submission on submission.submission_id = stood.submission_id"
        f" join {fact.fullname} as fact on fact.submission_id = stood.submission_id"
    )
    return Function(
        f"{fact.schema}.{fact.name}_at(known_at timestamptz)",
        f"returns setof {fact.schema}.current_{fact.name} language sql stable {_RIGHTS.get(fact.schema or '', '')}"
        f"as $${query}$$",
        f"{fact.comment} Rows of the submission that stood for each provider and month at the moment known_at, as in"
        f" landing.current_at. Example: {_EXAMPLE.format(fact.fullname)}",
    )
