"""What each month's figures rest on, so that figures which rest on something else by now are known and made anew.

They rest on the returns of the month and of the year before it, the baseline's, the register, whether a later year has
begun, the policy on what may be shown, the contract, and the definitions of the indicators. What is found by holding
the month's returns against earlier ones rests on no more than that, and is found anew with them. How figures are made
does not belong here.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, text

from expectations.indicators import INDICATORS
from expectations.months import BASELINE, first_day
from expectations.rules import CONTRACT
from warehouse.connection import fingerprint
from warehouse.indicators import query

_MEASURED = text(f"""
    insert into mart_v1.figure_basis (period, basis, is_released)
    select period, basis, false from ({query("basis")}) as resting where period = :period
    on conflict (period) do update set basis = excluded.basis, is_released = false
""")  # noqa: S608 (our own query)

_STALE = text(f"""
    select resting.period, resting.basis
      from ({query("basis")}) as resting
      left join mart_v1.figure_basis made using (period)
     where made.basis is distinct from resting.basis or not made.is_released
     order by resting.period desc
""")  # noqa: S608 (our own query)


def note_measured(c: Connection, period: date, policy: Sequence[object]) -> None:
    """Note what the month's figures rest on, in the transaction that measures them."""
    c.execute(_MEASURED, {"period": period, **_given(policy)})


def note_released(c: Connection, period: date) -> None:
    """Note that the month's figures went all the way to the release."""
    c.execute(text("update mart_v1.figure_basis set is_released = true where period = :period"), {"period": period})


def stale_months(c: Connection, policy: Sequence[object]) -> dict[str, str]:
    """Return what they rest on now of the months whose figures rest on something else, or never reached a release."""
    return {f"{month:%Y-%m}": basis for month, basis in c.execute(_STALE, _given(policy))}


def _given(policy: Sequence[object]) -> dict[str, object]:
    decided = repr((tuple(policy), INDICATORS, CONTRACT.version, fingerprint()))
    return {
        "decided": hashlib.sha256(decided.encode()).hexdigest(),
        "baseline_ends": first_day(BASELINE[1]),
    }
