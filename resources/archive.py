"""The raw archive: every delivered file byte for byte under its SHA-256, and beside it the books.

There is a book of deliveries, one of decisions, one of rows that were admitted after they had been refused, one of the
names of the keys that references of people were kept under, and one of tombstones. The warehouse can be dropped and
rebuilt from this folder alone. Nothing in it is ever changed: a book only grows. Files with rows about people go when
retention asks; what was left of them in the warehouse is kept in their place.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from expectations.decisions import Decision, decision_of, entry_of
from expectations.pseudonyms import KeyInForce
from expectations.readmissions import Readmission, readmission_of
from expectations.retention import RetentionError, Tombstone, tombstone_of

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """One arrival of one file: what came, from where, when (UTC), and how large it was."""

    sha256: str
    source_path: str
    received_at: datetime
    size_bytes: int
    kind: Literal["return", "register"] = "return"


@dataclass(frozen=True, slots=True)
class Archive:
    """The folder of the archive."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Return where the bytes with this hash lie."""
        return self.folder / sha256[:2] / sha256

    def keep(self, stream: BinaryIO, agree: Callable[[int], None] = lambda _: None) -> tuple[str, int]:
        """Store what `stream` holds, once; return its SHA-256 and its size in bytes.

        What was deleted for retention and comes again is not kept again.
        `agree` is asked with the size before anything is kept; where it raises, nothing is.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f"{os.getpid()}.{id(stream)}.part"
        try:
            sha256, size = _copied(stream, part)
            agree(size)
            if not self._left(sha256).exists():
                kept = self.path(sha256)
                kept.parent.mkdir(exist_ok=True, mode=0o700)
                part.replace(kept)
        finally:
            part.unlink(missing_ok=True)
        return sha256, size

    # --- what is left -------------------------------------------------------------------------------------------------

    def keep_left(self, name: str, left: str) -> None:
        """Store what is left of a submission under its SHA-256, or the figures of a year under theirs, durably."""
        file = self._left(name)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_suffix(f".{os.getpid()}.part")
        with part.open("w", encoding="utf-8", newline="") as sink:
            sink.write(left)
            sink.flush()
            os.fsync(sink.fileno())
        part.replace(file)

    def left(self, name: str, sha256: str | None = None) -> str:
        """Return what was left under this name.

        Raises:
            RetentionError: It is not there, or has not the SHA-256 that is given.
        """
        file = self._left(name)
        if not file.exists():
            raise RetentionError(f"{file} is not there: the archive's book of tombstones tells of it.")
        left = file.read_bytes()
        if sha256 is not None and hashlib.sha256(left).hexdigest() != sha256:
            raise RetentionError(f"{file} is not as it was when the archive's book of tombstones told of it.")
        return left.decode()

    def _left(self, name: str) -> Path:
        return self.folder / "left" / f"{name}.json"

    # --- the books ----------------------------------------------------------------------------------------------------

    def enter(self, deliveries: list[Delivery]) -> None:
        """Write the deliveries into their book, durably."""
        self._write("deliveries", ({**asdict(one), "received_at": one.received_at.isoformat()} for one in deliveries))

    def deliveries(self) -> Iterator[Delivery]:
        """Yield every delivery in the book, in the order of arrival; a line cut short by a crash is passed over."""
        for entry in self._entries("deliveries"):
            yield Delivery(**{**entry, "received_at": datetime.fromisoformat(entry["received_at"])})

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Write the decisions into their book, durably."""
        self._write("decisions", map(entry_of, decisions))

    def decisions(self) -> Iterator[Decision]:
        """Yield every decision in the book, in the order in which they were made."""
        yield from map(decision_of, self._entries("decisions"))

    def trace(self, readmissions: Iterable[Readmission]) -> None:
        """Write what was admitted after it had been refused into its book, durably."""
        self._write(
            "readmissions", ({**asdict(one), "admitted_at": one.admitted_at.isoformat()} for one in readmissions)
        )

    def readmissions(self) -> Iterator[Readmission]:
        """Yield everything in the book that was admitted after it had been refused."""
        yield from map(readmission_of, self._entries("readmissions"))

    def tell_keys(self, keys: Iterable[KeyInForce]) -> None:
        """Write which key of people's references came into force when into its book, durably; never the key."""
        self._write(
            "person_keys",
            (
                {"key_id": one.key_id, "fingerprint": one.fingerprint, "in_force_from": one.in_force_from.isoformat()}
                for one in keys
            ),
        )

    def person_keys(self) -> Iterator[KeyInForce]:
        """Yield every key in the book, in the order in which they came into force."""
        for entry in self._entries("person_keys"):
            yield KeyInForce(**{**entry, "in_force_from": datetime.fromisoformat(entry["in_force_from"])})

    def bury(self, tombstones: Iterable[Tombstone]) -> None:
        """Write the tombstones into their book, durably."""
        self._write("tombstones", ({**asdict(one), "deleted_at": one.deleted_at.isoformat()} for one in tombstones))

    def tombstones(self) -> Iterator[Tombstone]:
        """Yield the tombstone of each submission that has one; where it was written twice, the last."""
        yield from {one.sha256: one for one in map(tombstone_of, self._entries("tombstones"))}.values()

    def _write(self, name: str, entries: Iterable[Mapping[str, object]]) -> None:
        lines = [json.dumps(entry) + "\n" for entry in entries]
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / f"{name}.jsonl").open("a+b") as book:
            # A line that was cut short must not spoil the next one.
            if book.tell() and not _ends_a_line(book):
                book.write(b"\n")
            book.writelines(line.encode() for line in lines)
            book.flush()
            os.fsync(book.fileno())

    def _entries(self, name: str) -> Iterator[dict[str, Any]]:
        book = self.folder / f"{name}.jsonl"
        if not book.exists():
            return
        for line in book.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def _copied(stream: BinaryIO, part: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with part.open("wb") as sink:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            sink.write(piece)
    return digest.hexdigest(), size


def _ends_a_line(book: BinaryIO) -> bool:
    book.seek(-1, os.SEEK_END)
    return book.read(1) == b"\n"
