"""What is quick to start: what people type waits for nothing that it does not use."""

import subprocess
import sys

import pytest

HEAVY = ("dagster", "great_expectations", "pandas", "sqlalchemy", "scipy", "pyarrow", "numpy")


def imported_by(code: str) -> set[str]:
    """Return which of the heavy libraries a new Python has imported after running `code`."""
    asked = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_command_line_says_what_it_can_do_without_any_heavy_library() -> None:
    assert imported_by("import dayops_pipeline.cli") == set()


@pytest.mark.parametrize("module", ["dayops_pipeline.checking", "assets.check", "assets.identity", "resources.returns"])
def test_checking_before_sending_needs_no_dagster(module: str) -> None:
    assert "dagster" not in imported_by(f"import {module}")


def test_the_definitions_load_without_what_only_a_run_needs() -> None:
    heavy = imported_by("import dayops_pipeline.definitions") - {"dagster", "sqlalchemy"}
    assert not heavy & {"great_expectations", "pandas", "scipy", "pyarrow"}


def test_great_expectations_is_ready_without_what_it_draws_charts_with_and_that_is_there_once_it_is_used() -> None:
    prepared = "from expectations.suites import prepare; prepare()"
    waits = "assert not [name for name in sys.modules if name.startswith(('altair.', 'scipy.stats.'))]"
    used = "import scipy.stats; assert scipy.stats.norm.cdf(0) == 0.5; assert 'scipy.stats._stats_py' in sys.modules"
    assert "great_expectations" in imported_by("\n".join([prepared, waits, used]))
