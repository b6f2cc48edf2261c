"""Servers on loopback in pure Python, which harm what they give out as told: web, SFTP, and a way through to an S3.

Each gives out the files of a `Shelf`. `Shelf.faults` tells, for each name, what goes wrong the next times it is read.
"""

import http.client
import json
import socket
import ssl
import stat
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import paramiko
import paramiko.common as said
import paramiko.sftp as said_of_files
import requests

OLD = 1_700_000_000
FAULTS = ("busy", "down", "cut", "short", "slow", "changed")
"""429 with Retry-After; 503; the connection cut at a byte; a body too short; silence; another version meanwhile."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong once, at a byte of the file where that says something."""

    kind: str
    at: int = 0


@dataclass(slots=True)
class Shelf:
    """Files by name, each with its time, the faults to come, and what was asked so far."""

    files: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    asked: list[str] = field(default_factory=list)
    silence_seconds: float = 1.5
    retry_after: str = "0"

    def put(self, name: str, body: bytes, when: int = OLD) -> None:
        """Lay a file out."""
        self.files[name], self.times[name] = body, when

    def change(self, name: str) -> None:
        """Lay out another version of a file, of the same size."""
        self.put(name, bytes(byte ^ 1 for byte in self.files[name]), self.times[name] + 5)

    def next_fault(self, name: str) -> Fault | None:
        """Return what goes wrong now, and forget it."""
        return self.faults[name].popleft() if self.faults.get(name) else None

    def mark(self, name: str) -> str:
        """Return the ETag of a file."""
        return f'"{md5(self.files[name], usedforsecurity=False).hexdigest()}"'


# --- web --------------------------------------------------------------------------------------------------------------


class _Web(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shelf: Shelf
    token = ""
    page = "json"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._answer(with_body=False)

    def do_GET(self) -> None:
        """Answer with a body."""
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        name = unquote(urlsplit(self.path).path).removeprefix("/returns/")
        self.shelf.asked.append(f"{self.command} {name}")
        if self.token and self.headers.get("Authorization") != f"Bearer {self.token}":
            self.told(401)
        elif name.startswith("elsewhere"):
            self.told(302, {"Location": "http://127.0.0.1:9/secret"})
        elif name in ("", "index.json"):
            self._list(name, self.shelf.next_fault(""))
        elif name in self.shelf.files:
            fault = self.shelf.next_fault(name) if with_body else None
            self._give(name, fault, with_body=with_body)
        else:
            self.told(404)

    def _list(self, name: str, fault: Fault | None) -> None:
        kind = "text/html" if self.page == "html" and not name else "application/json"
        body = {"json": _as_json, "html": _as_html, "own": _as_own}["own" if name else self.page](self.shelf)
        self.give(body, {"Content-Type": kind}, fault, 0, with_body=True)

    def _give(self, name: str, fault: Fault | None, *, with_body: bool) -> None:
        body, at = self.shelf.files[name], 0
        headers = {"ETag": self.shelf.mark(name), "Last-Modified": formatdate(self.shelf.times[name], usegmt=True)}
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes=") and int(asked[6:].partition("-")[0]) < len(body):
            at = int(asked[6:].partition("-")[0])
            headers["Content-Range"] = f"bytes {at}-{len(body) - 1}/{len(body)}"
        if fault and fault.kind == "changed":
            self.shelf.change(name)
        self.give(body[at:], headers, fault, at, with_body=with_body)

    def give(self, body: bytes, headers: dict[str, str], fault: Fault | None, at: int, *, with_body: bool) -> None:
        """Send a body, harmed as told."""
        match fault:
            case Fault("busy"):
                return self.told(429, {"Retry-After": self.shelf.retry_after})
            case Fault("down"):
                return self.told(503)
            case Fault("short"):
                body = body[: max(0, fault.at - at)]
            case _:
                pass
        self.send_response(206 if "Content-Range" in headers else 200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        return self._send(body, fault, at) if with_body else None

    def _send(self, body: bytes, fault: Fault | None, at: int) -> None:
        until = max(0, fault.at - at) if fault and fault.kind in ("cut", "slow") else len(body)
        self.wfile.write(body[:until])
        self.wfile.flush()
        if until < len(body) and fault is not None:
            if fault.kind == "slow":
                time.sleep(self.shelf.silence_seconds)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def told(self, status: int, headers: dict[str, str] | None = None) -> None:
        """Answer with a status alone."""
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()


def _as_json(shelf: Shelf) -> bytes:
    rows = [
        {"name": name, "type": "file", "mtime": formatdate(shelf.times[name], usegmt=True), "size": len(body)}
        for name, body in shelf.files.items()
    ]
    return json.dumps(rows).encode()


def _as_own(shelf: Shelf) -> bytes:
    rows = [
        {
            "name": name,
            "size": len(body),
            "modified": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(shelf.times[name])),
        }
        for name, body in shelf.files.items()
    ]
    return json.dumps({"files": rows}).encode()


def _as_html(shelf: Shelf) -> bytes:
    def row(name: str) -> str:
        when = time.strftime("%d-%b-%Y %H:%M", time.gmtime(shelf.times[name]))
        return f'<a href="{quote(name)}">{name[:50]}</a>   {when}   {len(shelf.files[name])}\r\n'

    rows = "".join(row(name) for name in shelf.files)
    return (
        f'<html><body><h1>Index of /returns/</h1><hr><pre><a href="../">../</a>\r\n{rows}</pre></body></html>'.encode()
    )


@contextmanager
def web(
    shelf: Shelf,
    *,
    token: str = "",
    page: str = "json",
    tls: Path | None = None,
    handler: type[_Web] = _Web,
    **more: Any,
) -> Iterator[str]:
    """Serve the shelf; yield the address of its folder."""
    made = type("Handler", (handler,), {"shelf": shelf, "token": token, "page": page, **more})
    with _Quiet(("127.0.0.1", 0), made) as server:
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/returns/"
        finally:
            server.shutdown()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that were cut."""


# --- S3 ---------------------------------------------------------------------------------------------------------------


class _Through(_Web):
    """Passes everything on to a real stand-in for S3 and harms the bodies of files on the way."""

    target = ("", 0)

    def _answer(self, *, with_body: bool) -> None:
        name = unquote(urlsplit(self.path).path).partition("/returns/")[2]
        status, headers, body = self._passed_on()
        is_read = with_body and bool(name) and status in (200, 206)
        fault = self.shelf.next_fault(name) if is_read else None
        if fault and fault.kind == "changed":
            self.shelf.change(name)
            self._put(name)
        at = int(headers.get("Content-Range", "bytes 0-").removeprefix("bytes ").partition("-")[0])
        if status not in (200, 206) or not with_body:
            self._as_is(status, headers, body)
        else:
            headers.pop("Content-Length", None)
            self.give(body, headers, fault, at, with_body=True)

    def _passed_on(self) -> tuple[int, dict[str, str], bytes]:
        length = int(self.headers.get("Content-Length") or 0)
        return self._ask(self.command, self.path, self.rfile.read(length), dict(self.headers))

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection(*self.target, timeout=20)
        try:
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            kept = {
                n: v
                for n, v in answer.getheaders()
                if n.lower() not in ("transfer-encoding", "connection", "date", "server")
            }
            return answer.status, kept, answer.read()
        finally:
            line.close()

    def _put(self, name: str) -> None:
        path = urlsplit(self.path).path
        self._ask("PUT", path, self.shelf.files[name], {"Authorization": self.headers.get("Authorization", "")})

    def _as_is(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def s3(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Serve the shelf in a bucket; yield the endpoint and the address."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # What it holds is held by the process, not by this server.
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10).close()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="eu-west-2",
        aws_access_key_id="AKIASTANDIN",
        aws_secret_access_key="a-made-up-key",  # noqa: S106
    )
    try:
        client.create_bucket(Bucket="deliveries", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        for name, body in shelf.files.items():
            client.put_object(Bucket="deliveries", Key=f"returns/{name}", Body=body)
        with web(shelf, handler=_Through, target=(host, port)) as address:
            yield address.removesuffix("/returns/"), "s3://deliveries/returns"
    finally:
        client.close()
        server.stop()


# --- SFTP -------------------------------------------------------------------------------------------------------------


class _Door(paramiko.ServerInterface):
    def __init__(self, shelf: Shelf, password: str) -> None:
        self.shelf, self._password = shelf, password
        self.transport: paramiko.Transport | None = None

    def check_auth_password(self, username: str, password: str) -> int:
        return said.AUTH_SUCCESSFUL if password == self._password else said.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return said.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, server: _Door, *_: object, **__: object) -> None:
        self._door, self._shelf = server, server.shelf

    def list_folder(self, path: str) -> Any:
        return [_about(self._shelf, name) for name in self._shelf.files]

    def stat(self, path: str) -> Any:
        name = path.removeprefix("/returns").lstrip("/")
        if not name:
            about = paramiko.SFTPAttributes()
            about.st_mode = stat.S_IFDIR | 0o755
            return about
        return _about(self._shelf, name) if name in self._shelf.files else said_of_files.SFTP_NO_SUCH_FILE

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> Any:
        name = path.removeprefix("/returns/")
        fault = self._shelf.next_fault(name)
        if fault and fault.kind in ("busy", "down"):
            return said_of_files.SFTP_FAILURE
        return _Handle(self._door, name, fault)


class _Handle(paramiko.SFTPHandle):
    def __init__(self, door: _Door, name: str, fault: Fault | None) -> None:
        super().__init__(0)
        self._door, self._name, self._fault = door, name, fault

    def stat(self) -> Any:
        return _about(self._door.shelf, self._name)

    def read(self, offset: int, length: int) -> Any:
        fault, shelf = self._fault, self._door.shelf
        if fault and offset + length > fault.at:
            self._fault = None if fault.kind != "short" else fault
            match fault.kind:
                case "cut":
                    self._door.transport.close()  # type: ignore[union-attr]
                case "slow":
                    time.sleep(shelf.silence_seconds)
                case "changed":
                    shelf.change(self._name)
                case _:
                    return shelf.files[self._name][offset : fault.at] or said_of_files.SFTP_EOF
        return shelf.files[self._name][offset : offset + length]


def _about(shelf: Shelf, name: str) -> paramiko.SFTPAttributes:
    about = paramiko.SFTPAttributes()
    about.filename, about.st_mode = name, stat.S_IFREG | 0o644
    about.st_size, about.st_mtime, about.st_atime = len(shelf.files[name]), shelf.times[name], shelf.times[name]
    return about


@contextmanager
def sftp(shelf: Shelf, *, password: str, key: paramiko.PKey | None = None) -> Iterator[tuple[int, str]]:
    """Serve the shelf; yield the port and the line for known_hosts."""
    key, transports = key or paramiko.ECDSAKey.generate(), []
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            transports.append(_welcomed(line, key, _Door(shelf, password)))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield port, f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in transports:
            one.close()


def _welcomed(line: socket.socket, key: paramiko.PKey, door: _Door) -> paramiko.Transport:
    transport = door.transport = paramiko.Transport(line)
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder)
    try:
        transport.start_server(server=door, event=threading.Event())
    except (paramiko.SSHException, EOFError):
        transport.close()
    return transport
