"""`dayops sample`: made-up returns to try everything with, and the answer key of what is wrong with them."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayops_pipeline.sample.folder import Answer, File, Sample

PROVIDERS, MONTHS, SEED, FAULTS = 60, 3, 1, 0.0


def _months(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Return the months that A..B names; without it, the last three that are over."""
    from dayops_pipeline.sample.folder import is_month, last_months
    from expectations.months import months_between

    del context, parameter
    first, _, last = (text or "..".join(last_months(MONTHS, date.today()))).partition("..")
    if not is_month(first) or not is_month(last or first):
        raise click.BadParameter(f"{text} is not a month or two, such as 2026-07..2026-09")
    months = months_between(first, last or first)
    if not months:
        raise click.BadParameter(f"{first} is later than {last}")
    if first < "2020-03":
        raise click.BadParameter("months before 2020-03 belong to the baseline, which is always made")
    return months


def _formats(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    from dayops_pipeline.sample.hand import FORMATS

    del context, parameter
    wanted = [one.strip().lower() for one in text.split(",")] if text else list(FORMATS)
    unknown = sorted(set(wanted) - set(FORMATS))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(FORMATS)}")
    return tuple(name for name in FORMATS if name in wanted)


@click.command(epilog="Example: dayops sample returns --providers 150 --months 2026-07..2026-09 --faults 0.02")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--providers", default=PROVIDERS, show_default=True, type=click.IntRange(1, 5000), help="Who sends returns."
)
@click.option("--months", metavar="A..B", callback=_months, help="Months, such as 2026-07..2026-09.  [the last three]")
@click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--faults",
    default=FAULTS,
    show_default=True,
    type=click.FloatRange(0, 0.5),
    help="Share of rows, and of files, spoiled.",
)
@click.option("--formats", metavar="LIST", callback=_formats, help="Of xlsx, csv and ods.  [all three]")
@click.option("--baseline/--no-baseline", default=True, show_default=True, help="April 2019 to February 2020 as well.")
@click.option(
    "--force", is_flag=True, help="Write into DIR though it is not empty; files of the same names are replaced."
)
@click.option("--json", "as_json", is_flag=True, help="Tell what was made as JSON.")
def sample(
    folder: Path,
    providers: int,
    months: tuple[str, ...],
    seed: int,
    faults: float,
    formats: tuple[str, ...],
    baseline: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write made-up returns into DIR: real XLSX, ODS and zipped CSV files, for trying everything out.

    Beside them stand register.csv (every registered service) and faults.json (each planted fault: file, sheet, row,
    column, rule).
    """
    from dayops_pipeline.sample.folder import Order, prepared, write_sample

    if not force and folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty; choose another folder, or add --force")
    began = time.perf_counter()
    made = prepared(Order(providers, months, seed, faults, formats, baseline))
    counted: Counter[str] = Counter()
    with _progress(made.file_count, counted) as tell:
        answers = write_sample(made, folder, not_after=_an_hour_ago(), tell=tell)
    _close(_summary(folder, made, counted, answers, time.perf_counter() - began), as_json)


def _an_hour_ago() -> datetime:
    """Return the latest time at which a made-up file may have come, so that no file is from the future."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


@contextmanager
def _progress(total: int, counted: "Counter[str]") -> "Iterator[Callable[[File], None]]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Writing returns"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def tell(file: "File") -> None:
            counted.update({"returns": 1, "rows": file.data_rows, "bytes": len(file.data), file.name[-4:]: 1})
            counted["resubmissions"] += file.posting.submission_no > 1
            bar.advance(task)

        yield tell


def _summary(
    folder: Path, made: "Sample", counted: "Counter[str]", answers: "list[Answer]", seconds: float
) -> dict[str, object]:
    return {
        "folder": str(folder),
        "providers": made.order.providers,
        "silent_providers": len(made.providers) - made.order.providers,
        "months": list(made.order.months),
        "seed": made.order.seed,
        "returns": counted["returns"],
        "baseline_returns": made.baseline_count,
        "resubmissions": counted["resubmissions"],
        "rows": counted["rows"],
        "bytes": counted["bytes"],
        "faults": len(answers),
        "faults_by_rule": dict(sorted(Counter(str(one["rule"]) for one in answers).items())),
        "seconds": round(seconds, 1),
    }


def _close(summary: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary))
        return
    click.echo(
        "{returns} returns of {providers} providers ({baseline_returns} of them baseline, {resubmissions} resubmitted) "
        "with {rows:,} rows in {folder}, made in {seconds} s.".format(**summary)
    )
    click.echo("{silent_providers} more providers are on register.csv and send nothing.".format(**summary))
    if summary["faults"]:
        click.echo("{faults} faults were planted; faults.json says where.".format(**summary))
    click.echo("Next: dayops run --returns {folder}".format(**summary))


__all__ = ["sample"]
