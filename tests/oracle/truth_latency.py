"""Latency of a simulated organisation, from its histograms, its objectives and where its markets are.

Belongs here: the definitions once more, for undivided cells. Histograms are in no state, so their log is read; whom
they count for, and against what, is the state's.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from tests.oracle.truth_ledger import Key, Ledger, micros, periods_of, rows_of

METRICS = ("latency_within_target", "peak_latency")
HOUR = timedelta(hours=1)


@dataclass
class Merged:
    """What is merged for a cell."""

    within: int = 0
    requests: int = 0
    unstated: int = 0
    unknown_peak: int = 0
    buckets: Counter[float] = field(default_factory=Counter)
    """By upper bound; infinity is the overflow."""
    days: set[date] = field(default_factory=set)


def zones(logs: Path) -> dict[str, ZoneInfo]:
    """Where each market is."""
    lines = [line for path in sorted((logs / "markets").glob("*.jsonl")) for line in path.read_text().splitlines()]
    return {row["market"]: ZoneInfo(row["time_zone"]) for row in map(json.loads, lines)}


def rows(logs: Path, until: datetime) -> Iterator[dict[str, Any]]:
    """Buckets that are known by then."""
    for path in sorted((logs / "latency_histograms").glob("*.parquet")):
        yield from (row for row in pq.read_table(path).to_pylist() if row["recorded_at"] <= until)


def peaks(every: list[dict[str, Any]], where: dict[str, ZoneInfo]) -> Callable[[str, datetime], bool | None]:
    """Says of a market and hour whether it is a peak hour, or None if no week before tells."""
    daily: dict[str, Counter[tuple[date, int]]] = defaultdict(Counter)
    for row in every:
        local = row["starts_at"].astimezone(where[row["market"]])
        daily[row["market"]][local.date(), local.hour] += row["count"]
    known: dict[tuple[str, date], list[int] | None] = {}

    def is_peak(market: str, at: datetime) -> bool | None:
        local = at.astimezone(where[market])
        monday = local.date() - timedelta(days=local.weekday())
        if (market, monday) not in known:
            by_hour: Counter[int] = Counter()
            days = set()
            for (day, hour), requests in daily[market].items():
                if timedelta(0) < monday - day <= timedelta(days=28):
                    by_hour[hour] += requests
                    days.add(day)
            ranked = sorted(by_hour, key=lambda hour: (-by_hour[hour], hour))
            known[market, monday] = ranked[:2] if len(days) >= 7 else None
        found = known[market, monday]
        return None if found is None else local.hour in found

    return is_peak


def threshold_of(slos: list[dict[str, Any]], service: str, at: int) -> float | None:
    """Of the objective for latency; versions move no threshold."""
    found = [row["threshold_ms"] for row in slos if row["service"] == service and row["sli"] == "latency"]
    return min(found, default=None)


def p95(buckets: Counter[float]) -> float | None:
    """The request of rank ceil(0.95 n), by its rank within its bucket; None beyond the last bound."""
    rank, below, lower = -(-buckets.total() * 95 // 100), 0, 0.0
    for bound in sorted(buckets):
        if below + buckets[bound] >= rank:
            return None if bound == float("inf") else lower + (bound - lower) * (rank - below) / buckets[bound]
        below, lower = below + buckets[bound], bound
    return None


def note(truth: Ledger, folder: Path) -> dict[Key, Merged]:
    """Buckets by service and hour, of which the owner then is told."""
    merged: dict[Key, Merged] = defaultdict(Merged)
    logs, slos = folder.parent / "logs", rows_of(folder, "slos")
    every = list(rows(logs, truth.until))
    is_peak = peaks(every, zones(logs))
    for row in every:
        at = micros(row["starts_at"].replace(tzinfo=None))
        where = (row["service_id"], truth.owner(row["service_id"], at), at)
        bound = float("inf") if row["upper_bound_ms"] is None else row["upper_bound_ms"]
        limit, peak = (
            threshold_of(slos, row["service_id"], at),
            is_peak(row["market"], row["starts_at"]),
        )
        for cell in _merged_of(truth, merged, "latency_within_target", *where):
            cell.unstated += limit is None
            if limit is not None:
                cell.requests += row["count"]
                cell.within += row["count"] if bound <= limit else 0
                cell.days.add(truth.day_of(at))
        for cell in _merged_of(truth, merged, "peak_latency", *where) if peak is not False else ():
            cell.unknown_peak += peak is None
            if peak:
                cell.requests += row["count"]
                cell.buckets[bound] += row["count"]
                cell.days.add(truth.day_of(at))
    return merged


def _merged_of(
    truth: Ledger, merged: dict[Key, Merged], metric: str, service: str, team: str | None, at: int
) -> list[Merged]:
    """Those that a bucket counts for."""
    names = (
        ("service", service), ("team", team), ("area", truth.areas[team] if team else None),
        ("portfolio", truth.organisation),
    )  # fmt: skip
    return [
        merged[Key(kind, name, metric, *period)]
        for period in periods_of(truth.day_of(at))
        for kind, name in names
        if name is not None
    ]
