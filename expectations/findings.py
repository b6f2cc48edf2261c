"""A finding: one thing that is wrong, or worth asking about, in one place of one submission."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from expectations.contract import Severity

Level = Literal["file", "sheet", "column", "row", "cell"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a submission, with its place in the provider's own file.

    `row` counts from 1 as their spreadsheet does and `cell` is its address there ("F17"); `value` is what stands there
    as typed, masked where the column is sensitive; `says` and `facts` make the sentence in either language; where
    `caused_by` is given, mending that finding mends this one.
    """

    submission_id: int
    rule: str
    severity: Severity
    level: Level
    says: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    value: str | None = None
    expected: str | None = None
    other: str | None = None
    caused_by: str | None = None

    @property
    def finding_id(self) -> str:
        """Return a name that is the same whenever the same thing is found again (16 hex digits)."""
        place = (self.submission_id, self.rule, self.says, self.sheet, self.row, self.column, self.cell, self.expected)
        return hashlib.sha256("|".join(map(str, place)).encode()).hexdigest()[:16]


def letters(column: int) -> str:
    """Return the spreadsheet letters of the `column`th column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def masked(value: str) -> str:
    """Return `value` with all but its first character hidden, so that a person can find it and nobody can read it."""
    return value[:1] + "•" * min(len(value) - 1, 11)
