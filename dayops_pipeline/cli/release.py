"""`dayops release`: prepare a release, see what it changes, approve it for its time, withdraw it, lay out its files."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk, released, screen
from dayops_pipeline.cli.arguments import JSON, moment, month, print_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.house import House
    from warehouse.approval import Approval, State


@click.group(epilog="Example: dayops release prepare 2026-08, then diff, then approve")
def release() -> None:
    """Prepare, compare, approve and withdraw releases: what the night prepares is public by approval alone.

    A release becomes public at 9:30 on a working day. Exit codes: 1 it is refused, 2 the command was not understood.
    """


# --- preparing --------------------------------------------------------------------------------------------------------


@release.command(epilog="Example: dayops release prepare 2026-08")
@click.argument("period", metavar="[MONTH]", required=False, callback=month)
@JSON
def prepare(*, period: str | None, as_json: bool) -> None:
    """Freeze what MONTH says by now, if that is something new, as the night does; without MONTH, the newest one.

    Its figures are protected anew first, beside all that is approved by now.

    Nothing becomes public by it. Exit code 1: the month has no figures, or they would give away what is confidential.
    """
    from assets.protect import protect
    from assets.publish import publish

    house = desk.house()
    engine = desk.opened(house)
    asked = period or _newest(engine)
    with desk.alone(desk.progress_console(as_json=as_json), house):
        protect(engine, house.settings(), asked)
        made = publish(engine, house.settings(), asked)
    if made is None:
        raise click.ClickException(f"{asked} has no figures to release: dayops returns shows what came.")
    prepared, folder = made
    said = "is prepared" if prepared.is_new else "says that already"
    told = {
        "release_id": prepared.release_id,
        "is_new": prepared.is_new,
        "figures": prepared.figures,
        "content_sha256": prepared.content_sha256,
        "folder": str(folder),
        "said": f"{prepared.release_id} {said}: {prepared.figures:,} figures, in {folder}.",
    }
    _tell(told, as_json=as_json)


def _newest(engine: "sa.Engine") -> str:
    from dayops_pipeline.cli.figures import newest_month

    with engine.begin() as connection:
        newest = newest_month(connection)
    if newest is None:
        raise click.ClickException("No month has figures yet: dayops nightly makes them from the returns.")
    return newest


@release.command(epilog="Example: dayops release rebuild 2026-08-r1 --to /tmp/again")
@click.argument("release_id", metavar="ID")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where; without it, its place.")
@JSON
def rebuild(*, release_id: str, folder: Path | None, as_json: bool) -> None:
    """Make the files of a release anew from what is frozen of it: the same bytes as before."""
    from assets.publish import rebuild as rebuilt

    house = desk.house()
    with desk.opened(house).begin() as connection:
        made = rebuilt(connection, folder or house.settings().release_dir, release_id)
    told = {"release_id": release_id, "folder": str(made), "said": f"{release_id} is made anew in {made}."}
    _tell(told, as_json=as_json)


# --- looking ----------------------------------------------------------------------------------------------------------


@release.command(name="list", epilog="Example: dayops release list --period 2026-08")
@click.option("--period", callback=month, help="One month, YYYY-MM; without it, all months.")
@JSON
def list_(*, period: str | None, as_json: bool) -> None:
    """List the releases, the newest month first: what each is by now, who approved it, and from when it is public."""
    from expectations.months import first_day
    from warehouse.approval import as_told, states

    with desk.opened(desk.house()).begin() as connection:
        found = states(connection, first_day(period) if period else None)
    if as_json:
        print_json([as_told(one) for one in found])
    elif found:
        screen.console().print(released.state_table(found))
    else:
        click.echo("No release has been prepared: dayops nightly does that, or dayops release prepare.")


@release.command(epilog="Example: dayops release show 2026-08-r1")
@click.argument("release_id", metavar="ID")
@JSON
def show(*, release_id: str, as_json: bool) -> None:
    """Show a release: what it is by now, what it rests on, and the trail of what was decided about it."""
    from warehouse.approval import as_told, state_of, trail
    from warehouse.release import content

    with desk.opened(desk.house()).begin() as connection:
        state, decided = state_of(connection, release_id), trail(connection, release_id)
        said = content(connection, release_id)
    told = {
        **as_told(state),
        "policy": dict(said.policy),
        "population_vintage": said.population_vintage,
        "audit": dict(said.audit),
        "revisions": len(said.revisions),
        "trail": decided,
    }
    if as_json:
        print_json(told)
    else:
        released.show(screen.console(), told)


@release.command(epilog="Example: dayops release diff 2026-08-r2 --all")
@click.argument("release_id", metavar="ID")
@click.option("--against", metavar="ID", help="Another release; without it, the last published one of the same month.")
@click.option("--all", "is_all", is_flag=True, help="Show every figure that differs, not only the largest changes.")
@JSON
def diff(*, release_id: str, against: str | None, is_all: bool, as_json: bool) -> None:
    """Show what would change publicly by a release: figures as they are shown, never what is behind them."""
    from warehouse import revision
    from warehouse.approval import state_of
    from warehouse.release import figures_of

    with desk.opened(desk.house()).begin() as connection:
        new = figures_of(connection, state_of(connection, release_id).release_id)
        other = state_of(connection, against).release_id if against else _other(connection, release_id)
        old = figures_of(connection, other) if other else ()
    found = revision.changes(old, new)
    largest = revision.largest(found)
    told = {
        "release_id": release_id,
        "against": other,
        "figures": len(new),
        "counts": revision.counts(found),
        "largest_in_wales": [released.change(one) for one in largest],
        **({"changes": [released.change(one) for one in found]} if is_all else {}),
    }
    if as_json:
        print_json(told)
    else:
        released.show_difference(screen.console(), told)


def _other(c: "sa.Connection", release_id: str) -> str | None:
    """Return the release to compare with: what is published now, or, once it is approved, what it was to follow."""
    from warehouse.approval import state_of
    from warehouse.release import standing

    state = state_of(c, release_id)
    return state.compared_with if state.approved_at else standing(c, state.period).get(state.period)


# --- deciding ---------------------------------------------------------------------------------------------------------


@release.command(
    epilog='Examples: dayops release approve 2026-08-r1 --by "Chief statistician" --at "2026-11-26 09:30"; of a'
    ' revision: dayops release approve 2026-08-r2 --by "Chief statistician" --reason "two late returns"'
)
@click.argument("release_id", metavar="ID")
@click.option("--by", "by", help="The role of who approves it.")
@click.option("--at", "publish_at", callback=moment, help="When it becomes public; else 9:30 on the next working day.")
@click.option("--reason", help="Why published figures are revised: published with them, so it names no person.")
@click.option(
    "--any-time", "time_reason", metavar="REASON", help="Allow another time than 9:30 on a working day, and why."
)
@click.option(
    "--older", "is_older_meant", is_flag=True, help="Approve it although a newer one of its month is prepared."
)
@JSON
def approve(*, release_id: str, is_older_meant: bool, as_json: bool, **asked: Any) -> None:
    """Approve a prepared release: it becomes public at 9:30 on the next working day, or at the time of --at.

    Its figures are looked at once more for small numbers of people. What it says was frozen when it was prepared.
    Exit code 1: it may not be approved, and why.
    """
    from assets.publish import approve as approved
    from warehouse.approval import as_told

    _must_be_said(asked, "by")
    house = desk.house()
    approval = _approval(house, asked)
    engine = desk.opened(house)
    state = approved(engine, house.settings(), release_id, approval, is_older_meant=is_older_meant)
    said = f"{release_id} is approved: it becomes public at {released.when(state.publish_at)}."
    _tell({**as_told(state), "said": said}, as_json=as_json)


def _approval(house: "House", asked: Mapping[str, Any]) -> "Approval":
    from expectations.calendar import next_publication, why_not_published_at
    from warehouse.approval import Approval

    now = house.now()
    publish_at: datetime = asked["publish_at"] or next_publication(now)
    why_not = why_not_published_at(publish_at)
    if why_not and not asked["time_reason"]:
        raise click.ClickException(
            f"{why_not}: releases become public at 9:30 on a working day, next at"
            f" {released.when(next_publication(now))}. --any-time REASON allows another time."
        )
    time_reason = asked["time_reason"] if why_not else None
    return Approval(
        by=asked["by"], at=now, publish_at=publish_at, reason=asked["reason"] or "", time_reason=time_reason
    )


@release.command(
    epilog='Example: dayops release withdraw 2026-08-r1 --by "Chief statistician" --reason "two areas mixed up"'
)
@click.argument("release_id", metavar="ID")
@click.option("--by", "by", help="The role of who withdraws it.")
@click.option("--reason", help="Why: published, so it names no person.")
@JSON
def withdraw(*, release_id: str, as_json: bool, **asked: Any) -> None:
    """Withdraw an approved release, published or still waiting: the one before it stands again.

    That it was withdrawn, when and why stays visible to all who could read it. Exit code 1: there is nothing to
    withdraw.
    """
    from assets.publish import withdraw as withdrawn
    from warehouse.approval import as_told

    _must_be_said(asked, "by", "reason")
    house = desk.house()
    engine = desk.opened(house)
    state = withdrawn(engine, house.settings(), release_id, **asked, at=house.now())
    stands = _standing(engine, state)
    said = f"{release_id} is withdrawn; {stands or 'no release'} stands for {state.period:%Y-%m}."
    _tell({**as_told(state), "stands": stands, "said": said}, as_json=as_json)


def _standing(engine: "sa.Engine", state: "State") -> str | None:
    from warehouse.release import standing

    with engine.begin() as connection:
        return standing(connection, state.period).get(state.period)


_OPTIONS = {"by": "--by", "reason": "--reason", "time_reason": "--any-time"}


def _must_be_said(asked: Mapping[str, Any], *names: str) -> None:
    from expectations.written import has_personal_detail

    missing = [_OPTIONS[name] for name in names if not asked[name]]
    if missing:
        raise click.UsageError(f"{' and '.join(missing)} must be given: a decision says why, and who made it.")
    personal = [option for name, option in _OPTIONS.items() if asked.get(name) and has_personal_detail(asked[name])]
    if personal:
        raise click.UsageError(f"{' and '.join(personal)} would name a person: give a role, a reason without names.")


# --- laying out -------------------------------------------------------------------------------------------------------


@release.command(epilog="Example: dayops release publish")
@JSON
def publish(*, as_json: bool) -> None:
    """Lay out the files of the releases that are public by now, and take away those of withdrawn ones.

    The schedule does this at 9:30 on weekdays; running it again changes nothing. The warehouse needs nobody for it.
    """
    from assets.publish import publish_due

    house = desk.house()
    told = publish_due(desk.opened(house), house.settings())
    folder = house.settings().published_dir
    came, went = (", ".join(told[name]) or "nothing" for name in ("published", "withdrawn"))
    _tell({**told, "folder": str(folder), "said": f"In {folder}: {came} came, {went} went."}, as_json=as_json)


def _tell(told: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        click.echo(told["said"])
