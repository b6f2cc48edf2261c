"""The inner interface that every kind of place answers to, and which kind an address names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from resources.source.access import Access
from resources.source.errors import SourceError


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its name below the root, and what is known of it without reading it.

    `size_bytes` is None where nobody says. `mark` differs between two versions of the file (an ETag); "" where there
    is none.
    """

    name: str
    size_bytes: int | None
    modified_at: datetime | None
    mark: str = ""
    is_file: bool = True


class Bytes(Protocol):
    """What is read from and closed."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""

    def close(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read, from byte `at` on, and its mark and size as they were when it was opened."""

    stream: Bytes
    at: int = 0
    mark: str = ""
    size_bytes: int | None = None


class Place(Protocol):
    """Where files lie. Troubles that may pass are raised as `Passing`, lasting ones as `OSError`."""

    def must_be_there(self) -> None:
        """Raise a SourceError where there is no such folder."""

    def entries(self) -> Iterable[Entry]:
        """Yield every file at any depth."""

    def info(self, name: str) -> Entry:
        """Return what is known of one file by now."""

    def names(self, folder: str) -> Iterable[str]:
        """Return the names of what lies in one folder itself, without the folder."""

    def open(self, name: str, at: int) -> Opened:
        """Open a file, from byte `at` on where that can be done, else from its start."""

    def close(self) -> None:
        """Let go of the connection, if there is one."""

    def passing(self, error: Exception) -> bool:
        """Tell whether an error that came up while reading may be over in a moment."""


def place_of(address: str, shown: str, access: Access) -> Place:
    """Return the place that an address names; nothing is asked of it yet.

    Raises:
        SourceError: There is no such kind of place, or the address carries a password.
    """
    match address.partition("://")[0].lower():
        case "sftp" | "ssh":
            from resources.source.sftp import Sftp

            return Sftp(_without_password(address, shown), shown, access)
        case "s3" | "s3a":
            from resources.source.s3 import S3

            return S3(_without_password(address, shown), shown, access)
        case "http" | "https":
            from resources.source.https import Https

            return Https(_without_password(address, shown), shown, access)
        case _:
            from resources.source.folder import Folder

            return Folder(address, shown)


def _without_password(address: str, shown: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_sound = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_sound = False
    if not is_sound:
        raise SourceError(f"Returns cannot be fetched from {shown}: an address like scheme://host/folder is wanted.")
    if parts.password is not None or parts.query:
        raise SourceError(
            f"Returns are not fetched from {shown} with a password or a key in the address, where it is easily seen: "
            "put it in a file of its own and name that in DAYOPS_RETURNS_PASSWORD_FILE (for HTTPS, a token in "
            "DAYOPS_RETURNS_TOKEN_FILE)."
        )
    return parts
