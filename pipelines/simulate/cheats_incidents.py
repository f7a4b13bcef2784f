"""Cheats with incidents and their events.

Belongs here: what a team changes in its incidents, one function a signal. Does not belong here: who cheats (cheats.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipelines.simulate.cheats import Office
from pipelines.simulate.incident_story import BY_PERSON
from pipelines.simulate.rhythm import DAY, HOUR
from pipelines.simulate.streams import uniform_seconds
from pipelines.simulate.table import NONE, Array, Bools, Ints, Table, unknown
from pipelines.simulate.words import code

BUNCHED_BELOW = 300
"""Seconds to acknowledge that a team likes to stay below."""
HEAP = 300


def _over(office: Office) -> Bools:
    """The team's unplanned incidents that were resolved once, closed, and not edited yet."""
    table = office.state["incidents"]
    rows = (table["team"] == office.team) & (table["is_planned"] == 0) & (table["first_resolved_at"] != NONE)
    rows &= (table["reopened_at"] == NONE) & (table["closed_at"] != NONE) & (table["closed_at"] <= office.as_of)
    if "edited_at" in table:
        rows &= table["edited_at"] == NONE
    return np.asarray(rows)


def _add_events(office: Office, event: str, incidents: Ints, services: Ints, at: Ints, **columns: Array) -> None:
    size = len(incidents)
    rows = Table(
        {
            "incident": incidents,
            "service": services,
            "event": np.full(size, code("event", event)),
            "event_at": at,
            "actor": np.full(size, BY_PERSON),
            **columns,
        }
    )
    office.append("incident_events", "event_id", rows)


def _move_events(office: Office, event: str, incidents: Ints, at: Ints) -> None:
    """The events of that name of these incidents (one each) happened then; NONE: not at all."""
    table = office.state["incident_events"]
    moved = np.full(int(max(table["incident"].max(initial=0), incidents.max(initial=0))) + 1, -2, dtype=np.int64)
    moved[incidents] = at
    new = moved[table["incident"]]
    rows = (table["event"] == code("event", event)) & (new != -2)
    table["event_at"] = np.where(rows, new, table["event_at"])
    office.keep("incident_events", table["event_at"] != NONE)


def _set(table: Table, places: Ints, **columns: Array | int) -> None:
    for name, values in columns.items():
        column = table[name].copy()
        column[places] = values
        table[name] = column


def severity_downgrade(office: Office) -> None:
    """Lowered around the closing, when nobody looks any more."""
    table = office.state["incidents"]
    at = table["closed_at"] + uniform_seconds(office.random, -HOUR, 20 * HOUR, len(table))
    at = np.maximum(at, table["first_resolved_at"])
    rows = _over(office) & (table["severity"] >= 0) & (table["severity"] < 4) & (table["severity_first"] == NONE)
    places = office.picked(rows & (at <= office.as_of))
    former = table["severity"][places]
    _set(table, places, severity_first=former, severity=former + 1, triaged_at=at[places])
    ids = table["incident"][places]
    field = np.full(len(places), code("field", "severity"))
    _add_events(
        office, "severity_changed", ids, table["service"][places], at[places],
        field=field, from_severity=former, to_severity=former + 1,
    )  # fmt: skip
    office.list_records("incidents", ids, "severity lowered at or after closing")


def late_edit(office: Office) -> None:
    """The end moved forward, three days or more after closing."""
    table = office.state["incidents"]
    if "edited_at" not in table:
        table["edited_at"], table["edited_resolved_at"] = unknown(len(table)), unknown(len(table))
    edited_at = table["closed_at"] + 3 * DAY + uniform_seconds(office.random, HOUR, 8 * DAY, len(table))
    places = office.picked(_over(office) & (edited_at <= office.as_of))
    former, start = table["resolved_at"][places], table["started_at"][places]
    better = start + np.maximum(1, np.floor(0.6 * (former - start))).astype(np.int64)
    better = np.maximum(better, table["declared_at"][places])
    _set(table, places, edited_at=edited_at[places], edited_resolved_at=better)
    ids = table["incident"][places]
    field = np.full(len(places), code("field", "resolved_at"))
    _add_events(
        office, "edited", ids, table["service"][places], edited_at[places],
        field=field, from_instant=former, to_instant=better,
    )  # fmt: skip
    office.list_records("incidents", ids, "end moved forward 72 h or more after closing")


def backdating(office: Office) -> None:
    """Written down days later, with an end that lies before the true one."""
    table = office.state["incidents"]
    if "extra_lag" not in table:
        table["extra_lag"] = np.zeros(len(table), dtype=np.int64)
    places = office.picked(_over(office))
    length = table["resolved_at"][places] - table["started_at"][places]
    end = table["started_at"][places] + np.maximum(1, np.floor(0.5 * length)).astype(np.int64)
    end = np.maximum(end, table["declared_at"][places])
    lag = uniform_seconds(office.random, 6 * DAY, 9 * DAY, len(places))
    _set(table, places, extra_lag=lag)
    _end_at(office, places, end)
    office.list_records("incidents", table["incident"][places], "recorded days later, with an earlier end")


def _end_at(office: Office, places: Ints, end: Ints) -> None:
    """Incidents that ended then, and all that follows from it: nothing of them happened later."""
    table = office.state["incidents"]
    ids = table["incident"][places]
    for column, event in (("acknowledged_at", "acknowledged"), ("mitigated_at", "mitigated")):
        before = table[column][places]
        kept = np.where((before != NONE) & (before <= end), before, NONE)
        _set(table, places, **{column: kept})
        _move_events(office, event, ids, kept)
    _set(table, places, first_resolved_at=end, resolved_at=end)
    _move_events(office, "resolved", ids, end)


def incident_splitting(office: Office) -> None:
    """From the middle of the weeks on, one incident of up to an hour becomes two of half its length."""
    table = office.state["incidents"]
    length = table["resolved_at"] - table["started_at"]
    days = office.state.world.rhythm.day_starts
    places = office.picked(
        _over(office)
        & (table["started_at"] > days[len(days) // 2])
        & (length >= 120)
        & (length <= HOUR)
        & (table["declared_at"] - table["started_at"] < 0.4 * length)
    )
    half = table["started_at"][places] + np.floor(0.5 * length[places]).astype(np.int64)
    second, nothing = table.take(places), unknown(len(places))
    ids, end = second["incident"], second["resolved_at"].copy()
    second = second.having(
        started_at=half, impact_started_at=half, detected_at=half, declared_at=half + 1,
        acknowledged_at=nothing, mitigated_at=nothing, severity_first=nothing, triaged_at=nothing,
        corrected_at=nothing, caused_by_deployment_id=nothing,
    )  # fmt: skip
    _end_at(office, places, half)
    new = office.append("incidents", "incident", second)
    _add_events(office, "declared", new, second["service"], half + 1)
    _add_events(office, "resolved", new, second["service"], end)
    office.list_records("incidents", ids, "the first half of one incident")
    office.list_records("incidents", new, "the second half of one incident")


def silent_incident(office: Office) -> None:
    """Never declared: no incident, no event, no review; what monitoring saw stays."""
    table = office.state["incidents"]
    rows = (table["team"] == office.team) & (table["is_planned"] == 0) & (table["true_severity"] >= 1)
    ids = table["incident"][office.picked(rows)]
    office.list_records("incidents", ids, "never declared")
    for kind in ("incidents", "incident_events", "incident_services", "postmortems"):
        office.keep(kind, ~np.isin(office.state[kind]["incident"], ids))
    reviews = office.state["postmortems"]["postmortem"]
    office.keep("postmortem_actions", np.isin(office.state["postmortem_actions"]["postmortem"], reviews))
    for kind, columns in (("alerts", ("incident",)), ("automation_runs", ("incident", "harmed_incident_id"))):
        other = office.state[kind]
        for column in columns:
            other[column] = np.where(np.isin(other[column], ids), NONE, other[column])
    toil = office.state["toil_entries"]
    toil["incident"] = np.where(np.isin(toil["incident"], ids), NONE, toil["incident"])


def quick_close_reopen(office: Office) -> None:
    """Closed as soon as possible, and opened again within the hour."""
    table = office.state["incidents"]
    length = table["resolved_at"] - table["started_at"]
    early = table["started_at"] + np.floor(0.45 * length).astype(np.int64)
    again = early + np.minimum(np.floor(0.3 * length), 3000).astype(np.int64)
    rows = _over(office) & (length > 900) & (early > table["declared_at"])
    rows &= (table["acknowledged_at"] == NONE) | (table["acknowledged_at"] < early)
    places = office.picked(rows)
    ids, end = table["incident"][places], table["resolved_at"][places].copy()
    _move_events(office, "resolved", ids, early[places])
    _move_events(office, "mitigated", ids, unknown(len(places)))
    _set(table, places, first_resolved_at=early[places], reopened_at=again[places], mitigated_at=NONE)
    _add_events(office, "reopened", ids, table["service"][places], again[places])
    _add_events(office, "resolved", ids, table["service"][places], end)
    office.list_records("incidents", ids, "resolved early, reopened within an hour")


def threshold_bunching(office: Office) -> None:
    """Answers that were a little late are said to have been just in time."""
    table = office.state["incidents"]
    wait = table["acknowledged_at"] - table["started_at"]
    rows = (table["team"] == office.team) & (table["is_planned"] == 0) & (table["acknowledged_at"] != NONE)
    rows &= (wait >= BUNCHED_BELOW) & (wait < 2 * BUNCHED_BELOW)
    places = office.picked(rows & (table["declared_at"] - table["started_at"] < BUNCHED_BELOW - 30))
    at = table["started_at"][places] + uniform_seconds(office.random, BUNCHED_BELOW - 30, BUNCHED_BELOW, len(places))
    _set(table, places, acknowledged_at=at)
    _move_events(office, "acknowledged", table["incident"][places], at)
    office.list_records("incidents", table["incident"][places], "acknowledged just below five minutes")


def minute_heaping(office: Office) -> None:
    """Ends that are guessed: on the next five minutes."""
    table = office.state["incidents"]
    rounded = -(-table["resolved_at"] // HEAP) * HEAP
    places = office.picked(_over(office) & (rounded <= table["closed_at"]))
    _set(table, places, first_resolved_at=rounded[places], resolved_at=rounded[places])
    _move_events(office, "resolved", table["incident"][places], rounded[places])
    office.list_records("incidents", table["incident"][places], "end rounded to five minutes")


WAYS: dict[str, Callable[[Office], None]] = {
    "severity_downgrade": severity_downgrade,
    "late_edit": late_edit,
    "backdating": backdating,
    "incident_splitting": incident_splitting,
    "silent_incident": silent_incident,
    "quick_close_reopen": quick_close_reopen,
    "threshold_bunching": threshold_bunching,
    "minute_heaping": minute_heaping,
}
