"""What a night looks like on the screen: its progress, its stages, and the tables at its end."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from decimal import Decimal

    from dayops_pipeline.nightly import Done, Step
    from resources.settings import Settings

WIDTH = 118
"""Columns of the tables where the output is no terminal, whose own width holds otherwise."""

WALK = (
    ("delivered_returns", "collect"),
    ("read_returns", "read"),
    ("checked_returns", "check"),
    ("loaded_returns", "load"),
    ("compared_returns", "compare"),
    ("feedback", "reply"),
    ("national_indicators", "indicate"),
    ("protected_indicators", "protect"),
    ("release", "publish"),
)


def console() -> Console:
    """Return the console to print on."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=WIDTH)


_NOTES = "p provisional, e estimated, x not available, c confidential, k rounds to nought"


class Progress:
    """One line for each run: what is under way, and what it came to."""

    def __init__(self, console: Console) -> None:
        """Write to `console`."""
        self._console = console
        self._status = console.status("")

    def __enter__(self) -> "Progress":
        """Start the moving line."""
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the moving line."""
        self._status.stop()

    def started(self, step: "Step", number: int, steps: int) -> None:
        """Say what is under way."""
        what = f"{step.job} {step.period}  ({number} of {steps})" if step.period else "collecting"
        self._status.update(f"   {what}")

    def finished(self, done: "Done") -> "Done":
        """Say what a run came to, and hand it on."""
        what = f"{done.step.job} {done.step.period}" if done.step.period else "collect"
        verdict = _words(done) if done.succeeded else f"[red]failed[/], see run {done.run_id} in the Dagster UI"
        self._console.print(f"   {what:<16} {done.seconds:6.1f} s   {verdict}")
        for trouble in done.troubles:
            self._console.print(f"      {trouble}", style="red", markup=False, highlight=False, soft_wrap=True)
        return done


def _words(done: "Done") -> str:
    numbers = done.numbers
    if "delivered_returns" in numbers:
        found = numbers["delivered_returns"]
        return f"{found['files_at_source']} files at the source, {found['new_files']} new, {found['refused']} refused"
    if "checked_returns" in numbers:
        found = numbers["checked_returns"]
        return (
            f"{found['submissions']} submissions, {found['rows_read']:,} rows read, "
            f"{found['rows_accepted']:,} accepted, {found['rows_quarantined']:,} in quarantine"
        )
    if "release" in numbers:
        return "figures made anew"
    return f"{numbers.get('feedback', {}).get('replies_written', 0)} replies written, figures as they were"


def stages(console: Console, done: Iterable["Done"]) -> None:
    """Show how long each stage took over all runs."""
    seconds: defaultdict[str, float] = defaultdict(float)
    runs = 0
    for one in done:
        runs += 1
        for asset, numbers in one.numbers.items():
            seconds[asset] += float(numbers.get("seconds", 0))
        seconds["total"] += one.seconds
    line = "  ".join(f"{verb} {seconds[asset]:.1f}" for asset, verb in WALK if asset in seconds)
    console.print(f"\n[bold]Seconds[/]  {line}  (all {runs} runs {seconds['total']:.1f})")


def results(console: Console, settings: "Settings", url: str) -> None:
    """Show the returns, the national indicators of the newest month, and where to go next."""
    from dayops_pipeline.cli import figures
    from warehouse.connection import connect

    with connect(url).connect() as connection:
        returns, month = figures.returns(connection), figures.newest_month(connection)
        rows = [figures.words(row) for row in figures.figures(connection, month)] if month else []
    console.print(returns_table(returns))
    title = f"National indicators for Wales, {month}"
    console.print(indicator_table(title, rows) if rows else "\nNo indicators yet: no month has an accepted return.")
    _where_next(console, settings)


def returns_table(rows: Iterable[tuple[str, dict[str, int]]]) -> Table:
    """Return the table of deliveries by month and state."""
    table = Table(title="Returns received", title_justify="left", title_style="bold", header_style="bold")
    table.add_column("Month")
    states = ("received", "accepted", "queried", "refused", "superseded", "duplicate")
    for state in states:
        table.add_column(state, justify="right")
    for month, counts in rows:
        received = sum(counts.values())
        table.add_row(month, str(received), *(str(counts.get(state, 0)) for state in states[1:]))
    return table


def stood_table(rows: Iterable[dict[str, Any]], as_at: datetime) -> Table:
    """Return the table of the returns that stood at a moment, by month."""
    title = f"Returns that stood at {as_at:%Y-%m-%d %H:%M %Z}"
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    table.add_column("Month")
    for name in ("Stood then", "Still stand", "Replaced or set aside since"):
        table.add_column(name, justify="right")
    counts: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for row in rows:
        counts[row["period"]][row["still_stands"]] += 1
    for month, count in counts.items():
        table.add_row(month, *(str(number) for number in (count.total(), count[True], count[False])))
    return table


def waiver_table(rows: Iterable[dict[str, Any]]) -> Table:
    """Return the table of waivers."""
    table = Table(title="Waivers", title_justify="left", title_style="bold", header_style="bold")
    for name in ("", "Rule", "Provider", "Months", "State", "Until", "By", "Reason"):
        table.add_column(name)
    table.add_column("Findings", justify="right")
    for row in rows:
        months = f"{row['period_from']} to {row['period_to']}"
        what = (row["waiver_id"], row["rule_id"], row["provider_id"] or "all", months, row["state"])
        why = (str(row["expires_on"]), escape(row["approved_by"]), escape(row["reason"]))
        table.add_row(*what, *why, f"{row['findings']:,}")
    return table


def readmission_table(rows: Iterable[dict[str, Any]]) -> Table:
    """Return the table of rows that were admitted after they had been refused."""
    table = Table(title="Admitted", title_justify="left", title_style="bold", header_style="bold")
    for name in ("Provider", "Month", "Version", "Sheet", "Refused by", "Admitted by"):
        table.add_column(name)
    table.add_column("Rows", justify="right")
    for row in rows:
        by = " ".join((row["admitted_by"], *row["waivers"]))
        whose = (row["provider_id"], row["period"], str(row["submission_no"]), row["sheet"])
        table.add_row(*whose, ", ".join(row["rules"]), by, f"{len(row['rows']):,}")
    return table


def difference_table(counts: Iterable[dict[str, Any]]) -> Table:
    """Return the table of rows that differ between two versions, by sheet."""
    table = Table(title="Rows that differ", title_justify="left", title_style="bold", header_style="bold")
    table.add_column("Sheet")
    names = ("added", "removed", "changed", "cells")
    for name in names:
        table.add_column("cells changed" if name == "cells" else name, justify="right")
    for row in counts:
        table.add_row(row["sheet"], *(f"{row[name]:,}" for name in names))
    return table


def row_table(rows: Iterable[dict[str, Any]]) -> Table:
    """Return the table of rows that differ, one line a row; of a changed row each cell with what it was."""
    table = Table(title="Row by row", title_justify="left", title_style="bold", header_style="bold")
    for name in ("Sheet", "Rows", "Key", "What differs"):
        table.add_column(name)
    for row in rows:
        key = " ".join(str(part) for part in row["key"].values() if part is not None)
        cells = [f"{one['column']}: {one['old']} → {one['new']}" for one in row["cells"]]
        what = "\n".join(cells) if row["change"] == "changed" else row["change"]
        numbers = " → ".join(str(row[name]) for name in ("old_row", "new_row") if row[name] is not None)
        table.add_row(row["sheet"], numbers, escape(key), escape(what))
    return table


def effect_table(figures: Iterable[dict[str, Any]]) -> Table:
    """Return the table of headline figures that differ with another version of a return."""
    table = Table(title="Headline indicators", title_justify="left", title_style="bold", header_style="bold")
    for name in ("Area", "", "Indicator"):
        table.add_column(name)
    for name in ("From", "To"):
        table.add_column(name, justify="right")
    for one in figures:
        values = (_figure(one[name], one["decimal_places"]) for name in ("from", "to"))
        when = "" if one["period_kind"] == "month" else f" ({one['period_kind']})"
        table.add_row(one["area_code"], one["indicator_id"], f"{one['title']}{when}, {one['unit']}", *values)
    return table


def _figure(value: "Decimal | None", places: int) -> str:
    return "none" if value is None else f"{value:,.{places + 1}f}"


def indicator_table(title: str, rows: Iterable[tuple[str, ...]]) -> Table:
    """Return the table of an area's indicators."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    table.caption, table.caption_justify = _NOTES, "left"
    table.add_column("", no_wrap=True)
    table.add_column("Indicator")
    for name in ("Value", "Change", "Coverage", "Notes"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def finding_table(rows: Iterable[dict[str, Any]]) -> Table:
    """Return the table of findings by rule."""
    table = Table(title="Findings", title_justify="left", title_style="bold", header_style="bold")
    for name in ("Rule", "Severity", "What it asks"):
        table.add_column(name)
    for name in ("Findings", "Submissions"):
        table.add_column(name, justify="right")
    for row in rows:
        counts = (f"{row['findings']:,}", f"{row['submissions']:,}")
        table.add_row(row["rule"], row["severity"], row["sentence_en"], *counts)
    return table


def _where_next(console: Console, settings: "Settings") -> None:
    console.print("\n[bold]Where to go next[/]")
    console.print("  make ui                           the Dagster UI: assets, checks, the nightly schedule")
    console.print("  .venv/bin/dayops findings         what was found, by rule")
    console.print("  .venv/bin/dayops warehouse url    the SQL address, for psql or a BI tool")
    console.print("  .venv/bin/dayops release list     what is prepared; it is public by approval alone")
    console.print(f"  {settings.release_dir}  releases", soft_wrap=True)
    console.print(f"  {settings.reply_dir}  what each provider is told", soft_wrap=True)
