"""Disclosure control: what of the indicators may be shown, one step after another over the declared figures.

The one step so far is primary: small numbers of people are hidden where they stand. What could be worked out from
totals is not hidden yet; that step comes after this one and looks only at figures whose status is `shown`.
"""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Tuple, delete, func, select, text, tuple_

from warehouse.figures import protected_indicator
from warehouse.indicators import asked, periods_of, query


def protect(
    c: Connection,
    period: date,
    *,
    threshold: int = 5,
    base: int = 5,
    floor_authority: float = 0.80,
    floor_national: float = 0.60,
) -> int:
    """Protect the figures of the month `period`, its quarter and its year anew; return how many there are.

    Numbers of people from 1 to below `threshold` are hidden, and so are those that a share would give away; counts are
    rounded to a multiple of `base`; figures with less coverage than their level's floor are not available.
    """
    c.execute(delete(protected_indicator).where(_spans().in_(periods_of(period))))
    policy = {
        "threshold": threshold,
        "base": base,
        "floor_authority": floor_authority,
        "floor_national": floor_national,
    }
    return c.execute(text(query("primary")), {**asked(period), **policy}).rowcount


def statuses(c: Connection, period: date) -> dict[str, int]:
    """Return how many of the month's figures are shown, confidential and not available."""
    status, spans = protected_indicator.c.status, _spans()
    counted = select(status, func.count()).where(spans.in_(periods_of(period))).group_by(status).order_by(status)
    return {name: number for name, number in c.execute(counted)}


def small_numbers_shown(c: Connection, period: date, threshold: int = 5) -> list[tuple[Any, ...]]:
    """Return the keys of the month's figures that are shown although they tell of too few people: none may be."""
    found = c.execute(text(query("audit")), {**asked(period), "threshold": threshold})
    return [tuple(row) for row in found]


def _spans() -> Tuple:
    return tuple_(protected_indicator.c.period_kind, protected_indicator.c.period_start)
