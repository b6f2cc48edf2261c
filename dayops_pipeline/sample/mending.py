"""Mends a spoiled return of the sample: puts back what the answer key says stood in each cell before.

It works on cells as a reader gives them, so that it mends the sample's own files and any copy of them alike. Only
faults in rows can be mended so: a fault of a whole file needs another file.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from expectations.contract import Contract
from expectations.headers import Header, find_header, find_sheets

Cells = list[list[str | None]]


def mended(
    contract: Contract, sheets: Mapping[str, Sequence[Sequence[str | None]]], answers: Iterable[Mapping[str, Any]]
) -> dict[str, Cells]:
    """Return the cells of every sheet of one file, by its name there, with each fault in `answers` mended.

    `answers` are the file's entries in `faults.json`: the cells that they list are put back, the rows that they list as
    added are taken out. Sheets that the contract does not know are left as they are.

    Raises:
        KeyError: An answer is about a sheet or a column that the file does not have.
    """
    copies: dict[str, Cells] = {title: [list(row) for row in rows] for title, rows in sheets.items()}
    changes = [change for answer in answers for change in answer["was"]]
    titles = list(sheets)
    found = {name: titles[at] for name, at in find_sheets(contract, titles)[0].items()}
    for name in {change["sheet"] for change in changes}:
        rows = copies[found[name]]
        header = find_header(contract.sheet(name), rows)
        if header is None:
            raise KeyError(f"{found[name]} has no header")
        _mend(rows, header, [change for change in changes if change["sheet"] == name])
    return copies


def _mend(rows: Cells, header: Header, changes: Sequence[Mapping[str, Any]]) -> None:
    for change in changes:
        if "column" in change:
            _put(rows[change["row"] - 1], header.columns[change["column"]][0], change["was"])
    # From the last to the first, since those below move up.
    for number in sorted({change["row"] for change in changes if change.get("added")}, reverse=True):
        del rows[number - 1]


def _put(row: list[str | None], number: int, text: str | None) -> None:
    row += [None] * (number - len(row))
    row[number - 1] = text
