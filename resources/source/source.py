"""The source of returns, as the walk uses it.

What is listed is only a name, a size and a time: what a file is, its bytes say.
"""

import io
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from resources.source.access import Access, access_of
from resources.source.errors import SourceError, StillGrowing
from resources.source.listed import Listed, is_sheet, listed_of, written
from resources.source.patience import Patience, Patient
from resources.source.place import Entry, place_of

if TYPE_CHECKING:
    from resources.settings import Settings

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FRESH_SECONDS = 30.0
_APART_SECONDS = 1.0
"""A file that was written to just now is looked at again, this long after it was listed at the least."""


def shown(address: str) -> str:
    """Return the address without the password, or the key after a question mark, that it may carry."""
    bare = re.sub(r"(://[^/@:]*):(?!\d+(?:/|$)).*@", r"\1:***@", address, flags=re.DOTALL)
    return re.sub(r"\?.*", "?***", bare, flags=re.DOTALL) if "://" in bare else bare


def source_of(settings: "Settings") -> "Source":
    """Return the source that the settings name."""
    return Source(settings.returns, access_of(settings))


class Source:
    """The place that `address` names."""

    def __init__(self, address: str, access: Access | None = None, patience: Patience | None = None) -> None:
        """Find out what kind of place `address` is; nothing is read yet."""
        access = access or Access()
        self.address = shown(address)
        self._patience = patience or Patience(self.address, access.tries)
        self._place = place_of(address, self.address, access)
        self._patience.look = lambda: next(iter(self._place.entries()), None)
        self._most_files = access.most_files
        self._marks: dict[str, str] = {}
        self._listed_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection, if there is one; it is made anew where the source is asked again."""
        self._place.close()

    def must_be_there(self) -> None:
        """Raise where there is no such folder.

        Raises:
            SourceError: There is nothing at the address, it is a file, or it cannot be reached.
        """
        try:
            self._patience.ask(self._place.must_be_there)
        except OSError as error:
            raise self._told(error) from None

    def listing(self, *, is_return: bool = False) -> list[Listed]:
        """Return every finished file, in the order of names; unfinished uploads and hidden files are left alone.

        The CSV files of a folder below this one are one return together, and where `is_return` those in this one too.

        Raises:
            SourceError: The place does not answer, or has more files than it may.
        """
        self.must_be_there()
        self._listed_at = time.monotonic()
        try:
            entries = self._patience.ask(lambda: list(islice(self._place.entries(), self._most_files + 1)))
        except OSError as error:
            raise self._told(error) from None
        if len(entries) > self._most_files:
            raise SourceError(
                f"{self.address} lists more than {self._most_files:,} files: see whether it is the right folder, and "
                "take old returns out of it, or raise DAYOPS_RETURNS_MOST_FILES."
            )
        return listed_of(entries, is_return=is_return)

    def must_stand_still(self, listed: Listed, fetched_bytes: int) -> None:
        """Look once more at a file that was fetched.

        Raises:
            StillGrowing: It is not as it was when it was listed; what was fetched may be half of it.
        """
        if time.time() - listed.modified_at.timestamp() < _FRESH_SECONDS:
            time.sleep(max(0.0, self._listed_at + _APART_SECONDS - time.monotonic()))
        now = [self._patience.ask(lambda name=name: self._place.info(name)) for name in listed.files]  # type: ignore[misc]
        is_whole = listed.is_folder or fetched_bytes == (listed.size_bytes or fetched_bytes)
        is_same = is_whole and _is_as_listed(listed, now) and all(self._is_as_read(one) for one in now)
        if not (is_same and self._has_no_more(listed)):
            raise StillGrowing(f"{listed.path} is still being written")

    def _is_as_read(self, now: Entry) -> bool:
        return now.mark == self._marks.get(now.name, now.mark)

    def _has_no_more(self, listed: Listed) -> bool:
        """Tell whether a folder has no other files by now than it had."""
        if not listed.is_folder:
            return True
        folder = listed.files[0].rpartition("/")[0]
        names = self._patience.ask(lambda: list(self._place.names(folder)))
        return {name for name in names if is_sheet(name)} == {PurePosixPath(name).name for name in listed.files}

    @contextmanager
    def open(self, listed: Listed) -> Iterator[BinaryIO]:
        """Open the file for reading; a folder of CSV files reads as one zip, the same bytes each time."""
        if not listed.is_file:
            raise SourceError("this is no file")  # a pipe would keep us waiting for ever
        if listed.is_folder:
            yield io.BytesIO(self._zipped(listed.files))
        else:
            with self._stream(listed.files[0], listed.size_bytes or None) as stream:
                yield cast("BinaryIO", stream)

    def _zipped(self, members: tuple[str, ...]) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
            for member in members:
                entry = zipfile.ZipInfo(written(PurePosixPath(member).name), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with self._stream(member, None) as stream:
                    folder.writestr(entry, stream.read())
        return packed.getvalue()

    def _stream(self, name: str, size_bytes: int | None) -> Patient:
        stream = Patient(self._place, name, size_bytes, self._patience)
        self._marks[name] = stream.mark
        return stream

    def _told(self, error: OSError) -> SourceError:
        text = str(error)
        return SourceError(
            text if self.address in text else f"Returns cannot be fetched from {self.address}: {text}".rstrip(".") + "."
        )


def _is_as_listed(listed: Listed, now: Sequence[Entry]) -> bool:
    times = [one.modified_at for one in now if one.modified_at is not None]
    is_same_time = len(times) < len(now) or max(times) == listed.modified_at
    sizes = [one.size_bytes for one in now if one.size_bytes is not None]
    return is_same_time and (len(sizes) < len(now) or sum(sizes) == listed.size_bytes)
