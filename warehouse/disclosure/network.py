"""The network of cells that may move, and the cheapest change in it that moves one cell as far as it needs.

A change keeps every sum, so that it runs through the tables as a flow; it costs the weight of the shown figures
whose cells it moves. Which of the changes to take does not belong here.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from warehouse.disclosure.programs import TOLERANCE, Columns, Floats, is_kept, least
from warehouse.disclosure.tables import Demand, LinkedTables, Unit

AGAIN = 1e-3
"""What hiding a figure costs that was hidden before, as a part of its weight."""

_LENGTH = 1e-5
"""The cost of moving a cell at all, beside a usual weight of 1: of two changes that cost the same, the shorter."""
_STEPS = 3
"""How many sums away from a cell a cheap change is looked for, before it is looked for everywhere."""
_SMALL = 400
"""Networks of no more cells are looked at whole at once, and gone through again and again."""
_NOTHING = 1e-9
"""A move of less than this part of the need is none."""

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Network:
    """Cells that may move, joined by sums and figures; places of cells and units are those in the whole tables.

    `falls` is by how much a cell may be less than it is. The rows stand over `cells` alone: what is fixed cannot move.
    Figures that tell the same cells are one of the `units`, since they are hidden together or not at all; `parts` are
    the cells that each tells, as places in `cells`, and `tells` is the same as a matrix.
    """

    cells: Places
    falls: Floats
    rows: sparse.csr_array
    units: tuple[Places, ...]
    parts: tuple[Places, ...]
    tells: sparse.csr_array
    weights: Floats
    insiders: tuple[str | None, ...]
    demands: tuple[Demand, ...]
    published: Mask
    _possible: dict[tuple[Demand, str], float] = field(default_factory=dict)
    _own: dict[str | None, Mask] = field(default_factory=dict)
    _around: dict[int, Mask] = field(default_factory=dict)
    pattern: sparse.csr_array = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", sparse.csr_array(abs(self.rows)))

    @property
    def is_large(self) -> bool:
        """Whether the network has so many cells that time must be spared."""
        return len(self.cells) > _SMALL

    def unknown(self, hidden: Mask) -> Mask:
        """Return the cells that no unit tells which is not `hidden`."""
        return np.asarray(self.tells.T @ ~hidden == 0, dtype=bool)

    def touched(self, moving: Mask) -> Mask:
        """Return the units that tell a cell which is moving."""
        return np.asarray(self.tells @ moving > 0, dtype=bool)

    def own(self, name: str | None) -> Mask:
        """Return the cells that the provider alone contributes to."""
        if name not in self._own:
            own = [name is not None and insider == name for insider in self.insiders]
            self._own[name] = np.array(own, dtype=bool)
        return self._own[name]

    def around(self, cell: int) -> Mask:
        """Return the cells that are near a cell: between which no more than a few sums lie."""
        if cell not in self._around:
            self._around[cell] = self._near(cell)
        return self._around[cell]

    def _near(self, cell: int) -> Mask:
        mask = np.zeros(len(self.cells), dtype=bool)
        mask[cell] = True
        for _ in range(_STEPS):
            mask = (self.pattern.T @ (self.pattern @ mask > 0)) > 0
        return mask

    def possible(self, demand: Demand, name: str) -> float:
        """Return what part of the demand a provider must think possible by his own values, while nothing is shown."""
        if (demand, name) not in self._possible:
            self._possible[demand, name] = self._part(demand, self.own(name))
        return self._possible[demand, name]

    def _part(self, demand: Demand, own: Mask) -> float:
        low = np.where(own, 0.0, -self.falls / demand.need)
        high = np.where(own, 0.0, np.inf)
        low[demand.cell] = max(low[demand.cell], -1.0)
        high[demand.cell] = min(high[demand.cell], 1.0)
        cost = np.zeros(len(self.cells))
        cost[demand.cell] = -float(demand.sign)
        found = least(cost, Columns.of(self.rows), low, high)
        return 0.0 if found is None else abs(float(found[demand.cell]))

    def served(self, change: "Change", demand: Demand) -> bool:
        """Return whether a change, or its opposite, moves the demand's cell as far as it needs."""
        scale = change.of[demand.cell]
        if abs(scale) < demand.need:
            return False
        moved = change.moves * (demand.sign * demand.need / scale)
        return bool(np.all(self.falls[change.places] + moved >= -TOLERANCE * demand.need))


class Change(NamedTuple):
    """A change of all cells, and which of them it moves, by how much."""

    of: Floats
    places: Places
    moves: Floats

    @classmethod
    def given(cls, change: Floats) -> Self:
        """Return a change together with what it moves."""
        places = np.flatnonzero(change)
        return cls(change, places, change[places])


@dataclass(frozen=True)
class Routes:
    """The cheapest changes among those `open` cells of a network, at costs for those units that have any.

    Where it `is_near`, those of a large network that reach far are not looked for.
    """

    network: Network
    open: Mask
    priced: Mask
    is_near: bool = False
    rows: Columns = field(init=False)
    several: Places = field(init=False)
    tellers: Places = field(init=False)
    told: Places = field(init=False)
    single: sparse.csr_array = field(init=False)

    def __post_init__(self) -> None:
        sizes = np.array([len(part) for part in self.network.parts], dtype=int)
        object.__setattr__(self, "several", np.flatnonzero(self.priced & (sizes > 1)))
        alone = np.flatnonzero(self.priced & (sizes == 1))
        places = np.array([self.network.parts[unit][0] for unit in alone], dtype=int)
        shape = (len(self.network.cells), len(sizes))
        object.__setattr__(self, "single", sparse.csr_array((np.ones(len(alone)), (places, alone)), shape=shape))
        parts = [self.network.parts[unit] for unit in self.several]
        object.__setattr__(self, "tellers", np.repeat(np.arange(len(parts)), [len(part) for part in parts]))
        object.__setattr__(self, "told", np.concatenate([*parts, np.array([], dtype=int)]))
        object.__setattr__(self, "rows", Columns.of(self._rows()))

    def _rows(self) -> sparse.csc_array:
        """Return the rows over rises and falls of all cells, then the use of each unit of several cells, and its slack.

        A unit is used at least as much as each of its cells moves.
        """
        sums = self.network.rows[np.flatnonzero(abs(self.network.rows) @ self.open.astype(float)), :]
        count, tells = len(self.network.cells), np.arange(len(self.told))
        shape = len(self.told), count
        moves = sparse.csr_array((np.full(len(self.told), -1.0), (tells, self.told)), shape=shape)
        used = sparse.csr_array(
            (np.ones(len(self.told)), (tells, self.tellers)), shape=(len(self.told), len(self.several))
        )
        if not len(self.told):
            return sparse.csc_array(sparse.hstack([sums, -sums]))
        slack = -sparse.eye_array(len(self.told))
        return sparse.csc_array(sparse.block_array([[sums, -sums, None, None], [moves, moves, used, slack]]))

    def cheapest(self, demand: Demand, weights: Floats, blocked: Mask) -> Floats | None:
        """Return the change of all cells that meets the demand and costs the least; None where there is none.

        The `blocked` cells do not move. `weights` are those of units. In a large network it is looked for nearby first.
        """
        moving = self.open & ~blocked
        if self.network.is_large:
            found = self._cheapest(demand, weights, moving & self.network.around(demand.cell))
            if found is not None or self.is_near:
                return found
        return self._cheapest(demand, weights, moving)

    def _cheapest(self, demand: Demand, weights: Floats, moving: Mask) -> Floats | None:
        count = len(self.network.cells)
        rise, fall = np.where(moving, np.inf, 0.0), np.where(moving, self.network.falls / demand.need, 0.0)
        use = np.zeros(len(self.several))
        use[self.tellers[moving[self.told]]] = np.inf
        high = np.concatenate([rise, fall, use, use[self.tellers]])
        low = np.zeros(len(high))
        wanted = demand.cell if demand.sign > 0 else count + demand.cell
        if high[wanted] < 1 - _NOTHING:
            return None
        low[wanted] = high[wanted] = 1.0
        high[demand.cell + count if demand.sign > 0 else demand.cell] = 0.0
        cost = self.single @ weights + _LENGTH
        costs = np.concatenate([cost, cost, weights[self.several], np.zeros(len(self.told))])
        used = np.flatnonzero(high > 0)
        found = least(costs[used], filled(self.rows, used), low[used], high[used])
        return None if found is None else self._change(demand, found, used)

    def _change(self, demand: Demand, found: Floats, used: Places) -> Floats | None:
        count = len(self.network.cells)
        full = np.zeros(len(self.rows.starts) - 1)
        full[used] = found
        change = full[:count] - full[count : 2 * count]
        change[np.abs(change) < _NOTHING] = 0.0
        sound = is_kept(self.network.rows, change, -self.network.falls / demand.need)
        return change * demand.need if sound else None


def filled(rows: Columns, columns: Places) -> Columns:
    """Return these columns of the rows, without the rows that are empty in all of them."""
    lengths = np.diff(rows.starts)[columns]
    starts = np.zeros(len(columns) + 1, dtype=np.int32)
    np.cumsum(lengths, out=starts[1:])
    taken = np.repeat(rows.starts[columns] - starts[:-1], lengths) + np.arange(starts[-1])
    own = rows.places[taken]
    is_there = np.zeros(rows.height, dtype=bool)
    is_there[own] = True
    places = (np.cumsum(is_there, dtype=np.int32) - 1)[own].astype(np.int32)
    return Columns(int(is_there.sum()), starts, places, rows.values[taken])


def fixed(tables: LinkedTables) -> Mask:
    """Return the cells that no choice of figures can make unknown: known from elsewhere, or published before."""
    return tables.known([place for place, unit in enumerate(tables.units) if not unit.is_frozen])


def networks(tables: LinkedTables) -> Iterator[Network]:
    """Yield the networks, each with a demand at least, into which the tables fall when what is fixed is taken out."""
    free = np.flatnonzero(~fixed(tables))
    rows, tells = tables.matrix()[:, free], _tells(tables, free)
    demands = [demand for demand in tables.demands if _is_among(demand.cell, free)]
    joined = sparse.vstack([abs(rows), tells])
    height = joined.shape[0]
    graph = sparse.block_array([[None, joined], [joined.T, None]]) if height else sparse.csr_array((len(free),) * 2)
    _, labels = connected_components(graph, directed=False)
    of_cells = labels[height:]
    for label in sorted({int(of_cells[np.searchsorted(free, demand.cell)]) for demand in demands}):
        yield _network(tables, rows, tells, free, np.flatnonzero(of_cells == label))


def _is_among(place: int, places: Places) -> bool:
    at = int(np.searchsorted(places, place))
    return at < len(places) and int(places[at]) == place


def _tells(tables: LinkedTables, free: Places) -> sparse.csr_array:
    """Return which unit (row) tells which free cell (column)."""
    starts = np.concatenate([[0], np.cumsum([len(unit.cells) for unit in tables.units], dtype=np.int64)])
    places = np.array([cell for unit in tables.units for cell in unit.cells], dtype=np.int64)
    shape = (len(tables.units), len(tables.cells))
    return sparse.csr_array((np.ones(len(places)), places, starts), shape=shape)[:, free]


def _network(
    tables: LinkedTables, rows: sparse.csr_array, tells: sparse.csr_array, free: Places, own: Places
) -> Network:
    sums = rows[:, own]
    sums = sparse.csr_array(sums[np.flatnonzero(np.diff(sparse.csr_array(sums).indptr)), :])
    parts = sparse.csr_array(tells[:, own])
    units, told = _alike(parts)
    cells = free[own]
    return Network(
        cells=cells,
        falls=np.array([tables.cells[cell].value - tables.cells[cell].least for cell in cells], dtype=float),
        rows=sums,
        units=units,
        parts=told,
        tells=parts[np.array([each[0] for each in units], dtype=int), :],
        weights=_weights(tables, units),
        insiders=tuple(tables.cells[cell].insider for cell in cells),
        demands=tuple(_within(tables, cells)),
        published=np.array([tables.cells[cell].is_published for cell in cells], dtype=bool),
    )


def _alike(parts: sparse.csr_array) -> tuple[tuple[Places, ...], tuple[Places, ...]]:
    """Return the figures that tell something, those together that tell the same cells, and which cells those are."""
    units: dict[tuple[int, ...], list[int]] = {}
    for unit in np.flatnonzero(np.diff(parts.indptr)):
        told = sorted(map(int, parts.indices[parts.indptr[unit] : parts.indptr[unit + 1]]))
        units.setdefault(tuple(told), []).append(int(unit))
    return tuple(map(_places, units.values())), tuple(map(_places, units))


def _places(of: Sequence[int]) -> Places:
    return np.array(of, dtype=np.intp)


def _weights(tables: LinkedTables, units: Iterable[Places]) -> Floats:
    """Return the weights of units, of which the middle one becomes 1; less for those that were hidden before."""
    chosen = [math.fsum(_weight(tables.units[unit]) for unit in together) for together in units]
    weights = np.array(chosen, dtype=float)
    return weights / (float(np.median(weights)) or 1.0) if len(weights) else weights


def _weight(unit: Unit) -> float:
    return unit.weight * (AGAIN if unit.was_hidden else 1.0)


def _within(tables: LinkedTables, cells: Places) -> Iterator[Demand]:
    for at, cell in enumerate(cells):
        for sign, need in zip((1, -1), tables.cells[cell].needs, strict=True):
            if need > 0:
                yield Demand(at, sign, need)
