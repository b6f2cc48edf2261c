"""The page: a head that lets nothing in from elsewhere, the masthead, the contents, and the sections in their order."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from importlib import resources

from expectations.markup import Html, joined, tag
from expectations.wording import LANGUAGES, Language
from resources.bulletin.edition import Edition
from resources.bulletin.notes import everywhere
from resources.bulletin.sections import sections


def file_name(language: Language) -> str:
    """Return the name of the bulletin's page in a language."""
    return f"bulletin_{language}.html"


def page(edition: Edition) -> str:
    """Return the bulletin in one language as a page that stands by itself."""
    made = list(sections(edition))
    body = tag(
        "body",
        tag("a", edition.say("skip"), href="#main", class_="skip"),
        "\n",
        _masthead(edition),
        "\n",
        _contents(edition, [name for name, _ in made]),
        "\n",
        tag("main", "\n", *(joined([section, Html("\n")]) for _, section in made), id="main", tabindex="-1"),
        "\n",
        tag("footer", tag("p", edition.say("footer", id=edition.content.release_id)), _said()),
        tag("script", Html(_asset("sorting.js"))),
    )
    holes = {"caption": "{caption}", "column": "{column}"}
    sayings = {f"data_{key.replace('_', '-')}": edition.say(key, **holes) for key in ("sorted_up", "sorted_down")}
    return f"<!DOCTYPE html>\n{tag('html', _head(edition), body, lang=edition.language, **sayings)}\n"


def _said() -> Html:
    """Return where the script says how a table was sorted, for those who do not see it."""
    return tag("p", class_="said", role="status")


@cache
def _asset(name: str) -> str:
    return (resources.files("resources.bulletin") / name).read_text(encoding="utf-8")


def _head(edition: Edition) -> Html:
    title = edition.say("document_title", title=edition.say("title"), month=edition.month(edition.content.period))
    others = [language for language in LANGUAGES if language != edition.language]
    return tag(
        "head",
        Html('<meta charset="utf-8">\n'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
        tag("title", title),
        *(Html(f'<link rel="alternate" hreflang="{one}" href="{file_name(one)}">\n') for one in others),
        tag("style", Html(_asset("bulletin.css"))),
    )


def _policy() -> str:
    """Return the policy that lets the page's own style and script run, and nothing else at all."""
    style, script = (_fingerprint(_asset(name)) for name in ("bulletin.css", "sorting.js"))
    nothing = "default-src 'none'; base-uri 'none'; form-action 'none'"
    return f"{nothing}; style-src '{style}'; script-src '{script}'"


def _fingerprint(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _masthead(edition: Edition) -> Html:
    return tag(
        "header",
        tag(
            "div",
            _languages(edition),
            tag("h1", tag("span", edition.say("title"), class_="series"), " ", edition.month(edition.content.period)),
            _facts(edition),
            class_="inner",
        ),
        *_banner(edition),
    )


def _languages(edition: Edition) -> Html:
    other: Language = "en" if edition.language == "cy" else "cy"
    link = tag("a", edition.say("other_language"), href=file_name(other), hreflang=other, lang=other, rel="alternate")
    return tag("nav", link, aria_label=edition.say("language_nav"), class_="languages")


def _facts(edition: Edition) -> Html:
    content = edition.content
    states = [
        edition.say("provisional" if edition.is_provisional else "final"),
        *([edition.say("revised").lower()] if edition.is_revised else []),
    ]
    facts = {
        "status": ", ".join(states),
        "release": edition.say("release_told", id=content.release_id, number=content.number),
        "published": edition.published or edition.say("not_published"),
    }
    pairs = (tag("div", tag("dt", edition.say(key)), tag("dd", told)) for key, told in facts.items())
    return tag("dl", *pairs)


def _banner(edition: Edition) -> Iterator[Html]:
    if edition.content.publish_at is None:
        told = tag("strong", edition.say("draft")), " ", edition.say("draft_about")
        yield tag("div", tag("p", *told, class_="inner"), class_="draft")
    if edition.everywhere:
        yield tag(
            "div", tag("p", edition.say("everywhere", codes=everywhere(edition)), class_="inner"), class_="everywhere"
        )


def _contents(edition: Edition, names: list[str]) -> Html:
    links = (tag("li", tag("a", edition.say(f"heading.{name}"), href=f"#{name}")) for name in names)
    return tag("nav", tag("h2", edition.say("contents"), id="contents"), tag("ul", *links), aria_labelledby="contents")
