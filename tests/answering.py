"""Mail servers and webhooks of our own on loopback, which take a message, refuse it, or keep the sender waiting."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """A webhook: what it answers, and what it was sent."""

    status: int = 200
    body: str = "ok"
    seconds: float = 0
    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/secret-part"


@contextmanager
def webhook(status: int = 200, body: str = "ok", seconds: float = 0) -> Iterator[Webhook]:
    """Run a webhook."""
    hook = Webhook(status, body, seconds)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(hook.seconds)
            if hook.status < 300:
                hook.got.append(json.loads(said))
            self.send_response(hook.status)
            self.end_headers()
            self.wfile.write(hook.body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.port = server.server_port
    with _running(server):
        yield hook


@dataclass
class Mailbox:
    """A mail server: whether it knows the user, whom it refuses, and what it was given."""

    knows_user: bool = True
    refuses: str = "nobody@"
    port: int = 0
    got: list[str] = field(default_factory=list)


class _MailHandler(socketserver.StreamRequestHandler):
    box: Mailbox

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()
            if word == "DATA":
                self._take()
            elif word == "QUIT":
                return self._say("221 bye")
            else:
                self._say(self._answer(word, line.decode()))
        return None

    def _answer(self, word: str, line: str) -> str:
        if word.startswith("EHLO"):
            return "250-here\r\n250 AUTH PLAIN"
        if word.startswith("AUTH"):
            return "235 known" if self.box.knows_user else "535 not known"
        return "550 no" if word.startswith("RCPT") and self.box.refuses in line else "250 fine"

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        self.box.got.append("\n".join(lines))
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mailbox(**changes: Any) -> Iterator[Mailbox]:
    """Run a mail server."""
    box = Mailbox(**changes)
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (_MailHandler,), {"box": box}))
    server.daemon_threads = True
    box.port = server.server_address[1]
    with _running(server):
        yield box


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
