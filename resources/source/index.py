"""Index pages of a web server, as entries: nginx's autoindex as HTML or JSON, and our own index.json.

Ours is an object: {"files": [{"name": "Hafan/RETURN.csv", "size": 1234, "modified": "2026-09-01T08:30:00Z",
"etag": "..."}]}. Names are below the folder that the index lies in; `etag` may be left out.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

from resources.source.errors import SourceError
from resources.source.place import Entry

_ROW = re.compile(r"\s+(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d)\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Index:
    """What one page lists: files, and folders that have pages of their own."""

    files: list[Entry]
    folders: list[str] = field(default_factory=list)


def read_index(body: bytes, content_type: str) -> Index:
    """Return what an index page lists.

    Raises:
        SourceError: It is no index page that is understood.
    """
    try:
        text = body.decode("utf-8")
        return _of_json(json.loads(text)) if "json" in content_type else _of_html(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SourceError(
            "its index page is not understood. nginx's autoindex is, as HTML or JSON (autoindex_format json), and an "
            'index.json with {"files": [{"name", "size", "modified"}]}'
        ) from None


def is_below(name: str) -> bool:
    """Tell whether a name stays in the folder that it is listed in."""
    parts = name.split("/")
    return bool(name) and not any(part in ("", ".", "..") for part in parts) and "\\" not in name and "\0" not in name


def _of_json(data: Any) -> Index:
    if isinstance(data, dict):
        return Index([_ours(one) for one in data["files"] if is_below(one["name"])])
    rows = [one for one in data if is_below(one["name"]) and "/" not in one["name"]]
    return Index(
        [_nginx(one) for one in rows if one["type"] == "file"],
        [one["name"] for one in rows if one["type"] == "directory"],
    )


def _ours(one: dict[str, Any]) -> Entry:
    when = datetime.fromisoformat(one["modified"])
    if when.tzinfo is None:
        raise ValueError("a time without its zone")
    return Entry(one["name"], int(one["size"]), when, str(one.get("etag") or ""))


def _nginx(one: dict[str, Any]) -> Entry:
    return Entry(one["name"], int(one["size"]), parsedate_to_datetime(one["mtime"]))


def _of_html(text: str) -> Index:
    page = _Page()
    page.feed(text)
    page.close()
    if not page.has_list:
        raise ValueError("no list")
    rows = list(page.rows())
    files = [_row(name, about) for name, about in rows if not name.endswith("/")]
    return Index(files, [name.rstrip("/") for name, _ in rows if name.endswith("/")])


def _row(name: str, about: str) -> Entry:
    found = _ROW.match(about)
    if not found:
        raise ValueError("no time and size")
    if not found[2].isdigit():
        raise SourceError(
            "its index page rounds the sizes of files: set autoindex_exact_size on (or autoindex_format json) in nginx"
        )
    when = datetime.strptime(found[1], "%d-%b-%Y %H:%M").replace(tzinfo=UTC)
    return Entry(name, int(found[2]), when)


class _Page(HTMLParser):
    """Gathers the links of a page, each with the text that follows it."""

    def __init__(self) -> None:
        super().__init__()
        self.has_list = False
        self._links: list[tuple[str, list[str]]] = []
        self._is_in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.has_list = self.has_list or tag == "pre"
        if tag == "a":
            self._links.append((dict(attrs).get("href") or "", []))
            self._is_in_link = True

    def handle_endtag(self, tag: str) -> None:
        self._is_in_link = self._is_in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._links and not self._is_in_link:
            self._links[-1][1].append(data)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield each name that lies in the page's own folder, with what is said of it."""
        for link, about in self._links:
            parts = urlsplit(link)
            name = unquote(parts.path)
            is_plain = not (parts.scheme or parts.netloc or parts.query or parts.fragment)
            if is_plain and is_below(name.removesuffix("/")) and "/" not in name.removesuffix("/"):
                yield name, "".join(about)
