"""The trail of rows that had been refused and stand now: which, what had refused them, and what admitted them.

How it is found out that a row stands now is the warehouse's business; here is what is said of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

Cause = Literal["rule_mended", "waiver", "numbering", "resubmission"]
"""What admitted a row: another contract, a waiver, another submission that made its number good, or one that replaced
it with an accepted row of the same key."""


@dataclass(frozen=True, slots=True)
class Readmission:
    """Rows of one sheet of the submission `sha256` that `rules` of the contract `refused_version` had refused.

    `rows` pairs each row's number with that of the row in the submission `replaced_by` that took its place, if any.
    """

    sha256: str
    sheet: str
    rules: tuple[str, ...]
    refused_version: str
    admitted_by: Cause
    admitted_version: str
    admitted_at: datetime
    waivers: tuple[str, ...] = ()
    replaced_by: str | None = None
    rows: tuple[tuple[int, int | None], ...] = ()


def together(readmissions: Iterable[Readmission]) -> Iterator[Readmission]:
    """Yield the readmissions with rows that are alike in all else put into one, in the order of their rows."""
    alike: dict[Readmission, list[tuple[int, int | None]]] = defaultdict(list)
    for one in readmissions:
        alike[replace(one, rows=())] += one.rows
    return (replace(one, rows=tuple(sorted(rows))) for one, rows in alike.items())


def readmission_of(entry: dict[str, Any]) -> Readmission:
    """Return the readmission that a line of a book tells of."""
    lists = {name: tuple(entry[name]) for name in ("rules", "waivers")}
    rows = tuple((row, replaced) for row, replaced in entry["rows"])
    return Readmission(**{**entry, **lists, "rows": rows, "admitted_at": datetime.fromisoformat(entry["admitted_at"])})
