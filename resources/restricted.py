"""The restricted store: what was read and what was judged of each submission, as columns, under its file hash.

It is a cache beside the raw archive that any stage can rebuild, and that retention deletes. Nothing else of a person's
lies anywhere on disk. The key of people's references may lie in it too, which nothing can make again. Each file of
sheets holds one Arrow stream a sheet, one after another.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class StoredSheet:
    """One sheet of a submission: `table` has the contract's columns and `_row`, `meta` what must be known beside it.

    Cells as submitted keep `meta["name"]`, the sheet's name in their file; `meta["header_row"]`, where its header
    stands; `meta["headers"]`, for each column its number (1 is A) and its header as written; and `meta["problems"]`,
    cells that could not be read (row, column name or None, column number, code, shown).
    """

    table: "pa.Table"
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestrictedStore:
    """The folder of the restricted store."""

    folder: Path

    def cells(self, sha256: str) -> Path:
        """Return where the cells of a file lie, as they were submitted."""
        return self.folder / "cells" / sha256[:2] / f"{sha256}.arrow"

    def judged(self, sha256: str) -> Path:
        """Return where the typed, accepted rows of a file lie."""
        return self.folder / "judged" / sha256[:2] / f"{sha256}.arrow"

    def forget_cells(self, sha256: str) -> None:
        """Delete the cells of a file, so that it is read again from the archive."""
        self.cells(sha256).unlink(missing_ok=True)


def make_private(folders: Sequence[Path]) -> None:
    """Make folders, named from the innermost out, for their owner alone: mkdir would make only the last one private."""
    for folder in reversed(folders):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_privately(path: Path, text: str) -> None:
    """Write a text that nobody but its owner may read, and see it on disk."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())


def write_sheets(path: Path, sheets: Mapping[str, StoredSheet], about: Mapping[str, Any] | None = None) -> None:
    """Write the sheets to `path` whole or not at all; `about` is kept with the first of them."""
    import pyarrow as pa

    make_private(path.parents[:3])
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as sink:
        for name, sheet in sheets.items():
            meta = {"sheet": name, "meta": json.dumps(sheet.meta), "about": json.dumps(dict(about or {}))}
            table = sheet.table.replace_schema_metadata(meta)
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table)
    part.replace(path)


def read_sheets(path: Path, only: Iterable[str] | None = None) -> dict[str, StoredSheet]:
    """Return the sheets that `write_sheets` wrote, by name; raise FileNotFoundError where there is no such file."""
    import pyarrow as pa

    wanted = None if only is None else set(only)
    sheets: dict[str, StoredSheet] = {}
    with pa.memory_map(str(path)) as source:
        while source.tell() < source.size():
            with pa.ipc.open_stream(source) as stream:
                table = stream.read_all()
            meta = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
            if wanted is None or meta["sheet"] in wanted:
                sheets[meta["sheet"]] = StoredSheet(table.replace_schema_metadata(None), json.loads(meta["meta"]))
    return sheets


def read_about(path: Path) -> dict[str, Any]:
    """Return what was kept beside the sheets (the contract's version, for one); empty where there is no such file."""
    import pyarrow as pa

    if not path.exists():
        return {}
    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
        metadata = stream.schema.metadata or {}
    about: dict[str, Any] = json.loads(metadata.get(b"about", b"{}"))
    return about
