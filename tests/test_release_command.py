"""`dayops release`: who approves what for when, what is refused and why, and what is said of it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from operating import Command, Operation
from releasing import says_other
from test_release import bytes_of, small_world

from warehouse.indicators import indicate
from warehouse.protection import protect

pytestmark = pytest.mark.usefixtures("made_once")

MARCH = date(2027, 3, 1)
MONDAY = datetime(2025, 6, 2, 7, 0, tzinfo=UTC)
"""8:00 in Wales, an hour and a half before what is approved becomes public: long ago by the warehouse's clock."""

BY = ("--by", "Chief statistician")


@pytest.fixture
def house(operation: Operation, dayops: Command, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """A house on that Monday, with the figures of a month."""
    monkeypatch.setattr("resources.house.House.now", lambda _: MONDAY)
    with operation.engine.begin() as c:
        small_world().put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
    return operation


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(result: Result, *words: str, code: int = 1) -> None:
    assert result.exit_code == code, result.output
    said = " ".join(result.output.split())
    assert [word for word in words if word not in said] == [], said


def revised(house: Operation, dayops: Command) -> None:
    """Publish a release, and prepare a second one that says something else."""
    told(dayops("release", "prepare", "--json"))
    told(dayops("release", "approve", "2027-03-r1", *BY, "--json"))
    with house.engine.begin() as c:
        says_other(c)
    assert told(dayops("release", "prepare", "2027-03", "--json"))["release_id"] == "2027-03-r2"


def test_from_preparing_to_withdrawing_everything_is_told_and_written_down(house: Operation, dayops: Command) -> None:
    prepared = told(dayops("release", "prepare", "2027-03", "--json"))
    assert (prepared["release_id"], prepared["is_new"]) == ("2027-03-r1", True)
    assert (Path(prepared["folder"]) / "manifest.json").is_file()
    assert told(dayops("release", "prepare", "2027-03", "--json"))["is_new"] is False
    assert house.rows("select count(*) from release_v1.release") == [(0,)]
    approved = told(dayops("release", "approve", "2027-03-r1", *BY, "--json"))
    assert (approved["state"], approved["approved_by"]) == ("published", "Chief statistician")
    assert approved["said"].endswith("it becomes public at 2025-06-02 09:30.")
    assert told(dayops("release", "publish", "--json"))["published"] == ["2027-03-r1"]
    assert (house.settings.published_dir / "2027-03-r1" / "figures.csv").is_file()
    withdrawn = told(dayops("release", "withdraw", "2027-03-r1", *BY, "--reason", "two areas mixed up", "--json"))
    assert (withdrawn["state"], withdrawn["stands"]) == ("withdrawn", None)
    assert not (house.settings.published_dir / "2027-03-r1").exists()
    shown = told(dayops("release", "show", "2027-03-r1", "--json"))
    assert [(one["decision"], one["decided_by"], one["reason"]) for one in shown["trail"]] == [
        ("approved", "Chief statistician", ""),
        ("withdrawn", "Chief statistician", "two areas mixed up"),
    ]


def test_the_list_tells_what_each_release_is_by_now(house: Operation, dayops: Command) -> None:
    assert "No release has been prepared" in dayops("release", "list").output
    revised(house, dayops)
    listed = told(dayops("release", "list", "--period", "2027-03", "--json"))
    assert [(one["release_id"], one["state"]) for one in listed] == [
        ("2027-03-r2", "prepared"),
        ("2027-03-r1", "published"),
    ]
    told(dayops("release", "approve", "2027-03-r2", *BY, "--reason", "late returns", "--json"))
    said = dayops("release", "list").output
    assert "superseded" in said
    assert "2025-06-02 09:30" in said
    shown = dayops("release", "show", "2027-03-r2").output
    assert "compared with 2027-03-r1" in shown
    assert "approved by Chief statistician, public from 2025-06-02 09:30: late returns" in shown


def test_what_would_change_publicly_is_shown_before_it_is_approved(house: Operation, dayops: Command) -> None:
    revised(house, dayops)
    found = told(dayops("release", "diff", "2027-03-r2", "--json"))
    assert (found["against"], found["counts"]["changed"]) == ("2027-03-r1", len(_changes(dayops)))
    assert {one["indicator_id"] for one in found["largest_in_wales"]} == {"DO30"}
    largest = found["largest_in_wales"][0]
    assert float(largest["new_value"]) - float(largest["old_value"]) == 5
    said = dayops("release", "diff", "2027-03-r2").output
    assert "2027-03-r2 against 2027-03-r1" in said
    assert "Largest changes for Wales" in said
    assert "Every figure" not in said
    assert "Every figure that differs" in dayops("release", "diff", "2027-03-r2", "--all").output


def _changes(dayops: Command) -> list[Any]:
    changes = told(dayops("release", "diff", "2027-03-r2", "--all", "--json"))["changes"]
    assert all({"numerator", "denominator"}.isdisjoint(one) for one in changes)
    return [one for one in changes if one["kind"] == "changed"]


def test_a_first_release_is_all_new_and_two_releases_can_be_named(house: Operation, dayops: Command) -> None:
    told(dayops("release", "prepare", "--json"))
    first = told(dayops("release", "diff", "2027-03-r1", "--json"))
    assert (first["against"], first["counts"]["new"]) == (None, first["figures"])
    same = told(dayops("release", "diff", "2027-03-r1", "--against", "2027-03-r1", "--json"))
    assert sum(same["counts"].values()) == 0


def test_hidden_and_shown_figures_are_told_apart() -> None:
    from decimal import Decimal

    from expectations.releases import Figure, Key
    from warehouse.revision import changes, counts

    def figure(category: str, value: int | None, *codes: str) -> Figure:
        key = Key("DO01", "count", "W92000004", "month", MARCH, "client_group", category)
        shown = None if value is None else Decimal(value)
        return Figure(key=key, area_level="country", version=1, through=MARCH, value=shown, note_codes=codes)

    old = [figure("A", 10, "p"), figure("B", 10), figure("C", None, "c"), figure("D", 5), figure("E", None, "c")]
    new = [figure("A", 10, "p", "r"), figure("B", None, "c"), figure("C", 15), figure("E", None, "x"), figure("F", 5)]
    assert [(one.key.category, one.kind) for one in changes(old, new)] == [
        ("B", "newly hidden"),
        ("C", "no longer hidden"),
        ("E", "other notes"),
        ("F", "new"),
        ("D", "gone"),
    ]
    assert counts(changes(old, new))["changed"] == 0


@pytest.mark.usefixtures("anew")
def test_a_release_is_rebuilt_byte_for_byte(house: Operation, dayops: Command, tmp_path: Path) -> None:
    folder = Path(told(dayops("release", "prepare", "--json"))["folder"])
    told(dayops("release", "rebuild", "2027-03-r1", "--to", str(tmp_path / "again"), "--json"))
    again = tmp_path / "again" / "2027-03-r1"
    assert bytes_of(folder) == bytes_of(again)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_releases_become_public_at_half_past_nine_on_a_working_day(house: Operation, dayops: Command) -> None:
    told(dayops("release", "prepare", "--json"))
    approve = ("release", "approve", "2027-03-r1", *BY, "--at")
    for at, why in (
        ("2025-06-07 09:30", "2025-06-07 is a Saturday"),
        ("2025-08-25 09:30", "2025-08-25 is a bank holiday"),
        ("2025-06-03 10:00", "10:00 is not 09:30"),
    ):
        refused(dayops(*approve, at), why, "next at 2025-06-02 09:30", "--any-time")
    approved = told(dayops(*approve, "2025-06-03 10:00", "--any-time", "an urgent mistake", "--json"))
    assert approved["time_reason"] == "an urgent mistake"


def test_a_time_that_is_past_is_refused(house: Operation, dayops: Command) -> None:
    told(dayops("release", "prepare", "--json"))
    refused(dayops("release", "approve", "2027-03-r1", *BY, "--at", "2025-05-30 09:30"), "2025-05-30 09:30 is past")


def test_a_revision_says_why(house: Operation, dayops: Command) -> None:
    revised(house, dayops)
    refused(dayops("release", "approve", "2027-03-r2", *BY), "revises 2027-03-r1", "--reason")
    said = told(dayops("release", "approve", "2027-03-r2", *BY, "--reason", "late returns", "--json"))
    assert (said["state"], said["reason"]) == ("published", "late returns")
    assert house.rows("select distinct release_id from release_v1.latest_indicator") == [("2027-03-r2",)]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("approve", "2027-03-r1"), "--by must be given"),
        (("withdraw", "2027-03-r1", *BY), "--reason must be given"),
        (("approve", "2027-03-r1", "--by", "jones@example.org"), "--by would name a person"),
        (("approve", "2027-03-r1", *BY, "--at", "tomorrow"), "is no moment"),
        (("prepare", "March"), "is no month"),
    ],
)
def test_what_cannot_be_understood_is_misuse(words: tuple[str, ...], why: str) -> None:
    refused(Command()("release", *words), why, code=2)


def test_what_cannot_be_done_is_refused_with_what_to_do(house: Operation, dayops: Command) -> None:
    told(dayops("release", "prepare", "--json"))
    for words, why in (
        (("approve", "2027-03-r9", *BY), "There is no release 2027-03-r9: dayops release list"),
        (("withdraw", "2027-03-r1", *BY, "--reason", "none"), "is only prepared"),
        (("show", "2027-03-r9"), "There is no release"),
        (("diff", "2027-03-r1", "--against", "2027-03-r9"), "There is no release 2027-03-r9"),
        (("rebuild", "2027-03-r9"), "There is no release"),
        (("prepare", "2019-04"), "2019-04 has no figures"),
    ):
        refused(dayops("release", *words), why)


@pytest.mark.parametrize("name", ["prepare", "list", "show", "diff", "approve", "withdraw", "publish", "rebuild"])
def test_every_command_has_an_example(name: str) -> None:
    helped = Command()("release", name, "--help")
    assert helped.exit_code == 0
    assert "Example" in helped.output
