"""What one release says otherwise than another, figure by figure: protected figures only, as the public sees them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from expectations.reference import WALES
from expectations.releases import Figure, Key

Kind = Literal["new", "gone", "changed", "newly hidden", "no longer hidden", "other notes"]
KINDS: tuple[Kind, ...] = ("new", "gone", "changed", "newly hidden", "no longer hidden", "other notes")

_OF_THE_MARK = frozenset("r")
"""The note code that says nothing but that a figure is revised."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that differs: its kind, and the figure in either release; None where it has none."""

    key: Key
    kind: Kind
    old: Figure | None
    new: Figure | None

    @property
    def size(self) -> Decimal:
        """Return by how much the value changed, relative to what it was; 0 where either has no value."""
        old, new = (one.value if one else None for one in (self.old, self.new))
        return Decimal(0) if old is None or new is None else abs(new - old) / max(abs(old), Decimal(1))


def changes(old: Iterable[Figure], new: Iterable[Figure]) -> list[Change]:
    """Return each figure that `new` has otherwise than `old`, in reading order; those that went come last."""
    return list(_changes({one.key: one for one in old}, {one.key: one for one in new}))


def _changes(old: dict[Key, Figure], new: dict[Key, Figure]) -> Iterator[Change]:
    for key, one in new.items():
        kind = _kind(old.get(key), one)
        if kind is not None:
            yield Change(key, kind, old.get(key), one)
    for key, one in old.items():
        if key not in new:
            yield Change(key, "gone", one, None)


def _kind(old: Figure | None, new: Figure) -> Kind | None:
    if old is None:
        return "new"
    if (old.value is None) != (new.value is None):
        return "newly hidden" if new.value is None else "no longer hidden"
    if old.value != new.value:
        return "changed"
    return "other notes" if (set(old.note_codes) ^ set(new.note_codes)) - _OF_THE_MARK else None


def counts(found: Iterable[Change]) -> dict[Kind, int]:
    """Return how many changes of each kind there are."""
    counted = Counter(one.kind for one in found)
    return {kind: counted[kind] for kind in KINDS}


def largest(found: Sequence[Change], area: str = WALES, limit: int = 10) -> list[Change]:
    """Return the largest changes of values of an area, relative to what they were, the largest first."""
    of_area = [one for one in found if one.kind == "changed" and one.key.area_code == area]
    return sorted(of_area, key=lambda one: -one.size)[:limit]
