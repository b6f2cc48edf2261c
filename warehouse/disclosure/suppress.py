"""Suppression: which figures to hide so that no sensitive cell can be worked out, losing as little as may be.

First every figure that tells a sensitive cell (primary). Then, cell by cell, the cheapest change of other cells that
keeps all sums and moves the cell as far as it needs (a flow of least cost); the figures that tell what moves are hidden
too (secondary), also against a provider who knows its own values. At last whatever need not be hidden is shown again.
What a reader could work out is judged elsewhere, by `attack`, and is asked at the end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from warehouse.disclosure.apart import Each
from warehouse.disclosure.attack import attack
from warehouse.disclosure.network import Change, Mask, Network, Routes, fixed, networks
from warehouse.disclosure.programs import TOLERANCE, Floats, SolverError
from warehouse.disclosure.tables import Demand, LinkedTables, named

TRIALS = 3
"""How often, at most, the cells are protected in another order and at other costs; what hides least is taken."""
EFFORT = 8_000
"""Needs times cells of a network, over all trials together, after which no further trial or exchange is made."""
NOISE = 0.5
"""By how much, as a part of it, the weight of a figure is changed by chance in the trials that are by chance."""


class Support(NamedTuple):
    """Cells that move in a change which meets a demand: against everybody and all who know none of them, or `only` one.

    The latter is for an insider who can tell more than the demand allows by his own books alone: it keeps him to that.
    """

    moving: Mask
    only: str | None = None


_MOST_NAMED = 5

Supports = tuple[Support, ...]


class UnprotectableError(Exception):
    """Cells that no choice of figures can protect, because of what is already published or known.

    `cells` are their keys. The message names them and tells no value.
    """

    def __init__(self, cells: Iterable[tuple[str, ...]]) -> None:
        self.cells = tuple(sorted(set(cells)))
        first = "; ".join(map(named, self.cells[:_MOST_NAMED]))
        super().__init__(
            f"Nothing may be published: these cells ({len(self.cells)}) cannot be protected, because of figures that "
            f"are already published or known: {first}"
        )


class Part(NamedTuple):
    """What can be protected by itself: a network, and the units of the whole tables that are hidden in any case."""

    network: Network
    primary: frozenset[int]

    @property
    def weight(self) -> int:
        """Return how much there is to do."""
        return len(self.network.demands) * len(self.network.cells)


def suppress(tables: LinkedTables, *, is_audited: bool = True, each: Each = map) -> frozenset[int]:
    """Return the units to hide, primary ones included; UnprotectableError where hiding is not enough.

    At the end it is attacked, unless the caller does that: then it `is_audited` no more than once. `each` goes through
    the parts that can be protected by themselves.
    """
    if not any(cell.is_sensitive for cell in tables.cells):
        return frozenset()
    ordered, _, units = tables.in_order()
    primary = ordered.primary
    is_fixed = fixed(ordered)
    lost = [demand.cell for demand in ordered.demands if is_fixed[demand.cell]]
    hidden = set(primary)
    # Without units, nothing of a network is published. The largest come first, so that none is waited for at last.
    parts = [Part(network, primary) for network in networks(ordered) if len(network.units)]
    parts.sort(key=lambda part: -part.weight)
    for found, failed in each(protected, parts):
        hidden |= found
        lost += failed
    if lost:
        raise UnprotectableError(ordered.cells[cell].key for cell in lost)
    chosen = frozenset(units[place] for place in hidden)
    return _audited(tables, chosen) if is_audited else chosen


def _audited(tables: LinkedTables, hidden: frozenset[int]) -> frozenset[int]:
    exposed = attack(tables, hidden)
    if exposed:
        raise UnprotectableError(exposure.key for exposure in exposed)
    return hidden


def protected(part: Part) -> tuple[set[int], list[int]]:
    """Return the units of a part to hide, and the cells that cannot be protected, as places in the whole tables.

    It rests on nothing beside the part.
    """
    network, primary = part
    own = np.array([not primary.isdisjoint(together) for together in network.units])
    mask, failed = _best(network, own)
    hidden = {int(unit) for at in np.flatnonzero(mask) for unit in network.units[at]}
    return hidden, [int(network.cells[demand.cell]) for demand in failed]


def _best(network: Network, primary: Mask) -> tuple[Mask, list[Demand]]:
    """Return the units to hide in the best of several trials, or the demands that cannot be met."""
    trials: list[_Trial] = []
    for order, costs in _plans(network):
        trial = _Trial(network, primary, costs, primary.copy())
        failed = trial.protect(order)
        if failed:
            return primary, failed
        trials.append(trial)
    return min(trials, key=_Trial.rank).exchanged(_times(network)).hidden, []


def _times(network: Network) -> int:
    """Return how often the network may be gone through, by its size."""
    return EFFORT // (len(network.demands) * len(network.cells))


def _plans(network: Network) -> Iterator[tuple[list[Demand], Floats]]:
    """Yield orders of demands, and costs of units: the greatest need first, the least first, then by chance."""
    by_need = sorted(network.demands, key=lambda demand: (-demand.need, demand.cell, demand.sign))
    trials = min(TRIALS, _times(network))
    yield by_need, network.weights
    if trials > 1:
        yield by_need[::-1], network.weights
    chance = np.random.default_rng(0)
    for _ in range(trials - 2):
        shuffled = [by_need[place] for place in chance.permutation(len(by_need))]
        yield shuffled, network.weights * chance.uniform(1 - NOISE, 1 + NOISE, len(network.weights))


@dataclass
class _Trial:
    """One attempt at a network: what is `hidden` so far, and how each demand is met by what is."""

    network: Network
    primary: Mask
    costs: Floats
    hidden: Mask
    met: dict[Demand, Supports] = field(default_factory=dict)

    def protect(self, order: Sequence[Demand]) -> list[Demand]:
        """Hide units until all demands are met, with few of them; return the demands that cannot be met."""
        failed = self._hide(order)
        if not failed:
            if not self.network.is_large:
                self._take_fewer(order[::-1])
            self._show_again()
        return failed

    def rank(self) -> tuple[float, tuple[int, ...]]:
        """What is lost, and, where that is the same, what comes first in the order of units."""
        return round(float(self.network.weights[self.hidden].sum()), 9), tuple(np.flatnonzero(self.hidden))

    def exchanged(self, times: int) -> "_Trial":
        """Return the trial with so many secondary units, one by one, replaced by others, wherever less is lost then."""
        everywhere = np.ones(len(self.network.cells), dtype=bool)
        routes = Routes(self.network, everywhere, ~self.primary)
        best = self
        secondary = np.flatnonzero(self.hidden & ~self.primary)
        for unit in sorted(secondary, key=lambda unit: (-self.network.weights[unit], unit))[:times]:
            other = best._without(routes, int(unit)) if best.hidden[unit] else None
            best = best if other is None else min(best, other, key=_Trial.rank)
        return best

    def _without(self, routes: Routes, unit: int) -> "_Trial | None":
        hidden, told = self.hidden.copy(), np.zeros(len(self.network.cells), dtype=bool)
        hidden[unit], told[self.network.parts[unit]] = False, True
        way = _Way(self.network, routes, self.network.weights, hidden, told)
        met = way.meet_again(self.met, told)
        if met is None:
            return None
        other = _Trial(self.network, self.primary, self.network.weights, way.paid, self.met | met)
        other._show_again()
        return other

    def _hide(self, order: Sequence[Demand]) -> list[Demand]:
        way = self._way(np.ones(len(self.network.cells), dtype=bool), ~self.primary)
        failed = [demand for demand in order if not self._is_met(way, demand)]
        self.hidden = way.paid
        return failed

    def _is_met(self, way: "_Way", demand: Demand) -> bool:
        supports = way.meet(demand)
        if supports is not None:
            self.met[demand] = supports
        return supports is not None

    def _way(self, open_cells: Mask, priced: Mask) -> "_Way":
        """Return a way among `open_cells` for which nothing but primary units is paid yet."""
        routes = Routes(self.network, open_cells, priced)
        return _Way(self.network, routes, self.costs, self.primary.copy(), ~open_cells)

    def _take_fewer(self, order: Sequence[Demand]) -> None:
        """Meet all demands again by hidden units alone, as though each secondary one had to be paid for anew."""
        way = self._way(self.network.unknown(self.hidden), self.hidden & ~self.primary)
        if not all([self._is_met(way, demand) for demand in order]):
            raise SolverError("what was hidden for a cell does not serve it any more")
        self.hidden = way.paid

    def _show_again(self) -> None:
        """Show each secondary unit without which all demands can still be met, the most informative first."""
        nothing = np.zeros(len(self.network.units), dtype=bool)
        routes = Routes(self.network, self.network.unknown(self.hidden), nothing, is_near=True)
        secondary = np.flatnonzero(self.hidden & ~self.primary)
        for unit in sorted(secondary, key=lambda unit: (-self.network.weights[unit], unit)):
            shown = self.hidden.copy()
            shown[unit] = False
            way = _Way(self.network, routes, self.costs, shown.copy(), ~self.network.unknown(shown))
            met = way.meet_again(self.met, way.blocked)
            if met is not None:
                self.hidden, self.met = shown, self.met | met


@dataclass
class _Way:
    """Demands met one after another by the cheapest changes; units that are `paid` for cost nothing any more."""

    network: Network
    routes: Routes
    costs: Floats
    paid: Mask
    blocked: Mask
    changes: list[Change] = field(default_factory=list)

    def meet(self, demand: Demand, kept: Supports = ()) -> Supports | None:
        """Return supports that meet the demand against everybody and each insider; None where none can be had."""
        supports = list(kept)
        at_risk = self._at_risk(demand, supports)
        while at_risk is None or at_risk:
            support = self._support(demand, min(at_risk) if at_risk else None)
            if support is None:
                return None
            supports.append(support)
            at_risk = self._at_risk(demand, supports)
        return tuple(supports)

    def meet_again(self, met: Mapping[Demand, Supports], told: Mask) -> dict[Demand, Supports] | None:
        """Return how the demands are met that were met by cells which are `told` now; None where one cannot be."""
        again: dict[Demand, Supports] = {}
        for demand, supports in met.items():
            kept = tuple(support for support in supports if not (support.moving & told).any())
            if len(kept) < len(supports):
                found = self.meet(demand, kept)
                if found is None:
                    return None
                again[demand] = found
        return again

    def _at_risk(self, demand: Demand, supports: Sequence[Support]) -> set[str] | None:
        """Return the insiders who know a value in each support, the cell's own apart; None where there is none."""
        insiders = self.network.insiders
        names = [{insiders[cell] for cell in np.flatnonzero(each.moving)} for each in supports if each.only is None]
        if not names:
            return None
        if not self.network.published[demand.cell]:
            return set()
        safe = {each.only for each in supports} | {insiders[demand.cell], None}
        return {name for name in set.intersection(*names) - safe if name is not None}

    def _support(self, demand: Demand, name: str | None) -> Support | None:
        """Return a change against everybody, or against the provider of that name; None where there is none."""
        own = self.network.own(name)
        change = self._change(demand, own)
        if change is not None:
            return Support(change != 0)
        part = 1.0 if name is None else self.network.possible(demand, name)
        if part >= 1 - TOLERANCE:
            return None
        if part <= TOLERANCE:
            return Support(np.zeros(len(own), dtype=bool), name)
        change = self._change(demand._replace(need=demand.need * part * (1 - TOLERANCE)), own)
        return None if change is None else Support(change != 0, name)

    def _change(self, demand: Demand, own: Mask) -> Floats | None:
        """Return a change that meets the demand and moves no cell of `own`: one that is paid for, or the cheapest."""
        blocked = own | self.blocked
        for change in self.changes:
            if change.of[demand.cell] and not blocked[change.places].any() and self.network.served(change, demand):
                return change.of
        found = self.routes.cheapest(demand, np.where(self.paid, 0.0, self.costs), blocked)
        if found is not None:
            self.paid |= self.network.touched(found != 0)
            self.changes.append(Change.given(found))
        return found
