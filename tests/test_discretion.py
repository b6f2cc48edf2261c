"""Discretion: what looks like a person is masked wherever it is told, and what a provider must see is shown."""

import pytest
from test_check import TODAY
from test_collect import a_named, is_month

from assets.check import judge
from assets.identity import settle
from expectations.contract import Sheet
from expectations.discretion import discreet_cell, discreet_name, tells_of_a_person
from expectations.headers import Flaw, flaw_finding
from expectations.rules import CONTRACT
from expectations.sheets import ATTENDANCE, FINANCE, PEOPLE, RETURN, SERVICES, WORKFORCE
from makers import PERIOD, a_return, a_row, stored

DETAILS = ("943 476 5919", "9434765919", "Jane Jones", "JANE JONES", "Zbigniew Kowalczyk", "J. Evans", "Evans, Sian",
           "Sian M Brzezinski", "14/03/1951", "1951-03-14", "14 Mawrth 1951", "CF10 1AB", "cf10 1ab",
           "07700 900123", "(029) 2018 0123", "+44 7700 900456", "9,434,765,919", "Mrs M. Jones", "j.jones@example.org",
           "19510314")  # fmt: skip
USEFUL = ("see note", "Q9", "N/A", "approx 12", "W06000099", "W06000018 Newport", "Vale of Glamorgan", "2026-02-31",
          "31/02/2026", "Learning Disability", "LEARNING DISABILITY", "Client Gruop", "Cost staff (old)", "Sheet1",
          "DOS0001", "3.3333333333333333", "1,234,567.89", "-999", "Outside Wales",
          "Staff Notes", "Nodiadau Staff")  # fmt: skip
PLACES: list[tuple[Sheet, str]] = [
    (PEOPLE, "client_group"), (FINANCE, "cost_staff"), (ATTENDANCE, "date"), (SERVICES, "service_la"),
    (RETURN, "period"), (WORKFORCE, "service_group"), (RETURN, "provider_id"), (RETURN, "prepared_by_role"),
    (SERVICES, "ciw_service_ref"),
]  # fmt: skip


@pytest.mark.parametrize("text", DETAILS)
@pytest.mark.parametrize(("sheet", "column"), PLACES)
def test_what_looks_like_a_person_is_masked_in_every_column(sheet: Sheet, column: str, text: str) -> None:
    shown = discreet_cell(sheet, column, text)
    assert shown != text
    assert shown == discreet_cell(sheet, column, shown)
    assert discreet_name(text) != text


@pytest.mark.parametrize("text", USEFUL)
def test_what_a_provider_must_see_is_shown(text: str) -> None:
    assert discreet_cell(PEOPLE, "client_group", text) == text
    assert discreet_name(text) == text


def test_a_reference_of_a_person_is_masked_whatever_it_looks_like() -> None:
    assert discreet_cell(PEOPLE, "person_ref", "x1") == "x•"


@pytest.mark.parametrize("name", ["Tŷ Dewi Sant", "Gareth Edwards Centre", "Ysgol Bro Hedd Wyn"])
def test_the_names_of_services_are_public(name: str) -> None:
    assert discreet_cell(SERVICES, "service_name_en", name) == name


def test_a_day_may_be_shown_where_any_day_may_stand_and_a_day_of_birth_nowhere_else() -> None:
    assert discreet_cell(SERVICES, "open_from", "1989-04-01") == "1989-04-01"
    assert discreet_cell(ATTENDANCE, "date", "1989-04-01") == "1" + "•" * 9


ROLES = ("Service manager", "Registered Manager", "Head of Adult Services", "Grant Officer", "Dean of Studies", "RI",
         "Rheolwr Gwasanaeth", "Swyddog Perfformiad", "Data & Performance Officer", "Business Intelligence Lead",
         "Owner", "Rose Cottage Manager", "Deputy Chief Executive", "Day Opportunities Lead",
         "Cydlynydd Gwirfoddolwyr")  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_the_title_of_a_job_is_nobodys_name(role: str) -> None:
    assert not tells_of_a_person(role, "roles")
    assert discreet_cell(RETURN, "prepared_by_role", role) == role


@pytest.mark.parametrize(
    "name", ["Jane Jones", "Sian Evans (manager)", "J Prosser, manager", "rhian davies", "Dewi ap Rhys"]
)
def test_a_name_in_the_place_of_a_job_is_refused_and_not_repeated(name: str) -> None:
    sheets = a_return(RETURN=[a_row("RETURN", prepared_by_role=name)])
    found = judge(CONTRACT, PERIOD, {1: stored(sheets)}, TODAY)[1]
    assert [(one.rule, one.column) for one in found.findings if not one.caused_by] == [("V08", "prepared_by_role")]
    assert name not in str(found.findings)


@pytest.mark.parametrize(
    ("sheet", "column", "value"),
    [
        ("WORKFORCE", "service_group", "JANE_JONES"),
        ("WORKFORCE", "service_group", "9434765919"),
        ("SERVICES", "ciw_service_ref", "943 476 5919"),
        ("SERVICES", "ciw_service_ref", "Jane Jones"),
    ],
)
def test_what_providers_make_up_themselves_holds_no_persons_details(sheet: str, column: str, value: str) -> None:
    sheets = a_return() | {sheet: [a_row(sheet, **{column: value})]}
    found = judge(CONTRACT, PERIOD, {1: stored(sheets)}, TODAY)[1]
    assert ("V08", sheet, column) in [(one.rule, one.sheet, one.column) for one in found.findings]
    assert value not in str(found.findings) + str(found.normalisations)


@pytest.mark.parametrize("reference", ["SIN-00009346-HPSH", "W160004586", "CSSIW 0123"])
def test_a_reference_of_an_inspectorate_is_taken(reference: str) -> None:
    sheets = a_return(SERVICES=[a_row("SERVICES", ciw_service_ref=reference)])
    assert judge(CONTRACT, PERIOD, {1: stored(sheets)}, TODAY)[1].findings == []


def test_a_finding_at_any_cell_shows_no_person() -> None:
    sheets = a_return(
        PEOPLE=[
            a_row("PEOPLE", client_group=text, start_date=text, travel_minutes=text, service_id=text)
            for text in DETAILS
        ],
        FINANCE=[a_row("FINANCE", cost_staff=text) for text in DETAILS],
        WORKFORCE=[a_row("WORKFORCE", headcount_perm=text) for text in DETAILS],
    )
    found = judge(CONTRACT, PERIOD, {1: stored(sheets)}, TODAY)[1]
    told = str([(one.value, one.expected, one.other) for one in found.findings]) + str(found.normalisations)
    assert len(found.findings) >= 5 * len(DETAILS)
    assert [text for text in (*DETAILS, "9434765919", "9434765920") if text in told] == []


def test_a_mended_figure_that_is_too_long_for_one_is_masked_where_the_mend_is_recorded() -> None:
    sheets = a_return(FINANCE=[a_row("FINANCE", cost_staff="9,434,765,919")])
    found = judge(CONTRACT, PERIOD, {1: stored(sheets)}, TODAY)[1]
    assert [one.became for one in found.normalisations] == ["9" + "•" * 9]
    assert found.quarantined[0].raw["cost_staff"] == "9,434,765,919"


@pytest.mark.parametrize("value", DETAILS)
def test_a_return_that_cannot_be_placed_says_why_without_showing_a_person(value: str) -> None:
    _, findings = settle(1, a_named(provider_id=value, period=value), is_month)
    assert {one.column for one in findings} >= {"provider_id"}
    assert value not in str(findings)


@pytest.mark.parametrize("says", ["sheet_unknown", "sheet_twice", "header_unknown", "header_twice", "FILE_IGNORED"])
def test_names_of_sheets_headers_and_parts_are_masked_where_they_are_a_persons(says: str) -> None:
    assert flaw_finding(1, Flaw(says, value="Jane Jones notes.docx")).value == "J" + "•" * 11
    assert flaw_finding(1, Flaw(says, value="Notes.docx")).value == "Notes.docx"
