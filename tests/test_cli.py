"""The command line: what it answers, with which exit code, and in whose words."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dayops_pipeline.cli import COMMANDS, main
from warehouse.connection import connect


@pytest.fixture
def warehouse(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A house of its own, whose warehouse was never made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAYOPS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAYOPS_WAREHOUSE_URL", empty_database)
    yield empty_database
    connect(empty_database).dispose()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house whose warehouse does not answer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAYOPS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAYOPS_WAREHOUSE_URL", "postgresql://me:secret@127.0.0.1:1/dayops")


def dayops(*words: str) -> Result:
    environment = dict(os.environ)
    result = CliRunner().invoke(main, words)
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    return result


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    helped = dayops(name, "--help")
    assert helped.exit_code == 0
    assert name == "warehouse" or "Example: dayops" in helped.output


def test_a_command_that_is_not_known_is_misuse() -> None:
    assert dayops("nonsense").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("findings", "--period", "2026-13"),
        ("indicators", "--period", "August"),
        ("run", "--providers", "0"),
        ("ui", "--port", "99999"),
        ("score", "not-there"),
        ("blank", "return.ods"),
    ],
)
def test_a_word_that_cannot_be_used_is_misuse_and_starts_nothing(nowhere: None, words: tuple[str, ...]) -> None:
    refused = dayops(*words)
    assert refused.exit_code == 2
    assert "Usage: " in refused.output


def test_a_folder_of_returns_that_is_not_there_is_said_before_anything_is_started(nowhere: None) -> None:
    refused = dayops("run", "--returns", "not/there")
    assert refused.exit_code == 2
    assert "There is no folder of returns at" in refused.output


@pytest.mark.parametrize("words", [("returns",), ("findings",), ("indicators",), ("warehouse", "hash"), ("nightly",)])
def test_a_warehouse_that_does_not_answer_is_said_without_its_password(nowhere: None, words: tuple[str, ...]) -> None:
    failed = dayops(*words)
    assert failed.exit_code == 1
    assert "Error: The warehouse answers: connection failed" in failed.output
    assert "secret" not in failed.output


def test_a_file_that_is_missing_or_cannot_be_written_is_named(warehouse: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for words, named in ((("score", "."), "faults.json"), (("blank", "file/return.xlsx"), "file")):
        failed = dayops(*words)
        assert failed.exit_code == 1
        assert f"{named}: " in failed.output


def test_a_setting_that_cannot_be_used_is_named(nowhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYOPS_ROUNDING_BASE", "five")
    failed = dayops("returns")
    assert failed.exit_code == 1
    assert "DAYOPS_ROUNDING_BASE is 'five'" in failed.output


def test_a_warehouse_that_was_never_made_is_made_and_empty(warehouse: str) -> None:
    assert dayops("returns", "--json").output == "{}\n"
    assert json.loads(dayops("findings", "--json").output) == []
    assert len(dayops("warehouse", "hash").output.strip()) == 64
    nothing = dayops("indicators")
    assert nothing.exit_code == 1
    assert "There are no figures for W92000004 in any month" in nothing.output


def test_the_address_of_the_warehouse_is_one_that_psql_takes(warehouse: str) -> None:
    assert dayops("warehouse", "url").output.startswith("postgresql://")


def test_a_rebuild_that_is_not_confirmed_changes_nothing(warehouse: str) -> None:
    assert dayops("warehouse", "rebuild").exit_code == 1


def test_doctor_says_what_is_wrong_and_hides_passwords(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYOPS_RETURNS", "nonsense://me:secret@host/out")
    told = dayops("doctor")
    assert told.exit_code == 1
    assert "wrong  returns: Returns cannot be fetched from nonsense://me:***@host/out" in told.output
    assert "well   warehouse: PostgreSQL" in told.output
    assert "secret" not in told.output


def test_doctor_says_that_the_source_answers_and_how_many_files_it_lists(
    warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench.stand_ins import Shelf, web

    shelf = Shelf()
    shelf.put("a.xlsx", b"x")
    with web(shelf) as address:
        monkeypatch.setenv("DAYOPS_RETURNS", address)
        told = dayops("doctor")
    assert f"well   returns: {address} answers and lists 1 files" in told.output


def test_a_night_whose_source_is_missing_says_so_and_fails(warehouse: str, tmp_path: Path) -> None:
    failed = dayops("nightly")
    assert failed.exit_code == 1
    assert f"There is no folder of returns at {tmp_path / 'home' / 'inbox'}: create it" in failed.output


def test_a_night_with_nothing_delivered_ends_well(warehouse: str, tmp_path: Path) -> None:
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    quiet = dayops("nightly")
    assert quiet.exit_code == 0, quiet.output
    assert "0 files at the source, 0 new, 0 refused" in quiet.output


def test_what_a_night_went_on_without_is_said_and_is_not_success(warehouse: str, tmp_path: Path) -> None:
    inbox = tmp_path / "home" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "gone.xlsx").symlink_to(tmp_path / "nowhere")
    (inbox / "note.txt").write_text("hello")
    (inbox / "register.csv").write_text("a;b\n")
    night = dayops("nightly")
    assert night.exit_code == 1
    assert "gone.xlsx could not be fetched: No such file or directory" in night.output
    assert "register.csv has no column provider_id" in night.output
    assert json.loads(dayops("returns", "--json").output) == {"no month": {"refused": 1}}
