"""What a listing of a source holds: one item for each file that is finished, or for each folder of CSV files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from resources.source.place import Entry

REGISTER = "register.csv"
_NOT_YET = re.compile(
    r"(^[.~])|\.(part|filepart|tmp|crdownload|incomplete)$|^(faults\.json|Thumbs\.db)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file at the source, or one folder of CSV files, which is one return.

    `path` can always be written down; `files` are the names that the source itself has for it, or for its members.
    """

    path: str
    size_bytes: int
    modified_at: datetime
    files: tuple[str, ...]
    is_folder: bool = False
    is_file: bool = True

    @property
    def name(self) -> str:
        """Return the file's name without its folders."""
        return PurePosixPath(self.path).name


def listed_of(entries: Iterable[Entry], *, is_return: bool) -> list[Listed]:
    """Return what is finished, in the order of names; CSV files of a folder are one return."""
    files = [_listed(one) for one in sorted(entries, key=lambda one: one.name)]
    return _with_folders([one for one in files if is_finished(one.name)], is_return=is_return)


def is_finished(name: str) -> bool:
    """Tell by a file's name whether it is neither an unfinished upload nor hidden."""
    return not _NOT_YET.search(name)


def is_sheet(name: str) -> bool:
    """Tell by a file's name whether it is a sheet of a return."""
    return name.lower().endswith(".csv") and is_finished(name)


def written(name: str) -> str:
    r"""Return a name that can be written down: bytes that are no UTF-8 are shown as \xNN."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _listed(one: Entry) -> Listed:
    when = one.modified_at or datetime.now(UTC)
    return Listed(written(one.name), one.size_bytes or 0, when, (one.name,), is_file=one.is_file)


def _with_folders(files: list[Listed], *, is_return: bool) -> list[Listed]:
    """Put the CSV files of each folder together: they are one return. The register stands by itself."""
    folders: dict[str, list[Listed]] = {}
    others: list[Listed] = []
    for one in files:
        if is_sheet(one.name) and one.name != REGISTER and ("/" in one.path or is_return):
            folders.setdefault(one.path.rpartition("/")[0], []).append(one)
        else:
            others.append(one)
    return others + [_folder(path, sheets) for path, sheets in folders.items()]


def _folder(path: str, sheets: list[Listed]) -> Listed:
    size, modified = sum(one.size_bytes for one in sheets), max(one.modified_at for one in sheets)
    files = tuple(one.files[0] for one in sheets)
    return Listed(path, size, modified, files, is_folder=True, is_file=all(one.is_file for one in sheets))
