"""What is there before anything happens: areas, teams, services, markets, dependencies, on-call.

Belongs here: things and their latent properties. Does not belong here: events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.simulate import names
from pipelines.simulate.rhythm import Rhythm
from pipelines.simulate.settings import SimulationSettings
from pipelines.simulate.streams import Streams, happens
from pipelines.simulate.table import NONE, Bools, Ints, Table, numbered

TIER_SHARES = (0.2, 0.3, 0.3, 0.2)
RATE_BOUNDS = (0.4, 2.6)
"""Incidents of a service in a month, so that observed services stay mostly within 0.3 to 3."""
MOVED_SHARE = 0.05
HOURS_PER_MEMBER = 35


@dataclass(frozen=True)
class Structure:
    """Ids by position, and a table each of teams, services, markets and dependencies (service, depends_on)."""

    area_ids: list[str]
    team_ids: list[str]
    service_ids: list[str]
    market_ids: list[str]
    teams: Table
    services: Table
    markets: Table
    dependencies: Table
    serves: Bools
    """services x markets."""

    def owners(self, services: Ints, instants: Ints) -> Ints:
        """The team that owned each service at that instant."""
        moved_at = self.services["moved_at"][services]
        has_moved = (moved_at != NONE) & (instants >= moved_at)
        return np.where(has_moved, self.services["moved_to"][services], self.services["team"][services]).astype(
            np.int64
        )


def build(settings: SimulationSettings, streams: Streams, rhythm: Rhythm) -> Structure:
    """The organisation of these settings."""
    area_ids = names.area_names(-(-settings.teams // 3))
    team_ids = names.team_names(settings.teams)
    teams = _teams(settings, streams, len(area_ids))
    services = _services(settings, streams, rhythm)
    service_ids = names.service_names([team_ids[team] for team in services["team"]])
    markets = _markets(settings, streams)
    return Structure(
        area_ids,
        team_ids,
        service_ids,
        [market for market, _ in names.MARKETS[: settings.markets]],
        teams,
        services,
        markets,
        _dependencies(services, streams),
        _serves(services, settings.markets, streams),
    )


def _teams(settings: SimulationSettings, streams: Streams, areas: int) -> Table:
    random, count = streams("structure.teams"), settings.teams
    members = random.integers(5, 12, count)
    members[-1] = 4  # one team is too small for its people-related figures to be shown
    return Table(
        {
            "team": numbered(count),
            "area": numbered(count) % areas,
            "members": members.astype(np.int64),
            "skill": random.normal(0, 0.2, count),
            "answers_at_night": happens(random, 0.6, count).astype(np.int64),
        }
    )


def _services(settings: SimulationSettings, streams: Streams, rhythm: Rhythm) -> Table:
    random, count = streams("structure.services"), settings.services
    team = np.sort(numbered(count) % settings.teams)
    low, high = np.log(RATE_BOUNDS)
    cuts = np.cumsum(TIER_SHARES)
    tier = 1 + np.searchsorted(cuts, (random.permutation(count) + 0.5) / count)
    moves = happens(random, MOVED_SHARE, count)
    moves[count // 2] = True
    moved_day = random.integers(len(rhythm.day_starts) // 4, 3 * len(rhythm.day_starts) // 4, count)
    moved_to = (team + random.integers(1, settings.teams, count)) % settings.teams
    return Table(
        {
            "service": numbered(count),
            "team": team,
            "tier": tier.astype(np.int64),
            "incident_rate": np.exp(random.uniform(low, high, count)),
            "deployments_per_week": np.exp(random.normal(np.log(3.5), 0.5, count)),
            "fail_share": 0.05 + 0.15 * random.beta(1.6, 2.4, count),
            "alerts_per_week": np.exp(random.normal(np.log(7), 0.4, count)),
            "requests_per_second": np.exp(random.normal(3.5, 0.8, count)) * (5 - tier),
            "median_ms": np.exp(random.normal(np.log(120), 0.4, count)),
            "moved_at": np.where(moves, rhythm.day_starts[moved_day], NONE).astype(np.int64),
            "moved_to": np.where(moves, moved_to, NONE).astype(np.int64),
        }
    )


def _markets(settings: SimulationSettings, streams: Streams) -> Table:
    random, count = streams("structure.markets"), settings.markets
    share = random.dirichlet(np.full(count, 4.0))
    return Table(
        {
            "market": numbered(count),
            "is_critical": (share >= np.sort(share)[-max(1, count // 3)]).astype(np.int64),
            "share": share,
        }
    )


def _serves(services: Table, markets: int, streams: Streams) -> Bools:
    """Tier 1 serves all markets, tier 2 most, the others one or two."""
    random = streams("structure.serves")
    order = np.argsort(random.random((len(services), markets)), axis=1)
    wanted = np.array([markets, max(1, markets - 1), min(2, markets), 1])[services["tier"] - 1]
    return np.asarray(np.argsort(order, axis=1) < wanted[:, None])


def _dependencies(services: Table, streams: Streams) -> Table:
    """Up to three others that a service calls; never in a circle: only ones of a smaller rank."""
    random, count = streams("structure.dependencies"), len(services)
    rank = random.permutation(count)
    of_rank = np.argsort(rank)
    pairs = []
    for service in range(count):
        below = int(rank[service])
        picked = random.integers(0, max(below, 1), int(random.integers(0, 4)))
        if below:
            pairs += [(service, int(of_rank[place])) for place in np.unique(picked)]
    array = np.array(pairs or np.empty((0, 2)), dtype=np.int64)
    return Table({"service": array[:, 0], "depends_on": array[:, 1]})
