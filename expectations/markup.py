"""Markup of a page, made so that everything which is put into it is escaped where it is put in."""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Markup that was made here, and need not be escaped again."""

    __slots__ = ()


def tag(_name: str, *content: str, **attributes: str) -> Html:
    """Return an element; an attribute's trailing underscore is dropped, and others are hyphens (`class_`, `data_x`)."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    opened = "".join(f' {name}="{escape(value)}"' for name, value in named.items())
    return Html(f"<{_name}{opened}>{joined(content)}</{_name}>")


def joined(content: Iterable[str]) -> Html:
    """Return one piece of markup: what is plain text among the parts is escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part, quote=False) for part in content))
