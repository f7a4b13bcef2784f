"""Alerts: which fire, which clear themselves, and which automation ends.

Belongs here: the true course of every alert, the probabilities by class. Does not belong here: runs (automations.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.names import ALERT_CLASSES
from pipelines.simulate.rhythm import DAY
from pipelines.simulate.streams import Random, chosen, happens, lognormal, seconds
from pipelines.simulate.table import NONE, Array, Floats, Table, numbered, unknown
from pipelines.simulate.words import code
from pipelines.simulate.world import World

AUTOMATABLE = 6
"""The first so many classes; the others have no runbook."""
HELD_OUT = 0.10
SELF_CLEARING = (0.20, 0.60)
BY_AUTOMATION, BY_PERSON, BY_ITSELF, BY_TIME_OUT = range(4)


@dataclass(frozen=True)
class Clearing:
    """By class: the probability that an alert clears itself, and that it clears when automation runs."""

    by_itself: Floats
    with_automation: Floats


def clearing(world: World) -> Clearing:
    """The true probabilities; automation does at least what chance would have done."""
    random = world.streams("alerts.clearing")
    by_itself = np.round(random.permutation(np.linspace(*SELF_CLEARING, len(ALERT_CLASSES))), 3)
    gain = random.uniform(0.4, 0.8, len(ALERT_CLASSES))
    return Clearing(by_itself, np.round(by_itself + (1 - by_itself) * gain, 3))


def simulate(world: World, incidents: Table, runbooks: Table) -> Table:
    """All alerts in the order in which they fired; `automation` is the one that ran, NONE if none did.

    runbooks: a row for each team and class: `automation` and `live_from` (NONE: never).
    """
    every = Table.joined([_loose(world, runbooks), _of_incidents(incidents)])
    every = every.take(every["fired_at"] < world.rhythm.end).ordered("fired_at", "service", "alert_class")
    return every.having(alert=numbered(len(every), 1))


def _loose(world: World, runbooks: Table) -> Table:
    """Alerts that are part of no incident."""
    random, services = world.streams("alerts.loose"), world.structure.services
    mean = services["alerts_per_week"] * world.rhythm.weeks * world.settings.scale
    service = np.repeat(services["service"], random.poisson(mean))
    size = len(service)
    kind = chosen(random, 1 / np.arange(2.0, len(ALERT_CLASSES) + 2), size)
    fired = world.rhythm.times(random, size, "mixed")
    team = world.structure.owners(service, fired)
    place = team * AUTOMATABLE + np.minimum(kind, AUTOMATABLE - 1)
    live_from = runbooks["live_from"][place]
    has_runbook = (kind < AUTOMATABLE) & (live_from != NONE) & (fired >= live_from)
    is_held_out = has_runbook & happens(random, HELD_OUT, size)
    runs = has_runbook & ~is_held_out
    table = Table({"service": service, "team": team, "alert_class": kind, "fired_at": fired})
    table = _ended(world, random, table, runs)
    return table.having(
        is_held_out=is_held_out.astype(np.int64),
        automation=np.where(runs, runbooks["automation"][place], NONE),
        incident=unknown(size),
    )


def _ended(world: World, random: Random, table: Table, runs: Array) -> Table:
    """How each alert ended: with automation, else as its class does when left alone."""
    size, odds = len(table), clearing(world)
    share = np.where(runs, odds.with_automation[table["alert_class"]], odds.by_itself[table["alert_class"]])
    clears = happens(random, share, size)
    is_ignored = ~clears & happens(random, 0.12, size)
    ended_by = np.where(clears, np.where(runs, BY_AUTOMATION, BY_ITSELF), np.where(is_ignored, BY_TIME_OUT, BY_PERSON))
    median = np.array([4.0, 40.0, 12.0, 0.0])[ended_by]
    lasted = np.where(ended_by == BY_TIME_OUT, DAY, 60 + seconds(lognormal(random, 1.0, 0.9, size) * median))
    was_paged = happens(random, np.array([0.15, 0.75, 0.35, 0.5])[ended_by], size)
    acted = (ended_by == BY_PERSON) | ((ended_by == BY_AUTOMATION) & ~was_paged)
    acted |= was_paged & (ended_by == BY_ITSELF) & happens(random, 0.1, size)
    return table.having(
        resolved_at=table["fired_at"] + lasted,
        resolved_by=ended_by.astype(np.int64),
        was_paged=was_paged.astype(np.int64),
        action_taken=acted.astype(np.int64),
    )


def _of_incidents(incidents: Table) -> Table:
    """The alert by which a monitor found an incident."""
    rows = (incidents["detected_by"] == code("detected_by", "monitor")) & (incidents["is_planned"] != 1)
    found = incidents.take(rows)
    size = len(found)
    return Table(
        {
            "service": found["service"],
            "team": found["team"],
            "alert_class": 3 + found["incident"] % 2,
            "fired_at": found["detected_at"],
            "resolved_at": np.where(
                found["first_resolved_at"] == NONE, found["restored_at"], found["first_resolved_at"]
            ),
            "resolved_by": found["true_resolver"],
            "was_paged": np.ones(size, dtype=np.int64),
            "action_taken": (found["true_resolver"] != BY_ITSELF).astype(np.int64),
            "incident": found["incident"],
            "is_held_out": np.zeros(size, dtype=np.int64),
            "automation": unknown(size),
        }
    )
