"""`make check-bulletin`: both pages of a bulletin in a real browser, wide and narrow, held to what is promised of them.

No rule of accessibility broken (axe-core: WCAG 2.2 AA and best practice), no request to anywhere, no error in the
console, nothing wider than the screen, tables that sort, a page that prints. Screenshots are kept.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from expectations.wording import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {"wide": 1280, "phone": 390, "narrow": 320}
PICTURED = {"wide": 4190, "phone": 6000}
"""The widths that a screenshot is kept of, and how far down the page: to the end of recovery."""

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
MOST_BYTES = 600_000
"""As large as a screenshot may be."""

_HOUSE = Path(__file__).parent.parent
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_ORDER = """table => Array.from(table.tBodies[0].rows, row => row.cells[1].getAttribute('data-value'))"""


def check(folder: Path, pictures: Path | None, browser: "Browser") -> Iterator[str]:
    """Look at the pages of `folder`, keep pictures where that is asked for, and yield what is wrong with them."""
    for language in LANGUAGES:
        for name, width in WIDTHS.items():
            place = f"bulletin_{language}.html, {name}"
            with _opened(browser, folder / f"bulletin_{language}.html", width) as (page, troubles):
                troubles.extend(_seen(page))
                troubles.extend(_sorted(page))
                if pictures and name in PICTURED:
                    troubles.extend(_pictured(page, pictures / f"{language}-{name}.png", PICTURED[name]))
                if name == "wide":
                    troubles.extend(_printed(page))
            yield from (f"{place}: {trouble}" for trouble in troubles)


@contextmanager
def _opened(browser: "Browser", file: Path, width: int) -> Iterator[tuple["Page", list[str]]]:
    """Open a page that may ask for nothing; what it asks for all the same, and its errors, are troubles."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    troubles: list[str] = []
    own = file.resolve().as_uri()

    def asked(url: str) -> bool:
        if url.partition("#")[0] != own:
            troubles.append(f"asks for {url}")
        return url.partition("#")[0] == own

    page.route("**/*", lambda route: route.continue_() if asked(route.request.url) else route.abort())
    page.on("console", lambda said: troubles.append(f"console: {said.text}") if said.type != "log" else None)
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    try:
        page.goto(own)
        yield page, troubles
    finally:
        page.close()


def _seen(page: "Page") -> Iterator[str]:
    """Yield what is wider than the screen and what breaks a rule, folded parts open and shut."""
    for is_open in (False, True):
        page.evaluate(f"document.querySelectorAll('details').forEach(one => one.open = {str(is_open).lower()})")
        wider = page.evaluate(_WIDER)
        if wider > 0:
            yield f"{wider} px wider than the screen"
    yield from _broken_rules(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")


def _broken_rules(page: "Page") -> Iterator[str]:
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": list(RULES), "resultTypes": ["violations"]}
    for broken in Axe().run(page, options=options).response["violations"]:
        where = "; ".join(str(node["target"]) for node in broken["nodes"][:3])
        yield f"breaks {broken['id']} ({len(broken['nodes'])}): {broken['help']}; {where}"


def _sorted(page: "Page") -> Iterator[str]:
    """Yield where a click on a heading does not sort a table, both ways, with what is not shown last."""
    table = page.locator("#table-coverage table")
    heading = table.locator("thead th").nth(1)
    for direction in ("ascending", "descending"):
        heading.locator("button").click()
        values = [None if one is None else float(one) for one in table.evaluate(_ORDER)]
        shown = [one for one in values if one is not None]
        in_order = sorted(shown, reverse=direction == "descending")
        if heading.get_attribute("aria-sort") != direction or values[: len(shown)] != in_order:
            yield f"does not sort ({direction})"
    page.reload()


def _pictured(page: "Page", file: Path, height: int) -> Iterator[str]:
    file.parent.mkdir(parents=True, exist_ok=True)
    width = page.evaluate("document.documentElement.clientWidth")
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    if file.stat().st_size > MOST_BYTES:
        yield f"{file.name} has {file.stat().st_size:,} bytes"


def _printed(page: "Page") -> Iterator[str]:
    if not page.pdf(format="A4").startswith(b"%PDF-"):
        yield "does not print"


@contextmanager
def a_browser() -> Iterator["Browser"]:
    """Start the machine's own browser; where it has none, say how to come by one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        click.echo(
            "No browser was found. Debian: apt install chromium. macOS: brew install --cask google-chrome.", err=True
        )
        raise SystemExit(2)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _pages(given: Path | None) -> Iterator[Path]:
    """Lend the folder of pages that was given, or one with the pages of the release that the tests make up."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="dayops-bulletin-") as folder:
        subprocess.run([sys.executable, "-m", "tests.bulletin_makers", folder], cwd=_HOUSE, check=True)
        yield Path(folder)


@click.command()
@click.option(
    "--pages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A release's folder with its bulletin; without it, one that is made up.",
)
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the screenshots are kept; without it docs/bulletin, or nowhere where --pages is given.",
)
def main(pages: Path | None, pictures: Path | None) -> None:
    """Look at a bulletin in a browser; the exit code is 1 where something is wrong, 2 where there is no browser."""
    kept = pictures or (None if pages else _HOUSE / "docs" / "bulletin")
    with _pages(pages) as folder, a_browser() as browser:
        troubles = list(check(folder, kept, browser))
    for trouble in troubles:
        click.echo(trouble)
    click.echo(f"{len(LANGUAGES)} pages, {len(WIDTHS)} widths: {len(troubles)} troubles")
    raise SystemExit(bool(troubles))


if __name__ == "__main__":
    main()
