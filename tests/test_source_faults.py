"""A short walk under faults for each kind of source; `make check-sources` walks the long one."""

import pytest

from bench.sources import KINDS, check


@pytest.mark.parametrize("kind", KINDS)
def test_under_faults_no_file_is_kept_in_part_and_every_one_in_the_end(kind: str) -> None:
    outcome = check(kind, 4, seed=3)
    assert (outcome.partial, outcome.never, outcome.lost) == (0, 0, 0)
    assert outcome.archived == outcome.files
