"""*Check*: cells as submitted become accepted rows, rows put aside, and findings that say what to mend.

How a return is read, answered or loaded does not belong here. `judge` and `number` need neither Dagster nor a database.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from assets.check.judging import judge
from assets.check.month import Checked, check
from assets.check.numbering import Numbered, number
from assets.check.verdicts import Judged
from assets.periods import MONTHS, OWNERS
from assets.rule_checks import CHECKED, results_of, specs_of
from expectations.rules import CONTRACT
from resources.house import House

if TYPE_CHECKING:
    from warehouse.ledger import RuleCount

__all__ = ["Checked", "Judged", "Numbered", "check", "checked_returns", "judge", "number"]

ASSET = "checked_returns"
_WORST = 10


@dg.asset(
    partitions_def=MONTHS,
    deps=["read_returns"],
    group_name="check",
    kinds={"python", "greatexpectations"},
    owners=OWNERS,
    check_specs=specs_of(CHECKED, ASSET),
)
def checked_returns(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's returns held to every rule: sound rows, rows put aside with the rules they broke, and findings."""
    from warehouse import ledger
    from warehouse.connection import connect

    began, engine, period = time.perf_counter(), connect(house.warehouse_url()), context.partition_key
    today = datetime.now(ZoneInfo(house.settings().timezone)).date()
    checked = check(engine, house.restricted(), period, today)
    with engine.begin() as connection:
        counts = ledger.findings_by_rule(connection, period)
    return dg.MaterializeResult(
        metadata={
            "submissions": checked.submissions,
            "judged_now": checked.judged,
            "rows_read": checked.rows_read,
            "rows_accepted": checked.rows_accepted,
            "rows_quarantined": checked.rows_quarantined,
            "findings": sum(one.count for one in counts),
            "worst_rules": _worst(counts),
            "seconds": round(time.perf_counter() - began, 2),
        },
        check_results=results_of(CHECKED, counts),
    )


def _worst(counts: "Iterable[RuleCount]") -> dg.TableMetadataValue:
    """Return the rules that were broken most often: counts alone, nothing of what stands in a cell."""
    sentences = {rule.id: rule.sentence for rule in CONTRACT.rules}
    worst = sorted(counts, key=lambda one: (-one.count, one.rule))[:_WORST]
    kinds = {"rule": "string", "severity": "string", "findings": "int", "submissions": "int", "sentence": "string"}
    rows = [(one.rule, one.severity, one.count, one.submissions, sentences.get(one.rule, "")) for one in worst]
    return dg.TableMetadataValue(
        records=[dg.TableRecord(dict(zip(kinds, row, strict=True))) for row in rows],
        schema=dg.TableSchema(columns=[dg.TableColumn(name, kind) for name, kind in kinds.items()]),
    )
