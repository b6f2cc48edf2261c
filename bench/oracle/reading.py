"""Reads a folder of sound returns with pandas: one table a sheet, of the submissions that stand, and the register.

No rule is held against a return here: files with faults are not for this.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from expectations.contract import Amount, Area, Code, Count, Day, Sheet
from expectations.reference import folded, former_authorities
from expectations.rules import CONTRACT
from expectations.wording import header_aliases, sheet_aliases

Pages = dict[str, pd.DataFrame]

_OF_RETURN = ["provider_id", "period", "profile", "provider_sector", "lead_la"]
"""What a return says of itself and each of its rows is then known by."""

_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


@dataclass(frozen=True)
class Folder:
    """What came: the sheets of current returns and of baseline ones, and the services on the register."""

    now: Pages
    baseline: Pages
    register: pd.DataFrame


def read_folder(folder: Path) -> Folder:
    """Read every return in `folder`, and keep the last submission of each provider and month."""
    books = [_book(path) for path in sorted(folder.iterdir()) if path.suffix in (".xlsx", ".ods", ".zip")]
    standing = _standing(books)
    return Folder(
        now=_stacked(book for said, book in standing if said["profile"] != "BASELINE"),
        baseline=_stacked(book for said, book in standing if said["profile"] == "BASELINE"),
        register=pd.read_csv(folder / "register.csv", dtype=str, keep_default_na=False),
    )


def _standing(books: Iterable[Pages]) -> list[tuple[dict[str, str], Pages]]:
    latest = dict[tuple[str, str], tuple[dict[str, str], Pages]]()
    for said, book in sorted(((_said(book), book) for book in books), key=lambda one: int(one[0]["submission_no"])):
        latest[said["provider_id"], said["period"]] = said, book
    return list(latest.values())


def _said(book: Pages) -> dict[str, str]:
    """Return what a return says of itself."""
    said = {str(name): str(cell).strip().upper() for name, cell in book["RETURN"].iloc[0].items()}
    return said | {"lead_la": _area_today(said["lead_la"])}


def _stacked(books: Iterable[Pages]) -> Pages:
    """Put the rows of all returns together, each knowing its return."""
    parts: dict[str, list[pd.DataFrame]] = {sheet.name: [] for sheet in CONTRACT.sheets}
    for book in books:
        said = _said(book)
        for name, rows in book.items():
            parts[name].append(rows.assign(**{column: said[column] for column in _OF_RETURN}))
    return {sheet.name: _typed(sheet, _one(sheet, parts[sheet.name])) for sheet in CONTRACT.sheets}


def _one(sheet: Sheet, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one table of all parts with the contract's columns, without blank rows."""
    own = [column.name for column in sheet.columns if column.name not in _OF_RETURN]
    empty = pd.DataFrame(columns=[*own, *_OF_RETURN], dtype=str)
    stacked = pd.concat([empty, *parts], ignore_index=True).fillna("")
    texts: pd.DataFrame = stacked.apply(lambda column: column.str.strip())
    return texts[(texts[own] != "").any(axis=1)]


# --- one file ---------------------------------------------------------------------------------------------------------


def _book(path: Path) -> Pages:
    """Return the sheets of a file under the contract's names, their cells as text."""
    pages = _zip_pages(path) if path.suffix == ".zip" else _workbook_pages(path)
    names = sheet_aliases(CONTRACT)
    return {names[folded(title)]: _table(CONTRACT.sheet(names[folded(title)]), page) for title, page in pages.items()}


def _workbook_pages(path: Path) -> Pages:
    pages: Pages = pd.read_excel(
        path, sheet_name=None, header=None, dtype=str, keep_default_na=False, engine="calamine"
    )
    return pages


def _zip_pages(path: Path) -> Pages:
    with zipfile.ZipFile(path) as parts:
        return {Path(name).stem: _csv_page(parts.read(name).decode("utf-8-sig")) for name in parts.namelist()}


def _csv_page(text: str) -> pd.DataFrame:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    return pd.read_csv(
        io.StringIO(text), sep=delimiter, header=None, dtype=str, keep_default_na=False, skip_blank_lines=False
    )


def _table(sheet: Sheet, page: pd.DataFrame) -> pd.DataFrame:
    """Return a page under the contract's columns, without its header."""
    aliases = header_aliases(sheet)
    return page.iloc[1:].set_axis([aliases[folded(title)] for title in page.iloc[0]], axis=1)


# --- cells ------------------------------------------------------------------------------------------------------------


def _typed(sheet: Sheet, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with numbers as numbers, codes in capitals, days as YYYY-MM-DD and authorities of today."""
    typed = rows.copy()
    for column in sheet.columns:
        match column.kind:
            case Count() | Amount():
                typed[column.name] = pd.to_numeric(typed[column.name].str.replace(",", "").replace("", None))
            case Day():
                typed[column.name] = typed[column.name].str.replace(_DAY, r"\3-\2-\1", regex=True).str.slice(0, 10)
            case Code():
                typed[column.name] = typed[column.name].str.upper()
            case Area():
                typed[column.name] = typed[column.name].str.upper().map(_area_today)
    return typed


def _area_today(code: str) -> str:
    now = former_authorities().get(code)
    return code if now is None else now.code
