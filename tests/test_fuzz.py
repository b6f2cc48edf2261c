"""The fuzz in small: some spoilt returns, each of which ends in one state with its reason, in time and memory."""

from collections import Counter

import pytest

from bench.fuzz import SOURCES, STATES, Fate, is_sound, readable, run, troubles_of
from bench.mutants import Mutant, mutant

SEED, COUNT = 20261124, 150
MUTANT = Mutant(0, "return.xlsx", ("blank",), b"")


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(told: list[str]) -> list[Fate]:
    return run(readable(SOURCES), SEED, range(COUNT), 2, told.append)


def test_nothing_breaks_and_nothing_takes_too_long_or_too_much(found: list[Fate], told: list[str]) -> None:
    assert is_sound(found), told


def test_spoilt_returns_end_in_every_state_and_not_all_in_one(found: list[Fate]) -> None:
    states = Counter(fate.state for fate in found)
    assert set(states) <= set(STATES)
    assert min(states["refused"], states["queried"]) > COUNT // 10


def test_the_same_number_of_the_same_seed_is_the_same_file_with_the_same_fate(found: list[Fate]) -> None:
    sources = readable(SOURCES)
    [again] = run(sources, SEED, [17], 1, lambda _: None)
    assert mutant(SEED, 17, sources) == mutant(SEED, 17, sources)
    assert (again.mutant.done, again.state) == (found[17].mutant.done, found[17].state)
    assert [one.says for one in again.findings] == [one.says for one in found[17].findings]


@pytest.mark.parametrize(
    ("fate", "trouble"),
    [
        (Fate(MUTANT), "no state"),
        (Fate(MUTANT, state="refused"), "for no reason"),
        (Fate(MUTANT, state="accepted", troubles=["KeyError"]), "KeyError"),
    ],
)
def test_a_file_without_a_state_or_a_reason_or_that_broke_something_is_a_trouble(fate: Fate, trouble: str) -> None:
    assert trouble in " ".join(troubles_of(fate))
    assert not is_sound([fate])


def test_a_file_that_takes_too_long_or_too_much_memory_is_no_sound_outcome() -> None:
    assert is_sound([Fate(MUTANT, state="accepted")])
    assert not is_sound([Fate(MUTANT, state="accepted", seconds=6)])
    assert not is_sound([Fate(MUTANT, state="accepted", peak_bytes=2_000_000_000)])
