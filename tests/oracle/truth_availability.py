"""Availability in time of a simulated organisation, from the simulator's state alone. Plain Python; microseconds.

Belongs here: what hit a service when, and what is left of its days. Does not belong here: entities, periods, cells
(truth_ledger.py, simulated_truth.py).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from tests.oracle.truth_ledger import Key, Ledger, Row, periods_of, rows_of

Span = tuple[int, int]
METRIC, OUTAGES = "availability_time", "market_outage_minutes"


def merged(spans: list[Span]) -> list[Span]:
    """Without overlaps, in order."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            low, high = found[-1][0], max(found.pop()[1], high)
        found.append((low, high))
    return found


def shared(left: list[Span], right: list[Span]) -> list[Span]:
    """What two lists without overlaps have in common."""
    both = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return [(low, high) for low, high in both if low < high]


def length(spans: list[Span]) -> int:
    """Of a list without overlaps."""
    return sum(high - low for low, high in spans)


def impacts(truth: Ledger, hits: list[Row], incidents: list[Row]) -> tuple[list[tuple[Row, Span]], list[Row]]:
    """(row with service and market, from when to when) of what had begun, and incidents whose end nobody knows."""
    by_id = {row["incident"]: row for row in incidents}
    known = [row for row in hits if max(row["declared_at"], row["impact_started_at"]) <= truth.as_of]
    told = {row["incident"] for row in known}
    found: list[tuple[Row, Span]] = []
    for row in known:
        ended = max(row["impact_ended_at"], row["declared_at"], row["impact_started_at"])
        end = row["impact_ended_at"] if ended <= truth.as_of else _end(truth, by_id[row["incident"]])
        assert end is not None
        found.append((row, (row["impact_started_at"], end)))
    lost = []
    for row in incidents:
        if row["incident"] in told or row["customer_impact"] is False or row["start"] > truth.as_of:
            continue
        end = _end(truth, row)
        if end is None:
            lost.append(row)
        else:
            found.append(({**row, "market": None}, (row["start"], end)))
    return found, lost


def _end(truth: Ledger, incident: Row) -> int | None:
    if incident["end"] is None and incident["closed"] is None:
        return truth.as_of
    end: int | None = incident["end"]
    return end


def note(truth: Ledger, folder: Path, incidents: list[Row]) -> None:
    """Fills the tallies of availability_time and market_outage_minutes."""
    found, lost = impacts(truth, rows_of(folder, "incident_services"), incidents)
    for row in lost:
        truth.count(METRIC, row["service"], row["owner"], row["start"], "impact_end_unknown")
    _outages(truth, found, lost)
    down: dict[str, list[Span]] = defaultdict(list)
    for row, span in found:
        down[row["service"]].append(span)
    agreed: dict[str, list[Span]] = defaultdict(list)
    availability = {row["slo"] for row in rows_of(folder, "slos") if row["sli"] == "availability"}
    for row in (each for each in rows_of(folder, "slo_exclusions") if each["slo"] in availability):
        if (
            row["registered_at"] <= truth.as_of
            and row["registered_at"] < row["starts_at"]
            and row["slo"] in availability
        ):
            agreed[row["service"]].append((row["starts_at"], row["ends_at"]))
    for service, row in truth.services.items():
        out, off = merged(down[service]), merged(agreed[service])
        for low, high, day in truth.pieces(row["moved_at"]):
            here_out, here_off = shared(out, [(low, high)]), shared(off, [(low, high)])
            promised = high - low - length(here_off)
            kept = promised - length(here_out) + length(shared(here_out, here_off))
            for tally in truth.tallies_of(METRIC, service, truth.owner(service, low), low) if promised else ():
                tally.hits += kept
                tally.events += promised
                tally.days.add(day)


def _outages(truth: Ledger, found: list[tuple[Row, Span]], lost: list[Row]) -> None:
    """Of services of tier 1 and 2, united anew in each market for every entity, day by day."""
    hits: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for row, span in [*found, *((row, None) for row in lost)]:
        if truth.services[row["service"]]["tier"] > 2:
            continue
        if span is None or row["market"] is None:
            reason = "impact_end_unknown" if span is None else "market_unknown"
            truth.count(OUTAGES, row["service"], row["owner"], row["start"], reason)
        else:
            hits[row["service"]].append((row["market"], span))
    pieces: dict[tuple[str, str, date], dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for service, row in truth.services.items():
        if row["tier"] > 2:
            continue
        for low, high, day in truth.pieces(row["moved_at"]):
            team = str(truth.owner(service, low))
            for kind, name in (
                ("service", service), ("team", team), ("area", truth.areas[team]), ("portfolio", truth.organisation),
            ):  # fmt: skip
                in_markets = pieces[kind, name, day]
                for market, span in hits[service]:
                    in_markets[market] += shared([span], [(low, high)])
    for (kind, name, day), in_markets in pieces.items():
        for period_type, start in periods_of(day):
            tally = truth.tallies[Key(kind, name, OUTAGES, period_type, start)]
            tally.hits += sum(length(merged(spans)) for spans in in_markets.values())
            tally.events += 1
