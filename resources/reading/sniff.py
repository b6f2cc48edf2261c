"""Tells by content, never by name, what kind of file was sent, and refuses by name what is not taken.

It looks at first bytes and at the names of zip entries only; nothing is inflated but an OpenDocument's `mimetype`.
"""

from resources.reading.guard import Archive
from resources.reading.model import Kind, Limits, Refused

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
_MACRO_FOLDERS = ("xl/macrosheets/", "xl/externallinks/", "xl/embeddings/", "xl/activex/", "scripts/")
_MACRO_LISTS = ("script-lb.xml", "script-lc.xml")
_ELSEWHERE = "__macosx/"


def opened(data: bytes, limits: Limits) -> Archive:
    """The file as a checked archive, or refused: every kind of return that is taken is a zip."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Refused("FILE_EMPTY", "the file has no content")
    if len(data) > limits.file_bytes:
        raise Refused("FILE_TOO_LARGE", f"{len(data)} bytes; the limit is {limits.file_bytes}")
    if data.startswith(_ZIP):
        return Archive(data, limits)
    raise _refusal_by_first_bytes(data)


def _refusal_by_first_bytes(data: bytes) -> Refused:
    if data.startswith(_OLE) and _ENCRYPTED in data:
        return Refused("FILE_PASSWORD", "the workbook is protected by a password")
    if data.startswith((_OLE, *_OLD_BIFF)):
        return Refused("FILE_OLD_FORMAT", "an old Excel workbook (.xls); save it as .xlsx")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return Refused("WRONG_FILE_TYPE", "a web page or XML document, not a workbook")
    return Refused("WRONG_FILE_TYPE", "not a workbook (.xlsx, .ods) and not a zip of CSV files")


def kind_of(archive: Archive) -> Kind:
    """Whether the archive is an Excel workbook, an OpenDocument spreadsheet or a zip of CSV files."""
    names = archive.names
    if not names:
        raise Refused("FILE_EMPTY", "the zip has no files in it")
    _refuse_what_runs(archive)
    if "xl/workbook.bin" in names:
        raise Refused("FILE_OLD_FORMAT", "a binary Excel workbook (.xlsb); save it as .xlsx")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if _is_ods(archive):
        return "ods"
    if text_entries(archive):
        return "csv"
    raise Refused("WRONG_FILE_TYPE", "a zip without a workbook or CSV files in it")


def text_entries(archive: Archive) -> list[str]:
    """The names of the CSV files of a zip, without what operating systems leave beside them."""
    return [name for name in archive.names if name.endswith(_TEXT_SUFFIXES) and not is_litter(name)]


def is_litter(name: str) -> bool:
    """Whether an entry is something an operating system put there: nobody's data."""
    leaf = name.rpartition("/")[2]
    return name.startswith(_ELSEWHERE) or leaf.startswith(".") or leaf in {"", "thumbs.db", "desktop.ini"}


def _refuse_what_runs(archive: Archive) -> None:
    for name in archive.names:
        if _runs(name):
            raise Refused("FILE_HAS_MACROS", "the workbook holds macros, links to other files or embedded files")


def _runs(name: str) -> bool:
    is_basic_module = name.startswith("basic/") and name.endswith(".xml") and not name.endswith(_MACRO_LISTS)
    return name.endswith("vbaproject.bin") or is_basic_module or (name.startswith(_MACRO_FOLDERS) and name[-1] != "/")


def _is_ods(archive: Archive) -> bool:
    if "content.xml" not in archive.names or "meta-inf/manifest.xml" not in archive.names:
        return False
    if "mimetype" in archive.names and archive.inflated("mimetype").strip() != _ODS:
        raise Refused("WRONG_FILE_TYPE", "an OpenDocument file, but not a spreadsheet")
    return True
