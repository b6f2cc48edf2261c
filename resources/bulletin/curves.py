"""Curves over months: one chart of several with their names beside their ends, and small ones to lay side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from expectations.markup import Html, joined, tag
from resources.bulletin.drawing import GRID, INK, QUIET, Mark, Scale, Sheet, breadth, line, mark, path, svg, words

WHOLE = 100
"""What the months before the pandemic are set to."""
_STEP = 20


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: its name, its values by month, its last one as written, and how it looks."""

    name: str
    values: tuple[float | None, ...]
    written: str
    colour: str
    dash: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class _Axes:
    sheet: Sheet
    x: Scale
    y: Scale


def curves(sheet: Sheet, months: Sequence[str], drawn: Sequence[Curve], baseline: str) -> Html:
    """Return curves over `months` under the line of what was before the pandemic, called `baseline`."""
    height = 340 if sheet.is_narrow else 400
    low, high = bounds(value for curve in drawn for value in curve.values)
    axes = _Axes(
        sheet,
        Scale(0, max(len(months) - 1, 1), 44, sheet.width - _beside(sheet, drawn)),
        Scale(low, high, height - 34, 22),
    )
    return svg(
        sheet,
        height,
        *_grid(axes, baseline),
        *_months(axes, months),
        *(part for curve in drawn for part in _curve(axes, curve)),
        *_names(axes, drawn),
    )


def _beside(sheet: Sheet, drawn: Sequence[Curve]) -> float:
    """Return how much room the names need."""
    names = max(breadth(curve.name, sheet.size) for curve in drawn)
    written = max(breadth(curve.written, sheet.size) for curve in drawn)
    return 14 + (max(names, written) if sheet.is_narrow else names + written + 20)


def bounds(values: Iterable[float | None]) -> tuple[float, float]:
    """Return the ends of an axis that holds all values and the whole, in round steps."""
    known = [value for value in values if value is not None]
    least, most = min(known, default=0), max(known, default=WHOLE)
    return max(0, floor((least - 5) / _STEP) * _STEP), max(WHOLE, ceil(most / _STEP) * _STEP)


def _grid(axes: _Axes, baseline: str) -> Iterator[Html]:
    x, y = axes.x, axes.y
    for value in range(int(y.low), int(y.high) + 1, _STEP):
        is_whole = value == WHOLE
        look = {"stroke_width": "1.5"} if is_whole else {}
        yield line(x.first, y.at(value), x.last, y.at(value), INK if is_whole else GRID, **look)
        yield words(f"{value}%", x.first - 8, y.at(value) + 4, "end", fill=QUIET)
    yield words(baseline, x.first + 4, y.at(WHOLE) - 7, fill=INK)


def _months(axes: _Axes, months: Sequence[str]) -> Iterator[Html]:
    x, y = axes.x, axes.y
    room = breadth(max(months, key=len), axes.sheet.size) + 14
    every = max(1, ceil(room * max(len(months) - 1, 1) / (x.last - x.first)))
    last = len(months) - 1
    for index in range(last, -1, -every):
        yield line(x.at(index), y.first, x.at(index), y.first + 5, QUIET)
        yield words(months[index], x.at(index), y.first + 20, "middle", fill=QUIET)


def _curve(axes: _Axes, curve: Curve) -> Iterator[Html]:
    style = {"stroke_dasharray": curve.dash} if curve.dash else {}
    yield path(
        _walk(axes.x, axes.y, curve.values), stroke=curve.colour, stroke_width="2.5", stroke_linejoin="round", **style
    )
    last = len(curve.values) - 1
    for index, value in enumerate(curve.values):
        if value is not None and (last - index) % 3 == 0:
            yield mark(curve.mark, axes.x.at(index), axes.y.at(value), 4.5 if index == last else 3.5, curve.colour)


def _walk(x: Scale, y: Scale, values: Sequence[float | None]) -> str:
    """Return a path through the values; where one is missing it breaks off."""
    steps, is_down = [], False
    for index, value in enumerate(values):
        if value is not None:
            steps.append(f"{'L' if is_down else 'M'}{x.at(index):.1f} {y.at(value):.1f}")
        is_down = value is not None
    return "".join(steps)


def _names(axes: _Axes, drawn: Sequence[Curve]) -> Iterator[Html]:
    """Yield the name and the last figure of each curve beside its end, pushed apart where they would touch."""
    lines_each = 2 if axes.sheet.is_narrow else 1
    gap = axes.sheet.size * 1.35 * lines_each
    ends = _apart([axes.y.at(_last(curve)) for curve in drawn], gap, axes.y.first)
    for y, curve in zip(ends, drawn, strict=True):
        yield from _name(axes, curve, y)


def _name(axes: _Axes, curve: Curve, y: float) -> Iterator[Html]:
    x = axes.x.last + 10
    if axes.sheet.is_narrow:
        yield words(curve.name, x, y - 3, fill=curve.colour)
        yield words(curve.written, x, y + axes.sheet.size, is_bold=True, fill=curve.colour)
    else:
        value = tag("tspan", curve.written, font_weight="700")
        yield words(joined([value, f"  {curve.name}"]), x, y + 4.5, fill=curve.colour)


def _last(curve: Curve) -> float:
    return next((value for value in reversed(curve.values) if value is not None), 0)


def _apart(wanted: Sequence[float], gap: float, lowest: float) -> list[float]:
    """Return places near those wanted, each at least a gap from the next, none under the lowest."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor_of = float("-inf")
    for index in order:
        placed[index] = max(wanted[index], floor_of)
        floor_of = placed[index] + gap
    ceiling = lowest
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def small_curve(sheet: Sheet, values: Sequence[float | None], against: Sequence[float | None], end: str) -> Html:
    """Return a small curve in front of a pale one that it is held against, with its last figure."""
    height = 116
    low, high = bounds((*values, *against))
    low = min(low, 20)
    x, y = Scale(0, max(len(values) - 1, 1), 4, sheet.width - 52), Scale(low, high, height - 8, 10)
    return svg(
        sheet,
        height,
        line(x.first, y.at(WHOLE), x.last, y.at(WHOLE), INK),
        line(x.first, y.first, x.last, y.first, GRID),
        path(_walk(x, y, against), stroke="#8a939d", stroke_width="1.5", stroke_dasharray="3 2"),
        path(_walk(x, y, values), stroke="#0b4f9e", stroke_width="2.5", stroke_linejoin="round"),
        *_end(x, y, values, end),
    )


def _end(x: Scale, y: Scale, values: Sequence[float | None], end: str) -> Iterator[Html]:
    if values[-1] is None:
        yield words(end, x.last + 6, y.at(WHOLE / 2) + 4, is_bold=True)
    else:
        yield mark("circle", x.last, y.at(values[-1]), 4, "#0b4f9e")
        yield words(end, x.last + 7, y.at(values[-1]) + 4, fill="#0b4f9e", is_bold=True)
