"""*Indicate*: rows of the warehouse become the national indicators, before anything is hidden.

What an indicator means is declared in `expectations.indicators`, and measured by the SQL beside the warehouse. What may
be shown of it comes after this stage, so no figure stands in this one's metadata.
"""

import time
from typing import TYPE_CHECKING

import dagster as dg

from assets.periods import EVERY_MONTH, MONTHS, OWNERS, month_check
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.settings import Settings


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
    from warehouse.connection import connect

    began = time.perf_counter()
    figures, missing = indicate(connect(house.warehouse_url()), house.settings(), context.partition_key)
    return dg.MaterializeResult(
        metadata={"figures": figures, "seconds": round(time.perf_counter() - began, 2)},
        check_results=[
            dg.AssetCheckResult(
                check_name="every_indicator_has_wales_figure",
                passed=not missing,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"missing": ", ".join(missing) or "none"},
            )
        ],
    )
