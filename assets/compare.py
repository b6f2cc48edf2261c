"""*Compare*: returns that stand are held against those of other months and other providers.

What is found here refuses nothing: it asks the provider. A return by itself is judged in `check`; this comes after
loading, when it is known which returns stand, and is done again for every month that a late return touches.
"""

import time
from typing import TYPE_CHECKING

import dagster as dg

from assets.periods import MONTHS, OWNERS
from assets.rule_checks import COMPARED, EXPECTED, results_of, specs_of
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pyarrow as pa
    import sqlalchemy as sa

    from expectations.comparisons import Unlike
    from expectations.contract import Compared, Contract
    from expectations.findings import Finding
    from resources.restricted import RestrictedStore

ASSET = "compared_returns"


def compare(engine: "sa.Engine", store: "RestrictedStore", period: str) -> "list[Finding]":
    """Hold the month's current returns against others, note what was found in the ledger, and return it."""
    from expectations.decisions import waived
    from expectations.rules import contract_for
    from warehouse import decisions, history, ledger

    contract = contract_for(period)
    with engine.begin() as connection:
        facts = history.compared_facts(connection, contract, period)
        files = {one.submission_id: one.sha256 for one in ledger.submissions(connection, period)}
        rules = decisions.waived_in_month(connection, period)
    found = differences(contract, facts, period, lambda submission_id: store.cells(files[submission_id]))
    findings = [waived(one, rules.get(one.submission_id, {})) for one in found]
    with engine.begin() as connection:
        ledger.record_comparison(connection, period, findings)
    return findings


def differences(
    contract: "Contract", facts: "Mapping[str, pa.Table]", period: str, cells: "Callable[[int], Path]"
) -> "list[Finding]":
    """Return the findings on the month's returns, held against others in `facts`; `cells` tells where theirs lie."""
    from expectations import comparisons

    unlike = comparisons.compare(contract, facts, period)
    asked = {one.submission_id for found in unlike.values() for one in found}
    columns = {submission_id: _columns(cells(submission_id)) for submission_id in asked}
    return [
        _finding(check, one, columns[one.submission_id])
        for check in contract.comparisons()
        for one in unlike[check.code]
    ]


def _finding(check: "Compared", unlike: "Unlike", columns: "Mapping[tuple[str, str], int]") -> "Finding":
    from expectations.findings import Finding, letters

    column = columns.get((check.sheet, check.column))
    return Finding(
        submission_id=unlike.submission_id,
        rule=check.rule,
        severity=check.severity,
        level="sheet" if unlike.row is None else "row",
        says=check.says,
        sheet=check.sheet,
        row=unlike.row,
        column=check.column if unlike.row is not None else None,
        cell=f"{letters(column)}{unlike.row}" if column and unlike.row else None,
        value=unlike.value,
        expected=unlike.expected,
        other=unlike.other,
    )


def _columns(path: "Path") -> dict[tuple[str, str], int]:
    """Return the number of each column in their file, by sheet and column."""
    from resources.restricted import read_sheets

    sheets = read_sheets(path) if path.exists() else {}
    return {
        (name, column): int(at) for name, sheet in sheets.items() for column, (at, _) in sheet.meta["headers"].items()
    }


@dg.asset(
    partitions_def=MONTHS,
    deps=["loaded_returns"],
    group_name="compare",
    kinds={"sql", "duckdb"},
    owners=OWNERS,
    check_specs=specs_of(COMPARED, ASSET),
)
@in_turn("month")
def compared_returns(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's returns held against the provider's own earlier ones, other providers' and the register."""
    from warehouse import ledger
    from warehouse.broken_rules import broken_rules, not_come
    from warehouse.connection import connect

    began, engine, period = time.perf_counter(), connect(house.warehouse_url()), context.partition_key
    found = compare(engine, house.restricted(), period)
    with engine.begin() as connection:
        late = ledger.overdue(connection, period, house.today())
        broken = [*broken_rules(connection, period), *not_come(EXPECTED, late)]
    return dg.MaterializeResult(
        metadata={
            "findings": len(found),
            "returns_overdue": len(late),
            "overdue_providers": dg.MetadataValue.json(late),
            "seconds": round(time.perf_counter() - began, 2),
        },
        check_results=results_of(COMPARED, broken, period, house.settings().code_url),
    )
