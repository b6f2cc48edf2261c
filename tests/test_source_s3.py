"""S3 as the source, against moto on loopback: listed, fetched whole, and refused in words."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bench.sources import _variables
from bench.stand_ins import Fault, Shelf, s3
from resources.source import Access, Source, SourceError, StillGrowing
from resources.source.patience import Patience

BODY = bytes(range(256)) * 800


@dataclass
class Bucket:
    shelf: Shelf
    address: str


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    shelf = Shelf(silence_seconds=0.6)
    for name in ("a.xlsx", "changing.xlsx", "half.xlsx.part", "Hafan/RETURN.csv", "Hafan/ACTIVITY.csv"):
        shelf.put(name, BODY)
    with s3(shelf) as (endpoint, address), _variables(endpoint):
        yield Bucket(shelf, address)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in the bucket was written a moment ago, and would be waited for each time."""
    monkeypatch.setattr("resources.source.source._APART_SECONDS", 0.0)


def a_source(address: str) -> Source:
    return Source(address, Access(read_seconds=1), Patience(address, 3, sleep=lambda _: None))


def test_files_are_listed_with_size_and_time_and_folders_of_sheets_as_one(bucket: Bucket) -> None:
    listing = a_source(bucket.address).listing()
    assert [(one.path, one.size_bytes) for one in listing] == [
        ("a.xlsx", len(BODY)), ("changing.xlsx", len(BODY)), ("Hafan", 2 * len(BODY)),
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [Fault("busy"), Fault("down"), Fault("cut", 70_000), Fault("short", 70_000)])
def test_a_passing_fault_is_got_over(bucket: Bucket, fault: Fault) -> None:
    bucket.shelf.faults["a.xlsx"].append(fault)
    source = a_source(bucket.address)
    listed = source.listing()[0]
    with source.open(listed) as stream:
        body = stream.read()
    source.must_stand_still(listed, len(body))
    assert body == BODY


def test_another_version_that_came_under_the_read_is_seen_by_its_etag(bucket: Bucket) -> None:
    source = a_source(bucket.address)
    listed = source.listing()[1]
    bucket.shelf.faults["changing.xlsx"].append(Fault("changed"))
    with source.open(listed) as stream:
        body = stream.read()
    with pytest.raises(StillGrowing):
        source.must_stand_still(listed, len(body))


def test_a_bucket_that_is_not_there_is_said_in_words(bucket: Bucket) -> None:
    with pytest.raises(SourceError, match="There is no bucket nowhere"):
        a_source("s3://nowhere/returns").listing()


def test_a_prefix_without_files_is_an_empty_folder(bucket: Bucket) -> None:
    assert a_source("s3://deliveries/other").listing() == []
