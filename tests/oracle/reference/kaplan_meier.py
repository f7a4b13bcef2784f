"""The product-limit estimate of a duration, with log-log bounds of its quantiles.

Kaplan and Meier (1958), variance by Greenwood, bounds by Kalbfleisch and Prentice as in lifelines'
`median_survival_times`.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tests.oracle.reference.intervals import Z

TIE = 1e-9


class Step(NamedTuple):
    """The curve from a time of an event on."""

    time: int
    survival: float
    lower: float
    upper: float


class Quantile(NamedTuple):
    """A quantile and its bounds; None where the curve never comes down to it."""

    value: int | None
    low: int | None
    high: int | None


def curve(subjects: Sequence[tuple[int, bool]]) -> Iterator[Step]:
    """The steps of the curve of (duration, whether the event was seen) pairs."""
    at_risk = len(subjects)
    survival, variance = 1.0, 0.0
    for time, tied in groupby(sorted(subjects), key=lambda subject: subject[0]):
        group = list(tied)
        events = sum(1 for _, seen in group if seen)
        if events:
            survival *= (at_risk - events) / at_risk
            if events < at_risk:
                variance += events / (at_risk * (at_risk - events))
            yield Step(time, survival, *bounds(survival, variance))
        at_risk -= len(group)


def bounds(survival: float, variance: float) -> tuple[float, float]:
    """Lower and upper 95 % bound of a survival; those of 0 and 1 are 0 and 1."""
    if survival <= 0.0 or survival >= 1.0:
        return survival, survival
    width = Z * math.sqrt(variance) / math.log(survival)
    return survival ** math.exp(-width), survival ** math.exp(width)


def quantile(steps: Sequence[Step], remaining: float) -> Quantile:
    """The first time at which no more than `remaining` survive, with bounds."""
    return Quantile(
        next((s.time for s in steps if s.survival <= remaining + TIE), None),
        next((s.time for s in steps if s.lower <= remaining), None),
        next((s.time for s in steps if s.upper <= remaining), None),
    )
