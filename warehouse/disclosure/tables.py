"""Linked tables: cells, the published figures that tell them, and the sums that hold between them.

Plain data and its order. What is to be hidden, and what could be worked out, does not belong here.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LEAST_RANGE = 1.0
"""How far a sensitive cell must be free to rise where what it needs is on the near side of its value: no point."""


class Needs(NamedTuple):
    """How far above and below its value a cell must be possible for a reader, in the cell's own unit; 0 for no need."""

    rise: float
    fall: float


class Demand(NamedTuple):
    """A change that must be possible for a reader: of the cell at this place, up (1) or down (-1), by `need`."""

    cell: int
    sign: int
    need: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One quantity in one place, never negative.

    It is sensitive where `needed_high` or `needed_low` is given: no reader may be able to tell that the value is below
    the one (for a count of people, the threshold) or above the other, or what it is. `insider` names the one provider
    who alone contributes to it and so knows it. `is_known` is for a value that everybody knows from elsewhere, `least`
    for what everybody knows that it is not less than. One that is not `is_published`, as of figures that are not
    available, is held against everybody, but not against single providers.
    """

    key: tuple[str, ...]
    value: float
    needed_high: float | None = None
    needed_low: float | None = None
    insider: str | None = None
    is_known: bool = False
    least: float = 0.0
    is_published: bool = True

    @property
    def is_sensitive(self) -> bool:
        """Whether the cell must be protected."""
        return self.needed_high is not None or self.needed_low is not None

    @property
    def needs(self) -> Needs:
        """How far the cell must be free to move; (0, 0) where it is not sensitive."""
        if not self.is_sensitive:
            return Needs(0.0, 0.0)
        rise = 0.0 if self.needed_high is None else max(self.needed_high - self.value, 0.0)
        fall = 0.0 if self.needed_low is None else max(self.value - max(self.needed_low, 0.0), 0.0)
        return Needs(rise, fall) if rise or fall else Needs(LEAST_RANGE, 0.0)


@dataclass(frozen=True, slots=True)
class Unit:
    """One published figure, shown or hidden whole; shown, it makes its cells known to everybody.

    `cells` are places in the tables' cells. `weight` is the information that is lost by hiding it. What `is_frozen` was
    published earlier and cannot be hidden; what `was_hidden` earlier costs nearly nothing to hide again.
    """

    key: tuple[str, ...]
    cells: tuple[int, ...]
    weight: float = 1.0
    is_frozen: bool = False
    was_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """One sum that holds: `coefficients` times `cells` give what they give for the true values.

    So a total may be less than its parts, as where people are counted once at each level; the overlap counts as known.
    """

    cells: tuple[int, ...]
    coefficients: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LinkedTables:
    """All cells, figures and sums that are to be protected together; ValueError where they do not fit together."""

    cells: tuple[Cell, ...]
    units: tuple[Unit, ...]
    equations: tuple[Equation, ...]

    def __post_init__(self) -> None:
        _check_keys("cells", (cell.key for cell in self.cells))
        _check_keys("units", (unit.key for unit in self.units))
        for cell in self.cells:
            _check_amount(f"the cell {named(cell.key)}", cell.value - cell.least)
            _check_amount(f"what the cell {named(cell.key)} needs", cell.needed_high or 0.0)
        for unit in self.units:
            _check_places(unit.cells, len(self.cells))
            _check_amount(f"the weight of {named(unit.key)}", unit.weight)
        for equation in self.equations:
            _check_places(equation.cells, len(self.cells))
            if len(equation.cells) != len(equation.coefficients) or not all(map(_is_use, equation.coefficients)):
                raise ValueError("an equation has a cell without a coefficient, or one that is 0 or no number")

    @property
    def primary(self) -> frozenset[int]:
        """The units that tell a sensitive cell themselves."""
        return frozenset(
            place for place, unit in enumerate(self.units) if any(self.cells[cell].is_sensitive for cell in unit.cells)
        )

    @property
    def demands(self) -> tuple[Demand, ...]:
        """What must be possible, cell by cell."""
        return tuple(
            Demand(place, sign, need)
            for place, cell in enumerate(self.cells)
            for sign, need in zip((1, -1), cell.needs, strict=True)
            if need > 0
        )

    def known(self, hidden: Collection[int]) -> NDArray[np.bool_]:
        """Return for each cell whether everybody knows it while the units of `hidden` are hidden."""
        known = np.array([cell.is_known for cell in self.cells], dtype=bool)
        out = frozenset(hidden)
        for place, unit in enumerate(self.units):
            if place not in out:
                known[list(unit.cells)] = True
        return known

    def matrix(self) -> sparse.csr_array:
        """Return the equations as rows over the cells, each scaled so that its largest coefficient is 1."""
        lengths = [len(equation.cells) for equation in self.equations]
        starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        places = np.array([cell for equation in self.equations for cell in equation.cells], dtype=np.int64)
        scaled = [part / max(map(abs, row.coefficients)) for row in self.equations for part in row.coefficients]
        shape = (len(self.equations), len(self.cells))
        return sparse.csr_array((np.array(scaled, dtype=float), places, starts), shape=shape)

    def in_order(self) -> tuple["LinkedTables", tuple[int, ...], tuple[int, ...]]:
        """Return the same tables in the order of their keys, and the places that its cells and units had."""
        cells = tuple(sorted(range(len(self.cells)), key=lambda place: self.cells[place].key))
        units = tuple(sorted(range(len(self.units)), key=lambda place: self.units[place].key))
        new = {old: place for place, old in enumerate(cells)}
        tables = LinkedTables(
            tuple(self.cells[place] for place in cells),
            tuple(_moved(self.units[place], new) for place in units),
            tuple(
                sorted({_in_order(row, new) for row in self.equations}, key=lambda row: (row.cells, row.coefficients))
            ),
        )
        return tables, cells, units


def named(key: tuple[str, ...]) -> str:
    """Return a key as it is written in messages."""
    return " / ".join(key)


def _moved(unit: Unit, new: dict[int, int]) -> Unit:
    return Unit(unit.key, tuple(sorted(new[cell] for cell in unit.cells)), unit.weight, unit.is_frozen, unit.was_hidden)


def _in_order(row: Equation, new: dict[int, int]) -> Equation:
    """Return a row in the order of its cells, its first coefficient positive: an equation may be written two ways."""
    parts = sorted((new[cell], coefficient) for cell, coefficient in zip(row.cells, row.coefficients, strict=True))
    sign = 1.0 if not parts or parts[0][1] > 0 else -1.0
    return Equation(tuple(cell for cell, _ in parts), tuple(sign * coefficient for _, coefficient in parts))


def _is_use(coefficient: float) -> bool:
    return math.isfinite(coefficient) and coefficient != 0


def _check_amount(what: str, amount: float) -> None:
    if not (math.isfinite(amount) and amount >= 0):
        raise ValueError(f"{what} is negative or no number")


def _check_keys(what: str, keys: Iterable[tuple[str, ...]]) -> None:
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise ValueError(f"two {what} have the key {named(min(twice))}")


def _check_places(places: tuple[int, ...], count: int) -> None:
    if len(set(places)) != len(places) or not all(0 <= place < count for place in places):
        raise ValueError("a unit or an equation names a cell that is not there, or one twice")
