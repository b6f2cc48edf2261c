"""Tables of synthetic people in the shape of Wales: its regions, its authorities, groups, and bands; with their sums.

For the benchmark of disclosure control and for its tests. The same seed gives the same tables.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from warehouse.disclosure.tables import Cell, Equation, LinkedTables, Unit

REGIONS = (6, 1, 3, 5, 2, 3, 2)
"""How many authorities each region of Wales has; the second is Powys, whose region is its one authority."""

THRESHOLD = 5
ALL = "all"

Sums = dict[str, tuple[str, ...]]
"""Each code that is a sum, and the codes that it sums."""


def areas(regions: Sequence[int] = REGIONS) -> Sums:
    """Return Wales as the sum of its regions, and each region as the sum of its authorities."""
    numbers = itertools.count(1)
    parts = {f"R{region}": tuple(f"A{next(numbers):02}" for _ in range(size)) for region, size in enumerate(regions, 1)}
    return {"W": tuple(parts), **parts}


def categories(prefix: str, count: int) -> Sums:
    """Return `all` as the sum of so many categories."""
    return {ALL: tuple(f"{prefix}{number}" for number in range(1, count + 1))}


def people(seed: int, dimensions: Sequence[Sums], mean: float = 12.0) -> LinkedTables:
    """Return tables of counts of people over all `dimensions` with all their margins; counts of 1 to 4 are sensitive.

    Each figure weighs as much as its count, in the logarithm: to hide the total of Wales loses the most.
    """
    chance = np.random.default_rng(seed)
    levels = [_leaves(sums) for sums in dimensions]
    spread = [dict(zip(leaves, chance.gamma(1.2, 1 / 1.2, len(leaves)), strict=True)) for leaves in levels]
    counts: dict[tuple[str, ...], float] = {
        key: int(chance.poisson(mean * float(np.prod([spread[at][code] for at, code in enumerate(key)]))))
        for key in itertools.product(*levels)
    }
    return linked(counts, dimensions)


def linked(counts: Mapping[tuple[str, ...], float], dimensions: Sequence[Sums]) -> LinkedTables:
    """Return the tables of these counts of the finest cells, with all their margins, each cell a figure of its own."""
    values = dict(counts)
    for at, sums in enumerate(dimensions):
        for total, parts in reversed(sums.items()):
            for key in [key for key in values if key[at] == parts[0]]:
                values[_with(key, at, total)] = sum(values[_with(key, at, part)] for part in parts)
    keys = sorted(values)
    places = {key: place for place, key in enumerate(keys)}
    return LinkedTables(
        tuple(Cell(key, values[key], THRESHOLD if 0 < values[key] < THRESHOLD else None) for key in keys),
        tuple(Unit(key, (places[key],), 1 + float(np.log2(1 + values[key]))) for key in keys),
        tuple(
            Equation(tuple(places[key] for key in (total, *parts)), (1.0, *[-1.0] * len(parts)))
            for total, parts in _rows(keys, dimensions)
        ),
    )


def _rows(
    keys: Sequence[tuple[str, ...]], dimensions: Sequence[Sums]
) -> Iterator[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    for at, sums in enumerate(dimensions):
        for key in keys:
            if key[at] in sums:
                yield key, [_with(key, at, part) for part in sums[key[at]]]


def _leaves(sums: Sums) -> list[str]:
    return [part for parts in sums.values() for part in parts if part not in sums]


def _with(key: tuple[str, ...], at: int, code: str) -> tuple[str, ...]:
    return (*key[:at], code, *key[at + 1 :])
