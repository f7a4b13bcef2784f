"""Service level objectives with their history, and agreed windows that do not count.

Belongs here: slos and slo_exclusions. Does not belong here: the samples that they are judged by (measurements.py).
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.rhythm import DAY
from pipelines.simulate.streams import happens, uniform_seconds
from pipelines.simulate.table import NONE, Table, numbered, unknown
from pipelines.simulate.words import code
from pipelines.simulate.world import World

AVAILABILITY, LATENCY = code("sli", "availability"), code("sli", "latency")
OBJECTIVES = (0.999, 0.998, 0.995, 0.99)
LATENCY_OBJECTIVES = (0.99, 0.98)
"""By tier; only the first two have one for latency."""
WINDOW_DAYS = 28
HONEST_RESETS = 0.05
"""Of the objectives: renegotiated in the open, in a quiet time, without a breach before."""


def simulate(world: World, incidents: Table) -> Table:
    """One row a version of an objective; `slo` is its id, valid from `valid_from` until `valid_to` (NONE: still)."""
    services = world.structure.services
    fast = services.take(services["tier"] <= 2)
    available = Table(
        {
            "service": services["service"],
            "sli": np.full(len(services), AVAILABILITY),
            "objective": np.array(OBJECTIVES)[services["tier"] - 1],
            "threshold_ms": np.full(len(services), np.nan),
            "budgeting": np.where(services["tier"] == 4, code("budgeting", "time_slices"), 0),
            "slice_target": np.where(services["tier"] == 4, 0.95, np.nan),
        }
    )
    quick = Table(
        {
            "service": fast["service"],
            "sli": np.full(len(fast), LATENCY),
            "objective": np.array(LATENCY_OBJECTIVES)[fast["tier"] - 1],
            "threshold_ms": np.round(fast["median_ms"] * 4, -1),
            "budgeting": np.zeros(len(fast), dtype=np.int64),
            "slice_target": np.full(len(fast), np.nan),
        }
    )
    every = Table.joined([available, quick]).ordered("service", "sli")
    every = every.having(
        slo=numbered(len(every), 1),
        window_days=np.full(len(every), WINDOW_DAYS),
        valid_from=np.full(len(every), world.rhythm.start - 90 * DAY),
        valid_to=unknown(len(every)),
        is_reset=np.zeros(len(every), dtype=np.int64),
    )
    return _resets(world, every, incidents)


def _resets(world: World, every: Table, incidents: Table) -> Table:
    """A few objectives are lowered honestly: on the first of a month, a month or more after the last severe outage."""
    random = world.streams("objectives.resets")
    quarter = len(world.rhythm.day_starts) // 4
    at = world.rhythm.day_starts[random.integers(quarter, 3 * quarter, len(every))] + 10 * 3600
    severe = incidents.take((incidents["true_severity"] <= 1) & (incidents["is_planned"] != 1))
    recent = np.array(
        [
            bool(
                np.any(
                    (severe["service"] == service) & (severe["started_at"] > t - 35 * DAY) & (severe["started_at"] < t)
                )
            )
            for service, t in zip(every["service"], at, strict=True)
        ]
    )
    is_reset = happens(random, HONEST_RESETS, len(every)) & ~recent
    if not is_reset.any() and (~recent).any():
        is_reset[np.flatnonzero(~recent)[0]] = True
    former = every.having(valid_to=np.where(is_reset, at, NONE))
    later = every.take(is_reset)
    lower = np.round(1 - 2 * (1 - later["objective"]), 6)
    later = later.having(objective=lower, valid_from=at[is_reset], is_reset=np.ones(len(later), dtype=np.int64))
    both = Table.joined([former, later]).ordered("slo", "valid_from")
    return both.having(row=numbered(len(both), 1))


def exclusions(world: World, slos: Table) -> Table:
    """Maintenance windows, registered days before they begin."""
    random = world.streams("objectives.exclusions")
    base = slos.take((slos["is_reset"] == 0) & (slos["sli"] == AVAILABILITY))
    row = np.repeat(np.arange(len(base)), random.poisson(0.05 * world.rhythm.months, len(base)))
    size = len(row)
    day = random.integers(3, len(world.rhythm.day_starts) - 1, size)
    starts = world.rhythm.day_starts[day] + uniform_seconds(random, 3600, 4 * 3600, size)
    table = Table(
        {
            "slo": base["slo"][row],
            "service": base["service"][row],
            "starts_at": starts,
            "ends_at": starts + 900 * random.integers(2, 12, size),
            "registered_at": starts - uniform_seconds(random, 1 * DAY, 3 * DAY, size),
            "reason": happens(random, 0.2, size).astype(np.int64),
        }
    ).ordered("registered_at", "slo")
    return table.having(exclusion=numbered(size, 1))
