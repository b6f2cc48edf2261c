"""The Dagster checks of the rules: one for each rule of the catalogue, on the asset that asks it, for each month.

A check warns and stops nothing: what a rule refuses is put aside by row or by return, and its provider is answered.
Errors are kept for what operators must see to. Shown are counts, codes and places, never what stands in a return.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import month_check
from assets.shown import share_pct, table
from expectations.contract import Rule
from expectations.rules import CONTRACT

if TYPE_CHECKING:
    from warehouse.broken_rules import BrokenRule, Outcome

EXPECTED = "V30"
"""The rule about returns that have not come: it is about no submission."""

COMPARED = tuple(rule for rule in CONTRACT.rules if rule.id == EXPECTED or rule.id in CONTRACT.rules_between)
"""The rules that hold returns against others, or ask for those that have not come."""

CHECKED = tuple(rule for rule in CONTRACT.rules if rule not in COMPARED)
"""The rules that a return is held to by itself; what the reader refused is counted with them."""

STAND = "returns_stand"
"""The check of what became of whole submissions."""

_MANY_REFUSED, _ENOUGH = 0.5, 10
"""The share of a month's submissions that, refused, tells of a fault of ours and not of theirs; and of how many."""

_ABOUT_STANDING = (
    "Every submission of the month is used. It warns where some are refused, which holds up nobody else; it is an error"
    " where most of ten or more are, since then the source or a rule has gone wrong rather than a provider."
)


def specs_of(rules: Sequence[Rule], asset: str) -> list[dg.AssetCheckSpec]:
    """Return the check of each rule on `asset`."""
    return [month_check(rule.id, asset, f"{rule.sentence} Worst it does: {_DOES[rule.severity]}.") for rule in rules]


def standing_spec(asset: str) -> dg.AssetCheckSpec:
    """Return the check of what became of whole submissions, on `asset`."""
    return month_check(STAND, asset, _ABOUT_STANDING)


_DOES = {"error": "refuses a row or a return", "query": "asks the provider", "note": "is only noted"}


def results_of(
    rules: Sequence[Rule], broken: "Iterable[BrokenRule]", period: str, code_url: str | None = None
) -> list[dg.AssetCheckResult]:
    """Return one result a rule: it passes where nothing was found but notes, which ask nobody for anything."""
    by_rule = {one.rule: one for one in broken}
    return [_result(rule, by_rule.get(rule.id), period, code_url) for rule in rules]


def _result(rule: Rule, broken: "BrokenRule | None", period: str, code_url: str | None) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=rule.id,
        passed=broken is None or broken.errors + broken.queries == 0,
        severity=dg.AssetCheckSeverity.WARN,
        description=None if broken is None else _in_words(broken),
        metadata={
            "findings": 0 if broken is None else broken.findings,
            "submissions": 0 if broken is None else broken.submissions,
            "rows_pct": 0.0 if broken is None else share_pct(broken.rows, broken.rows_read),
            **({} if broken is None else _further(rule, broken, period)),
            "rule_page": _page(rule.id, code_url),
        },
    )


def _in_words(broken: "BrokenRule") -> str:
    counts = {"refuse a row or a return": broken.errors, "ask the provider": broken.queries, "are noted": broken.notes}
    what = ", ".join(f"{count:,} {does}" for does, count in counts.items() if count)
    return f"{broken.findings:,} findings in {broken.submissions:,} submissions: {what}."


def _further(rule: Rule, broken: "BrokenRule", period: str) -> dict[str, Any]:
    kinds = {
        "provider": "string",
        "submission": "string",
        "sheet": "string",
        "row": "int",
        "column": "string",
        "says": "string",
        "severity": "string",
    }
    rows = (
        (one.provider_id, one.reference, one.sheet, one.row, one.column, one.says, one.severity)
        for one in broken.examples
    )
    asked = [f"dayops findings --period {period}"]
    asked += [f"dayops quarantine --period {period} --rule {rule.id}"] if broken.errors else []
    return {
        "errors": broken.errors,
        "queries": broken.queries,
        "notes": broken.notes,
        "rows": broken.rows,
        "returns_refused": broken.returns,
        "examples": table(kinds, rows),
        "see_all": dg.MetadataValue.md("\n".join(f"    {command}" for command in asked)),
    }


def _page(rule_id: str, code_url: str | None) -> dg.MetadataValue:
    page = f"docs/contract/rules/{rule_id}.md"
    return dg.MetadataValue.url(f"{code_url.rstrip('/')}/{page}") if code_url else dg.MetadataValue.path(page)


def standing_result(outcomes: "Iterable[Outcome]") -> dg.AssetCheckResult:
    """Return what became of the month's submissions: counts, and the refused ones with the rules that refuse them."""
    every = list(outcomes)
    states, refused = Counter(one.state for one in every), [one for one in every if one.state == "refused"]
    is_ours = len(every) >= _ENOUGH and len(refused) > _MANY_REFUSED * len(every)
    kinds = {"provider": "string", "submission": "string", "number": "int", "rules": "string"}
    rows = ((one.provider_id, one.reference, one.submission_no, ", ".join(one.rules)) for one in refused)
    stand = {one.provider_id for one in every if one.state != "refused"}
    return dg.AssetCheckResult(
        check_name=STAND,
        passed=not refused,
        severity=dg.AssetCheckSeverity.ERROR if is_ours else dg.AssetCheckSeverity.WARN,
        metadata={
            "accepted": states["accepted"],
            "queried": states["queried"],
            "refused": len(refused),
            "providers_with_none": len({one.provider_id for one in refused} - stand),
            "refused_submissions": table(kinds, rows),
        },
    )
