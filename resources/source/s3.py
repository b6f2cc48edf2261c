"""S3, and what speaks its language, through pyarrow. Keys and addresses come from the variables and files of AWS."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote

from resources.source.access import Access
from resources.source.errors import Passing, SourceError
from resources.source.place import Entry, Opened

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import fs

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_TRIES_WITHIN = 2
"""Tries of the library itself at one request; ours come on top of it."""

_REFUSED = (
    "ACCESS_DENIED",
    "INVALID_ACCESS_KEY_ID",
    "SIGNATURE_DOES_NOT_MATCH",
    "INVALID_CLIENT_TOKEN_ID",
    "HTTP status code 403",
    "HTTP response code 403",
)
_ABSENT = ("NO_SUCH_BUCKET", "NO_SUCH_KEY", "HTTP response code 404", "HTTP status code 404", "RESOURCE_NOT_FOUND")


class S3:
    """What lies under a prefix of a bucket. A prefix under which nothing lies is an empty folder."""

    def __init__(self, address: SplitResult, shown: str, access: Access) -> None:
        """Note where it is; nothing is asked yet."""
        if address.username is not None:
            raise SourceError(
                f"{shown}: keys of S3 are not taken from the address. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE."
            )
        self._bucket = address.netloc
        self._root = f"{self._bucket}/{unquote(address.path).strip('/')}".rstrip("/")
        self._shown, self._access = shown, access
        self._made: fs.S3FileSystem | None = None

    def must_be_there(self) -> None:
        """Raise where there is no such bucket, or it may not be read."""
        from pyarrow import fs

        try:
            bucket = self._files.get_file_info(self._bucket)
        except OSError as error:
            raise self._told(error) from error
        if bucket.type == fs.FileType.NotFound:
            raise SourceError(
                f"There is no bucket {self._bucket} for {self._shown}: see DAYOPS_RETURNS, AWS_ENDPOINT_URL "
                "and AWS_REGION."
            )

    def entries(self) -> Iterator[Entry]:
        """Yield every file."""
        yield from (
            _entry(self._name(one.path), one) for one in self._beneath(self._root, recursive=True) if one.is_file
        )

    def info(self, name: str) -> Entry:
        """Return what is known of one file by now; its ETag is asked for too."""
        path = f"{self._root}/{name}"
        try:
            about = self._files.get_file_info(path)
            if not about.is_file:
                raise FileNotFoundError(f"{name} is there no longer")
            with self._files.open_input_stream(path) as stream:
                return _entry(name, about, _mark(stream.metadata()))
        except OSError as error:
            raise self._told(error) from error

    def names(self, folder: str) -> list[str]:
        """Return the names of what lies in one folder."""
        path = f"{self._root}/{folder}".rstrip("/")
        return [one.base_name for one in self._beneath(path, recursive=False)]

    def open(self, name: str, at: int) -> Opened:
        """Open a file, from byte `at` on."""
        path = f"{self._root}/{name}"
        try:
            with self._files.open_input_stream(path) as head:
                mark = _mark(head.metadata())
            stream = self._files.open_input_file(path)
            stream.seek(at)
        except OSError as error:
            raise self._told(error) from error
        return Opened(_Body(stream, stream.size(), at), at, mark, stream.size())

    def close(self) -> None:
        """Let go of the connections."""
        self._made = None

    def passing(self, error: Exception) -> bool:
        """Tell whether an error may be over in a moment."""
        return isinstance(error, OSError) and not isinstance(error, FileNotFoundError) and not _is_lasting(str(error))

    @property
    def _files(self) -> "fs.S3FileSystem":
        if self._made is None:
            self._made = self._connected()
        return self._made

    def _connected(self) -> "fs.S3FileSystem":
        from pyarrow import fs

        endpoint, region = _first(_ENDPOINTS), _first(_REGIONS)
        scheme, _, host = endpoint.rpartition("://") if endpoint else ("", "", "")
        ca: dict[str, Any] = {"tls_ca_file_path": str(self._access.ca_file)} if self._access.ca_file else {}
        try:
            return fs.S3FileSystem(
                endpoint_override=host.rstrip("/") or None,
                scheme="http" if scheme == "http" else "https",
                region=region or ("us-east-1" if endpoint else None),
                connect_timeout=self._access.connect_seconds,
                request_timeout=self._access.read_seconds,
                retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES_WITHIN),
                **ca,
            )
        except (OSError, ValueError) as error:
            raise SourceError(f"Returns cannot be fetched from {self._shown}: {_in_short(str(error))}.") from None

    def _beneath(self, path: str, *, recursive: bool) -> "list[fs.FileInfo]":
        from pyarrow import fs

        selector = fs.FileSelector(path, allow_not_found=True, recursive=recursive)
        try:
            found: list[fs.FileInfo] = self._files.get_file_info(selector)
        except OSError as error:
            raise self._told(error) from error
        return found

    def _name(self, path: str) -> str:
        return path[len(self._root) :].lstrip("/")

    def _told(self, error: OSError) -> Exception:
        text = str(error)
        if isinstance(error, FileNotFoundError) or any(sign in text for sign in _ABSENT):
            return FileNotFoundError(f"it is not at {self._shown} (any longer)")
        if any(sign in text for sign in _REFUSED):
            return SourceError(
                f"{self._shown} may not be read with the keys that are set: see AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and what the bucket allows (s3:ListBucket, s3:GetObject)."
            )
        return Passing(f"{self._shown} does not answer as it should: {_in_short(text)}")


class _Body:
    """The bytes of a file; a body that came short is an error.

    pyarrow (26) takes a body that is shorter than what was asked for as whole, and leaves the rest of the buffer as it
    was. So the last byte is set beforehand: where it seems untouched, the piece is read once more with another one.
    """

    def __init__(self, stream: "pa.NativeFile", size_bytes: int, at: int) -> None:
        self._stream, self._size, self._at = stream, size_bytes, at

    def read(self, size: int, /) -> bytes:
        wanted = min(size, self._size - self._at)
        if wanted <= 0:
            return b""
        piece = self._filled(wanted, 0)
        if piece[-1] == 0:
            piece = self._filled(wanted, 1)
            if piece[-1] == 1:
                raise OSError("fewer bytes came than were asked for")
        self._at += wanted
        return bytes(piece)

    def _filled(self, wanted: int, last: int) -> bytearray:
        piece = bytearray(wanted)
        piece[-1] = last
        self._stream.seek(self._at)
        if self._stream.readinto(piece) != wanted:
            raise OSError("fewer bytes came than were asked for")
        return piece

    def close(self) -> None:
        self._stream.close()


def _is_lasting(text: str) -> bool:
    return any(sign in text for sign in (*_REFUSED, *_ABSENT))


def _first(variables: tuple[str, ...]) -> str:
    return next((os.environ[name] for name in variables if os.environ.get(name)), "")


def _entry(name: str, about: "fs.FileInfo", mark: str = "") -> Entry:
    return Entry(name, about.size, about.mtime, mark)


def _mark(metadata: Any) -> str:
    return next((value for key, value in metadata.items() if key.lower() == "etag"), "")


def _in_short(text: str) -> str:
    """Return the part of an error of AWS's library that a person wants."""
    return re.sub(r"\s+", " ", text.partition("AWS Error ")[2] or text)[:200]
