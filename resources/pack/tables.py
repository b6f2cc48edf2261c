"""The tables of the pack: each file's columns, their kinds, keys and references, declared once.

The CSV files, CSVW metadata, data package and Parquet schema are made of these declarations. What a row says does not
belong here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from expectations.indicators import INDICATORS

PLACES = max(measure.places for one in INDICATORS for measure in one.measures)
"""The most decimal places that a figure has."""

COVERAGE_PLACES = 4


class Kind(StrEnum):
    """What the cells of a column hold; `codes` are several codes in one cell, with commas between them."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    CODES = "codes"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its meaning in both languages stands in the wording under `pack.column` and its name."""

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = True
    places: int = PLACES


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns whose values stand in the `others` of another file."""

    columns: tuple[str, ...]
    path: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file of the pack that is a table; its title stands in the wording under `pack.table` and its name."""

    name: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(column.name for column in self.columns)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _given_or_not(*names: str, kind: Kind = Kind.TEXT) -> tuple[Column, ...]:
    return tuple(Column(name, kind, is_required=False) for name in names)


_OF_MEASURE = _texts("indicator_id", "measure", "title_en", "title_cy", "measure_en", "measure_cy", "unit")
_OF_CELL = (
    *_texts("area_code", "area_en", "area_cy", "period_kind"),
    Column("period_start", Kind.DAY),
    *_texts("period", "breakdown", "breakdown_en", "breakdown_cy", "category", "category_en", "category_cy"),
)
_KEY = ("indicator_id", "measure", "area_code", "period_kind", "period_start", "breakdown", "category")
_TO_DICTIONARY = Reference(("indicator_id", "measure"), "dictionary.csv", ("indicator_id", "measure"))

FIGURES = Table(
    name="figures",
    path="figures.csv",
    columns=(
        *_OF_MEASURE,
        *_OF_CELL,
        Column("area_level"),
        Column("through", Kind.DAY),
        *_given_or_not("value", "lower", "upper", kind=Kind.NUMBER),
        *_given_or_not("note_codes", kind=Kind.CODES),
        Column("services_expected", Kind.WHOLE),
        Column("services_returned", Kind.WHOLE),
        Column("coverage", Kind.NUMBER, is_required=False, places=COVERAGE_PLACES),
        *_given_or_not("missing_authorities", kind=Kind.CODES),
        Column("version", Kind.WHOLE),
    ),
    key=_KEY,
    references=(_TO_DICTIONARY,),
)

DICTIONARY = Table(
    name="dictionary",
    path="dictionary.csv",
    columns=(
        *_texts("indicator_id", "measure"),
        Column("version", Kind.WHOLE),
        *_texts("title_en", "title_cy", "measure_en", "measure_cy", "definition_en", "definition_cy"),
        *_texts("numerator_en", "numerator_cy"),
        *_given_or_not("denominator_en", "denominator_cy", "population_vintage"),
        *_texts("unit", "unit_en", "unit_cy"),
        Column("decimal_places", Kind.WHOLE),
        Column("direction"),
        Column("levels", Kind.CODES),
        Column("breakdowns", Kind.CODES),
        *_texts("family", "policy_source"),
    ),
    key=("indicator_id", "measure"),
)

REVISIONS = Table(
    name="revisions",
    path="revisions.csv",
    columns=(
        *_OF_MEASURE,
        *_OF_CELL,
        Column("earlier_release_id"),
        *_given_or_not("earlier_value", kind=Kind.NUMBER),
        *_given_or_not("earlier_note_codes", kind=Kind.CODES),
        *_given_or_not("value", kind=Kind.NUMBER),
        *_given_or_not("note_codes", kind=Kind.CODES),
        *_given_or_not("reason"),
    ),
    key=_KEY,
    references=(_TO_DICTIONARY,),
)

NOTE_CODES = Table(
    name="note_codes", path="note_codes.csv", columns=_texts("code", "label_en", "label_cy"), key=("code",)
)

_FACT = (
    *_texts("AreaCode", "Period", "GroupCode", "Measure"),
    *_given_or_not("Data", kind=Kind.NUMBER),
    *_given_or_not("NoteCodes", kind=Kind.CODES),
)
_LOOKUP = (
    *_texts("refcode", "description_en", "description_cy"),
    *_given_or_not("hierarchy"),
    Column("sort", Kind.WHOLE),
    *_given_or_not("note_en", "note_cy"),
)
_OF_MEASURES = (*_texts("type", "format"), Column("decimal", Kind.WHOLE))


def _facts(name: str, path: str) -> Table:
    references = tuple(
        Reference((column,), f"statswales/{lookup}.csv", ("refcode",))
        for column, lookup in (("AreaCode", "area"), ("GroupCode", "group"), ("Measure", "measure"))
    )
    key = ("AreaCode", "Period", "GroupCode", "Measure")
    return Table(name=name, path=path, columns=_FACT, key=key, references=references)


DATA = _facts("statswales-data", "statswales/data.csv")
UPDATE = _facts("statswales-update", "statswales/update.csv")
AREA = Table(name="statswales-area", path="statswales/area.csv", columns=_LOOKUP, key=("refcode",))
GROUP = Table(name="statswales-group", path="statswales/group.csv", columns=_LOOKUP, key=("refcode",))
MEASURE = Table(
    name="statswales-measure",
    path="statswales/measure.csv",
    columns=(_LOOKUP[0], *_OF_MEASURES, *_LOOKUP[1:]),
    key=("refcode",),
)
STATSWALES_NOTE_CODES = Table(
    name="statswales-note-codes",
    path="statswales/note_codes.csv",
    columns=_texts("code", "description_en", "description_cy"),
    key=("code",),
)

TABLES: Mapping[str, Table] = {
    table.path: table
    for table in (
        FIGURES,
        DICTIONARY,
        NOTE_CODES,
        REVISIONS,
        DATA,
        UPDATE,
        AREA,
        GROUP,
        MEASURE,
        STATSWALES_NOTE_CODES,
    )
}
"""Every table of the pack by its path, in reading order."""
