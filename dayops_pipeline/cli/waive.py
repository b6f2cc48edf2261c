"""`dayops waive`: a rule that does not refuse for a while, granted, listed or revoked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from dayops_pipeline.cli import desk, screen
from dayops_pipeline.cli.arguments import JSON, month, print_json, provider, rule

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.decisions import Waiver
    from resources.house import House

_EXAMPLE = (
    'Example: dayops waive V12 --from 2026-08 --to 2026-10 --provider DOP00001 --reason "hall shared since the flood"'
    ' --by "Head of collection" --expires 2026-12-31'
)


@click.command(epilog=_EXAMPLE)
@click.argument("rule_id", metavar="[RULE]", required=False, callback=rule)
@click.option("--from", "period_from", callback=month, help="First month that it is about, YYYY-MM.")
@click.option("--to", "period_to", callback=month, help="Last month that it is about, YYYY-MM.")
@click.option("--provider", "provider_id", callback=provider, help="One provider; without it, all of them.")
@click.option("--reason", help="Why: published with the figures, so it names no person.")
@click.option("--by", "decided_by", help="The role of who decides it.")
@click.option("--expires", "expires_on", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it holds.")
@click.option("--list", "is_list", is_flag=True, help="List all waivers instead.")
@click.option("--revoke", metavar="ID", help="Revoke a waiver instead; --reason and --by say why and who.")
@click.option("--now", "is_now", is_flag=True, help="Judge the months that it changes at once, as the night would.")
@JSON
@click.pass_context
def waive(context: click.Context, /, *, is_now: bool, as_json: bool, **asked: Any) -> None:
    """Grant a waiver of RULE: what breaks it is loaded, and told to the provider as a note, until the waiver expires.

    Only rules that look between cells, rows, sheets or returns (V09 and up) may be waived: what breaks the others
    cannot be stored. Submissions that it covers are judged again by the next night, and again when it ends.
    """
    house = desk.house()
    chosen = [name for name in ("rule_id", "is_list", "revoke") if asked[name]]
    if len(chosen) != 1:
        raise click.UsageError("Name a RULE to waive, or --list, or --revoke ID.")
    if asked["is_list"]:
        _list(desk.opened(house), house.today(), as_json=as_json)
        return
    told = _revoked(house, asked) if asked["revoke"] else _granted(house, asked)
    if as_json:
        print_json(told)
    else:
        click.echo(told["said"])
    if is_now:
        context.exit(_at_once(house, as_json=as_json))


def _at_once(house: "House", *, as_json: bool) -> int:
    """Run the months in which the waivers in force have changed; return the exit code."""
    from warehouse import ledger

    with desk.opened(house).begin() as connection:
        due = ledger.due_months(connection, house.today())
    done = desk.run_months(desk.progress_console(as_json=as_json), house, due)
    return 0 if all(one.succeeded for one in done) else 1


# --- granting ---------------------------------------------------------------------------------------------------------


def _granted(house: "House", asked: Mapping[str, Any]) -> dict[str, Any]:
    from assets.decisions import decide
    from expectations.decisions import named

    waiver = named(_asked_for(house, asked))
    engine = desk.opened(house)
    known = _same(engine, waiver, house.today())
    if known is not None:
        return {**_told(known), "is_new": False, "said": f"That is granted already, as {known.decision_id}."}
    decide(engine, desk.archive(house), waiver)
    said = f"{waiver.decision_id} is granted: {_follows(engine, waiver)}"
    return {**_told(waiver), "is_new": True, "said": said}


def _asked_for(house: "House", asked: Mapping[str, Any]) -> "Waiver":
    from expectations.decisions import Waiver

    _must_be_said(asked, "period_from", "period_to", "reason", "decided_by", "expires_on")
    _must_be_waivable(asked["rule_id"])
    expires_on = asked["expires_on"].date()
    if asked["period_to"] < asked["period_from"]:
        raise click.UsageError(f"--to {asked['period_to']} is before --from {asked['period_from']}.")
    if expires_on < house.today():
        raise click.UsageError(f"--expires {expires_on} is past: name the last day on which it is to hold.")
    same = {name: asked[name] for name in ("rule_id", "provider_id", "period_from", "period_to")}
    why = {name: asked[name] for name in ("reason", "decided_by")}
    return Waiver(decision_id="", **same, **why, expires_on=expires_on, decided_at=datetime.now(UTC))


_OPTIONS = {
    "period_from": "--from",
    "period_to": "--to",
    "reason": "--reason",
    "decided_by": "--by",
    "expires_on": "--expires",
}


def _must_be_said(asked: Mapping[str, Any], *names: str) -> None:
    from expectations.written import has_personal_detail

    missing = [_OPTIONS[name] for name in names if not asked[name]]
    if missing:
        raise click.UsageError(f"{', '.join(missing)} must be given: a decision says what, why, who and until when.")
    personal = [_OPTIONS[name] for name in ("reason", "decided_by") if has_personal_detail(asked[name])]
    if personal:
        raise click.UsageError(f"{' and '.join(personal)} would name a person: give a role, a reason without names.")


def _must_be_waivable(rule_id: str) -> None:
    from expectations.contract import Severity
    from expectations.decisions import FIRST_WAIVABLE, may_be_waived
    from expectations.rules import CONTRACT

    rule = CONTRACT.rule(rule_id)
    if rule.severity is Severity.NOTE:
        raise click.ClickException(f"{rule_id} only records: it asks nothing of a provider, so nothing can be waived.")
    if not may_be_waived(CONTRACT, rule_id):
        raise click.ClickException(
            f"{rule_id} cannot be waived: {rule.sentence} What breaks it has no meaning that the warehouse could hold."
            f" Rules from {FIRST_WAIVABLE} up may be waived; for {rule_id} the return has to be mended, or the rule."
        )


def _same(engine: "sa.Engine", waiver: "Waiver", today: date) -> "Waiver | None":
    from warehouse import decisions

    with engine.begin() as connection:
        in_force = decisions.waivers_in_force(connection, waiver.period_from, today)
    return next((one for one in in_force if one.same_as(waiver)), None)


def _follows(engine: "sa.Engine", waiver: "Waiver") -> str:
    from warehouse import decisions

    with engine.begin() as connection:
        covered = decisions.covered_by(connection, waiver)
    return f"{covered} submissions are judged again by the next night (dayops nightly, or --now)."


def _told(waiver: "Waiver") -> dict[str, Any]:
    from expectations.decisions import entry_of

    entry = entry_of(waiver)
    return {"waiver_id": entry.pop("decision_id"), **{name: value for name, value in entry.items() if name != "kind"}}


# --- revoking and listing ---------------------------------------------------------------------------------------------


def _revoked(house: "House", asked: Mapping[str, Any]) -> dict[str, Any]:
    from assets.decisions import decide
    from expectations.decisions import Ended, named
    from warehouse import decisions

    _must_be_said(asked, "reason", "decided_by")
    engine, waiver_id = desk.opened(house), asked["revoke"]
    with engine.begin() as connection:
        waiver, states = decisions.waiver(connection, waiver_id), decisions.all_waivers(connection, house.today())
    state = next((one["state"] for one in states if one["waiver_id"] == waiver_id), None)
    if waiver is None or state is None:
        raise click.ClickException(f"There is no waiver {waiver_id}: dayops waive --list names them all.")
    if state == "revoked":
        return {**_told(waiver), "is_new": False, "said": f"{waiver_id} is revoked already."}
    decide(
        engine,
        desk.archive(house),
        named(Ended("", waiver_id, asked["reason"], asked["decided_by"], datetime.now(UTC))),
    )
    return {**_told(waiver), "is_new": True, "said": f"{waiver_id} is revoked: {_follows(engine, waiver)}"}


def _list(engine: "sa.Engine", today: date, *, as_json: bool) -> None:
    from warehouse import decisions

    with engine.begin() as connection:
        rows = decisions.all_waivers(connection, today)
    if as_json:
        print_json(rows)
    elif rows:
        screen.console().print(screen.waiver_table(rows))
    else:
        click.echo("No waiver has been granted.")
