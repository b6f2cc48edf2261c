"""The charts of a release: what is drawn of its figures, for a wide page and for a phone, each with its table."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from expectations.indicators import BREAKDOWNS
from expectations.markup import Html, tag
from expectations.reference import WALES, authorities, regions
from expectations.releases import Figure
from resources.bulletin.curves import Curve, curves, small_curve
from resources.bulletin.dots import Dot, dots
from resources.bulletin.drawing import DASHES, MARKS, SERIES, Sheet
from resources.bulletin.edition import Edition, areas
from resources.bulletin.sentences import RECOVERY
from resources.bulletin.tables import breakdown_rows, figure_cell, folded, interval_cell, row, table, text_cell
from resources.bulletin.tiles import MAP_WIDTH, STEPS, Tile, tile_map

_WIDE, _NARROW = 960, 318


def recovery_curves(edition: Edition) -> Html:
    """Return the four curves of recovery for Wales."""
    months = edition.months
    rows = [
        row(edition.month(month), *(figure_cell(edition, _month(edition, name, WALES, month)) for name in RECOVERY))
        for month in reversed(months)
    ]
    head = (edition.say("month"), *(edition.say(f"series.{name}") for name in RECOVERY))
    title = edition.say("chart.curves", **_ends(edition))
    return _figure(edition, "curves", title, "", _both("curves", curves_drawn(edition)), head, rows)


def curves_drawn(edition: Edition) -> Callable[[str, int, bool], Html]:
    """Return what draws the four curves, of an id, for a width, on a phone or not."""
    drawn = [
        Curve(
            edition.say(f"series.{name}"),
            tuple(map(_float, edition.curve(name, "main", WALES, edition.months))),
            edition.written(_month(edition, name, WALES, edition.content.period)),
            colour,
            dash,
            mark,
        )
        for name, colour, dash, mark in zip(RECOVERY, SERIES, DASHES, MARKS, strict=True)
    ]
    parts = _parts(edition, ((curve.name, curve.written) for curve in drawn))
    about = edition.say("chart.curves_about", last=edition.month(edition.content.period), parts=parts)
    title, months = edition.say("chart.curves", **_ends(edition)), [edition.short_month(one) for one in edition.months]
    baseline = edition.say("chart.baseline")
    return lambda ident, width, is_narrow: curves(Sheet(ident, title, about, width, is_narrow), months, drawn, baseline)


def region_curves(edition: Edition) -> Html:
    """Return a small curve of recovery of people for each region, against that of Wales."""
    months = edition.months
    panels = [
        tag("li", tag("h4", edition.area(one.code)), _region(edition, one.code), class_="panel") for one in regions()
    ]
    rows = [
        row(
            edition.month(month),
            *(figure_cell(edition, _month(edition, "DO02", one.code, month)) for one in regions()),
        )
        for month in reversed(months)
    ]
    head = (edition.say("month"), *(edition.area(one.code) for one in regions()))
    title = edition.say("chart.regions", **_ends(edition))
    key = edition.say("chart.regions_key")
    return _figure(edition, "regions", title, key, [tag("ul", *panels, class_="panels")], head, rows)


def _region(edition: Edition, code: str) -> Html:
    own, wales = (
        [_float(one) for one in edition.curve("DO02", "main", area, edition.months)] for area in (code, WALES)
    )
    end = edition.written(_month(edition, "DO02", code, edition.content.period))
    title = edition.say("chart.region", area=edition.area(code))
    about = edition.say("chart.region_about", value=end, **_ends(edition))
    return small_curve(Sheet(f"region-{code.lower()}", title, about, 200, is_narrow=True), own, wales, end)


def recovery_by(edition: Edition, breakdown: str) -> Html:
    """Return recovery of people by the categories of a breakdown, against Wales."""
    figures = {code: edition.now("DO02", "main", WALES, breakdown, code) for code in BREAKDOWNS[breakdown][1]}
    drawn = [
        Dot(edition.category(breakdown, code), _float(figure), edition.written(figure))
        for code, figure in figures.items()
    ]
    facts = {"name": edition.say(f"by_name.{breakdown}"), "span": edition.span("month")}
    title = edition.say("chart.groups", **facts)
    about = edition.say("chart.groups_about", parts=_parts(edition, ((one.name, one.written) for one in drawn)))
    wales = _line(edition, edition.now("DO02", "main"))
    name = f"by-{breakdown.replace('_', '-')}"

    def draw(ident: str, width: int, is_narrow: bool) -> Html:
        return dots(Sheet(ident, title, about, width, is_narrow), drawn, wales, is_stacked=True)

    head, rows = breakdown_rows(edition, RECOVERY, breakdown)
    return _figure(edition, name, title, "", _both(name, draw), head, rows)


def authority_map(edition: Edition) -> Html:
    """Return the map of tiles, coloured by recovery of people."""
    figures = {one.code: edition.now("DO02", "main", one.code) for one in authorities()}
    tiles = [
        Tile(code, edition.area(code), edition.short_area(code), one.value if one else None, edition.written(one))
        for code, one in figures.items()
    ]
    title = edition.say("chart.map", span=edition.span("month"))
    parts = _parts(edition, ((edition.area(one.code), one.written) for one in tiles))
    about = edition.say("chart.map_about", parts=parts)
    legend = [edition.say(f"legend.{name}") for name in (*range(len(STEPS) + 1), "hidden")]
    drawings = _both(
        "map",
        lambda ident, width, is_narrow: tile_map(Sheet(ident, title, about, width, is_narrow), tiles, legend),
        wide=MAP_WIDTH,
    )
    rows = [
        row(edition.area(code), text_cell(_region_name(edition, code)), figure_cell(edition, figure))
        for code, figure in figures.items()
    ]
    head = (edition.say("area"), edition.say("region"), edition.title("DO02"))
    return _figure(edition, "map", title, edition.say("chart.map_key"), drawings, head, rows, in_words=(1,))


def _region_name(edition: Edition, code: str) -> str:
    return edition.area(next(one.region_code for one in authorities() if one.code == code))


def authority_spread(edition: Edition) -> Html:
    """Return where authorities stand within their regions in recovery of people."""
    listed = [(code, level) for code, level in areas() if code != WALES]
    figures = {code: edition.now("DO02", "main", code) for code, _ in listed}

    def drawn(is_narrow: bool) -> list[Dot]:
        return [_area_dot(edition, code, level, figures[code], is_narrow) for code, level in listed]

    title = edition.say("chart.spread", span=edition.span("month"))
    parts = _parts(edition, ((edition.area(code), edition.written(figure)) for code, figure in figures.items()))
    about = edition.say("chart.spread_about", parts=parts)
    wales = _line(edition, edition.now("DO02", "main"))
    drawings = _both(
        "spread",
        lambda ident, width, is_narrow: dots(Sheet(ident, title, about, width, is_narrow), drawn(is_narrow), wales),
    )
    head = (edition.say("area"), edition.title("DO02"))
    rows = [row(edition.area(code), figure_cell(edition, figures[code]), level=level) for code, level in listed]
    return _figure(edition, "spread", title, edition.say("chart.spread_key"), drawings, head, rows)


def _area_dot(edition: Edition, code: str, level: str, figure: Figure | None, is_narrow: bool) -> Dot:
    is_region = level == "region"
    name = edition.short_area(code) if is_narrow and not is_region else edition.area(code)
    return Dot(
        name,
        _float(figure),
        edition.written(figure),
        mark="diamond" if is_region else "circle",
        is_head=is_region,
    )


def wage_by_authority(edition: Edition) -> Html:
    """Return the share paid at or above the Real Living Wage by authority, with its interval, from high to low."""
    figures = [(one.code, edition.now("DO18", "main", one.code)) for one in authorities()]
    figures.sort(key=lambda one: -_sortable(one[1]))
    wales = edition.now("DO18", "main")
    span = edition.span(edition.kind_of("DO18"))
    title = edition.say("chart.wage", span=span)
    parts = _parts(edition, ((edition.area(code), edition.written(figure)) for code, figure in figures))
    about = edition.say("chart.wage_about", parts=parts)

    def draw(ident: str, width: int, is_narrow: bool) -> Html:
        drawn = [_interval_dot(edition, code, figure, wales, is_narrow) for code, figure in figures]
        return dots(Sheet(ident, title, about, width, is_narrow), drawn, _line(edition, wales))

    head = (edition.say("area"), edition.title("DO18"), edition.say("interval"))
    rows = [
        row(edition.area(code), figure_cell(edition, figure), interval_cell(edition, figure))
        for code, figure in figures
    ]
    return _figure(edition, "wage", title, edition.say("chart.wage_key"), _both("wage", draw), head, rows)


def _interval_dot(edition: Edition, code: str, figure: Figure | None, wales: Figure | None, is_narrow: bool) -> Dot:
    lower, upper = (None, None) if figure is None else (figure.lower, figure.upper)
    whole = None if wales is None else wales.value
    is_open = lower is None or upper is None or whole is None or lower <= whole <= upper
    return Dot(
        edition.short_area(code) if is_narrow else edition.area(code),
        _float(figure),
        edition.written(figure),
        None if lower is None else float(lower),
        None if upper is None else float(upper),
        is_open=is_open,
    )


# --- what goes around a chart -----------------------------------------------------------------------------------------


def _both(name: str, draw: Callable[[str, int, bool], Html], wide: int = _WIDE) -> list[Html]:
    """Return a chart drawn for a wide page and for a phone; the style sheet shows one of them."""
    return [
        tag("div", draw(f"{name}-wide", wide, False), class_=f"chart wide {name}"),
        tag("div", draw(f"{name}-narrow", _NARROW, True), class_="chart narrow"),
    ]


def _figure(
    edition: Edition,
    name: str,
    title: str,
    key: str,
    drawings: Iterable[Html],
    head: Sequence[str],
    rows: Iterable[Html],
    in_words: Sequence[int] = (),
) -> Html:
    """Return a chart under its title, with how to read it and the table of it."""
    told = [tag("p", key, class_="key")] if key else []
    figure = tag("figure", tag("figcaption", tag("h3", title)), *drawings, *told)
    behind = table(f"table-{name}", title, head, rows, in_words=in_words)
    return tag("div", figure, folded(edition.say("table_of"), behind))


def _month(edition: Edition, name: str, area: str, month: date) -> Figure | None:
    return edition.find(name, "main", area, "month", month)


def _ends(edition: Edition) -> dict[str, str]:
    return {"first": edition.month(edition.months[0]), "last": edition.month(edition.months[-1])}


def _parts(edition: Edition, pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(edition.say("chart.part", name=name, value=value) for name, value in pairs)


def _line(edition: Edition, figure: Figure | None) -> tuple[float, str] | None:
    value = _float(figure)
    return None if value is None else (value, edition.say("all_of_wales", value=edition.written(figure)))


def _float(figure: Figure | None) -> float | None:
    return None if figure is None or figure.value is None else float(figure.value)


def _sortable(figure: Figure | None) -> Decimal:
    return Decimal(-1) if figure is None or figure.value is None else figure.value
