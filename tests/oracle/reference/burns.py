"""When an error budget burns fast: the alert pairs, and the runs of intervals in which any fires.

Source: The Site Reliability Workbook, chapter 5, for windows of 30 days; factors go with the window's length.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.reference.facts import Episode, Objective, SloHour
from tests.oracle.reference.instants import HOUR, MINUTE, SECOND
from tests.oracle.reference.noting_budgets import budgeted

PAIRS = (
    (HOUR, 5 * MINUTE, Fraction(144, 10)),
    (6 * HOUR, 30 * MINUTE, Fraction(6)),
    (24 * HOUR, 2 * HOUR, Fraction(3)),
    (72 * HOUR, 6 * HOUR, Fraction(1)),
)
LEAST_BAD = 5
JOINED_BELOW = 30 * MINUTE
SLOT = 5 * MINUTE


class Slot(NamedTuple):
    """What began within 5 minutes: the end of the longest sample, its objective, what was bad and allowed."""

    starts: int
    ends: int
    stated: Objective
    bad: int
    allowed: Fraction
    bad_events: int


def slots_of(hours: Sequence[SloHour]) -> dict[tuple[str, str], list[Slot]]:
    """Slots by objective and service, in the order of their ends; a slot with a sample of unknown length is a gap."""
    found = defaultdict(list)
    samples = defaultdict(list)
    for hour in hours:
        if hour.stated is not None and hour.stated.window_days and not hour.is_agreed:
            for part in hour.parts:
                samples[hour.slo_id, part.at // SLOT * SLOT].append((part, hour.stated))
    for (slo, starts), each in samples.items():
        parts, stated = [part for part, _ in each], each[0][1]
        lengths = [part.seconds for part in parts]
        valid, bad = budgeted(parts, stated)
        if valid and None not in lengths:
            ends = starts + max(SLOT, max(length or 0 for length in lengths) * SECOND)
            bad_events = sum(part.valid - part.good for part in parts)
            slot = Slot(starts, ends, stated, bad, (1 - stated.objective) * valid, bad_events)
            found[slo, stated.service].append(slot)
    return found


def firing(slots: Sequence[Slot], every: Sequence[Slot]) -> Iterator[tuple[int, int]]:
    """(start, end) of the slots at whose end a pair fires, summed over every slot of the objective."""
    every = sorted(every, key=lambda slot: slot.ends)
    ends = [slot.ends for slot in every]
    sums = [(0, Fraction(0), 0)]
    for slot in every:
        bad, allowed, events = sums[-1]
        sums.append((bad + slot.bad, allowed + slot.allowed, events + slot.bad_events))
    for slot in slots:
        last = sums[bisect_right(ends, slot.ends)]
        for long, short, factor in PAIRS:
            first, near = (sums[bisect_right(ends, slot.ends - window)] for window in (long, short))
            needed = factor * Fraction(slot.stated.window_days or 0, 30)
            if (
                slot.ends - slot.starts <= short
                and last[2] - first[2] >= LEAST_BAD
                and last[0] - first[0] >= needed * (last[1] - first[1])
                and last[0] - near[0] >= needed * (last[1] - near[1])
            ):
                yield slot.starts, slot.ends
                break


def episodes_of(hours: Sequence[SloHour]) -> list[Episode]:
    """The episodes of every objective."""
    found: list[Episode] = []
    slots = slots_of(hours)
    of_objective = defaultdict(list)
    for (slo, _), some in slots.items():
        of_objective[slo] += some
    for (slo, service), some in slots.items():
        current: Episode | None = None
        for starts, ends in sorted(firing(some, of_objective[slo])):
            if current is None or starts - current.ends >= JOINED_BELOW:
                current = Episode(slo, service, starts, ends)
                found.append(current)
            current.ends = max(current.ends, ends)
    return found
