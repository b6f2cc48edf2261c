"""How what can be done by itself is gone through: one after another, or several at a time, as the caller has it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar


class Weighed(Protocol):
    """A job that can be done by itself; `weight` is how much there is to do: needs times cells."""

    @property
    def weight(self) -> int:
        """Return how much there is to do."""


J = TypeVar("J", bound=Weighed)
V = TypeVar("V")


class Each(Protocol):
    """Yields what the function returns for each of the jobs, in whatever order; `map` is one."""

    def __call__(self, function: Callable[[J], V], jobs: Sequence[J], /) -> Iterable[V]:
        """Go through the jobs."""
