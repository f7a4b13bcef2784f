"""Runbooks, their versions, and every time that one ran.

Belongs here: automations and runs. Does not belong here: whether an alert or incident cleared (alerts, incidents).
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.alerts import AUTOMATABLE
from pipelines.simulate.effects import NEVER
from pipelines.simulate.incidents import AUTOMATION
from pipelines.simulate.names import ALERT_CLASSES, RECIPES
from pipelines.simulate.rhythm import DAY
from pipelines.simulate.streams import Random, chosen, happens, lognormal, uniform_seconds
from pipelines.simulate.table import NONE, Array, Ints, Table, numbered, unknown
from pipelines.simulate.words import code
from pipelines.simulate.world import World

SUCCEEDED, FAILED, TIMED_OUT, ABORTED = range(4)
LIVE, DRY_RUN, SHADOW = range(3)
CRITICAL_RECIPES = (2, 6)
SECOND_VERSION = 0.6
OTHER_OUTCOMES = (0.25, 0.55, 0.14, 0.06)
"""Of runs that did not clear their alert or incident: they ran to their end all the same, or not."""
TAKEN_OVER, REVERSED, WORSENED, UNAPPROVED = 0.025, 0.004, 0.02, 0.02
SCHEDULED_PER_WEEK = 0.6
UNKNOWN_OUTCOME, UNKNOWN_MODE = 0.005, 0.003


def runbooks(world: World) -> Table:
    """One row a team and automatable class: the automation, and from when on it is live (NONE: never)."""
    teams = world.settings.teams
    team, kind = np.divmod(numbered(teams * AUTOMATABLE), AUTOMATABLE)
    adopted = world.rollout.adopted_at[team]
    random = world.streams("automations.runbooks")
    old = world.rhythm.start - uniform_seconds(random, 60 * DAY, 200 * DAY, len(team))
    new = np.where(adopted == NEVER, NONE, adopted + uniform_seconds(random, 0, 8 * DAY, len(team)) + kind * 5 * DAY)
    formalised = np.where(kind == 0, old, new)
    formalised = np.where(formalised > world.rhythm.end - 7 * DAY, NONE, formalised)
    tested = np.where(formalised == NONE, NONE, formalised + uniform_seconds(random, DAY, 5 * DAY, len(team)))
    return Table(
        {
            "automation": team * AUTOMATABLE + kind,
            "team": team,
            "alert_class": kind,
            "formalised_at": formalised,
            "tested_at": tested,
            "live_from": tested,
        }
    )


def versions(world: World, books: Table) -> Table:
    """One row a version: the first of every runbook, and a second one of some, a quarter later."""
    random = world.streams("automations.versions")
    first = books.take(books["live_from"] != NONE)
    size = len(first)
    again = first["live_from"] + uniform_seconds(random, 60 * DAY, 120 * DAY, size)
    has_second = happens(random, SECOND_VERSION, size) & (again + 5 * DAY < world.rhythm.end)
    minutes = np.round(lognormal(random, 25.0, 0.5, size), 1)
    other = (first["automation"] + AUTOMATABLE * random.integers(1, world.settings.teams, size)) % len(books)
    first = first.having(
        version=np.ones(size, dtype=np.int64),
        risk=np.isin(first["alert_class"], CRITICAL_RECIPES).astype(np.int64),
        manual_minutes=minutes,
        manual_minutes_basis=happens(random, 0.3, size).astype(np.int64),
        derived_from=np.where((first["alert_class"] > 0) & happens(random, 0.25, size), other, NONE),
    )
    second = first.take(has_second)
    formalised = again[has_second]
    tested = formalised + uniform_seconds(random, DAY, 4 * DAY, len(second))
    second = second.having(
        version=np.full(len(second), 2), formalised_at=formalised, tested_at=tested, live_from=tested
    )
    ends = unknown(size)
    ends[has_second] = tested
    every = Table.joined([first.having(live_to=ends), second.having(live_to=unknown(len(second)))])
    every = every.take(every["tested_at"] < world.rhythm.end).ordered("automation", "version")
    return every.having(row=numbered(len(every), 1))


def recipe_name(automation: int, team_ids: list[str]) -> str:
    """The id of an automation in words."""
    team, kind = divmod(automation, AUTOMATABLE)
    return f"{team_ids[team]}-{RECIPES[kind].replace('_', '-')}"


def classes_text(kind: int) -> str:
    """The alert classes that a runbook answers, as its register has them."""
    return ALERT_CLASSES[kind]


def runs(world: World, every_version: Table, incidents: Table, alerts: Table) -> Table:
    """All runs in the order in which they started; `run` is the id."""
    found = Table.joined(
        [
            _of_alerts(world, alerts),
            _of_incidents(world, every_version, incidents),
            _scheduled(world, every_version),
            _rehearsals(world, every_version),
        ]
    )
    found = found.take((found["started_at"] >= 0) & (found["finished_at"] < world.rhythm.end))
    found = found.ordered("started_at", "automation", "service", "alert", "incident")
    found = found.having(run=numbered(len(found), 1), version=_version_at(every_version, found))
    return _supervised(world, every_version, found)


def _version_at(every_version: Table, found: Table) -> Ints:
    """The version in force; a rehearsal states its own."""
    second = unknown(int(max(every_version["automation"].max(initial=0), found["automation"].max(initial=0))) + 1)
    is_second = every_version["version"] == 2
    second[every_version["automation"][is_second]] = every_version["live_from"][is_second]
    since = second[found["automation"]]
    in_force = np.where((since != NONE) & (found["started_at"] >= since), 2, 1)
    return np.where(found["rehearsed"] == NONE, in_force, found["rehearsed"]).astype(np.int64)


def _run_table(size: int, **columns: Array) -> Table:
    nothing = unknown(size)
    base: dict[str, Array] = {
        "incident": nothing, "alert": nothing, "rehearsed": nothing, "outcome": np.zeros(size, dtype=np.int64),
        "mode": np.zeros(size, dtype=np.int64), "alert_class": nothing,
    }  # fmt: skip
    return Table({**base, **columns})


def _unsuccessful(random: Random, size: int) -> Ints:
    return chosen(random, np.array(OTHER_OUTCOMES), size)


def _of_alerts(world: World, alerts: Table) -> Table:
    random = world.streams("automations.of_alerts")
    found = alerts.take(alerts["automation"] != NONE)
    size = len(found)
    started = found["fired_at"] + uniform_seconds(random, 5, 50, size)
    has_cleared = found["resolved_by"] == AUTOMATION
    lasted = uniform_seconds(random, 20, 600, size)
    return _run_table(
        size,
        automation=found["automation"],
        service=found["service"],
        trigger=np.full(size, code("run_trigger", "alert")),
        alert=found["alert"],
        started_at=started,
        finished_at=np.where(has_cleared, np.maximum(found["resolved_at"], started + 1), started + lasted),
        outcome=np.where(has_cleared, SUCCEEDED, _unsuccessful(random, size)),
    )


def _of_incidents(world: World, every_version: Table, incidents: Table) -> Table:
    """The run that resolved an incident, and runs of teams with automation that did not help."""
    random = world.streams("automations.of_incidents")
    unplanned = incidents.take(incidents["is_planned"] != 1)
    has_adopted = world.rollout.has_adopted(unplanned["team"], unplanned["started_at"])
    has_resolved = unplanned["true_resolver"] == AUTOMATION
    rows = has_resolved | (has_adopted & happens(random, 0.3, len(unplanned)))
    found, has_resolved = unplanned.take(rows), has_resolved[rows]
    size = len(found)
    length = found["restored_at"] - found["detected_at"]
    started = found["detected_at"] + np.floor(length * random.uniform(0.05, 0.6, size)).astype(np.int64)
    lasted = np.maximum(1, np.floor((found["restored_at"] - started) * random.uniform(0.1, 0.9, size))).astype(np.int64)
    return _run_table(
        size,
        automation=_usable(random, every_version, found),
        service=found["service"],
        trigger=np.full(size, code("run_trigger", "incident")),
        incident=found["incident"],
        started_at=started,
        finished_at=np.where(has_resolved, np.maximum(found["restored_at"], started + 1), started + lasted),
        outcome=np.where(has_resolved, SUCCEEDED, _unsuccessful(random, size)),
    )


def _usable(random: Random, every_version: Table, found: Table) -> Ints:
    """One of the automations that the incident's team had live then; its oldest one if there was no other."""
    first = every_version.take(every_version["version"] == 1)
    live_from = np.full(int(first["automation"].max(initial=0)) + AUTOMATABLE + 1, NEVER)
    live_from[first["automation"]] = first["live_from"]
    wish = found["team"] * AUTOMATABLE + random.integers(0, AUTOMATABLE, len(found))
    return np.where(live_from[wish] <= found["started_at"], wish, found["team"] * AUTOMATABLE).astype(np.int64)


def _scheduled(world: World, every_version: Table) -> Table:
    """Clean-ups and renewals by the clock, on services that the team owned at the start."""
    random = world.streams("automations.scheduled")
    ends = np.where(every_version["live_to"] == NONE, world.rhythm.end, every_version["live_to"])
    begins = np.maximum(every_version["live_from"], world.rhythm.start)
    weeks = np.maximum(ends - begins, 0) / (7 * DAY)
    counts = random.poisson(SCHEDULED_PER_WEEK * weeks * world.settings.scale)
    row = np.repeat(np.arange(len(every_version)), counts)
    size = len(row)
    started = begins[row] + np.floor((ends - begins)[row] * random.random(size)).astype(np.int64)
    return _run_table(
        size,
        automation=every_version["automation"][row],
        service=_of_team(world, random, every_version["team"][row]),
        trigger=np.where(happens(random, 0.85, size), code("run_trigger", "schedule"), code("run_trigger", "pipeline")),
        started_at=started,
        finished_at=started + uniform_seconds(random, 10, 1200, size),
        outcome=chosen(random, np.array([0.955, 0.03, 0.01, 0.005]), size),
    )


def _of_team(world: World, random: Random, teams: Ints) -> Ints:
    owner = world.structure.services["team"]
    first = np.searchsorted(owner, teams, side="left")
    count = np.searchsorted(owner, teams, side="right") - first
    return first + np.floor(random.random(len(teams)) * count).astype(np.int64)


def _rehearsals(world: World, every_version: Table) -> Table:
    """Dry and shadow runs of each version, between being written and being live."""
    random = world.streams("automations.rehearsals")
    row = np.repeat(np.arange(len(every_version)), random.integers(1, 5, len(every_version)))
    size = len(row)
    begins, ends = every_version["formalised_at"][row], every_version["live_from"][row]
    started = begins + np.floor((ends - begins - 3600) * random.random(size)).astype(np.int64)
    return _run_table(
        size,
        automation=every_version["automation"][row],
        service=_of_team(world, random, every_version["team"][row]),
        trigger=np.full(size, code("run_trigger", "person")),
        started_at=started,
        finished_at=started + uniform_seconds(random, 10, 1200, size),
        outcome=chosen(random, np.array([0.8, 0.15, 0.05, 0.0]), size),
        mode=np.where(happens(random, 0.5, size), DRY_RUN, SHADOW),
        rehearsed=every_version["version"][row],
    )


def _supervised(world: World, every_version: Table, found: Table) -> Table:
    """Approvals of critical runs, takeovers, reversals, harm; and what no log says."""
    random, size = world.streams("automations.supervised"), len(found)
    more = 4 if world.settings.scenario == "harmful" else 1
    kind = found["automation"] % AUTOMATABLE
    is_live = found["mode"] == LIVE
    is_critical = is_live & np.isin(kind, CRITICAL_RECIPES)
    approved = found["started_at"] - uniform_seconds(random, 5, 900, size)
    is_late = happens(random, UNAPPROVED / 2, size)
    approved = np.where(is_late, np.minimum(found["started_at"] + 60, found["finished_at"]), approved)
    is_well = found["outcome"] == SUCCEEDED
    is_taken = is_live & happens(random, np.where(is_well, TAKEN_OVER / 3, 6 * TAKEN_OVER) * more, size)
    lasted = found["finished_at"] - found["started_at"]
    is_reversed = is_live & is_well & happens(random, REVERSED * more, size)
    has_worsened = is_live & (found["incident"] != NONE) & happens(random, WORSENED * more, size)
    reversed_at = found["finished_at"] + uniform_seconds(random, 300, 7200, size)
    return found.having(
        approval_requested_at=np.where(is_critical, approved - uniform_seconds(random, 20, 1800, size), NONE),
        approved_at=np.where(is_critical, approved, NONE),
        approval_expires_at=np.where(is_critical, approved + 3600, NONE),
        approver_differs=np.where(is_critical, ~happens(random, UNAPPROVED / 2, size), NONE).astype(np.int64),
        taken_over_at=np.where(is_taken, found["started_at"] + np.floor(0.8 * lasted).astype(np.int64), NONE),
        reversed_at=np.where(is_reversed & (reversed_at < world.rhythm.end), reversed_at, NONE),
        harmed_incident_id=np.where(has_worsened, found["incident"], NONE),
        outcome=np.where(is_live & happens(random, UNKNOWN_OUTCOME, size), NONE, found["outcome"]),
        mode=np.where(is_live & happens(random, UNKNOWN_MODE, size), NONE, found["mode"]),
    )
