"""The attacker: what a reader could work out of the figures that are shown, by linear programs of his own.

He is the strongest there can be: he knows every shown figure unrounded, every sum, and that no value is negative; as an
insider he knows his own values as well. Nothing here comes from whoever chose what to hide, so that this can judge it.
What to hide does not belong here.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from warehouse.disclosure.apart import Each
from warehouse.disclosure.programs import TOLERANCE, Columns, Floats, least
from warehouse.disclosure.tables import Demand, LinkedTables

FAR = 1000.0
"""A bound this many times the value is given as infinite: it tells nothing."""

Mask = NDArray[np.bool_]


class Exposure(NamedTuple):
    """A sensitive cell of which too much can be worked out, and between which bounds.

    `cell` is its place in the tables; `insider` is the provider who can do it, None for everybody.
    """

    cell: int
    key: tuple[str, ...]
    low: float
    high: float
    insider: str | None


def attack(tables: LinkedTables, hidden: Collection[int], *, each: Each = map) -> tuple[Exposure, ...]:
    """Return every sensitive cell that is exposed while the units of `hidden` are hidden, in the order of keys.

    `each` goes through what groups of insiders could work out.
    """
    if not any(cell.is_sensitive for cell in tables.cells):
        return ()
    ordered, cells, _ = tables.in_order()
    reader = _Reader(ordered, ~tables.known(hidden)[list(cells)])
    found = [*reader.as_anybody(), *(one for of_some in each(exposed_to, reader.insiders_apart()) for one in of_some)]
    placed = (exposure._replace(cell=cells[exposure.cell]) for exposure in found)
    return tuple(sorted(placed, key=lambda exposure: (exposure.key, exposure.insider or "")))


@dataclass(frozen=True, slots=True)
class _Part:
    """The unknown cells that sums join together, and those sums; nothing outside has a bearing on them."""

    cells: NDArray[np.intp]
    rows: sparse.csr_array
    columns: Columns


@dataclass
class _Reader:
    """Somebody who reads what is shown; `at_risk` are the insiders from whom a demand is not yet known to be safe."""

    tables: LinkedTables
    unknown: Mask
    rows: sparse.csr_array = field(init=False)
    values: Floats = field(init=False)
    falls: Floats = field(init=False)
    insiders: NDArray[np.object_] = field(init=False)
    at_risk: dict[Demand, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = self.tables.matrix()
        self.values = np.array([cell.value for cell in self.tables.cells], dtype=float)
        self.falls = self.values - np.array([cell.least for cell in self.tables.cells], dtype=float)
        self.insiders = np.array([cell.insider or "" for cell in self.tables.cells], dtype=object)

    def as_anybody(self) -> Iterator[Exposure]:
        """Yield what everybody can work out."""
        failed = self._failed(self.unknown, self.tables.demands)
        yield from self._exposures(self.unknown, failed, None)

    def insiders_apart(self) -> "list[Insiders]":
        """Return the insiders from whom something is not yet known to be safe, in a few groups."""
        names = sorted(set().union(*self.at_risk.values()))
        return [Insiders(self, tuple(names[start::_GROUPS])) for start in range(min(_GROUPS, len(names)))]

    def as_insiders(self, names: Iterable[str]) -> Iterator[Exposure]:
        """Yield what each of these providers can work out beyond that, of cells that are not its own."""
        for name in names:
            own = self.insiders == name
            unknown = self.unknown & ~own
            failed = self._failed(unknown, [demand for demand in self._at_risk(name) if not own[demand.cell]])
            failed = [demand for demand in failed if not self._is_told_by_books(unknown, own, demand)]
            yield from self._exposures(unknown, failed, name)

    def _is_told_by_books(self, unknown: Mask, own: Mask, demand: Demand) -> bool:
        """Return whether an insider learns no more of a cell than he could while nothing was published at all."""
        nothing = np.array([not cell.is_known for cell in self.tables.cells], dtype=bool) & ~own
        apart = self._reach(nothing, demand)
        return apart < 1 - TOLERANCE and self._reach(unknown, demand) >= apart - 2 * TOLERANCE

    def _reach(self, unknown: Mask, demand: Demand) -> float:
        """Return what part of a demand can be met."""
        for part, _ in _parts(self.rows, _undetermined(self.rows, unknown), [demand]):
            moved = self._moved(part, [demand], demand.need)
            return abs(float(moved[np.searchsorted(part.cells, demand.cell)]))
        return 0.0

    def _at_risk(self, name: str) -> list[Demand]:
        return [demand for demand, names in self.at_risk.items() if name in names]

    def _failed(self, unknown: Mask, demands: Sequence[Demand]) -> list[Demand]:
        """Return the demands that cannot be met by a change of the cells that are `unknown`."""
        open_cells = _undetermined(self.rows, unknown)
        failed = [demand for demand in demands if not open_cells[demand.cell]]
        for part, of_part in _parts(self.rows, open_cells, demands):
            failed += self._failed_in(part, of_part)
        return failed

    def _failed_in(self, part: _Part, demands: list[Demand]) -> list[Demand]:
        left = self._met_together(part, [demand for demand in demands if demand.sign > 0])
        left += self._met_together(part, [demand for demand in demands if demand.sign < 0])
        return self._met_one_by_one(part, left)

    def _met_together(self, part: _Part, demands: list[Demand]) -> list[Demand]:
        """Let many cells move as far as they need at once, over and over; return the demands that are not met so."""
        while len(demands) > 1:
            scale = math.exp(sum(math.log(demand.need) for demand in demands) / len(demands))
            left = self._unmet(part, demands, self._moved(part, demands, scale), scale)
            if len(left) == len(demands):
                break
            demands = left
        return demands

    def _met_one_by_one(self, part: _Part, demands: list[Demand]) -> list[Demand]:
        failed = []
        while demands:
            demand = demands[0]
            left = self._unmet(part, demands, self._moved(part, [demand], demand.need), demand.need)
            if left and left[0] == demand:
                failed.append(demand)
            demands = [other for other in left if other != demand]
        return failed

    def _moved(self, part: _Part, demands: list[Demand], scale: float) -> Floats:
        """Return a change, in units of `scale`, that moves the cells of `demands` the way and as far as they need."""
        cost, low = np.zeros(len(part.cells)), -self.falls[part.cells] / scale
        high = np.full(len(part.cells), np.inf)
        for demand in demands:
            place = int(np.searchsorted(part.cells, demand.cell))
            cost[place] = -demand.sign * scale / demand.need
            if demand.sign > 0:
                high[place] = demand.need / scale
            else:
                low[place] = max(low[place], -demand.need / scale)
        moved = least(cost, part.columns, low, high)
        return np.zeros(len(part.cells)) if moved is None else moved

    def _unmet(self, part: _Part, demands: list[Demand], moved: Floats, scale: float) -> list[Demand]:
        """Return the demands that a change does not meet, and note from whom those that it meets are safe."""
        names = frozenset(self.insiders[part.cells[moved != 0]].tolist()) - {""}
        places = np.searchsorted(part.cells, [demand.cell for demand in demands])
        missed, left = self._missed(part, moved, scale), []
        for demand, reached in zip(demands, moved[places] * scale, strict=True):
            is_reached = demand.sign * reached >= (1 - TOLERANCE) * demand.need
            if is_reached and missed <= TOLERANCE * demand.need:
                self._note(demand, names)
            else:
                left.append(demand)
        return left

    def _missed(self, part: _Part, moved: Floats, scale: float) -> float:
        """Return by how much a change misses a sum or a bound at most, worked out apart from the solver."""
        below = float(np.max(-self.falls[part.cells] - moved * scale, initial=0.0))
        return max(below, float(np.max(np.abs(part.rows @ moved), initial=0.0)) * scale)

    def _note(self, demand: Demand, moved_of: frozenset[str]) -> None:
        cell = self.tables.cells[demand.cell]
        others = moved_of - {cell.insider or ""} if cell.is_published else frozenset()
        self.at_risk[demand] = self.at_risk.get(demand, others) & others

    def _exposures(self, unknown: Mask, failed: Iterable[Demand], insider: str | None) -> Iterator[Exposure]:
        open_cells = _undetermined(self.rows, unknown)
        cells = sorted({demand.cell for demand in failed})
        ranges = {cell: (float(self.values[cell]),) * 2 for cell in cells}
        for part, asked in _parts(self.rows, open_cells, [Demand(cell, 1, 1.0) for cell in cells]):
            ranges |= {demand.cell: self._range(part, demand.cell) for demand in asked}
        for cell in cells:
            yield Exposure(cell, self.tables.cells[cell].key, *ranges[cell], insider)

    def _range(self, part: _Part, cell: int) -> tuple[float, float]:
        """Return the bounds between which the cell must lie."""
        value = float(self.values[cell])
        scale = max(value, 1.0)
        place = np.searchsorted(part.cells, cell)
        fall = self._moved(part, [Demand(cell, -1, scale)], scale)[place] * scale
        rise = self._moved(part, [Demand(cell, 1, scale * FAR)], scale)[place] * scale
        return max(value + fall, 0.0), math.inf if rise >= scale * FAR * (1 - TOLERANCE) else value + rise


_GROUPS = 4
"""Into how many groups insiders are put, each of whom is a reader by himself."""


class Insiders(NamedTuple):
    """Some providers who read what is shown."""

    reader: _Reader
    names: tuple[str, ...]

    @property
    def weight(self) -> int:
        """Return how much there is to do."""
        return len(self.names) * len(self.reader.tables.cells)


def exposed_to(insiders: Insiders) -> list[Exposure]:
    """Return what the insiders can work out; it rests on nothing beside them."""
    return list(insiders.reader.as_insiders(insiders.names))


def _undetermined(rows: sparse.csr_array, unknown: Mask) -> Mask:
    """Return the cells that are still unknown when each sum with one unknown cell has told it, over and over."""
    pattern = abs(rows).sign()
    while True:
        alone = (pattern @ unknown) == 1
        told = unknown & ((pattern.T @ alone) > 0)
        if not told.any():
            return unknown
        unknown = unknown & ~told


def _parts(rows: sparse.csr_array, unknown: Mask, demands: Sequence[Demand]) -> Iterator[tuple[_Part, list[Demand]]]:
    """Yield the parts that fall apart when what is known is taken out, those with demands, and their demands."""
    cells = np.flatnonzero(unknown)
    among = rows[:, cells]
    labels = _labels(among)
    by_label: dict[int, list[Demand]] = {}
    for demand in demands:
        if unknown[demand.cell]:
            by_label.setdefault(int(labels[np.searchsorted(cells, demand.cell)]), []).append(demand)
    for label in sorted(by_label):
        own = np.flatnonzero(labels == label)
        columns = sparse.csc_array(among[:, own])
        kept = sparse.csr_array(columns)
        kept = kept[np.flatnonzero(np.diff(kept.indptr)), :]
        yield _Part(cells[own], kept, Columns.of(kept)), by_label[label]


def _labels(rows: sparse.csr_array) -> NDArray[np.int32]:
    """Return for each column the number of the connected part that it lies in."""
    height, width = rows.shape
    joined = (
        sparse.block_array([[None, rows], [rows.T, None]], format="csr") if height else sparse.csr_array((width, width))
    )
    _, labels = connected_components(joined, directed=False)
    return np.asarray(labels[height:], dtype=np.int32)
