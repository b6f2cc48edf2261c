"""The Dagster UI in a real browser: `bench.ui` over a small warehouse; and how the UI is stopped."""

import shutil
from pathlib import Path

import pytest

from bench.bulletin import BROWSERS, a_browser
from bench.ui import deliver, held_up, serving, walk

HAS_BROWSER = any(map(shutil.which, BROWSERS))


@pytest.mark.skipif(not HAS_BROWSER, reason="there is no browser on this machine")
def test_a_month_is_asked_for_in_the_browser_and_one_bad_return_holds_up_no_other(
    database: str, tmp_path: Path
) -> None:
    spoiled = deliver(tmp_path / "returns", providers=4)
    surroundings = {
        "DAYOPS_HOME": str(tmp_path / "home"),
        "DAYOPS_RETURNS": str(spoiled.parent),
        "DAYOPS_WAREHOUSE_URL": database.replace("+psycopg", ""),
    }
    with a_browser() as browser, serving(surroundings, tmp_path / "ui.log") as served:
        assert list(walk(browser, served, None)) == []
        assert list(held_up(database, spoiled)) == []
