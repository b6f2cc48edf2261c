"""The asset of *check*: the month's verdicts, and what Dagster is told of them."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import dagster as dg

from assets.check.month import check
from assets.periods import MONTHS, OWNERS
from assets.rule_checks import CHECKED, results_of, specs_of, standing_result, standing_spec
from assets.shown import share_pct, table
from assets.turns import in_turn
from expectations.rules import CONTRACT
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from warehouse.broken_rules import BrokenRule
    from warehouse.quarantine import Count

ASSET = "checked_returns"
_WORST = 10


@dg.asset(
    partitions_def=MONTHS,
    deps=["read_returns"],
    group_name="check",
    kinds={"python", "greatexpectations"},
    owners=OWNERS,
    check_specs=[*specs_of(CHECKED, ASSET), standing_spec(ASSET)],
)
@in_turn("month")
def checked_returns(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's returns held to every rule: sound rows, rows put aside with the rules they broke, and findings."""
    from warehouse.broken_rules import broken_rules, outcomes
    from warehouse.connection import connect

    began, engine, period = time.perf_counter(), connect(house.warehouse_url()), context.partition_key
    checked = check(engine, house.restricted(), period, house.today())
    with engine.begin() as connection:
        broken, aside = broken_rules(connection, period), _quarantine(connection, period)
        standing = standing_result(outcomes(connection, period))
    return dg.MaterializeResult(
        metadata={
            "submissions": checked.submissions,
            "judged_now": checked.judged,
            "rows_read": checked.rows_read,
            "rows_accepted": checked.rows_accepted,
            "rows_quarantined": checked.rows_quarantined,
            "rows_quarantined_pct": share_pct(checked.rows_quarantined, checked.rows_read),
            "dagster/partition_row_count": checked.rows_accepted,
            "findings": sum(one.findings for one in broken),
            "worst_rules": _worst(broken),
            **aside,
            "seconds": round(time.perf_counter() - began, 2),
        },
        check_results=[*results_of(CHECKED, broken, period, house.settings().code_url), standing],
    )


def _worst(broken: "Iterable[BrokenRule]") -> dg.TableMetadataValue:
    """Return the rules that were broken most often: counts alone, nothing of what stands in a cell."""
    sentences = {rule.id: rule.sentence for rule in CONTRACT.rules}
    worst = sorted(broken, key=lambda one: (-one.findings, one.rule))[:_WORST]
    counts = dict.fromkeys(("errors", "queries", "notes", "submissions"), "int")
    kinds = {"rule": "string", **counts, "rows_pct": "float", "sentence": "string"}
    return table(
        kinds,
        (
            (
                one.rule,
                one.errors,
                one.queries,
                one.notes,
                one.submissions,
                share_pct(one.rows, one.rows_read),
                sentences.get(one.rule, ""),
            )
            for one in worst
        ),
    )


def _quarantine(connection: "sa.Connection", period: str) -> dict[str, dg.TableMetadataValue | int]:
    """Return how many rows are in quarantine, by sheet and by rule: of the month, and of all months."""
    from warehouse import quarantine
    from warehouse.quarantine import Chosen

    ours, every = Chosen(period=period), Chosen()
    return {
        "quarantine_by_sheet": _sizes("sheet", quarantine.by_sheet(connection, ours)),
        "quarantine_by_rule": _sizes("rule", quarantine.by_rule(connection, ours)[:_WORST]),
        "rows_quarantined_all_months": quarantine.size(connection, every),
        "quarantine_by_sheet_all_months": _sizes("sheet", quarantine.by_sheet(connection, every)),
        "quarantine_by_rule_all_months": _sizes("rule", quarantine.by_rule(connection, every)[:_WORST]),
    }


def _sizes(name: str, counts: "Iterable[Count]") -> dg.TableMetadataValue:
    kinds = {name: "string", "rows": "int", "submissions": "int"}
    return table(kinds, ((one.name, one.rows, one.submissions) for one in counts))
