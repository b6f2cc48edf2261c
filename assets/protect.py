"""*Protect*: national indicators become figures that may be shown: small numbers hidden, the rest rounded.

The rules of hiding are the warehouse's. What was hidden is counted here, never shown. The checks look again at all that
is shown, and attack it; where one fails, nothing is released and the last release stands. Estimates for what did not
come, where they are asked for, are made of what may be shown and stand apart from it.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import dagster as dg

from assets.periods import MONTHS, OWNERS, month_check
from assets.shown import share_pct, table_metadata
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.settings import Settings
    from warehouse.disclosure.apart import J, V


class Protected(NamedTuple):
    """What protection came to: figures by status, small numbers that are shown, and what the attack on it found."""

    statuses: dict[str, int]
    small: int
    audit: dict[str, Any]


def protect(engine: "sa.Engine", settings: "Settings", period: str) -> Protected:
    """Protect the month's figures, look again at what is shown, and attack it."""
    from expectations.months import first_day
    from warehouse import estimates, protection

    month, each = first_day(period), partial(_each, settings)
    with engine.begin() as connection:
        protection.protect(connection, month, each=each, **_policy(settings))
        estimates.estimate(connection, month, **_estimating(settings))
        return Protected(
            protection.statuses(connection, month),
            len(protection.small_numbers_shown(connection, month, settings.suppression_threshold)),
            protection.audit(connection, month, protection.sensitive(**settings.sensitivity), each),
        )


_MANY = 200_000
"""The weight of all jobs together, below which starting a process takes longer than it saves."""


def _each(settings: "Settings", function: "Callable[[J], V]", jobs: "Sequence[J]") -> "Iterable[V]":
    """Go through the jobs, several at a time in processes of their own where there is much to do.

    Raises:
        SolverError: A process was lost.
    """
    from resources.reading import Died, Limits, run_in_children
    from warehouse.disclosure.programs import SolverError

    if sum(job.weight for job in jobs) < _MANY:
        yield from map(function, jobs)
        return
    roomy = Limits(memory_bytes=_ROOM_BYTES, cpu_seconds=_PATIENCE_SECONDS, wall_seconds=_PATIENCE_SECONDS)
    for _, outcome in run_in_children(function, jobs, roomy, settings.read_workers):
        if isinstance(outcome, Died):
            raise SolverError(f"a part of the tables could not be protected or attacked: {outcome.detail}")
        yield outcome.value


_ROOM_BYTES, _PATIENCE_SECONDS = 8_000_000_000, 3600


def _policy(settings: "Settings") -> dict[str, Any]:
    return {
        "base": settings.rounding_base,
        "floor_authority": settings.coverage_floor_authority,
        "floor_national": settings.coverage_floor_national,
        **settings.sensitivity,
    }


def _check(name: str, description: str) -> dg.AssetCheckSpec:
    return month_check(name, "protected_indicators", description, blocking=True)


def _estimating(settings: "Settings") -> dict[str, Any]:
    return {
        "method": settings.imputation,
        "months": settings.imputation_months,
        "threshold": settings.suppression_threshold,
        "base": settings.rounding_base,
        "floor_authority": settings.coverage_floor_authority,
    }


@dg.asset(
    pool="figures",
    partitions_def=MONTHS,
    deps=["national_indicators"],
    group_name="protect",
    kinds={"sql", "postgres"},
    owners=OWNERS,
    check_specs=[
        _check("no_small_number_published", "No figure that is shown tells of a number of people below the threshold."),
        _check(
            "no_hidden_number_worked_out",
            "Nothing that is hidden can be worked out, or be known to be small, from what is shown and was published.",
        ),
    ],
)
@in_turn("figures")
def protected_indicators(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The month's figures as they may be shown: confidential and thinly covered ones blank, the rest rounded."""
    from warehouse.connection import connect
    from warehouse.figures import indicator, protected_indicator

    began = time.perf_counter()
    done = protect(connect(house.warehouse_url()), house.settings(), context.partition_key)
    figures = {"figures": sum(done.statuses.values()), **done.statuses}
    return dg.MaterializeResult(
        metadata={
            **figures,
            "shown_pct": share_pct(done.statuses.get("shown", 0), figures["figures"]),
            **table_metadata(protected_indicator, figures["figures"], [("national_indicators", indicator)]),
            "seconds": round(time.perf_counter() - began, 2),
        },
        check_results=[
            _result("no_small_number_published", done.small, {}),
            _result("no_hidden_number_worked_out", done.audit["found"], {"cells": ", ".join(done.audit["cells"])}),
        ],
    )


def _result(name: str, figures: int, metadata: dict[str, str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        passed=figures == 0,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"figures": figures, **metadata},
    )
