"""What `dayops release` shows: the table of releases, one of them with its trail, and what it changes publicly."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from warehouse.approval import State
    from warehouse.revision import Change


def when(moment: datetime | None) -> str:
    """Return a moment as it is on the clock in Wales."""
    from expectations.calendar import WALES

    return f"{moment.astimezone(WALES):%Y-%m-%d %H:%M}" if moment else ""


def state_table(states: "Iterable[State]") -> Table:
    """Return the table of releases."""
    table = Table(title="Releases", title_justify="left", title_style="bold", header_style="bold")
    for name in ("", "Month", "State"):
        table.add_column(name, no_wrap=True)
    table.add_column("Figures", justify="right", no_wrap=True)
    for name in ("Made", "Approved by", "Public from"):
        table.add_column(name)
    for one in states:
        what = (one.release_id, f"{one.period:%Y-%m}", _in_words(one.state))
        who = (when(one.created_at), escape(one.approved_by or ""), when(one.publish_at))
        table.add_row(*what, f"{one.figures:,}", *who)
    return table


def _in_words(state: str) -> str:
    return "approved (waiting)" if state == "approved" else state


def show(console: Console, told: Mapping[str, Any]) -> None:
    """Show a release and its trail."""
    against = f", compared with {told['compared_with']}" if told["compared_with"] else ", the first of its month"
    _say(console, f"{told['release_id']}: {_in_words(told['state'])}, {told['figures']:,} figures{against}")
    _say(
        console,
        f"  {told['revisions']:,} figures revised; {told['disclosure_control']}; made {when(told['created_at'])}",
    )
    _say(console, f"  SHA-256 {told['content_sha256']}")
    for one in told["trail"]:
        public = f", public from {when(one['publish_at'])}" if one["publish_at"] else ""
        why = "; ".join(filter(None, (one["reason"], one["time_reason"])))
        said = f"  {when(one['decided_at'])}  {one['decision']} by {one['decided_by']}{public}"
        _say(console, f"{said}: {why}" if why else said)


def change(one: "Change") -> dict[str, Any]:
    """Return a change as plain data."""
    return {
        **one.key._asdict(),
        "kind": one.kind,
        **{f"{name}_value": figure and figure.value for name, figure in (("old", one.old), ("new", one.new))},
        **{
            f"{name}_note_codes": list(figure.note_codes) if figure else None
            for name, figure in (("old", one.old), ("new", one.new))
        },
    }


def show_difference(console: Console, told: Mapping[str, Any]) -> None:
    """Show what a release changes publicly."""
    against = told["against"] or "nothing: no release of the month is published"
    _say(console, f"{told['release_id']} against {against}; {told['figures']:,} figures")
    counts = Table(title="What would change publicly", title_justify="left", title_style="bold", show_header=False)
    counts.add_column("")
    counts.add_column("", justify="right")
    for kind, number in told["counts"].items():
        counts.add_row(kind, f"{number:,}")
    console.print(counts)
    if told["largest_in_wales"]:
        console.print(_change_table("Largest changes for Wales", told["largest_in_wales"]))
    if told.get("changes"):
        console.print(_change_table("Every figure that differs", told["changes"]))


def _change_table(title: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    from expectations.months import period_written

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name in ("Figure", "Area", "Period", "Category", ""):
        table.add_column(name)
    for name in ("From", "To"):
        table.add_column(name, justify="right")
    for row in rows:
        what = (f"{row['indicator_id']} {row['measure']}", row["area_code"])
        period = period_written(row["period_kind"], row["period_start"])
        category = "" if row["breakdown"] == "all" else f"{row['breakdown']} {row['category']}"
        table.add_row(*what, period, category, row["kind"], _shown(row, "old"), _shown(row, "new"))
    return table


def _shown(row: Mapping[str, Any], name: str) -> str:
    value, codes = row[f"{name}_value"], row[f"{name}_note_codes"]
    figure = "" if value is None else f"{value:,}"
    return " ".join(filter(None, (figure, ",".join(codes or ()))))


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, highlight=False, soft_wrap=True)
