"""Faults of files: of sheets and headers, of version, month and number, of bytes, and of a cell that holds no value.

A file gets one of them at most, and no other fault in a row beside it.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.hand import AsTyped, Hand, Page, file_bytes, shown
from dayops_pipeline.sample.returns import Posting, Return
from expectations.contract import Need, Severity
from expectations.findings import letters
from expectations.rules import FILE_RULES, contract_for

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding about a file must point, what it must say, and the text that stood there, if it is a cell's."""

    rule: str
    says: str
    severity: Severity = Severity.ERROR
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    was: str | None = None

    @property
    def refuses(self) -> str | None:
        """Return what the fault refuses: the file or a row of it, or nothing."""
        if self.severity is not Severity.ERROR:
            return None
        return "row" if self.says in OF_ROWS else "file"


@dataclass(slots=True)
class Parcel:
    """A return on its way into a file: the pages, then the bytes; `name` is the file's name."""

    posting: Posting
    hand: Hand
    name: str
    pages: list[Page]
    data: bytes = b""

    def page(self, sheet: str) -> Page:
        """Return the page of the contract's sheet."""
        return self.pages[list(self.sheets).index(sheet)]

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return the contract's sheets that the parcel still has, in the order of the pages."""
        expected = contract_for(self.posting.period).expected_sheets(self.posting.profile, self.posting.period)
        return tuple(sheet.name for sheet in expected)[: len(self.pages)]


Spoil = Callable[[Parcel, Random], list[Place]]


@dataclass(frozen=True, slots=True)
class FileFault:
    """A way to spoil a file, the formats that it can be done to, and whether it takes a second file of one number."""

    says: str
    formats: tuple[str, ...] = ("xlsx", "csv", "ods")
    is_about_number: bool = False

    @property
    def refuses(self) -> bool:
        """Tell whether nothing of the provider stands for the month afterwards."""
        return not self.is_about_number and self.says not in {"ENCODING_CP1252", "sheet_unknown", *OF_ROWS}


OF_ROWS = {"CELL_EXCEL_ERROR", "ROW_FIELD_COUNT"}
"""What is wrong with one row of a file, and leaves the others standing."""

FILE_FAULTS = (
    FileFault("sheet_missing"),
    FileFault("version_unknown"),
    FileFault("FILE_PASSWORD"),
    FileFault("SHEET_TOO_LARGE"),
    FileFault("CELL_EXCEL_ERROR", formats=("xlsx", "ods")),
    FileFault("header_missing"),
    FileFault("number_repeated", is_about_number=True),
    FileFault("FILE_DAMAGED"),
    FileFault("month_not_over"),
    FileFault("header_twice"),
    FileFault("number_skipped"),
    FileFault("FILE_HAS_MACROS", formats=("xlsx",)),
    FileFault("header_unknown"),
    FileFault("WRONG_FILE_TYPE"),
    FileFault("one_row"),
    FileFault("ENCODING_CP1252", formats=("csv",)),
    FileFault("FILE_OLD_FORMAT"),
    FileFault("sheet_unknown"),
    FileFault("sheet_twice", formats=("xlsx", "ods")),
    FileFault("FILE_EMPTY"),
    FileFault("header_absent"),
    FileFault("ROW_FIELD_COUNT", formats=("csv",)),
)
"""The faults of files, in the order in which they are planted: each rule early, then every way of breaking it."""

CHANGED_WHEN_FINAL = FileFault("reason_for_change_missing")
"""The fault of another submission that comes when its month is long final, and does not say why."""


def spoil_file(fault: FileFault, parcel: Parcel, rng: Random) -> list[Place]:
    """Spoil the parcel, write its bytes, and tell what must be found."""
    places: list[Place] = []
    if fault.says in _ON_PAGES:
        places = _ON_PAGES[fault.says](parcel, rng)
    parcel.data = parcel.data or file_bytes(parcel.hand, parcel.pages)
    if fault.says in _ON_BYTES:
        parcel.data = _ON_BYTES[fault.says](parcel)
        is_encoding = fault.says == "ENCODING_CP1252"
        severity, sheet = (Severity.QUERY, _SPELT) if is_encoding else (Severity.ERROR, None)
        places = [Place(FILE_RULES[fault.says], fault.says, severity, sheet)]
    return places


# --- sheets and headers -----------------------------------------------------------------------------------------------


def _a_sheet(parcel: Parcel, rng: Random) -> str:
    return rng.choice(parcel.sheets[1:])


def _sheet_missing(parcel: Parcel, rng: Random) -> list[Place]:
    name = _a_sheet(parcel, rng)
    del parcel.pages[parcel.sheets.index(name)]
    return [Place("V01", "sheet_missing", sheet=name)]


def _sheet_twice(parcel: Parcel, rng: Random) -> list[Place]:
    name = _a_sheet(parcel, rng)
    page = parcel.page(name)
    # A name that differs in case and spaces only is the same name, and no workbook forbids it.
    parcel.pages.append(replace(page, title=f"{page.title} ."))
    return [Place("V01", "sheet_twice", sheet=name)]


def _sheet_unknown(parcel: Parcel, rng: Random) -> list[Place]:
    parcel.pages.append(Page("Sheet1", [], [["Totals", "see the other sheets"], ["Checked", rng.randint(1, 9)]]))
    return [Place("V01", "sheet_unknown", Severity.QUERY)]


def _a_column(parcel: Parcel, rng: Random) -> tuple[str, str]:
    contract = contract_for(parcel.posting.period)
    sheet = contract.sheet(_a_sheet(parcel, rng))
    return sheet.name, rng.choice([column.name for column in sheet.columns if column.need is Need.REQUIRED])


def _header_missing(parcel: Parcel, rng: Random) -> list[Place]:
    sheet, column = _a_column(parcel, rng)
    page = parcel.page(sheet)
    at = page.columns.index(column)
    for cells in page.cells:
        del cells[at]
    del page.columns[at]
    return [Place("V01", "header_missing", sheet=sheet, row=1, column=column)]


def _header_twice(parcel: Parcel, rng: Random) -> list[Place]:
    sheet, column = _a_column(parcel, rng)
    page = parcel.page(sheet)
    at = page.columns.index(column)
    for cells in page.cells:
        cells.append(cells[at])
    return [Place("V01", "header_twice", sheet=sheet, row=1, column=column)]


def _header_unknown(parcel: Parcel, rng: Random) -> list[Place]:
    """Misspell a header: the column is missing, and the word in its place unknown."""
    sheet, column = _a_column(parcel, rng)
    page = parcel.page(sheet)
    at = page.columns.index(column)
    page.cells[0][at] = f"{page.cells[0][at]} (old)"
    return [
        Place("V01", "header_missing", sheet=sheet, row=1, column=column),
        Place("V01", "header_unknown", Severity.QUERY, sheet=sheet, row=1),
    ]


def _header_absent(parcel: Parcel, rng: Random) -> list[Place]:
    name = rng.choice([sheet for sheet in parcel.sheets[1:] if parcel.page(sheet).rows])
    del parcel.page(name).cells[0]
    return [Place("V01", "header_absent", sheet=name)]


def _far_away(parcel: Parcel, rng: Random) -> list[Place]:
    """Leave a note beside the figures, so far away that nobody sees it."""
    name = _a_sheet(parcel, rng)
    cells = parcel.page(name).cells
    cells[-1] = [*cells[-1], *[None] * rng.randint(250, 900), "checked"]
    return [Place(FILE_RULES["SHEET_TOO_LARGE"], "SHEET_TOO_LARGE", sheet=name)]


def _one_row(parcel: Parcel, rng: Random) -> list[Place]:
    page = parcel.page("RETURN")
    page.cells.insert(2, list(page.cells[1]))
    return [Place("V01", "one_row", sheet="RETURN", row=1)]


# --- version, month and number ----------------------------------------------------------------------------------------


def _on_return(column: str, says: str) -> Spoil:
    def spoil(parcel: Parcel, rng: Random) -> list[Place]:
        page = parcel.page("RETURN")
        page.cells[1][page.columns.index(column)] = AsTyped(_WRONG[says](parcel, rng))
        return [Place("V02", says, sheet="RETURN", row=2, column=column)]

    return spoil


_WRONG: dict[str, Callable[[Parcel, Random], str]] = {
    "version_unknown": lambda _, rng: rng.choice(("0.9", "2.7", "3.0")),
    "month_not_over": lambda _, rng: f"2099-{rng.randint(1, 12):02d}",
    "number_skipped": lambda parcel, _: str(parcel.posting.submission_no + 2),
}


def _number_repeated(parcel: Parcel, rng: Random) -> list[Place]:
    """Nothing is changed here: the same number was sent before, and this is another return."""
    del rng, parcel
    return [Place("V02", "number_repeated", sheet="RETURN", row=2, column="submission_no")]


def again(told: Return, return_id: str) -> Return:
    """Return other figures under the same number: what somebody sends who forgets to count."""
    sheets = {name: [dict(row) for row in rows] for name, rows in told.sheets.items()}
    row: Row = sheets["RETURN"][0]
    row["return_id"] = return_id
    for one in sheets["FINANCE"]:
        one["income_other"] = round(float(str(one["income_other"])) + 10, 2)
    return Return(told.posting, sheets)


def again_when_final(told: Return, row: Row, posting: Posting) -> Return:
    """Return other figures under the next number, without a reason in the RETURN row `row`."""
    sheets = {name: [dict(one) for one in rows] for name, rows in told.sheets.items()}
    for one in sheets["ACTIVITY"]:
        one["hours_delivered"] = round(float(str(one["hours_delivered"])) + 1, 2)
    return Return(posting, {**sheets, "RETURN": [{**row, "reason_for_change": None}]})


def _without_reason(parcel: Parcel, rng: Random) -> list[Place]:
    """Nothing is changed here: that it comes so late is what is wrong."""
    del rng, parcel
    return [Place("V27", CHANGED_WHEN_FINAL.says, sheet="RETURN", row=2, column="reason_for_change")]


# --- cells without a value --------------------------------------------------------------------------------------------

_MISCALCULATED = "#DIV/0!"


def _a_row(parcel: Parcel, rng: Random) -> int:
    """Return the number of a row of FINANCE."""
    return rng.randint(2, len(parcel.page("FINANCE").rows) + 1)


def _error_value(parcel: Parcel, rng: Random) -> list[Place]:
    """Leave the error of a formula in a cell: a text here, an error once the file is written."""
    page, row, column = parcel.page("FINANCE"), _a_row(parcel, rng), "cost_premises"
    at = page.columns.index(column)
    was = shown(page.cells[row - 1][at])
    page.cells[row - 1][at] = AsTyped(_MISCALCULATED)
    parcel.data = _as_error(parcel, file_bytes(parcel.hand, parcel.pages), f"{letters(at + 1)}{row}")
    return [Place("F05", "CELL_EXCEL_ERROR", sheet="FINANCE", row=row, column=column, was=was)]


def _as_error(parcel: Parcel, data: bytes, cell: str) -> bytes:
    if parcel.hand.format == "ods":
        as_text = f'office:value-type="string"><text:p>{_MISCALCULATED}'
        return _replaced(data, "content.xml", as_text, f'table:formula="of:=1/0" {as_text}')
    name = f"xl/worksheets/sheet{parcel.sheets.index('FINANCE') + 1}.xml"
    return _replaced(data, name, f'<c r="{cell}"[^>]*>.*?</c>', f'<c r="{cell}" t="e"><v>{_MISCALCULATED}</v></c>')


def _replaced(data: bytes, entry: str, pattern: str, text: str) -> bytes:
    """Return the zip with what matches `pattern` in one of its entries replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for one in source.infolist():
            content = source.read(one)
            if one.filename == entry:
                content = re.sub(pattern, lambda _: text, content.decode(), count=1).encode()
            target.writestr(one, content)
    return buffer.getvalue()


def _one_field_more(parcel: Parcel, rng: Random) -> list[Place]:
    row = _a_row(parcel, rng)
    parcel.page("FINANCE").cells[row - 1].append(None)
    return [Place("F05", "ROW_FIELD_COUNT", sheet="FINANCE", row=row)]


# --- bytes ------------------------------------------------------------------------------------------------------------


def _cut_short(parcel: Parcel) -> bytes:
    return parcel.data[: len(parcel.data) * 3 // 5]


def _locked(parcel: Parcel) -> bytes:
    parcel.name = f"{parcel.name.rpartition('.')[0]}.xlsx"
    return (_OLE + bytes(504) + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")).ljust(
        4096, b"\0"
    )


def _old_workbook(parcel: Parcel) -> bytes:
    parcel.name = f"{parcel.name.rpartition('.')[0]}.xls"
    return (_OLE + bytes(504) + "Workbook".encode("utf-16-le")).ljust(4096, b"\0")


def _with_macros(parcel: Parcel) -> bytes:
    parcel.name = f"{parcel.name.rpartition('.')[0]}.xlsm"
    return _with_entry(parcel.data, "xl/vbaProject.bin", _OLE.ljust(512, b"\0"))


def _with_entry(data: bytes, name: str, content: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def _a_letter(parcel: Parcel) -> bytes:
    parcel.name = f"{parcel.name.rpartition('.')[0]}.pdf"
    return b"%PDF-1.4\n% The return for the month, as agreed on the telephone.\n%%EOF\n"


def _nothing(parcel: Parcel) -> bytes:
    del parcel
    return b""


_SPELT = "SERVICES"
"""The sheet that is written as it was before UTF-8."""


def _old_encoding(parcel: Parcel) -> bytes:
    """Write one accented letter, and no other, as programs did before UTF-8."""
    pages = list(map(_without_accents, parcel.pages))
    services = pages[parcel.sheets.index(_SPELT)]
    services.cells[1][services.columns.index("service_name_en")] = "Café Glas"
    return file_bytes(replace(parcel.hand, encoding="cp1252"), pages)


def _without_accents(page: Page) -> Page:
    cells = [[_plain(value) if isinstance(value, str) else value for value in row] for row in page.cells]
    return Page(_plain(page.title), page.columns, cells)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


_ON_PAGES: dict[str, Spoil] = {
    "sheet_missing": _sheet_missing,
    "sheet_twice": _sheet_twice,
    "sheet_unknown": _sheet_unknown,
    "header_missing": _header_missing,
    "header_twice": _header_twice,
    "header_unknown": _header_unknown,
    "header_absent": _header_absent,
    "one_row": _one_row,
    "SHEET_TOO_LARGE": _far_away,
    "CELL_EXCEL_ERROR": _error_value,
    "ROW_FIELD_COUNT": _one_field_more,
    CHANGED_WHEN_FINAL.says: _without_reason,
    "version_unknown": _on_return("spec_version", "version_unknown"),
    "month_not_over": _on_return("period", "month_not_over"),
    "number_skipped": _on_return("submission_no", "number_skipped"),
    "number_repeated": _number_repeated,
}
_ON_BYTES: dict[str, Callable[[Parcel], bytes]] = {
    "FILE_DAMAGED": _cut_short,
    "FILE_PASSWORD": _locked,
    "FILE_OLD_FORMAT": _old_workbook,
    "FILE_HAS_MACROS": _with_macros,
    "WRONG_FILE_TYPE": _a_letter,
    "FILE_EMPTY": _nothing,
    "ENCODING_CP1252": _old_encoding,
}
