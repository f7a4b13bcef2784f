"""Reviews of incidents, the actions that they agreed, what teams share, and verdicts on integrity signals.

Belongs here: postmortems, postmortem_actions, contributions. Does not belong here: incidents.
"""

from __future__ import annotations

import numpy as np

from pipelines.simulate.rhythm import DAY, HOUR
from pipelines.simulate.streams import chosen, happens, lognormal, seconds, uniform_seconds
from pipelines.simulate.table import NONE, Table, numbered
from pipelines.simulate.world import World

REVIEWED = (0.95, 0.85, 0.15)
"""By severity."""
PUBLISHED = 0.9
CONTRIBUTIONS_PER_MONTH = 0.6


def postmortems(world: World, incidents: Table) -> Table:
    """Reviews of severe incidents; some are never published."""
    random = world.streams("learning.postmortems")
    rows = (incidents["is_planned"] != 1) & (incidents["true_severity"] <= 2)
    found = incidents.take(rows)
    found = found.take(happens(random, np.array(REVIEWED)[found["true_severity"]], len(found)))
    size = len(found)
    started = found["restored_at"] + uniform_seconds(random, 4 * HOUR, 4 * DAY, size)
    published = started + seconds(24 * 60 * lognormal(random, 5.0, 0.8, size))
    present = 1 + random.binomial(3, 0.3, size)
    table = Table(
        {
            "incident": found["incident"],
            "team": found["team"],
            "started_at": started,
            "published_at": np.where(happens(random, PUBLISHED, size), published, NONE),
            "teams_present": present,
            "participants": present * random.integers(2, 5, size),
        }
    )
    table = table.take(table["started_at"] < world.rhythm.end).ordered("started_at", "incident")
    return table.having(postmortem=numbered(len(table), 1))


def actions(world: World, reviews: Table) -> Table:
    """One to four actions of every published review; most are done, not all in time."""
    random = world.streams("learning.actions")
    published = reviews.take((reviews["published_at"] != NONE) & (reviews["published_at"] < world.rhythm.end))
    row = np.repeat(np.arange(len(published)), random.integers(1, 5, len(published)))
    size = len(row)
    agreed = published["published_at"][row]
    due = agreed + DAY * random.integers(7, 45, size)
    done = agreed + seconds(24 * 60 * lognormal(random, 14.0, 0.8, size))
    return Table(
        {
            "action": numbered(size, 1),
            "postmortem": published["postmortem"][row],
            "team": published["team"][row],
            "agreed_at": agreed,
            "due_at": due,
            "done_at": np.where(happens(random, 0.88, size), done, NONE),
        }
    )


def contributions(world: World) -> Table:
    """Recipes, instrumentation, training and reviews that a team shared; some were taken up by another."""
    random, teams = world.streams("learning.contributions"), world.settings.teams
    team = np.repeat(np.arange(teams), random.poisson(CONTRIBUTIONS_PER_MONTH * world.rhythm.months, teams))
    size = len(team)
    at = world.rhythm.times(random, size, "work")
    other = (team + random.integers(1, max(teams, 2), size)) % teams
    table = Table(
        {
            "team": team,
            "contributed_at": at,
            "kind": chosen(random, np.array([0.4, 0.25, 0.15, 0.2]), size),
            "reused_by": np.where(happens(random, 0.4, size) & (other != team), other, NONE),
        }
    ).ordered("contributed_at", "team")
    return table.having(contribution=numbered(size, 1))
