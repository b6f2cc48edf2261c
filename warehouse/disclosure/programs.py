"""Linear programs over what could be: changes of all unknown cells that leave every sum as it is (HiGHS).

Tolerances: HiGHS keeps rows and bounds to 1e-7. Every program here is scaled by the caller so that 1 is the change that
is asked for, and a change counts only if, worked out again, it keeps to every row within `TOLERANCE` of that.
"""

import threading
from typing import NamedTuple, Self

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

TOLERANCE = 1e-6
"""Of the change that is asked for: how far a row may be from 0, a bound be passed, and the change fall short."""

Floats = NDArray[np.float64]

_OF_THREAD = threading.local()


class Columns(NamedTuple):
    """A matrix column by column, as HiGHS takes it: where each column starts, the rows of its values, and these.

    Bare, since a program is put together thousands of times, and scipy looks through each matrix that it makes.
    """

    height: int
    starts: NDArray[np.int32]
    places: NDArray[np.int32]
    values: Floats

    @classmethod
    def of(cls, rows: sparse.csr_array | sparse.csc_array) -> Self:
        """Return the columns of a matrix."""
        turned = sparse.csc_array(rows)
        return cls(rows.shape[0], turned.indptr.astype(np.int32), turned.indices.astype(np.int32), turned.data)


class SolverError(RuntimeError):
    """A linear program could not be decided; nothing may be concluded from it."""


def least(cost: Floats, rows: Columns, low: Floats, high: Floats) -> Floats | None:
    """Return x with `low` <= x <= `high` and `rows` x = 0 for which `cost` x is least; None where there is none.

    HiGHS is asked by its own binding: that of scipy takes four times as long over programs of this size. Each program
    is solved from nothing, so that the answer does not depend on what was asked before.
    """
    if not rows.height:
        return _least_in_box(cost, low, high)
    for presolve in ("off", "on"):
        solver = _solver(cost, rows, low, high, presolve)
        match solver.getModelStatus():
            case highspy.HighsModelStatus.kOptimal:
                return np.array(solver.getSolution().col_value, dtype=float)
            case highspy.HighsModelStatus.kInfeasible:
                return None
    raise SolverError(f"a linear program of {len(cost)} columns could not be decided")


def _solver(cost: Floats, rows: Columns, low: Floats, high: Floats, presolve: str) -> highspy.Highs:
    solver = _solver_of_thread()
    solver.setOptionValue("presolve", presolve)
    width, nothing = len(cost), np.zeros(rows.height)
    by_column, smallest = int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize)
    matrix = (rows.starts, rows.places, rows.values)
    fractions = np.zeros(width, dtype=np.int32)
    sizes = (width, rows.height, len(rows.values), by_column, smallest, 0.0)
    solver.passModel(*sizes, cost, low, high, nothing, nothing, *matrix, fractions)
    solver.run()
    return solver


def _solver_of_thread() -> highspy.Highs:
    """Return the thread's own solver: to make one takes as long as to solve a small program."""
    if not hasattr(_OF_THREAD, "solver"):
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        solver.setOptionValue("threads", 1)
        _OF_THREAD.solver = solver
    found: highspy.Highs = _OF_THREAD.solver
    return found


def _least_in_box(cost: Floats, low: Floats, high: Floats) -> Floats:
    return np.where(cost > 0, low, np.where(cost < 0, high, np.clip(0.0, low, high)))


def is_kept(rows: sparse.csr_array, change: Floats, low: Floats) -> bool:
    """Return whether a change keeps to all rows and lower bounds, worked out apart from the solver."""
    within = bool(np.all(change >= low - TOLERANCE))
    return within and (not rows.shape[0] or float(np.max(np.abs(rows @ change))) <= TOLERANCE)
