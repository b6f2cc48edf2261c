"""`dayops check`: returns are checked before they are sent, with no database, no house, and an answer in words."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from reply_makers import a_file, written

from dayops_pipeline.cli import main
from expectations.findings import submission_id_of
from makers import Sheets, a_return, a_row
from resources.writing import csv_zip_bytes


@pytest.fixture(autouse=True)
def no_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no house, where a database that is asked for does not answer."""
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    monkeypatch.setenv("DAYOPS_HOME", str(home))
    monkeypatch.setenv("DAYOPS_WAREHOUSE_URL", "postgresql://me:secret@127.0.0.1:1/dayops")
    return home


def check(*words: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, words)])


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def torn(folder: Path, name: str = "torn.xlsx") -> Path:
    """A workbook that was cut short: quick to refuse."""
    return written(folder / name, a_file(a_return())[:400])


def spoilt(**changes: str | None) -> Sheets:
    return a_return(ACTIVITY=[a_row("ACTIVITY", **changes)])


def numbered(number: int) -> Sheets:
    sheets = a_return()
    sheets["RETURN"][0]["submission_no"] = str(number)
    return sheets


def test_a_sound_return_is_said_to_be_sound(tmp_path: Path, no_house: Path) -> None:
    result = check(written(tmp_path / "good.xlsx", a_file(a_return())))
    assert (result.exit_code, result.stdout) == (0, "good.xlsx: would be accepted / byddai'n cael ei derbyn\n")
    assert not no_house.exists()


def test_what_is_found_is_told_in_both_languages_with_its_cell(tmp_path: Path) -> None:
    result = check(written(tmp_path / "bad.xlsx", a_file(spoilt(sessions_planned="n/a"))))
    assert result.exit_code == 1
    first, *_ = result.stdout.splitlines()
    assert first.startswith("bad.xlsx: would be accepted in part; errors to mend (1) / byddai'n")
    assert "1. Sheet ACTIVITY, cell I2, “sessions_planned” [error]" in result.stdout
    assert "Gwerth “Sesiynau a gynlluniwyd” yw “n/a”" in result.stdout


@pytest.mark.parametrize(("language", "said", "unsaid"), [("en", "Found", "Nodwyd"), ("cy", "Nodwyd", "Found")])
def test_one_language_can_be_asked_for(tmp_path: Path, language: str, said: str, unsaid: str) -> None:
    result = check(torn(tmp_path), "--language", language)
    assert said in result.stdout
    assert unsaid not in result.stdout


def test_a_query_is_something_to_explain_and_a_note_is_not(tmp_path: Path) -> None:
    assert check(written(tmp_path / "query.xlsx", a_file(spoilt(sessions_dna="14")))).exit_code == 1
    utf16 = csv_zip_bytes(pages(a_return()), encoding="utf-16")
    noted = check(written(tmp_path / "note.zip", utf16), "--json")
    assert [line["severity"] for line in lines_of(noted)[1:]] == ["note"] * 11
    assert noted.exit_code == 0


def pages(sheets: Sheets) -> dict[str, list[list[str | None]]]:
    return {name: [list(rows[0]), *(list(row.values()) for row in rows)] for name, rows in sheets.items()}


def test_json_lines_are_a_verdict_and_then_its_findings(tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.xlsx", a_file(spoilt(sessions_planned="n/a")))
    result = check(bad, written(tmp_path / "good.xlsx", a_file(a_return() | numbered(2))), "--json")
    assert [line["record"] for line in lines_of(result)] == ["verdict", "finding", "verdict"]
    verdict, finding, other = lines_of(result)
    assert (verdict["file"], verdict["verdict"], verdict["is_trial"]) == ("bad.xlsx", "accepted_in_part", True)
    assert verdict["submission"] == str(submission_id_of(verdict["file_sha256"])) == finding["submission"]
    assert (other["verdict"], other["count_by_severity"]["error"]) == ("accepted", 0)


def test_a_folder_of_csv_files_is_one_return(tmp_path: Path) -> None:
    for name, rows in pages(spoilt(sessions_planned="n/a")).items():
        body = "\n".join(",".join(cell or "" for cell in row) for row in rows)
        written(tmp_path / "june" / f"{name}.csv", body.encode())
    result = check(tmp_path / "june", "--json")
    assert [line["record"] for line in lines_of(result)] == ["verdict", "finding"]
    assert lines_of(result)[0]["file"] == "june"


def test_a_folder_of_returns_is_all_of_them(tmp_path: Path) -> None:
    written(tmp_path / "in" / "a.xlsx", a_file(a_return()))
    torn(tmp_path / "in" / "b")
    written(tmp_path / "in" / "register.csv", b"provider_id\n")
    written(tmp_path / "in" / ".hidden.xlsx", b"")
    result = check(tmp_path / "in", "--language", "en")
    assert result.stdout.splitlines()[0] == "a.xlsx: would be accepted"
    assert result.stdout.splitlines()[-1] == "2 returns: 1 with nothing to mend or explain, 1 with something"


def test_a_file_that_cannot_be_read_is_told_why_and_holds_up_no_other(tmp_path: Path) -> None:
    result = check(torn(tmp_path), written(tmp_path / "good.xlsx", a_file(a_return())), "--json")
    refused, finding, sound = lines_of(result)
    assert (refused["verdict"], finding["type"], sound["verdict"]) == ("refused", "source-error", "accepted")
    assert result.exit_code == 1


def test_a_header_that_is_missing_refuses_the_return(tmp_path: Path) -> None:
    sheets = pages(a_return())
    sheets["ACTIVITY"] = [row[1:] for row in sheets["ACTIVITY"]]
    result = check(written(tmp_path / "short.zip", csv_zip_bytes(sheets)), "--json")
    assert [line.get("type") for line in lines_of(result)] == [None, "missing-label"]


def test_a_correction_can_be_checked_without_the_submissions_before_it(tmp_path: Path) -> None:
    assert check(written(tmp_path / "third.xlsx", a_file(numbered(3)))).exit_code == 0


def test_numbers_are_compared_among_the_returns_given(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{number}.xlsx", a_file(numbered(number))) for number in (2, 4)]
    result = check(*files, "--json")
    (finding,) = [line for line in lines_of(result) if line["record"] == "finding"]
    assert (finding["rule"], finding["value_shown"], finding["expected"]) == ("V02", "4", "3")


def test_returns_of_several_months_are_each_held_to_their_own(tmp_path: Path) -> None:
    months = {month: a_return("LITE", month) for month in ("2026-07", "2026-09")}
    files = [written(tmp_path / f"{month}.xlsx", a_file(sheets)) for month, sheets in months.items()]
    assert check(*files).exit_code == 0


def test_the_same_file_twice_is_checked_once(tmp_path: Path) -> None:
    result = check(torn(tmp_path, "a.xlsx"), torn(tmp_path, "b.xlsx"))
    assert result.stdout.count("would be refused; ") == 1
    assert "b.xlsx: the same file as a.xlsx, checked once." in result.stderr


def test_replies_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.xlsx", a_file(spoilt(sessions_planned="n/a")))
    check(bad, "--out", tmp_path / "replies")
    parts = {path.name.partition(".")[2]: path for path in (tmp_path / "replies" / "2026-09").iterdir()}
    assert set(parts) == {"xlsx", "html", "jsonl", "verdict.json"}
    book = load_workbook(BytesIO(parts["xlsx"].read_bytes()))
    assert book["ACTIVITY"]["I2"].comment
    assert "marked copy of your workbook" in parts["html"].read_text()


def test_nothing_of_a_return_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    check(written(tmp_path / "bad.xlsx", a_file(spoilt(sessions_planned="n/a"))))
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("words", [(), ("nowhere.xlsx",), (".",), ("--language", "fr", ".")])
def test_what_is_no_question_is_misuse(words: tuple[str, ...]) -> None:
    assert check(*words).exit_code == 2
