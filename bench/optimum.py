"""The least weight that must be hidden in small linked tables, found exactly and apart from the suppressor.

One mixed-integer program (scipy's `milp`): a switch for each figure, and for each need a change of all cells that keeps
the sums, meets the need and moves only cells whose figures are switched off. It takes minutes beyond some 60 cells.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from warehouse.disclosure.tables import LinkedTables

REACH = 20.0
"""No cell needs to move by more than this many times the need, in tables of a few sums."""


def least_weight(tables: LinkedTables, seconds: float = 60.0) -> float:
    """Return the least weight of units, primary ones included, that protect every need; ValueError if it takes longer.

    Insiders are left out, and so are frozen units.
    """
    needs = [
        (place, sign, need)
        for place, cell in enumerate(tables.cells)
        for sign, need in zip((1.0, -1.0), cell.needs, strict=True)
        if need > 0
    ]
    units, cells = len(tables.units), len(tables.cells)
    blocks = [_block(tables, units + at * cells, units + len(needs) * cells, *need) for at, need in enumerate(needs)]
    width = units + len(needs) * cells
    low, high = np.full(width, -np.inf), np.full(width, np.inf)
    low[:units], high[:units] = 0, 1
    low[list(tables.primary)] = 1
    for at, (place, sign, _) in enumerate(needs):
        column = units + at * cells + place
        low[column] = high[column] = sign
    found = milp(
        np.concatenate([[unit.weight for unit in tables.units], np.zeros(width - units)]),
        integrality=np.concatenate([np.ones(units), np.zeros(width - units)]),
        bounds=Bounds(low, high),
        constraints=[constraint for block in blocks for constraint in block],
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if found.status != 0:
        raise ValueError(f"no optimum was found: {found.message}")
    return float(found.fun)


def _block(
    tables: LinkedTables, start: int, width: int, place: int, sign: float, need: float
) -> list[LinearConstraint]:
    """Return the constraints of one need: its sums, and for each cell that it moves only where its units are hidden."""
    rows = sparse.lil_array((len(tables.equations), width))
    for at, equation in enumerate(tables.equations):
        rows[at, [start + cell for cell in equation.cells]] = equation.coefficients
    tells = [(unit, cell) for unit, of_unit in enumerate(tables.units) for cell in of_unit.cells]
    up, down = sparse.lil_array((len(tells), width)), sparse.lil_array((len(tells), width))
    for at, (unit, cell) in enumerate(tells):
        up[at, start + cell], up[at, unit] = 1.0, -REACH
        down[at, start + cell], down[at, unit] = 1.0, tables.cells[cell].value / need
    return [
        LinearConstraint(rows.tocsr(), 0, 0),
        LinearConstraint(up.tocsr(), -np.inf, 0),
        LinearConstraint(down.tocsr(), 0, np.inf),
    ]
