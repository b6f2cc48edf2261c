"""What a peer is given and what it prints: the rules in a folder, and one line of JSON.

The folder holds the rows as `rows.csv` and `rows.parquet`, all strings, and the rules in plain terms as `rules.json`.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

Rules = list[dict[str, Any]]
Failing = dict[str, list[int] | int]
"""For each rule that was asked, the positions of its failing rows, or how many they are where they are not named."""


def run(libraries: Iterable[str], check: Callable[[Path, Rules], tuple[float, Failing]]) -> None:
    """Import the libraries, have the rows of the folder checked, and print how many seconds each took, and what failed.

    `check` takes the folder and the rules, and returns its own seconds: what it only makes ready need not count.
    """
    folder = Path(sys.argv[1])
    began = time.perf_counter()
    for name in libraries:
        import_module(name)
    imported = time.perf_counter() - began
    seconds, failing = check(folder, json.loads((folder / "rules.json").read_text(encoding="utf-8")))
    print(json.dumps({"seconds": seconds, "import_seconds": imported, "failing": failing}))


def whole(regex: str) -> str:
    """Return a regular expression that must match from the first character to the last."""
    return f"^(?:{regex})$"
