"""What a house holds, made-up returns or real ones and never both, and where the last run found them.

Kept in one small file in the house, so that `dayops ui` and `dayops nightly` go on with what `dayops run` began.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from resources.settings import Settings


@dataclass(frozen=True, slots=True)
class Holding:
    """The returns that were taken in last: their folder, whether they are made up, and a mark of the warehouse."""

    returns: str
    is_made_up: bool
    warehouse: str


def held(settings: "Settings") -> Holding | None:
    """Return what the house holds, or None where nothing was taken in by `dayops run`."""
    path = _path(settings)
    return Holding(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def take_in(settings: "Settings", url: str, *, is_made_up: bool) -> bool:
    """Note what is taken in now, and clear made-up returns of before; return whether any were cleared.

    Raises:
        click.UsageError: Real returns are held, or it is not certain that what is held may go.
    """
    now = Holding(settings.returns, is_made_up, _mark(url))
    before = held(settings)
    if before is None:
        if is_made_up and (settings.archive_dir / "deliveries.jsonl").exists():
            raise click.UsageError(_REAL.format(home=settings.home))
    elif is_made_up and not before.is_made_up:
        raise click.UsageError(_REAL.format(home=settings.home))
    elif before.is_made_up and before.returns != now.returns:
        if before.warehouse != now.warehouse:
            raise click.UsageError(_ELSEWHERE.format(home=settings.home))
        _clear(settings, url)
    _note(settings, now)
    return before is not None and before.is_made_up and before.returns != now.returns


_REAL = (
    "{home} holds real returns, and made-up ones must not mix with them. To try dayops out, give it another house: "
    "DAYOPS_HOME=trial make run"
)
_ELSEWHERE = (
    "{home} holds made-up returns, and the warehouse was another one when they came. Give dayops another house "
    "(DAYOPS_HOME), or delete this one."
)


def _clear(settings: "Settings", url: str) -> None:
    from warehouse.connection import drop

    drop(url)
    for folder in (settings.archive_dir, settings.restricted_dir, settings.reply_dir):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (settings.release_dir, settings.published_dir):
        shutil.rmtree(folder, ignore_errors=True)


def _note(settings: "Settings", holding: Holding) -> None:
    has_secret = "://" in holding.returns
    if has_secret:
        _path(settings).unlink(missing_ok=True)
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    _path(settings).write_text(json.dumps(asdict(holding), indent=2) + "\n", encoding="utf-8")


def _path(settings: "Settings") -> Path:
    return settings.home / "holding.json"


def _mark(url: str) -> str:
    """Return a mark of a warehouse's address that tells nothing of its password."""
    return hashlib.sha256(url.rpartition("@")[2].encode()).hexdigest()[:16]
