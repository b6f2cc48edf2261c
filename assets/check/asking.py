"""Which rows of a batch break which checks: what rests on one cell alone is asked of each different cell once.

How a check is asked is said in `expectations.suites`; what is told of it, in `telling`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assets.check.batch import Batch, Cells, frame
from assets.check.telling import looked_at
from expectations.contract import RowCheck, Unique

if TYPE_CHECKING:
    import numpy as np

_FEWER = 2
"""By how many times a column's different cells must be fewer than the rows, for it to be worth asking them apart."""


def broken_rows(checks: Sequence[RowCheck], batch: Batch, period: str) -> "dict[str, np.ndarray]":
    """Return, for each check by its code, the positions in the batch of the rows that break it, in order.

    Raises:
        CannotAsk: A check was not answered, or answered without naming its rows.
    """
    from expectations.suites import ask

    columns = {check.column for check in checks if _rests_on_one_cell(check)}
    codes = {column: _codes(batch.cells[column]) for column in columns}
    apart = {column: different for column, different in codes.items() if len(different) * _FEWER <= len(batch)}
    alone = [check for check in checks if check.column in apart and _rests_on_one_cell(check)]
    together = [check for check in checks if check not in alone]
    cells = _different(batch, apart)
    answers = ask(together, frame(_only(batch, _columns(together))), period)
    of_cells = ask(alone, frame(cells), period)
    for check in alone:
        broken = cells.cells[check.column].read[of_cells[check.code]]
        answers[check.code] = _rows_with(batch.cells[check.column], broken)
    return answers


def _rests_on_one_cell(check: RowCheck) -> bool:
    return check.when is None and not isinstance(check, Unique) and looked_at(check) == {check.column}


def _columns(checks: Iterable[RowCheck]) -> set[str]:
    """Return the columns that must be there for these checks to be asked."""
    conditions = {check.when.column for check in checks if check.when is not None}
    return conditions.union(*({check.column} | looked_at(check) for check in checks))


def _only(batch: Batch, columns: set[str]) -> Batch:
    return replace(batch, cells={name: cells for name, cells in batch.cells.items() if name in columns})


def _different(batch: Batch, codes: "Mapping[str, np.ndarray]") -> Batch:
    """Return a batch of as few rows as hold each different cell of each column: they have nothing else in common."""
    import numpy as np

    height = max(map(len, codes.values()), default=0)
    cells = {name: replace(batch.cells[name], read=np.resize(own, height)) for name, own in codes.items()}
    return Batch(batch.sheet, np.zeros(height, dtype=np.int64), np.arange(height, dtype=np.int32), cells)


def _codes(cells: Cells) -> "np.ndarray":
    """Return which of the column's texts stand in any row at all; -1 where a cell is blank."""
    import numpy as np

    return np.flatnonzero(np.bincount(cells.read + 1, minlength=len(cells.texts) + 1)) - 1


def _rows_with(cells: Cells, codes: "np.ndarray") -> "np.ndarray":
    """Return the positions of the rows in which one of these texts stands (-1: none)."""
    import numpy as np

    is_broken = np.zeros(len(cells.texts) + 1, dtype=bool)
    is_broken[codes] = True
    return np.flatnonzero(is_broken[cells.read])
