"""Releases for tests: prepared with their folder, and approved for a time that has come."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from assets.publish import files, lay_out
from expectations.releases import Content
from warehouse.approval import Approval, State, approve
from warehouse.release import Release, freeze

LONG_AGO = datetime(2025, 6, 2, 8, 30, tzinfo=UTC)
"""9:30 in Wales, on a Monday that is past."""


_MADE: dict[str, dict[str, bytes]] = {}


def files_once(content: Content) -> dict[str, bytes]:
    """Stand for `assets.publish.files`: what was made of the very same content before is taken from memory."""
    key = sha256(repr(content).encode()).hexdigest()
    if key not in _MADE:
        _MADE[key] = files(content)
    return dict(_MADE[key])


def files_anew(content: Content) -> dict[str, bytes]:
    """Stand for `files_once` where it is told that the bytes are the same whenever they are made."""
    return files(content)


@dataclass(frozen=True)
class Prepared:
    """A release and its folder."""

    release: Release
    folder: Path

    @property
    def id(self) -> str:
        return self.release.release_id


def prepared(c: Connection, month: date, folder: Path, **given: Any) -> Prepared:
    """Prepare a release of a month, as the night does."""
    made = freeze(c, month, **given)
    assert made is not None
    return Prepared(made, lay_out(c, folder, made.release_id))


def published(c: Connection, month: date, at: datetime = LONG_AGO, reason: str = "late returns", **given: Any) -> State:
    """Prepare a release and approve it for a moment that is past."""
    made = freeze(c, month, **given)
    assert made is not None
    return approved(c, made.release_id, at, reason)


def approved(c: Connection, release_id: str, at: datetime = LONG_AGO, reason: str = "late returns") -> State:
    """Approve a release for a moment, decided at that very moment."""
    return approve(c, release_id, Approval(by="Chief statistician", at=at, publish_at=at, reason=reason))


def says_other(c: Connection, indicator: str = "DO30", by: int = 5) -> None:
    """Have the figures of an indicator say something else, before protection and after it."""
    for table in ("indicator", "protected_indicator"):
        value = f"update mart_v1.{table} set value = value + :by where indicator_id = :indicator"
        c.execute(text(value), {"by": by, "indicator": indicator})
