"""What came between nights: a cheap listing held against what is known, twice, so that no upload is taken half-way."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from dayops_pipeline.telling.news import SOURCE
from resources.house import House

if TYPE_CHECKING:
    from resources.settings import Settings
    from resources.source import Listed

_SECONDS = 40.0
"""How long the source may take to be listed: Dagster stops a sensor after 60 seconds."""

AT_MOST = 500
"""New files that one look keeps in mind; the rest are seen once these are taken."""

QUIET = ("01:30", "02:30")
"""Local times between which nothing is asked for: the night itself comes then."""

Seen = dict[str, str]
"""Size and time of each new file, by its path."""


def is_quiet(now: datetime) -> bool:
    """Tell whether the night is about to come, or has just come."""
    return QUIET[0] <= f"{now:%H:%M}" < QUIET[1]


def new_files(house: House) -> Seen:
    """Return what lies at the source and is not known, by the same test as the night's.

    Raises:
        SourceError: The source does not answer, or not in time.
    """
    from warehouse import ledger
    from warehouse.connection import connect

    began = datetime.now(UTC)
    listing = _listing(house.settings())
    with connect(house.warehouse_url()).begin() as connection:
        known = ledger.known_sources(connection)
    new = [one for one in listing if _is_new(one, known.get(one.path), began)]
    return {one.path: _mark(one, began) for one in new[:AT_MOST]}


def at_rest(before: Seen, now: Seen) -> Seen:
    """Return what is as it was at the last look."""
    return {path: mark for path, mark in now.items() if before.get(path) == mark}


def token(files: Seen) -> str:
    """Return a name for exactly these files as they are: the same change is asked for once."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]


def note_source(instance: dg.DagsterInstance, why: str | None) -> None:
    """Keep since when the source does not answer; None where it does."""
    storage = instance.daemon_cursor_storage
    kept = storage.get_cursor_values({SOURCE}).get(SOURCE)
    if why is None and kept:
        storage.set_cursor_values({SOURCE: ""})
    elif why is not None:
        since = json.loads(kept)[0] if kept else datetime.now(UTC).isoformat()
        storage.set_cursor_values({SOURCE: json.dumps([since, why])})


def _listing(settings: "Settings") -> "list[Listed]":
    from resources.source import SourceError, shown

    workers = ThreadPoolExecutor(1)
    try:
        return workers.submit(_listed, settings).result(_SECONDS)
    except TooSlow:
        raise SourceError(
            f"{shown(settings.returns)} could not be listed within {_SECONDS:.0f} seconds: the night takes what came."
        ) from None
    finally:
        workers.shutdown(wait=False)


def _listed(settings: "Settings") -> "list[Listed]":
    from resources.source import source_of

    with source_of(settings) as source:
        return source.listing()


def _is_new(one: "Listed", known: "tuple[int, datetime] | None", began: datetime) -> bool:
    from resources.source import REGISTER

    if one.path == REGISTER or not one.is_file:
        return False
    if known is None:
        return True
    return known[0] != one.size_bytes if one.modified_at >= began else known != (one.size_bytes, one.modified_at)


def _mark(one: "Listed", began: datetime) -> str:
    """Return size and time; where the source gives no time, it is that of the look, and says nothing."""
    return f"{one.size_bytes}@{'' if one.modified_at >= began else one.modified_at.isoformat()}"
