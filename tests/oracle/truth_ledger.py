"""The tallies of a simulated organisation: which cells an event counts for. No metric is defined here.

Instants are microseconds, days are dates of the reporting zone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


class Key(NamedTuple):
    """An undivided cell."""

    entity_type: str
    entity_id: str
    metric_id: str
    period_type: str
    period_start_on: date


class Cell(NamedTuple):
    """What it says."""

    numerator: float
    denominator: float
    n: int
    value: float | None
    status: str


@dataclass
class Tally:
    """What a cell counts; `subjects` are (microseconds, whether the end was seen)."""

    hits: int = 0
    events: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    subjects: list[tuple[int, bool]] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    classes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    """By class of alerts: cleared, answered, cleared by itself, left alone."""


def micros(instant: datetime) -> int:
    """Since 1970."""
    return (instant.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def rows_of(truth: Path, kind: str) -> list[Row]:
    """Rows of a state table, instants as microseconds."""
    rows: list[Row] = pq.read_table(truth / "state" / f"{kind}.parquet").to_pylist()
    return [{k: micros(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows]


class Ledger:
    """Who there is, what is counted for them, and the clock."""

    def __init__(self, truth: Path, organisation: str, zone: str, start: datetime, as_of: datetime) -> None:
        self.organisation = organisation
        self.zone = ZoneInfo(zone)
        self.start, self.as_of, self.until = micros(start), micros(as_of), as_of
        self.services = {row["service"]: row for row in rows_of(truth, "services")}
        self.areas = {row["team"]: row["area"] for row in rows_of(truth, "teams")}
        self.tallies: dict[Key, Tally] = defaultdict(Tally)
        self.agreed_samples = 0
        self.day_of = cache(self._day_of)

    def owner(self, service: str | None, at: int) -> str | None:
        """The team that owned a service then."""
        if service is None:
            return None
        row = self.services[service]
        moved = row["moved_at"] is not None and at >= row["moved_at"]
        return str(row["moved_to"] if moved else row["team"])

    def _day_of(self, at: int) -> date:
        return (EPOCH + timedelta(microseconds=at)).astimezone(self.zone).date()

    def tallies_of(
        self, metric: str, service: str | None, team: str | None, at: int, window: int = 0
    ) -> Iterator[Tally]:
        """The tallies that an event counts for: of the periods that hold it, or whose end is in its window."""
        day = self.day_of(at)
        periods = tuple(reached(day, window, self.day_of(self.as_of))) if window else periods_of(day)
        area = self.areas[team] if team else None
        names = (("service", service), ("team", team), ("area", area), ("portfolio", self.organisation))
        for entity_type, name in names:
            for period_type, start in periods:
                if name is not None:
                    yield self.tallies[Key(entity_type, name, metric, period_type, start)]

    def on_day(self, metric: str, names: list[tuple[str, str]], day: date) -> Iterator[Tally]:
        """The tallies of these entities that hold a day."""
        for entity_type, name in names:
            for period_type, start in periods_of(day):
                yield self.tallies[Key(entity_type, name, metric, period_type, start)]

    def count(self, metric: str, service: str | None, team: str | None, at: int, outcome: bool | str) -> None:
        """One event: counted, in the numerator too if True, or excluded for a reason."""
        for tally in self.tallies_of(metric, service, team, at):
            if isinstance(outcome, str):
                tally.excluded[outcome] += 1
            else:
                tally.events += 1
                tally.hits += outcome

    def add(self, metric: str, service: str | None, team: str | None, at: int, amount: int | str) -> None:
        """What one event adds to a sum, or why it is left out."""
        for tally in self.tallies_of(metric, service, team, at):
            if isinstance(amount, str):
                tally.excluded[amount] += 1
            else:
                tally.events += 1
                tally.hits += amount

    def cut(self, low: int, until: int) -> Iterator[tuple[date, int]]:
        """Local days of a span, with microseconds."""
        while low < until:
            day = self.day_of(low)
            midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone)
            high = min((midnight.astimezone(UTC) - EPOCH) // timedelta(microseconds=1), until)
            yield day, high - low
            low = high

    def pieces(self, moved_at: int | None) -> Iterator[tuple[int, int, date]]:
        """Pieces of the covered time, cut at local midnights and where the service moved."""
        low = self.start
        while low < self.as_of:
            day, length = next(self.cut(low, self.as_of))
            high = low + length
            if moved_at is not None and low < moved_at < high:
                high = moved_at
            yield low, high, day
            low = high


def periods_of(day: date) -> tuple[tuple[str, date], ...]:
    """The week, month and quarter of a day, by their first days."""
    return (
        ("week", day - timedelta(days=day.weekday())),
        ("month", day.replace(day=1)),
        ("quarter", day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)),
    )


def reached(day: date, window: int, today: date) -> Iterator[tuple[str, date]]:
    """The periods whose last day (today, while they run) is less than a window after a day."""
    for ahead in range(window):
        last = day + timedelta(days=ahead)
        if last > today:
            return
        after = last + timedelta(days=1)
        is_now = last == today
        if after.weekday() == 0 or is_now:
            yield "week", last - timedelta(days=last.weekday())
        if after.day == 1 or is_now:
            yield "month", last.replace(day=1)
        if (after.day == 1 and after.month % 3 == 1) or is_now:
            yield "quarter", last.replace(month=(last.month - 1) // 3 * 3 + 1, day=1)


def status_of(n: int, excluded: Counter[str]) -> str:
    """Of a covered cell."""
    if excluded["immature"]:
        return "immature"
    if not n and not excluded.total():
        return "no_exposure"
    return "insufficient" if n < 5 else "provisional" if n < 20 else "ok"
