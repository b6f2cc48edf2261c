"""What the rules are asked of and what they answer: a cube's files and columns, and violations."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a file breaks, with the line where it does (1 is the header) or None where it is the whole file."""

    rule: str
    file: str
    row: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Dates:
    """How periods are written: one year format, and what follows it for quarters and months."""

    year: str = "YYYY-YY"
    quarter: str | None = "Qx"
    month: str | None = "mMM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Which file is what, and which column of the data table is what, as a publisher tells StatsWales.

    `lookups` names the lookup of each dimension's column. `whole` is the code of the area whose rows are totals, and the
    column that it stands in.
    """

    data: str = "statswales/data.csv"
    update: str | None = "statswales/update.csv"
    lookups: Mapping[str, str] = field(
        default_factory=lambda: {"AreaCode": "statswales/area.csv", "GroupCode": "statswales/group.csv"}
    )
    date: str = "Period"
    dates: Dates = Dates()
    measure: str = "Measure"
    measures: str = "statswales/measure.csv"
    values: str = "Data"
    note_codes: str = "NoteCodes"
    metadata: Mapping[str, str] = field(
        default_factory=lambda: {language: f"statswales/metadata.{language}.json" for language in ("en", "cy")}
    )
    whole: tuple[str, str] | None = ("AreaCode", "W92000004")

    @property
    def key(self) -> tuple[str, ...]:
        """Return the columns that together name a fact."""
        return (*self.lookups, self.date, self.measure)

    @property
    def columns(self) -> frozenset[str]:
        """Return every column of a table of facts."""
        return frozenset((*self.key, self.values, self.note_codes))
