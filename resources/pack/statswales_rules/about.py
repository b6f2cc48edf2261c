"""Rules of the metadata: every part said in both languages, and links that can be followed."""

import json
from collections.abc import Iterator, Mapping

from resources.pack.statswales_rules.model import Cube, Violation

_PARTS = ("title", "summary", "collection", "quality", "rounding", "designation")
_LISTS = ("sources", "related", "topics")


def wrong_metadata(files: Mapping[str, bytes], cube: Cube) -> Iterator[Violation]:
    """Yield what the metadata lacks in either language."""
    for language, path in cube.metadata.items():
        if path not in files:
            yield Violation("missing_file", path, None, f"There is no metadata in the language {language}.")
            continue
        try:
            said = json.loads(files[path])
        except ValueError:
            yield Violation("bad_metadata", path, None, "The metadata is no JSON in UTF-8.")
            continue
        yield from _wrong_parts(path, said, language)
        yield from _wrong_links(path, said)


def _wrong_parts(path: str, said: Mapping[str, object], language: str) -> Iterator[Violation]:
    if said.get("language") != language:
        yield Violation("missing_language", path, None, f"The metadata does not say that its language is {language}.")
    for part in _PARTS:
        if not str(said.get(part) or "").strip():
            yield Violation("missing_metadata", path, None, f"The metadata has no {part}.")
    for part in _LISTS:
        if not said.get(part):
            yield Violation("missing_metadata", path, None, f"The metadata has no {part}.")


def _wrong_links(path: str, said: Mapping[str, object]) -> Iterator[Violation]:
    related = said.get("related")
    for link in related if isinstance(related, list) else ():
        if not str(link.get("url", "")).startswith(("https://", "http://")):
            yield Violation("bad_link", path, None, "The address of a related report does not start with https://.")
        if not str(link.get("text", "")).strip():
            yield Violation("bad_link", path, None, "A related report has no text for its link.")
