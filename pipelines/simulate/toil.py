"""Manual work, and scaling by hand or by machine.

Belongs here: toil entries and capacity events. Does not belong here: response to one incident (incidents.py).
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.incidents import PERSON
from pipelines.simulate.streams import chosen, happens, lognormal
from pipelines.simulate.structure import HOURS_PER_MEMBER
from pipelines.simulate.table import NONE, Array, Table, numbered, unknown
from pipelines.simulate.words import code
from pipelines.simulate.world import World

TOIL_SHARE = 0.30
"""Of a team's capacity, by ticket, before adoption and trend."""
MEDIAN_MINUTES, SIGMA = 45.0, 0.7
CATEGORIES = (0.40, 0.22, 0.15, 0.13, 0.10)
SURVEY = code("toil_basis", "survey")
SCALINGS_PER_WEEK, SATURATED = 0.5, 0.12


def simulate(world: World, incidents: Table) -> Table:
    """All entries in order: tickets, a survey of each team and week, and the responders' time of incidents.

    `effect_factor`: what adoption did to the minutes of this entry (1: nothing).
    """
    every = Table.joined([_tickets(world), _surveys(world), _response(world, incidents)])
    every = every.take(every["performed_at"] < world.rhythm.end).ordered("performed_at", "team", "minutes")
    return every.having(entry=numbered(len(every), 1))


def _tickets(world: World) -> Table:
    random, teams = world.streams("toil.tickets"), world.structure.teams
    capacity = teams["members"] * HOURS_PER_MEMBER * 60
    mean = MEDIAN_MINUTES * np.exp(SIGMA**2 / 2)
    counts = random.poisson(TOIL_SHARE * capacity * world.rhythm.weeks / mean)
    team = np.repeat(teams["team"], counts)
    size = len(team)
    performed = world.rhythm.times(random, size, "work")
    minutes = lognormal(random, MEDIAN_MINUTES, SIGMA, size)
    return _entries(world, team, performed, minutes).having(
        category=chosen(random, np.array(CATEGORIES), size), basis=np.zeros(size, dtype=np.int64)
    )


def _entries(world: World, team: Array, performed: Array, minutes: Array) -> Table:
    """Entries with the effect of adoption and of the trend on their minutes."""
    factor = world.rollout.toil_factor(team, performed, world.rhythm.years(performed))
    has_adopted = world.rollout.has_adopted(team, performed)
    return Table(
        {
            "team": team,
            "service": unknown(len(team)),
            "incident": unknown(len(team)),
            "performed_at": performed,
            "minutes": np.round(minutes * factor, 1),
            "effect_factor": np.where(has_adopted, world.rollout.toil_ratio, 1.0),
        }
    )


def _surveys(world: World) -> Table:
    """What a team says on Fridays that the week's toil was; roughly what the tickets say, and rounded."""
    random, teams = world.streams("toil.surveys"), world.structure.teams
    weeks = world.rhythm.weeks
    team = np.repeat(teams["team"], weeks)
    friday = np.tile(world.rhythm.day_starts[4::7][:weeks] + 15 * 3600, len(teams))
    capacity = (teams["members"] * HOURS_PER_MEMBER * 60)[team]
    said = TOIL_SHARE * capacity * np.exp(random.normal(0, 0.15, len(team)))
    entries = _entries(world, team, friday, said)
    rounded = np.round(entries["minutes"] / 30) * 30
    return entries.having(
        minutes=rounded, category=np.zeros(len(team), dtype=np.int64), basis=np.full(len(team), SURVEY)
    )


def _response(world: World, incidents: Table) -> Table:
    """The time of those who answered an incident, until it was over."""
    rows = (incidents["acknowledged_at"] != NONE) & (incidents["is_planned"] != 1)
    rows &= (incidents["true_resolver"] == PERSON) & (incidents["restored_at"] < world.rhythm.end)
    found = incidents.take(rows)
    size = len(found)
    random = world.streams("toil.response")
    share = np.where(happens(random, 0.5, size), 1.0, 0.6)
    minutes = np.minimum((found["restored_at"] - found["acknowledged_at"]) / 60 * share, 480)
    return Table(
        {
            "team": found["team"],
            "service": found["service"],
            "incident": found["incident"],
            "performed_at": found["restored_at"],
            "minutes": np.round(np.maximum(minutes, 1), 1),
            "effect_factor": np.ones(size),
            "category": np.full(size, code("toil_category", "incident_response")),
            "basis": np.full(size, code("toil_basis", "derived")),
        }
    )


def capacity_events(world: World) -> Table:
    """Scaling actions, by automation more often after adoption, and saturations that neither prevented."""
    random, services = world.streams("toil.capacity"), world.structure.services
    mean = SCALINGS_PER_WEEK * world.rhythm.weeks * world.settings.scale
    service = np.repeat(services["service"], random.poisson(mean, len(services)))
    size = len(service)
    happened = world.rhythm.times(random, size, "traffic")
    team = world.structure.owners(service, happened)
    by_automation = np.where(world.rollout.has_adopted(team, happened), 0.75, 0.35)
    scaled = np.where(happens(random, by_automation, size), 0, 1)
    event = np.where(happens(random, SATURATED, size), code("capacity_event", "saturated"), scaled)
    table = Table({"service": service, "happened_at": happened, "event": event.astype(np.int64)})
    table = table.ordered("happened_at", "service")
    return table.having(event_id=numbered(size, 1))
