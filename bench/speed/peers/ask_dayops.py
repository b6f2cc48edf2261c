"""dayops: from the table of strings to the positions of the rows that fail, as a night asks them.

Run with the project's own Python and its root on the path; codes after the folder ask those checks alone.
"""

import sys
import time
from pathlib import Path

from told import Failing, Rules, run


def check(folder: Path, rules: Rules) -> tuple[float, Failing]:
    """Ask the row checks of ATTENDANCE of the rows."""
    from pyarrow import parquet

    from bench.speed.checking import failing_rows
    from expectations.suites import prepare

    rows = parquet.read_table(folder / "rows.parquet")
    asked = sys.argv[2:] or [rule["code"] for rule in rules]
    prepare()
    began = time.perf_counter()
    failing = failing_rows(rows, asked)
    return time.perf_counter() - began, dict(failing)


if __name__ == "__main__":
    run(["pandas", "pyarrow.parquet", "great_expectations", "bench.speed.checking"], check)
