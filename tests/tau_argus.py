"""The engine of tau-ARGUS (`pytauargus`), asked about linked tables: a judge of them that is not ours.

Tables go to it in its own JJ format: a line a cell (value, cost, status, bounds that everybody knows, protection below
and above), then a line an equation. Every cell must be a figure of its own.
"""

import contextlib
from collections.abc import Collection
from pathlib import Path

from pytauargus._tauargus import HiTaSCtrl, audit_jj

from warehouse.disclosure.tables import LinkedTables

FAR = 1e6
"""Everybody knows that a count is below this."""
SECONDS = 20
"""How long it may look for the best that it can hide."""


def intervals(tables: LinkedTables, hidden: Collection[int], folder: Path) -> dict[int, tuple[float, float]]:
    """Return the bounds that its audit finds for each hidden cell."""
    path = folder / "audit.jj"
    path.write_text(_jj(tables, hidden, 1.0), encoding="ascii")
    with contextlib.chdir(folder):  # where it leaves its logs
        return {found["cell"]: (found["min"], found["max"]) for found in audit_jj(str(path))}


def protected(tables: LinkedTables, folder: Path, part: float) -> frozenset[int]:
    """Return the units that it hides, at the least weight, for `part` of the protection that the cells need."""
    given, taken = folder / "in.jj", folder / "out.jj"
    given.write_text(_jj(tables, tables.primary, part), encoding="ascii")
    with contextlib.chdir(folder):  # where it leaves its logs
        status = HiTaSCtrl().full_jj(str(given), str(taken), SECONDS)
    assert status <= 1, f"tau-ARGUS gave up with status {status}"
    secondary = {int(line.split()[0]) for line in taken.read_text(encoding="ascii").splitlines() if line.strip()}
    return tables.primary | {place for place, unit in enumerate(tables.units) if unit.cells[0] in secondary}


def _jj(tables: LinkedTables, hidden: Collection[int], part: float) -> str:
    weights = {unit.cells[0]: unit.weight for unit in tables.units}
    out = {tables.units[unit].cells[0] for unit in hidden}
    lines = ["0", str(len(tables.cells))]
    for place, cell in enumerate(tables.cells):
        status = "s" if place not in out else "u" if cell.is_sensitive else "m"
        rise, fall = (part * need for need in cell.needs)
        cost = round(1000 * weights[place])
        lines.append(f"{place} {cell.value:.0f} {cost} {status} 0 {FAR:.0f} {fall:.3f} {rise:.3f} 0.000")
    lines.append(str(len(tables.equations)))
    for row in tables.equations:
        parts = (f"{cell} ({part:.0f})" for cell, part in zip(row.cells, row.coefficients, strict=True))
        lines.append(f"0 {len(row.cells)} : {' '.join(parts)} ")
    return "\n".join(lines) + "\n"
