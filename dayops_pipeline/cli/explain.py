"""`dayops explain`: what is behind one figure, from its definition to the returns and the last release.

How an explanation looks is in `explained`; what it says, in the warehouse's functions.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

import click

from dayops_pipeline.cli import desk
from dayops_pipeline.cli.arguments import JSON, moment, print_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.indicators import Indicator
    from expectations.wording import Language
    from resources.house import House
    from warehouse.explanation import Asked, Explanation


# --- what is asked about ----------------------------------------------------------------------------------------------


def _indicator(context: click.Context, parameter: click.Parameter, value: str) -> "Indicator":
    from expectations.indicators import INDICATORS

    known = {one.id: one for one in INDICATORS}
    if value.upper() in known:
        return known[value.upper()]
    said = {**{one.id: one.id for one in INDICATORS}, **{one.title.casefold(): one.id for one in INDICATORS}}
    digits = "".join(letter for letter in value if letter.isdecimal())
    meant = [f"DO{digits:0>2}"] if f"DO{digits:0>2}" in known else []
    near = dict.fromkeys(said[name] for name in meant + _near(value.upper(), said) + _near(value.casefold(), said))
    told = ", ".join(f"{name} ({known[name].title})" for name in near) or "none"
    raise click.BadParameter(
        f"there is no indicator {value!r}; near it: {told}. docs/contract/indicators.md lists DO01 to DO30."
    )


def _near(word: str, words: Iterable[str]) -> list[str]:
    return get_close_matches(word, words, n=5, cutoff=0.6)


def _area(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from expectations.reference import authority_names, folded
    from expectations.wording import area_names

    names = area_names()
    known: dict[str, str] = {folded(name): code for code, said in names.items() for name in (code, *said)}
    found = known.get(folded(value)) or authority_names().get(folded(value))
    if found is not None:
        return found
    near = dict.fromkeys(known[name] for name in _near(folded(value), known))
    told = ", ".join(f"{names[code][0]} ({code})" for code in near) or "none"
    raise click.BadParameter(
        f"there is no area {value!r}; near it: {told}. A code or a name is wanted: Wales, a region such as RPB_NW, "
        "an authority such as W06000023 or Powys."
    )


def _period(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, date]:
    from expectations.months import period_of

    try:
        return period_of(value)
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is no period: a month such as 2026-08, a financial quarter such as 2026-27-Q2 (July to "
            "September 2026) or a financial year such as 2026-27 is wanted."
        ) from error


def _one_of(value: str, there: Iterable[str], option: str, whose: str) -> str:
    known = tuple(there)
    if value not in known:
        raise click.BadParameter(f"{whose} has no {value!r}: one of {', '.join(known)} is wanted.", param_hint=option)
    return value


def _cell(one: "Indicator", measure: str | None, breakdown: str | None, category: str | None) -> dict[str, str]:
    """Return which of the indicator's figures is meant, of those that are declared."""
    cells = [(kind.name, *cell) for kind, *cell in one.cells()]
    name = _one_of(measure or cells[0][0], dict.fromkeys(cell[0] for cell in cells), "--measure", one.id)
    of_measure = [cell for cell in cells if cell[0] == name]
    by = _one_of(breakdown or "all", dict.fromkeys(cell[1] for cell in of_measure), "--breakdown", f"{one.id} {name}")
    codes = [cell[2] for cell in of_measure if cell[1] == by]
    if by != "all" and category is None:
        raise click.UsageError(f"--breakdown {by} needs a --category: one of {', '.join(codes)}.")
    return {
        "measure": name,
        "breakdown": by,
        "category": _one_of(category or "ALL", codes, "--category", f"{one.id} by {by}"),
    }


# --- the command ------------------------------------------------------------------------------------------------------


@click.command(
    epilog="""Examples:

    \b
    Example: dayops explain DO02 --area W06000023 --period 2026-08
             dayops explain DO01 --area Powys --period 2026-27-Q2 --measure rate --breakdown client_group --category LD
             dayops explain DO02 --area Cymru --period 2026-08 --as-at "2026-10-20 12:00" --language cy
    """
)
@click.argument("indicator", callback=_indicator)
@click.option("--area", required=True, callback=_area, help="Wales, a region or an authority: its code or its name.")
@click.option(
    "--period",
    required=True,
    callback=_period,
    help="A month (2026-08), a financial quarter (2026-27-Q2) or a financial year (2026-27).",
)
@click.option("--measure", help="One of the indicator's measures; without it, the one that is read first.")
@click.option("--breakdown", help="What it is broken down by, such as client_group; needs a --category.")
@click.option("--category", help="The category's code, such as LD.")
@click.option("--as-at", "as_at", callback=moment, help="The figure as it stood at this moment, 2026-10-20T12:00.")
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True, help="Lines of each table at most.")
@click.option("--language", type=click.Choice(["en", "cy"]), default="en", show_default=True, help="Language.")
@JSON
def explain(*, as_json: bool, limit: int, language: str, as_at: datetime | None, **asked: Any) -> None:
    """Explain one figure: what it means, how it comes about, from which returns, and why it is shown or not.

    This is for operators and analysts: numerator, denominator and value are those before protection, small numbers of
    people included, and not for publication. What readers see stands under protection. Of rows there are counts alone.

    The returns behind a figure are those with a row, in the sheets that it is measured from, that counts for the area,
    and nil returns about services registered in it. With --as-at, the figure is measured anew from the returns that
    stood at the moment, by the rules, the register and the policy of today; nothing of that is kept.

    In SQL: select * from mart_v1.explain_indicator('DO02', 'W06000023', 'month', '2026-08-01').
    """
    from expectations.rules import CONTRACT

    about = _about(asked, as_at)
    explanation = _explained(desk.house(), about)
    if as_json:
        told = {"contract_version": CONTRACT.version, "as_at": as_at}
        print_json({**told, **asdict(explanation)})
    else:
        from dayops_pipeline.cli import explained

        explained.show(explanation, cast("Language", language), limit, as_at)


def _about(asked: dict[str, Any], as_at: datetime | None) -> "Asked":
    from warehouse.explanation import Asked

    one, (kind, start) = asked["indicator"], asked["period"]
    cell = _cell(one, *(asked[name] for name in ("measure", "breakdown", "category")))
    level = {"W9": "country", "RP": "region"}.get(asked["area"][:2], "authority")
    if level not in one.levels:
        raise click.UsageError(f"{one.id} is given by {' and '.join(one.levels)} alone, not by {level}.")
    return Asked(one.id, asked["area"], kind, start, known_at=as_at, **cell)


def _explained(house: "House", asked: "Asked") -> "Explanation":
    from assets.preview import NothingStoodError
    from warehouse import explanation

    engine = desk.opened(house)
    try:
        with _as_asked(engine, house, asked) as connection:
            found = explanation.explain(connection, asked)
            there = [] if found else explanation.periods_there(connection, asked.indicator, asked.area)
    except NothingStoodError as error:
        raise click.ClickException(
            f"At {asked.known_at} no return stood for {_written(asked.kind, asked.start)}: none had come by then. "
            "dayops returns --as-at says which returns stood."
        ) from error
    if found is None:
        raise click.ClickException(_no_figure(asked, there))
    return found


def _as_asked(engine: "sa.Engine", house: "House", asked: "Asked") -> "AbstractContextManager[sa.Connection]":
    from assets.preview import stood_at

    if asked.known_at is None:
        return engine.connect()
    return stood_at(engine, house.settings(), asked.kind, asked.start, asked.known_at)


def _no_figure(asked: "Asked", there: list[tuple[str, date]]) -> str:
    names = [_written(*one) for one in there]
    told = (
        f"There are figures for {', '.join(names)}." if names else "There are none of any period: see dayops returns."
    )
    return f"{asked.indicator} has no figure for {asked.area} in {_written(asked.kind, asked.start)}. {told}"


def _written(kind: str, start: date) -> str:
    from expectations.months import period_written

    return period_written(kind, start)
