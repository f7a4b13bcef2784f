"""Incidents: where they come from, how bad they are, how long each step takes.

Belongs here: the true course of every incident. Does not belong here: what was written about it (incident_story.py).
Counts are overdispersed: those of a service and week are Poisson around a gamma-distributed mean (negative binomial).
Clocks run from the start of the impact. Time to restore is lognormal within a severity; over all severities and
teams log minutes are about normal with mean 4.25 and standard deviation 1.25, before adoption and trend.
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.rhythm import HOUR, MONTH, WEEK
from pipelines.simulate.streams import Random, chosen, happens, lognormal, seconds, uniform_seconds
from pipelines.simulate.table import NONE, Array, Floats, Ints, Table, numbered, unknown
from pipelines.simulate.words import code
from pipelines.simulate.world import World

SEVERITY_SHARES = (0.05, 0.15, 0.35, 0.35, 0.10)
RESTORE_MU = (3.735, 3.985, 4.235, 4.385, 4.485)
RESTORE_SIGMA = 1.219
"""Within a severity; with the spread of severities and of teams (0.2) it comes to 1.25."""
ACKNOWLEDGE_MEDIAN, ACKNOWLEDGE_SIGMA = 4.0, 0.8
DISPERSION = 1.2
"""Shape of the gamma distribution of a service-week's mean: the smaller, the more incidents come in clusters."""
OWN_SHARE, CHANGE_SHARE = 0.70, 0.20
"""Of a service's incidents: out of nowhere, caused by its own changes; the rest comes from what it depends on."""
CASCADE_SHARE = 0.30
STATED_CAUSE = 0.45
PLANNED_PER_MONTH = 0.06
REOPENED, UNCLOSED, UNRECORDED = 0.04, 0.10, 0.007
UNKNOWN_START, UNKNOWN_SEVERITY, UNKNOWN_RESOLVER, UNKNOWN_PLANNED = 0.04, 0.01, 0.02, 0.01
OTHER_TEAM = 0.03
TRIAGED, OFTEN_TRIAGED = 0.08, 0.45
"""Share of incidents whose severity changes while they run: usually, and in the one team that triages with care."""
AUTOMATION_BEFORE, AUTOMATION_AFTER, SELF_CLEARED = 0.05, 0.30, 0.10
CORRECTED = 0.02
FINGERPRINTS = 8
AUTOMATION, PERSON, CLEARED = range(3)


def simulate(world: World, deployments: Table) -> Table:
    """All incidents, in the order in which they were declared; `incident` is the id."""
    own, caused = _own(world), _caused(world, deployments)
    roots = Table.joined([own, caused]).ordered("started_at", "service")
    roots = roots.having(key=numbered(len(roots)))
    roots["severity"] = chosen(world.streams("incidents.severity"), np.array(SEVERITY_SHARES), len(roots))
    roots["fingerprint"] = roots["service"] * FINGERPRINTS + _fingerprints(world, len(roots))
    every = Table.joined([roots, _cascades(world, roots)])
    every = every.take(every["started_at"] < world.rhythm.end).ordered("started_at", "key")
    every = _clocks(world, every.having(is_planned=np.zeros(len(every), dtype=np.int64)))
    every = Table.joined([every, _planned(world)]).ordered("declared_at", "started_at", "service")
    every["incident"] = numbered(len(every), 1)
    return _written(world, every)


def _own(world: World) -> Table:
    random, services = world.streams("incidents.own"), world.structure.services
    weeks = world.rhythm.weeks
    mean = np.repeat(OWN_SHARE * services["incident_rate"] * WEEK / MONTH, weeks)
    counts = random.poisson(mean * random.gamma(DISPERSION, 1 / DISPERSION, len(mean)))
    cells = np.repeat(np.arange(len(mean)), counts)
    started = world.rhythm.times(random, len(cells), "mixed", cells % weeks)
    return Table({"service": cells // weeks, "started_at": started, "cause": unknown(len(cells))})


def _caused(world: World, deployments: Table) -> Table:
    """Incidents of bad rollouts that reached all users: as many as a service's changes cause."""
    random, services = world.streams("incidents.caused"), world.structure.services
    harmful = deployments.take(deployments["is_harmful"] == 1)
    wanted = CHANGE_SHARE * services["incident_rate"] * world.rhythm.months
    found = np.bincount(harmful["service"], minlength=len(services))
    share = np.minimum(0.7, wanted / np.maximum(found, 1))[harmful["service"]]
    harmful = harmful.take(happens(random, share, len(harmful)))
    delay = np.minimum(seconds(lognormal(random, 12.0, 1.2, len(harmful))), 20 * HOUR)
    return Table(
        {
            "service": harmful["service"],
            "started_at": harmful["finished_at"] + delay,
            "cause": harmful["deployment"],
        }
    )


def _fingerprints(world: World, size: int) -> Ints:
    """Which of its usual troubles a service has: some come again and again."""
    return chosen(world.streams("incidents.fingerprints"), 1 / np.arange(1.0, FINGERPRINTS + 1), size)


def _cascades(world: World, roots: Table) -> Table:
    """A severe outage takes down some of those that depend on it, minutes later and one severity lower."""
    random, dependencies = world.streams("incidents.cascades"), world.structure.dependencies
    severe = roots.take(roots["severity"] <= 1)
    order = np.argsort(dependencies["depends_on"], kind="stable")
    depends_on = dependencies["depends_on"][order]
    first = np.searchsorted(depends_on, severe["service"], side="left")
    count = np.searchsorted(depends_on, severe["service"], side="right") - first
    root = np.repeat(np.arange(len(severe)), count)
    within = np.arange(len(root)) - np.repeat(np.cumsum(count) - count, count)
    hit = happens(random, CASCADE_SHARE, len(root))
    service = dependencies["service"][order][(first[root] + within)[hit]]
    parent = severe.take(root[hit])
    return Table(
        {
            "service": service,
            "started_at": parent["started_at"] + uniform_seconds(random, 20, 600, len(service)),
            "cause": unknown(len(service)),
            "key": numbered(len(service), len(roots)),
            "severity": parent["severity"] + 1,
            "fingerprint": parent["fingerprint"],
            "root_key": parent["key"],
        }
    )


def restore_minutes(random: Random, severity: Ints, skill: Floats) -> tuple[Floats, Floats]:
    """Minutes from impact to resolution without adoption or trend, and the normal draws behind them."""
    normal = random.standard_normal(len(severity))
    return np.exp(np.array(RESTORE_MU)[severity] + RESTORE_SIGMA * normal + skill), normal


def acknowledge_minutes(random: Random, is_slow: Array) -> Floats:
    """Minutes from impact to the first person's answer; a quarter longer out of hours without a night rota."""
    drawn = lognormal(random, ACKNOWLEDGE_MEDIAN, ACKNOWLEDGE_SIGMA, len(is_slow))
    factor = np.where(is_slow, np.log(1.25), 0.0)
    return np.asarray(drawn * np.exp(factor - (factor.mean() if len(factor) else 0.0)))


def _clocks(world: World, table: Table) -> Table:
    """Every step of the incidents."""
    start, size = table["started_at"], len(table)
    random = world.streams("incidents.restore")
    team = world.structure.owners(table["service"], start)
    minutes, normal = restore_minutes(random, table["severity"], world.structure.teams["skill"][team])
    years = world.rhythm.years(start)
    effect = np.where(world.rollout.has_adopted(team, start), world.rollout.restore_ratio, 1.0)
    factor = world.rollout.restore_factor(team, start, years)
    first_resolved = start + np.maximum(20, seconds(minutes * factor))
    table = table.having(team=team, first_resolved_at=first_resolved, effect_factor=effect, normal=normal)
    table = _resolvers(world, table)
    table = _answers(world, table)
    random = world.streams("incidents.reopened")
    is_reopened = happens(random, REOPENED * (2 if world.settings.scenario == "harmful" else 1), size)
    gap = np.maximum(60, seconds(lognormal(random, 300.0, 1.8, size) * factor))
    again = np.maximum(20, seconds(lognormal(random, 50.0, 1.0, size) * factor))
    reopened = np.where(is_reopened, first_resolved + gap, NONE)
    resolved = np.where(is_reopened, reopened + again, first_resolved)
    closed = resolved + seconds(60 * lognormal(random, 6.0, 1.0, size))
    return table.having(
        reopened_at=reopened,
        resolved_at=resolved,
        closed_at=np.where(happens(random, UNCLOSED, size), NONE, closed),
    )


def _resolvers(world: World, table: Table) -> Table:
    """Automation and chance end the short ones rather than the long ones; that changes no duration."""
    random, size = world.streams("incidents.resolvers"), len(table)
    shortness = 2 / (1 + np.exp(1.702 * table["normal"]))
    has_adopted = world.rollout.has_adopted(table["team"], table["started_at"])
    automation = np.where(has_adopted, AUTOMATION_AFTER, AUTOMATION_BEFORE) * shortness
    draw = random.random(size)
    resolver = np.where(
        draw < automation, AUTOMATION, np.where(draw < automation + SELF_CLEARED * shortness, CLEARED, 1)
    )
    return table.having(resolved_by=resolver.astype(np.int64))


def _answers(world: World, table: Table) -> Table:
    """Detected, declared, acknowledged, mitigated: in this order, all before the first resolution."""
    random, size, start = world.streams("incidents.answers"), len(table), table["started_at"]
    hour = world.rhythm.hour_of(start)
    is_night = (hour < 7) | (hour >= 20)
    is_slow = is_night & (world.structure.teams["answers_at_night"][table["team"]] == 0)
    answer = seconds(acknowledge_minutes(random, is_slow))
    length = table["first_resolved_at"] - start
    notice = np.minimum(answer, np.floor(0.45 * length)).astype(np.int64)
    detected = start + np.floor(notice * random.uniform(0.2, 0.7, size)).astype(np.int64)
    declared = detected + np.floor((start + notice - detected) * random.uniform(0.2, 0.95, size)).astype(np.int64)
    needs_nobody = (table["resolved_by"] != PERSON) & happens(random, 0.7, size)
    is_answered = (answer < length) & ~needs_nobody & ~happens(random, 0.01, size)
    mitigated = start + np.floor(length * random.uniform(0.5, 0.97, size)).astype(np.int64)
    is_seen_by = chosen(random, np.array([0.72, 0.18, 0.10]), size)
    return table.having(
        detected_at=detected,
        declared_at=declared,
        acknowledged_at=np.where(is_answered, start + answer, NONE),
        mitigated_at=np.where(happens(random, 0.8, size), mitigated, NONE),
        detected_by=is_seen_by,
        person_from_at=np.where(is_answered, start + answer, NONE),
    )


def _planned(world: World) -> Table:
    """Planned maintenance that people log as incidents: announced days before, done at night."""
    random, services = world.streams("incidents.planned"), world.structure.services
    counts = random.poisson(PLANNED_PER_MONTH * world.rhythm.months, len(services))
    service = np.repeat(services["service"], counts)
    size = len(service)
    day = random.integers(2, len(world.rhythm.day_starts) - 1, size)
    start = world.rhythm.day_starts[day] + uniform_seconds(random, 1 * HOUR, 5 * HOUR, size)
    end = start + uniform_seconds(random, 0.5 * HOUR, 3 * HOUR, size)
    return Table(
        {
            "service": service,
            "started_at": start,
            "declared_at": start - uniform_seconds(random, 12 * HOUR, 40 * HOUR, size),
            "severity": np.full(size, 3),
            "team": world.structure.owners(service, start),
            "first_resolved_at": end,
            "resolved_at": end,
            "closed_at": end + 600,
            "resolved_by": np.full(size, PERSON),
            "detected_by": np.full(size, code("detected_by", "person")),
            "is_planned": np.ones(size, dtype=np.int64),
            "effect_factor": np.ones(size),
            "normal": np.zeros(size),
        }
    )


def triaging_team(teams: int) -> int:
    """The team that lowers many a severity, honestly and while the incident runs."""
    return 7 % teams


def _written(world: World, table: Table) -> Table:
    """What the desk knows of each incident; what it does not know is unknown for good."""
    random, size = world.streams("incidents.written"), len(table)
    is_unplanned = table["is_planned"] == 0
    keys, ids = table["key"], table["incident"]
    of_key = unknown(int(keys.max(initial=0)) + 1)
    of_key[keys[keys != NONE]] = ids[keys != NONE]
    is_unrecorded = is_unplanned & (table["reopened_at"] == NONE) & (table["closed_at"] != NONE)
    is_unrecorded &= happens(random, UNRECORDED, size)
    other = random.integers(0, world.settings.teams, size)
    is_careful = table["team"] == triaging_team(world.settings.teams)
    first = np.clip(table["severity"] + np.where(is_careful | happens(random, 0.7, size), -1, 1), 0, 4)
    is_triaged = happens(random, np.where(is_careful, OFTEN_TRIAGED, TRIAGED), size)
    is_triaged &= is_unplanned & (first != table["severity"])
    end = np.where(is_unrecorded, table["closed_at"], table["first_resolved_at"])
    triaged_at = table["declared_at"] + np.floor((end - table["declared_at"]) * random.uniform(0.05, 0.9, size)).astype(
        np.int64
    )
    is_corrected = is_unplanned & happens(random, CORRECTED, size) & (table["closed_at"] != NONE)
    corrected_at = table["closed_at"] + uniform_seconds(random, 1 * HOUR, 60 * HOUR, size)
    is_corrected &= corrected_at < world.rhythm.as_of
    no_start = is_unplanned & ~is_corrected & happens(random, UNKNOWN_START, size)
    return table.having(
        impact_started_at=np.where(no_start, NONE, table["started_at"]),
        team_id=np.where(is_unplanned & happens(random, OTHER_TEAM, size), other, NONE),
        caused_by_deployment_id=np.where(happens(random, STATED_CAUSE, size), table["cause"], NONE),
        root_incident=np.where(table["root_key"] == NONE, NONE, of_key[table["root_key"]]),
        severity=np.where(happens(random, UNKNOWN_SEVERITY, size), NONE, table["severity"]),
        true_severity=table["severity"],
        severity_first=np.where(is_triaged, first, NONE),
        triaged_at=np.where(is_triaged, triaged_at, NONE),
        resolved_by=np.where(is_unplanned & happens(random, UNKNOWN_RESOLVER, size), NONE, table["resolved_by"]),
        true_resolver=table["resolved_by"],
        is_planned=np.where(is_unplanned & happens(random, UNKNOWN_PLANNED, size), NONE, table["is_planned"]),
        resolved_at=np.where(is_unrecorded, NONE, table["resolved_at"]),
        first_resolved_at=np.where(is_unrecorded, NONE, table["first_resolved_at"]),
        mitigated_at=np.where(is_unrecorded, NONE, table["mitigated_at"]),
        corrected_at=np.where(is_corrected, corrected_at, NONE),
        customer_impact=happens(random, np.where(table["severity"] <= 2, 0.8, 0.25), size).astype(np.int64),
        restored_at=table["resolved_at"],
    )
