"""`dayops rules`: the rules that returns are held to, and the page of one of them."""

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from expectations.contract import Contract, Rule


@click.command(epilog="Example: dayops rules V12")
@click.argument("rule_id", metavar="[RULE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the rules with what is said, in both languages.")
def rules(rule_id: str | None, as_json: bool) -> None:
    """Show the rules, or the page of RULE: what it asks, what is said, and examples that break and keep it."""
    from expectations.rule_pages import rule_page
    from expectations.rules import CONTRACT

    chosen = [rule for rule in CONTRACT.rules if rule_id is None or rule.id == rule_id.upper()]
    if not chosen:
        known = ", ".join(rule.id for rule in CONTRACT.rules)
        raise click.BadParameter(f"{rule_id} is no rule; there are {known}", param_hint="RULE")
    if as_json:
        click.echo(json.dumps([_as_json(CONTRACT, rule) for rule in chosen], ensure_ascii=False))
    elif rule_id is not None:
        click.echo(rule_page(CONTRACT, chosen[0]))
    else:
        _show(chosen)


def _show(chosen: "list[Rule]") -> None:
    from rich.table import Table

    from dayops_pipeline.cli import screen

    table = Table("Rule", "Version", "Severity", "Looks at", "What is asked", header_style="bold")
    for rule in chosen:
        table.add_row(rule.id, str(rule.version), str(rule.severity), f"the {rule.scope}", rule.sentence)
    screen.console().print(table)


def _as_json(contract: "Contract", rule: "Rule") -> dict[str, Any]:
    from expectations.rule_pages import sayings_of, severity_of
    from expectations.wording import cy

    said = [
        {
            "says": says,
            "severity": str(severity_of(contract, rule.id, says)),
            "message": {"en": contract.sayings[says].message, "cy": cy(f"saying.{says}.message")},
            "mend": {"en": contract.sayings[says].mend, "cy": cy(f"saying.{says}.mend")},
        }
        for says in sayings_of(contract, rule.id)
    ]
    return {
        "rule": rule.id,
        "version": rule.version,
        "severity": str(rule.severity),
        "scope": rule.scope,
        "sentence": {"en": rule.sentence, "cy": cy(f"rule.{rule.id}")},
        "said": said,
    }
