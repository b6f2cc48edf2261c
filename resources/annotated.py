"""The annotated copy of a return: their values at their places, marked and commented, behind a summary of it all.

Everything is written anew from the cells as they were read: no formula, link, macro or format of theirs is taken over,
and every text is written as a text. What is marked and said is decided in `expectations.replies`.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

from expectations.contract import ROW, Amount, Column, Contract, Count, Severity, Sheet
from expectations.findings import Finding, letters
from expectations.replies import Document, Item, Mark, fact_lines, items, marks, verdict, what_next
from expectations.replies.marks import Place, place_of, text_beside
from expectations.wording import on_one_line, phrase, sheet_name, shown_value
from resources.reading.cells import number_text
from resources.restricted import StoredSheet
from resources.writing import write_text

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_CREATED = datetime(2019, 4, 1)
_AUTHOR = "dayops"
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "plain": {},
    "text": {"valign": "top"},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bg_color": "#EEF1F4"},
    "title": {"bold": True, "font_size": 16},
    "label": {"bold": True, "valign": "top"},
    "told": {"text_wrap": True, "valign": "top"},
    "link": {"text_wrap": True, "valign": "top", "underline": 1, "font_color": "#0B4F9E"},
    Severity.ERROR: {
        "bg_color": "#F8C9C9",
        "font_color": "#7A0C10",
        "bold": True,
        "border": 2,
        "border_color": "#7A0C10",
    },
    Severity.QUERY: {"bg_color": "#FFE9A8", "font_color": "#4A3500", "border": 1, "border_color": "#8A6A00"},
    Severity.NOTE: {"bg_color": "#D5E6F7", "font_color": "#0F3F6B", "border": 4, "border_color": "#0F3F6B"},
}
_VERDICTS = {"accepted": "#E9F6EE", "queried": "#FFF4D1", "accepted_in_part": "#FDECEC", "refused": "#FDECEC"}
_QUOTED = "quoted "
"""Before the name of a look: the same for a text that Excel would take for a formula if it were typed again."""

_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NARROWEST, _WIDEST, _SAMPLED = 10, 42, 200
_NAME = re.compile(r"[^\[\]:*?/\\']{1,31}")


def annotated_bytes(document: Document, stored: Mapping[str, StoredSheet]) -> bytes:
    """Return the annotated copy as an XLSX workbook, the same bytes for the same return and findings."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})  # no temporary file ever holds a provider's rows
    book.set_properties({"created": _CREATED, "author": _AUTHOR})
    copy = _Copy(document, _Styles(book), _page_names(document, stored))
    summary = book.add_worksheet(phrase("document.findings", document.subject.languages[0]))
    pages = {name: book.add_worksheet(copy.pages[name]) for name in copy.pages}
    _Summary(copy, summary).write()
    marked = marks(document)
    for name, page in pages.items():
        _write_sheet(copy, document.contract.sheet(name), stored[name], marked.get(name, {}), page)
    book.close()
    return buffer.getvalue()


class _Styles:
    """The looks of cells, each made when it is first used."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def __call__(self, name: str, text: str = "", **more: object) -> Any:
        """Return the look called `name` for a cell that holds `text`."""
        quoted = text.startswith(_LOOKS_LIKE_FORMULA)
        key = f"{_QUOTED if quoted else ''}{name}{more or ''}"
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {**_LOOKS[name], **({"quote_prefix": True} if quoted else {}), **more}
            )
        return self._made[key]


@dataclass(frozen=True, slots=True)
class _Copy:
    """What all pages share; `pages` gives the name of each sheet's page."""

    document: Document
    style: _Styles
    pages: Mapping[str, str]

    def write(self, page: "Worksheet", place: Place, text: str, look: str = "told", **more: object) -> None:
        """Write a text at a place (row and column from 1)."""
        write_text(page, (place[0] - 1, place[1] - 1), text, self.style(look, text, **more), self.style("plain"))


def _page_names(document: Document, stored: Mapping[str, StoredSheet]) -> dict[str, str]:
    """Return the name of each page: theirs where Excel can have it, else the contract's."""
    language = document.subject.languages[0]
    return {
        sheet.name: theirs if _NAME.fullmatch(theirs) and not theirs.isspace() else sheet_name(sheet.name, language)
        for sheet in document.contract.sheets
        if sheet.name in stored
        for theirs in [on_one_line(str(stored[sheet.name].meta.get("name", "")))]
    }


# --- their sheets -----------------------------------------------------------------------------------------------------


def _write_sheet(
    copy: _Copy, sheet: Sheet, stored: StoredSheet, marked: Mapping[Place, Mark], page: "Worksheet"
) -> None:
    contract, header_row = copy.document.contract, int(stored.meta.get("header_row", 1))
    rows: list[int] = stored.table.column(ROW).to_pylist()  # type: ignore[assignment]  # no row is without its number
    written: set[Place] = set()
    for name, (number, header) in stored.meta["headers"].items():
        texts = stored.table.column(name).to_pylist()
        column = _SheetColumn(copy, page, sheet.column(name), int(number))
        written.update(column.write(contract, zip(rows, texts, strict=True), marked))
        column.head(header_row, str(header), texts)
    for place, mark in marked.items():
        if place not in written:
            _write_beside(copy, page, place, mark)
        page.write_comment(place[0] - 1, place[1] - 1, mark.comment, _comment_look(mark.comment))
    page.freeze_panes(header_row, 0)
    page.ignore_errors({"number_stored_as_text": f"A1:{letters(_last_column(stored, marked))}{max(rows, default=1)}"})
    _set_up(page)


@dataclass(frozen=True, slots=True)
class _SheetColumn:
    """One column of one of their sheets."""

    copy: _Copy
    page: "Worksheet"
    column: Column
    number: int

    def write(
        self, contract: Contract, cells: Iterable[tuple[int, str | None]], marked: Mapping[Place, Mark]
    ) -> Iterator[Place]:
        """Write the cells (row and text), and yield the marked places that were written."""
        is_figures = isinstance(self.column.kind, Count | Amount)
        for row, text in cells:
            mark = marked.get((row, self.number))
            if mark:
                yield row, self.number
            if text is None:
                self._blank(row, mark)
                continue
            shown = text_beside(contract, mark.findings, text) if mark else text
            look = mark.severity if mark else "plain"
            figure = _figure(shown) if is_figures else None
            if figure is None:
                self.copy.write(self.page, (row, self.number), shown, look)
            else:
                self.page.write_number(row - 1, self.number - 1, figure, self.copy.style(look))

    def _blank(self, row: int, mark: Mark | None) -> None:
        if mark:
            self.page.write_blank(row - 1, self.number - 1, None, self.copy.style(mark.severity))

    def head(self, header_row: int, header: str, texts: Iterable[str | None]) -> None:
        """Write the header as they have it, and make the column wide enough to read."""
        self.copy.write(self.page, (header_row, self.number), header, "heading")
        sampled = [text for text, _ in zip(texts, range(_SAMPLED), strict=False) if text]
        longest = max(map(len, [*sampled, *header.split()]), default=0) + 2
        self.page.set_column(self.number - 1, self.number - 1, min(max(longest, _NARROWEST), _WIDEST))


@lru_cache(maxsize=65_536)
def _figure(text: str) -> float | None:
    """Return the number that a text can be written as so that it is read as the very same text, or None."""
    if not text.isascii() or not text.removeprefix("-").replace(".", "", 1).isdigit():
        return None
    return float(text) if number_text(float(text)) == text else None


def _write_beside(copy: _Copy, page: "Worksheet", place: Place, mark: Mark) -> None:
    """Write a marked cell that is in no column of the contract: a header that nobody knows is shown, all else blank."""
    header = next((one.value for one in mark.findings if one.level == "column" and one.value), None)
    if header:
        copy.write(page, place, header, mark.severity)
    else:
        page.write_blank(place[0] - 1, place[1] - 1, None, copy.style(mark.severity))


def _comment_look(comment: str) -> dict[str, object]:
    lines = sum(ceil(len(line) / 52) or 1 for line in comment.split("\n"))
    return {"author": _AUTHOR, "width": 340, "height": min(24 + 16 * lines, 600), "font_size": 9}


def _last_column(stored: StoredSheet, marked: Mapping[Place, Mark]) -> int:
    numbers = [int(number) for number, _ in stored.meta["headers"].values()]
    return max([1, *numbers, *(column for _, column in marked)])


def _set_up(page: "Worksheet") -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


# --- the summary ------------------------------------------------------------------------------------------------------

_WIDTHS = (30, 20, 56, 46, 56, 46, 26, 9)
_FIRST, _SECOND = (1, 3), (4, 5)
"""The columns of the label and of what is told in the first and in the second language."""


class _Summary:
    """The first page: verdict, counts and what happens next, side by side in both languages, then every finding."""

    def __init__(self, copy: _Copy, page: "Worksheet") -> None:
        self._copy, self._page = copy, page
        self._document = copy.document
        self._languages = copy.document.subject.languages
        self._row = 1

    def write(self) -> None:
        """Write the whole page."""
        for number, width in enumerate(_WIDTHS):
            self._page.set_column(number, number, width)
        self._line("title", *(("", phrase("reply.sheet_title", one)) for one in self._languages))
        self._line("title", *(("", phrase("reply.title", one)) for one in self._languages))
        self._row += 1
        pairs = zip(*(list(fact_lines(self._document, language)) for language in self._languages), strict=True)
        for first, second in pairs:
            self._line("told", first, second)
        self._say_next()
        self._row += 1
        self._table()
        _set_up(self._page)

    def _line(self, look: str, *told: tuple[str, str], **more: object) -> None:
        """Write one line: a name and what is told, in each language."""
        for (at_name, at_told), (name, words) in zip((_FIRST, _SECOND), told, strict=True):
            if name:
                self._copy.write(self._page, (self._row, at_name), name, "label")
            self._copy.write(self._page, (self._row, at_told if name else at_name), words, look, **more)
        self._row += 1

    def _say_next(self) -> None:
        subject, findings = self._document.subject, self._document.findings
        fill = _VERDICTS[verdict(subject, findings)]
        told = [(phrase("reply.next", one), what_next(subject, findings, one)) for one in self._languages]
        self._line("told", *told, bg_color=fill, bold=True)
        for key in ("reply.how_to_read", "reply.how_to_mend"):
            self._line("told", *((" ", phrase(key, one)) for one in self._languages))

    def _table(self) -> None:
        for column, words in enumerate(self._headings(), 1):
            self._copy.write(self._page, (self._row, column), words, "heading")
        self._row += 1
        for item, other in zip(*(items(self._document, language) for language in self._languages), strict=True):
            for number, (finding, _) in enumerate(item.sentences):
                self._finding(finding, (item, other), number)

    def _headings(self) -> list[str]:
        def both(key: str) -> str:
            return " / ".join(phrase(key, language) for language in self._languages)

        told = [phrase(key, language) for language in self._languages for key in ("reply.told", "reply.mend")]
        return [both("reply.place"), both("reply.kind"), *told, both("reply.value"), both("reply.rule_heading")]

    def _finding(self, finding: Finding, told: tuple[Item, Item], number: int) -> None:
        """Write the line of one finding, or of one of the examples of many."""
        row, item = self._row, told[0]
        self._place(finding, item)
        kinds = " / ".join(one.severity_word for one in told)
        self._copy.write(self._page, (row, 2), kinds, finding.severity, text_wrap=True, valign="top")
        for at, one in zip((3, 5), told, strict=True):
            alike = f"{one.alike}\n" if one.alike and number == 0 else ""
            follows = f"\n{one.follows}" if one.follows else ""
            self._copy.write(self._page, (row, at), alike + one.sentences[number][1])
            self._copy.write(self._page, (row, at + 1), one.mend + follows)
        self._copy.write(self._page, (row, 7), shown_value(self._document.contract, finding) or "")
        self._copy.write(self._page, (row, 8), finding.rule)
        self._row += 1

    def _place(self, finding: Finding, item: Item) -> None:
        """Write where a finding is, as a link to the cell where this workbook has it."""
        page = self._copy.pages.get(finding.sheet or "")
        if page is None:
            self._copy.write(self._page, (self._row, 1), f"{item.number}. {item.where}")
            return
        row, column = place_of(finding) or (1, 1)
        address, name = f"{letters(column)}{row}", page.replace("'", "''")
        words = f"{item.number}. {page}, {address}"
        self._page.write_url(
            self._row - 1,
            0,
            f"internal:'{name}'!{address}",
            self._copy.style("link"),
            words,
            on_one_line(item.where)[:250],
        )
