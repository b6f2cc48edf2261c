"""`make check-ui`: the Dagster UI as a data engineer uses it, in a real browser, over a warehouse of its own.

Returns are made up, and one is spoiled. In the browser: the graph of the walk, a collect and a month that are asked for
there, the checks that pass and the one that does not, the metadata. In the warehouse: that return is refused, and all
others of its month are loaded. Then the UI is stopped, and no process of it is left.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.bulletin import a_browser
from bench.proxy import free_port
from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MONTH = "2026-09"
WALK = tuple(asset for asset, _ in screen.WALK)
SPOILED_RULE = "V01"
"""The rule that a return breaks whose column has another name."""

_COLUMN, _OTHER = "Person reference", "Number of the person"
_PATIENCE_SECONDS = 300.0
_SIZE = {"width": 1500, "height": 940}
_HOUSE = Path(__file__).parent.parent
_OWN = ("blob:", "data:")
_RUNS = "{runsOrError(limit: 1) {... on Runs {results {runId jobName status}}}}"

_NODES = """() => [...document.querySelectorAll('foreignObject *')]
    .filter(one => !one.children.length && one.textContent)
    .map(one => [one.textContent, one.getBoundingClientRect().x])"""


class UiError(RuntimeError):
    """The UI does not come up, or does not stop."""


@dataclass(frozen=True, slots=True)
class Served:
    """A UI that is up: its address, the process, and the surroundings that it was started with."""

    address: str
    process: "subprocess.Popen[bytes]"
    surroundings: dict[str, str]


def deliver(folder: Path, providers: int) -> Path:
    """Write made-up returns of a month into `folder`, and spoil one of them; return that one."""
    from openpyxl import load_workbook

    from dayops_pipeline.cli.sample import sample

    words = ["--providers", str(providers), "--months", MONTH, "--no-baseline", "--formats", "xlsx", "--json"]
    sample.main([str(folder), *words], standalone_mode=False)
    for path in sorted(folder.glob("*.xlsx")):
        book = load_workbook(path)
        for header in (cell for sheet in book for cell in sheet[1] if cell.value == _COLUMN):
            header.value = _OTHER
            book.save(path)
            return path
    raise LookupError(f"no return has a column {_COLUMN}")


@contextmanager
def serving(surroundings: dict[str, str], log: Path) -> Iterator[Served]:
    """Bring `dayops ui` up until it answers; stop it at the end.

    Raises:
        UiError: It does not come up, or a process of it outlives it.
    """
    import psutil

    port = free_port()
    command = [sys.executable, "-c", "from dayops_pipeline.cli import main; main()", "ui", "--port", str(port)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=os.environ | surroundings, cwd=_HOUSE, stdout=said, stderr=subprocess.STDOUT
        )
    served = Served(f"http://127.0.0.1:{port}", process, surroundings)
    try:
        _wait_for(served, log)
        yield served
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        if process.wait(timeout=60):
            raise UiError("the UI did not stop as it was asked to")
        if left := psutil.wait_procs(family, timeout=5)[1]:
            raise UiError(f"{len(left)} processes outlive the UI")
    finally:
        family = (
            [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            if process.poll() is None
            else []
        )
        process.terminate()
        for one in psutil.wait_procs(family, timeout=30)[1]:
            one.kill()
        process.wait()


def _wait_for(served: Served, log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and served.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{served.address}/server_info"):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise UiError(f"the UI did not come up; see {log}")


class Visit:
    """A visit to the UI with one page of a browser, which keeps pictures where that is asked for."""

    def __init__(self, page: "Page", address: str, pictures: Path | None) -> None:
        """Visit `address` with `page`."""
        self._page, self._address, self._pictures = page, address, pictures
        self.requests: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.add(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def graph(self) -> list[str]:
        """Open the graph of all assets, every group unfolded; return the assets seen, from left to right."""
        page = self._go("/asset-groups")
        page.get_by_text("collect", exact=True).first.wait_for()
        page.mouse.click(_SIZE["width"] * 0.7, _SIZE["height"] * 0.75, button="right")
        page.get_by_role("menuitem", name="Expand all groups").click()
        page.get_by_text(WALK[0], exact=True).first.wait_for()
        page.wait_for_timeout(1500)
        self._picture("graph")
        seen = {name: x for text, x in page.evaluate(_NODES) for name in WALK if _is_short_for(text, name)}
        return sorted(seen, key=lambda name: seen[name])

    def collect(self) -> str:
        """Ask for the collecting where an asset is looked at; return the status of its run."""
        page = self._go("/assets/delivered_returns")
        page.get_by_role("button", name="Materialize").first.click()
        return self._ended()

    def month(self) -> str:
        """Ask for a month where its job is looked at; return the status of its run."""
        page = self._go("/locations/dayops/jobs/month")
        page.get_by_role("button", name="Materialize all").click()
        months = page.get_by_role("dialog").locator("input[type=text]").first
        months.fill(MONTH)
        months.press("Enter")
        self._picture("ask-for-a-month")
        page.get_by_role("button", name="Launch 1 run").click()
        status = self._ended()
        self._go(f"/runs/{self._last_run()['runId']}")
        page.get_by_text("RUN_SUCCESS").wait_for()
        self._picture("run")
        return status

    def checks(self) -> dict[str, str]:
        """Open the checks of the checked returns, at the rule that is broken; return what the page says of each."""
        page = self._go(f"/assets/checked_returns?view=checks&checkDetail={SPOILED_RULE}")
        page.get_by_text("Latest execution").wait_for()
        page.get_by_text("Plots").first.wait_for()
        self._picture("check")
        text = page.locator("body").inner_text()
        return dict(re.findall(r"^([FV]\d\d)\n(Succeeded|Failed)$", text, re.MULTILINE))

    def metadata(self) -> str:
        """Open the loaded returns; return all that the page says."""
        page = self._go("/assets/loaded_returns")
        page.get_by_text("Latest materialization").wait_for()
        page.get_by_text("submissions", exact=True).first.wait_for()
        self._picture("metadata")
        return page.locator("body").inner_text()

    def _go(self, path: str) -> "Page":
        self._page.goto(self._address + path, wait_until="domcontentloaded")
        return self._page

    def _last_run(self) -> dict[str, Any]:
        answer = self._page.request.post(f"{self._address}/graphql", data={"query": _RUNS}).json()
        runs: list[dict[str, Any]] = answer["data"]["runsOrError"]["results"]
        return runs[0] if runs else {"status": "NONE"}

    def _ended(self) -> str:
        """Return how the run that was just asked for ended."""
        until = time.monotonic() + _PATIENCE_SECONDS
        self._page.wait_for_timeout(2000)
        while time.monotonic() < until:
            if (status := str(self._last_run()["status"])) in ("SUCCESS", "FAILURE", "CANCELED"):
                return status
            self._page.wait_for_timeout(500)
        return "NOT ENDED"

    def _picture(self, name: str) -> None:
        if self._pictures:
            self._page.wait_for_timeout(2500)  # what is drawn comes after what is said
            self._page.screenshot(path=self._pictures / f"{name}.png")


def _is_short_for(text: str, name: str) -> bool:
    """Tell whether a node of the graph stands for an asset, whose name it may show without its middle."""
    start, _, end = text.partition("…")
    return text == name or (bool(end) and name.startswith(start) and name.endswith(end))


def walk(browser: "Browser", served: Served, pictures: Path | None) -> Iterator[str]:
    """Walk through the UI as a data engineer does; yield what is not as it must be."""
    page = browser.new_page(viewport={"width": _SIZE["width"], "height": _SIZE["height"]})
    visit = Visit(page, served.address, pictures)
    order = visit.graph()
    if sorted(order) != sorted(WALK) or order[:4] != list(WALK[:4]) or order[-1] != WALK[-1]:
        yield f"the graph does not read from left to right: {', '.join(order)}"
    yield from (f"{what}: {status}" for what, status in _asked(visit) if status != "SUCCESS")
    checks = visit.checks()
    failed = sorted(rule for rule, verdict in checks.items() if verdict == "Failed")
    if failed != [SPOILED_RULE] or len(checks) < 20:
        yield f"of {len(checks)} checks these failed: {', '.join(failed)}"
    if "rows" not in visit.metadata():
        yield "the loaded returns do not say how many rows they are"
    yield from (f"asks for {url}" for url in sorted(visit.requests) if not url.startswith((*_OWN, served.address)))
    yield from (f"error in the page: {error}" for error in visit.errors)


def _asked(visit: Visit) -> Iterator[tuple[str, str]]:
    yield "collecting", visit.collect()
    yield "the month", visit.month()


def held_up(url: str, spoiled: Path) -> Iterator[str]:
    """Yield what of the warehouse is not as it must be: one return refused, every other one loaded."""
    import sqlalchemy as sa

    from warehouse.connection import connect

    asked = sa.text("select source_path, state from landing.delivery_state")
    with connect(url).connect() as connection:
        states: dict[str, str] = {str(path): str(state) for path, state in connection.execute(asked)}
    connect(url).dispose()
    refused = sorted(path for path, state in states.items() if state == "refused")
    if refused != [spoiled.name] or len(states) < 3:
        yield f"of {len(states)} returns these were refused: {', '.join(refused)}"
    yield from (f"{path} is {state}" for path, state in states.items() if path not in refused and state == "received")


@click.command()
@click.option("--providers", default=6, show_default=True, help="Providers whose returns are made up.")
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where screenshots are kept; without it, nowhere.",
)
def main(providers: int, pictures: Path | None) -> None:
    """Walk through the UI; the exit code is 1 where something is wrong, 2 where there is no browser."""
    from resources.postgres import stop_embedded, warehouse_url
    from resources.settings import Settings

    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        settings = Settings(home=Path(folder) / "home")
        spoiled = deliver(Path(folder) / "returns", providers)
        surroundings = {"DAYOPS_HOME": str(settings.home), "DAYOPS_RETURNS": str(spoiled.parent)}
        try:
            with serving(surroundings, Path(folder) / "ui.log") as served:
                troubles = [*walk(browser, served, pictures), *held_up(warehouse_url(settings), spoiled)]
        finally:
            stop_embedded(settings)
    for trouble in troubles:
        click.echo(trouble)
    click.echo(f"The UI was walked through, and stopped: {len(troubles)} troubles")
    raise SystemExit(bool(troubles))


if __name__ == "__main__":
    main()
