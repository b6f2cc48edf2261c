"""Tables: figures in rows and columns, each cell saying which figure it is, and what goes around a table."""

from collections.abc import Iterable, Sequence

from expectations.indicators import BREAKDOWNS, indicator
from expectations.markup import Html, joined, tag
from expectations.reference import WALES
from expectations.releases import Figure
from resources.bulletin.edition import Change, Edition, areas, key_written, measure_of, measures


def table(
    ident: str,
    caption: str,
    head: Sequence[str],
    rows: Iterable[Html],
    *,
    in_words: Sequence[int] = (),
    is_plain: bool = False,
) -> Html:
    """Return a table that can be sorted, and scrolled where it is too wide; where `is_plain`, it stays as it is.

    The columns `in_words` hold words and not numbers, as the first always does.
    """
    top = tag("thead", tag("tr", *(_heading(told, place in (0, *in_words)) for place, told in enumerate(head))))
    body = tag("tbody", "\n", *(joined([one, Html("\n")]) for one in rows))
    made = tag(
        "table", tag("caption", caption, id=f"{ident}-caption"), top, body, class_="plain" if is_plain else "sortable"
    )
    return tag("div", made, class_="scroll", role="group", tabindex="0", aria_labelledby=f"{ident}-caption", id=ident)


def _heading(told: str, is_words: bool) -> Html:
    return tag("th", told, scope="col", **({} if is_words else {"class_": "n"}))


def row(name: str, *cells: Html, level: str = "") -> Html:
    """Return a row under its name; `level` says what kind of area it is, where it is one."""
    return tag("tr", tag("th", name, scope="row"), *cells, **({"class_": level} if level else {}))


def text_cell(*content: str) -> Html:
    """Return a cell of words."""
    return tag("td", *content)


def number_cell(written: str, value: object = None) -> Html:
    """Return a cell of a number that is no figure of the release, with what it is sorted by."""
    return tag("td", written, class_="n", **({} if value is None else {"data_value": str(value)}))


def figure_cell(edition: Edition, figure: Figure | None) -> Html:
    """Return a cell of a figure, which says what it is sorted by and which figure it is."""
    said = {} if figure is None else {"data_figure": key_written(figure.key)}
    value = {} if figure is None or figure.value is None else {"data_value": str(figure.value)}
    return tag("td", edition.written(figure), class_="n", **value, **said)


def interval_cell(edition: Edition, figure: Figure | None) -> Html:
    """Return a cell of the 95% interval of a figure, sorted by its lower end; empty where there is none."""
    return number_cell(edition.interval(figure), None if figure is None else figure.lower)


def change_cell(edition: Edition, figure: Figure | None, change: Change | None) -> Html:
    """Return a cell of a change, with the month that it is since."""
    if figure is None or change is None or change.amount is None:
        return tag("td", edition.say("unknown_change"), class_="n quiet")
    told = edition.difference(change.amount, measure_of(figure))
    since = tag("small", edition.short_month(change.since))
    return tag("td", told, Html("<br>"), since, class_="n", data_value=str(change.amount))


def folded(summary: str, *content: Html) -> Html:
    """Return content that is opened when it is wanted."""
    return tag("details", tag("summary", summary), *content)


def breakdown_rows(edition: Edition, indicator_ids: Sequence[str], breakdown: str) -> tuple[list[str], list[Html]]:
    """Return the head and the rows of the figures for Wales by the categories of a breakdown."""
    kind = edition.kind_of(indicator_ids[0])
    columns = [one for one in measures(indicator_ids) if breakdown in indicator(one[0]).breakdowns_of(one[1])]
    declared = {code for ident, _ in columns for _, name, code in indicator(ident).cells() if name == breakdown}
    rows = [
        row(
            edition.category(breakdown, code),
            *(
                figure_cell(edition, edition.now(ident, measure.name, WALES, breakdown, code))
                for ident, measure in columns
            ),
        )
        for code in BREAKDOWNS[breakdown][1]
        if code in declared
    ]
    return [edition.breakdown(breakdown), *(edition.title_in(kind, *one) for one in columns)], rows


def area_rows(edition: Edition, indicator_ids: Sequence[str]) -> tuple[list[str], list[Html]]:
    """Return the head and the rows of the headline figures of every area."""
    kind = edition.kind_of(indicator_ids[0])
    columns = [one for one in measures(indicator_ids) if "all" in indicator(one[0]).breakdowns_of(one[1])]
    rows = [
        row(
            edition.area(code),
            *(figure_cell(edition, edition.now(ident, measure.name, code)) for ident, measure in columns),
            level=level,
        )
        for code, level in areas()
    ]
    return [edition.say("area"), *(edition.title_in(kind, *one) for one in columns)], rows
