"""Where returns come from: any fsspec address (a folder, SFTP, S3, HTTPS), listed cheaply and fetched file by file.

What is listed here is only a name, a size and a time: what a file is, its bytes say.
"""

import io
import re
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, BinaryIO

REGISTER = "register.csv"
_NOT_YET = re.compile(
    r"(^[.~])|\.(part|filepart|tmp|crdownload|incomplete)$|^(faults\.json|Thumbs\.db)$", re.IGNORECASE
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FRESH_SECONDS = 30.0
_APART_SECONDS = 1.0
"""A file that was written to just now is looked at again, this long after it was listed at the least."""


class SourceError(OSError):
    """The place where returns are delivered cannot be used: which, why, and what to do."""


class StillGrowing(SourceError):  # noqa: N818 (what the file does, and no fault of anyone's)
    """A file that somebody is still writing; it is fetched when it has come to rest."""


def shown(address: str) -> str:
    """Return the address without the password that it may carry."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:***@", address)


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


class Source:
    """The place that `address` names."""

    def __init__(self, address: str) -> None:
        """Open the file system behind `address`; nothing is read yet."""
        import fsspec

        self.address = shown(address)
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError, OSError) as error:
            raise SourceError(f"Returns cannot be fetched from {self.address}: {error}") from error
        self._listed_at = 0.0

    def must_be_there(self) -> None:
        """Raise where there is no such folder.

        Raises:
            SourceError: There is nothing at the address, it is a file, or it cannot be reached.
        """
        try:
            is_there, is_file = self._files.exists(self._root), self._files.isfile(self._root)
        except OSError as error:
            raise SourceError(f"Returns cannot be fetched from {self.address}: {error}") from error
        if not is_there:
            raise SourceError(f"There is no folder of returns at {self.address}: create it, or set DAYOPS_RETURNS.")
        if is_file:
            raise SourceError(f"{self.address} is a file: name the folder that it lies in.")

    def listing(self, *, is_return: bool = False) -> list[Listed]:
        """Return every finished file, in the order of names; unfinished uploads and hidden files are left alone.

        The CSV files of a folder below this one are one return together, and where `is_return` those in this one too.
        """
        self._files.invalidate_cache()
        self.must_be_there()
        self._listed_at = time.monotonic()
        found: Mapping[str, Mapping[str, Any]] = self._files.find(self._root, detail=True)
        files = [self._listed(path, about) for path, about in sorted(found.items())]
        return _with_folders([one for one in files if not _NOT_YET.search(one.name)], is_return=is_return)

    def must_stand_still(self, listed: Listed, fetched_bytes: int) -> None:
        """Look once more at a file that was fetched.

        Raises:
            StillGrowing: It is not as it was when it was listed; what was fetched may be half of it.
        """
        if time.time() - listed.modified_at.timestamp() < _FRESH_SECONDS:
            time.sleep(max(0.0, self._listed_at + _APART_SECONDS - time.monotonic()))
        self._files.invalidate_cache()
        now = [self._files.info(f"{self._root}/{name}") for name in listed.files]
        is_whole = listed.is_folder or fetched_bytes == (listed.size_bytes or fetched_bytes)
        if not (is_whole and _is_as_listed(listed, now) and self._has_no_more(listed)):
            raise StillGrowing(f"{listed.path} is still being written")

    def _has_no_more(self, listed: Listed) -> bool:
        """Tell whether a folder has no other files by now than it had."""
        if not listed.is_folder:
            return True
        folder = f"{self._root}/{PurePosixPath(listed.files[0]).parent}"
        names = {PurePosixPath(name).name for name in self._files.ls(folder, detail=False)}
        return {name for name in names if name.lower().endswith(".csv") and not _NOT_YET.search(name)} == {
            PurePosixPath(name).name for name in listed.files
        }

    def _listed(self, path: str, about: Mapping[str, Any]) -> Listed:
        relative = path[len(self._root) :].lstrip("/")
        is_file = about.get("type") != "other" or bool(about.get("islink"))
        return Listed(_written(relative), int(about.get("size") or 0), _modified(about), (relative,), is_file=is_file)

    @contextmanager
    def open(self, listed: Listed) -> Iterator[BinaryIO]:
        """Open the file for reading; a folder of CSV files reads as one zip, the same bytes each time."""
        if not listed.is_file:
            raise SourceError("this is no file")  # a pipe would keep us waiting for ever
        if listed.is_folder:
            yield io.BytesIO(self._zipped(listed.files))
        else:
            with self._files.open(f"{self._root}/{listed.files[0]}", "rb") as stream:
                yield stream

    def _zipped(self, members: tuple[str, ...]) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
            for member in members:
                entry = zipfile.ZipInfo(_written(PurePosixPath(member).name), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                folder.writestr(entry, self._files.cat_file(f"{self._root}/{member}"))
        return packed.getvalue()


def _written(name: str) -> str:
    r"""Return a name that can be written down: bytes that are no UTF-8 are shown as \xNN."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_as_listed(listed: Listed, now: Sequence[Mapping[str, Any]]) -> bool:
    times = [when for about in now if (when := _written_at(about)) is not None]
    is_same_time = len(times) < len(now) or max(times) == listed.modified_at
    return is_same_time and sum(int(about.get("size") or 0) for about in now) == listed.size_bytes


def _modified(about: Mapping[str, Any]) -> datetime:
    return _written_at(about) or datetime.now(UTC)


def _written_at(about: Mapping[str, Any]) -> datetime | None:
    when = about.get("mtime") or about.get("LastModified") or about.get("modified") or about.get("created")
    match when:
        case datetime():
            return when if when.tzinfo else when.replace(tzinfo=UTC)
        case int() | float():
            return datetime.fromtimestamp(when, UTC)
        case _:
            return None


def _with_folders(files: list[Listed], *, is_return: bool) -> list[Listed]:
    """Put the CSV files of each folder together: they are one return. The register stands by itself."""
    folders: dict[str, list[Listed]] = {}
    others: list[Listed] = []
    for one in files:
        is_sheet = one.name.lower().endswith(".csv") and one.name != REGISTER and ("/" in one.path or is_return)
        if is_sheet:
            folders.setdefault(one.path.rpartition("/")[0], []).append(one)
        else:
            others.append(one)
    return others + [_folder(path, sheets) for path, sheets in folders.items()]


def _folder(path: str, sheets: list[Listed]) -> Listed:
    size, modified = sum(one.size_bytes for one in sheets), max(one.modified_at for one in sheets)
    files = tuple(one.files[0] for one in sheets)
    return Listed(path, size, modified, files, is_folder=True, is_file=all(one.is_file for one in sheets))
