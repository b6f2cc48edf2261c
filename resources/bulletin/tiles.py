"""A map of tiles: Wales' 22 authorities as squares that lie about as they do, each with its name and its figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from expectations.markup import Html, tag
from resources.bulletin.drawing import INK, PAPER, Sheet, box, breadth, path, svg, words

PLACES = {
    "W06000001": (0, 0),
    "W06000003": (1, 0),
    "W06000004": (2, 0),
    "W06000005": (3, 0),
    "W06000002": (1, 1),
    "W06000006": (3, 1),
    "W06000008": (1, 2),
    "W06000023": (2, 2),
    "W06000009": (0, 3),
    "W06000010": (1, 3),
    "W06000024": (3, 3),
    "W06000019": (4, 3),
    "W06000021": (5, 3),
    "W06000011": (1, 4),
    "W06000012": (2, 4),
    "W06000016": (3, 4),
    "W06000018": (4, 4),
    "W06000020": (5, 4),
    "W06000013": (2, 5),
    "W06000014": (3, 5),
    "W06000015": (4, 5),
    "W06000022": (5, 5),
}
"""Column and row of each authority's tile."""

STEPS = (50, 65, 80, 95)
"""Where one shade of recovery ends and the next begins, in per cent of before the pandemic."""
SHADES = (("#e4eef8", INK), ("#b3d1ed", INK), ("#72abd8", INK), ("#25689f", PAPER), ("#0a3566", PAPER))
"""The shades from low to high, each with the colour of letters on it."""

_ROWS = 6
_SIDE = 112
_LINE = 24
MAP_WIDTH = 6 * _SIDE
"""How wide the map is on a wide page."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One authority: code, names in full and short, value (None where it is not shown) and the figure as written."""

    code: str
    name: str
    short_name: str
    value: Decimal | None
    written: str


def shade(value: Decimal) -> int:
    """Return the number of a value's shade."""
    return sum(value >= step for step in STEPS)


def tile_map(sheet: Sheet, tiles: Sequence[Tile], legend: Sequence[str]) -> Html:
    """Return the map; `legend` says what each shade means, and last what hatching means.

    The legend stands where no tile does, to the right of the north; on a phone, where there is no room, under the map.
    """
    side, tall = (53.0, 53.0) if sheet.is_narrow else (float(_SIDE), 72.0)
    under = _ROWS * tall + 14
    height = under + _LINE * len(legend) if sheet.is_narrow else _ROWS * tall + 2
    corner = (0.0, under) if sheet.is_narrow else (4 * side + 16, 6.0)
    return svg(
        sheet,
        height,
        _hatching(sheet),
        *(part for tile in tiles for part in _tile(sheet, tile, side, tall)),
        *_legend(sheet, legend, *corner),
    )


def _hatching(sheet: Sheet) -> Html:
    lines = path("M-2 2L2 -2M0 10L10 0M8 12L12 8", stroke="#a9b2bc", stroke_width="1.2")
    pattern = tag("pattern", lines, id=f"{sheet.ident}-hatch", width="10", height="10", patternUnits="userSpaceOnUse")
    return tag("defs", pattern)


def _fill(sheet: Sheet, value: Decimal | None) -> tuple[str, str]:
    return (f"url(#{sheet.ident}-hatch)", INK) if value is None else SHADES[shade(value)]


def _tile(sheet: Sheet, tile: Tile, side: float, tall: float) -> Iterator[Html]:
    column, row = PLACES[tile.code]
    x, y = column * side, row * tall
    fill, ink = _fill(sheet, tile.value)
    yield box(x + 1, y + 1, side - 3, tall - 3, rx="4", fill=fill, stroke="#5c6670", stroke_width="1")
    if tile.value is None:
        yield _backing(x + side / 2 - 0.5, y, side, tall)
    yield from _words(sheet, tile, (x + side / 2 - 0.5, y), (side - 5, tall), ink)


def _words(sheet: Sheet, tile: Tile, top: tuple[float, float], room: tuple[float, float], ink: str) -> Iterator[Html]:
    """Yield the name, the figure and its note codes, one under the other."""
    (x, y), (wide, tall) = top, room
    small, large = (10.0, 12.5) if sheet.is_narrow else (12.5, 18.0)
    name = tile.name if breadth(tile.name, small) <= wide else tile.short_name
    value, _, codes = tile.written.partition("\N{NO-BREAK SPACE}")
    for told, share, size in ((name, 0.36, small), (value, 0.67, large), (codes, 0.9, small)):
        if told:
            fitting = min(size, size * wide / breadth(told, size))
            yield words(told, x, y + tall * share, "middle", fill=ink, size=fitting, is_bold=told == value)


def _backing(middle: float, y: float, side: float, tall: float) -> Html:
    """Return paper under the letters of a hatched tile, so that they can be read."""
    return box(middle - side * 0.46, y + tall * 0.14, side * 0.92, tall * 0.62, fill=PAPER, rx="3")


def _legend(sheet: Sheet, legend: Sequence[str], x: float, y: float) -> Iterator[Html]:
    fills = [*(fill for fill, _ in SHADES), f"url(#{sheet.ident}-hatch)"]
    for index, (fill, told) in enumerate(zip(fills, legend, strict=True)):
        top = y + _LINE * index
        yield box(x + 1, top, 22, 16, rx="2", fill=fill, stroke="#5c6670", stroke_width="1")
        yield words(told, x + 32, top + 13, fill=INK)
