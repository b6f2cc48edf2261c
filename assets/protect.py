"""*Protect*: national indicators become figures that may be shown: small numbers hidden, the rest rounded.

The rules of hiding are the warehouse's. What was hidden is counted here, never shown. The check looks again at all that
is shown; where it fails, nothing is released and the last release stands. Estimates for what did not come, where they
are asked for, are made of what may be shown and stand apart from it.
"""

import time
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import MONTHS, OWNERS
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.settings import Settings


def protect(engine: "sa.Engine", settings: "Settings", period: str) -> tuple[dict[str, int], int]:
    """Protect the month's figures; return how many have which status, and how many show a small number of people."""
    from expectations.months import first_day
    from warehouse import estimates, protection

    month = first_day(period)
    with engine.begin() as connection:
        protection.protect(connection, month, **_policy(settings))
        estimates.estimate(connection, month, **_estimating(settings))
        statuses = protection.statuses(connection, month)
        small = protection.small_numbers_shown(connection, month, settings.suppression_threshold)
    return statuses, len(small)


def _policy(settings: "Settings") -> dict[str, Any]:
    return {
        "threshold": settings.suppression_threshold,
        "base": settings.rounding_base,
        "floor_authority": settings.coverage_floor_authority,
        "floor_national": settings.coverage_floor_national,
    }


def _estimating(settings: "Settings") -> dict[str, Any]:
    return {
        "method": settings.imputation,
        "months": settings.imputation_months,
        "threshold": settings.suppression_threshold,
        "base": settings.rounding_base,
        "floor_authority": settings.coverage_floor_authority,
    }


@dg.asset(
    partitions_def=MONTHS,
    deps=["national_indicators"],
    group_name="protect",
    kinds={"sql", "postgres"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            "no_small_number_published",
            asset="protected_indicators",
            description="No figure that is shown tells of a number of people below the threshold.",
            blocking=True,
        )
    ],
)
def protected_indicators(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's figures as they may be shown: confidential and thinly covered ones blank, the rest rounded."""
    from warehouse.connection import connect

    began = time.perf_counter()
    statuses, small = protect(connect(house.warehouse_url()), house.settings(), context.partition_key)
    return dg.MaterializeResult(
        metadata={"figures": sum(statuses.values()), **statuses, "seconds": round(time.perf_counter() - began, 2)},
        check_results=[
            dg.AssetCheckResult(
                check_name="no_small_number_published",
                passed=small == 0,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"figures": small},
            )
        ],
    )
