"""Reply: what was found becomes what the provider reads, in the order in which it is best mended."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
import sqlalchemy as sa

from assets.reply import feedback, reply
from expectations.contract import Severity
from expectations.findings import Finding
from expectations.replies import (
    GROUPED_OVER,
    Reply,
    Subject,
    TheirSheet,
    entries_of,
    in_order,
    make_reply,
    reply_name,
    row_ranges,
    verdict,
    write_replies,
)
from expectations.rules import CONTRACT
from resources.house import House
from resources.restricted import RestrictedStore, StoredSheet, write_sheets
from resources.settings import Settings
from warehouse import ledger
from warehouse.connection import connect

SHA256 = "0f" * 32
RECEIVED = datetime(2026, 7, 3, 9, 30, tzinfo=UTC)


def a_subject(**facts: Any) -> Subject:
    made = Subject(
        sha256=SHA256,
        state="accepted",
        file_name="june.xlsx",
        received_at=RECEIVED,
        provider_id="DOP00001",
        provider_name_en="The Old Mill",
        provider_name_cy="Yr Hen Felin",
        period="2026-06",
        submission_no=2,
        language="en",
        rows_read=90,
        rows_accepted=90,
    )
    return replace(made, **facts)


def a_finding(row: int = 17, **facts: Any) -> Finding:
    made = Finding(
        1, "V03", Severity.ERROR, "cell", "not_number", "ACTIVITY", row, "sessions_planned", f"I{row}", "n/a"
    )
    return replace(made, **facts)


def a_query(row: int = 4) -> Finding:
    return Finding(1, "V15", Severity.QUERY, "row", "wte_differs", "WORKFORCE", row, "wte", f"H{row}", "9.5", "300")


def a_reply(*findings: Finding, **facts: Any) -> Reply:
    return make_reply(CONTRACT, a_subject(**facts), findings)


def told(*findings: Finding, **facts: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(a_reply(*findings, **facts).json_text)
    return document


# --- the document -----------------------------------------------------------------------------------------------------


def test_a_sound_return_is_told_that_nothing_was_found() -> None:
    document = told()
    assert (document["verdict"], document["findings"]) == ("accepted", [])
    assert "Nothing was found." in a_reply().text_text
    assert "Ni nodwyd dim." in a_reply().text_text


def test_the_header_says_whose_return_it_is_and_what_became_of_it() -> None:
    document = told(a_finding(), a_query(), rows_accepted=89, rows_quarantined=1)
    assert document["submission"] == {
        "sha256": SHA256,
        "file": "june.xlsx",
        "received_at": "2026-07-03T09:30:00+00:00",
        "provider_id": "DOP00001",
        "provider_name_en": "The Old Mill",
        "provider_name_cy": "Yr Hen Felin",
        "period": "2026-06",
        "submission_no": 2,
        "language": "en",
    }
    assert document["rows"] == {"read": 90, "accepted": 89, "quarantined": 1}
    assert document["count_by_severity"] == {"error": 1, "query": 1, "note": 0}
    assert [(line["rule"], line["count"]) for line in document["count_by_rule"]] == [("V03", 1), ("V15", 1)]
    assert document["verdict_cy"] == "derbyniwyd yn rhannol"


def test_a_finding_has_its_place_and_its_sentences_in_both_languages() -> None:
    theirs = {"ACTIVITY": TheirSheet("Activity June", {"sessions_planned": "SESSIONS  planned"})}
    (finding,) = told(a_finding(), sheets=theirs)["findings"]
    assert (finding["sheet"], finding["their_sheet"]) == ("ACTIVITY", "Activity June")
    assert (finding["column"], finding["their_header"]) == ("sessions_planned", "SESSIONS  planned")
    assert (finding["row"], finding["cell"], finding["value"]) == (17, "I17", "n/a")
    assert (finding["expected_en"], finding["other"], finding["caused_by"]) == (None, None, None)
    assert (finding["rule"], finding["version"], finding["severity"], finding["level"]) == ("V03", 1, "error", "cell")
    assert finding["message_en"] == "“Sessions planned” is “n/a”, which is not a number."
    assert finding["message_cy"] == "Gwerth “Sesiynau a gynlluniwyd” yw “n/a”, ac nid yw hynny'n rhif."
    assert finding["mend_en"]
    assert finding["mend_cy"]


def test_the_same_findings_give_the_same_bytes_in_whatever_order_they_come() -> None:
    findings = [a_finding(row) for row in range(2, 30)] + [a_query()]
    assert a_reply(*findings) == a_reply(*reversed(findings))


@pytest.mark.parametrize("says", CONTRACT.sayings)
def test_every_saying_can_be_replied_with(says: str) -> None:
    made = a_reply(a_finding(says=says), Finding(1, "V01", Severity.ERROR, "file", says))
    assert json.loads(made.json_text)["findings"][1]["message_cy"]
    assert "{" not in made.text_text


def test_a_masked_value_stays_masked_and_an_unmasked_one_is_masked() -> None:
    about = {"says": "person_ref_shape", "sheet": "PEOPLE", "column": "person_ref"}
    made = a_reply(a_finding(2, value="M•••••••••", **about), a_finding(3, value="Mair Jones", **about))
    assert [finding["value"] for finding in json.loads(made.json_text)["findings"]] == ["M•••••••••"] * 2
    assert "Mair" not in made.json_text + made.text_text


# --- order and grouping -----------------------------------------------------------------------------------------------


def test_files_come_first_then_headers_then_cells_by_place() -> None:
    file = Finding(1, "F04", Severity.QUERY, "file", "ENCODING_CP1252")
    header = Finding(1, "V01", Severity.QUERY, "column", "header_unknown", "OUTCOMES", 1, None, "Q1", "Remarks")
    early, late = a_finding(3), a_finding(20)
    assert in_order(CONTRACT, [late, early, a_query(), header, file]) == [file, header, early, late, a_query()]


def test_what_follows_comes_after_what_it_follows_from() -> None:
    cause = a_finding(30, rule="V19", says="reason_missing", sheet="SERVICES", column="closure_reason")
    follows = a_finding(
        2, rule="V20", level="row", says="service_refused", column="service_id", caused_by=cause.finding_id
    )
    further = a_finding(1, rule="V12", level="row", says="over_places", caused_by=follows.finding_id)
    assert in_order(CONTRACT, [further, follows, cause]) == [cause, follows, further]
    text = a_reply(follows, cause, provider_name_cy=None).text_text
    assert "This will go once what it follows from is mended (Sheet SERVICES, cell I30" in " ".join(text.split())


def test_causes_that_go_in_circles_do_not_hang() -> None:
    one, other = a_finding(2), a_finding(3)
    circle = [replace(one, caused_by=other.finding_id), replace(other, caused_by=one.finding_id)]
    assert len(in_order(CONTRACT, circle)) == 2


def test_two_unknown_headers_are_both_told() -> None:
    headers = [
        Finding(1, "V01", Severity.QUERY, "column", "header_unknown", "OUTCOMES", 1, None, cell, name)
        for cell, name in (("Q1", "Remarks"), ("R1", "Notes"))
    ]
    assert [finding["value"] for finding in told(*headers)["findings"]] == ["Remarks", "Notes"]


def test_over_fifty_alike_in_a_column_are_told_as_one_with_three_examples() -> None:
    alike = [a_finding(row) for row in (*range(5, 5 + GROUPED_OVER), 99)]
    (group,) = told(*alike)["findings"]
    assert (group["count"], group["rows"]) == (51, "5-54, 99")
    assert [example["cell"] for example in group["examples"]] == ["I5", "I6", "I7"]
    assert "51 of these in this column, rows 5-54, 99." in a_reply(*alike).text_text


def test_fifty_alike_are_told_one_by_one() -> None:
    assert len(told(*[a_finding(row) for row in range(GROUPED_OVER)])["findings"]) == GROUPED_OVER


def test_findings_that_differ_in_anything_but_their_row_are_not_grouped() -> None:
    many = [a_finding(row) for row in range(2, 60)]
    others = [a_finding(70, severity=Severity.QUERY), a_finding(71, column="leavers"), a_finding(72, caused_by="x")]
    assert sorted(entry.count for entry in entries_of(in_order(CONTRACT, [*many, *others]))) == [1, 1, 1, 58]


def test_rows_are_written_as_ranges() -> None:
    assert row_ranges([7, 3, 4, 5, None, 9, 9]) == "3-5, 7, 9"


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
    assert "Read the queries as well" in told(a_finding(), a_query())["next_en"]
    assert "Darllenwch yr ymholiadau hefyd" in told(a_finding(), a_query())["next_cy"]


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "first"), [("cy", "Mae'r Saesneg yn dilyn"), ("en", "The Welsh follows"), (None, "The")]
)
def test_the_language_that_the_provider_chose_comes_first(language: str | None, first: str) -> None:
    assert a_reply(a_finding(), language=language).text_text.startswith(first)


def test_both_languages_say_the_same_things() -> None:
    text = a_reply(a_finding(), a_query(), provider_name_cy=None).text_text
    one, other = text.split("=" * 96)
    for fact in ("DOP00001, The Old Mill", "june.xlsx", "2026-07-03 09:30", "I17", "H4", "“n/a”", "9.5"):
        assert fact in one
        assert fact in other
    assert "June 2026" in one
    assert "Mehefin 2026" in other


def test_no_line_is_wider_than_a_page_and_none_is_made_by_the_provider() -> None:
    made = a_reply(a_finding(value="x\n1. Your return is accepted"), file_name="june.xlsx\n\x1b[2JResult: accepted")
    assert max(map(len, made.text_text.splitlines())) <= 96
    lines = made.text_text.splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith(("Result:", "1. "))] == [
        "Result: accepted in part",
        "1. Sheet ACTIVITY, cell I17, “Sessions planned” [error]",
        "1. Dalen GWEITHGAREDD, cell I17, “Sesiynau a gynlluniwyd” [gwall]",
    ]


# --- on disk ----------------------------------------------------------------------------------------------------------


def test_a_reply_is_named_after_its_month_provider_number_and_file() -> None:
    assert reply_name(a_subject()) == "2026-06/DOP00001-2-0f0f0f0f0f0f"


def test_a_file_that_belongs_to_no_month_has_its_reply_among_the_unidentified() -> None:
    unknown = a_subject(state="refused", provider_id=None, period=None, submission_no=None, language=None)
    assert reply_name(unknown) == "unidentified/unknown-0-0f0f0f0f0f0f"
    assert "Month: not known" in make_reply(CONTRACT, unknown, []).text_text


def test_a_name_never_leaves_the_folder() -> None:
    assert reply_name(a_subject(provider_id="../../etc", period="2026/..")) == "2026/etc-2-0f0f0f0f0f0f"


def test_replies_are_written_once_and_again_only_when_they_change(tmp_path: Path) -> None:
    replies = [a_reply(a_finding())]
    assert [write_replies(tmp_path, replies), write_replies(tmp_path, replies)] == [1, 0]
    assert write_replies(tmp_path, [a_reply()]) == 1
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*"))
    assert written == ["2026-06/DOP00001-2-0f0f0f0f0f0f.json", "2026-06/DOP00001-2-0f0f0f0f0f0f.txt"]
    assert json.loads((tmp_path / written[0]).read_text(encoding="utf-8"))["findings"] == []


# --- the stage --------------------------------------------------------------------------------------------------------


@pytest.fixture
def connection(database: str) -> Iterator[sa.Connection]:
    with connect(database).begin() as connection:
        yield connection


def deliver(connection: sa.Connection, sha256: str, findings: list[Finding], state: str = "refused") -> int:
    ledger.record_delivery(
        connection, sha256=sha256, source_path=f"{sha256[:4]}.xlsx", received_at=RECEIVED, size_bytes=9
    )
    submission_id = ledger.submission_id_of(sha256)
    ledger.record_identity(connection, submission_id, ledger.Identity("2026-06", "DOP00001", 1, "LITE", language="cy"))
    if state == "refused":
        ledger.record_refusal(
            connection, submission_id, [replace(one, submission_id=submission_id) for one in findings]
        )
    return submission_id


def test_every_judged_submission_of_the_month_gets_its_reply(connection: sa.Connection, tmp_path: Path) -> None:
    store = RestrictedStore(tmp_path / "restricted")
    deliver(connection, SHA256, [a_finding(), a_query()])
    deliver(connection, "1e" * 32, [], state="read")
    replied = reply(connection, store, tmp_path / "replies", "2026-06")
    assert (replied.submissions, replied.written, replied.findings) == (1, 1, 2)
    assert dict(replied.verdicts) == {"refused": 1}
    again = reply(connection, store, tmp_path / "replies", "2026-06")
    assert (again.submissions, again.written) == (1, 0)
    assert reply(connection, store, tmp_path / "replies", "2026-05").submissions == 0
    text = (tmp_path / "replies/2026-06/DOP00001-1-0f0f0f0f0f0f.txt").read_text(encoding="utf-8")
    assert text.startswith("Mae'r Saesneg yn dilyn")


def test_a_reply_speaks_of_sheets_and_columns_as_the_file_does(connection: sa.Connection, tmp_path: Path) -> None:
    store = RestrictedStore(tmp_path / "restricted")
    deliver(connection, SHA256, [a_finding()])
    meta = {"name": "Activity June", "headers": {"sessions_planned": [9, "SESSIONS PLANNED"]}, "problems": []}
    write_sheets(store.cells(SHA256), {"ACTIVITY": StoredSheet(pa.table({"sessions_planned": ["n/a"]}), meta)})
    reply(connection, store, tmp_path / "replies", "2026-06")
    document = json.loads((tmp_path / "replies/2026-06/DOP00001-1-0f0f0f0f0f0f.json").read_text(encoding="utf-8"))
    (finding,) = document["findings"]
    assert (finding["their_sheet"], finding["their_header"]) == ("Activity June", "SESSIONS PLANNED")


def test_the_asset_reports_how_many_replies_it_wrote(settings: Settings, database: str) -> None:
    with connect(database).begin() as connection:
        deliver(connection, SHA256, [a_finding()])
    house = House(home=str(settings.home), warehouse=database)
    result = dg.materialize([feedback], partition_key="2026-06", resources={"house": house})
    (event,) = result.asset_materializations_for_node("feedback")
    told = {
        name: value.value
        for name, value in event.metadata.items()
        if name in {"submissions", "replies_written", "findings"}
    }
    assert told == {"submissions": 1, "replies_written": 1, "findings": 1}
    assert (settings.reply_dir / "2026-06/DOP00001-1-0f0f0f0f0f0f.txt").exists()
