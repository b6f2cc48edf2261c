"""The Dagster checks of the rules: one for each rule of the catalogue, on the asset that asks it, for each month."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from assets.periods import month_check
from expectations.contract import Rule
from expectations.rules import CONTRACT

if TYPE_CHECKING:
    from warehouse.ledger import RuleCount

EXPECTED = "V30"
"""The rule about returns that have not come: it is about no submission."""

COMPARED = tuple(rule for rule in CONTRACT.rules if rule.id == EXPECTED or rule.id in CONTRACT.rules_between)
"""The rules that hold returns against others, or ask for those that have not come."""

CHECKED = tuple(rule for rule in CONTRACT.rules if rule not in COMPARED)
"""The rules that a return is held to by itself; what the reader refused is counted with them."""


def specs_of(rules: Sequence[Rule], asset: str) -> list[dg.AssetCheckSpec]:
    """Return the check of each rule on `asset`."""
    return [month_check(rule.id, asset, rule.sentence) for rule in rules]


def results_of(rules: Sequence[Rule], counts: "Iterable[RuleCount]") -> list[dg.AssetCheckResult]:
    """Return one result a rule: it passes where nothing was found, and no rule stops the nation."""
    findings, submissions = Counter[str](), Counter[str]()
    for one in counts:
        findings[one.rule] += one.count
        submissions[one.rule] = max(submissions[one.rule], one.submissions)
    return [
        dg.AssetCheckResult(
            check_name=rule.id,
            passed=not findings[rule.id],
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"findings": findings[rule.id], "submissions": submissions[rule.id]},
        )
        for rule in rules
    ]
