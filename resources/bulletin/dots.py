"""Dots in rows: a figure of each area or category on one axis, with its interval where there is one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from expectations.markup import Html
from resources.bulletin.drawing import (
    GRID,
    INK,
    PAPER,
    QUIET,
    SERIES,
    Mark,
    Scale,
    Sheet,
    box,
    breadth,
    line,
    mark,
    svg,
    words,
)


@dataclass(frozen=True, slots=True)
class Dot:
    """One row: its name, its value (None where it is not shown) as a number and as written, and how it looks.

    `is_open` draws the mark hollow; `is_head` is a row that others belong to.
    """

    name: str
    value: float | None
    written: str
    lower: float | None = None
    upper: float | None = None
    mark: Mark = "circle"
    is_open: bool = False
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    sheet: Sheet
    x: Scale
    top: float
    tall: float
    is_stacked: bool

    def y(self, index: int) -> float:
        """Return the middle of a row's track."""
        return self.top + self.tall * index + self.tall * (0.72 if self.is_stacked else 0.5)


def dots(sheet: Sheet, rows: Sequence[Dot], whole: tuple[float, str] | None, *, is_stacked: bool = False) -> Html:
    """Return the rows on one axis of per cent from nought, with a line through all for the `whole`, which has a name.

    Where `is_stacked`, and the chart is for a phone, a name stands above its track rather than before it.
    """
    stacked = is_stacked and sheet.is_narrow
    names = 14.0 if stacked else max(breadth(row.name, sheet.size + row.is_head) for row in rows) + 12
    written = max(breadth(row.written, sheet.size) for row in rows) + 12
    tall = 40.0 if stacked else 24.0
    plan = _Plan(sheet, Scale(0, _most(rows, whole), names, sheet.width - written), 30, tall, stacked)
    height = plan.top + tall * len(rows) + 26
    return svg(
        sheet,
        height,
        *_axis(plan, height - 22),
        *_whole(plan, whole, height - 22),
        *(part for index, row in enumerate(rows) for part in _row(plan, row, plan.y(index))),
    )


def _most(rows: Sequence[Dot], whole: tuple[float, str] | None) -> float:
    values = [value for row in rows for value in (row.value, row.upper) if value is not None]
    most = max([*values, whole[0] if whole else 0], default=1)
    step = 20 if most > 40 else 5
    return max(step, ceil(most / step) * step)


def _axis(plan: _Plan, bottom: float) -> Iterator[Html]:
    x = plan.x
    step = x.high / 4 if x.high % 4 == 0 and x.high <= 100 and x.high % 20 == 0 else _step(x.high)
    value = 0.0
    while value <= x.high:
        yield line(x.at(value), plan.top, x.at(value), bottom)
        yield words(f"{value:g}%", x.at(value), bottom + 16, "middle", fill=QUIET)
        value += step


def _step(high: float) -> float:
    return 40 if high > 100 else 10 if high > 20 else 5


def _whole(plan: _Plan, whole: tuple[float, str] | None, bottom: float) -> Iterator[Html]:
    if whole is not None:
        x = plan.x.at(whole[0])
        yield line(x, plan.top - 8, x, bottom, INK, stroke_width="1.5", stroke_dasharray="5 3")
        room = breadth(whole[1], plan.sheet.size) / 2
        middle = min(max(x, room), plan.sheet.width - room)
        yield words(whole[1], middle, plan.top - 13, "middle", font_weight="700")


def _row(plan: _Plan, row: Dot, y: float) -> Iterator[Html]:
    weight = {"font_weight": "700"} if row.is_head else {}
    x = plan.x
    if plan.is_stacked:
        yield words(row.name, 0, y - 13, **weight)
    else:
        yield words(row.name, 10 if not row.is_head else 0, y + 4.5, **weight)
    if row.value is None:
        yield words(row.written, x.first + 6, y + 4.5, fill=QUIET, font_weight="700")
        return
    yield line(x.first, y, x.at(row.value), y, GRID, stroke_width="2")
    if row.lower is not None and row.upper is not None:
        yield line(x.at(row.lower), y, x.at(row.upper), y, SERIES[0], stroke_width="3")
    yield from _point(plan, row, row.value, y)


def _point(plan: _Plan, row: Dot, value: float, y: float) -> Iterator[Html]:
    colour = INK if row.is_head else SERIES[0]
    look = {"fill": PAPER, "stroke": colour, "stroke_width": "2"} if row.is_open else {}
    yield mark(row.mark, plan.x.at(value), y, 5.5, colour, **look)
    end = plan.x.at(value if row.upper is None else row.upper) + 9
    length = breadth(row.written, plan.sheet.size)
    yield box(end - 2, y - 8, length, 16, fill=PAPER)
    weight = {"font_weight": "700"} if row.is_head else {}
    yield words(row.written, end, y + 4.5, **weight)
