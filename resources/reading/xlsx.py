"""Reads Excel workbooks: values by calamine, and beside them, by a scan of the XML, what calamine does not tell."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import normpath

from resources.reading.cells import CellTexts, grid_of, hidden_note, refuse_if_too_large
from resources.reading.guard import Archive, parse_xml, stored_zip
from resources.reading.model import CellProblem, Grid, Limits, Note, Refused, Row, Wanted, Workbook, shown
from resources.reading.sheet_xml import Place, SheetScan, scanned

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHARED = ("[content_types].xml", "_rels/.rels", _WORKBOOK, _RELATIONS, "xl/sharedstrings.xml", "xl/styles.xml")
_MACRO_ENABLED = b"macroEnabled"


@dataclass(frozen=True)
class _Sheet:
    position: int
    name: str
    part: str
    is_hidden: bool


def read_xlsx(archive: Archive, limits: Limits, wanted: Wanted) -> Workbook:
    """The wanted sheets of an Excel workbook."""
    parts = {name: archive.xml(name) for name in _SHARED if name in archive.names}
    if _MACRO_ENABLED in parts.get(_SHARED[0], b""):
        raise Refused("FILE_HAS_MACROS", "a macro-enabled workbook (.xlsm); save it as .xlsx")
    sheets = [sheet for sheet in _sheets(parts) if sheet.name in wanted and sheet.part in archive.names]
    scans = {sheet.position: _scan(archive, sheet, limits) for sheet in sheets}
    parts |= {sheet.part: archive.xml(sheet.part) for sheet in sheets}
    whole = stored_zip({archive.shown(name).replace("\\", "/"): data for name, data in parts.items()})
    book = Workbook("xlsx", [], [], counts_from_1904=_counts_from_1904(parts[_WORKBOOK]))
    for sheet in sheets:
        book.notes.extend(_notes(sheet, scans[sheet.position]))
    for sheet, grid in zip(sheets, _grids(whole, sheets, scans, limits), strict=True):
        scan = scans[sheet.position]
        book.notes.extend(hidden_note(grid, scan.hidden_rows, scan.hidden_columns))
        book.grids.append(grid)
    return book


def _counts_from_1904(workbook: bytes) -> bool:
    return any(tag.get("date1904", "0") in ("1", "true") for tag in _tags(workbook, "workbookPr"))


def _scan(archive: Archive, sheet: _Sheet, limits: Limits) -> SheetScan:
    scan = scanned(archive.xml(sheet.part))
    refuse_if_too_large(sheet.name, scan.rows, scan.columns, limits)
    return scan


def _sheets(parts: dict[str, bytes]) -> Iterator[_Sheet]:
    targets = {tag["Id"]: tag["Target"] for tag in _tags(parts.get(_RELATIONS, b""), "Relationship") if _is_whole(tag)}
    for position, tag in enumerate(_tags(parts[_WORKBOOK], "sheet")):
        relation = next((value for key, value in tag.items() if key.rpartition(":")[2] == "id"), "")
        is_hidden = tag.get("state", "visible") != "visible"
        yield _Sheet(position, tag.get("name", ""), _part(targets.get(relation, "")), is_hidden)


def _is_whole(tag: dict[str, str]) -> bool:
    return "Id" in tag and "Target" in tag


def _part(target: str) -> str:
    path = target.replace("\\", "/").lower()
    return path.lstrip("/") if path.startswith(("/", "xl/")) else normpath(f"xl/{path}")


def _tags(xml: bytes, wanted_name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == wanted_name:
            found.append(attributes)

    parse_xml(xml, start)
    return found


def _notes(sheet: _Sheet, scan: SheetScan) -> Iterator[Note]:
    if sheet.is_hidden:
        yield Note("SHEET_HIDDEN", sheet.name, "the sheet is hidden")
    if scan.cached:
        row, column = scan.cached[0]
        yield Note(
            "FORMULA_CACHED", sheet.name, f"{len(scan.cached)} formulas, the first at row {row}, column {column}"
        )


def _grids(whole: bytes, sheets: list[_Sheet], scans: dict[int, SheetScan], limits: Limits) -> Iterator[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(whole))
        if any(sheet.name != book.sheet_names[sheet.position] for sheet in sheets):
            raise Refused("FILE_DAMAGED", "the list of sheets is ambiguous")
        for sheet in sheets:
            read = book.get_sheet_by_index(sheet.position)
            end = read.end or (-1, -1)
            refuse_if_too_large(sheet.name, end[0] + 1, end[1] + 1, limits)
            values = read.to_python(skip_empty_area=False)
            yield _grid(sheet, values, scans[sheet.position], read.merged_cell_ranges or [], limits)
    except PasswordError as error:
        raise Refused("FILE_PASSWORD", "the workbook is protected by a password") from error
    except (CalamineError, IndexError, OSError) as error:
        raise Refused("FILE_DAMAGED", f"the workbook cannot be read ({type(error).__name__})") from error


def _grid(
    sheet: _Sheet,
    values: Iterable[Iterable[object]],
    scan: SheetScan,
    merged: list[tuple[Place, Place]],
    limits: Limits,
) -> Grid:
    texts = CellTexts(limits)
    rows = [texts.row(row) for row in values]
    problems = texts.problems(rows)
    rows = _with_errors(rows, scan)
    problems += [CellProblem(*place, "CELL_EXCEL_ERROR", shown(text)) for place, text in scan.errors.items()]
    problems += [CellProblem(*place, "FORMULA_NO_VALUE", "") for place in scan.valueless]
    problems += _merged(merged, rows)
    return grid_of(sheet.name, sheet.is_hidden, rows, problems)


def _with_errors(rows: list[Row], scan: SheetScan) -> list[Row]:
    """Puts the error texts back where calamine left blanks."""
    for (row, column), text in scan.errors.items():
        rows.extend([()] * (row - len(rows)))
        cells = list(rows[row - 1])
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = text or "#N/A"
        rows[row - 1] = tuple(cells)
    return rows


def _merged(ranges: list[tuple[Place, Place]], rows: list[Row]) -> Iterator[CellProblem]:
    """Every cell that a merge covers beside others that are filled: it has no value of its own."""
    width = max(map(len, rows), default=0)
    for (top, left), (bottom, right) in ranges:
        for row in range(top, min(bottom + 1, len(rows))):
            columns = range(left, min(right + 1, width)) if any(rows[row]) else ()
            yield from (CellProblem(row + 1, at + 1, "CELL_MERGED", "") for at in columns if (row, at) != (top, left))
