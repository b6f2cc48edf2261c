"""The benches of checking and loading: what is planted is found, a difference is told, and who is quicker decides.

Nobody else's library is needed; that each of them agrees is what the benches themselves find out.
"""

from typing import Any

import pytest

from bench.speed import checking, loading
from bench.speed.attendance import SPOILS, TWICE, as_judged, as_typed
from bench.speed.checking import OTHERS, Peer, Timed, differences, failing_rows, plain, row_checks
from bench.speed.loading import Loaded

A_PEER = Peer("a peer", "ask_peer")


def seen(seconds: float = 2.0, beside: float = 1.0, **changes: Any) -> Timed:
    """Return what a peer was seen to do: it named the one row that fails, in twice the time of dayops."""
    sound: dict[str, Any] = {"peer": A_PEER, "import_seconds": 0.5, "failing": {"V1": [3]}}
    return Timed(seconds=seconds, beside_seconds=beside, **(sound | changes))


# --- the rows ---------------------------------------------------------------------------------------------------------


def test_the_checks_name_the_rows_that_were_spoiled_and_no_others() -> None:
    rows, planted = as_typed(2_000)
    assert failing_rows(rows, list(SPOILS)) == planted


def test_every_check_has_rows_that_fail_it_and_about_one_row_in_a_hundred_is_spoiled() -> None:
    _, planted = as_typed(2_000)
    assert {check.code for check in row_checks()} == {code for code, rows in planted.items() if rows}
    assert 15 <= len({row for code, rows in planted.items() if code != TWICE for row in rows}) <= 25


def test_checks_that_are_not_asked_are_not_answered() -> None:
    rows, planted = as_typed(2_000)
    assert failing_rows(rows, [TWICE]) == {TWICE: planted[TWICE]}


def test_every_check_can_be_said_in_plain_terms() -> None:
    assert {plain(check)["kind"] for check in row_checks()} == {
        "present", "listed", "matches", "number", "between", "date", "days", "unique",
    }  # fmt: skip


def test_rows_that_are_loaded_are_sound_and_each_has_a_key_of_its_own() -> None:
    rows = as_judged(2_000)
    assert all(rows[name].null_count == 0 for name in ("person_ref", "service_id", "date", "part", "status"))
    keys = zip(*(rows[name].to_pylist() for name in ("person_ref", "service_id", "date", "part")), strict=True)
    assert len(set(keys)) == 2_000


# --- what is the same -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theirs", [[3, 8], [8, 3], 2])
def test_the_same_rows_in_any_order_or_as_many_are_no_difference(theirs: list[int] | int) -> None:
    assert differences({"V1": [3, 8]}, {"V1": theirs}) == []


@pytest.mark.parametrize("theirs", [[3], [3, 9], [3, 8, 9], [], 1, 3, 0])
def test_a_row_too_few_too_many_or_another_is_a_difference(theirs: list[int] | int) -> None:
    assert len(differences({"V1": [3, 8]}, {"V1": theirs})) == 1


def test_what_a_peer_cannot_express_is_no_difference() -> None:
    assert differences({"V1": [3], "V2": [4]}, {"V2": [4]}) == []


@pytest.mark.parametrize(("theirs", "told"), [([3], 0), (1, 0), ([3, 8], 0), ([9], 1), ([], 1), (0, 1), (3, 1)])
def test_who_names_the_later_of_equal_rows_must_name_some_of_ours_and_none_else(
    theirs: list[int] | int, told: int
) -> None:
    assert len(differences({"V1": [3, 8]}, {"V1": theirs}, frozenset({"V1"}))) == told


# --- what decides -----------------------------------------------------------------------------------------------------


def test_nobody_quicker_and_all_agreed_is_held() -> None:
    assert checking.is_held([seen(), seen(seconds=1.0)])


@pytest.mark.parametrize("changes", [{"seconds": 0.9}, {"differences": ["V1: 2 rows, not 1"]}])
def test_a_quicker_peer_that_names_rows_or_a_difference_is_not_held(changes: dict[str, Any]) -> None:
    assert not checking.is_held([seen(), seen(**changes)])


def test_who_only_counts_may_be_quicker() -> None:
    assert checking.is_held([seen(seconds=0.1, failing={"V1": 1})])


@pytest.mark.parametrize(
    ("failing", "part", "named"), [({"V1": [3]}, (), "every"), ({"V1": [3]}, ("V1",), "some"), ({"V1": 1}, (), "none")]
)
def test_the_table_says_who_names_rows(failing: dict[str, Any], part: tuple[str, ...], named: str) -> None:
    peer = Peer("a peer", "ask_peer", part=frozenset(part))
    line = checking.report(seen(peer=checking.DAYOPS), [seen(peer=peer, failing=failing)]).splitlines()[-1]
    assert line.split()[2:] == ["1/1", named, "2.00", "0.50", "2.0", "x"]


def test_every_peer_has_its_script() -> None:
    assert all((checking.PEERS / f"{peer.script}.py").exists() for peer in (checking.DAYOPS, *OTHERS))


@pytest.mark.parametrize(
    ("dayops", "peer", "is_held"), [(1.2, 1.3, True), (1.4, 1.5, True), (1.6, 2.0, False), (1.2, 1.1, False)]
)
def test_loading_is_held_near_to_copy_and_no_slower_than_others(dayops: float, peer: float, is_held: bool) -> None:
    copied, loaded = Loaded("bare COPY", 1000, 1.0), Loaded("dayops", 1000, dayops)
    assert loading.is_held(copied, loaded, [Loaded("a peer", 100, peer / 10)]) is is_held


def test_the_table_of_loading_compares_rows_a_second_however_many_there_were() -> None:
    copied, slow = Loaded("bare COPY", 1000, 1.0), Loaded("a peer", 100, 1.0)
    assert loading.report(copied, copied, [slow]).splitlines()[-1].split()[-4:] == ["1.00", "100", "10.00", "x"]
