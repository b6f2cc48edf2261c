"""Reverts: an earlier version stands again until another comes, and which one stands depends on no order."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from operating import DECIDED, NOON, Command, Operation, an_end, version
from sqlalchemy import Connection, text
from warehouse_makers import MONTH, a_hash, a_submission

from expectations.decisions import Decision, Revert, named
from makers import PERIOD, PROVIDER, a_row
from warehouse import basis, decisions, ledger
from warehouse.state import state_hash

BAD = a_row("RETURN", profile="LITE", submission_no="2", lead_la="x")
ENROLLED = {number: a_row("ACTIVITY", people_enrolled=str(10 + number)) for number in range(1, 5)}


def send(operation: Operation, *numbers: int) -> None:
    for number in numbers:
        operation.deliver(f"version {number}", version(number, ACTIVITY=[ENROLLED[number]]), hours=number)


def state(operation: Operation, number: int) -> tuple[object, ...]:
    asked = "select state, reason from landing.delivery_state where submission_no = :number"
    [found] = operation.rows(asked, number=number)
    return found


def current_rows(operation: Operation) -> list[tuple[object, ...]]:
    return operation.rows("select people_enrolled from core.current_activity")


# --- which one stands -------------------------------------------------------------------------------------------------


def test_the_named_version_stands_again_and_later_ones_are_kept_aside(operation: Operation) -> None:
    send(operation, 1, 2, 3)
    operation.night()
    operation.revert_to(1)
    assert (operation.stands(), current_rows(operation)) == (1, [(11,)])
    assert operation.rows("select people_enrolled from core.activity order by 1") == [(11,), (12,), (13,)]
    assert [state(operation, number) for number in (1, 2, 3)] == [
        ("accepted", "sound"),
        ("superseded", "reverted_to:1"),
        ("superseded", "reverted_to:1"),
    ]
    assert operation.night() == []
    assert operation.stands() == 1


def test_a_version_that_comes_afterwards_stands_by_itself(operation: Operation) -> None:
    send(operation, 1, 2)
    operation.night()
    operation.revert_to(1)
    send(operation, 3)
    operation.night()
    assert operation.stands() == 3
    assert state(operation, 1) == ("superseded", "replaced_by:3")
    assert state(operation, 2) == ("superseded", "reverted_to:1")


def test_a_refused_version_that_is_sent_again_stands_by_itself(operation: Operation) -> None:
    send(operation, 1)
    operation.deliver("bad", {**version(2), "RETURN": [BAD]})
    operation.night()
    send(operation, 2)
    operation.night()
    operation.revert_to(1)
    assert operation.stands() == 1
    send(operation, 3)
    operation.night()
    assert operation.stands() == 3


def test_the_last_revert_in_force_holds_and_undoing_it_brings_back_the_one_before(operation: Operation) -> None:
    send(operation, 1, 2, 3)
    operation.night()
    first, second = operation.revert_to(1), operation.revert_to(2, hours=1)
    assert operation.stands() == 2
    operation.decide(an_end(second))
    assert operation.stands() == 1
    operation.decide(an_end(first))
    assert operation.stands() == 3


def test_a_revert_is_for_its_own_provider_and_month(operation: Operation) -> None:
    send(operation, 1, 2)
    for number in (1, 2):
        operation.deliver(f"other {number}", version(number, "DOP00002"), hours=number)
    operation.night()
    operation.revert_to(1)
    assert (operation.stands(), operation.stands("DOP00002")) == (1, 2)


def test_figures_rest_on_something_else_after_a_revert(operation: Operation) -> None:
    send(operation, 1, 2)
    operation.night()
    policy = operation.settings.policy
    with operation.engine.begin() as c:
        basis.note_measured(c, NOON.date().replace(month=9, day=1), policy)
        basis.note_released(c, NOON.date().replace(month=9, day=1))
        assert basis.stale_months(c, policy) == {}
    operation.revert_to(1)
    with operation.engine.begin() as c:
        assert list(basis.stale_months(c, policy)) == [PERIOD]


# --- no order ---------------------------------------------------------------------------------------------------------


def _revert(number: int, aside: tuple[str, ...]) -> Revert:
    files = tuple(sorted(map(a_hash, aside)))
    return named(Revert("", PROVIDER, MONTH, number, files, "a test file", "Head of collection", DECIDED))


@pytest.mark.parametrize("is_undone", [True, False])
def test_what_stands_follows_from_submissions_and_decisions_in_whatever_order_they_came(
    c: Connection, is_undone: bool
) -> None:
    revert = _revert(1, ("2", "3"))
    book: list[Decision] = [revert, an_end(revert)]
    came = set()
    for order in permutations(("1", "2", "revert", "end") if is_undone else ("1", "2", "3", "revert")):
        c.execute(text("truncate landing.submission, landing.revert cascade"))
        for event in order:
            if event in "123":
                a_submission(c, event, submission_no=int(event), hours=int(event))
            else:
                # A book is noted as far as it is written: an end never without what it ends.
                decisions.note(c, book[: 1 if event == "revert" else 2])
            ledger.settle_current(c, MONTH)
        standing = [one.submission_no for one in ledger.submissions(c, MONTH) if one.is_current]
        came.add((*standing, state_hash(c)))
    assert len(came) == 1
    assert came.pop()[0] == (2 if is_undone else 1)


def test_a_rebuilt_warehouse_knows_the_same_reverts(operation: Operation, empty_database: str, tmp_path: Path) -> None:
    send(operation, 1, 2, 3)
    operation.night()
    operation.revert_to(2)
    operation.decide(an_end(operation.revert_to(1, hours=1)))
    operation.night()
    rebuilt = operation.rebuilt(empty_database, tmp_path / "other")
    assert rebuilt.stands() == operation.stands() == 2
    assert rebuilt.hashes() == operation.hashes()
    every = "select * from landing.revert order by revert_id"
    assert rebuilt.rows(every) == operation.rows(every) != []


def test_a_decision_that_was_booked_and_not_noted_is_noted_by_the_next_night(operation: Operation) -> None:
    send(operation, 1, 2)
    operation.night()
    with operation.engine.begin() as c:
        later = [one.sha256 for one in decisions.versions(c, PROVIDER, PERIOD) if one.submission_no == 2]
    operation.archive.decide([named(Revert("", PROVIDER, PERIOD, 1, tuple(later), "x", "y", DECIDED))])
    assert operation.stands() == 2
    operation.night()
    assert operation.stands() == 1


# --- the command ------------------------------------------------------------------------------------------------------

WHY = ("--reason", "2 was a test file", "--by", "Head of data")


def test_a_return_is_reverted_once_and_the_revert_undone_once(dayops: Command, operation: Operation) -> None:
    send(operation, 1, 2)
    operation.night()
    told = json.loads(dayops("revert", PROVIDER, PERIOD, "--to", "1", *WHY, "--json").output)
    assert (told["stands"], told["is_new"], operation.stands()) == (1, True, 1)
    again = dayops("revert", PROVIDER, PERIOD, "--to", "1", *WHY)
    assert (again.exit_code, "stands already" in again.output) == (0, True)
    aside = dayops("revert", PROVIDER, PERIOD, "--to", "2", *WHY)
    assert (aside.exit_code, "--undo has it stand again" in aside.output) == (1, True)
    undone = dayops("revert", PROVIDER, PERIOD, "--undo", *WHY)
    assert (undone.exit_code, operation.stands()) == (0, 2)
    assert "version 2 stands" in undone.output
    assert dayops("revert", PROVIDER, PERIOD, "--undo", *WHY).exit_code == 1
    assert len(list(operation.archive.decisions())) == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((PROVIDER, PERIOD, *WHY), 2, "--to N, or --undo"),
        ((PROVIDER, PERIOD, "--to", "1", "--undo", *WHY), 2, "--to N, or --undo"),
        ((PROVIDER, PERIOD, "--to", "1"), 2, "--reason and --by must be given"),
        ((PROVIDER, PERIOD, "--to", "1", "--reason", "Mrs M. Jones", "--by", "y"), 2, "name no person"),
        ((PROVIDER, "2026", "--to", "1", *WHY), 2, "is no month"),
        (("Hafan", PERIOD, "--to", "1", *WHY), 2, "is no provider"),
        ((PROVIDER, PERIOD, "--to", "7", *WHY), 1, "did not come. Versions that came: 1 (accepted), 2 (refused)"),
        ((PROVIDER, PERIOD, "--to", "2", *WHY), 1, "was refused, so it cannot stand"),
    ],
)
def test_a_revert_that_cannot_be_is_refused_in_words(
    dayops: Command, operation: Operation, words: tuple[str, ...], code: int, said: str
) -> None:
    if code == 1:
        send(operation, 1)
        operation.deliver("bad", {**version(2), "RETURN": [BAD]})
        operation.night()
    refused = dayops("revert", *words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output
    assert list(operation.archive.decisions()) == []
