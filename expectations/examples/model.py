"""The words of examples: what a rule refuses or asks about beside what it lets pass.

Most are rows, which are shown on the rule's page and are put into a good return when they are tried. What rows cannot
show (a damaged file, say) is described in words; the Welsh of them stands in `wording/cy.toml`, and the tests make it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Cells = Mapping[str, str | None]
"""The cells of a row that an example is about, by column; the row's other cells are those of the good return."""

Sheets = Mapping[str, tuple[Cells, ...]]
"""The first rows of the sheets that an example is about, or none at all; all others are those of the good return."""

FIRST_ROW = 2
"""The number of the first row under the header."""


class Place(NamedTuple):
    """Where a finding points: the sheet, the row's number in it (the header is row 1) and the column."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another return that an example rests on: the provider's own of a month before, or another provider's."""

    sheets: Sheets
    months_before: int = 0
    is_of_another_provider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An example in rows: those that break the rule, at each place in `at`, and those that keep it.

    `others` came before either of them. Where `cause` is given, the finding follows from one of that rule, there.
    """

    rule: str
    says: str
    at: tuple[Place, ...]
    fails: Sheets
    passes: Sheets
    others: tuple[Other, ...] = ()
    cause: tuple[str, Place] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An example in words: what breaks the rule, at each place in `at`, and what keeps it."""

    rule: str
    says: str
    fails: str
    passes: str
    at: tuple[Place, ...] = (Place(),)


Example = Shown | Described


def a_cell(
    rule: str, says: str, sheet: str, column: str, *, fails: str | None, passes: str | None, **others: str | None
) -> Shown:
    """Return the example of one cell that breaks the rule, or not, with the `others` that matter on its row."""
    return a_row(rule, says, sheet, column, fails={**others, column: fails}, passes={**others, column: passes})


def a_row(rule: str, says: str, sheet: str, column: str, *, fails: Cells, passes: Cells) -> Shown:
    """Return the example of one row whose finding points at `column`."""
    at = (Place(sheet, FIRST_ROW, column),)
    return Shown(rule=rule, says=says, at=at, fails={sheet: (fails,)}, passes={sheet: (passes,)})


def rows_twice(rule: str, says: str, sheet: str, column: str, *, first: Cells, other: Cells) -> Shown:
    """Return the example of a row that stands twice; with `other` as the second row neither repeats the other."""
    at = tuple(Place(sheet, number, column) for number in (FIRST_ROW, FIRST_ROW + 1))
    return Shown(rule=rule, says=says, at=at, fails={sheet: (first, first)}, passes={sheet: (first, other)})
