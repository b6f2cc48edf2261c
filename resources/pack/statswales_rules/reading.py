"""*Read*: bytes of a CSV file become rows by column, or violations where it is no such table."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from resources.pack.statswales_rules.model import Violation

Line = tuple[int, dict[str, str]]
"""The number of a line in its file, and its cells by column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read."""

    path: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]


def read(files: Mapping[str, bytes], path: str) -> tuple[Sheet | None, tuple[Violation, ...]]:
    """Return the table at `path`, None where it cannot be read, and what is wrong with its form."""
    if path not in files:
        return None, (Violation("missing_file", path, None, "The file is not there."),)
    try:
        records = list(csv.reader(io.StringIO(files[path].decode("utf-8"), newline=""), strict=True))
    except UnicodeDecodeError:
        return None, (Violation("not_utf8", path, None, "The file is not written in UTF-8."),)
    except csv.Error:
        return None, (Violation("not_csv", path, None, "The file is no CSV: its quotation marks do not match."),)
    if len(records) < 2:
        return None, (Violation("no_rows", path, None, "The file has no rows under a header."),)
    header = tuple(records[0])
    wrong = (*_wrong_header(path, header), *_wrong_rows(path, records))
    lines = tuple((number, dict(zip(header, cells, strict=False))) for number, cells in enumerate(records[1:], 2))
    return (None if wrong else Sheet(path, header, lines)), wrong


def _wrong_header(path: str, header: tuple[str, ...]) -> Iterator[Violation]:
    for name, times in Counter(header).items():
        if not name.strip():
            yield Violation("unnamed_column", path, 1, "A column has no heading.")
        elif times > 1:
            yield Violation("duplicate_column", path, 1, f"{times} columns are called {name}.")


def _wrong_rows(path: str, records: list[list[str]]) -> Iterator[Violation]:
    wanted = len(records[0])
    for number, cells in enumerate(records[1:], 2):
        if len(cells) != wanted:
            message = f"The row has {len(cells)} cells where the header has {wanted}."
            yield Violation("ragged_row", path, number, message)
