"""The sections of the bulletin in reading order, from the main points to how the figures are read."""

from collections.abc import Iterable, Iterator, Sequence

from expectations.indicators import BREAKDOWNS, Measure, indicator
from expectations.markup import Html, tag
from expectations.reference import WALES
from expectations.releases import Figure
from resources.bulletin import charts
from resources.bulletin.edition import KINDS, Edition, measure_named, measure_of, measures
from resources.bulletin.notes import missing, notes, revisions
from resources.bulletin.sentences import RECOVERY, living_wage, main_points
from resources.bulletin.tables import (
    area_rows,
    breakdown_rows,
    change_cell,
    figure_cell,
    folded,
    interval_cell,
    row,
    table,
)

CARDS = (
    ("DO01", "count"),
    ("DO02", "main"),
    ("DO03", "main"),
    ("DO04", "main"),
    ("DO05", "main"),
    ("DO22", "count"),
    ("DO18", "main"),
    ("DO30", "main"),
)
"""The figures that are shown large."""

HEADLINES = ("DO01", *RECOVERY, "DO06", "DO13", "DO15", "DO18", "DO20", "DO22", "DO23", "DO24", "DO28", "DO29", "DO30")
"""The indicators of the headline table."""

TOPICS = {
    "people": ("DO01", "DO07", "DO08", "DO09", "DO10", "DO11", "DO12", "DO21", "DO25", "DO26", "DO27"),
    "workforce": ("DO15", "DO16", "DO17", "DO18", "DO19"),
    "waiting": ("DO22", "DO23"),
    "carers": ("DO13", "DO14"),
    "employment": ("DO24",),
    "distance": ("DO28",),
    "cost": ("DO29",),
    "welsh": ("DO20", "DO19"),
}
"""The indicators of each section that is made alike."""


def sections(edition: Edition) -> Iterator[tuple[str, Html]]:
    """Yield each section with its name."""
    yield "points", _section(edition, "points", _points(edition), class_="points")
    yield "headlines", _section(edition, "headlines", *_headlines(edition))
    yield "recovery", _section(edition, "recovery", *_recovery(edition))
    yield "areas", _section(edition, "areas", *_areas(edition))
    for name, ids in TOPICS.items():
        yield name, _section(edition, name, *_topic(edition, name, ids))
    yield "missing", _section(edition, "missing", *missing(edition))
    if edition.is_revised:
        yield "revisions", _section(edition, "revisions", *revisions(edition))
    yield "notes", _section(edition, "notes", *notes(edition))


def _section(edition: Edition, name: str, *content: Html, class_: str = "topic") -> Html:
    heading = tag("h2", edition.say(f"heading.{name}"), id=f"{name}-heading")
    return tag("section", heading, *content, id=name, class_=class_, aria_labelledby=f"{name}-heading")


def _lead(edition: Edition, name: str, **facts: object) -> Html:
    return tag("p", edition.say(f"lead.{name}", **facts), class_="lead")


def _points(edition: Edition) -> Html:
    return tag("ul", *(tag("li", tag("strong", topic), " ", told) for topic, told in main_points(edition)))


# --- headline figures -------------------------------------------------------------------------------------------------


def _headlines(edition: Edition) -> Iterator[Html]:
    yield _lead(edition, "headlines", span=edition.span("month"))
    yield tag("ul", *(_card(edition, *one) for one in CARDS), class_="cards")
    caption = edition.say("caption_wales", heading=edition.say("heading.headlines"), span=edition.span("month"))
    head = [
        edition.say("indicator"),
        edition.say("month"),
        edition.say("interval"),
        edition.say("since_before"),
        edition.say("since_year"),
        *_longer_heads(edition),
    ]
    rows = [_headline(edition, ident, measure.name) for ident, measure in _with_all(HEADLINES)]
    yield folded(edition.say("all_headlines"), table("table-headlines", caption, head, rows))


def _longer_heads(edition: Edition) -> list[str]:
    return [
        edition.say("quarter_so_far", span=edition.span("quarter")),
        edition.say("year_so_far", span=edition.span("year")),
    ]


def _with_all(ids: Sequence[str]) -> Iterator[tuple[str, Measure]]:
    for ident, measure in measures(ids):
        if "all" in indicator(ident).breakdowns_of(measure):
            yield ident, measure


def _headline(edition: Edition, ident: str, name: str) -> Html:
    month, quarter, year = (edition.find(ident, name, WALES, kind, edition.start(kind)) for kind in KINDS)
    since = _step(ident)
    return row(
        edition.full_title(ident, measure_named(ident, name)),
        figure_cell(edition, month),
        interval_cell(edition, month),
        change_cell(edition, month, None if month is None else edition.change(month, since)),
        change_cell(edition, month, None if month is None else edition.change(month, 12)),
        figure_cell(edition, quarter),
        figure_cell(edition, year),
    )


def _step(ident: str) -> int:
    """Return how many months an indicator's period is before the next."""
    return 3 if indicator(ident).is_snapshot else 1


def _card(edition: Edition, ident: str, name: str) -> Html:
    figure = edition.now(ident, name)
    value = edition.written(figure)
    measure = measure_named(ident, name)
    own = edition.kind_of(ident)
    title = edition.title(ident) if own == "month" else f"{edition.title(ident)} ({edition.span(own)})"
    said = [tag("p", title, class_="what"), tag("p", value, class_="value")]
    interval = edition.interval(figure)
    if interval:
        said.append(tag("p", f"{edition.say('interval')}: {interval}", class_="small"))
    said.append(tag("p", _card_change(edition, figure, _step(ident)), class_="small"))
    return tag("li", *said, class_="card", data_unit=measure.unit)


def _card_change(edition: Edition, figure: Figure | None, months: int) -> str:
    change = None if figure is None or figure.key.period_kind != "month" else edition.change(figure, months)
    if figure is None or change is None or change.amount is None:
        return edition.say("change_unknown")
    amount = edition.difference(change.amount, measure_of(figure))
    return edition.say("change_since", amount=amount, since=edition.short_month(change.since))


# --- recovery ---------------------------------------------------------------------------------------------------------


def _recovery(edition: Edition) -> Iterator[Html]:
    yield _lead(edition, "recovery")
    yield charts.recovery_curves(edition)
    yield charts.recovery_by(edition, "client_group")
    yield charts.recovery_by(edition, "setting")


def _areas(edition: Edition) -> Iterator[Html]:
    yield _lead(edition, "areas")
    yield charts.authority_map(edition)
    yield charts.region_curves(edition)
    yield charts.authority_spread(edition)
    yield from _tables(edition, "areas", (*RECOVERY, "DO06"))


# --- the sections that are made alike ---------------------------------------------------------------------------------


def _topic(edition: Edition, name: str, ids: Sequence[str]) -> Iterator[Html]:
    yield _lead(edition, name)
    if not any(edition.now(ident, measure.name) for ident, measure in _with_all(ids)):
        yield tag("p", edition.say("none_measured"), class_="lead")
        return
    yield _of_wales(edition, name, ids)
    if name == "workforce":
        yield from _wages(edition)
    yield from _tables(edition, name, ids)


def _of_wales(edition: Edition, name: str, ids: Sequence[str]) -> Html:
    heading, span = edition.say(f"heading.{name}"), edition.span(edition.kind_of(ids[0]))
    head = [edition.say(key) for key in ("indicator", "wales", "interval", "since_before", "since_year")]
    kind = edition.kind_of(ids[0])
    rows = [_of_measure(edition, kind, ident, measure.name) for ident, measure in _with_all(ids)]
    return table(f"table-{name}", edition.say("caption_wales", heading=heading, span=span), head, rows)


def _of_measure(edition: Edition, kind: str, ident: str, name: str) -> Html:
    figure = edition.now(ident, name)
    is_month = figure is not None and figure.key.period_kind == "month"
    changes = (edition.change(figure, months) if figure and is_month else None for months in (_step(ident), 12))
    return row(
        edition.title_in(kind, ident, measure_named(ident, name)),
        figure_cell(edition, figure),
        interval_cell(edition, figure),
        *(change_cell(edition, figure, change) for change in changes),
    )


def _wages(edition: Edition) -> Iterator[Html]:
    rate = living_wage(edition)
    if rate is not None:
        yield _lead(edition, "living_wage", rate=f"{rate.hourly_gbp:.2f}", year=rate.financial_year)
    yield charts.wage_by_authority(edition)


def _tables(edition: Edition, name: str, ids: Sequence[str]) -> Iterator[Html]:
    """Yield the tables by breakdown for Wales (recovery has them beside its charts), then that by area, all folded."""
    heading, span = edition.say(f"heading.{name}"), edition.span(edition.kind_of(ids[0]))
    for breakdown in _breakdowns(ids) if name != "areas" else ():
        by = edition.say(f"by_name.{breakdown}")
        head, rows = breakdown_rows(edition, ids, breakdown)
        caption = edition.say("caption_by", heading=heading, name=by, span=span)
        ident = f"table-{name}-{breakdown.replace('_', '-')}"
        yield folded(edition.say("by", name=by), table(ident, caption, head, rows))
    head, rows = area_rows(edition, ids)
    caption = edition.say("caption_area", heading=heading, span=span)
    yield folded(edition.say("by_area"), table(f"table-{name}-area", caption, head, rows))


def _breakdowns(ids: Iterable[str]) -> list[str]:
    given = {one for ident in ids for one in indicator(ident).breakdowns}
    return [name for name in BREAKDOWNS if name in given]
