"""Reply: every submission of a month gets its reply, open parts in the open and rows about people among what is not."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from reply_makers import RECEIVED, SHA256, a_finding, a_query, a_subject

from assets.reply import feedback, reply
from expectations.findings import Finding
from makers import a_return, a_row, stored
from resources import replies
from resources.house import House
from resources.replies import Job, is_stale, write_replies, write_reply
from resources.restricted import RestrictedStore, write_sheets
from resources.settings import Settings
from warehouse import ledger
from warehouse.connection import connect

NAME = "2026-06/DOP00001-1-0f0f0f0f0f0f"


@pytest.fixture
def connection(database: str) -> Iterator[sa.Connection]:
    with connect(database).begin() as connection:
        yield connection


def deliver(
    connection: sa.Connection, sha256: str, findings: list[Finding], state: str = "refused", number: int = 1
) -> int:
    ledger.record_delivery(
        connection, sha256=sha256, source_path=f"{sha256[:4]}.xlsx", received_at=RECEIVED, size_bytes=9
    )
    submission_id = ledger.submission_id_of(sha256)
    identity = ledger.Identity("2026-06", "DOP00001", number, "LITE", language="cy")
    ledger.record_identity(connection, submission_id, identity)
    if state == "refused":
        ledger.record_refusal(
            connection, submission_id, [replace(one, submission_id=submission_id) for one in findings]
        )
    return submission_id


def keep_cells(settings: Settings, sha256: str = SHA256) -> None:
    cells = stored(a_return(ACTIVITY=[a_row("ACTIVITY", sessions_planned="n/a")]))
    cells["ACTIVITY"].meta["name"] = "Activity June"
    write_sheets(RestrictedStore(settings.restricted_dir).cells(sha256), cells)


def a_job(folder: Path, *findings: Finding, cells: Path | None = None, **facts: Any) -> Job:
    return Job(a_subject(**facts), findings, folder / "open", folder / "restricted", cells)


def written_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.is_file())


# --- on disk ----------------------------------------------------------------------------------------------------------


def test_a_reply_is_a_page_records_and_a_verdict(tmp_path: Path) -> None:
    write_reply(a_job(tmp_path, a_finding(), a_query()))
    name = "open/2026-06/DOP00001-2-0f0f0f0f0f0f"
    assert written_in(tmp_path) == [f"{name}.html", f"{name}.jsonl", f"{name}.verdict.json"]
    records = [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()]
    assert [record["rule"] for record in records] == ["V03", "V15"]
    assert json.loads((tmp_path / f"{name}.verdict.json").read_text())["count_by_rule"] == {"V03": 1, "V15": 1}


def test_a_reply_is_made_again_only_when_something_of_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = a_job(tmp_path, a_finding())
    assert is_stale(job)
    write_reply(job)
    assert not is_stale(job)
    assert is_stale(replace(job, findings=(a_finding(18),)))
    assert is_stale(replace(job, subject=a_subject(state="refused")))
    monkeypatch.setattr(replies, "FORMAT", "dayops reply 4")
    assert is_stale(job)


def test_a_reply_with_a_part_missing_is_made_again(tmp_path: Path) -> None:
    job = a_job(tmp_path, a_finding())
    write_reply(job)
    job.place(".jsonl").unlink()
    assert is_stale(job)


def test_a_copy_goes_when_there_is_nothing_more_to_mend(tmp_path: Path) -> None:
    cells = tmp_path / "cells.arrow"
    write_sheets(cells, stored(a_return()))
    write_reply(a_job(tmp_path, a_finding(), cells=cells))
    assert a_job(tmp_path).place(".xlsx").exists()
    write_reply(a_job(tmp_path, cells=cells))
    assert not a_job(tmp_path).place(".xlsx").exists()


def test_a_copy_that_cannot_be_drawn_holds_up_neither_its_reply_nor_another(tmp_path: Path, settings: Settings) -> None:
    broken, sound = tmp_path / "broken.arrow", tmp_path / "sound.arrow"
    broken.write_bytes(b"no cells")
    write_sheets(sound, stored(a_return()))
    jobs = [
        a_job(tmp_path, a_finding(), cells=broken),
        a_job(tmp_path, a_finding(), cells=sound, sha256="1e" * 32),
    ]
    told = {job.subject.sha256: trouble for job, trouble in write_replies(jobs, settings.limits, 2)}
    assert told == {SHA256: "ArrowInvalid", "1e" * 32: None}
    assert [job.place(".xlsx").exists() for job in jobs] == [False, True]
    assert [job.place(".html").exists() for job in jobs] == [True, True]


# --- the stage --------------------------------------------------------------------------------------------------------


def test_every_judged_submission_of_the_month_gets_its_reply(connection: sa.Connection, settings: Settings) -> None:
    deliver(connection, SHA256, [a_finding(), a_query()])
    deliver(connection, "1e" * 32, [], state="read")
    replied = reply(connection, settings, "2026-06")
    assert (replied.submissions, replied.written, replied.findings, replied.workbooks) == (1, 1, 2, 0)
    assert dict(replied.verdicts) == {"refused": 1}
    again = reply(connection, settings, "2026-06")
    assert (again.submissions, again.written) == (1, 0)
    assert reply(connection, settings, "2026-05").submissions == 0
    page = (settings.reply_dir / f"{NAME}.html").read_text(encoding="utf-8")
    assert '<html lang="cy">' in page


def test_the_marked_copy_is_kept_from_everyone_but_its_sender(connection: sa.Connection, settings: Settings) -> None:
    deliver(connection, SHA256, [a_finding(2, cell="I2")])
    keep_cells(settings)
    assert reply(connection, settings, "2026-06").workbooks == 1
    copy = settings.annotated_dir / f"{NAME}.xlsx"
    assert settings.annotated_dir.is_relative_to(settings.restricted_dir)
    assert not list(settings.reply_dir.rglob("*.xlsx"))
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (copy.parent, settings.annotated_dir)} == {0o700}
    book = load_workbook(copy)
    assert book.sheetnames[:3] == ["CANFYDDIADAU", "RETURN", "SERVICES"]
    assert book["Activity June"]["I2"].comment.text.startswith("1. Gwall: ")
    (record,) = [json.loads(line) for line in (settings.reply_dir / f"{NAME}.jsonl").read_text().splitlines()]
    assert (record["sheet"], record["column"]) == ("Activity June", "sessions_planned")


def test_a_copy_that_is_lost_is_made_again_with_the_same_bytes(connection: sa.Connection, settings: Settings) -> None:
    deliver(connection, SHA256, [a_finding(2, cell="I2")])
    keep_cells(settings)
    reply(connection, settings, "2026-06")
    copy = settings.annotated_dir / f"{NAME}.xlsx"
    first = copy.read_bytes()
    copy.unlink()
    assert reply(connection, settings, "2026-06").written == 1
    assert copy.read_bytes() == first


def test_a_resubmission_is_told_what_was_found_in_the_one_before(connection: sa.Connection, settings: Settings) -> None:
    deliver(connection, "1e" * 32, [a_finding(), a_finding(18), a_query()], number=1)
    deliver(connection, SHA256, [a_finding()], number=2)
    reply(connection, settings, "2026-06")
    name = "2026-06/DOP00001-2-0f0f0f0f0f0f"
    verdict = json.loads((settings.reply_dir / f"{name}.verdict.json").read_text())
    assert verdict["previous"] == {
        "submission_no": 1,
        "verdict": "refused",
        "count_by_severity": {"error": 2, "query": 1, "note": 0},
    }
    assert "Cyflwyniad 1</th>" in (settings.reply_dir / f"{name}.html").read_text()


def test_the_asset_reports_how_many_replies_it_wrote(settings: Settings, database: str) -> None:
    with connect(database).begin() as connection:
        deliver(connection, SHA256, [a_finding()])
    house = House(home=str(settings.home), warehouse=database)
    result = dg.materialize([feedback], partition_key="2026-06", resources={"house": house})
    (event,) = result.asset_materializations_for_node("feedback")
    wanted = ("submissions", "replies_written", "findings", "workbooks")
    told = {name: value.value for name, value in event.metadata.items() if name in wanted}
    assert told == {"submissions": 1, "replies_written": 1, "findings": 1, "workbooks": 0}
    assert (settings.reply_dir / f"{NAME}.html").exists()
