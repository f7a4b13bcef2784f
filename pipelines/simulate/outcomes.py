"""What customers make of it: satisfaction and retention by market and month, tied to the outages there.

Belongs here: outcomes. Does not belong here: outages (incident_story.services_hit).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from pipelines.simulate.table import Ints, Table, numbered
from pipelines.simulate.world import World

SATISFACTION, RETENTION = 4.3, 0.96
SATISFACTION_LOSS, RETENTION_LOSS = 0.12, 0.006
"""For each ten hours of outage of tier 1 and 2 services in the market and month."""
SATISFACTION_NOISE, RETENTION_NOISE = 0.05, 0.003
ANSWERS = 4000


def simulate(world: World, hits: Table) -> Table:
    """One row a measure, market and whole calendar month; `outage_minutes` is what it rests on."""
    random, structure = world.streams("outcomes"), world.structure
    months = whole_months(world.settings.starts_on, world.rhythm.weeks)
    minutes = _outage_minutes(world, hits, months)
    market = np.tile(numbered(len(structure.market_ids)), len(months))
    month = np.repeat(numbered(len(months)), len(structure.market_ids))
    tens = minutes.T.reshape(-1) / 600
    size = len(market)
    answers = np.rint(ANSWERS * structure.markets["share"][market] * random.uniform(0.9, 1.1, size)).astype(np.int64)
    normal = random.standard_normal((2, size))
    satisfaction = SATISFACTION - SATISFACTION_LOSS * tens + SATISFACTION_NOISE * normal[0]
    retention = RETENTION - RETENTION_LOSS * tens + RETENTION_NOISE * normal[1]
    days = np.array([[start.toordinal(), end.toordinal()] for start, end in months], dtype=np.int64).reshape(-1, 2)
    common = {
        "market": market, "period_start": days[month, 0], "period_end": days[month, 1],
        "outage_minutes": np.round(minutes.T.reshape(-1), 3), "n": answers,
    }  # fmt: skip
    first = Table(
        {**common, "measure": np.zeros(size, dtype=np.int64), "value": np.round(np.clip(satisfaction, 1, 5), 3)}
    )
    second = Table({**common, "measure": np.ones(size, dtype=np.int64), "value": np.round(np.clip(retention, 0, 1), 4)})
    both = Table.joined([first, second]).ordered("period_end", "market", "measure")
    return both.having(outcome=numbered(2 * size, 1))


def whole_months(starts_on: date, weeks: int) -> list[tuple[date, date]]:
    """First and last day of every calendar month that lies within the weeks."""
    ends_on = starts_on + timedelta(weeks=weeks)
    first = starts_on if starts_on.day == 1 else _next_month(starts_on)
    found = []
    while (following := _next_month(first)) <= ends_on:
        found.append((first, following - timedelta(days=1)))
        first = following
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _outage_minutes(
    world: World, hits: Table, months: list[tuple[date, date]]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """markets x months: united minutes in which a tier 1 or 2 service was hit there."""
    tier = world.structure.services["tier"][hits["service"]]
    markets = len(world.structure.market_ids)
    found = np.zeros((markets, len(months)))
    edges = [(_midnight(world, start), _midnight(world, end + timedelta(days=1))) for start, end in months]
    for market in range(markets):
        rows = (hits["market"] == market) & (tier <= 2)
        starts, ends = united(hits["impact_started_at"][rows], hits["impact_ended_at"][rows])
        for place, (low, high) in enumerate(edges):
            found[market, place] = np.maximum(0, np.minimum(ends, high) - np.maximum(starts, low)).sum() / 60
    return found


def _midnight(world: World, day: date) -> int:
    return int(world.rhythm.day_starts[(day - world.settings.starts_on).days])


def united(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Disjoint intervals that cover what these cover together."""
    if not len(starts):
        return starts, ends
    order = np.lexsort([ends, starts])
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    is_new = np.concatenate([[True], starts[1:] > ends[:-1]])
    last = np.concatenate([np.flatnonzero(is_new)[1:] - 1, [len(starts) - 1]])
    return starts[is_new], ends[last]
