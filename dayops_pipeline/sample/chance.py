"""Chance: random numbers that are the same in every run, whatever else is made."""

from collections.abc import Mapping
from random import Random


def stream(seed: int, *names: object) -> Random:
    """Return the random numbers that belong to these names alone, the same in every run."""
    return Random("/".join(map(str, (seed, *names))))  # noqa: S311 (made-up figures, no secrets)


def pick(rng: Random, weights: Mapping[str, int]) -> str:
    """Return one of the names, each as likely as its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]
