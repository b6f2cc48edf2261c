"""A web server as the source: index pages, what is never asked for, and what happens when it fails."""

import json
from pathlib import Path

import pytest

from bench.stand_ins import Fault, Shelf, web
from resources.archive import Archive
from resources.source import Access, Source, SourceError, SourceGone, StillGrowing
from resources.source.index import read_index
from resources.source.patience import Patience

NAME = "Hafan é 1.xlsx"
BODY = bytes(range(256)) * 800


def a_shelf(*faults: Fault) -> Shelf:
    shelf = Shelf(silence_seconds=0.6)
    shelf.put(NAME, BODY)
    shelf.faults[NAME].extend(faults)
    return shelf


def fetched(address: str, shelf: Shelf, folder: Path, *, tries: int = 4, waits: list[float] | None = None) -> bytes:
    waits = [] if waits is None else waits
    archive = Archive(folder)
    with Source(address, Access(read_seconds=0.3), Patience(address, tries, sleep=waits.append)) as source:
        [listed] = source.listing()
        with source.open(listed) as stream:
            sha256, _ = archive.keep(stream, lambda size: source.must_stand_still(listed, size))
    return archive.path(sha256).read_bytes()


@pytest.mark.parametrize(("page", "last"), [("json", ""), ("html", ""), ("json", "index.json")])
def test_files_are_listed_from_each_kind_of_index_and_fetched_whole(page: str, last: str, tmp_path: Path) -> None:
    shelf = a_shelf()
    with web(shelf, page=page) as address:
        assert fetched(address + last, shelf, tmp_path) == BODY


@pytest.mark.parametrize(
    "fault", [Fault("busy"), Fault("down"), Fault("cut", 70_000), Fault("short", 70_000), Fault("slow", 70_000)]
)
def test_a_passing_fault_is_waited_for_and_the_file_comes_whole(fault: Fault, tmp_path: Path) -> None:
    shelf, waits = a_shelf(fault), list[float]()
    with web(shelf) as address:
        assert fetched(address, shelf, tmp_path, waits=waits) == BODY
    assert len(waits) == 1


def test_as_long_is_waited_as_the_server_asks_for(tmp_path: Path) -> None:
    shelf, waits = a_shelf(Fault("busy"), Fault("busy")), list[float]()
    shelf.retry_after = "7"
    with web(shelf) as address:
        fetched(address, shelf, tmp_path, waits=waits)
    assert all(7 < wait <= 8.01 for wait in waits)
    assert len(waits) == 2


def test_a_file_that_stays_short_is_told_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    shelf = a_shelf(*[Fault("short", 10)] * 9)
    with (
        web(shelf) as address,
        pytest.raises(SourceError, match=r"only 10 of its 204,800 bytes came \(tried 4 times\)"),
    ):
        fetched(address, shelf, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_is_changed_under_the_read_is_not_put_together_of_two_versions(tmp_path: Path) -> None:
    shelf = a_shelf(Fault("cut", 70_000))
    with web(shelf) as address, Source(address, None, Patience(address, sleep=lambda _: shelf.change(NAME))) as source:
        [listed] = source.listing()
        with source.open(listed) as stream, pytest.raises(StillGrowing, match="was changed while it was read"):
            stream.read()
    shelf = a_shelf(Fault("changed"))
    with web(shelf) as address, pytest.raises(StillGrowing, match="still being written"):
        fetched(address, shelf, tmp_path)


def test_a_listing_that_fails_for_good_is_one_error_that_says_what_and_where(tmp_path: Path) -> None:
    shelf = a_shelf()
    shelf.faults[""].extend([Fault("down")] * 9)
    with web(shelf) as address, pytest.raises(SourceError, match=r"http://127.*/returns/.*\(503\) \(tried 4 times\)"):
        fetched(address, shelf, tmp_path)


def test_a_server_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not answer"):
        fetched("http://127.0.0.1:9/returns/", Shelf(), tmp_path)


def test_files_that_fail_do_not_hold_up_the_others_but_a_server_that_is_gone_ends_the_night() -> None:
    shelf = Shelf()
    for number in range(5):
        shelf.put(f"{number}.xlsx", b"x")
        shelf.faults[f"{number}.xlsx"].extend([Fault("down")] * 20)
    told: list[type[Exception]] = []
    with web(shelf) as address, Source(address, None, Patience(address, 2, sleep=lambda _: None)) as source:
        for listed in source.listing():
            if listed.path == "3.xlsx":
                shelf.faults[""].extend([Fault("down")] * 20)
            with pytest.raises(SourceError) as caught, source.open(listed):
                pass
            told.append(type(caught.value))
    assert told == [SourceError] * 5  # the third asked for the listing, which was there
    with web(shelf) as address, Source(address, None, Patience(address, 2, sleep=lambda _: None)) as source:
        shelf.faults[""].clear()
        listing = source.listing()
        shelf.faults[""].extend([Fault("down")] * 20)
        for listed in listing[:2]:
            with pytest.raises(SourceError), source.open(listed):
                pass
        with pytest.raises(SourceGone, match="no longer answers"), source.open(listing[2]):
            pass


def test_nothing_outside_the_folder_is_listed() -> None:
    rows = [
        {"name": name, "size": 1, "modified": "2026-09-01T00:00:00Z"} for name in ("../a", "/etc/x", "a/../b", "ok/a")
    ]
    assert [one.name for one in read_index(json.dumps({"files": rows}).encode(), "application/json").files] == ["ok/a"]
    links = ["http://elsewhere/a", "//elsewhere/a", "/a", "../a", "a?x=1", "..%2Fa", "%2e%2e/", "good.xlsx"]
    page = "<pre>" + "".join(f'<a href="{one}">x</a>  01-Sep-2026 10:00  5\n' for one in links) + "</pre>"
    index = read_index(page.encode(), "text/html")
    assert ([one.name for one in index.files], index.folders) == (["good.xlsx"], [])


def test_an_index_that_rounds_sizes_or_is_none_is_said_in_words() -> None:
    with pytest.raises(SourceError, match="autoindex_exact_size on"):
        read_index(b'<pre><a href="a">a</a>  01-Sep-2026 10:00  5K\n</pre>', "text/html")
    for body, kind in ((b"<h1>Welcome</h1>", "text/html"), (b'{"other": 1}', "application/json")):
        with pytest.raises(SourceError, match="not understood"):
            read_index(body, kind)


def test_a_redirect_to_elsewhere_is_not_followed() -> None:
    told = pytest.raises(SourceError, match=r"sends on to http://127\.0\.0\.1, which is not followed")
    with web(a_shelf()) as address, Source(address + "elsewhere/") as source, told:
        source.listing()


def test_no_secret_is_sent_where_anyone_could_read_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-made-up-token")
    with pytest.raises(SourceError, match="use https://"):
        Source("http://127.0.0.1/returns/", Access(token_file=tmp_path / "token"))


@pytest.mark.parametrize("scheme", ["sftp", "https", "s3"])
def test_a_password_in_an_address_is_refused_and_not_repeated(scheme: str) -> None:
    with pytest.raises(SourceError, match="DAYOPS_RETURNS_PASSWORD_FILE") as caught:
        Source(f"{scheme}://me:hush@host/returns")
    assert "hush" not in str(caught.value)


def test_more_files_than_may_be_listed_are_an_error() -> None:
    shelf = a_shelf()
    shelf.put("b.xlsx", b"x")
    told = pytest.raises(SourceError, match="lists more than 1 files")
    with web(shelf) as address, Source(address, Access(most_files=1)) as source, told:
        source.listing()
