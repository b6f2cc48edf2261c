"""The raw archive: bytes are kept once and never change, and its book outlives a crash."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from resources.archive import Archive, Delivery

BYTES = b"a return"
SHA256 = hashlib.sha256(BYTES).hexdigest()
DELIVERY = Delivery(SHA256, "Hafan/august.xlsx", datetime(2026, 9, 3, 10, tzinfo=UTC), len(BYTES))


def test_bytes_are_kept_under_their_hash_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    assert archive.keep(BytesIO(BYTES)) == (SHA256, len(BYTES))
    assert archive.keep(BytesIO(BYTES)) == (SHA256, len(BYTES))
    assert archive.path(SHA256).read_bytes() == BYTES
    assert [path.name for path in archive.folder.rglob("*") if path.is_file()] == [SHA256]


def test_the_book_gives_deliveries_back_as_they_were_entered(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.enter([DELIVERY])
    assert list(archive.deliveries()) == [DELIVERY]


def test_a_line_that_a_crash_cut_short_does_not_hide_the_others(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.enter([DELIVERY])
    with (tmp_path / "deliveries.jsonl").open("a") as book:
        book.write('{"sha256": "ab')
    assert list(archive.deliveries()) == [DELIVERY]
    archive.enter([DELIVERY])
    assert list(archive.deliveries()) == [DELIVERY, DELIVERY]


def test_the_book_of_a_night_with_no_files_is_empty(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "new")
    archive.enter([])
    assert list(archive.deliveries()) == []


def test_an_archive_that_was_never_written_to_has_no_deliveries(tmp_path: Path) -> None:
    assert list(Archive(tmp_path / "none").deliveries()) == []
