"""What happened to each incident: its events, and the services and markets that it hit.

Belongs here: records that follow from an incident's course. Does not belong here: that course (incidents.py).
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.incidents import AUTOMATION
from pipelines.simulate.streams import happens, uniform_seconds
from pipelines.simulate.table import NONE, Array, Bools, Table, numbered
from pipelines.simulate.words import code
from pipelines.simulate.world import World

BY_AUTOMATION, BY_PERSON = code("actor", "automation"), code("actor", "person")
MARKET_SHARES = (0.9, 0.75, 0.55, 0.35, 0.2)
"""By severity: how probably a market that the service serves is hit."""


def events(world: World, incidents: Table) -> Table:
    """One row an event, in the order of time. Automation acts where no person did."""
    random = world.streams("incident_story.events")
    size = len(incidents)
    by_monitor = incidents["detected_by"] == code("detected_by", "monitor")
    end = np.where(incidents["first_resolved_at"] == NONE, incidents["restored_at"], incidents["first_resolved_at"])
    in_between = incidents["declared_at"] + np.floor(
        np.maximum(end - incidents["declared_at"], 0) * random.uniform(0.05, 0.95, size)
    ).astype(np.int64)
    has_person = (incidents["person_from_at"] != NONE) | (incidents["true_resolver"] != AUTOMATION)
    is_urgent = (incidents["true_severity"] <= 1) & has_person & (incidents["is_planned"] != 1)
    is_escalated = is_urgent & happens(random, 0.25, size)
    is_reassigned = has_person & happens(random, 0.04, size) & (incidents["is_planned"] != 1)
    resolver = np.where(incidents["true_resolver"] == AUTOMATION, BY_AUTOMATION, BY_PERSON)
    found = [
        _of(incidents, "declared", incidents["declared_at"], np.where(by_monitor, BY_AUTOMATION, BY_PERSON)),
        _of(incidents, "acknowledged", incidents["acknowledged_at"], np.full(size, BY_PERSON)),
        _of(incidents, "escalated", np.where(is_escalated, in_between, NONE), np.full(size, BY_PERSON)),
        _of(incidents, "reassigned", np.where(is_reassigned, in_between, NONE), np.full(size, BY_PERSON)),
        _triage(incidents),
        _of(incidents, "mitigated", incidents["mitigated_at"], resolver),
        _of(incidents, "resolved", incidents["first_resolved_at"], resolver),
        _of(incidents, "reopened", incidents["reopened_at"], np.full(size, BY_PERSON)),
        _of(
            incidents, "resolved", np.where(incidents["reopened_at"] == NONE, NONE, incidents["resolved_at"]), resolver
        ),
        _corrections(incidents),
    ]
    every = Table.joined(found)
    every = every.take(every["event_at"] <= world.rhythm.as_of).ordered("event_at", "incident", "event")
    every["event_id"] = numbered(len(every), 1)
    return every


def _of(incidents: Table, event: str, at: Array, actor: Array) -> Table:
    rows = at != NONE
    found = incidents.take(rows)
    return Table(
        {
            "incident": found["incident"],
            "service": found["service"],
            "event": np.full(len(found), code("event", event)),
            "event_at": at[rows],
            "actor": actor[rows],
        }
    )


def _triage(incidents: Table) -> Table:
    """A severity that was changed while the incident ran."""
    is_triaged: Bools = (incidents["severity_first"] != NONE) & (incidents["severity"] != NONE)
    changed = _of(
        incidents,
        "severity_changed",
        np.where(is_triaged, incidents["triaged_at"], NONE),
        np.full(len(incidents), BY_PERSON),
    )
    size = len(changed)
    return changed.having(
        field=np.full(size, code("field", "severity")),
        from_severity=incidents["severity_first"][is_triaged],
        to_severity=incidents["severity"][is_triaged],
    )


def _corrections(incidents: Table) -> Table:
    """An honest correction of when the impact began, after the incident was closed."""
    rows = incidents["corrected_at"] != NONE
    edited = _of(incidents, "edited", incidents["corrected_at"], np.full(len(incidents), BY_PERSON))
    return edited.having(
        field=np.full(len(edited), code("field", "impact_started_at")),
        from_instant=incidents["declared_at"][rows],
        to_instant=incidents["impact_started_at"][rows],
    )


def services_hit(world: World, incidents: Table) -> Table:
    """One row for each service and market that an incident hit: the incident's impact there, or a part of it."""
    random, structure = world.streams("incident_story.services"), world.structure
    unplanned = incidents.take(incidents["is_planned"] != 1)
    share = np.array(MARKET_SHARES)[unplanned["true_severity"]]
    is_hit = structure.serves[unplanned["service"]] & (
        random.random((len(unplanned), len(structure.market_ids))) < share[:, None]
    )
    row, market = np.nonzero(is_hit)
    hit = unplanned.take(row)
    delay = uniform_seconds(random, 0, 120, len(hit))
    ended = hit["restored_at"]
    started = np.minimum(hit["started_at"] + delay, ended)
    return Table(
        {
            "hit": numbered(len(hit), 1),
            "incident": hit["incident"],
            "service": hit["service"],
            "market": market.astype(np.int64),
            "impact_started_at": started,
            "impact_ended_at": ended,
            "declared_at": hit["declared_at"],
        }
    )
