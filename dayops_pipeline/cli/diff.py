"""`dayops diff`: what differs between two versions of a return, and what that does to the indicators."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk, screen
from dayops_pipeline.cli.arguments import JSON, month, print_json, provider, sheet

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.house import House
    from warehouse.decisions import Version
    from warehouse.difference import Effect, RowChange


@click.command(epilog="Example: dayops diff DOP00001 2026-08 --from 1 --to 2 --indicators")
@click.argument("provider_id", metavar="[PROVIDER]", required=False, callback=provider)
@click.argument("period", metavar="[PERIOD]", required=False, callback=month)
@click.option("--from", "old", type=click.IntRange(1), help="The earlier version; without it, the one before.")
@click.option("--to", "new", type=click.IntRange(1), help="The later version; without it, the one that stands.")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that was not delivered, against what stands.",
)
@click.option("--sheet", "sheet_name", callback=sheet, help="One sheet, such as ACTIVITY.")
@click.option("--indicators", "is_wanted", is_flag=True, help="Show what it does to the headline indicators as well.")
@click.option("--limit", type=click.IntRange(1), default=40, show_default=True, help="Rows to show at most.")
@JSON
@click.pass_context
def diff(context: click.Context, /, *, as_json: bool, limit: int, **asked: Any) -> None:
    """Show the rows added, removed and changed between two versions of PROVIDER's return for the month PERIOD.

    Rows are matched by their sheet's key and compared cell by cell; references of people are masked. With --file, whose
    it is and for which month is read from the file; it is judged and loaded as the night would, and nothing is kept.
    Figures are shown before protection: they are not for publication.

    Exit code 1: there is no such version, or the file would be refused.
    """
    house = desk.house()
    told = _compared(house, asked).told()
    if as_json:
        print_json(told)
    else:
        _show(told, limit)
    context.exit(0 if told["to"]["state"] != "refused" else 1)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two versions of a return (the earlier one may be none), what differs, and what that does to the indicators."""

    old: "Version | None"
    new: "Version"
    whose: dict[str, str]
    rows: "list[RowChange]"
    effects: "list[Effect] | None"
    findings: dict[str, int] | None = None

    def told(self) -> dict[str, Any]:
        return {
            **self.whose,
            "from": self.old and _version(self.old),
            "to": _version(self.new),
            "findings": self.findings,
            "counts": _counts(self.rows),
            "rows": [asdict(one) for one in self.rows],
            "indicators": None if self.effects is None else [_effect(one) for one in self.effects],
        }


def _version(version: "Version") -> dict[str, Any]:
    names = ("submission_no", "state", "is_current", "file_name", "received_at", "sha256")
    return {name: getattr(version, name) for name in names}


def _counts(rows: "list[RowChange]") -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = {}
    for one in rows:
        of_sheet = counts.setdefault(one.sheet, Counter())
        of_sheet[one.change] += 1
        of_sheet["cells"] += len(one.cells) if one.change == "changed" else 0
    names = ("added", "removed", "changed", "cells")
    return [{"sheet": name, **{kind: of_sheet[kind] for kind in names}} for name, of_sheet in counts.items()]


def _effect(effect: "Effect") -> dict[str, Any]:
    figure = asdict(effect.figure)
    del figure["value"]
    return {**figure, "from": effect.old, "to": effect.new, "is_changed": effect.is_changed}


# --- what is compared -------------------------------------------------------------------------------------------------


def _compared(house: "House", asked: dict[str, Any]) -> _Compared:
    is_whole = bool(asked["provider_id"] and asked["period"])
    if asked["file"] is None and not is_whole:
        raise click.UsageError("Name a PROVIDER and a month, such as DOP00001 2026-08, or a --file.")
    if asked["file"] is not None and (asked["old"] or asked["new"]):
        raise click.UsageError("--file is compared with the version that stands: leave --from and --to out.")
    engine = desk.opened(house)
    return _of_file(engine, house, asked) if asked["file"] else _of_versions(engine, house, asked)


def _of_versions(engine: "sa.Engine", house: "House", asked: dict[str, Any]) -> _Compared:
    from assets.preview import effect_of
    from warehouse import decisions, difference

    whose = {"provider_id": asked["provider_id"], "period": asked["period"]}
    with engine.begin() as connection:
        versions = decisions.versions(connection, *whose.values())
        old, new = _chosen(versions, whose, asked["old"], asked["new"])
        rows = difference.between(connection, old.submission_id, new.submission_id, _sheets(asked))
    ids = (old.submission_id, new.submission_id)
    effects = effect_of(engine, house.settings(), whose["period"], *ids) if asked["is_wanted"] else None
    return _Compared(old, new, whose, rows, effects)


def _sheets(asked: dict[str, Any]) -> list[str] | None:
    return [asked["sheet_name"]] if asked["sheet_name"] else None


def _chosen(
    versions: "list[Version]", whose: dict[str, str], old: int | None, new: int | None
) -> "tuple[Version, Version]":
    """Return the two versions that are meant: of those that are sound, what is not named is the one that stands."""
    sound = {one.submission_no or 0: one for one in versions if one.is_sound}
    there = ", ".join(f"{one.submission_no} ({one.state})" for one in versions) or "none"
    current = next((number for number, one in sound.items() if one.is_current), max(sound, default=0))
    to = new or current
    since = old or max((number for number in sound if number < to), default=0)
    if since in sound and to in sound:
        return sound[since], sound[to]
    missing = [number for number in (old, new) if number and number not in sound]
    what = f"no accepted version {missing[0]}" if missing else "no two accepted versions"
    raise click.ClickException(
        f"{whose['provider_id']} has {what} for {whose['period']} to compare. Versions that came: {there}."
    )


def _of_file(engine: "sa.Engine", house: "House", asked: dict[str, Any]) -> _Compared:
    from assets.periods import MONTHS
    from assets.preview import CannotPlaceError, effect_in, tried_out
    from warehouse import decisions, difference

    settings, is_month = house.settings(), set(MONTHS.get_partition_keys()).__contains__
    try:
        with tried_out(engine, settings, asked["file"], is_month, house.today()) as (connection, tried):
            whose = {"provider_id": str(tried.submission.provider_id), "period": str(tried.submission.period)}
            _must_agree(asked, whose)
            versions = {one.submission_id: one for one in decisions.versions(connection, *whose.values())}
            new = versions[tried.submission.submission_id]
            ids = (tried.stood_before, new.submission_id)
            is_sound = new.is_sound
            rows = difference.between(connection, *ids, _sheets(asked)) if is_sound else []
            is_shown = asked["is_wanted"] and new.is_current
            effects = effect_in(connection, settings, whose["period"], *ids) if is_shown else None
            findings = dict(Counter(one.severity.value for one in tried.findings))
            return _Compared(versions.get(tried.stood_before), new, whose, rows, effects, findings)
    except CannotPlaceError as error:
        raise click.ClickException(f"{asked['file']}: {_first_words(error.findings)}") from error


def _must_agree(asked: dict[str, Any], whose: dict[str, str]) -> None:
    for name, said in whose.items():
        if asked[name] and asked[name] != said:
            raise click.UsageError(f"{asked['file']} says that it is about {said}, not {asked[name]}.")


def _first_words(findings: "list[Any]") -> str:
    from expectations.rules import CONTRACT
    from expectations.wording import say

    return " ".join(say(CONTRACT, findings[0], "en")) if findings else "It cannot be told whose return this is."


# --- on the screen ----------------------------------------------------------------------------------------------------


def _show(told: dict[str, Any], limit: int) -> None:
    console = screen.console()
    console.print(_headline(told), markup=False, highlight=False, soft_wrap=True)
    if told["findings"] is not None:
        found = ", ".join(f"{count} of severity {name}" for name, count in sorted(told["findings"].items()))
        console.print(f"   judged: {told['to']['state']}; found: {found or 'nothing'}", highlight=False)
    if told["to"]["state"] == "refused":
        console.print("   The return would be refused, so nothing of it would stand.")
        return
    if told["findings"] is not None and not told["to"]["is_current"]:
        console.print("   It would not stand for its month: a version with a higher number does.")
    if not told["rows"]:
        console.print("   No row differs.")
    else:
        console.print(screen.difference_table(told["counts"]))
        console.print(screen.row_table(told["rows"][:limit]))
    if len(told["rows"]) > limit:
        console.print(f"   {limit} of {len(told['rows']):,} rows; --limit shows more, --sheet one sheet, --json all.")
    if told["indicators"] is not None:
        _show_indicators(console, told["indicators"])


def _headline(told: dict[str, Any]) -> str:
    old, new = told["from"], told["to"]
    before = f"version {old['submission_no']} ({old['state']})" if old else "nothing"
    return f"{told['provider_id']} {told['period']}: {before} to version {new['submission_no']} ({new['state']})"


def _show_indicators(console: Any, indicators: list[dict[str, Any]]) -> None:
    changed = [one for one in indicators if one["is_changed"]]
    areas = {one["area_code"] for one in indicators}
    if changed:
        console.print(screen.effect_table(changed))
    same = len(indicators) - len(changed)
    console.print(f"   {len(changed)} headline figures of {len(areas)} areas change, {same} do not.")
    console.print("   Before protection: not for publication.")
