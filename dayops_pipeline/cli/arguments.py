"""What several commands ask for in the same words: a month, a provider, a moment, JSON; and how JSON is printed."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_PROVIDER = re.compile(r"DOP\d{5}")


def month(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return `value` if it is a month."""
    if value is not None and not _MONTH.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no month: YYYY-MM is wanted, such as 2026-08.")
    return value


def provider(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return `value` if it has the shape of a provider's number."""
    if value is not None and not _PROVIDER.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no provider: DOP and five digits are wanted, such as DOP00001.")
    return value


def rule(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return `value` if it is a rule of the catalogue."""
    from expectations.rules import CONTRACT

    if value is not None and value not in {one.id for one in CONTRACT.rules}:
        raise click.BadParameter(f"there is no rule {value!r}: docs/contract/rules.md lists them all.")
    return value


def sheet(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return `value` if it is a sheet of the return."""
    from expectations.rules import CONTRACT

    names = [one.name for one in CONTRACT.sheets]
    if value is not None and value not in names:
        raise click.BadParameter(f"there is no sheet {value!r}: one of {', '.join(names)} is wanted.")
    return value


def moment(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Return `value` as a moment; where it names no time zone, that of the settings holds."""
    from resources.settings import load_settings

    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        said = f"{value!r} is no moment: a date and a time are wanted, such as 2026-10-20T12:00."
        raise click.BadParameter(said) from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(load_settings().timezone))


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def chosen_rows(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which refused rows are chosen."""
    options: tuple[Decorator, ...] = (
        click.option("--provider", callback=provider, help="One provider, such as DOP00001."),
        click.option("--period", callback=month, help="One month, YYYY-MM."),
        click.option("--rule", callback=rule, help="Rows that broke this rule, such as V12."),
        click.option("--sheet", callback=sheet, help="Rows of this sheet, such as ACTIVITY."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def print_json(rows: Any) -> None:
    """Print `rows` as JSON."""
    click.echo(json.dumps(rows, indent=2, default=str, ensure_ascii=False))
