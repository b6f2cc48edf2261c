"""The difference between two versions of a return: row by row by each sheet's key, cell by cell, and in the figures.

Only accepted rows are compared: what was refused is in quarantine. References of people are masked in what is returned.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, FromClause, Table, Text, and_, func, or_, select, text, tuple_, update
from sqlalchemy.sql.expression import cast

from expectations.contract import Area, Sheet
from expectations.discretion import discreet_cell
from expectations.sheets import RETURN
from warehouse.indicators import asked, query
from warehouse.metadata import metadata
from warehouse.tables import FACT_SHEETS, FACTS

_SUBMISSION = metadata.tables["landing.submission"]
NOTHING = 0
"""Stands for a version where there is none: no submission has this number."""

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that differs: its column, and its value in either version; None where it is blank."""

    column: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that only one version has, or that differs: its key, its number in either file, and its cells."""

    sheet: str
    change: Change
    key: dict[str, str | None]
    old_row: int | None
    new_row: int | None
    cells: tuple[Cell, ...] = field(default_factory=tuple)


def between(c: Connection, old: int, new: int, sheets: Iterable[str] | None = None) -> list[RowChange]:
    """Return what differs between the accepted rows of two submissions, sheet by sheet, in the order of their keys."""
    wanted = None if sheets is None else set(sheets)
    changes = list(_of_return(c, old, new)) if wanted is None or RETURN.name in wanted else []
    for sheet in FACT_SHEETS:
        if wanted is None or sheet.name in wanted:
            changes += _of_sheet(c, sheet, old, new)
    return changes


def _of_return(c: Connection, old: int, new: int) -> Iterator[RowChange]:
    columns = [_SUBMISSION.c[column.name] for column in RETURN.columns]
    found = c.execute(select(_SUBMISSION.c.submission_id, *columns).where(_SUBMISSION.c.submission_id.in_([old, new])))
    said = {row["submission_id"]: dict(row) for row in found.mappings()}
    if old in said and new in said:
        cells = tuple(_cells(RETURN, said[old], said[new]))
        if cells:
            key = {name: _shown(RETURN, name, said[new][name]) for name in RETURN.key}
            yield RowChange(RETURN.name, "changed", key, None, None, cells)


def _of_sheet(c: Connection, sheet: Sheet, old: int, new: int) -> Iterator[RowChange]:
    fact = FACTS[sheet.name]
    was, now = _rows(fact, old, "was"), _rows(fact, new, "now")
    same_key = and_(*(_comparable(was, name) == _comparable(now, name) for name in sheet.key))
    names = [column.name for column in sheet.columns]
    differs = or_(
        was.c.row_number.is_(None),
        now.c.row_number.is_(None),
        *(was.c[name].is_distinct_from(now.c[name]) for name in names),
    )
    columns = [one.c[name].label(f"{mark}_{name}") for one, mark in ((was, "o"), (now, "n")) for name in (_ROW, *names)]
    order = [func.coalesce(cast(was.c[name], Text), cast(now.c[name], Text), "") for name in sheet.key]
    joined = was.outerjoin(now, same_key, full=True)
    rows = c.execute(select(*columns).select_from(joined).where(differs).order_by(*order)).mappings()
    for row in rows:
        yield _row_change(sheet, {name: (row[f"o_{name}"], row[f"n_{name}"]) for name in (_ROW, *names)})


_ROW = "row_number"


def _rows(fact: Table, submission_id: int, name: str) -> FromClause:
    return select(fact).where(fact.c.submission_id == submission_id).subquery(name)


def _comparable(rows: FromClause, name: str) -> Any:
    """Return a key's column as text, blank for null: a full join wants something that is equal to itself."""
    return func.coalesce(cast(rows.c[name], Text), "")


def _row_change(sheet: Sheet, cells: dict[str, tuple[Any, Any]]) -> RowChange:
    old_row, new_row = cells[_ROW]
    change: Change = "added" if old_row is None else "removed" if new_row is None else "changed"
    key = {name: _shown(sheet, name, cells[name][old_row is None]) for name in sheet.key}
    old, new = ({name: pair[side] for name, pair in cells.items()} for side in (0, 1))
    return RowChange(sheet.name, change, key, old_row, new_row, tuple(_cells(sheet, old, new)))


def _cells(sheet: Sheet, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Cell]:
    for column in sheet.columns:
        name = column.name
        if old[name] != new[name]:
            yield Cell(name, _shown(sheet, name, old[name]), _shown(sheet, name, new[name]))


def _shown(sheet: Sheet, name: str, value: Any) -> str | None:
    return None if value is None else discreet_cell(sheet, name, str(value))


# --- in the figures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure of an area, before protection."""

    indicator_id: str
    measure: str
    title: str
    unit: str
    decimal_places: int
    area_code: str
    period_kind: str
    period_start: date
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a figure is with one version of a return and with another."""

    figure: Figure
    old: Decimal | None
    new: Decimal | None

    @property
    def is_changed(self) -> bool:
        """Tell whether the figure differs."""
        return self.old != self.new


def stand(c: Connection, submission_id: int, *, instead_of: int) -> None:
    """Have one submission (or NOTHING) stand for its month instead of another; for a transaction that is undone."""
    chosen = _SUBMISSION.c.submission_id
    provider_and_month = select(_SUBMISSION.c.provider_id, _SUBMISSION.c.period).distinct()
    theirs = provider_and_month.where(chosen.in_([submission_id, instead_of]))
    standing = tuple_(_SUBMISSION.c.provider_id, _SUBMISSION.c.period).in_(theirs) & _SUBMISSION.c.is_current
    c.execute(update(_SUBMISSION).where(standing).values(is_current=False))
    c.execute(update(_SUBMISSION).where(chosen == submission_id).values(is_current=True))


def areas_of(c: Connection, submission_ids: Sequence[int]) -> list[str]:
    """Return the areas that submissions tell of: authorities, the regions that they are in, and Wales."""
    named = (_areas(sheet, column.name) for sheet in FACT_SHEETS for column in sheet.columns if _is_area(column.kind))
    told = f"select distinct ancestor_code from core.area_tree where area_code in ({' union '.join(named)}) order by 1"  # noqa: S608
    return list(c.scalars(text(told), {"ids": list(submission_ids)}))


def _is_area(kind: object) -> bool:
    return isinstance(kind, Area)


def _areas(sheet: Sheet, column: str) -> str:
    return f"select {column} from {sheet.table} where submission_id = any(:ids)"  # noqa: S608 - our own names


def headline_figures(c: Connection, month: date, areas: Sequence[str]) -> list[Figure]:
    """Return each measure's figure for each of the areas, as measured last, in reading order."""
    found = c.execute(text(query("effect")), {**asked(month), "areas": list(areas)})
    return [Figure(**row) for row in found.mappings()]


def effects(old: Iterable[Figure], new: Iterable[Figure]) -> list[Effect]:
    """Return each figure of `new` beside what it was."""
    before = {_key(one): one.value for one in old}
    return [Effect(one, before.get(_key(one)), one.value) for one in new]


def _key(one: Figure) -> tuple[object, ...]:
    return one.indicator_id, one.measure, one.area_code, one.period_kind, one.period_start
