"""`dayops quarantine`: the refused rows, with what was found in each."""

from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk, screen
from dayops_pipeline.cli.arguments import JSON, chosen_rows, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from expectations.findings import Finding
    from warehouse.quarantine import Count, Row


@click.command(epilog="Example: dayops quarantine --provider DOP00001 --period 2026-08 --rule V12")
@chosen_rows
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Rows to show at most.")
@click.option("--raw", "is_raw", is_flag=True, help="Show the cells as typed: they may tell of people.")
@JSON
@click.pass_context
def quarantine(context: click.Context, /, *, limit: int, is_raw: bool, as_json: bool, **asked: str | None) -> None:
    """List the refused rows: where each stands in the provider's file, the rules that it broke, and what was found.

    Cells are masked unless --raw is given. Exit code 1: there is no such row.
    """
    from warehouse import quarantine as refused
    from warehouse.quarantine import Chosen

    chosen = Chosen(**asked)
    with desk.opened(desk.house()).begin() as connection:
        size = refused.size(connection, chosen)
        rows = refused.rows(connection, chosen, limit)
        counts = refused.by_sheet(connection, chosen), refused.by_rule(connection, chosen)
    if as_json:
        print_json({"rows": size, "shown": [_row(one, is_raw=is_raw) for one in rows]})
    else:
        _show(screen.console(), size, rows, counts, is_raw=is_raw)
    context.exit(0 if rows else 1)


def _row(row: "Row", *, is_raw: bool) -> dict[str, Any]:
    return {
        "provider_id": row.provider_id,
        "period": row.period,
        "submission_no": row.submission_no,
        "submission_id": row.submission_id,
        "state": row.state,
        "is_current": row.is_current,
        "sheet": row.sheet,
        "row": row.row_number,
        "rules": row.rules,
        "contract_version": row.contract_version,
        "findings": [_finding(one) for one in row.findings],
        "cells": _cells(row, is_raw=is_raw),
    }


def _cells(row: "Row", *, is_raw: bool) -> dict[str, str | None]:
    from expectations.findings import masked

    return {name: text if is_raw or not text else masked(text) for name, text in row.raw.items()}


def _finding(finding: "Finding") -> dict[str, Any]:
    from expectations.rules import CONTRACT
    from expectations.wording import LANGUAGES, say

    messages = {f"message_{language}": say(CONTRACT, finding, language)[0] for language in LANGUAGES}
    return {
        "id": finding.finding_id,
        "rule": finding.rule,
        "cell": finding.cell,
        "column": finding.column,
        **messages,
        "caused_by": finding.caused_by,
    }


def _show(
    console: "Console", size: int, rows: "list[Row]", counts: "tuple[list[Count], list[Count]]", *, is_raw: bool
) -> None:
    if not rows:
        console.print("No refused row matches.")
        return
    for name, counted in zip(("sheet", "rule"), counts, strict=True):
        told = ", ".join(f"{one.name} {one.rows:,}" for one in counted)
        console.print(f"[bold]By {name}[/]  {told}", soft_wrap=True)
    console.print()
    for row in rows:
        _show_row(console, row, is_raw=is_raw)
    if size > len(rows):
        console.print(f"\n{len(rows)} of {size:,} rows; --limit shows more.")


def _show_row(console: "Console", row: "Row", *, is_raw: bool) -> None:
    from rich.markup import escape

    whose = f"{row.provider_id} {row.period} version {row.submission_no} ({row.state})"
    console.print(f"[bold]{whose}  {row.sheet} row {row.row_number}[/]  {', '.join(row.rules)}")
    for one in row.findings:
        said = _finding(one)
        console.print(f"   {one.cell or one.sheet or 'file'}  {one.rule}  {escape(said['message_en'])}", soft_wrap=True)
    cells = "  ".join(f"{name}={text}" for name, text in _cells(row, is_raw=is_raw).items() if text)
    console.print(f"   {cells}", style="dim", markup=False, highlight=False, soft_wrap=True)
