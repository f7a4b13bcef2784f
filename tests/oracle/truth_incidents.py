"""Incidents of a simulated organisation, from its state: their clocks, and what became of them."""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.truth_ledger import DAY, Ledger, Row

CLOCKS = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_restore")


def known(truth: Ledger, row: Row) -> Row:
    """What had happened to an incident by as_of."""

    def by_now(name: str) -> int | None:
        return row[name] if row[name] is not None and row[name] <= truth.as_of else None

    first, again = by_now("first_resolved_at"), by_now("reopened_at")
    start = row["impact_started_at"] if row["impact_started_at"] is not None else row["declared_at"]
    return {
        **row,
        "start": start,
        "owner": row["team_id"] or truth.owner(row["service"], start),
        "detected": by_now("detected_at"),
        "ack": by_now("acknowledged_at"),
        "mitigated": by_now("mitigated_at"),
        "first": first,
        "again": again,
        "end": first if again is None else by_now("resolved_at"),
        "closed": by_now("closed_at"),
    }


def note(truth: Ledger, incidents: list[Row], events: list[Row]) -> None:
    """Counts incidents and their clocks."""
    hands = defaultdict(list)
    for event in events:
        if event["actor"] == "person":
            hands[event["incident"]].append(event["event_at"])
    for row in incidents:
        if row["is_planned"] is not True:
            _one(truth, row, hands[row["incident"]])


def _one(truth: Ledger, row: Row, hands: list[int]) -> None:
    where = (row["service"], row["owner"], row["start"])
    if row["is_planned"] is None:
        for metric in ("incident_rate", *CLOCKS, "self_healing_share"):
            truth.count(metric, *where, "planned_unknown")
        if row["first"] is not None:
            truth.count("reopen_rate", row["service"], row["owner"], row["first"], "planned_unknown")
        return
    is_over = row["end"] is not None or row["closed"] is not None
    truth.count("incident_rate", *where, True)
    _clock(truth, "time_to_acknowledge", row, row["ack"], is_over, "acknowledgement_unknown")
    _clock(truth, "time_to_detect", row, row["detected"], True, "detection_unknown")
    _clock(truth, "time_to_mitigate", row, row["mitigated"], is_over, "mitigation_time_unknown")
    _clock(truth, "time_to_restore", row, row["end"], is_over, "resolution_time_unknown")
    if row["first"] is not None:
        young = row["first"] + 7 * DAY > truth.as_of
        again = row["again"] is not None and row["again"] - row["first"] <= 7 * DAY
        truth.count("reopen_rate", row["service"], row["owner"], row["first"], "immature" if young else again)
    truth.count("self_healing_share", *where, _healed(truth, row, hands, is_over))


def _clock(truth: Ledger, metric: str, row: Row, stop: int | None, is_over: bool, reason: str) -> None:
    if stop is None and is_over:
        truth.count(metric, row["service"], row["owner"], row["start"], reason)
        return
    length = (truth.as_of if stop is None else stop) - row["start"]
    for tally in truth.tallies_of(metric, row["service"], row["owner"], row["start"]):
        if length < 0:
            tally.excluded["negative_duration"] += 1
        else:
            tally.subjects.append((length, stop is not None))


def _healed(truth: Ledger, row: Row, hands: list[int], is_over: bool) -> bool | str:
    end = row["end"]
    if not is_over or (end is not None and end + DAY > truth.as_of):
        return "immature"
    if row["resolved_by"] is None:
        return "outcome_unknown"
    if row["resolved_by"] != "automation":
        return False
    if end is None:
        return "outcome_unknown"
    again = row["again"] is not None and 0 < row["again"] - row["first"] <= DAY
    return not again and not any(hand < end for hand in hands)
