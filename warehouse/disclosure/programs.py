"""Linear programs over what could be: changes of all unknown cells that leave every sum as it is (scipy's HiGHS).

Tolerances: HiGHS keeps rows and bounds to 1e-7. Every program here is scaled by the caller so that 1 is the change that
is asked for, and a change counts only if, worked out again, it keeps to every row within `TOLERANCE` of that.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

TOLERANCE = 1e-6
"""Of the change that is asked for: how far a row may be from 0, a bound be passed, and the change fall short."""

Floats = NDArray[np.float64]

_INFEASIBLE = 2
_SOLVED = 0


class SolverError(RuntimeError):
    """A linear program could not be decided; nothing may be concluded from it."""


def least(cost: Floats, rows: sparse.csc_array, low: Floats, high: Floats) -> Floats | None:
    """Return x with `low` <= x <= `high` and `rows` x = 0 for which `cost` x is least; None where there is none.

    Nothing is asked to be a whole number; `milp` is taken because it asks HiGHS the same as `linprog` with less ado.
    """
    if not rows.shape[0]:
        return _least_in_box(cost, low, high)
    for presolve in (True, False):
        sums = LinearConstraint(rows, 0.0, 0.0)
        found = milp(cost, bounds=Bounds(low, high), constraints=sums, options={"presolve": presolve})
        if found.status == _SOLVED:
            return np.asarray(found.x, dtype=float)
        if found.status == _INFEASIBLE:
            return None
    raise SolverError(f"a linear program of {len(cost)} columns could not be decided")


def _least_in_box(cost: Floats, low: Floats, high: Floats) -> Floats:
    return np.where(cost > 0, low, np.where(cost < 0, high, np.clip(0.0, low, high)))


def is_kept(rows: sparse.csr_array, change: Floats, low: Floats) -> bool:
    """Return whether a change keeps to all rows and lower bounds, worked out apart from the solver."""
    within = bool(np.all(change >= low - TOLERANCE))
    return within and (not rows.shape[0] or float(np.max(np.abs(rows @ change))) <= TOLERANCE)
