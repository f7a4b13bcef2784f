"""The random numbers behind the bands of scores: drawn once, from a seed, the same for every engine, home and run.

Belongs here: how they are drawn. Does not belong here: what is made of them (dbt_project/models/intermediate/scores).
"""

import random
from functools import cache
from statistics import NormalDist

import pyarrow as pa

from pipelines.policy_rules import PILLARS, scorable_metrics

DRAWS = 1_000
_SEED = "scorecard"
_DIGITS = 6


@cache
def draws() -> pa.Table:
    """A row per draw (1 to 1,000) and slot: z1 and z2 of the standard normal, u evenly from 0 to 1; six decimals.

    A slot is a metric that may be scored, or a pillar. Each has a seed of its own, made of its name: a metric that is
    added to the catalogue moves no number of another.
    """
    rows = [row for slot in (*sorted(scorable_metrics()), *PILLARS) for row in _of(slot)]
    names = ("draw", "slot", "z1", "z2", "u")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _of(slot: str) -> list[tuple[int, str, float, float, float]]:
    source, normal = random.Random(f"{_SEED}/{slot}"), NormalDist()

    def z() -> float:
        return round(normal.inv_cdf(source.random()), _DIGITS)

    return [(draw, slot, z(), z(), round(source.random(), _DIGITS)) for draw in range(1, DRAWS + 1)]
