"""*Indicate*: rows of the warehouse become the national indicators, before anything is hidden.

What an indicator means is declared in `expectations.indicators`, and measured by the SQL beside the warehouse. What may
be shown of it comes after this stage, so no figure stands in this one's metadata.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import EVERY_MONTH, MONTHS, OWNERS, month_check
from assets.shown import share_pct, table, table_metadata
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.settings import Settings
    from warehouse.indicators import Covered


def indicate(engine: "sa.Engine", settings: "Settings", period: str) -> tuple[int, list[str]]:
    """Measure the month, its quarter and its year, and bring the star up to it.

    Returns how many figures there are, and which indicators Wales has none of.
    """
    from expectations.months import first_day
    from warehouse import basis, dimensions, indicators

    month = first_day(period)
    with engine.begin() as connection:
        dimensions.refresh(connection, month)
        figures = indicators.indicate(connection, month, **settings.measuring)
        basis.note_measured(connection, month, settings.policy)
        missing = indicators.without_wales_figure(connection, month) if figures else []
    return figures, missing


def _covered(by_authority: "Sequence[Covered]") -> dict[str, Any]:
    """Return how many of the services that were expected returned: in all, and by authority, the fewest first."""
    kinds = {
        "authority": "string",
        "name": "string",
        "services_expected": "int",
        "services_returned": "int",
        "coverage_pct": "float",
    }
    rows = [(*one, share_pct(one.returned, one.expected)) for one in by_authority]
    expected, returned = sum(one.expected for one in by_authority), sum(one.returned for one in by_authority)
    return {
        "services_expected": expected,
        "services_returned": returned,
        "coverage_pct": share_pct(returned, expected),
        "coverage_by_authority": table(kinds, sorted(rows, key=lambda row: (row[-1], row[0]))),
    }


@dg.asset(
    pool="figures",
    partitions_def=MONTHS,
    deps=["loaded_returns"],
    group_name="indicate",
    kinds={"sql", "postgres"},
    owners=OWNERS,
    freshness_policy=EVERY_MONTH,
    check_specs=[
        month_check(
            "every_indicator_has_wales_figure",
            "national_indicators",
            "Every monthly indicator has a figure for Wales in the month.",
        )
    ],
)
@in_turn("figures")
def national_indicators(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """Numerator, denominator, value and coverage of every declared figure of the month, its quarter and its year."""
    from expectations.months import first_day
    from warehouse.connection import connect
    from warehouse.figures import indicator
    from warehouse.indicators import coverage

    began, engine, period = time.perf_counter(), connect(house.warehouse_url()), context.partition_key
    figures, missing = indicate(engine, house.settings(), period)
    with engine.begin() as connection:
        covered = coverage(connection, first_day(period))
    return dg.MaterializeResult(
        metadata={
            "figures": figures,
            **_covered(covered),
            **table_metadata(indicator, figures),
            "seconds": round(time.perf_counter() - began, 2),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="every_indicator_has_wales_figure",
                passed=not missing,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"missing": ", ".join(missing) or "none"},
            )
        ],
    )
