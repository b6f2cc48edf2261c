"""Turns at writing: a stage waits while another run writes its month, or makes figures, and tries again when cut off.

How the locks are kept is the warehouse's. A data fault is never tried again: it would be the same.
"""

import functools
from collections.abc import Callable
from typing import Any

import dagster as dg

from resources.house import House

_TRIES, _PAUSE_SECONDS = 2, 30

Stage = Callable[[dg.AssetExecutionContext, House], dg.MaterializeResult]


def in_turn(what: str) -> Callable[[Stage], Stage]:
    """Have a stage hold its month (`what` is "month") or the figures of all months ("figures") for its length."""

    def taking_turns(stage: Stage) -> Stage:
        @functools.wraps(stage)
        def turn(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
            from sqlalchemy.exc import DBAPIError

            from warehouse import locks
            from warehouse.connection import connect

            lock = locks.of_month(context.partition_key) if what == "month" else locks.FIGURES
            try:
                with locks.writing(connect(house.warehouse_url()), lock, house.settings().lock_wait_seconds):
                    return stage(context, house)
            except DBAPIError as error:
                if not is_cut_off(error):
                    raise
                raise dg.RetryRequested(max_retries=_TRIES, seconds_to_wait=_PAUSE_SECONDS) from error

        return turn

    return taking_turns


def is_cut_off(error: Any) -> bool:
    """Tell whether the connection was lost or refused, which may be over soon, rather than a statement being wrong."""
    state = getattr(error.orig, "sqlstate", None)
    is_new = state is None and type(error.orig).__name__ == "OperationalError"
    return bool(error.connection_invalidated) or is_new or (state or "")[:2] in ("08", "57")
