"""Opens a zip only as far as its directory is sound, counts what really comes out, and trusts no XML with a DOCTYPE.

What the parsers see is what was checked here: parts are inflated once, and a workbook is handed on as a new, stored
zip of those very bytes, so no second reading of a crafted directory can find something else.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from xml.parsers import expat

from resources.reading.model import Limits, Refused

_CHUNK_BYTES = 1 << 20
_RATIO_GRACE_BYTES = 100_000
_IS_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError)
_DECLARES = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']")
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


class Archive:
    """A zip whose directory passed every check; `names` are its entries in lower case with forward slashes."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise Refused("FILE_DAMAGED", "the zip directory cannot be read: cut short or damaged") from error
        self._limits = limits
        self._left = limits.unpacked_bytes
        self._inflated: dict[str, bytes] = {}
        self._infos = _checked_directory(self._zip.infolist(), limits)

    @property
    def names(self) -> list[str]:
        """The entries that are files, folded."""
        return list(self._infos)

    def shown(self, name: str) -> str:
        """The entry's name as its sender wrote it."""
        return self._infos[name].filename

    def first_bytes(self, name: str) -> bytes:
        """The first four bytes of an entry, to know its kind."""
        try:
            with self._zip.open(self._infos[name]) as stream:
                return stream.read(4)
        except _BROKEN as error:
            raise _damaged() from error

    def inflated(self, name: str) -> bytes:
        """The bytes of one entry, counted as they come out."""
        if name not in self._inflated:
            self._inflated[name] = self._inflate(name)
        return self._inflated[name]

    def xml(self, name: str) -> bytes:
        """The bytes of one XML entry, refused if it declares a document type or is not plain UTF-8."""
        if name not in self._infos:
            raise Refused("FILE_DAMAGED", f"the part {name} is missing")
        data = self.inflated(name)
        _refuse_unsafe_xml(data)
        return data

    def _inflate(self, name: str) -> bytes:
        info = self._infos[name]
        pieces = []
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(min(_CHUNK_BYTES, self._left + 1)):
                    self._count(len(piece))
                    pieces.append(piece)
        except _BROKEN as error:
            raise _damaged() from error
        return b"".join(pieces)

    def _count(self, inflated_bytes: int) -> None:
        self._left -= inflated_bytes
        if self._left < 0:
            raise Refused("ZIP_UNSAFE", f"unpacks to more than {self._limits.unpacked_bytes} bytes")


def _damaged() -> Refused:
    return Refused("FILE_DAMAGED", "a part cannot be unpacked")


def _checked_directory(infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > limits.zip_entries:
        raise Refused("ZIP_UNSAFE", f"{len(infos)} entries; the limit is {limits.zip_entries}")
    if sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise Refused("ZIP_UNSAFE", f"unpacks to more than {limits.unpacked_bytes} bytes")
    checked: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _safe_name(info.filename)
        _check_entry(info, limits)
        if name in checked:
            raise Refused("ZIP_UNSAFE", "two entries have one name")
        if not name.endswith("/"):
            checked[name] = info
    return checked


def _safe_name(filename: str) -> str:
    name = filename.replace("\\", "/")
    has_drive = len(name) > 1 and name[1] == ":"
    if not name or name.startswith("/") or has_drive or ".." in name.split("/"):
        raise Refused("ZIP_UNSAFE", "an entry's name points outside the zip")
    return name.lower()


def _check_entry(info: zipfile.ZipInfo, limits: Limits) -> None:
    if info.flag_bits & _IS_ENCRYPTED:
        raise Refused("FILE_PASSWORD", "the zip is protected by a password")
    if info.compress_type not in _METHODS:
        raise Refused("FILE_DAMAGED", "a part is packed in an unknown way")
    is_large = info.file_size > _RATIO_GRACE_BYTES
    if is_large and info.file_size > limits.zip_ratio * max(info.compress_size, 1):
        raise Refused("ZIP_UNSAFE", f"a part unpacks to over {limits.zip_ratio} times its size")


def _refuse_unsafe_xml(data: bytes) -> None:
    if b"\x00" in data[:4] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("XML_UNSAFE", "a part is not written in UTF-8")
    declared = _ENCODING.match(data[3:] if data.startswith(b"\xef\xbb\xbf") else data)
    if declared and declared[1].lower() not in _ENCODINGS:
        raise Refused("XML_UNSAFE", "a part is not written in UTF-8")
    if _DECLARES.search(data):
        raise Refused("XML_UNSAFE", "a part declares a document type or entities")


def parse_xml(
    data: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
    separator: str | None = None,
) -> None:
    """Drives the handlers over UTF-8 XML; names come with their namespace where a `separator` is given."""
    parser = expat.ParserCreate("UTF-8", separator)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        detail = f"its XML cannot be read: {expat.ErrorString(error.code)}"
        raise Refused("FILE_DAMAGED", detail) from error


def refuse_nested_zips(archive: Archive) -> None:
    """Refuses an archive that holds another zip, whatever it is called."""
    for name in archive.names:
        if archive.first_bytes(name) in (b"PK\x03\x04", b"PK\x05\x06"):
            raise Refused("ZIP_UNSAFE", "there is a zip inside the zip")


def stored_zip(parts: Mapping[str, bytes]) -> bytes:
    """A new uncompressed zip of parts that were checked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name, data in parts.items():
            target.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()
