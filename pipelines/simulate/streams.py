"""Random generators by name, and the few distributions that several modules draw from.

Belongs here: seeding. Does not belong here: any parameter of the organisation.
"""

from __future__ import annotations

import hashlib

import numpy as np

from pipelines.simulate.table import Array, Bools, Floats, Ints

Random = np.random.Generator


class Streams:
    """Generators of one seed. The same name gives the same draws, whatever else is drawn."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, name: str, number: int = 0) -> Random:
        """The generator of a name, and of a number within it (a day, a block)."""
        words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4")
        key = (*(int(word) for word in words), number)
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self._seed, spawn_key=key)))


def lognormal(random: Random, median: float | Array, sigma: float, size: int) -> Floats:
    """Draws whose logarithm is normal around log(median)."""
    return np.asarray(median * np.exp(sigma * random.standard_normal(size)), dtype=np.float64)


def happens(random: Random, share: float | Array, size: int) -> Bools:
    """True with this probability."""
    return np.asarray(random.random(size) < share)


def chosen(random: Random, shares: Array, size: int) -> Ints:
    """Positions 0, 1, … drawn with these shares (they need not sum to one)."""
    cumulated = np.cumsum(shares)
    places = np.searchsorted(cumulated, random.random(size) * cumulated[-1], side="right")
    return np.asarray(places, dtype=np.int64)


def uniform_seconds(random: Random, low: float, high: float, size: int) -> Ints:
    """Whole seconds from low on, below high."""
    return np.floor(random.uniform(low, high, size)).astype(np.int64)


def seconds(minutes: Array) -> Ints:
    """Minutes as whole seconds, at least one."""
    return np.asarray(np.maximum(1, np.rint(minutes * 60)), dtype=np.int64)
