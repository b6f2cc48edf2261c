"""A glance at a release for engineers: its curves and headline figures as Markdown, as the Dagster UI shows it.

The UI cleans what it shows: it leaves pictures whose address is `data:`, and takes out drawings written as they are.
"""

from base64 import b64encode

from expectations.indicators import indicator
from expectations.markup import Html
from expectations.releases import Content
from resources.bulletin.charts import curves_drawn
from resources.bulletin.edition import Edition
from resources.bulletin.sections import CARDS

_WIDTH = 560
"""About as wide as the window that the UI opens for it."""


def charts_markdown(content: Content) -> str:
    """Return the curves of recovery as a picture, and the headline figures of Wales as a table."""
    edition = Edition(content, "en")
    picture = _picture(curves_drawn(edition)("curves", _WIDTH, False))
    title = edition.say("chart.curves", first=edition.month(edition.months[0]), last=edition.month(edition.months[-1]))
    head = [f"| {edition.say('indicator')} | {edition.span('month')} |", "|---|--:|"]
    return "\n".join([f"![{title}]({picture})", "", *head, *(_line(edition, *one) for one in CARDS)])


def _picture(drawing: Html) -> str:
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"


def _line(edition: Edition, ident: str, name: str) -> str:
    return f"| {indicator(ident).id} {edition.title(ident)} | {edition.written(edition.now(ident, name))} |"
