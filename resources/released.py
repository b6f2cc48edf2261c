"""Releases on the disk: each a folder of files with a manifest over them, and the published ones beside an index.

A folder is written whole, beside its place first and then there. What the files say does not belong here.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from resources.pack.manifest import MANIFEST, moment
from resources.pack.plain import json_bytes, sha256

INDEX = "index.json"


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the folder of a release, unless it stands just so."""
    if not _holds(folder, files):
        part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
        shutil.rmtree(part, ignore_errors=True)
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)


def is_sound(folder: Path, publish_at: datetime | None) -> bool:
    """Tell whether the folder has every file of its manifest unharmed, and was written for that time."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        harmed = [name for name, digits in manifest["files"].items() if sha256((folder / name).read_bytes()) != digits]
    except (OSError, ValueError, KeyError):
        return False
    return not harmed and manifest.get("publish_at") == moment(publish_at)


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return there == set(files) and all((folder / name).read_bytes() == content for name, content in files.items())


# --- what is published ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Public:
    """A published release as the index tells of it."""

    release_id: str
    period: str
    number: int
    publish_at: datetime
    is_latest: bool


def publish(
    folder: Path, public: Iterable[Public], withdrawn: Iterable[Mapping[str, object]], make: Callable[[str, Path], None]
) -> tuple[list[str], list[str]]:
    """Have the folder hold the public releases, an index of them, and nothing else; return what came and what went.

    `make` writes one release into a folder; one that stands unharmed is left as it is.
    """
    wanted = {one.release_id: one for one in public}
    gone = [path for path in _releases_in(folder) if path.name not in wanted]
    for path in gone:
        shutil.rmtree(path)
    new = [name for name, one in wanted.items() if not is_sound(folder / name, one.publish_at)]
    for name in new:
        make(name, folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    _write_index(folder, wanted.values(), withdrawn)
    return new, sorted(path.name for path in gone)


def _releases_in(folder: Path) -> list[Path]:
    return [path.parent for path in folder.glob(f"*/{MANIFEST}")]


def _write_index(folder: Path, public: Iterable[Public], withdrawn: Iterable[Mapping[str, object]]) -> None:
    releases = [
        {
            "release_id": one.release_id,
            "period": one.period,
            "number": one.number,
            "publish_at": moment(one.publish_at),
            "is_latest_of_month": one.is_latest,
            "manifest_sha256": sha256((folder / one.release_id / MANIFEST).read_bytes()),
        }
        for one in sorted(public, key=lambda one: (one.period, one.number))
    ]
    latest = next((one["release_id"] for one in reversed(releases) if one["is_latest_of_month"]), None)
    content = json_bytes({"latest": latest, "releases": releases, "withdrawn": list(withdrawn)})
    part = folder / f".{INDEX}.{os.getpid()}.part"
    part.write_bytes(content)
    part.replace(folder / INDEX)
