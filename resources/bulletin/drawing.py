"""Drawing: the few shapes that the charts are made of, as SVG that needs no style sheet.

Nothing here knows what is drawn. Lengths are CSS pixels of the width that a chart is drawn for.
"""

from dataclasses import dataclass
from typing import Literal

from expectations.markup import Html, tag

INK, QUIET, GRID, PAPER = "#1b1f24", "#4a525c", "#d3d9df", "#ffffff"
SERIES = ("#0b4f9e", "#a3340a", "#00695c", "#7b2d8b")
"""Colours of curves: each has 4.5:1 on white, and a dash and a mark of its own beside it."""
DASHES = ("", "7 3", "2 3", "9 3 2 3")

Mark = Literal["circle", "square", "triangle", "diamond"]
MARKS: tuple[Mark, ...] = ("circle", "square", "triangle", "diamond")
Anchor = Literal["start", "middle", "end"]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"

_BREADTH_OF_LETTER = 0.6


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a chart is drawn on: its id in the page, its name and description, its width, and whether for a phone."""

    ident: str
    title: str
    about: str
    width: int
    is_narrow: bool = False

    @property
    def size(self) -> float:
        """The size of its letters."""
        return 12 if self.is_narrow else 13


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a value into a place between two pixels."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return where a value lies; beyond the ends it lies at the end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)


def svg(sheet: Sheet, height: float, *parts: Html) -> Html:
    """Return a drawing with its name and description, on paper of its own."""
    return tag(
        "svg",
        tag("title", sheet.title, id=f"{sheet.ident}-title"),
        tag("desc", sheet.about, id=f"{sheet.ident}-desc"),
        box(0, 0, sheet.width, height, fill=PAPER),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {sheet.width} {place(height)}",
        role="img",
        aria_labelledby=f"{sheet.ident}-title",
        aria_describedby=f"{sheet.ident}-desc",
        font_family=FONT,
        font_size=place(sheet.size),
    )


def place(length: float) -> str:
    """Return a length with at most one decimal place."""
    return f"{round(length, 1) + 0.0:g}"


def breadth(words: str, size: float) -> float:
    """Return about how wide words are."""
    return len(words) * size * _BREADTH_OF_LETTER


def words(
    told: str,
    x: float,
    y: float,
    anchor: Anchor = "start",
    *,
    fill: str = INK,
    is_bold: bool = False,
    size: float | None = None,
) -> Html:
    """Return words whose base line is at `y`, in the letters of the chart where no size is given."""
    look = {"font_weight": "700"} if is_bold else {}
    if size is not None:
        look["font_size"] = place(size)
    return tag("text", told, x=place(x), y=place(y), text_anchor=anchor, fill=fill, **look)


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, **style: str) -> Html:
    """Return a straight line."""
    return tag("line", x1=place(x1), y1=place(y1), x2=place(x2), y2=place(y2), stroke=colour, **style)


def box(x: float, y: float, width: float, height: float, **style: str) -> Html:
    """Return a rectangle."""
    return tag("rect", x=place(x), y=place(y), width=place(width), height=place(height), **style)


def path(points: str, **style: str) -> Html:
    """Return a path with no filling but what is asked for."""
    return tag("path", d=points, **{"fill": "none", **style})


def mark(kind: Mark, x: float, y: float, radius: float, colour: str, **style: str) -> Html:
    """Return a mark of one of four shapes around a point."""
    look = {"fill": colour, "stroke": PAPER, "stroke_width": "1", **style}
    if kind == "circle":
        return tag("circle", cx=place(x), cy=place(y), r=place(radius), **look)
    r = radius
    corners = {
        "square": ((-r, -r), (r, -r), (r, r), (-r, r)),
        "triangle": ((0, -r * 1.25), (r * 1.15, r), (-r * 1.15, r)),
        "diamond": ((0, -r * 1.4), (r * 1.25, 0), (0, r * 1.4), (-r * 1.25, 0)),
    }[kind]
    points = " ".join(f"{place(x + dx)},{place(y + dy)}" for dx, dy in corners)
    return tag("polygon", points=points, **look)
