"""The tallies of all cells: each fact is noted once in every cell that it belongs to, or with why it is left out.

What lies outside the coverage of the unit that a fact names is left out of the metric, whatever else holds of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tests.oracle.reference.catalogue import PERIOD_KINDS
from tests.oracle.reference.cells import Key, Split, Tally
from tests.oracle.reference.coverage import Cover, Entity
from tests.oracle.reference.facts import SloHour
from tests.oracle.reference.instants import Calendar


class Fact(Protocol):
    """What counts for a service, and for the team and area that it was of."""

    service: str | None
    team: str | None
    area: str | None


Outcome = bool | str
"""Counted (True when in the numerator), or the reason of an exclusion."""
NOT_COVERED = "not_covered"


@dataclass(frozen=True)
class Clock:
    """as_of and the reporting calendar."""

    as_of: int
    calendar: Calendar


def entities(fact: Fact, organisation: str) -> list[Entity]:
    """The entities that a fact counts for."""
    named = (("service", fact.service), ("team", fact.team), ("area", fact.area), ("portfolio", organisation))
    return [(kind, name) for kind, name in named if name is not None]


def judge(fact: Fact, organisation: str) -> Entity:
    """The entity whose coverage decides: the fact's service, else its team, else the portfolio."""
    return next(entity for entity in entities(fact, organisation) if entity[0] != "area")


@dataclass(frozen=True)
class PieceOfWork:
    """A record of people's working time that counts, on one local day; split is a basis, None the whole."""

    kind: str
    source: str
    record: str
    team: str | None
    area: str | None
    day: int
    recorded_at: int
    split: str | None


class Book:
    """The tallies of all cells of one organisation."""

    def __init__(self, organisation: str, clock: Clock, cover: Cover) -> None:
        self.organisation = organisation
        self.clock = clock
        self.cover = cover
        self.tallies: dict[Key, Tally] = defaultdict(Tally)
        self.splits: dict[tuple[str, Entity, str, date], set[Split]] = defaultdict(set)
        self.people: list[PieceOfWork] = []

    def _reason(self, metric: str, fact: Fact, anchor: int, split: Split, reason: str | None) -> str | None:
        """Why a fact is left out. Only inside the record kind's own coverage may a row say what it lacks."""
        entity = judge(fact, self.organisation)
        if self.cover.speaks(metric, "cell" if split is None else "split", entity, anchor):
            return reason
        lacks = reason not in (None, "immature")
        return reason if lacks and self.cover.speaks(metric, "record", entity, anchor) else NOT_COVERED

    def _periods(self, day: int, window: int, last_day: int | None) -> Iterator[tuple[str, date]]:
        """The periods that a day counts for: that hold it (and last_day), or whose end is less than a window away."""
        today = self.clock.calendar.day_of(self.clock.as_of)
        for kind in PERIOD_KINDS:
            period = self.clock.calendar.period(kind, day)
            while window:
                end = min(self.clock.calendar.day_of(period.ends - 1), today)
                if end - day >= window or period.starts > self.clock.as_of:
                    break
                yield kind, period.first_day
                period = self.clock.calendar.period(kind, self.clock.calendar.day_of(period.ends))
            if not window and (
                last_day is None or self.clock.calendar.period(kind, last_day).first_day == period.first_day
            ):
                yield kind, period.first_day

    def tallies_of(
        self,
        metric: str,
        fact: Fact,
        anchor: int,
        split: Split,
        covered: bool,
        window: int = 0,
        last_day: int | None = None,
    ) -> Iterator[Tally]:
        """The tallies that a fact belongs to, of all its entities and periods."""
        for kind, first in self._periods(self.clock.calendar.day_of(anchor), window, last_day):
            for entity in entities(fact, self.organisation):
                if split is not None and covered:
                    self.splits[metric, entity, kind, first].add(split)
                yield self.tallies[Key(*entity, metric, kind, first, *(split or (None, None)))]

    def counting(
        self,
        metric: str,
        fact: Fact,
        anchor: int,
        split: Split = None,
        reason: str | None = None,
        weight: int = 1,
        window: int = 0,
        last_day: int | None = None,
    ) -> list[Tally]:
        """The tallies in which a fact of so many events counts: none when it is left out, and then each is told why.

        last_day: where the fact is of several days, the last: only periods that hold it too count it.
        """
        judged = self._reason(metric, fact, anchor, split, reason)
        tallies = list(self.tallies_of(metric, fact, anchor, split, judged != NOT_COVERED, window, last_day))
        if judged is None:
            return tallies
        for tally in tallies:
            if judged == NOT_COVERED:
                tally.outside += weight
            else:
                tally.excluded[judged] += weight
        return []

    def ratio(self, metric: str, fact: Fact, anchor: int, outcome: Outcome, *splits: Split) -> None:
        """Notes one event of a ratio, in the whole and in its splits."""
        self.share(metric, fact, anchor, outcome, None, *splits)

    def share(self, metric: str, fact: Fact, anchor: int, outcome: Outcome, *splits: Split) -> None:
        """Notes one event of a ratio, in these splits only (None: the whole)."""
        reason = outcome if isinstance(outcome, str) else None
        for split in splits:
            for tally in self.counting(metric, fact, anchor, split, reason):
                tally.n += 1
                tally.numerator += outcome is True

    def amount(self, metric: str, fact: Fact, anchor: int, outcome: int | str, split: Split = None) -> None:
        """Notes what one event adds to a sum, in the whole or in a split."""
        reason = outcome if isinstance(outcome, str) else None
        for tally in self.counting(metric, fact, anchor, split, reason):
            tally.n += 1
            tally.numerator += int(outcome)

    def requests(self, metric: str, hour: SloHour, reason: str | None, *splits: Split) -> None:
        """Notes the requests of an hour, or why its samples are left out, in these splits only (None: the whole)."""
        day = self.clock.calendar.day_of(hour.at)
        weight = hour.valid if reason is None else hour.samples
        for split in splits:
            for tally in self.counting(metric, hour, hour.at, split, reason, weight):
                tally.numerator += hour.good
                tally.n += hour.valid
                good, valid = tally.blocks.get(day, (0, 0))
                tally.blocks[day] = good + hour.good, valid + hour.valid

    def budgeted(
        self, metric: str, hour: SloHour, part: tuple[int, int] | str, rows: int, window: int, *splits: Split
    ) -> None:
        """Notes so many samples of an hour for all periods of a window (0: its own): their parts, or their reason.

        splits: the only ones (None: the whole).
        """
        day = self.clock.calendar.day_of(hour.at)
        reason = part if isinstance(part, str) else None
        for split in splits:
            for tally in self.counting(metric, hour, hour.at, split, reason, rows, window):
                if not isinstance(part, str):
                    tally.numerator += part[0]
                    tally.n += part[1]
                    above, below = tally.blocks.get(day, (0, 0))
                    tally.blocks[day] = above + part[0], below + part[1]

    def share_of_time(self, metric: str, fact: Fact, anchor: int, done: int, capacity: int, split: Split) -> None:
        """Notes microseconds of work, or of capacity; a day is a block by its capacity alone."""
        day = self.clock.calendar.day_of(anchor)
        for tally in self.counting(metric, fact, anchor, split):
            tally.numerator += done
            tally.n += capacity
            if capacity or day in tally.blocks:
                worked, able = tally.blocks.get(day, (0, 0))
                tally.blocks[day] = worked + done, able + capacity

    def add(self, metric: str, entity: Entity, day: int, done: int, days: int) -> None:
        """Adds microseconds, or a day in which there could have been some, to an entity: it is cut to the coverage."""
        for kind in PERIOD_KINDS:
            first = self.clock.calendar.period(kind, day).first_day
            tally = self.tallies[Key(*entity, metric, kind, first, None, None)]
            tally.numerator += done
            tally.n += days

    def leave_out(self, metric: str, fact: Fact, anchor: int, reason: str, split: Split) -> None:
        """Notes one event that is left out of the whole, or of one split."""
        self.counting(metric, fact, anchor, split, reason)

    def covers(self, metric: str, fact: Fact, anchor: int) -> bool:
        """Whether the sources speak of all that a metric needs, for what the fact names most closely."""
        return self.cover.speaks(metric, "cell", judge(fact, self.organisation), anchor)

    def covered_time(self, metric: str, fact: Fact, day: int, part: int, whole: int, split: Split = None) -> None:
        """Notes so much of so much covered time within a local day."""
        for tally in self.tallies_of(metric, fact, self.clock.calendar.day_start(day), split, True) if whole else ():
            tally.numerator += part
            tally.n += whole
            parts, wholes = tally.blocks.get(day, (0, 0))
            tally.blocks[day] = parts + part, wholes + whole

    def sum_of_day(self, metric: str, entity: Entity, day: int, part: int, split: Split = None) -> None:
        """Notes so much of a sum on a day of one entity, whose n are its days."""
        for kind in PERIOD_KINDS:
            first = self.clock.calendar.period(kind, day).first_day
            if split is not None:
                self.splits[metric, entity, kind, first].add(split)
            tally = self.tallies[Key(*entity, metric, kind, first, *(split or (None, None)))]
            tally.numerator += part
            tally.n += 1

    def rate(self, metric: str, fact: Fact, anchor: int, *splits: Split) -> None:
        """Notes one event of a rate, in the whole (None) or its splits."""
        day = self.clock.calendar.day_of(anchor)
        for split in splits:
            for tally in self.counting(metric, fact, anchor, split):
                tally.numerator += 1
                tally.days[day] += 1

    def exclude(self, metric: str, fact: Fact, anchor: int, reason: str, *splits: Split) -> None:
        """Notes one event that is left out, and why."""
        for split in (None, *splits):
            self.counting(metric, fact, anchor, split, reason)

    def beside(self, metric: str, fact: Fact, anchor: int, reason: str, judged_as: str) -> None:
        """Notes what is only shown beside a metric, where the metric that it belongs to is covered."""
        if self.cover.speaks(judged_as, "cell", judge(fact, self.organisation), anchor):
            for tally in self.tallies_of(metric, fact, anchor, None, True):
                tally.excluded[reason] += 1

    def duration(self, metric: str, fact: Fact, anchor: int, length: int, seen: bool, *splits: Split) -> None:
        """Notes one duration; a negative one is left out."""
        reason = "negative_duration" if length < 0 else None
        for split in (None, *splits):
            for tally in self.counting(metric, fact, anchor, split, reason):
                tally.subjects.append((length, seen))
