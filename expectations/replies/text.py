"""A reply as plain text, for a screen: what `dayops check` prints."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain

from expectations.replies.telling import Document, Item, counts_in_words, fact_lines, items
from expectations.replies.verdict import by_severity, verdict_phrase, what_next
from expectations.wording import Language, on_one_line, phrase

WIDTH = 96


def text(document: Document, languages: Sequence[Language] | None = None) -> str:
    """Return the whole reply, once for each of the languages; without any, in both, the provider's own first."""
    chosen = languages or document.subject.languages
    pages = [list(_lines(document, language)) for language in chosen]
    more = [phrase("reply.other_language", chosen[0]), ""] if len(chosen) > 1 else []
    between = ["", "=" * WIDTH, ""]
    return "\n".join([*more, *pages[0], *chain.from_iterable([*between, *page] for page in pages[1:]), ""])


def verdict_words(document: Document, languages: Sequence[Language] | None = None) -> str:
    """Return the verdict on one line: the file, what became of it, and how much was found."""
    told = [_verdict(document, language) for language in languages or document.subject.languages]
    return f"{on_one_line(document.subject.file_name)}: {' / '.join(told)}"


def _verdict(document: Document, language: Language) -> str:
    became = verdict_phrase(document.subject, document.findings, language)
    if not document.findings:
        return became
    return f"{became}; {counts_in_words(by_severity(document.findings), language)}"


def _lines(document: Document, language: Language) -> Iterator[str]:
    title = phrase("reply.trial_title" if document.subject.is_trial else "reply.title", language)
    yield from (title, "=" * len(title), "")
    yield from chain.from_iterable(_wrapped(f"{name}: {told}") for name, told in fact_lines(document, language))
    yield from ("", *_heading(phrase("reply.next", language)))
    yield from _wrapped(what_next(document.subject, document.findings, language), indent="")
    yield from ("", *_heading(phrase("reply.findings", language)))
    if not document.entries:
        yield phrase("reply.none", language)
    for item in items(document, language):
        yield from _told(item, language)


def _heading(words: str) -> tuple[str, str]:
    return words, "-" * len(words)


def _told(item: Item, language: Language) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"{item.number}. {item.where} [{item.severity_word}]")
    if item.alike:
        yield from _indented(item.alike)
    for places, sentence in item.examples:
        yield from _indented(f"- {places}: {sentence}" if item.alike else sentence)
    yield from _indented(f"{phrase('reply.mend', language)}: {item.mend}")
    if item.follows:
        yield from _indented(item.follows)
    yield from _indented(item.rule)


def _wrapped(words: str, indent: str = "   ") -> list[str]:
    return textwrap.wrap(words, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _indented(words: str) -> list[str]:
    return ["   " + line for line in textwrap.wrap(words, WIDTH - 3, break_long_words=False, break_on_hyphens=False)]
