"""The codes that figures use, with their labels in both languages and their place in the order that people read."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from expectations.codes import CODE_LISTS
from expectations.indicators import ALL, BREAKDOWNS, REASONS
from expectations.reference import note_codes
from expectations.wording import area_names, cy


class Label(NamedTuple):
    """A code of a list: area, note_code, breakdown, reason, or a breakdown's own name."""

    list_name: str
    code: str
    position: int
    label_en: str
    label_cy: str | None


def code_labels() -> Iterator[Label]:
    """Yield every code that figures use, list by list."""
    yield from _numbered("area", ((code, *names) for code, names in area_names().items()))
    yield from _numbered("note_code", ((one.code, one.label_en, one.label_cy) for one in note_codes()))
    yield from _numbered(
        "breakdown", ((code, english, cy(f"breakdown.{code}")) for code, (english, _) in BREAKDOWNS.items())
    )
    yield from _numbered("reason", ((code, english, cy(f"reason.{code}")) for code, english in REASONS.items()))
    for name, (english, codes) in BREAKDOWNS.items():
        if codes == (ALL,):
            yield from _numbered(name, [(ALL, english, cy(f"breakdown.{name}"))])
        else:
            yield from _numbered(name, ((code, CODE_LISTS[name][code], cy(f"code.{name}.{code}")) for code in codes))


def _numbered(list_name: str, labels: Iterable[tuple[str, str, str | None]]) -> Iterator[Label]:
    for position, (code, english, welsh) in enumerate(labels, 1):
        yield Label(list_name, code, position, english, welsh)
