"""What an explanation of a figure looks like on the screen, in English or Welsh."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dayops_pipeline.cli import screen
from expectations.wording import phrase

if TYPE_CHECKING:
    from rich.console import Console

    from expectations.wording import Language
    from warehouse.explanation import Explanation

Row = dict[str, Any]
_PLACES = 6


def show(explanation: "Explanation", language: "Language", limit: int, as_at: datetime | None = None) -> None:
    """Print an explanation, `limit` lines of each of its tables at most."""
    page = _Page(screen.console(), language, limit)
    page.figure(explanation.figure)
    page.releases(explanation.figure)
    page.returns(explanation.figure, explanation.submissions)
    page.quarantine(explanation.quarantine)
    page.missing(explanation.missing)
    page.foot(explanation.submissions, as_at)


def number(value: Decimal | int | None) -> str:
    """Return a number to six places, without the noughts at its end; nothing where there is none."""
    if value is None:
        return ""
    written = f"{value:,.{_PLACES}f}" if isinstance(value, Decimal) else f"{value:,}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def share(value: Decimal | None) -> str:
    """Return a share of one as a percentage."""
    return "" if value is None else f"{number(round(100 * value, 1))} %"


@dataclass(frozen=True, slots=True)
class _Page:
    """A page under way: where it is printed, in which language, and how many lines a table has at most."""

    console: "Console"
    language: "Language"
    limit: int

    def say(self, key: str, **facts: object) -> str:
        return phrase(f"explain.{key}", self.language, **facts)

    def of(self, row: Row, name: str) -> str:
        """Return the text of a row in the page's language; in English where there is no Welsh."""
        return str(row[f"{name}_{self.language}"] or row[f"{name}_en"] or "")

    def line(self, words: str, style: str | None = None) -> None:
        self.console.print(words, style=style, markup=False, highlight=False)

    def note(self, words: str) -> None:
        self.console.print(Padding(Text(words), (0, 0, 0, 3)))

    def heading(self, key: str) -> None:
        self.line(f"\n{self.say(key)}", "bold")

    def part(self, key: str, items: Iterable[tuple[str, str]]) -> None:
        """Print a heading and what stands under it, each with its name."""
        self.heading(key)
        grid = Table.grid(padding=(0, 2))
        grid.add_column(min_width=24)
        grid.add_column()
        for name, words in items:
            if words:
                grid.add_row(f"   {self.say(name)}", escape(words))
        self.console.print(grid, highlight=False)

    def table(self, names: Sequence[str], rows: Sequence[Sequence[str]], right: int) -> None:
        """Print a table, of which the last `right` columns hold numbers."""
        table = Table(header_style="bold")
        for place, name in enumerate(names):
            table.add_column(
                self.say(name), justify="right" if place >= len(names) - right else "left", overflow="fold"
            )
        for row in rows[: self.limit]:
            table.add_row(*map(escape, row))
        self.console.print(table, highlight=False)
        if len(rows) > self.limit:
            self.note(self.say("more", shown=self.limit, count=f"{len(rows):,}"))

    # --- the figure ---------------------------------------------------------------------------------------------------

    def figure(self, figure: Row) -> None:
        from expectations.months import period_written

        period = period_written(figure["period_kind"], figure["period_start"])
        area = f"{self.of(figure, 'area_name')} ({figure['area_code']})"
        title = self.of(figure, "title")
        self.line(self.say("asked", indicator=figure["indicator_id"], title=title, area=area, period=period), "bold")
        self.part("definition", self._definition(figure))
        self.part("sum", self._sum(figure))
        self.part("coverage", self._coverage(figure))
        self.part("protection", self._protection(figure))

    def _definition(self, figure: Row) -> list[tuple[str, str]]:
        by = "" if figure["breakdown"] == "all" else f"{figure['breakdown']} {figure['category']}"
        return [
            ("means", self.of(figure, "definition")),
            ("measure", f"{figure['measure']}: {self.of(figure, 'measure')}"),
            ("category", by),
            ("version", str(figure["definition_version"])),
            ("policy", figure["policy_source"]),
        ]

    def _sum(self, figure: Row) -> list[tuple[str, str]]:
        below = self.of(figure, "denominator") if figure["denominator"] is not None else ""
        value = figure["value_unrounded"]
        return [
            ("numerator", f"{self._known(figure['numerator'])}   {self.of(figure, 'numerator')}"),
            ("denominator", f"{number(figure['denominator']) or self.say('none')}   {below}".rstrip()),
            ("factor", str(figure["factor"])),
            ("unrounded", self._known(value) + (f" {self._unit(figure)}" if value is not None else "")),
            ("months", str(figure["months"])),
        ]

    def _known(self, value: Decimal | None) -> str:
        return self.say("unknown") if value is None else number(value)

    def _unit(self, figure: Row) -> str:
        return phrase(f"measure_unit.{figure['unit']}", self.language)

    def _coverage(self, figure: Row) -> list[tuple[str, str]]:
        counted = {"returned": figure["services_returned"], "expected": figure["services_expected"]}
        floor, waiting = figure["coverage_floor"], figure["returns_not_measured_yet"]
        return [
            ("services", self.say("services_told", **counted, share=share(figure["coverage"]))),
            ("floor", self.say("floor_told", floor=share(floor)) if floor is not None else self.say("no_floor")),
            ("stale", self.say("stale_told", count=waiting) if waiting else ""),
        ]

    def _protection(self, figure: Row) -> list[tuple[str, str]]:
        is_shown, base = figure["status"] == "shown", figure["rounding_base"]
        rounded = self.say("rounded_base", base=base) if base else self._places(figure)
        return [
            ("status", self.say(figure["status"] or "not_protected")),
            ("why", self._why(figure)),
            ("rounded", rounded if is_shown else ""),
            ("shown_value", self._shown(figure, figure["value_shown"]) if is_shown else ""),
            ("notes", self._notes(figure["note_codes"])),
        ]

    def _places(self, figure: Row) -> str:
        return self.say("rounded_places", places=figure["decimal_places"])

    def _why(self, figure: Row) -> str:
        reason, is_thin = figure["reason"], figure["reason"] == "coverage"
        if reason is None:
            return ""
        words = phrase(f"reason.{reason}", self.language) if self.language == "cy" else _reason(reason)
        if is_thin:
            return self.say("why_floor", reason=words, floor=share(figure["coverage_floor"]))
        if figure["status"] == "confidential":
            return self.say("why_threshold", reason=words, threshold=figure["threshold"])
        return words

    def _shown(self, figure: Row, value: Decimal | None) -> str:
        if value is None:
            return self.say("hidden")
        return f"{value:,.{figure['decimal_places']}f} {self._unit(figure)}"

    def _notes(self, codes: Sequence[str] | None) -> str:
        from expectations.reference import note_codes

        known = {one.code: one.label_cy if self.language == "cy" else one.label_en for one in note_codes()}
        return ", ".join(f"{code} ({known[code].lower()})" for code in codes or ())

    def releases(self, figure: Row) -> None:
        if figure["release_id"] is None:
            self.heading("released")
            self.note(self.say("never_released"))
            return
        told = {
            "value": self._shown(figure, figure["released_value"]),
            "release": figure["release_id"],
            "when": f"{figure['released_at']:%Y-%m-%d %H:%M %Z}",
            "draft": self.say("draft") if figure["is_draft"] else "",
        }
        notes = self._notes(figure["released_note_codes"])
        items = [
            ("release_value", self.say("release_told", **told)),
            ("notes", notes),
            ("change", self._change(figure)),
        ]
        self.part("released", items)

    def _change(self, figure: Row) -> str:
        now, before = figure["value_shown"], figure["released_value"]
        if (now, figure["note_codes"]) == (before, figure["released_note_codes"]):
            return self.say("no_change")
        change = figure["change_since_release"]
        by = "" if change is None else f" ({change:+,.{figure['decimal_places']}f})"
        notes = self._notes(figure["note_codes"])
        return f"{self._shown(figure, before)} → {self._shown(figure, now)}{by}" + (f"; {notes}" if notes else "")

    # --- what is behind it --------------------------------------------------------------------------------------------

    def returns(self, figure: Row, submissions: Sequence[Row]) -> None:
        self.heading("returns")
        self.note(self.say("returns_whole" if figure["area_level"] == "country" else "returns_area"))
        if not submissions:
            self.note(self.say("no_returns"))
            return
        names = ("month", "provider", "number", "state", "received", "file")
        numbers = ("rows_accepted", "rows_of_area", "left_out")
        self.table((*names, *numbers), list(map(self._return, submissions)), len(numbers))
        together = self.say("rows_told", **_totals(submissions))
        self.note(f"{self.say('totals')}: {together}")

    def _return(self, row: Row) -> tuple[str, ...]:
        month = f"{row['month_start']:%Y-%m}" + (f" {self.say('baseline')}" if row["is_baseline"] else "")
        name = f"{row['provider_id']} {self.of(row, 'provider_name')}"
        version, came = str(row["submission_no"]), f"{row['received_at']:%Y-%m-%d}"
        rows = (f"{row[name] or 0:,}" for name in ("rows_accepted", "rows_of_area", "rows_left_out"))
        return month, name, version, row["state"], came, f"{row['file_name']}\n{row['sha256'][:12]}", *rows

    def quarantine(self, quarantine: Sequence[Row]) -> None:
        self.heading("quarantine")
        if not quarantine:
            self.note(self.say("no_quarantine"))
            return
        rows = [
            (
                row["sheet"],
                self.say("yes" if row["is_measured"] else "no"),
                f"{row['rule_id']} v{row['rule_version'] or '?'}",
                self.of(row, "sentence"),
                f"{row['rows']:,}",
            )
            for row in quarantine
        ]
        self.table(("sheet", "is_measured", "rule", "asks", "rows"), rows, 1)

    def missing(self, missing: Sequence[Row]) -> None:
        self.heading("missing")
        if not missing:
            self.note(self.say("no_missing"))
            return
        rows = [
            (
                f"{row['month_start']:%Y-%m}",
                f"{row['service_id']} {self.of(row, 'service_name')}".rstrip(),
                row["service_la"],
                f"{row['provider_id']} {row['provider_name'] or ''}".rstrip(),
                self.say(row["state"]),
            )
            for row in missing
        ]
        self.table(("month", "service", "area", "provider", "state"), rows, 0)

    def foot(self, submissions: Sequence[Row], as_at: datetime | None) -> None:
        from expectations.rules import CONTRACT

        judged = ", ".join(sorted({row["contract_version"] or "?" for row in submissions})) or self.say("none")
        self.line("")
        if as_at is not None:
            self.line(self.say("as_at", moment=f"{as_at:%Y-%m-%d %H:%M %Z}"))
        self.line(self.say("contract", version=CONTRACT.version, judged=judged))
        self.line(self.say("before_protection"), "yellow")


def _reason(code: str) -> str:
    from expectations.indicators import REASONS

    return REASONS[code]


def _totals(submissions: Sequence[Row]) -> dict[str, str]:
    parts = ("read", "accepted", "measured", "of_area", "quarantined", "left_out")
    sums = {part: sum(row[f"rows_{part}"] or 0 for row in submissions) for part in parts}
    return {"returns": f"{len(submissions):,}", **{part: f"{count:,}" for part, count in sums.items()}}
