"""A reply as one web page that stands by itself: no scripts, nothing fetched, both languages one after the other.

Everything that is put into it is escaped where it is put in, by `markup.tag`; how it looks is said in `webpage.css`.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from importlib import resources

from expectations.contract import Severity
from expectations.markup import Html, joined, tag
from expectations.replies.telling import Document, Item, both_languages, fact_lines, following, items
from expectations.replies.verdict import by_severity, verdict, verdict_phrase, what_next
from expectations.wording import Language, on_one_line, phrase

_SIGNS = {Severity.ERROR: "\N{HEAVY MULTIPLICATION X}", Severity.QUERY: "?", Severity.NOTE: "i"}
_SAID_BY_VERDICT = {"accepted": "\N{HEAVY CHECK MARK}", "queried": "?", "accepted_in_part": "!"}
_REFUSED = "\N{HEAVY MULTIPLICATION X}"


@cache
def _style() -> str:
    return (resources.files("expectations") / "replies" / "webpage.css").read_text(encoding="utf-8")


def webpage(document: Document, *, has_workbook: bool = False) -> str:
    """Return the reply as HTML; `has_workbook` where an annotated copy of their workbook goes with it."""
    subject = document.subject
    title = "reply.trial_title" if subject.is_trial else "reply.title"
    about = ", ".join(on_one_line(part) for part in (subject.provider_id, subject.period, subject.file_name) if part)
    head = tag(
        "head",
        Html('<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
        tag("title", f"{both_languages(title, subject)}: {about}"),
        Html(f"\n<style>\n{_style()}</style>\n"),
    )
    parts = [_part(document, language, has_workbook=has_workbook) for language in subject.languages]
    heading = [tag("span", phrase(title, language), lang=language) for language in subject.languages]
    header = tag("header", tag("h1", *heading), _languages(document))
    body = tag("body", header, "\n", tag("main", *parts))
    page = tag("html", "\n", head, "\n", body, "\n", lang=subject.languages[0])
    return f"<!DOCTYPE html>\n{page}\n"


def _languages(document: Document) -> Html:
    links = (
        tag("a", phrase("reply.read_here", language), href=f"#{language}", hreflang=language, lang=language)
        for language in document.subject.languages
    )
    label = both_languages("document.language", document.subject)
    return tag("nav", tag("ul", *(tag("li", link) for link in links)), aria_label=label)


def _part(document: Document, language: Language, *, has_workbook: bool) -> Html:
    """Return the whole reply in one language."""
    contact = phrase("reply.contact", language, reference=document.subject.reference)
    return tag(
        "section",
        "\n",
        *_verdict(document, language, has_workbook=has_workbook),
        "\n",
        tag("div", _facts(document, language), "\n", _counts(document, language), class_="overview"),
        "\n",
        *_found(document, language),
        "\n",
        tag("p", contact, class_="contact") if not document.subject.is_trial else Html(""),
        id=language,
        lang=language,
        tabindex="-1",
        aria_labelledby=f"{language}-verdict",
    )


def _verdict(document: Document, language: Language, *, has_workbook: bool) -> Iterator[Html]:
    became = verdict(document.subject, document.findings)
    words = verdict_phrase(document.subject, document.findings, language)
    sign = tag("span", _SAID_BY_VERDICT.get(became, _REFUSED), class_="sign", aria_hidden="true")
    name = phrase("reply.verdict", language)
    yield tag(
        "div",
        tag("h2", sign, f"{name}: {words}", id=f"{language}-verdict"),
        tag("h3", phrase("reply.next", language)),
        tag("p", what_next(document.subject, document.findings, language)),
        *([tag("p", phrase("reply.workbook", language))] if has_workbook else []),
        class_=f"verdict {became}",
    )


# --- tables -----------------------------------------------------------------------------------------------------------
# A narrow screen shows each row as a block, which takes a table's roles away: they are given in words as well.


def _table(caption: str, head: Iterable[str], rows: Iterable[Html], class_: str) -> Html:
    headings = [tag("th", words, scope="col", role="columnheader") for words in head]
    top = [tag("thead", tag("tr", *headings, role="row"), role="rowgroup"), "\n"] if headings else []
    body = tag("tbody", "\n", *(joined([row, Html("\n")]) for row in rows), role="rowgroup")
    return tag("table", tag("caption", caption), "\n", *top, body, class_=class_, role="table")


def _row(name: str, *cells: Html, **attributes: str) -> Html:
    return tag("tr", tag("th", name, scope="row", role="rowheader"), *cells, role="row", **attributes)


def _cell(label: str, *content: str, class_: str = "") -> Html:
    return tag("td", *content, data_label=label, role="cell", **({"class_": class_} if class_ else {}))


def _facts(document: Document, language: Language) -> Html:
    about = phrase("reply.about", language)
    rows = [_row(name, tag("td", told, role="cell")) for name, told in fact_lines(document, language)]
    return tag("div", tag("h3", about), _table(about, (), rows, "facts"))


def _counts(document: Document, language: Language) -> Html:
    heading, earlier = phrase("reply.counts", language), document.subject.earlier
    columns = {phrase("reply.here", language): by_severity(document.findings)}
    if earlier:
        columns[phrase("reply.before", language, number=earlier.submission_no)] = dict(earlier.count_by_severity)
    rows = [
        _row(
            phrase(f"severity_many.{severity}", language),
            *(_cell(name, str(counts.get(severity, 0))) for name, counts in columns.items()),
        )
        for severity in Severity
    ]
    table = _table(heading, (phrase("reply.kind", language), *columns), rows, "counts")
    follow = following(document, language)
    return tag("div", tag("h3", heading), table, *([tag("p", follow, class_="following")] if follow else []))


def _found(document: Document, language: Language) -> Iterator[Html]:
    """Yield what was found: causes in a table, and what follows from them in another."""
    told = items(document, language)
    causes = [item for item in told if not item.is_consequence]
    consequences = [item for item in told if item.is_consequence]
    yield tag("h3", phrase("reply.findings", language))
    if not told:
        yield tag("p", phrase("reply.none", language))
    if causes:
        yield _findings(causes, phrase("reply.findings", language), language)
    if consequences:
        yield tag("h3", phrase("reply.consequences", language))
        yield _findings(consequences, phrase("reply.consequences", language), language)


_HEADINGS = ("reply.number", "reply.kind", "reply.place", "reply.told", "reply.mend")


def _findings(told: Iterable[Item], caption: str, language: Language) -> Html:
    number, *labels = (phrase(key, language) for key in _HEADINGS)
    rows = [_finding(item, labels, language) for item in told]
    return _table(caption, (number, *labels), rows, "findings")


def _finding(item: Item, labels: Iterable[str], language: Language) -> Html:
    kind, place, message, mend = labels
    sign = tag("span", _SIGNS[item.severity], class_="sign", aria_hidden="true")
    return _row(
        str(item.number),
        _cell(kind, tag("span", sign, item.severity_word, class_=f"kind {item.severity}")),
        _cell(place, item.where),
        _cell(message, *_sentences(item), tag("p", item.rule, class_="rule")),
        _cell(mend, tag("p", item.mend), *([_follows(item.follows, language)] if item.follows else [])),
        id=f"{language}-{item.number}",
    )


def _sentences(item: Item) -> Iterator[Html]:
    if item.alike is None:
        yield from (tag("p", sentence) for _, sentence in item.examples)
        return
    yield tag("p", item.alike)
    yield tag("ul", *(tag("li", f"{places}: {sentence}" if places else sentence) for places, sentence in item.examples))


def _follows(words: str, language: Language) -> Html:
    """Return what an item follows from, each number a link to it."""
    linked = re.sub(r"\d+", rf'<a href="#{language}-\g<0>">\g<0></a>', escape(words, quote=False))
    return tag("p", Html(linked), class_="follows")
