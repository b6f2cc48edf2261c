"""What the rules are asked of and what they answer: a cube's files and columns, and violations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

RULES: Mapping[str, str] = {
    "missing_file": "Every file of the cube is there.",
    "not_utf8": "Files are written in UTF-8.",
    "not_csv": "Tables are CSV.",
    "no_rows": "A table has rows under its header.",
    "unnamed_column": "Every column has a heading.",
    "duplicate_column": "No two columns have one heading.",
    "ragged_row": "Every row has as many cells as the header.",
    "no_data_value_column": "There is a column of figures.",
    "no_note_codes": "There is a column of note codes, though it be empty.",
    "no_measure_column": "There is a column of measures, though there be one measure.",
    "no_date_column": "There is a column of periods.",
    "no_dimension_column": "There is a column for every dimension.",
    "unmatched_columns": "There is no other column, and an update has the columns of the data.",
    "incomplete_fact": "A fact has a code in every dimension, a period and a measure.",
    "duplicate_fact": "A fact stands once.",
    "non_numeric_data_value": "A figure is digits with at most a sign and a point, or a time.",
    "blank_without_code": "A blank figure has a note code that says why.",
    "bad_note_codes": "Note codes are those that StatsWales has.",
    "total_without_code": "A figure for all of Wales is marked as a total or an average.",
    "bad_date": "A period is a year, quarter or month in the formats that are declared.",
    "mixed_year_formats": "All periods have their year in one format.",
    "too_many_places": "A figure has no more decimal places than are shown of its measure.",
    "update_differs": "An update says what the data says.",
    "update_unknown": "An update has no figure that the data has not.",
    "unmatched_codes": "Every code of the data is in its lookup, written the same.",
    "no_join_column": "A lookup has one column of reference codes.",
    "missing_language": "Everything is said in English and in Welsh.",
    "ambiguous_language": "No two headings are read as the same language.",
    "blank_code": "Every row of a lookup has a reference code.",
    "duplicate_code": "A reference code stands once in each language.",
    "duplicate_description": "No two codes are described alike.",
    "orphan_hierarchy": "A code is below a code that is there.",
    "two_parents": "A code is below one other at most.",
    "hierarchy_loop": "No code is below itself.",
    "sort_not_integer": "A sort order is a whole number.",
    "unknown_type": "A measure is of a type that StatsWales has.",
    "unknown_format": "A measure is shown in a format that StatsWales has.",
    "bad_decimal": "The decimal places of a measure are a whole number from nought.",
    "bad_metadata": "Metadata is JSON.",
    "missing_metadata": "Every part of the metadata is filled in.",
    "bad_link": "A related report has an address that starts with https:// and a text.",
}
"""What each rule asks, by its name; those that StatsWales names are called as it calls them."""


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

    `lookups` names the lookup of each dimension's column. `whole` is the column of areas, and in it the code whose rows
    are totals.
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
