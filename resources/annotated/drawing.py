"""What all pages of an annotated copy share: the looks of cells, the names of pages, and how a text is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations.contract import Severity
from expectations.replies import Document
from expectations.replies.marks import Place
from expectations.wording import on_one_line, sheet_name
from resources.restricted import StoredSheet
from resources.writing import write_text

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_ERROR, _QUERY, _NOTE = "#7A0C10", "#8A6A00", "#0F3F6B"
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "plain": {},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bg_color": "#EEF1F4"},
    "title": {"bold": True, "font_size": 16},
    "label": {"bold": True, "text_wrap": True, "valign": "top"},
    "told": {"text_wrap": True, "valign": "top"},
    "link": {"text_wrap": True, "valign": "top", "underline": 1, "font_color": "#0B4F9E"},
    Severity.ERROR: {"bg_color": "#FACACA", "font_color": _ERROR, "border": 2, "border_color": _ERROR, "bold": True},
    Severity.QUERY: {"bg_color": "#FFE9A8", "font_color": "#4A3500", "border": 1, "border_color": _QUERY},
    Severity.NOTE: {"bg_color": "#D5E6F7", "font_color": _NOTE, "border": 4, "border_color": _NOTE},
}
_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAME = re.compile(r"(?!\s+$)[^\[\]:*?/\\']{1,31}")
_A4 = 9


class Styles:
    """The looks of cells, each made when it is first used."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        """Make them in `book`."""
        self._book = book
        self._made: dict[str, Any] = {}

    def __call__(self, name: str, text: str = "", **more: object) -> Any:
        """Return the look called `name` for a cell that holds `text`.

        A text that looks like a formula is marked as quoted, so that it stays a text when somebody types it again.
        """
        quoted = text.startswith(_LOOKS_LIKE_FORMULA)
        key = f"{name} {quoted} {more or ''}"
        if key not in self._made:
            self._made[key] = self._book.add_format({**_LOOKS[name], "quote_prefix": quoted, **more})
        return self._made[key]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One annotated copy being drawn; `pages` gives the name of each sheet's page."""

    document: Document
    style: Styles
    pages: Mapping[str, str]

    def write(self, page: "Worksheet", place: Place, text: str, look: str = "told", **more: object) -> None:
        """Write a text at a place (row and column from 1)."""
        write_text(page, (place[0] - 1, place[1] - 1), text, self.style(look, text, **more), self.style("plain"))


def page_names(document: Document, stored: Mapping[str, StoredSheet]) -> dict[str, str]:
    """Return the name of each page, in the contract's order: theirs where Excel can have it, else the contract's."""
    language = document.subject.languages[0]
    return {
        sheet.name: theirs if _NAME.fullmatch(theirs) else sheet_name(sheet.name, language)
        for sheet in document.contract.sheets
        if sheet.name in stored
        for theirs in [on_one_line(str(stored[sheet.name].meta.get("name", "")))]
    }


def set_up(page: "Worksheet") -> None:
    """Print the page on A4, as wide as it is."""
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
