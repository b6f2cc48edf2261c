"""A folder of this machine, and whatever else fsspec can list, such as its memory or an archive."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from resources.source.errors import SourceError
from resources.source.place import Entry, Opened


class Folder:
    """What lies at an fsspec address."""

    def __init__(self, address: str, shown: str) -> None:
        """Open the file system behind `address`; nothing is read yet."""
        import fsspec

        self._shown = shown
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError, OSError) as error:
            raise SourceError(f"Returns cannot be fetched from {shown}: {error}") from error

    def must_be_there(self) -> None:
        """Raise where there is no such folder."""
        try:
            is_there, is_file = self._files.exists(self._root), self._files.isfile(self._root)
        except OSError as error:
            raise SourceError(f"Returns cannot be fetched from {self._shown}: {error}") from error
        if not is_there:
            raise SourceError(f"There is no folder of returns at {self._shown}: create it, or set DAYOPS_RETURNS.")
        if is_file:
            raise SourceError(f"{self._shown} is a file: name the folder that it lies in.")

    def entries(self) -> Iterator[Entry]:
        """Yield every file."""
        self._files.invalidate_cache()
        found: Mapping[str, Mapping[str, Any]] = self._files.find(self._root, detail=True)
        for path, about in found.items():
            yield _entry(path[len(self._root) :].lstrip("/"), about)

    def info(self, name: str) -> Entry:
        """Return what is known of one file by now."""
        self._files.invalidate_cache()
        return _entry(name, self._files.info(f"{self._root}/{name}"))

    def names(self, folder: str) -> list[str]:
        """Return the names of what lies in one folder."""
        self._files.invalidate_cache()
        paths: list[str] = self._files.ls(f"{self._root}/{folder}", detail=False)
        return [path.rstrip("/").rpartition("/")[2] for path in paths]

    def open(self, name: str, at: int) -> Opened:
        """Open a file."""
        stream = self._files.open(f"{self._root}/{name}", "rb")
        stream.seek(at)
        return Opened(stream, at)

    def close(self) -> None:
        """Have nothing to let go of."""

    def passing(self, error: Exception) -> bool:
        """Say that what goes wrong with a disk does not mend itself."""
        return False


def _entry(name: str, about: Mapping[str, Any]) -> Entry:
    is_file = about.get("type") != "other" or bool(about.get("islink"))
    return Entry(name, int(about.get("size") or 0), _written_at(about), is_file=is_file)


def _written_at(about: Mapping[str, Any]) -> datetime | None:
    when = about.get("mtime") or about.get("LastModified") or about.get("modified") or about.get("created")
    match when:
        case datetime():
            return when if when.tzinfo else when.replace(tzinfo=UTC)
        case int() | float():
            return datetime.fromtimestamp(when, UTC)
        case _:
            return None
