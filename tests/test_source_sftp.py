"""An SSH server as the source: whose key is not known is not talked to, and what is cut off is read on."""

import logging
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from getpass import getuser
from pathlib import Path

import paramiko
import pytest

from bench.stand_ins import Fault, Shelf, sftp
from processes import until_open
from resources.source import Access, Source, SourceError
from resources.source.patience import Patience

PASSWORD = "hush-hush-hush"
AT_ONCE = Patience("the server", sleep=lambda _: None)
BODY = bytes(range(256)) * 800


@contextmanager
def a_server(folder: Path, shelf: Shelf) -> Iterator[tuple[str, Access]]:
    with sftp(shelf, password=PASSWORD) as (port, line):
        (folder / "known_hosts").write_text(line)
        (folder / "password").write_text(f"{PASSWORD}\n")
        access = Access(folder / "known_hosts", password_file=folder / "password", read_seconds=0.5)
        yield f"sftp://walker@127.0.0.1:{port}/returns", access


def a_shelf(*faults: Fault) -> Shelf:
    shelf = Shelf(silence_seconds=0.8)
    shelf.put("a.xlsx", BODY)
    shelf.faults["a.xlsx"].extend(faults)
    return shelf


def read(source: Source) -> bytes:
    [listed] = source.listing()
    with source.open(listed) as stream:
        body = stream.read()
    source.must_stand_still(listed, len(body))
    return body


@pytest.mark.parametrize("fault", [None, Fault("cut", 70_000), Fault("down"), Fault("slow", 70_000)])
def test_a_file_comes_whole_whatever_interrupts_it(fault: Fault | None, tmp_path: Path) -> None:
    shelf = a_shelf(*([fault] if fault else []))
    with a_server(tmp_path, shelf) as (address, access), Source(address, access, AT_ONCE) as source:
        assert read(source) == BODY


def test_a_host_key_that_is_not_known_is_refused_with_how_to_add_it(tmp_path: Path) -> None:
    with a_server(tmp_path, a_shelf()) as (address, access):
        unknowing = replace(access, known_hosts_file=tmp_path / "none")
        with Source(address, unknowing) as source, pytest.raises(SourceError, match=r"SHA256:.*ssh-keyscan -p \d+ 127"):
            source.listing()


def test_another_host_key_than_the_known_one_is_refused(tmp_path: Path) -> None:
    with a_server(tmp_path, a_shelf()) as (address, access):
        port, other = address.split(":")[2].split("/")[0], paramiko.ECDSAKey.generate()
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {other.get_name()} {other.get_base64()}\n")
        with Source(address, access) as source, pytest.raises(SourceError, match="shows another host key"):
            source.listing()


def test_a_wrong_password_is_refused_at_once_and_neither_is_ever_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with a_server(tmp_path, a_shelf()) as (address, access):
        with Source(address, access) as good:
            good.listing()
        (tmp_path / "password").write_text("wrong-wrong-wrong")
        with Source(address, access) as source, pytest.raises(SourceError, match="does not let walker in") as caught:
            source.listing()
    everything = f"{caplog.text} {caught.value!r} {source!r} {access!r} {vars(source)}"
    assert PASSWORD not in everything
    assert "wrong-wrong" not in everything


@contextmanager
def openssh(folder: Path, served: Path) -> Iterator[tuple[str, Access]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("host", "mine"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "mine.pub", folder / "allowed")
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/allowed\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
    )
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "config")], stderr=log)
    try:
        until_open(port)
        yield f"sftp://{getuser()}@127.0.0.1:{port}{served}", Access(folder / "known_hosts", folder / "mine")
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.skipif(not Path("/usr/sbin/sshd").exists(), reason="OpenSSH's server is not installed")
def test_a_real_openssh_server_gives_out_its_files_and_is_listed_quickly(tmp_path: Path) -> None:
    served = tmp_path / "served"
    (served / "Hafan").mkdir(parents=True)
    (served / "a.xlsx").write_bytes(BODY)
    (served / "b.xlsx.filepart").write_bytes(b"half")
    (served / "Hafan" / "RETURN.csv").write_text("a")
    for path in served.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    with openssh(tmp_path, served) as (address, access), Source(address, access) as source:
        first, second = source.listing()
        assert (first.path, second.path, second.is_folder) == ("a.xlsx", "Hafan", True)
        for listed in (first, second):
            with source.open(listed) as stream:
                body = stream.read()
            source.must_stand_still(listed, len(body))
        (served / "a.xlsx").write_bytes(BODY + b"more")
        with pytest.raises(SourceError, match="still being written"):
            source.must_stand_still(first, len(BODY))
        with pytest.raises(SourceError, match="no folder of returns"):
            Source(f"{address}/nowhere", access).listing()
