"""The door before Dagster: who comes in, to which of the two, and what is refused. A stub stands for Dagster."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.proxy import CONFIGURATION, HOST, MUTATION, OPERATOR, VIEWER, Door, door, is_here

needs_nginx = pytest.mark.skipif(not is_here(), reason="nginx and openssl are not on this machine")
HOME = f"https://{HOST}"


class _Stub(http.server.BaseHTTPRequestHandler):
    """Answers everything with its own name, and the sign-on's question by the cookie."""

    name = "?"

    def do_GET(self) -> None:
        cookie = self.headers.get("Cookie", "")
        self.send_response(401 if self.name == "sign-on" and not cookie else 200)
        self.send_header("X-Auth-Request-Groups", cookie.partition("=")[2])
        self.send_header("X-Heard", str(self.headers.get("Authorization")))
        self.end_headers()
        self.wfile.write(self.name.encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def a_stub(called: str) -> Iterator[int]:
    handler = type("Named", (_Stub,), {"name": called})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def ours() -> Iterator[Door]:
    """The door with passwords."""
    with a_stub("operator") as full, a_stub("viewer") as twin, door(full, twin) as opened:
        yield opened


@needs_nginx
@pytest.mark.parametrize("path", ["/", "/graphql?query=%7Bversion%7D", "/report_asset_check/x", "/server_info"])
def test_nobody_comes_in_without_a_password(ours: Door, path: str) -> None:
    assert ours.ask(path).status in {401, 403, 405}
    assert ours.ask("/").status == 401


@needs_nginx
def test_an_operator_comes_to_the_full_ui_and_a_viewer_to_its_twin(ours: Door) -> None:
    assert ours.ask(person=OPERATOR).body == "operator"
    assert ours.ask(person=VIEWER).body == "viewer"
    assert ours.question("{version}", person=VIEWER).body == "viewer"


@needs_nginx
def test_dagster_hears_no_password(ours: Door) -> None:
    assert ours.ask(person=OPERATOR).headers["x-heard"] == "None"


@needs_nginx
@pytest.mark.parametrize("path", [f"/graphql?query={MUTATION}", "/graphql", "/%67raphql?query=x", "//graphql?query=x"])
def test_no_question_is_put_by_get(ours: Door, path: str) -> None:
    assert ours.ask(path, person=OPERATOR).status == 405


@needs_nginx
def test_another_name_of_the_host_is_refused(ours: Door) -> None:
    assert ours.ask(person=OPERATOR, host="evil.example").status == 421


@needs_nginx
@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"http://{HOST}", f"https://{HOST}.evil.example"])
def test_what_comes_from_another_site_is_refused(ours: Door, origin: str) -> None:
    assert ours.question("{version}", person=OPERATOR, Origin=origin).status == 403
    assert ours.socket(OPERATOR, origin) == 403


@needs_nginx
def test_what_the_browser_says_is_from_another_site_is_refused(ours: Door) -> None:
    assert ours.question("{version}", person=OPERATOR, Sec_Fetch_Site="cross-site").status == 403
    assert ours.question("{version}", person=OPERATOR, Sec_Fetch_Site="same-origin", Origin=HOME).status == 200


@needs_nginx
@pytest.mark.parametrize("person", [OPERATOR, VIEWER])
def test_nobody_reports_through_the_door(ours: Door, person: str) -> None:
    assert ours.ask("/report_asset_materialization/x", "POST", person=person, body="{}").status == 403


@needs_nginx
def test_answers_carry_what_keeps_a_browser_safe(ours: Door) -> None:
    headers = ours.ask(person=OPERATOR).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["server"] == "nginx"


@needs_nginx
def test_single_sign_on_tells_operators_by_their_group() -> None:
    with (
        a_stub("operator") as full,
        a_stub("viewer") as twin,
        a_stub("sign-on") as asked,
        door(full, twin, sign_on_port=asked) as opened,
    ):
        nobody = opened.ask()
        assert (nobody.status, nobody.headers["location"]) == (302, "/oauth2/start?rd=/")
        assert opened.ask(Cookie="groups=dayops-viewers,dayops-operators").body == "operator"
        assert opened.ask(Cookie="groups=dayops-viewers").body == "viewer"
        assert opened.ask(Cookie="groups=not-dayops-operators").body == "viewer"


def test_the_configuration_lets_dagster_listen_on_loopback_alone() -> None:
    text = (CONFIGURATION / "dayops.conf").read_text()
    assert text.count("127.0.0.1:300") == 2
    assert "include /etc/dayops/nginx/auth-basic.conf;" in text


UNITS = Path(__file__).parents[1] / "deploy" / "systemd"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in (*UNITS.glob("*.service"), *UNITS.glob("*.target")):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/dayops/.venv/bin/dayops", "/bin/true"))
    files = sorted(str(file) for file in tmp_path.iterdir())
    told = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")
