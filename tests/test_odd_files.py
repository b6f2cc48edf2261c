"""Odd files: what is hidden, blank, lost or in another calendar is read with a word about it, or refused there."""

import io
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from files import MONTH, WRITERS, Pages, pages, put, repacked

from assets.check import Judged, judge
from expectations.contract import Severity
from expectations.headers import HEADER_WITHIN, flaw_findings
from expectations.rules import CONTRACT
from expectations.wording import say
from makers import a_return
from resources.reading import Done, Limits, Refused, decode, run_in_children
from resources.returns import Job, Reading, identify_file, read_workbook

LIMITS = Limits()
KINDS = pytest.mark.parametrize("kind", WRITERS)


def reading(data: bytes, profile: str = "LITE", period: str = MONTH) -> Reading:
    return read_workbook(decode(data, LIMITS), CONTRACT, profile, period)


def judged(data: bytes, profile: str = "LITE", period: str = MONTH) -> Judged:
    read = reading(data, profile, period)
    assert not read.is_refused, read.flaws
    return judge(CONTRACT, period, {1: read.sheets}, date(2026, 11, 1), {1: flaw_findings(1, read.flaws)})[1]


def told(found: Judged) -> list[tuple[str, str, str | None, str | None, str | None]]:
    return [(one.says, one.severity.value, one.sheet, one.cell, one.value) for one in found.findings]


def flaws(data: bytes) -> list[tuple[str, str | None, str | None]]:
    return [(flaw.says, flaw.sheet, flaw.value) for flaw in reading(data).flaws]


def excel(of: Pages) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](of)))


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@KINDS
def test_a_good_return_has_nothing_wrong_in_any_format(kind: str) -> None:
    assert (judged(WRITERS[kind](pages())).state, flaws(WRITERS[kind](pages()))) == ("accepted", [])


# --- hidden -----------------------------------------------------------------------------------------------------------


def two_services() -> Pages:
    of = pages()
    of["CARERS"].append(list(of["CARERS"][1]))
    return put(of, "CARERS", "carer_group", "YOUNG_ADULT", row=2)


def test_hidden_rows_and_columns_are_read_and_noted() -> None:
    book = excel(two_services())
    book["CARERS"].row_dimensions[3].hidden = True
    book["CARERS"].column_dimensions["C"].hidden = True
    book["CARERS"].column_dimensions["Z"].hidden = True
    read = reading(saved(book))
    assert [(flaw.says, flaw.sheet, flaw.value) for flaw in read.flaws] == [("CELLS_HIDDEN", "CARERS", "3, C")]
    assert read.sheets["CARERS"].table.num_rows == 2
    assert judged(saved(book)).state == "accepted"


def test_hidden_rows_and_columns_of_an_opendocument_spreadsheet_are_noted_too() -> None:
    def hide(parts: dict[str, bytes]) -> None:
        before, name, after = parts["content.xml"].partition(b'table:name="CARERS"')
        after = after.replace(b"<table:table-column/>", b'<table:table-column table:visibility="collapse"/>', 1)
        rows = after.split(b"<table:table-row>", 3)
        after = b"<table:table-row>".join(rows[:3]) + b'<table:table-row table:visibility="filter">' + rows[3]
        parts["content.xml"] = before + name + after

    data = repacked(WRITERS["ods"](two_services()), hide)
    assert flaws(data) == [("CELLS_HIDDEN", "CARERS", "3, A")]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_of_the_form_is_queried_by_its_name(state: str) -> None:
    book = excel(pages())
    book["FINANCE"].sheet_state = state
    assert told(judged(saved(book))) == [("SHEET_HIDDEN", "query", "FINANCE", None, "FINANCE")]


def test_a_hidden_sheet_that_is_not_of_the_form_is_told_once() -> None:
    book = excel(pages())
    book.create_sheet("Lookups").sheet_state = "hidden"
    assert flaws(saved(book)) == [("sheet_unknown", None, "Lookups")]


# --- merged, formulas, errors -----------------------------------------------------------------------------------------


def test_cells_merged_in_a_title_are_nobodys_business_and_in_the_data_an_error() -> None:
    book = excel(pages())
    page = book["FINANCE"]
    page.insert_rows(1)
    page["A1"] = "What August cost"
    page.merge_cells("A1:F1")
    assert judged(saved(book)).state == "accepted"
    page.merge_cells("B3:C3")
    [finding] = judged(saved(book)).findings
    assert (finding.says, finding.cell, finding.severity) == ("CELL_MERGED", "C3", Severity.ERROR)


def test_a_formula_without_a_result_and_an_error_value_are_errors_at_their_cells() -> None:
    book = excel(pages())
    book["FINANCE"]["B2"] = "=1+1"
    book["FINANCE"]["C2"] = "#DIV/0!"
    book["FINANCE"]["C2"].data_type = "e"
    found = [(one.says, one.cell, one.value) for one in judged(saved(book)).findings]
    assert found == [("FORMULA_NO_VALUE", "B2", ""), ("CELL_EXCEL_ERROR", "C2", "#DIV/0!")]


def test_an_error_value_beside_the_columns_of_the_form_refuses_nothing() -> None:
    book = excel(pages())
    book["FINANCE"].cell(1, 20, "Workings")
    book["FINANCE"].cell(2, 20, "#REF!").data_type = "e"
    assert told(judged(saved(book))) == [("header_unknown", "query", "FINANCE", "T1", "Workings")]


# --- rows and columns -------------------------------------------------------------------------------------------------


@KINDS
@pytest.mark.parametrize("titles", [1, 2, HEADER_WITHIN - 1])
def test_titles_may_stand_above_the_header(kind: str, titles: int) -> None:
    of = pages()
    of["FINANCE"][:0] = [[f"Title {number}"] for number in range(titles)]
    assert judged(WRITERS[kind](of)).state == "accepted"


@KINDS
def test_a_header_too_far_down_is_said_to_be_missing(kind: str) -> None:
    of = pages()
    of["FINANCE"][:0] = [["Title"]] * HEADER_WITHIN
    assert flaws(WRITERS[kind](of)) == [("header_absent", "FINANCE", None)]


@KINDS
def test_blank_rows_between_filled_ones_are_queried_once_a_sheet_and_those_after_them_never(kind: str) -> None:
    of = two_services()
    header, first, second = of["CARERS"]
    of["CARERS"] = [header, [], first, [], ["  "], [None], second, [], [" "]]
    found = judged(WRITERS[kind](of))
    assert told(found) == [("ROW_BLANK", "query", "CARERS", None, "2, 4-6")]
    assert found.state == "queried"
    assert "2, 4-6" in say(CONTRACT, found.findings[0], "en")[0]


def test_many_blank_rows_are_told_in_short() -> None:
    of = pages()
    rows: list[list[object]] = []
    for number in range(40):
        rows += [list(of["CARERS"][1]), []]
        rows[-2][0] = f"DOS{number:06}"
    of["CARERS"][1:] = rows  # type: ignore[assignment]
    [flaw] = reading(WRITERS["xlsx"](of)).flaws
    assert str(flaw.value).startswith("3, 5, 7")
    assert str(flaw.value).endswith("21, ...")


@KINDS
def test_a_column_with_cells_and_no_header_is_queried(kind: str) -> None:
    of = pages()
    of["FINANCE"] = [[*row, None, "x" if number else None] for number, row in enumerate(of["FINANCE"])]
    at = f"{chr(64 + len(of['FINANCE'][0]))}1"
    assert told(judged(WRITERS[kind](of))) == [("header_blank", "query", "FINANCE", at, None)]


# --- sheets that did not come -----------------------------------------------------------------------------------------


@KINDS
def test_where_several_sheets_are_missing_how_many_came_is_told_first_and_as_the_cause(kind: str) -> None:
    of = {name: rows for name, rows in pages().items() if name in ("RETURN", "SERVICES", "ACTIVITY")}
    read = reading(WRITERS[kind](of))
    assert read.is_refused
    first, *others = flaw_findings(1, read.flaws)
    assert (first.says, first.value, first.expected, first.caused_by) == ("sheets_received", "3", "7", None)
    assert say(CONTRACT, first, "en")[0] == "3 of 7 sheets were received."
    assert say(CONTRACT, first, "cy")[0] == "Daeth 3 o 7 dalen i law."
    assert [(one.says, one.sheet) for one in others] == [
        ("sheet_missing", name) for name in ("FINANCE", "CARERS", "VOLUNTEERS", "OUTCOMES")
    ]
    assert {one.caused_by for one in others} == {first.finding_id}


def test_one_missing_sheet_needs_no_cause() -> None:
    of = pages()
    del of["FINANCE"]
    [finding] = flaw_findings(1, reading(WRITERS["csv"](of)).flaws)
    assert (finding.says, finding.caused_by) == ("sheet_missing", None)


# --- letters ----------------------------------------------------------------------------------------------------------


@KINDS
@pytest.mark.parametrize("name", ["Tŷ Dŵr", "Llwŷn", "Y Gaerwen", "Caffi'r Môr", "Siop y Pentre?!", "Ŵyn"])
def test_welsh_letters_are_kept(kind: str, name: str) -> None:
    found = judged(WRITERS[kind](put(pages(), "SERVICES", "service_name_cy", name)))
    assert found.sheets["SERVICES"].table["service_name_cy"].to_pylist() == [name]


@pytest.mark.parametrize("name", ["TÅ· DÅµr", "Å\u00b4yn", "MÃ\u00b4n", "Tþ Dðr", "T\ufffd"])
def test_letters_that_were_changed_on_the_way_are_an_error_at_their_cell(name: str) -> None:
    [finding, *_] = judged(WRITERS["xlsx"](put(pages(), "SERVICES", "service_name_cy", name))).findings
    assert (finding.rule, finding.says, finding.cell, finding.value) == ("F04", "LETTER_GARBLED", "C2", name)


@pytest.mark.parametrize("name", ["T? D?r", "Llw?n", "Ty?"])
def test_a_question_mark_where_a_letter_was_is_queried_and_the_name_kept(name: str) -> None:
    found = judged(WRITERS["xlsx"](put(pages(), "SERVICES", "service_name_cy", name)))
    assert told(found) == [("LETTER_LOST", "query", "SERVICES", "C2", name)]
    assert found.sheets["SERVICES"].table["service_name_cy"].to_pylist() == [name]


def test_a_question_mark_in_a_code_is_no_lost_letter() -> None:
    found = judged(WRITERS["xlsx"](put(pages(), "SERVICES", "tier", "?")))
    assert found.findings[0].says == "not_in_list"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_welsh_letters_survive_every_encoding_that_has_them(encoding: str) -> None:
    from resources.writing import csv_zip_bytes

    data = csv_zip_bytes(put(pages(), "SERVICES", "service_name_cy", "Tŷ Dŵr"), encoding=encoding)
    found = judged(data)
    assert found.sheets["SERVICES"].table["service_name_cy"].to_pylist() == ["Tŷ Dŵr"]
    assert {one.says for one in found.findings} <= {"ENCODING_UTF16"}


def test_a_file_in_the_old_celtic_encoding_is_read_with_a_query_and_its_letters_refused() -> None:
    from resources.writing import csv_zip_bytes

    data = csv_zip_bytes(put(pages(), "SERVICES", "service_name_cy", "Tŷ Dŵr"), encoding="iso8859-14")
    says = {one.says for one in judged(data).findings}
    assert {"ENCODING_CP1252", "LETTER_GARBLED"} <= says


# --- numbers and dates ------------------------------------------------------------------------------------------------


@KINDS
def test_a_service_number_that_became_a_figure_gets_its_noughts_back_and_that_is_recorded(kind: str) -> None:
    of = put(pages(), "FINANCE", "service_id", 1 if kind != "csv" else "1")
    found = judged(WRITERS[kind](of))
    assert found.state == "accepted"
    assert found.sheets["FINANCE"].table["service_id"].to_pylist() == ["DOS000001"]
    mended = [(one.sheet, one.column, one.value, one.became, one.kind) for one in found.normalisations]
    assert ("FINANCE", "service_id", "1", "DOS000001", "padded") in mended


@pytest.mark.parametrize("typed", ["1234567", "DOS00001", "0", "1.5", "-1"])
def test_a_number_that_could_be_more_than_one_service_is_refused(typed: str) -> None:
    [first, *_] = judged(WRITERS["xlsx"](put(pages(), "FINANCE", "service_id", typed))).findings
    assert (first.says, first.value) == ("wrong_shape", typed)


@KINDS
def test_thousands_are_understood_and_a_decimal_comma_is_not(kind: str) -> None:
    of = put(put(pages(), "FINANCE", "cost_staff", "1,234.5"), "FINANCE", "cost_other", "1,5")
    found = judged(WRITERS[kind](of))
    assert [(one.says, one.column, one.value) for one in found.findings] == [("not_number", "cost_other", "1,5")]
    mended = [(one.value, one.became) for one in found.normalisations if one.kind == "thousands"]
    assert mended == [("1,234.5", "1234.5")]


@pytest.mark.parametrize(
    ("typed", "became"), [("01/04/2019", "2019-04-01"), (43556, "2019-04-01"), ("04/13/2019", None)]
)
def test_days_are_day_first_or_serial_numbers_and_only_in_columns_of_days(typed: str | int, became: str | None) -> None:
    found = judged(WRITERS["xlsx"](put(pages(), "SERVICES", "open_from", typed)))
    days = [str(day) for day in found.sheets["SERVICES"].table["open_from"].to_pylist()]
    assert days == ([became] if became else [])
    assert judged(WRITERS["xlsx"](put(pages(), "FINANCE", "cost_staff", 43556))).normalisations == []


def test_a_workbook_that_counts_from_1904_has_its_days_read_right_and_bare_numbers_refused() -> None:
    book = excel(pages())
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    opened = next(cell.column_letter for cell in book["SERVICES"][1] if cell.value == "open_from")
    declared = next(cell.column_letter for cell in book["RETURN"][1] if cell.value == "declared_on")
    book["SERVICES"][f"{opened}2"] = date(2019, 4, 1)
    book["RETURN"][f"{declared}2"] = 44000
    [finding] = judged(saved(book)).findings
    assert (finding.says, finding.cell, finding.value) == ("DATE_1904", f"{declared}2", "44000")
    assert reading(saved(book)).sheets["SERVICES"].table["open_from"].to_pylist() == ["2019-04-01"]


# --- what a refusal says of the file ----------------------------------------------------------------------------------


def test_a_refusal_holds_no_name_from_the_file_and_the_sheet_only_where_it_is_of_the_form() -> None:
    for name in ("Jane Jones", "FINANCE"):
        data = WRITERS["xlsx"]({**pages(), name: [["x"] * 300]})
        with pytest.raises(Refused) as refusal:
            decode(data, LIMITS)
        assert "Jane" not in refusal.value.detail
        assert refusal.value.sheet == name


# --- the child --------------------------------------------------------------------------------------------------------


def look_around(job: tuple[str, int]) -> tuple[str, str]:
    """Says where temporary files go, leaves one there, and whether a port of this machine can be reached."""
    import tempfile

    folder, port = job
    Path(tempfile.gettempdir(), "left behind").write_text(folder)
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return tempfile.gettempdir(), "no network"
    return tempfile.gettempdir(), "network"


def has_its_way_with_networks() -> bool:
    """Tells whether this system lets a process give its network up."""
    script = (
        "import ctypes, sys; c = ctypes.CDLL(None); "
        "sys.exit(0 if hasattr(c, 'unshare') and (c.unshare(0x40000000) == 0 or c.unshare(0x50000000) == 0) else 1)"
    )
    return subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_reader_has_a_temporary_folder_of_its_own_that_goes_with_it(tmp_path: Path) -> None:
    [(_, outcome)] = run_in_children(look_around, [("x", 1)], LIMITS, workers=1)
    assert isinstance(outcome, Done)
    assert Path(outcome.value[0]).name.startswith("dayops-reader-")
    assert not Path(outcome.value[0]).exists()


def test_a_reader_has_no_network_where_the_system_lets_it_give_that_up() -> None:
    if not has_its_way_with_networks():
        pytest.skip("this system keeps processes on its network")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        [(_, outcome)] = run_in_children(look_around, [("x", listener.getsockname()[1])], LIMITS, workers=1)
    assert isinstance(outcome, Done)
    assert outcome.value[1] == "no network"


def write_much(path: str) -> str:
    """Tries to write more than a reader may."""
    with Path(path).open("wb") as sink:
        for _ in range(30):
            sink.write(bytes(100_000))
    return path


def test_a_reader_cannot_fill_the_disk(tmp_path: Path) -> None:
    from dataclasses import replace

    target = tmp_path / "much"
    list(run_in_children(write_much, [str(target)], replace(LIMITS, unpacked_bytes=1_000_000), workers=1))
    assert target.stat().st_size <= 1_000_000


def test_the_identity_of_a_return_under_titles_is_read(tmp_path: Path) -> None:
    of = pages(a_return("LITE", MONTH))
    of["RETURN"][:0] = [["The return of August"], []]
    path = tmp_path / "return"
    path.write_bytes(WRITERS["ods"](of))
    named = identify_file(Job(1, path, LIMITS))
    assert (named.row, named.texts["provider_id"]) == (4, "DOP00001")
