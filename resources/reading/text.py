"""Reads a zip of CSV files, one a sheet: whose letters, which delimiter, and does each line have the heading's fields.

Nothing is guessed in silence: an encoding that had to be supposed is noted, a line of another length is a problem of
its row, a quotation mark that never closes refuses the file.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from posixpath import basename

from resources.reading.cells import CellTexts, grid_of, refuse_if_too_large
from resources.reading.guard import Archive, refuse_nested_zips
from resources.reading.model import CellProblem, Grid, Limits, Note, Refused, Row, Wanted, Workbook
from resources.reading.sniff import is_litter, text_entries

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20
_SAMPLE_CHARACTERS = 100_000
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF32_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def read_csv_zip(archive: Archive, limits: Limits, wanted: Wanted) -> Workbook:
    """The wanted sheets of a zip of CSV files; a sheet is named as its file is, without the suffix."""
    refuse_nested_zips(archive)
    book = Workbook("csv", [], [])
    taken = text_entries(archive)
    for name in archive.names:
        if name not in taken and not is_litter(name):
            book.notes.append(Note("FILE_IGNORED", None, basename(archive.shown(name).replace("\\", "/"))))
    for name in taken:
        sheet = basename(archive.shown(name).replace("\\", "/")).rpartition(".")[0]
        if sheet in wanted:
            text, notes = _decoded(sheet, archive.inflated(name))
            book.notes.extend(notes)
            book.grids.append(csv_grid(sheet, text, limits))
    return book


def _decoded(sheet: str, data: bytes) -> tuple[str, list[Note]]:
    encoding = _encoding(data)
    try:
        return data.decode(encoding), [] if encoding != "utf-16" else [_note(sheet, "ENCODING_UTF16")]
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Refused("ENCODING_UNKNOWN", f"byte {error.start} is not {encoding}", sheet) from error
    try:
        return data.decode("cp1252"), [_note(sheet, "ENCODING_CP1252")]
    except UnicodeDecodeError as error:
        raise Refused("ENCODING_UNKNOWN", f"byte {error.start} is neither UTF-8 nor Windows-1252", sheet) from error


def _note(sheet: str, code: str) -> Note:
    return Note(code, sheet, "save as CSV UTF-8, so that every Welsh letter can be written")


def _encoding(data: bytes) -> str:
    if data.startswith(_UTF32_BOMS):
        return "utf-32"
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    beginning = data[:2000]
    half = len(beginning) // 2
    if half and beginning[1::2].count(0) > 0.7 * half and not beginning[::2].count(0):
        return "utf-16-le"
    if half and beginning[::2].count(0) > 0.7 * half and not beginning[1::2].count(0):
        return "utf-16-be"
    return "utf-8"


def csv_grid(name: str, text: str, limits: Limits) -> Grid:
    """The grid of one CSV text; row numbers count records, as a spreadsheet program shows them."""
    texts = CellTexts(limits)
    records = [texts.row(record) for record in _records(name, text, limits)]
    return grid_of(name, False, records, texts.problems(records) + list(_field_counts(records)))


def _records(name: str, text: str, limits: Limits) -> Iterator[list[str]]:
    delimiter, has_hint = _hinted(text) or (_sniffed(text), False)
    csv.field_size_limit(max(csv.field_size_limit(), limits.unpacked_bytes))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    widest = 0
    try:
        for number, record in enumerate(reader, 1):
            if any(record):
                widest = max(widest, len(record))
                refuse_if_too_large(name, number, widest, limits)
            yield [] if has_hint and number == 1 else record
    except csv.Error as error:
        raise Refused("FILE_DAMAGED", f"a quotation mark goes wrong at line {reader.line_num}", name) from error


def _hinted(text: str) -> tuple[str, bool] | None:
    """The delimiter that Excel's own first line `sep=;` names."""
    first = text[:10].splitlines()[:1]
    if first and len(first[0]) == 5 and first[0].lower().startswith("sep=") and first[0][4] in _DELIMITERS:
        return first[0][4], True
    return None


def _sniffed(text: str) -> str:
    """The delimiter that cuts the first lines into the most fields, alike from line to line."""
    return max(_DELIMITERS, key=lambda delimiter: _fitness(text[:_SAMPLE_CHARACTERS], delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[int, int]:
    counts: list[int] = []
    for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
        if record:
            counts.append(len(record))
        if len(counts) == _SAMPLE_LINES:
            break
    usual = max(counts, key=counts.count, default=1)
    return (counts.count(usual), usual) if usual > 1 else (0, 0)


def _field_counts(records: list[Row]) -> Iterator[CellProblem]:
    """Every record that has not as many fields as the heading; wholly blank records are only blank rows."""
    heading = _heading_position(records)
    for number, record in enumerate(records[heading + 1 :], heading + 2):
        expected = len(records[heading])
        if len(record) != expected and any(record):
            where = min(len(record), expected) + 1
            yield CellProblem(number, where, "ROW_FIELD_COUNT", str(len(record)), str(expected))


def _heading_position(records: list[Row]) -> int:
    """The first record that is more than a title."""
    filled = [len(record) - record.count(None) for record in records[:_SAMPLE_LINES]]
    several = (position for position, count in enumerate(filled) if count > 1)
    single = (position for position, count in enumerate(filled) if count)
    return next(several, next(single, 0))
