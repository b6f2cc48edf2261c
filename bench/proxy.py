"""`make check-deploy`: deploy/nginx under a real nginx on loopback, with a real Dagster behind it, tried from outside.

Laying nginx out and asking it is here for the tests too, which put a stub in Dagster's place.
"""

import base64
import hashlib
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx"
HOST = "dayops.example"
PASSWORD = "a long enough password"  # noqa: S105
OPERATOR, VIEWER = "mair", "gwen"
MUTATION = "mutation{setNuxSeen}"
LAUNCH = (
    "mutation($p:ExecutionParams!){launchRun(executionParams:$p){__typename ... on UnauthorizedError{message}"
    " ... on PythonError{message} ... on LaunchRunSuccess{run{runId}}}}"
)
_NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def is_here() -> bool:
    """Return whether nginx and openssl are on this machine."""
    return Path(_NGINX).exists() and shutil.which("openssl") is not None


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        return int(ours.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers by small letters, and the body."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Door:
    """A running proxy, asked over TLS at the address of the house."""

    port: int
    plain_port: int

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        *,
        person: str | None = None,
        body: str | None = None,
        host: str = HOST,
        **headers: str,
    ) -> Answer:
        """Ask for a path, as a person or as nobody; headers are named with _ for -."""
        said = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": host}
        if person is not None:
            said["Authorization"] = _credentials(person)
        if body is not None:
            said["Content-Type"] = "application/json"
        connection = _Tls(self.port)
        try:
            connection.request(method, path, body=body, headers=said)
            answer = connection.getresponse()
            head = {name.lower(): value for name, value in answer.getheaders()}
            text = "" if answer.status == http.HTTPStatus.SWITCHING_PROTOCOLS else answer.read().decode()
            return Answer(answer.status, head, text)
        finally:
            connection.close()

    def question(self, query: str, *, person: str | None = None, **headers: str) -> Answer:
        """Put a GraphQL question."""
        return self.ask("/graphql", "POST", person=person, body=json.dumps({"query": query}), **headers)

    def socket(self, person: str, origin: str) -> int:
        """Return the status with which the socket of the UI is opened."""
        handshake = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec_WebSocket_Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec_WebSocket_Version": "13",
            "Sec_WebSocket_Protocol": "graphql-ws",
        }
        return self.ask("/graphql", person=person, Origin=origin, **handshake).status


class _Tls(http.client.HTTPSConnection):
    """A connection to loopback that names the house in TLS, as one over the network would."""

    def __init__(self, port: int) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        super().__init__(HOST, port, timeout=60, context=trusting)
        self._trusting = trusting

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=HOST)


def _credentials(person: str) -> str:
    return "Basic " + base64.b64encode(f"{person}:{PASSWORD}".encode()).decode()


@contextmanager
def door(operator_port: int, viewer_port: int, *, sign_on_port: int | None = None) -> Iterator[Door]:
    """Run nginx with the configuration of deploy/nginx before two servers; with a port, single sign-on asks there."""
    folder = Path(tempfile.mkdtemp(prefix="dayops-door-"))
    made = Door(free_port(), free_port())
    _lay_out(folder, made, {3000: operator_port, 3001: viewer_port, 4180: sign_on_port or 4180}, sign_on_port)
    command = [_NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with (folder / "told").open("wb") as told:
        running = subprocess.Popen(command, stderr=told)
    try:
        _await(made.port, running, folder / "told")
        yield made
    finally:
        running.terminate()
        running.wait()
        shutil.rmtree(folder)


def _lay_out(folder: Path, made: Door, ports: dict[int, int], sign_on_port: int | None) -> None:
    house = folder / "dayops"
    (house / "nginx").mkdir(parents=True)
    (house / "tls").mkdir()
    _make_certificate(house / "tls")
    for file in CONFIGURATION.glob("*.conf"):
        (house / "nginx" / file.name).write_text(_here(file.read_text(), house, made, ports, sign_on_port))
    (house / "people.htpasswd").write_text("".join(f"{one}:{_hashed()}\n" for one in (OPERATOR, VIEWER)))
    (house / "operators.map").write_text(f"{OPERATOR} operator;\n")
    account = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{account}pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n  access_log off;\n"
        f"  include {house}/nginx/dayops.conf;\n}}\n"
    )


def _here(text: str, house: Path, made: Door, ports: dict[int, int], sign_on_port: int | None) -> str:
    """Return a file of the configuration with the addresses of this machine."""
    for theirs, ours in ports.items():
        text = text.replace(f"127.0.0.1:{theirs}", f"127.0.0.1:{ours}")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{made.port} ")
    text = text.replace("listen 80", f"listen 127.0.0.1:{made.plain_port}").replace("/etc/dayops/", f"{house}/")
    return text.replace("-basic.conf;", "-oidc.conf;") if sign_on_port else text


def _hashed() -> str:
    salt = b"salt of the tests"
    return "{SSHA}" + base64.b64encode(hashlib.sha1(PASSWORD.encode() + salt).digest() + salt).decode()  # noqa: S324


def _make_certificate(folder: Path) -> None:
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*new, *files, "-days", "2", "-subj", f"/CN={HOST}"], check=True, capture_output=True)


def _await(port: int, running: "subprocess.Popen[bytes]", told: Path | None = None) -> None:
    for _ in range(3000):
        with socket.socket() as ours:
            if ours.connect_ex(("127.0.0.1", port)) == 0:
                return
        if running.poll() is not None:
            raise RuntimeError(f"{running.args!r} ended: {told.read_text() if told else running.returncode}")
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on port {port}")


@contextmanager
def serving(part: str, *options: str) -> Iterator[int]:
    """Run a part of production on a free port and return it."""
    port = free_port()
    words = ["-c", "from dayops_pipeline.cli import main; main()", "serve", part, "--port", str(port), *options]
    running = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, running)
        yield port
    finally:
        running.terminate()
        running.wait()


@dataclass
class Trials:
    """What was tried, and what did not come out as it must."""

    failed: list[str] = field(default_factory=list)

    def expect(self, what: str, got: object, wanted: object) -> None:
        """Print one trial, and remember it if it came out wrong."""
        well = got == wanted
        print(f"  {'well ' if well else 'WRONG'}  {what}: {got}")
        if not well:
            self.failed.append(what)


def try_all(at: Door, trials: Trials) -> None:
    """Try the door as nobody, as a viewer, as an operator and as another site."""
    report = "/report_asset_materialization/x"
    trials.expect("nobody, a page", at.ask().status, 401)
    trials.expect("nobody, a question", at.question("{version}").status, 401)
    trials.expect("nobody, a report", at.ask(report, "POST", body="{}").status, 403)
    trials.expect("a viewer, a page", at.ask(person=VIEWER).status, 200)
    trials.expect("a viewer, launchRun", _launch(at, VIEWER), "UnauthorizedError")
    trials.expect("a viewer, a report", at.ask(report, "POST", person=VIEWER, body="{}").status, 403)
    trials.expect("an operator, a change by GET", at.ask(f"/graphql?query={MUTATION}", person=OPERATOR).status, 405)
    trials.expect("another name of the host", at.ask(person=OPERATOR, host="evil.example").status, 421)
    _try_another_site(at, trials)
    trials.expect("an operator, launchRun", _launch(at, OPERATOR), "LaunchRunSuccess")


def _try_another_site(at: Door, trials: Trials) -> None:
    home, other = f"https://{HOST}", "https://evil.example"
    trials.expect("from another site", at.question("{version}", person=OPERATOR, Origin=other).status, 403)
    trials.expect("from our own", at.question("{version}", person=OPERATOR, Origin=home).status, 200)
    trials.expect("a socket from another site", at.socket(OPERATOR, other), 403)
    trials.expect("a socket from our own", at.socket(OPERATOR, home), 101)


def _launch(at: Door, person: str) -> object:
    """Return the kind of the answer to a person who starts a night."""
    run = {"p": {"selector": _NIGHTLY, "runConfigData": {}, "mode": "default"}}
    body = json.dumps({"query": LAUNCH, "variables": run})
    answer = at.ask("/graphql", "POST", person=person, body=body, Origin=f"https://{HOST}")
    data = json.loads(answer.body).get("data") or {} if answer.status == http.HTTPStatus.OK else {}
    return data.get("launchRun", {}).get("__typename", answer.status)


_NIGHTLY = {"repositoryLocationName": "dayops", "repositoryName": "__repository__", "jobName": "nightly"}


def main() -> None:
    """Run a code server, a webserver and its twin on the house of the settings, and try the door before them."""
    if not is_here():
        sys.exit("nginx and openssl are wanted: apt install nginx-light openssl")
    trials = Trials()
    with ExitStack() as stack:
        code = f"127.0.0.1:{stack.enter_context(serving('code'))}"
        operator = stack.enter_context(serving("webserver", "--code", code))
        viewer = stack.enter_context(serving("viewer", "--code", code))
        try_all(stack.enter_context(door(operator, viewer)), trials)
    sys.exit(1 if trials.failed else 0)


if __name__ == "__main__":
    main()
