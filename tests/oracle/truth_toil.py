"""People's time in a simulated organisation, from the simulator's state: toil, answers to incidents, unplanned work.

Belongs here: D46 to D50 once more, minute by minute where it must be. Does not belong here: any log, any other metric.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from tests.oracle.truth_ledger import Cell, Ledger, Row, Tally

Span = tuple[int, int]
SHARES = ("toil_share", "unplanned_work_share")
MINUTES = "manual_intervention_minutes"
METRICS = (*SHARES, MINUTES)
HOURS_PER_MEMBER, WEEK_HOURS = 35, 168
MINUTE, HOUR = 60_000_000, 3_600_000_000


def fill(truth: Ledger, teams: list[Row], entries: list[Row], incidents: list[Row], events: list[Row]) -> None:
    """Everything that people did, and could have done."""
    for row in teams:
        _capacity(truth, row["team"], row["members"] * HOURS_PER_MEMBER)
    _toil(truth, [row for row in entries if row["performed_at"] <= truth.as_of])
    _answers(truth, incidents, events)
    for service in truth.services:
        for _, _, day in truth.pieces(None):
            for tally in truth.on_day(MINUTES, [("service", service)], day):
                tally.events += 1


def _capacity(truth: Ledger, team: str, hours: int) -> None:
    names = _names(truth, team)
    for low, high, day in truth.pieces(None):
        able = hours * (high - low) // WEEK_HOURS
        for tally in truth.on_day(MINUTES, names, day):
            tally.events += 1
        for metric in SHARES:
            for tally in truth.on_day(metric, names, day):
                tally.events += able
                tally.days.add(day)


def _names(truth: Ledger, team: str) -> list[tuple[str, str]]:
    return [("team", team), ("area", truth.areas[team]), ("portfolio", truth.organisation)]


def _toil(truth: Ledger, entries: list[Row]) -> None:
    def monday(row: Row) -> date:
        day = truth.day_of(row["performed_at"])
        return day - timedelta(days=day.weekday())

    tickets = {(row["team"], monday(row)) for row in entries if row["basis"] == "ticket" and row["incident"] is None}
    for row in entries:
        day = truth.day_of(row["performed_at"])
        for metric in SHARES:
            if metric == "unplanned_work_share" and row["incident"] is not None:
                continue
            for tally in truth.on_day(metric, _names(truth, row["team"]), day):
                if row["basis"] == "survey" and (row["team"], monday(row)) in tickets:
                    tally.excluded["same_work"] += 1
                else:
                    tally.hits += round(row["minutes"] * MINUTE)


def _answers(truth: Ledger, incidents: list[Row], events: list[Row]) -> None:
    hands = defaultdict(list)
    for event in events:
        if event["actor"] == "person":
            hands[event["incident"]].append(event["event_at"])
    of_services: dict[str, list[Span]] = defaultdict(list)
    of_teams: dict[str, list[Span]] = defaultdict(list)
    for row in incidents:
        if row["is_planned"] is True:
            continue
        unknown = "planned_unknown" if row["is_planned"] is None else None
        if row["end"] is None and row["closed"] is not None:
            unknown = unknown or "resolution_time_unknown"
        if unknown:
            truth.count(MINUTES, row["service"], row["owner"], row["start"], unknown)
            truth.count("unplanned_work_share", None, row["owner"], row["start"], unknown)
            continue
        ended = truth.as_of if row["end"] is None else row["end"]
        first = min((at for at in hands[row["incident"]] if at < ended), default=None)
        if first is not None:
            of_services[row["service"]].append((first, ended))
            of_teams[row["owner"]].append((first, ended))
    for service, spans in of_services.items():
        for day, length in _by_day(truth, spans):
            for tally in truth.on_day(MINUTES, [("service", service)], day):
                tally.hits += length
    for team, spans in of_teams.items():
        for day, length in _by_day(truth, spans):
            for metric in (MINUTES, "unplanned_work_share"):
                for tally in truth.on_day(metric, _names(truth, team), day):
                    tally.hits += length


def _by_day(truth: Ledger, spans: list[Span]) -> Iterator[tuple[date, int]]:
    """Days with the time in which any of the spans runs, from the start of the logs to the clock."""
    edges = sorted({truth.start, truth.as_of, *(edge for span in spans for edge in span)})
    edges = [edge for edge in edges if truth.start <= edge <= truth.as_of]
    begins, ends = sorted(low for low, _ in spans), sorted(high for _, high in spans)
    opened = closed = 0
    for low, high in pairwise(edges):
        while opened < len(begins) and begins[opened] <= low:
            opened += 1
        while closed < len(ends) and ends[closed] <= low:
            closed += 1
        if opened > closed:
            yield from truth.cut(low, high)


def cell(metric: str, tally: Tally, status: str) -> Cell:
    """What an undivided cell must say; `status` is that of n days."""
    shown = status in ("ok", "provisional")
    if metric == MINUTES:
        value = tally.hits / MINUTE
        return Cell(value, float(tally.events), tally.events, value if shown else None, status)
    ratio = tally.hits / tally.events if shown else None
    return Cell(tally.hits / HOUR, tally.events / HOUR, len(tally.days), ratio, status)
