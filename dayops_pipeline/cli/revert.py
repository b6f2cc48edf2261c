"""`dayops revert`: an earlier version of a return stands for its month again, or no longer."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk
from dayops_pipeline.cli.arguments import JSON, month, print_json, provider

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.house import House
    from warehouse.decisions import Version


_EXAMPLE = 'Example: dayops revert DOP00001 2026-08 --to 1 --reason "2 was a test file" --by "Head of collection"'


@click.command(epilog=_EXAMPLE)
@click.argument("provider_id", metavar="PROVIDER", callback=provider)
@click.argument("period", callback=month)
@click.option("--to", "submission_no", type=click.IntRange(1), help="Number of the version that is to stand again.")
@click.option("--reason", help="Why.")
@click.option("--by", "decided_by", help="The role of who decides it.")
@click.option("--undo", "is_undo", is_flag=True, help="Undo the revert that holds for this return instead.")
@click.option("--now", "is_now", is_flag=True, help="Make the figures anew at once, as the night would.")
@JSON
@click.pass_context
def revert(context: click.Context, /, *, is_undo: bool, is_now: bool, as_json: bool, **asked: Any) -> None:
    """Have an earlier version of PROVIDER's return for the month PERIOD stand again; later ones are kept, set aside.

    A version that comes afterwards, with a higher number, stands by itself. Figures are made anew by the next night.
    """
    from expectations.written import has_personal_detail

    if is_undo == (asked["submission_no"] is not None):
        raise click.UsageError("Say which version is to stand, --to N, or --undo.")
    if not asked["reason"] or not asked["decided_by"]:
        raise click.UsageError("--reason and --by must be given: a decision says why, and who made it.")
    if has_personal_detail(asked["reason"]) or has_personal_detail(asked["decided_by"]):
        raise click.UsageError("--reason and --by name no person: give a role, and a reason without names.")
    house = desk.house()
    engine = desk.opened(house)
    told = _undone(house, engine, asked) if is_undo else _reverted(house, engine, asked)
    if as_json:
        print_json(told)
    else:
        click.echo(told["said"])
    if is_now:
        done = desk.run_months(desk.progress_console(as_json=as_json), house, [])
        context.exit(0 if all(one.succeeded for one in done) else 1)


def _reverted(house: "House", engine: "sa.Engine", asked: dict[str, Any]) -> dict[str, Any]:
    from assets.decisions import decide
    from expectations.decisions import Revert, named
    from warehouse import decisions

    with engine.begin() as connection:
        versions = decisions.versions(connection, asked["provider_id"], asked["period"])
    wanted = _version(versions, asked)
    later = [one for one in versions if (one.submission_no or 0) > asked["submission_no"]]
    if wanted.is_current:
        return {**_standing(engine, asked), "is_new": False, "said": f"{_named(asked)} stands already."}
    if not later:
        raise click.ClickException(f"{_named(asked)} is the last there is: {_why_not(wanted)}.")
    decision: Revert = named(
        Revert("", **asked, set_aside=tuple(sorted(one.sha256 for one in later)), decided_at=datetime.now(UTC))
    )
    decide(engine, desk.archive(house), decision)
    said = f"{decision.decision_id}: {_named(asked)} stands again, {_words(later)} set aside. {_FIGURES}"
    return {**_standing(engine, asked), "revert_id": decision.decision_id, "is_new": True, "said": said}


_FIGURES = "Figures are made anew by the next night (dayops nightly, or --now)."


def _version(versions: "list[Version]", asked: dict[str, Any]) -> "Version":
    """Return the sound version of the number that is asked for."""
    numbered = [one for one in versions if one.submission_no == asked["submission_no"]]
    sound = [one for one in numbered if one.is_sound]
    if sound:
        return sound[-1]
    there = ", ".join(f"{one.submission_no} ({one.state})" for one in versions) or "none at all"
    why = "was refused, so it cannot stand" if numbered else "did not come"
    raise click.ClickException(f"{_named(asked)} {why}. Versions that came: {there}.")


def _why_not(wanted: "Version") -> str:
    if wanted.revert_id:
        return f"{wanted.revert_id} had set it aside, and dayops revert --undo has it stand again"
    return "it stands as soon as it is loaded"


def _named(asked: dict[str, Any]) -> str:
    return f"Version {asked['submission_no']} of {asked['provider_id']} for {asked['period']}"


def _words(later: "list[Version]") -> str:
    numbers = ", ".join(str(one.submission_no) for one in later)
    return f"version{'s' if len(later) > 1 else ''} {numbers} {'are' if len(later) > 1 else 'is'}"


def _undone(house: "House", engine: "sa.Engine", asked: dict[str, Any]) -> dict[str, Any]:
    from assets.decisions import decide
    from expectations.decisions import Ended, named
    from warehouse import decisions

    with engine.begin() as connection:
        held = decisions.revert_in_force(connection, asked["provider_id"], asked["period"])
    if held is None:
        raise click.ClickException(f"No revert holds for {asked['provider_id']} and {asked['period']}.")
    ended = named(Ended("", held[0], asked["reason"], asked["decided_by"], datetime.now(UTC)))
    decide(engine, desk.archive(house), ended)
    stands = _standing(engine, asked)
    said = f"{held[0]} is undone: version {stands['stands']} stands. {_FIGURES}"
    return {**stands, "revert_id": held[0], "is_new": True, "said": said}


def _standing(engine: "sa.Engine", asked: dict[str, Any]) -> dict[str, Any]:
    """Return which version stands by now."""
    from warehouse import decisions

    with engine.begin() as connection:
        versions = decisions.versions(connection, asked["provider_id"], asked["period"])
    stands = next((one.submission_no for one in versions if one.is_current), None)
    return {"provider_id": asked["provider_id"], "period": asked["period"], "stands": stands}
