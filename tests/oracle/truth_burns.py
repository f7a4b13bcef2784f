"""Burn episodes of a simulated organisation whose samples are hours: of the pairs 1 d / 2 h and 3 d / 6 h can fire.

Belongs here: when a budget burnt. Does not belong here: which incident told of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.oracle.truth_budgets import HOUR, Spent

PAIRS = ((24, 2, 3), (72, 6, 1))
"""Hours of the long and the short window, and how many times 1 / 30 of the budget a day."""


def episodes(hours: Iterable[Spent]) -> Iterator[tuple[str, int, int]]:
    """(service, start, end) of every episode: hours in a row in which a pair fired at the hour's end."""
    series: dict[tuple[str, str], dict[int, Spent]] = defaultdict(dict)
    for one in hours:
        series[one.slo, one.service][one.at] = one
    for (_, service), known in series.items():
        started = ended = None
        for at in sorted(known):
            if not any(_fires(known, at, *pair) for pair in PAIRS):
                continue
            if started is None or ended is None or at > ended:
                if started is not None and ended is not None:
                    yield service, started, ended
                started = at
            ended = at + HOUR
        if started is not None and ended is not None:
            yield service, started, ended


def _fires(known: dict[int, Spent], at: int, long: int, short: int, factor: int) -> bool:
    def within(hours: int) -> tuple[int, int, int]:
        found = [known[at - back * HOUR] for back in range(hours) if at - back * HOUR in known]
        return sum(one.bad for one in found), sum(one.allowed for one in found), sum(one.events for one in found)

    needed = factor * known[at].window
    bad, allowed, events = within(long)
    near, near_allowed, _ = within(short)
    return events >= 5 and 30 * bad >= needed * allowed and 30 * near >= needed * near_allowed
