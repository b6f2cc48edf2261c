"""Finds the texts whose letters were changed, or lost, by a program that did not know Welsh.

No letter is put back here: which one it was is for the sender to say.
"""

import re

_GARBLED = re.compile("Å[\u00b4-\u00b7]|Ã[\u00a0-\u00bf]|â\u20ac|[ÐÞðþ\ufffd]")
"""UTF-8 or ISO-8859-14 read as Windows-1252 (ŵ is Åµ or ð then, ŷ is Å· or þ), and the sign for no letter at all."""

_LOST = re.compile(r"[^\W\d_]\?(?=[^\W\d_]|\s|$)")
"""A question mark inside a word or at its end (T? for Tŷ): all that is left where an encoding has no such letter."""


def letter_problem(text: str) -> str | None:
    """The code of what became of the letters of `text`, or None where they look whole."""
    if _GARBLED.search(text):
        return "LETTER_GARBLED"
    return "LETTER_LOST" if _LOST.search(text) else None
