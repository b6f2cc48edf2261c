"""What the bench of many nights calls trouble: growing memory, connections that stay, slower nights, failed runs."""

from dataclasses import replace

import pytest

from bench.operation.nights import Night, Senders, troubles

STEADY = [Night(seconds=10.0, processor_seconds=8.0, memory_mb=500.0, connections=4, runs=3) for _ in range(30)]


def after(nights: int, **changes: object) -> list[Night]:
    """Return thirty nights of which those after so many are otherwise."""
    return [one if number < nights else replace(one, **changes) for number, one in enumerate(STEADY)]  # type: ignore[arg-type]


def test_nights_that_are_alike_are_no_trouble() -> None:
    assert troubles(STEADY) == []


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (after(29, memory_mb=560.0), "memory grew from 500 to 560 MB"),
        (after(12, connections=5), "connections rose from 4 to 5"),
        (after(25, processor_seconds=12.0), "nights of the last third are 1.50 times as slow as those of the first"),
        (after(29, failed=["month 2026-09: cut"]), "month 2026-09: cut"),
    ],
)
def test_what_grows_and_what_fails_is_told(seen: list[Night], told: str) -> None:
    assert troubles(seen) == [told]


def test_memory_before_the_fifth_night_is_warming_up() -> None:
    assert troubles([replace(STEADY[0], memory_mb=100.0), *STEADY[1:]]) == []


def test_every_provider_sends_two_months_a_night_and_each_night_is_of_a_month_of_its_own() -> None:
    senders = Senders(seed=1, nights=3, returns=8)
    assert len(senders.providers) == 4
    assert senders.months == ("2026-07", "2026-08", "2026-09", "2026-10")
