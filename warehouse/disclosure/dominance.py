"""Dominance: which sums of money over providers tell too much of one of them, and what protection they need.

The rules are those of Hundepool and others, *Statistical Disclosure Control* (2012), chapter 4, with the defaults that
are usual in the United Kingdom's official statistics. How to protect a sensitive amount does not belong here.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

LEAST_PROTECTION = 1.0
"""By how much, in pounds, a sensitive amount must be uncertain at least."""


class Protection(NamedTuple):
    """Whether an amount is sensitive, and then how low and how high, at least, a reader must think it possible."""

    is_sensitive: bool
    needed_low: float | None = None
    needed_high: float | None = None


def dominance(
    contributions: Sequence[float], *, n: int = 2, k: float = 90.0, p: float = 10.0, fewest: int = 3
) -> Protection:
    """Return whether the sum of these contributions of providers is sensitive, and the interval that it needs.

    It is sensitive by the (n, k) rule, by the p% rule, or where fewer than `fewest` contribute something. The interval
    lies evenly about the sum, and is that of the stricter rule. ValueError for a negative contribution or a rule that
    says nothing.
    """
    if n < 1 or not 0 < k <= 100 or p <= 0:
        raise ValueError("the rules want n of 1 or more, k of more than 0 up to 100, and p of more than 0")
    if not all(math.isfinite(amount) and amount >= 0 for amount in contributions):
        raise ValueError("a contribution is negative or no number")
    amounts = sorted((amount for amount in contributions if amount > 0), reverse=True)
    lack = max(nk_lack(amounts, n, k), p_lack(amounts, p))
    if lack <= 0 and len(amounts) >= fewest:
        return Protection(is_sensitive=False)
    total, needed = math.fsum(amounts), max(lack, LEAST_PROTECTION)
    return Protection(True, max(total - needed, 0.0), total + needed)


def nk_lack(amounts: Sequence[float], n: int, k: float) -> float:
    """Return by how much a sum falls short of the (n, k) rule: its `n` largest contributions are at most `k` % of it.

    That is 100/k (x1 + ... + xn) - X for amounts in falling order, which is what must be added for the rule to hold.
    """
    return 100.0 / k * math.fsum(amounts[:n]) - math.fsum(amounts)


def p_lack(amounts: Sequence[float], p: float) -> float:
    """Return by how much a sum falls short of the p% rule: the second largest cannot tell the largest to within `p` %.

    He takes his own from the sum, so what the others contribute, X - x1 - x2, must be at least p/100 x1.
    """
    largest = amounts[0] if amounts else 0.0
    return p / 100.0 * largest - math.fsum(amounts[2:])
