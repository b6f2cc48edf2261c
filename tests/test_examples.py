"""The examples of the rule catalogue: each breaks its rule where it says and nothing else, its counterpart none.

Examples in rows are put into the good return of `makers` and judged; those in words are made here as real files, and
go the way of a delivered file, from its bytes to its findings.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Connection, text
from warehouse_makers import KEY, a_submission

from assets.check import Judged, Numbered, judge, number
from assets.check.batch import gather, table
from assets.check.numbering import changes_final
from assets.identity import settle
from expectations import comparisons
from expectations.examples import EXAMPLES, Described, Place, Shown
from expectations.examples import Sheets as ExampleSheets
from expectations.findings import Finding, letters
from expectations.headers import FLAW_RULES, flaw_findings
from expectations.months import first_day, month_before
from expectations.rules import CONSEQUENCE_RULES, CONTRACT, FILE_RULES
from makers import PERIOD, Sheets, a_return, a_row, stored
from resources.reading import Limits
from resources.restricted import StoredSheet, read_sheets
from resources.returns import Job, identify_files, read_file
from resources.writing import Cell, csv_zip_bytes, xlsx_bytes
from warehouse import facts, history, ledger

TODAY = date(2026, 10, 20)
Found = tuple[str, str, Place]
SHOWN = [one for one in EXAMPLES if isinstance(one, Shown)]
COMPARED = [one for one in SHOWN if one.others]
ABOUT_NO_FILE = {"return_missing"}
"""What is said of a return that has not come: it is tried in `test_compare`."""

DESCRIBED = [one for one in EXAMPLES if isinstance(one, Described) and one.says not in ABOUT_NO_FILE]


def named(example: Shown | Described) -> str:
    return f"{example.rule} {example.says} {example.at[0].column or ''}".strip()


def meant(example: Shown | Described) -> set[Found]:
    return {(example.rule, example.says, place) for place in example.at}


def found(findings: Sequence[Finding], *, consequences: bool = False) -> set[Found]:
    return {
        (one.rule, one.says, Place(one.sheet, one.row, one.column))
        for one in findings
        if (one.caused_by is not None) is consequences
    }


# --- complete ---------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_has_an_example_under_its_rule() -> None:
    asked = {(check.rule, check.says) for check in CONTRACT.checks}
    told = {(rule, says) for says, rule in (FILE_RULES | FLAW_RULES | CONSEQUENCE_RULES).items()}
    assert {(one.rule, one.says) for one in EXAMPLES} == asked | told


def test_every_rule_and_every_saying_of_the_contract_has_an_example() -> None:
    assert {one.rule for one in EXAMPLES} == {rule.id for rule in CONTRACT.rules}
    assert {one.says for one in EXAMPLES} == set(CONTRACT.sayings)


# --- rows -------------------------------------------------------------------------------------------------------------


def filled(sheets: ExampleSheets, profile: str = "FULL", period: str = PERIOD) -> Sheets:
    """The good return with the example's rows in it; of people and their half-days the others stay, to be added up."""
    good = a_return(profile, period)
    rows = {sheet: [a_row(sheet, **cells) for cells in cells_of] for sheet, cells_of in sheets.items()}
    for sheet in {"PEOPLE", "ATTENDANCE"} & {name for name, cells_of in sheets.items() if cells_of}:
        rows[sheet] += good[sheet][len(rows[sheet]) :]
    return good | rows


@cache
def judged() -> dict[int, Judged]:
    """What the rules say of every example: those that break a rule at even numbers, their counterparts after them."""
    returns = [filled(sheets, "LITE" if one.others else "FULL") for one in SHOWN for sheets in (one.fails, one.passes)]
    return judge(CONTRACT, PERIOD, {place: stored(sheets) for place, sheets in enumerate(returns)}, TODAY)


@pytest.mark.parametrize("place", range(len(SHOWN)), ids=map(named, SHOWN))
def test_rows_break_their_rule_where_the_example_says_and_nothing_else(place: int) -> None:
    example, findings = SHOWN[place], judged()[2 * place].findings
    if example.cause is None:
        # What is asked between returns finds nothing in the return by itself.
        assert found(findings) == (set() if example.others else meant(example))
        return
    rule, at = example.cause
    assert {(one[0], one[2]) for one in found(findings)} == {(rule, at)}
    assert found(findings, consequences=True) == meant(example)


@pytest.mark.parametrize("place", range(len(SHOWN)), ids=map(named, SHOWN))
def test_the_counterpart_of_rows_that_break_a_rule_breaks_none(place: int) -> None:
    assert judged()[2 * place + 1].findings == []


@pytest.mark.parametrize("place", range(len(SHOWN)), ids=map(named, SHOWN))
def test_every_row_of_an_example_is_accepted_or_put_aside_with_the_rules_it_broke(place: int) -> None:
    one = judged()[2 * place]
    assert one.rows_accepted + len(one.quarantined) == one.rows_read
    assert all(row.rules for row in one.quarantined)


@pytest.mark.parametrize("example", SHOWN, ids=named)
def test_an_example_and_its_counterpart_are_about_the_same_sheets_and_differ(example: Shown) -> None:
    assert (set(example.fails), example.fails == example.passes) == (set(example.passes), False)
    assert {place.sheet for place in example.at} <= set(example.fails)


# --- returns held against others --------------------------------------------------------------------------------------


def stands(c: Connection, sheets: Sheets, period: str, provider: str, received_at: datetime) -> int:
    """Load a return as it is typed, so that it stands for its provider and month; return its submission's number."""
    typed = {name: table(gather(CONTRACT.sheet(name), {1: one})) for name, one in stored(sheets).items()}
    name = f"{provider} {period}"
    submission = a_submission(c, name, profile="LITE", period=period, provider_id=provider)
    c.execute(
        text("update landing.submission set received_at = :at where submission_id = :id"),
        {"at": received_at, "id": submission},
    )
    facts.load(ledger.driver(c), submission, first_day(period), typed, KEY)
    ledger.settle_current(c, period)
    return submission


def compared(c: Connection, example: Shown, sheets: ExampleSheets) -> set[Found]:
    """What is found by holding the example's return against the others that it rests on."""
    for other in example.others:
        period = month_before(PERIOD, other.months_before)
        provider = "DOP00002" if other.is_of_another_provider else "DOP00001"
        stands(c, filled(other.sheets, "LITE", period), period, provider, datetime(2026, 10, 1, tzinfo=UTC))
    own = stands(c, filled(sheets, "LITE"), PERIOD, "DOP00001", datetime(2026, 10, 5, tzinfo=UTC))
    answers = comparisons.compare(CONTRACT, history.compared_facts(c, CONTRACT, PERIOD), PERIOD)
    return {
        (check.rule, check.says, Place(check.sheet, one.row, check.column if one.row else None))
        for check in CONTRACT.comparisons()
        for one in answers[check.code]
        if one.submission_id == own
    }


@pytest.mark.parametrize("example", COMPARED, ids=named)
def test_a_return_breaks_its_rule_beside_others_as_the_example_says(c: Connection, example: Shown) -> None:
    assert compared(c, example, example.fails) == meant(example)


@pytest.mark.parametrize("example", COMPARED, ids=named)
def test_its_counterpart_beside_the_same_others_breaks_none(c: Connection, example: Shown) -> None:
    assert compared(c, example, example.passes) == set()


# --- files ------------------------------------------------------------------------------------------------------------

Pages = dict[str, list[list[Cell]]]


@dataclass(frozen=True)
class File:
    """A delivered file: its bytes, the limits it is read within, when it came, and the numbers that came before it."""

    data: bytes
    limits: Limits = field(default_factory=Limits)
    today: date = TODAY
    earlier: tuple[int, ...] = ()
    came: datetime = datetime(2026, 10, 5, tzinfo=UTC)


def pages(*, profile: str = "FULL", **changes: Mapping[str, str | None]) -> Pages:
    """The good return as it is typed, each sheet under its headers; `changes` gives other cells for a sheet's row."""
    sheets = a_return(profile)
    for sheet, cells in changes.items():
        sheets[sheet] = [{**row, **cells} for row in sheets[sheet]]
    return {
        sheet: [[one.label for one in CONTRACT.sheet(sheet).columns], *_typed(rows)] for sheet, rows in sheets.items()
    }


def _typed(rows: Sequence[Mapping[str, str | None]]) -> list[list[Cell]]:
    return [list(row.values()) for row in rows]


def whole(**changes: Mapping[str, str | None]) -> File:
    return File(xlsx_bytes(pages(profile="FULL", **changes)))


def as_csv(**changes: Mapping[str, str | None]) -> File:
    return File(csv_zip_bytes(pages(profile="FULL", **changes)))


def in_finance(change: Callable[[list[list[Cell]]], object], write: Callable[[Pages], bytes] = xlsx_bytes) -> File:
    """The good return with something done to the rows of FINANCE."""
    made = pages()
    change(made["FINANCE"])
    return File(write(made))


def opened(change: Callable[[openpyxl.Workbook], object]) -> File:
    """The good return as a workbook that somebody opened and did something to."""
    book = openpyxl.load_workbook(io.BytesIO(whole().data))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return File(buffer.getvalue())


def in_cell(value: str, cell: str = "B2") -> Callable[[openpyxl.Workbook], None]:
    def put(book: openpyxl.Workbook) -> None:
        page: Worksheet = book["FINANCE"]
        page[cell] = value

    return put


def beside(data: bytes, name: str, content: bytes) -> File:
    """The zip or workbook with another file packed into it."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, content)
    return File(buffer.getvalue())


def repacked(data: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> File:
    """The zip or workbook with each of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", method) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return File(buffer.getvalue())


def in_part(data: bytes, part: str, old: bytes, new: bytes, method: int = zipfile.ZIP_DEFLATED) -> File:
    """The file with something replaced in one of its parts, where it must stand."""

    def change(name: str, content: bytes) -> bytes:
        assert name != part or old in content
        return content.replace(old, new) if name == part else content

    return repacked(data, change, method)


OPEN_FROM = f"{letters([one.name for one in CONTRACT.sheet('SERVICES').columns].index('open_from') + 1)}2"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
FINANCE_PART = f"xl/worksheets/sheet{list(a_return()).index('FINANCE') + 1}.xml"
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "other.xml">]>'
FAR_CELL = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
NAME = "Something".encode()  # noqa: UP012 (what the good return calls its service)


def cp1252(text: str) -> bytes:
    return csv_zip_bytes(pages(SERVICES={"service_name_en": text}), encoding="cp1252")


def utf_16(data: bytes) -> File:
    def change(name: str, content: bytes) -> bytes:
        return content.decode().encode("utf-16") if name == "FINANCE.csv" else content

    return repacked(data, change)


def without_finance() -> File:
    made = pages()
    del made["FINANCE"]
    return File(xlsx_bytes(made))


def finance_twice() -> File:
    made = pages()
    return File(xlsx_bytes(made | {"Finance .": made["FINANCE"]}))


def lite(*, with_people: bool) -> File:
    beside_it = {"PEOPLE": pages()["PEOPLE"]} if with_people else {}
    return File(xlsx_bytes(pages(profile="LITE") | beside_it))


def hidden(book: openpyxl.Workbook) -> None:
    book["FINANCE"].sheet_state = "hidden"


def column_hidden(book: openpyxl.Workbook) -> None:
    book["FINANCE"].column_dimensions["B"].hidden = True


def counting_from_1904(book: openpyxl.Workbook) -> Worksheet:
    book.epoch = CALENDAR_MAC_1904
    page: Worksheet = book["SERVICES"]
    return page


def day_as_number(book: openpyxl.Workbook) -> None:
    counting_from_1904(book)[OPEN_FROM] = 42094


def day_as_day(book: openpyxl.Workbook) -> None:
    counting_from_1904(book)[OPEN_FROM] = date(2019, 4, 1)


def without_two() -> File:
    made = pages()
    del made["FINANCE"], made["CARERS"]
    return File(xlsx_bytes(made))


def merged(book: openpyxl.Workbook) -> None:
    book["FINANCE"].merge_cells("B2:C2")


def column_twice(rows: list[list[Cell]]) -> None:
    for row in rows:
        row.append(row[1])


def two_months() -> File:
    made = pages()
    made["RETURN"].append(made["RETURN"][1])
    return File(xlsx_bytes(made))


def numbered(submission_no: int) -> File:
    return replace(whole(RETURN={"submission_no": str(submission_no)}), earlier=(1,))


def late(reason: str | None) -> File:
    """A correction that comes when the year's last return was due long ago."""
    again = whole(RETURN={"submission_no": "2", "reason_for_change": reason})
    return replace(again, earlier=(1,), came=datetime(2027, 6, 1, tzinfo=UTC))


def plain() -> File:
    return opened(in_cell("1200"))


MADE: dict[str, tuple[Callable[[], File], Callable[[], File]]] = {
    "FILE_EMPTY": (lambda: File(b""), whole),
    "FILE_DAMAGED": (lambda: File(whole().data[: len(whole().data) // 2]), whole),
    "ZIP_UNSAFE": (lambda: beside(as_csv().data, "../notes.csv", b"x"), as_csv),
    "XML_UNSAFE": (lambda: in_part(whole().data, FINANCE_PART, b"<worksheet ", ENTITY + b"<worksheet "), whole),
    "WRONG_FILE_TYPE": (lambda: File(b"%PDF-1.4\n% The return, as agreed.\n%%EOF\n"), whole),
    "FILE_OLD_FORMAT": (lambda: File(OLE + "Workbook".encode("utf-16-le")), whole),
    "FILE_PASSWORD": (lambda: File(OLE + "EncryptedPackage".encode("utf-16-le")), whole),
    "FILE_HAS_MACROS": (lambda: beside(whole().data, "xl/vbaProject.bin", OLE), whole),
    "FILE_IGNORED": (lambda: beside(as_csv().data, "notes.docx", b"x"), as_csv),
    "FILE_TOO_LARGE": (lambda: File(b"x" * 25_000_001), whole),
    "SHEET_TOO_LARGE": (lambda: in_part(whole().data, FINANCE_PART, b"</sheetData>", FAR_CELL), whole),
    "FILE_TOO_COMPLEX": (lambda: replace(whole(), limits=replace(Limits(), wall_seconds=0.01)), whole),
    "ENCODING_UNKNOWN": (lambda: in_part(as_csv().data, "SERVICES.csv", NAME, b"\x81\x8d"), as_csv),
    "ENCODING_CP1252": (
        lambda: File(cp1252("Canolfan Môn")),
        lambda: as_csv(SERVICES={"service_name_en": "Canolfan Môn"}),
    ),
    "ENCODING_UTF16": (lambda: utf_16(as_csv().data), as_csv),
    "LETTER_GARBLED": (
        lambda: whole(SERVICES={"service_name_cy": "TÅ· Glas"}),
        lambda: whole(SERVICES={"service_name_cy": "Tŷ Glas"}),
    ),
    "LETTER_LOST": (
        lambda: whole(SERVICES={"service_name_cy": "T? Glas"}),
        lambda: whole(SERVICES={"service_name_cy": "Tŷ Glas"}),
    ),
    "DATE_1904": (lambda: opened(day_as_number), lambda: opened(day_as_day)),
    "CELL_EXCEL_ERROR": (lambda: opened(in_cell("#REF!")), plain),
    "FORMULA_NO_VALUE": (lambda: opened(in_cell("=1000+200")), plain),
    "FORMULA_CACHED": (
        lambda: in_part(opened(in_cell("=1000+200")).data, FINANCE_PART, b"<v />", b"<v>1200</v>"),
        plain,
    ),
    "CELL_MERGED": (lambda: opened(merged), plain),
    "CELL_CONTROL_CHAR": (lambda: in_part(as_csv().data, "SERVICES.csv", NAME, b"Some\x07thing"), as_csv),
    "CELL_TOO_LONG": (
        lambda: in_part(as_csv().data, "SERVICES.csv", NAME, b"Hafan" * 8_000, zipfile.ZIP_STORED),
        lambda: in_part(as_csv().data, "SERVICES.csv", NAME, b"Hafan" * 4, zipfile.ZIP_STORED),
    ),
    "ROW_FIELD_COUNT": (lambda: in_finance(lambda rows: rows[1].append(""), csv_zip_bytes), as_csv),
    "sheets_received": (without_two, whole),
    "CELLS_HIDDEN": (lambda: opened(column_hidden), whole),
    "ROW_BLANK": (
        lambda: in_finance(lambda rows: rows.insert(1, [])),
        lambda: in_finance(lambda rows: rows.append([])),
    ),
    "header_blank": (lambda: in_finance(lambda rows: rows[1].extend([None, "7"])), whole),
    "sheet_missing": (without_finance, lambda: in_finance(lambda rows: rows.pop())),
    "sheet_twice": (finance_twice, whole),
    "sheet_unknown": (lambda: File(xlsx_bytes(pages() | {"Totals": [["People", "8"]]})), whole),
    "sheet_unexpected": (lambda: lite(with_people=True), lambda: lite(with_people=False)),
    "SHEET_HIDDEN": (lambda: opened(hidden), whole),
    "header_missing": (lambda: in_finance(lambda rows: [row.pop(1) for row in rows]), whole),
    "header_twice": (lambda: in_finance(column_twice), whole),
    "header_unknown": (lambda: in_finance(lambda rows: rows[0].append("Remarks")), whole),
    "header_absent": (lambda: in_finance(lambda rows: rows.pop(0)), whole),
    "one_row": (two_months, whole),
    "version_unknown": (lambda: whole(RETURN={"spec_version": "0.9"}), whole),
    "month_not_over": (
        lambda: replace(whole(), today=date(2026, 9, 30)),
        lambda: replace(whole(), today=date(2026, 10, 1)),
    ),
    "profile_month": (lambda: File(xlsx_bytes(pages(profile="BASELINE"))), whole),
    "number_repeated": (lambda: numbered(1), lambda: numbered(2)),
    "number_skipped": (lambda: numbered(3), lambda: numbered(2)),
    "reason_for_change_missing": (lambda: late(None), lambda: late("An audit found sessions counted twice")),
}
"""For each example in words, what makes the file that breaks the rule, and the one that keeps it."""


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], list[Finding]]:
    """What is found in each file, by the way of every delivered file: identified, read, judged with its month."""
    folder, made = tmp_path_factory.mktemp("files"), list(product(MADE, (True, False)))
    files = [MADE[says][0 if is_fault else 1]() for says, is_fault in made]
    for key, file in enumerate(files):
        (folder / str(key)).write_bytes(file.data)
    identities, told = identified(folder, files)
    for key, (profile, period) in identities.items():
        job = replace(a_job(folder, key, files[key]), profile=profile, period=period)
        told[key] = flaw_findings(key, read_file(job))
    for today in {file.today for file in files}:
        told |= month(folder, {key: file for key, file in enumerate(files) if file.today == today}, told, today)
    return {one: told[key] for key, one in enumerate(made)}


def a_job(folder: Path, key: int, file: File) -> Job:
    return Job(key, folder / str(key), file.limits, folder / f"{key}.cells")


def identified(folder: Path, files: list[File]) -> tuple[dict[int, tuple[str, str]], dict[int, list[Finding]]]:
    """The profile and the month of each file that says whose it is, and what is found in the others."""
    identities: dict[int, tuple[str, str]] = {}
    told: dict[int, list[Finding]] = {}
    for limits in {file.limits for file in files}:
        jobs = [a_job(folder, key, file) for key, file in enumerate(files) if file.limits == limits]
        for job, named_by_it in identify_files(jobs, limits, workers=2):
            identity, told[job.submission_id] = settle(job.submission_id, named_by_it, lambda _: True)
            if identity and not told[job.submission_id]:
                identities[job.submission_id] = str(identity.profile), str(identity.period)
    return identities, told


def month(
    folder: Path, files: dict[int, File], told: dict[int, list[Finding]], today: date
) -> dict[int, list[Finding]]:
    cells = {key: read_sheets(folder / f"{key}.cells") for key in files if (folder / f"{key}.cells").exists()}
    outside = {key: told[key] + numbering(key, files[key], cells[key]) for key in cells}
    return {key: one.findings for key, one in judge(CONTRACT, PERIOD, cells, today, outside).items()}


def numbering(key: int, file: File, cells: Mapping[str, StoredSheet]) -> list[Finding]:
    """What is wrong with a file's number after those that came, and were accepted, before it."""
    said = cells["RETURN"].table
    own, reason = int(said["submission_no"][0].as_py()), said["reason_for_change"][0].as_py()
    before = [Numbered(-one, one, file.came, "a", False) for one in file.earlier]
    is_late = changes_final(PERIOD, file.came, reason)
    return number([*before, Numbered(key, own, file.came, "b", False, is_late)])


def test_every_example_in_words_is_made_here() -> None:
    assert set(MADE) == {one.says for one in DESCRIBED}


@pytest.mark.parametrize("example", DESCRIBED, ids=named)
def test_a_file_breaks_its_rule_where_the_example_says_and_nothing_else(
    example: Described, findings: dict[tuple[str, bool], list[Finding]]
) -> None:
    assert found(findings[example.says, True]) == meant(example)


@pytest.mark.parametrize("example", DESCRIBED, ids=named)
def test_the_counterpart_of_a_file_that_breaks_a_rule_breaks_none(
    example: Described, findings: dict[tuple[str, bool], list[Finding]]
) -> None:
    assert findings[example.says, False] == []
