"""Estimates for what did not come: beside the national indicators, in a table of their own, and never among them.

They are made where a setting asks for them, for months, and of figures that may be shown alone. A quarter and a year
are not estimated, nor is any breakdown: of parts of a whole, what is hidden could be worked out.
"""

from datetime import date

from sqlalchemy import Connection, delete, select, text

from expectations.months import first_day, month_before
from warehouse.figures import estimated_indicator, indicator
from warehouse.indicators import query

ESTIMATED = (("DO01", "count"), ("DO02", "main"), ("DO03", "main"), ("DO04", "main"), ("DO05", "main"))
"""The indicators and measures that are estimated."""

NONE = "none"


def estimate(
    c: Connection,
    period: date,
    *,
    method: str = NONE,
    months: int = 3,
    threshold: int = 5,
    base: int = 5,
    floor_authority: float = 0.80,
) -> int:
    """Estimate the month `period` anew, and the months that carry it forward; return how many figures there are.

    Authorities below `floor_authority` are estimated by `method`: carry_forward takes what they had in their latest
    month that was covered, at most `months` back; ratio multiplies what they have by services expected over services
    returned. Regions and Wales are sums of authorities, so that a person of two counts twice.
    """
    indicators, measures = zip(*ESTIMATED, strict=True)
    policy = {
        "method": method,
        "months": months,
        "threshold": threshold,
        "base": base,
        "floor_authority": floor_authority,
    }
    listed = {"indicators": list(indicators), "measures": list(measures)}
    made = 0
    for month in _months(c, period, months):
        c.execute(delete(estimated_indicator).where(estimated_indicator.c.period_start == month))
        if method != NONE:
            made += c.execute(text(query("estimates")), {"month": month, **policy, **listed}).rowcount
    return made


def _months(c: Connection, period: date, months: int) -> list[date]:
    """Return the month, and those after it that have figures and may rest on it."""
    last = first_day(month_before(f"{period:%Y-%m}", -months))
    start = indicator.c.period_start
    there = select(start).distinct().where(indicator.c.period_kind == "month", start > period, start <= last)
    return [period, *c.scalars(there.order_by(start))]
