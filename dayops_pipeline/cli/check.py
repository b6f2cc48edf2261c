"""`dayops check`: the rules asked of returns before they are sent, with no database and no house."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dayops_pipeline.checking import Checked, Given
    from expectations.wording import Language
    from resources.settings import Settings

FEW = 5
"""So many returns are checked without a line that shows how far it is."""


_EXAMPLES = """\b
Example: dayops check return.xlsx
         dayops check returns/ --language cy --out replies/
         dayops check return.zip --json
"""


@click.command(epilog=_EXAMPLES)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--language",
    type=click.Choice(["en", "cy", "both"]),
    default="both",
    show_default=True,
    help="What to answer in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines: a verdict for each return, then its findings.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the replies there too.",
)
def check(files: tuple[Path, ...], language: str, out: Path | None, *, as_json: bool) -> None:
    """Check returns before they are sent, by the same rules and in the same words.

    FILE is a workbook, a zip of CSV files, or a folder of returns. A folder of CSV files is one return. Nothing is
    taken in, and no database is needed. Of several returns, each is held against the others given, as a night does:
    numbers of submissions, the provider's own months before, and the figures of other providers (V24-V26, V31-V33).

    Exit codes: 0 nothing to mend or explain, 1 something was found, 2 the command was not understood.
    """
    from dayops_pipeline.checking import check_returns, gather
    from resources.settings import load_settings

    settings = load_settings()
    with tempfile.TemporaryDirectory(prefix="dayops-check-") as folder:
        scratch = Path(folder)
        returns = gather(files, scratch)
        if not returns:
            raise click.UsageError(f"There is no return in {', '.join(map(str, files))}.")
        with _progress(2 * len(returns)) as tick:
            checked = check_returns(returns, settings, scratch, tick)
        if as_json:
            _print_json(checked)
        else:
            _print_text(checked, _languages(language))
        _tell_repeats(returns)
        if out:
            _write(checked, out, settings)
    sys.exit(0 if all(one.is_sound for one in checked) else 1)


def _languages(language: str) -> "Sequence[Language] | None":
    return None if language == "both" else ["cy" if language == "cy" else "en"]


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[], None]]:
    """Show on the error output how far it is, where there are many returns; yield what counts a step."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=steps <= 2 * FEW) as progress:
        task = progress.add_task("Reading", total=steps)
        yield lambda: progress.advance(task)
        progress.update(task, completed=steps, description="Checking")


def _print_json(checked: "Sequence[Checked]") -> None:
    from expectations.replies import finding_records, json_lines, verdict_record

    for one in checked:
        click.echo(json_lines([verdict_record(one.document), *finding_records(one.document)]), nl=False)


def _print_text(checked: "Sequence[Checked]", languages: "Sequence[Language] | None") -> None:
    from expectations.replies import text, verdict_words
    from expectations.wording import LANGUAGES, phrase

    for one in checked:
        click.echo(verdict_words(one.document, languages))
        if one.document.findings:
            click.echo(f"\n{text(one.document, languages)}")
    if len(checked) > 1:
        sound = sum(one.is_sound for one in checked)
        counts = {"returns": len(checked), "sound": sound, "others": len(checked) - sound}
        click.echo(" / ".join(phrase("check.summary", language, **counts) for language in languages or LANGUAGES))


def _tell_repeats(returns: "Sequence[Given]") -> None:
    """Say which returns are the very same file as another."""
    first: dict[str, str] = {}
    for given in returns:
        if first.setdefault(given.sha256, given.name) != given.name:
            click.echo(f"{given.name}: the same file as {first[given.sha256]}, checked once.", err=True)


def _write(checked: "Sequence[Checked]", out: Path, settings: "Settings") -> None:
    from resources.replies import Job, write_replies

    jobs = [Job(one.document.subject, tuple(one.document.findings), out, out, one.cells) for one in checked]
    for job, trouble in write_replies(jobs, settings.limits, settings.read_workers):
        if trouble:
            click.echo(f"{job.subject.file_name}: no marked workbook ({trouble}).", err=True)
    click.echo(f"{out}: the replies to {len(jobs)} returns", err=True)
