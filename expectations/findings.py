"""What checking says of a submission: findings, values that were mended, refused rows, and the verdict on it all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from expectations.contract import Severity

Level = Literal["file", "sheet", "column", "row", "cell"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a submission, with its place in the provider's own file.

    `row` counts from 1 as their spreadsheet does and `cell` is its address there ("F17"); `value` is what stands there
    as typed, masked where the column is sensitive; `says` and `facts` make the sentence in either language; where
    `caused_by` is given, mending that finding mends this one; `waiver` names the waiver that makes a note of it.
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
    waiver: str | None = None

    @property
    def finding_id(self) -> str:
        """Return a name that is the same whenever the same thing is found again (16 hex digits)."""
        place = (self.submission_id, self.rule, self.says, self.sheet, self.row, self.column, self.cell, self.expected)
        return hashlib.sha256("|".join(map(str, place)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A value that was mended without doubt as to its meaning: as typed, what it became, and what was mended."""

    sheet: str
    row: int
    column: str
    value: str
    became: str
    kind: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused row: its cells as typed, by column, and the rules it broke."""

    sheet: str
    row: int
    raw: dict[str, str | None]
    rules: list[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that checking says of one submission; `header` is its RETURN row as normalised, by column.

    `waivers` names the waivers that it was judged under; None where it was refused before any row was looked at.
    """

    submission_id: int
    state: str
    findings: list[Finding] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    rows_read: int = 0
    rows_accepted: int = 0
    header: Mapping[str, object] = field(default_factory=dict)
    waivers: tuple[str, ...] | None = None


def submission_id_of(sha256: str) -> int:
    """Return the number of the submission whose bytes have the hash `sha256`."""
    return int(sha256[:15], 16)


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
