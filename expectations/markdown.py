"""Markdown in both languages side by side: headings, lists of facts and tables, for the documents of the contract."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from expectations.wording import LANGUAGES, Language, phrase

BREAK = "<br>"


def title(words: str) -> list[str]:
    """Return a document's heading, and under it that it is made by a machine and its Welsh a draft."""
    notes = lines(lambda language: phrase("document.generated", language), joiner="\n\n")
    drafts = lines(lambda language: phrase("document.draft", language), joiner="\n\n")
    return [f"# {words}\n", f"{notes}\n", f"{drafts}\n"]


def inline(key: str, **facts: object) -> str:
    """Return the fixed phrase `key` in both languages on one line."""
    return lines(lambda language: phrase(key, language, **facts), joiner=" / ")


def lines(words: Callable[[Language], str], joiner: str = BREAK) -> str:
    """Return what `words` says in each language, once where they say the same."""
    return joiner.join(dict.fromkeys(words(language) for language in LANGUAGES))


def table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table under headings that are fixed phrases of `document`."""
    return lined([inline(f"document.{heading}") for heading in headings], rows)


def lined(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table under `headings` as they are."""
    all_lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in all_lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def fact_list(told: Mapping[str, str]) -> str:
    """Return a list of facts, each under a fixed phrase of `document`."""
    return "\n".join(f"- {inline(f'document.{key}')}: {fact}" for key, fact in told.items()) + "\n"
