"""Spending of a simulated organisation whose samples are hours: of the pairs 1 d / 2 h and 3 d / 6 h can fire.

Belongs here: what is left of a budget, when it burnt, and whether an incident told of it. Does not belong here: cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.oracle.truth_budgets import Spent
from tests.oracle.truth_ledger import HOUR, Ledger, Row

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


def note_budgets(truth: Ledger, hours: list[Spent], incidents: list[Row], hits: list[Row]) -> None:
    """What is left of each budget at the end of a period, how fast it was spent within one, and what was told."""
    _note_episodes(truth, hours, incidents, hits)
    for one in hours:
        owner, day = truth.owner(one.service, one.at), truth.day_of(one.at)
        for metric, window, part in (
            ("error_budget_remaining", one.window, one.allowed - one.bad), ("burn_rate", 0, one.bad),
        ):  # fmt: skip
            for tally in truth.tallies_of(metric, one.service, owner, one.at, window):
                tally.hits += part
                tally.events += one.allowed
                tally.days.add(day)


def _note_episodes(truth: Ledger, hours: list[Spent], incidents: list[Row], hits: list[Row]) -> None:
    """An incident tells of its service while it lasts, and of those that it hit while they were hit."""
    spans, ended = defaultdict(list), {}
    for row in incidents:
        ends = (row["end"], row["closed"], truth.as_of)
        ended[row["incident"]] = next(end for end in ends if end is not None)
        spans[row["service"]].append((row["start"], ended[row["incident"]]))
    for row in hits:
        if max(row["declared_at"], row["impact_started_at"]) <= truth.as_of:
            is_over = max(row["impact_ended_at"], row["declared_at"]) <= truth.as_of
            end = row["impact_ended_at"] if is_over else ended[row["incident"]]
            spans[row["service"]].append((row["impact_started_at"], end))
    near = HOUR // 2
    for service, start, end in episodes(hours):
        told = any(low <= end + near and high >= start - near for low, high in spans[service])
        outcome = "immature" if end + near > truth.as_of else told
        truth.count("declaration_completeness", service, truth.owner(service, start), start, outcome)
