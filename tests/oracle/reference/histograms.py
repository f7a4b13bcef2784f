"""Percentiles of merged buckets, from the definition: the request of a rank, and the bounds between which it lies."""

from collections import Counter
from typing import NamedTuple

Bucket = tuple[float, float | None]
"""Above the first, at or below the second; None: the overflow bucket."""


class Percentile(NamedTuple):
    """Where it lies; value and high are None beyond the last bound."""

    value: float | None
    low: float
    high: float | None


def percentile(buckets: Counter[Bucket], permille: int) -> Percentile:
    """That of so many in a thousand among the requests of the buckets, of which there is at least one."""
    rank = -(-buckets.total() * permille // 1000)
    bounds = sorted({0.0} | {low for low, _ in buckets} | {high for _, high in buckets if high is not None})

    def surely(bound: float) -> int:
        return sum(count for (_, high), count in buckets.items() if high is not None and high <= bound)

    def possibly(bound: float) -> int:
        return sum(count for (low, _), count in buckets.items() if low < bound)

    low = max(bound for bound in bounds if possibly(bound) < rank)
    enough = [bound for bound in bounds if surely(bound) >= rank]
    if not enough:
        return Percentile(None, low, None)
    high, below = enough[0], surely(low)
    return Percentile(low + (high - low) * ((rank - below) / (surely(high) - below)), low, high)
