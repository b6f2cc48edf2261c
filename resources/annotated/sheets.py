"""One sheet of theirs in an annotated copy: each value where it stood, cells with findings coloured and commented."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING

from expectations.contract import ROW, Amount, Column, Count, Sheet
from expectations.findings import letters
from expectations.replies import Mark, heading_comments
from expectations.replies.marks import Place, text_beside
from resources.annotated.drawing import Drawing, set_up
from resources.reading.cells import number_text
from resources.restricted import StoredSheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    Marks = Mapping[Place, Mark]

_NARROWEST, _WIDEST, _SAMPLED = 10, 42, 200
_LINE, _MOST_LINES = 15, 8
_COMMENT_CHARACTERS, _COMMENT_WIDTH, _COMMENT_LINE, _COMMENT_TALLEST = 52, 340, 16, 600


def draw_sheet(drawing: Drawing, page: "Worksheet", sheet: Sheet, stored: StoredSheet, marked: "Marks") -> None:
    """Draw a sheet of theirs as it was read, with its marks."""
    header_row, rows = int(stored.meta.get("header_row", 1)), _rows(stored)
    written, lines = set[Place](), 1
    for name, (number, header) in stored.meta["headers"].items():
        texts = stored.table.column(name).to_pylist()
        column = _Column(drawing, page, sheet.column(name), int(number))
        lines = max(lines, column.head(header_row, str(header), texts))
        written.update(column.write(zip(rows, texts, strict=True), marked))
    for place, mark in marked.items():
        if place not in written:
            _write_beside(drawing, page, place, mark)
    for (row, number), comment in _comments(drawing, header_row, marked).items():
        page.write_comment(row - 1, number - 1, comment, _comment_look(comment))
    page.set_row(header_row - 1, _LINE * lines + 2)
    page.freeze_panes(header_row, 0)
    page.ignore_errors({"number_stored_as_text": f"A1:{letters(_last_column(stored, marked))}{max(rows, default=1)}"})
    set_up(page)


def _comments(drawing: Drawing, header_row: int, marked: "Marks") -> dict[Place, str]:
    """Return the comment of each cell that has one; the headings' are about cells that have none."""
    comments = {place: mark.comment for place, mark in marked.items() if mark.comment is not None}
    for number, words in heading_comments(drawing.document, marked).items():
        place = header_row, number
        comments[place] = "\n\n".join([*filter(None, [comments.get(place)]), words])
    return comments


def _rows(stored: StoredSheet) -> list[int]:
    return [int(row or 0) for row in stored.table.column(ROW).to_pylist()]


def _last_column(stored: StoredSheet, marked: "Marks") -> int:
    numbers = [int(number) for number, _ in stored.meta["headers"].values()]
    return max([1, *numbers, *(column for _, column in marked)])


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of one of their sheets."""

    drawing: Drawing
    page: "Worksheet"
    column: Column
    number: int

    def write(self, cells: Iterable[tuple[int, str | None]], marked: "Marks") -> Iterator[Place]:
        """Write the cells (row and text), and yield the marked places that were written."""
        is_figures = isinstance(self.column.kind, Count | Amount)
        for row, text in cells:
            mark = marked.get((row, self.number))
            if mark:
                yield row, self.number
                self._write_marked(row, text, mark, is_figures=is_figures)
            elif text is not None:
                self._write(row, text, "plain", is_figures=is_figures)

    def _write_marked(self, row: int, text: str | None, mark: Mark, *, is_figures: bool) -> None:
        if text is None:
            self.page.write_blank(row - 1, self.number - 1, None, self.drawing.style(mark.severity))
        else:
            shown = text_beside(self.drawing.document.contract, mark.findings, text)
            self._write(row, shown, mark.severity, is_figures=is_figures)

    def _write(self, row: int, text: str, look: str, *, is_figures: bool) -> None:
        figure = _figure(text) if is_figures else None
        if figure is None:
            self.drawing.write(self.page, (row, self.number), text, look)
        else:
            self.page.write_number(row - 1, self.number - 1, figure, self.drawing.style(look))

    def head(self, header_row: int, header: str, texts: Iterable[str | None]) -> int:
        """Write the header as they have it, make the column wide enough to read; return how many lines it takes."""
        self.drawing.write(self.page, (header_row, self.number), header, "heading")
        sampled = islice(filter(None, texts), _SAMPLED)
        longest = max(map(len, [*sampled, *header.split()]), default=0) + 2
        width = min(max(longest, _NARROWEST), _WIDEST)
        self.page.set_column(self.number - 1, self.number - 1, width)
        return min(len(wrap(header, width - 1)) or 1, _MOST_LINES)


@lru_cache(maxsize=65_536)
def _figure(text: str) -> float | None:
    """Return the number that a text can be written as so that it is read as the very same text, or None."""
    if not text.isascii() or not text.removeprefix("-").replace(".", "", 1).isdigit():
        return None
    return float(text) if number_text(float(text)) == text else None


def _write_beside(drawing: Drawing, page: "Worksheet", place: Place, mark: Mark) -> None:
    """Write a marked cell that is in no column of the contract: a header that nobody knows is shown, all else blank."""
    header = next((one.value for one in mark.findings if one.level == "column" and one.value), None)
    if header:
        drawing.write(page, place, header, mark.severity)
    else:
        page.write_blank(place[0] - 1, place[1] - 1, None, drawing.style(mark.severity))


def _comment_look(comment: str) -> dict[str, object]:
    lines = sum(ceil(len(line) / _COMMENT_CHARACTERS) or 1 for line in comment.split("\n"))
    height = min(_COMMENT_LINE * (lines + 1), _COMMENT_TALLEST)
    return {"author": "dayops", "width": _COMMENT_WIDTH, "height": height, "font_size": 9}
