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
    bottom: float


_ROW, _TWO_LINES = 24.0, 40.0


def dots(sheet: Sheet, rows: Sequence[Dot], whole: tuple[float, str] | None, *, is_stacked: bool = False) -> Html:
    """Return the rows on one axis of per cent from nought, with a line through all for the `whole`, which has a name.

    On a phone the name of a row that others belong to, or of every row where `is_stacked`, stands above its track.
    """
    stacked = [sheet.is_narrow and (is_stacked or row.is_head) for row in rows]
    tall = [_TWO_LINES if above else _ROW for above in stacked]
    plan = _Plan(sheet, _scale(sheet, rows, stacked, whole), 30, 30 + sum(tall) + 4)
    return svg(
        sheet,
        plan.bottom + 22,
        *_axis(plan),
        *_whole(plan, whole),
        *(
            part
            for index, (row, above) in enumerate(zip(rows, stacked, strict=True))
            for part in _row(plan, row, plan.top + sum(tall[: index + 1]) - _ROW / 2, above)
        ),
    )


def _scale(sheet: Sheet, rows: Sequence[Dot], stacked: Sequence[bool], whole: tuple[float, str] | None) -> Scale:
    """Return the axis between the names on the left and the figures on the right."""
    before = [breadth(row.name, sheet.size) + 22 for row, above in zip(rows, stacked, strict=True) if not above]
    written = max(breadth(row.written, sheet.size) for row in rows)
    return Scale(0, _most(rows, whole), max(before, default=14.0), sheet.width - written - 16)


def _most(rows: Sequence[Dot], whole: tuple[float, str] | None) -> float:
    values = [value for row in rows for value in (row.value, row.upper) if value is not None]
    most = max([*values, whole[0] if whole else 0], default=1)
    step = 20 if most > 40 else 5
    return max(step, ceil(most / step) * step)


def _axis(plan: _Plan) -> Iterator[Html]:
    x, step = plan.x, _step(plan)
    for value in range(0, int(x.high) + 1, step):
        yield line(x.at(value), plan.top, x.at(value), plan.bottom)
        yield words(f"{value}%", x.at(value), plan.bottom + 16, "middle", fill=QUIET)


def _step(plan: _Plan) -> int:
    """Return the smallest round step at which the figures under the axis do not touch."""
    room = breadth("100%", plan.sheet.size) + (8 if plan.sheet.is_narrow else 36)
    length = plan.x.last - plan.x.first
    return next((step for step in (5, 10, 20, 25, 50) if length * step / plan.x.high >= room), 100)


def _whole(plan: _Plan, whole: tuple[float, str] | None) -> Iterator[Html]:
    if whole is not None:
        x = plan.x.at(whole[0])
        yield line(x, plan.top - 8, x, plan.bottom, INK, stroke_width="1.5", stroke_dasharray="5 3")
        room = breadth(whole[1], plan.sheet.size) / 2
        middle = min(max(x, room), plan.sheet.width - room)
        yield words(whole[1], middle, plan.top - 13, "middle", is_bold=True)


def _row(plan: _Plan, row: Dot, y: float, is_stacked: bool) -> Iterator[Html]:
    x = plan.x
    indent, base = (0, y - 13) if is_stacked else (0 if row.is_head else 10, y + 4.5)
    yield words(row.name, indent, base, is_bold=row.is_head)
    yield words(row.written, plan.sheet.width - 2, y + 4.5, "end", is_bold=row.is_head)
    if row.value is None:
        return
    yield line(x.first, y, x.at(row.value), y, GRID, stroke_width="2")
    if row.lower is not None and row.upper is not None:
        yield line(x.at(row.lower), y, x.at(row.upper), y, SERIES[0], stroke_width="3")
    colour = INK if row.is_head else SERIES[0]
    look = {"fill": PAPER, "stroke": colour, "stroke_width": "2"} if row.is_open else {}
    yield mark(row.mark, x.at(row.value), y, 5.5, colour, **look)
