"""The source: what is listed, what is left alone, and how a folder of CSV files becomes one return."""

import os
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from resources.source import Source, SourceError, StillGrowing, shown


def names(folder: Path) -> list[str]:
    return [one.path for one in Source(str(folder)).listing()]


def test_files_are_listed_in_the_order_of_their_names_with_size_and_time(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(b"four")
    (tmp_path / "a.ods").write_bytes(b"x")
    listed = Source(str(tmp_path)).listing()
    assert [(one.path, one.size_bytes) for one in listed] == [("a.ods", 1), ("b.xlsx", 4)]
    assert listed[1].modified_at.timestamp() == pytest.approx((tmp_path / "b.xlsx").stat().st_mtime)


@pytest.mark.parametrize(
    "name", ["a.xlsx.part", "a.filepart", "a.tmp", "a.incomplete", ".hidden.xlsx", "~$a.xlsx", "faults.json"]
)
def test_unfinished_uploads_and_hidden_files_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert names(tmp_path) == []


def test_a_file_of_an_unknown_kind_is_listed_so_that_it_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "return.pdf").write_bytes(b"%PDF")
    assert names(tmp_path) == ["return.pdf"]


def test_a_folder_of_csv_files_is_one_return_with_the_same_bytes_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "Hafan 2026-08"
    folder.mkdir()
    (folder / "RETURN.csv").write_text("a")
    (folder / "ACTIVITY.csv").write_text("b")
    source = Source(str(tmp_path))
    [listed] = source.listing()
    packed = []
    for _ in range(2):
        with source.open(listed) as stream:
            packed.append(stream.read())
    assert listed.path == "Hafan 2026-08"
    assert packed[0] == packed[1]
    assert zipfile.ZipFile(BytesIO(packed[0])).namelist() == ["ACTIVITY.csv", "RETURN.csv"]


def test_a_source_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="create it, or set DAYOPS_RETURNS"):
        Source(str(tmp_path / "nowhere")).listing()


def test_an_address_of_an_unknown_kind_or_of_a_file_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be fetched from nonsense://somewhere"):
        Source("nonsense://somewhere")
    (tmp_path / "return.xlsx").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"return\.xlsx is a file: name the folder"):
        Source(str(tmp_path / "return.xlsx")).listing()


def test_a_name_that_is_no_text_is_listed_as_text_and_can_be_opened(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.ods")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes text only")
    source = Source(str(tmp_path))
    [listed] = source.listing()
    assert listed.path == r"caf\xe9.ods"
    with source.open(listed) as stream:
        assert stream.read() == b"x"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "return.xlsx")
    source = Source(str(tmp_path))
    [listed] = source.listing()
    with pytest.raises(SourceError, match="no file"), source.open(listed):
        pass


def test_the_password_in_an_address_is_not_shown() -> None:
    assert shown("sftp://me:secret@host/out") == "sftp://me:***@host/out"
    assert shown("sftp://me:sec/re@t@host/out") == "sftp://me:***@host/out"
    assert shown("https://host/out?signature=secret") == "https://host/out?***"
    for plain in ("/srv/returns", "sftp://host:22/out/a@b", "https://me@host/out"):
        assert shown(plain) == plain


def test_a_file_that_grows_or_is_written_again_does_not_stand_still(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(b"half")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    source = Source(str(tmp_path))
    [listed] = source.listing()
    source.must_stand_still(listed, 4)
    with pytest.raises(StillGrowing, match=r"return\.xlsx is still being written"):
        source.must_stand_still(listed, 3)
    path.write_bytes(b"half and half")
    with pytest.raises(StillGrowing):
        source.must_stand_still(listed, 4)


def test_a_folder_that_another_sheet_comes_into_does_not_stand_still(tmp_path: Path) -> None:
    folder = tmp_path / "Hafan"
    folder.mkdir()
    (folder / "RETURN.csv").write_text("a")
    os.utime(folder / "RETURN.csv", (1_700_000_000, 1_700_000_000))
    source = Source(str(tmp_path))
    [listed] = source.listing()
    source.must_stand_still(listed, 1)
    (folder / "ACTIVITY.csv").write_text("b")
    with pytest.raises(StillGrowing):
        source.must_stand_still(listed, 1)


def test_a_file_written_a_moment_ago_is_looked_at_again_a_moment_later(tmp_path: Path) -> None:
    (tmp_path / "return.xlsx").write_bytes(b"x")
    source = Source(str(tmp_path))
    [listed] = source.listing()
    began = time.monotonic()
    source.must_stand_still(listed, 1)
    assert 0.9 < time.monotonic() - began < 5


def test_names_of_any_kind_and_length_are_data_wherever_they_lie() -> None:
    import fsspec

    names = [f"{'x' * 1000}.xlsx", "a\nb.xlsx", "up\\..\\x.xlsx", "\u202ex.xlsx"]
    store = fsspec.filesystem("memory")
    for name in names:
        store.pipe_file(f"/odd/{name}", b"x")
    source = Source("memory://odd")
    listed = source.listing()
    assert sorted(one.name for one in listed) == sorted(names)
    for one in listed:
        with source.open(one) as stream:
            assert stream.read() == b"x"
        source.must_stand_still(one, 1)
    store.rm("/odd", recursive=True)
