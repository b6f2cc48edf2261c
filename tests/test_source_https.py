"""HTTPS as the source: certificates, secrets, and a real nginx where there is one."""

import datetime as dt
import ipaddress
import logging
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.stand_ins import Shelf, web
from processes import until_open
from resources.source import Access, Source, SourceError

TOKEN = "hush-hush-hush"
NGINX = Path("/usr/sbin/nginx")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for loopback that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "throwaway")])
    now = dt.datetime.now(dt.UTC)
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(1))
        .not_valid_after(now + dt.timedelta(1))
        .add_extension(loopback, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def a_shelf() -> Shelf:
    shelf = Shelf()
    shelf.put("a.xlsx", b"body")
    return shelf


def fetched(address: str, access: Access) -> dict[str, bytes]:
    got = {}
    with Source(address, access) as source:
        for listed in source.listing():
            with source.open(listed) as stream:
                got[listed.path] = stream.read()
            source.must_stand_still(listed, len(got[listed.path]))
    return got


def test_a_certificate_that_is_not_trusted_is_refused_with_what_to_do(certificate: Path) -> None:
    with web(a_shelf(), tls=certificate) as address, pytest.raises(SourceError, match="DAYOPS_RETURNS_CA_FILE"):
        fetched(address, Access())


def test_a_token_opens_the_folder_and_is_shown_nowhere(
    certificate: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    access = Access(ca_file=certificate, token_file=tmp_path / "token", tries=1)
    with web(a_shelf(), tls=certificate, token=TOKEN) as address:
        assert fetched(address, access) == {"a.xlsx": b"body"}
        with pytest.raises(SourceError, match=r"may not be read \(401\)") as caught:
            fetched(address, Access(ca_file=certificate))
    with web(a_shelf(), tls=certificate, token="another") as address, Source(address, access) as source:
        with pytest.raises(SourceError) as wrong:
            source.listing()
        everything = f"{caplog.text} {caught.value!r} {wrong.value!r} {source!r} {access!r} {vars(source)}"
    assert TOKEN not in everything


@contextmanager
def nginx(folder: Path, certificate: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
        {"user root;" if os.getuid() == 0 else ""} daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{ access_log off; client_body_temp_path {folder}/body; {temporary}
          server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {certificate};
            location /html/ {{ alias {folder}/served/; autoindex on; }}
            location /json/ {{ alias {folder}/served/; autoindex on; autoindex_format json; }} }} }}""")
    server = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        until_open(port)
        yield f"https://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.skipif(not NGINX.exists(), reason="nginx is not installed")
def test_a_real_nginx_gives_out_its_files_from_either_index(tmp_path: Path, certificate: Path) -> None:
    served = tmp_path / "served"
    (served / "Hafan & co").mkdir(parents=True)
    names = [f"{'long ' * 20}é.xlsx", "a <b>.xlsx", "Hafan & co/RETURN.csv", "Hafan & co/ACTIVITY.csv", "c.xlsx.part"]
    for name in names:
        (served / name).write_bytes(name.encode())
        os.utime(served / name, (1_700_000_000, 1_700_000_000))
    with nginx(tmp_path, certificate) as address:
        got = [fetched(f"{address}/{kind}/", Access(ca_file=certificate)) for kind in ("html", "json")]
    assert got[0] == got[1]
    assert set(got[0]) == {names[0], names[1], "Hafan & co"}
    assert got[0][names[1]] == names[1].encode()
