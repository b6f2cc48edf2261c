"""Replies: what was found becomes what the provider reads, in the order in which it is best mended."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from reply_makers import SHA256, a_document, a_finding, a_query, a_subject

from expectations.contract import Severity
from expectations.findings import Finding, masked
from expectations.headers import LESSER
from expectations.replies import (
    COMMENTED,
    EXAMPLES,
    GROUPED_OVER,
    Earlier,
    TheirSheet,
    entries_of,
    finding_records,
    heading_comments,
    in_order,
    items,
    json_lines,
    reply_name,
    row_ranges,
    text,
    verdict,
    verdict_line,
    verdict_words,
    webpage,
    what_next,
)
from expectations.replies.marks import marks, place_of
from expectations.replies.records import ERROR_TYPES
from expectations.rules import CONTRACT, FILE_RULES

NAUGHTY = (
    '=HYPERLINK("http://evil.example","click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>1</script>",
    "<r><t>x</t></r>",
    "{value} {0} %s",
    "\u202eesrever",
    "Llanfairpwll \u0175\u0177",
)


def a_record(*findings: Finding, **facts: Any) -> dict[str, Any]:
    first, *_ = finding_records(a_document(*findings, **facts))
    return dict(first)


# --- order and grouping -----------------------------------------------------------------------------------------------


def test_files_come_first_then_headers_then_cells_by_place() -> None:
    file = Finding(1, "F04", Severity.QUERY, "file", "ENCODING_CP1252")
    header = Finding(1, "V01", Severity.QUERY, "column", "header_unknown", "OUTCOMES", 1, None, "Q1", "Remarks")
    early, late = a_finding(3), a_finding(20)
    assert in_order(CONTRACT, [late, early, a_query(), header, file]) == [file, header, early, late, a_query()]


def chain() -> tuple[Finding, Finding, Finding]:
    cause = a_finding(30, rule="V19", says="reason_missing", sheet="SERVICES", column="closure_reason")
    follows = a_finding(
        2, rule="V20", level="row", says="service_refused", column="service_id", caused_by=cause.finding_id
    )
    further = a_finding(1, rule="V12", level="row", says="over_places", caused_by=follows.finding_id)
    return cause, follows, further


def test_what_follows_comes_after_what_it_follows_from_and_names_it() -> None:
    cause, follows, further = chain()
    document = a_document(further, follows, cause)
    assert document.findings == [cause, follows, further]
    assert [item.follows for item in items(document, "en")] == [
        None,
        "This follows from number 1 and goes once that is mended.",
        "This follows from number 2 and goes once that is mended.",
    ]
    assert "Mae hyn yn dilyn o rif 1" in text(document, ["cy"])


def test_causes_that_go_in_circles_do_not_hang() -> None:
    one, other = a_finding(2), a_finding(3)
    circle = [replace(one, caused_by=other.finding_id), replace(other, caused_by=one.finding_id)]
    assert len(in_order(CONTRACT, circle)) == 2


def test_two_unknown_headers_are_both_told() -> None:
    headers = [
        Finding(1, "V01", Severity.QUERY, "column", "header_unknown", "OUTCOMES", 1, None, cell, name)
        for cell, name in (("Q1", "Remarks"), ("R1", "Notes"))
    ]
    assert [one["value_shown"] for one in finding_records(a_document(*headers))] == ["Remarks", "Notes"]


def test_over_fifty_alike_in_a_column_are_told_as_one_with_three_examples() -> None:
    alike = [a_finding(row, value=f"n/a {row}") for row in (*range(5, 5 + GROUPED_OVER), 99)]
    document = a_document(*alike)
    (item,) = items(document, "en")
    assert item.alike == "51 of these in this column, rows 5-54, 99. Three examples:"
    assert [finding.cell for finding, _ in item.sentences] == ["I5", "I6", "I7"]
    assert "- I5: “Sessions planned” is “n/a 5”" in text(document, ["en"])
    assert "<li>I5: “Sessions planned” is “n/a 5”" in webpage(document)


def test_fifty_alike_are_told_one_by_one() -> None:
    assert len(a_document(*[a_finding(row) for row in range(1, GROUPED_OVER + 1)]).entries) == GROUPED_OVER


def test_findings_that_differ_in_anything_but_their_row_are_not_grouped() -> None:
    many = [a_finding(row) for row in range(2, 60)]
    others = [a_finding(70, severity=Severity.QUERY), a_finding(71, column="leavers"), a_finding(72, caused_by="x")]
    assert sorted(entry.count for entry in entries_of(in_order(CONTRACT, [*many, *others]))) == [1, 1, 1, 58]


def test_what_follows_from_one_cause_is_told_together_sooner() -> None:
    cause = a_finding(1)
    few = [a_finding(row, column="leavers", caused_by=cause.finding_id) for row in range(2, 2 + EXAMPLES)]
    assert [entry.count for entry in a_document(cause, *few).entries] == [1, 1, 1, 1]
    more = [*few, a_finding(9, column="leavers", caused_by=cause.finding_id)]
    other = [a_finding(row, column="leavers", caused_by="another") for row in (20, 21)]
    assert [entry.count for entry in a_document(cause, *more, *other).entries] == [1, 4, 1, 1]


def test_rows_are_written_as_ranges_and_not_without_end() -> None:
    assert row_ranges([7, 3, 4, 5, None, 9, 9]) == "3-5, 7, 9"
    (item,) = items(a_document(*[a_finding(2 * row) for row in range(1, 500)]), "en")
    assert str(item.alike).endswith("38, 40, …. Three examples:")


# --- verdict ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "findings", "became"),
    [
        ("accepted", [], "accepted"),
        ("queried", [a_query()], "queried"),
        ("queried", [a_query(), a_finding()], "accepted_in_part"),
        ("accepted", [a_finding()], "accepted_in_part"),
        ("refused", [a_query()], "refused"),
    ],
)
def test_the_verdict_follows_from_the_state_and_the_findings(state: str, findings: list[Finding], became: str) -> None:
    assert verdict(a_subject(state=state), findings) == became


def test_a_return_with_errors_and_queries_is_told_to_answer_both() -> None:
    both = [a_finding(), a_query()]
    assert "Read the queries as well" in what_next(a_subject(), both, "en")
    assert "Darllenwch yr ymholiadau hefyd" in what_next(a_subject(), both, "cy")


def test_the_verdict_is_one_line_that_a_machine_reads() -> None:
    earlier = Earlier(1, "refused", 0, {"error": 4, "query": 2, "note": 0})
    facts: dict[str, Any] = {"rows_accepted": 89, "rows_quarantined": 1, "state": "queried", "earlier": earlier}
    line = verdict_line(a_document(a_finding(), a_finding(18), a_query(), **facts), "abc")
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "record": "verdict",
        "format": "dayops reply 3",
        "submission": str(int(SHA256[:15], 16)),
        "file_sha256": SHA256,
        "file": "june.xlsx",
        "provider_id": "DOP00001",
        "period": "2026-06",
        "submission_no": 2,
        "verdict": "accepted_in_part",
        "is_trial": False,
        "count_by_severity": {"error": 2, "query": 1, "note": 0},
        "count_by_rule": {"V03": 2, "V15": 1},
        "rows_read": 90,
        "rows_accepted": 89,
        "rows_quarantined": 1,
        "contract_version": CONTRACT.version,
        "received_at": "2026-07-03T09:30:00+00:00",
        "previous": {
            "submission_no": 1,
            "verdict": "refused",
            "count_by_severity": {"error": 4, "query": 2, "note": 0},
        },
        "mark": "abc",
    }


def test_the_submission_before_is_told_in_both_languages() -> None:
    told = text(a_document(earlier=Earlier(1, "queried", 3, {"error": 3, "query": 0, "note": 0})))
    assert "Submission before: Number 1, accepted in part. Found: errors to mend (3)" in told
    assert "Y cyflwyniad blaenorol: Rhif 1, derbyniwyd yn rhannol. Nodwyd: gwallau i'w cywiro (3)" in told


def test_a_return_that_was_only_tried_is_never_said_to_have_been_taken_in() -> None:
    for state in ("accepted", "queried", "refused"):
        document = a_document(*([a_query()] if state != "accepted" else []), state=state, is_trial=True)
        for form in (text(document), webpage(document)):
            assert "been taken in" not in form
            assert "wedi'u cymryd i mewn" not in form
    assert verdict_words(a_document(is_trial=True)) == "june.xlsx: would be accepted / byddai'n cael ei derbyn"


# --- records ----------------------------------------------------------------------------------------------------------


def test_a_record_has_its_place_in_their_file_and_its_sentences_in_both_languages() -> None:
    theirs = {"ACTIVITY": TheirSheet("Activity June", {"sessions_planned": "SESSIONS  planned"})}
    finding = a_finding()
    assert a_record(finding, sheets=theirs) == {
        "record": "finding",
        "id": finding.finding_id,
        "submission": str(int(SHA256[:15], 16)),
        "file_sha256": SHA256,
        "rule": "V03",
        "rule_version": CONTRACT.rule("V03").version,
        "severity": "error",
        "level": "cell",
        "type": "type-error",
        "sheet": "Activity June",
        "sheet_code": "ACTIVITY",
        "row": 17,
        "column": "SESSIONS  planned",
        "column_code": "sessions_planned",
        "cell": "I17",
        "value_shown": "n/a",
        "expected": None,
        "expected_en": None,
        "expected_cy": None,
        "difference": None,
        "other": None,
        "message_en": "“Sessions planned” is “n/a”, which is not a number.",
        "message_cy": "Gwerth “Sesiynau a gynlluniwyd” yw “n/a”, ac nid yw hynny'n rhif.",
        "fix_en": CONTRACT.sayings["not_number"].mend,
        "fix_cy": "Ysgrifennwch ffigur plaen, neu 0 os nad oedd dim.",
        "count_if_grouped": None,
        "caused_by": None,
        "waiver": None,
    }


def test_there_is_one_record_for_each_of_many_that_are_told_together() -> None:
    records = list(finding_records(a_document(*[a_finding(row) for row in range(1, 60)])))
    assert len(records) == 59
    assert {record["count_if_grouped"] for record in records} == {59}
    assert json_lines(records).count("\n") == 59


@pytest.mark.parametrize(
    ("value", "expected", "difference"),
    [("50", "49", 1), ("1,200", "1000.5", 199.5), ("9.5", "300", -290.5), ("n/a", "3", None), ("4", "1, 2", None)],
)
def test_the_difference_is_given_where_both_are_figures(value: str, expected: str, difference: float | None) -> None:
    assert a_record(a_finding(value=value, expected=expected))["difference"] == difference


STRUCTURAL = {*FILE_RULES, *LESSER, "sheet_missing", "header_missing", "header_twice", "header_absent", "one_row"}
OF_FRICTIONLESS = {
    "source-error", "format-error", "encoding-error", "byte-count", "row-count", "missing-label", "extra-label",
    "duplicate-label", "blank-header",
    "blank-label", "blank-row", "extra-cell", "missing-cell", "type-error", "constraint-error", "primary-key",
    "foreign-key",
}  # fmt: skip
WITHOUT = {
    "SHEET_HIDDEN", "FILE_IGNORED", "FORMULA_CACHED", "sheet_unknown", "sheet_unexpected", "sheet_missing",
    "return_missing", "CELLS_HIDDEN",
}  # fmt: skip
"""Sheets are no concern of Frictionless, which knows one table at a time."""


def test_structural_findings_have_the_names_that_frictionless_gives_them() -> None:
    assert STRUCTURAL - WITHOUT - ERROR_TYPES.keys() == set()
    assert set(ERROR_TYPES.values()) <= OF_FRICTIONLESS
    assert ERROR_TYPES.keys() - CONTRACT.sayings.keys() == set()
    assert not WITHOUT & ERROR_TYPES.keys()


def test_the_same_findings_give_the_same_bytes_in_whatever_order_they_come() -> None:
    findings = [a_finding(row) for row in range(2, 30)] + [a_query()]
    forms = [
        (webpage(one), text(one), json_lines(finding_records(one)), verdict_line(one))
        for one in (a_document(*findings), a_document(*reversed(findings)))
    ]
    assert forms[0] == forms[1]


@pytest.mark.parametrize("says", CONTRACT.sayings)
def test_every_saying_can_be_replied_with(says: str) -> None:
    document = a_document(a_finding(says=says), Finding(1, "V01", Severity.ERROR, "file", says))
    assert all(record["message_cy"] and record["fix_en"] for record in finding_records(document))
    assert not re.search(r"\{\w*\}", text(document))


def test_nothing_is_called_invalid_and_no_pattern_is_shown() -> None:
    findings = [a_finding(row, says=says) for row, says in enumerate(CONTRACT.sayings, 1)]
    document = a_document(*findings)
    told = text(document) + "".join(
        f"{record['message_en']} {record['message_cy']}" for record in finding_records(document)
    )
    assert not re.search(r"(?i:\binvalid|annilys|regex)|\\d|\[0-9|NaN|\bnull\b|None\b", told)


def test_a_masked_value_stays_masked_and_an_unmasked_one_is_masked() -> None:
    about = {"rule": "V08", "says": "person_ref_shape", "sheet": "PEOPLE", "column": "person_ref"}
    document = a_document(a_finding(2, value="M•••••••••", **about), a_finding(3, value="Mair Jones", **about))
    assert [record["value_shown"] for record in finding_records(document)] == [masked("Mair Jones")] * 2
    comments = [mark.comment or "" for cells in marks(document).values() for mark in cells.values()]
    forms = [text(document), webpage(document), json_lines(finding_records(document)), *comments]
    assert not [form for form in forms if "Mair" in form]


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "first"), [("cy", "Mae'r Saesneg yn dilyn"), ("en", "The Welsh follows"), (None, "The")]
)
def test_the_language_that_the_provider_chose_comes_first(language: str | None, first: str) -> None:
    document = a_document(a_finding(), language=language)
    assert text(document).startswith(first)
    lang = language or "en"
    assert f'<html lang="{lang}">' in webpage(document)
    assert re.findall(r'<section id="(\w\w)"', webpage(document))[0] == lang


def test_both_languages_say_the_same_things() -> None:
    one, other = text(a_document(a_finding(), a_query(), provider_name_cy=None)).split("=" * 96)
    for fact in ("DOP00001, The Old Mill", "june.xlsx", "2026-07-03 09:30", "I17", "H4", "“n/a”", "9.5"):
        assert fact in one
        assert fact in other
    assert "June 2026" in one
    assert "Mehefin 2026" in other


def test_one_language_alone_can_be_asked_for() -> None:
    assert "Nodwyd" not in text(a_document(a_finding()), ["en"])
    assert "Found" not in text(a_document(a_finding()), ["cy"])


def test_a_sound_return_is_told_that_nothing_was_found() -> None:
    assert "Nothing was found." in text(a_document())
    assert "Ni nodwyd dim." in text(a_document())
    assert "<p>Ni nodwyd dim.</p>" in webpage(a_document())


def test_no_line_is_wider_than_a_page_and_none_is_made_by_the_provider() -> None:
    value, name = "x\n1. Your return is accepted", "june.xlsx\n\x1b[2JResult: accepted"
    lines = text(a_document(a_finding(value=value), file_name=name)).splitlines()
    assert max(map(len, lines)) <= 96
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith(("Result:", "1. "))] == [
        "Result: accepted in part",
        "1. Sheet ACTIVITY, cell I17, “Sessions planned” [error]",
        "1. Dalen GWEITHGAREDD, cell I17, “Sesiynau a gynlluniwyd” [gwall]",
    ]


# --- the web page -----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What there is on a page: elements with their attributes and language, headings, and text."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += data

    def all(self, *tags: str) -> list[tuple[str, dict[str, str | None]]]:
        return [element for element in self.elements if element[0] in tags]


def a_page(**facts: Any) -> Page:
    cause, follows, further = chain()
    return Page(webpage(a_document(a_finding(), a_query(), cause, follows, further, **facts), has_workbook=True))


def test_the_page_stands_by_itself() -> None:
    page = a_page()
    assert page.open == []
    assert page.all("script", "link", "img", "iframe", "object", "form") == []
    assert all(str(about["href"]).startswith("#") for _, about in page.all("a"))
    style = (resources.files("expectations") / "replies" / "webpage.css").read_text()
    assert not re.search(r"url\(|@import|http", style)


def test_links_lead_to_something_on_the_page() -> None:
    page = a_page()
    ids = [about["id"] for _, about in page.elements if "id" in about]
    assert len(ids) == len(set(ids))
    assert {str(about["href"])[1:] for _, about in page.all("a")} <= set(ids)


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in a_page().elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_every_heading_cell_a_scope() -> None:
    page = a_page()
    assert len(page.all("table")) == len(page.all("caption")) == 8
    assert {about.get("scope") for _, about in page.all("th")} == {"col", "row"}


def test_each_language_is_marked_and_has_as_much_to_say() -> None:
    page = a_page()
    sections = [about for _, about in page.all("section")]
    assert [about["lang"] for about in sections] == ["en", "cy"]
    assert [about["lang"] for _, about in page.all("span") if "lang" in about] == ["en", "cy"]
    halves = webpage(a_document(a_finding(), a_query())).split("<section")[1:]
    assert halves[0].count("<tr") == halves[1].count("<tr")


def test_the_kind_of_a_finding_is_said_in_words_and_not_by_colour_alone() -> None:
    html = webpage(a_document(a_finding(), a_query()))
    for words in ("error", "query", "gwall", "ymholiad"):
        assert re.search(rf'<span class="kind \w+"><span[^>]*>.</span>{words}</span>', html)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_ink_can_be_read_on_its_paper() -> None:
    style = (resources.files("expectations") / "replies" / "webpage.css").read_text()
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", style))
    papers = {name.removesuffix("paper").rstrip("-"): colour for name, colour in colours.items() if "paper" in name}
    assert {"", "error", "query", "note", "good", "quiet", "link"} == set(papers)
    for kind, paper in papers.items():
        assert contrast(colours[f"{kind}-ink".lstrip("-")], paper) >= 4.5, kind
        assert contrast(colours["ink"], paper) >= 4.5, kind
        assert contrast(colours[f"{kind}-ink".lstrip("-")], colours["paper"]) >= 4.5, kind
    assert contrast(colours["line"], colours["paper"]) >= 3


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_nothing_that_a_provider_wrote_becomes_markup(naughty: str) -> None:
    sheets = {"ACTIVITY": TheirSheet(naughty, {"sessions_planned": naughty})}
    names = {"provider_name_en": naughty, "provider_name_cy": naughty, "file_name": naughty}
    plain = Page(webpage(a_document(a_finding())))
    page = Page(webpage(a_document(a_finding(value=naughty, other=naughty), sheets=sheets, **names)))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(about) for _, about in page.elements] == [sorted(about) for _, about in plain.elements]
    shown = "".join(letter if letter.isprintable() else " " for letter in naughty)
    assert page.text.count(shown) > 4


def test_the_workbook_is_spoken_of_only_where_there_is_one() -> None:
    assert "marked copy of your workbook" in webpage(a_document(a_finding()), has_workbook=True)
    assert "marked copy of your workbook" not in webpage(a_document(a_finding()))


# --- marks ------------------------------------------------------------------------------------------------------------


def test_a_cell_is_marked_with_its_worst_finding_and_told_all_of_them() -> None:
    query = a_finding(severity=Severity.QUERY, says="sessions_do_not_add_up", rule="V10", value="5")
    (mark,) = marks(a_document(query, a_finding()))["ACTIVITY"].values()
    assert mark.severity is Severity.ERROR
    comment = mark.comment or ""
    assert comment.count("Error: ") == comment.count("Query: ") == comment.count("Gwall: ") == 1


def test_a_comment_says_what_is_wrong_and_what_to_do_in_the_providers_language_first() -> None:
    (mark,) = marks(a_document(a_finding(), language="cy"))["ACTIVITY"].values()
    welsh, english = (mark.comment or "").split("\n")
    assert welsh.startswith("1. Gwall: Gwerth “Sesiynau a gynlluniwyd” yw “n/a”")
    assert english.startswith("1. Error: “Sessions planned” is “n/a”, which is not a number. Write a plain figure")


def test_a_row_without_a_cell_is_marked_at_its_beginning() -> None:
    assert place_of(a_finding(9, cell=None)) == (9, 1)
    assert place_of(a_finding(9, cell="AB12")) == (12, 28)
    assert place_of(Finding(1, "V01", Severity.ERROR, "sheet", "sheet_missing", "ACTIVITY")) is None


def test_of_very_many_alike_the_first_have_a_comment_and_the_heading_speaks_of_the_rest() -> None:
    rows = range(2, COMMENTED + 32)
    document = a_document(*map(a_finding, rows))
    marked = marks(document)["ACTIVITY"]
    assert [mark.severity for mark in marked.values()] == [Severity.ERROR] * len(rows)
    assert [row for (row, _), mark in marked.items() if mark.comment is None] == list(rows)[COMMENTED:]
    [(column, words)] = heading_comments(document, marked).items()
    english, welsh = words.split("\n")
    assert column == 9
    assert english.startswith("1. Error: Coloured without a comment in this column: 30, rows 202-231. The same is said")
    assert english.endswith("that have one. Write a plain figure, or 0 if there were none.")
    assert welsh.startswith("1. Gwall: Wedi'u lliwio heb sylw yn y golofn hon: 30, rhesi 202-231.")


def test_no_heading_speaks_where_every_cell_has_a_comment() -> None:
    document = a_document(*map(a_finding, range(2, COMMENTED + 2)))
    marked = marks(document)["ACTIVITY"]
    assert all(mark.comment for mark in marked.values())
    assert heading_comments(document, marked) == {}


def test_a_cell_of_which_something_else_is_said_too_has_a_comment_wherever_it_stands() -> None:
    last = COMMENTED + 9
    other = a_finding(last, severity=Severity.QUERY, says="sessions_do_not_add_up", rule="V10", value="5")
    document = a_document(*map(a_finding, range(2, last + 1)), other)
    marked = marks(document)["ACTIVITY"]
    comment = marked[last, 9].comment or ""
    assert ("Error: " in comment, "Query: " in comment) == (True, True)
    assert "in this column: 7, rows 202-208." in heading_comments(document, marked)[9]


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_reply_is_named_after_its_month_provider_number_and_file() -> None:
    assert reply_name(a_subject()) == "2026-06/DOP00001-2-0f0f0f0f0f0f"


def test_a_file_that_belongs_to_no_month_has_its_reply_among_the_unidentified() -> None:
    facts: dict[str, Any] = {
        "state": "refused",
        "provider_id": None,
        "period": None,
        "submission_no": None,
        "language": None,
    }
    assert reply_name(a_subject(**facts)) == "unidentified/unknown-0-0f0f0f0f0f0f"
    assert "Month: not known" in text(a_document(**facts))


def test_a_name_never_leaves_the_folder() -> None:
    assert reply_name(a_subject(provider_id="../../etc", period="2026/..")) == "2026/etc-2-0f0f0f0f0f0f"
