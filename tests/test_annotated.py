"""The annotated copy: the provider's own values at their places, marked, with nothing in it that could run."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook as OpenedBook
from reply_makers import a_file, a_finding, a_subject, judged, read_in, told_of
from test_replies import NAUGHTY

from expectations.contract import ROW, Severity
from expectations.findings import Finding, masked
from expectations.headers import find_sheets
from expectations.replies import COMMENTED, Document, make_document
from expectations.rules import CONTRACT
from expectations.wording import column_label, cy
from makers import PERSON, Sheets, a_return, a_row
from resources.annotated import annotated_bytes
from resources.reading import Limits, decode
from resources.restricted import StoredSheet
from resources.writing import Cell, ods_bytes, xlsx_bytes

Stored = Mapping[str, StoredSheet]


def a_copy(stored: Stored, *findings: Finding, **facts: Any) -> bytes:
    return annotated_bytes(told_of(stored, findings, **facts), stored)


def opened(content: bytes) -> OpenedBook:
    book: OpenedBook = load_workbook(io.BytesIO(content))
    return book


def texts(stored: Stored) -> dict[tuple[str, str, int | None], str | None]:
    """Every cell by sheet, column and row."""
    return {
        (name, column, row): text
        for name, sheet in stored.items()
        for column in sheet.meta["headers"]
        for row, text in zip(sheet.table.column(ROW).to_pylist(), sheet.table.column(column).to_pylist(), strict=True)
    }


def where_it_stands(stored: Stored) -> dict[str, Any]:
    known = ("name", "header_row", "headers")
    return {name: [sheet.meta[one] for one in known] for name, sheet in stored.items()}


# --- the same values at the same places -------------------------------------------------------------------------------

AWKWARD = (
    "007", "1,200", "0.50", "12.0", "-0", "1e5", "12.345678901234567", "0123456789012345678", "9999999999999999",
    "TRUE", "#REF!", "  7", "7\u00a0", "1/2", "2026-09-07", "46000", "5%", "=1+1", ".5", "5.", "+5", "\u0664\u0665",
)  # fmt: skip


def test_every_value_is_read_again_as_it_was_typed() -> None:
    figures = ("people_enrolled", "hours_delivered", "commissioning_la", "people_digital")
    rows = [a_row("ACTIVITY", **dict.fromkeys(figures, text)) for text in ("12", "12.5", "-3", "0", *AWKWARD)]
    stored = read_in(a_file(a_return(ACTIVITY=rows)))
    again = read_in(a_copy(stored, a_finding()))
    assert texts(again) == texts(stored)
    assert where_it_stands(again) == where_it_stands(stored)


def test_figures_are_figures_where_nothing_is_lost_and_codes_stay_texts() -> None:
    stored = read_in(a_file(a_return(ACTIVITY=[a_row("ACTIVITY", people_enrolled="12", leavers="012")])))
    page = opened(a_copy(stored, a_finding()))["ACTIVITY"]
    cells = {header.value: cell.value for header, cell in zip(page[1], page[2], strict=True)}
    assert (cells["people_enrolled"], cells["leavers"], cells["hours_delivered"]) == (12, "012", "240.50")
    assert isinstance(cells["age_band"], str)
    assert opened(a_copy(stored, a_finding()))["SERVICES"]["G2"].value == "1"


def shifted(sheets: Sheets) -> dict[str, list[list[Cell]]]:
    """The sheets in Welsh, under a title, with a blank column first and their columns the other way round."""
    pages: dict[str, list[list[Cell]]] = {}
    for name, rows in sheets.items():
        columns = list(rows[0])[::-1]
        head: list[Cell] = [None, *(column_label(CONTRACT.sheet(name), column, "cy") for column in columns)]
        body: list[list[Cell]] = [[None, *(row[column] for column in columns)] for row in rows]
        pages[cy(f"sheet.{name}.name") or name] = [["Ein ffurflen"], [], head, [], *body]
    return pages


@pytest.mark.parametrize("made", [xlsx_bytes, ods_bytes])
def test_each_value_stands_where_it_stood_in_their_file_whatever_that_was(made: Any) -> None:
    stored = read_in(made(shifted(a_return())))
    copy = a_copy(stored, a_finding(), language="cy")
    assert texts(read_in(copy)) == texts(stored)
    assert where_it_stands(read_in(copy)) == where_it_stands(stored)
    book = opened(copy)
    assert book.sheetnames[0] == "CANFYDDIADAU"
    assert book.sheetnames[1:] == [cy(f"sheet.{sheet.name}.name") for sheet in CONTRACT.sheets]
    assert book["POBL"].freeze_panes == "A4"
    assert "Ein ffurflen" not in str(list(book["POBL"].values))


def test_the_same_return_gives_the_same_bytes() -> None:
    stored = read_in(a_file(a_return()))
    assert a_copy(stored, a_finding(), a_finding(2)) == a_copy(stored, a_finding(2), a_finding())


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("People: June", "PEOPLE"), ("x" * 32, "PEOPLE"), ("'People'", "PEOPLE"), (" ", "PEOPLE"), ("=People", "=People")],
)
def test_a_sheet_whose_name_excel_cannot_have_goes_by_the_forms(theirs: str, ours: str) -> None:
    stored = dict(read_in(a_file(a_return())))
    stored["PEOPLE"].meta["name"] = theirs
    copy = a_copy(stored, a_finding(2, sheet="PEOPLE", cell="A2"))
    assert ours in opened(copy).sheetnames


# --- marks ------------------------------------------------------------------------------------------------------------


def marked() -> tuple[Stored, Document]:
    stored = read_in(a_file(a_return()))
    findings = [
        a_finding(2, cell="E2", column="people_enrolled"),
        a_finding(2, cell="F2", column="people_attended", severity=Severity.QUERY),
        a_finding(2, cell="G2", column="new_starters", severity=Severity.NOTE),
        Finding(1, "V01", Severity.QUERY, "column", "header_unknown", "ACTIVITY", 1, None, "Z1", "=Remarks"),
        Finding(1, "F05", Severity.ERROR, "row", "ROW_FIELD_COUNT", "ACTIVITY", 2, None, None, "5", "19"),
        Finding(1, "F04", Severity.QUERY, "file", "ENCODING_CP1252"),
    ]
    return stored, told_of(stored, findings)


def test_every_finding_with_a_cell_is_coloured_and_commented_and_nothing_else_is() -> None:
    stored, document = marked()
    book = opened(annotated_bytes(document, stored))
    found = {
        (page.title, cell.coordinate): cell
        for page in book.worksheets[1:]
        for row in page.iter_rows()
        for cell in row
        if cell.comment
    }
    assert set(found) == {("ACTIVITY", cell) for cell in ("A2", "E2", "F2", "G2", "Z1")}
    colours = {cell: one.fill.fgColor.rgb for (_, cell), one in found.items()}
    assert len({colours["E2"], colours["F2"], colours["G2"]}) == 3
    assert colours["A2"] == colours["E2"]
    assert found["ACTIVITY", "E2"].font.b
    plain = [cell for row in book["ACTIVITY"]["A2:S2"] for cell in row if not cell.comment]
    assert {cell.fill.fgColor.rgb for cell in plain} == {"00000000"}
    assert found["ACTIVITY", "Z1"].value == "=Remarks"
    comment = found["ACTIVITY", "E2"].comment
    assert "which is not a number. Write a plain figure" in comment.text
    assert "ac nid yw hynny'n rhif. Ysgrifennwch ffigur plaen" in comment.text


def test_the_summary_has_the_verdict_in_both_languages_and_a_link_to_each_cell() -> None:
    stored, document = marked()
    book = opened(annotated_bytes(document, stored))
    page = book.worksheets[0]
    words = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    for told in ("accepted in part", "derbyniwyd yn rhannol", "errors to mend (2), queries to answer (3), notes (1)"):
        assert any(told in one for one in words), told
    links = [(one.coordinate, one.hyperlink.location) for row in page.iter_rows() for one in row if one.hyperlink]
    assert sorted(place for _, place in links) == sorted(f"'ACTIVITY'!{at}" for at in ("A2", "E2", "F2", "G2", "Z1"))
    assert all(page[ref].value.endswith(f"ACTIVITY, {place.split('!')[1]}") for ref, place in links)
    assert "1. The whole file" in words


def test_very_many_alike_are_all_coloured_and_the_heading_speaks_of_those_without_a_comment() -> None:
    count = COMMENTED + 5
    stored = read_in(a_file(a_return(ACTIVITY=[a_row("ACTIVITY", sessions_planned="n/a")] * count)))
    findings = [a_finding(row) for row in range(2, count + 2)]
    unknown = Finding(1, "V01", Severity.QUERY, "column", "header_unknown", "ACTIVITY", 1, None, "I1", "Planned")
    book = opened(a_copy(stored, *findings, unknown))
    column = [book["ACTIVITY"][f"I{row}"] for row in range(1, count + 2)]
    assert {(cell.fill.fgColor.rgb, cell.value) for cell in column[1:]} == {("FFFACACA", "n/a")}
    assert [cell.row for cell in column if not cell.comment] == list(range(COMMENTED + 2, count + 2))
    heading = column[0].comment.text
    assert "Planned" in heading
    assert "Coloured without a comment in this column: 5, rows 202-206." in heading
    assert "Wedi'u lliwio heb sylw yn y golofn hon: 5" in heading
    summary = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert "the first 200 have a comment, the others are coloured without one," in summary
    assert "mae sylw gan y 200 cyntaf," in summary


def test_the_summary_is_passed_over_when_the_copy_is_read() -> None:
    stored, document = marked()
    names = opened(annotated_bytes(document, stored)).sheetnames
    assert find_sheets(CONTRACT, names)[1] == []


def test_a_personal_detail_out_of_place_is_masked_in_the_copy_and_references_stay() -> None:
    role, name = "Mrs M. Jones", "Client 943 476 5919"
    sheets = a_return(SERVICES=[a_row("SERVICES", service_name_en=name)], PEOPLE=[a_row("PEOPLE"), a_row("PEOPLE")])
    sheets["RETURN"][0]["prepared_by_role"] = role
    sheets["PEOPLE"][1]["person_ref"] = "Mair Jones"
    stored = read_in(a_file(sheets))
    copy = a_copy(stored, *judged(stored).findings)
    every = [str(cell.value) for page in opened(copy) for row in page.iter_rows() for cell in row if cell.value]
    assert not [value for value in every if any(one in value for one in ("Jones", "943 476", "Mair"))]
    assert {masked(role), masked(name), masked("Mair Jones"), PERSON} <= set(every)
    assert b"Jones" not in b"".join(zipfile.ZipFile(io.BytesIO(copy)).read(part) for part in parts(copy))


# --- nothing that runs ------------------------------------------------------------------------------------------------


def parts(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_nothing_that_a_provider_wrote_can_run_and_all_of_it_is_kept(naughty: str) -> None:
    stored = read_in(a_file(a_return()))
    column = stored["ACTIVITY"].table.column_names.index("commissioning_la")
    spoilt = stored["ACTIVITY"].table.set_column(column, "commissioning_la", [[naughty]])
    meta = stored["ACTIVITY"].meta
    headers = {**meta["headers"], "people_digital": [19, naughty]}
    sheets = {**stored, "ACTIVITY": StoredSheet(spoilt, {**meta, "headers": headers})}
    findings = [a_finding(2, cell="B2", value=naughty, column="commissioning_la", says="not_authority", other=naughty)]
    names = {"file_name": naughty, "provider_name_en": naughty}
    copy = a_copy(sheets, *findings, **names)
    book = opened(copy)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    cell = book["ACTIVITY"]["B2"]
    assert unescape(str(cell.value)) == naughty
    assert cell.quotePrefix is naughty.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unescape(str(book["ACTIVITY"]["S1"].value)) == naughty
    grids = {grid.name: grid for grid in decode(copy, Limits()).grids}
    assert grids["ACTIVITY"].rows[1][1] == naughty
    sheet_xml = b"".join(zipfile.ZipFile(io.BytesIO(copy)).read(part) for part in parts(copy) if "sheets/" in part)
    assert not re.search(rb"<f[ />]|r:id=\"[^\"]*\"[^>]*(hyperlink)", sheet_xml)


def test_the_copy_holds_no_macro_no_link_outside_and_no_formula() -> None:
    stored, document = marked()
    copy = annotated_bytes(document, stored)
    runs = r"vbaProject|externalLink|embeddings|activeX|calcChain"
    assert not [part for part in parts(copy) if re.search(runs, part)]
    archive = zipfile.ZipFile(io.BytesIO(copy))
    relations = b"".join(archive.read(part) for part in parts(copy) if part.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


def test_a_text_between_r_tags_is_a_text_in_every_workbook_that_is_written() -> None:
    text = "<r><t>x</t></r>"
    assert decode(xlsx_bytes({"a": [["h"], [text]]}), Limits()).grids[0].rows[1][0] == text


def test_a_text_that_is_longer_than_a_cell_is_cut_short_and_not_lost() -> None:
    stored = read_in(a_file(a_return()))
    services = stored["SERVICES"]
    at = services.table.column_names.index("service_name_cy")
    longer = StoredSheet(services.table.set_column(at, "service_name_cy", [["x" * 40_000]]), services.meta)
    page = opened(a_copy({**stored, "SERVICES": longer}, a_finding()))["SERVICES"]
    assert len(str(page["C2"].value)) == 32_767


# --- mended in the copy, and sent again -------------------------------------------------------------------------------

SPOILT = {
    ("RETURN", 0, "declared_on"): "the fifth",
    ("SERVICES", 0, "service_la"): "W06000099",
    ("SERVICES", 1, "welsh_medium"): "maybe",
    ("SERVICES", 1, "places_per_session"): "ten",
    ("ACTIVITY", 0, "people_attended"): "11",
    ("ACTIVITY", 1, "sessions_planned"): None,
    ("ACTIVITY", 2, "hours_delivered"): "no",
    ("ACTIVITY", 3, "client_group"): "ZZ",
    ("ACTIVITY", 4, "sessions_planned"): "107",
    ("PEOPLE", 0, "active_offer_made"): "Q",
    ("PEOPLE", 1, "person_ref"): "Mair Jones",
    ("PEOPLE", 2, "start_date"): "2026-11-31",
    ("PEOPLE", 3, "travel_minutes"): "-8",
    ("ATTENDANCE", 0, "hours"): "=1+1",
    ("ATTENDANCE", 1, "date"): "2026-08-31",
    ("ATTENDANCE", 2, "service_id"): "DOS999999",
    ("WAITING", 0, "waiting_total"): "11",
    ("WORKFORCE", 0, "wte"): "9",
    ("FINANCE", 0, "cost_other"): "*",
    ("CARERS", 0, "short_breaks"): "1.5",
    ("VOLUNTEERS", 0, "volunteer_hours"): "1,5",
    ("OUTCOMES", 0, "plans_reviewed_on_time"): "6",
}


NOBODY = dict.fromkeys(
    ("people_attended", "sessions_planned", "sessions_attended", "sessions_cancelled_provider", "sessions_dna",
     "hours_delivered", "people_direct_payment"), "0",
)  # fmt: skip


def sound() -> Sheets:
    """A good return with a few more rows to spoil: groups of whom nobody came, and a service for each half-day."""
    services = [a_row("SERVICES"), a_row("SERVICES", service_id="DOS000002")]
    groups = [a_row("ACTIVITY", client_group=group, **NOBODY) for group in ("OP", "DEM", "PD", "SI")]
    return a_return(SERVICES=services, ACTIVITY=[a_row("ACTIVITY"), *groups])


def test_mending_every_marked_cell_in_the_copy_makes_a_return_without_errors() -> None:
    good, bad = sound(), sound()
    for (sheet, row, column), text in SPOILT.items():
        bad[sheet][row][column] = text
    assert judged(read_in(a_file(good))).findings == []
    stored = read_in(a_file(bad))
    findings = judged(stored).findings
    assert {(one.sheet, (one.row or 0) - 2, one.column) for one in findings} >= set(SPOILT)
    book = opened(a_copy(stored, *findings, state="refused"))
    mended = 0
    for page in book.worksheets[1:]:
        headers = [cell.value for cell in page[1]]
        for cell in (cell for row in page.iter_rows() for cell in row if cell.comment):
            cell.value = good[page.title][cell.row - 2][str(headers[cell.column - 1])]
            mended += 1
    saved = io.BytesIO()
    book.save(saved)
    assert mended > len(SPOILT)
    assert judged(read_in(saved.getvalue())).findings == []


def test_a_document_without_cells_has_a_summary_alone() -> None:
    document = make_document(CONTRACT, a_subject(), [a_finding()])
    assert opened(annotated_bytes(document, {})).sheetnames == ["FINDINGS"]
