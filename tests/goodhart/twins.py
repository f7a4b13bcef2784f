"""Two organisations of one seed, one honest and one in which each cheat has a team of its own; and their scores.

Belongs here: what is compared. Does not belong here: tables (__main__.py), how a cheat is done (pipelines/simulate).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from pipelines.simulate.names import team_names
from pipelines.simulate.run import simulate
from pipelines.simulate.settings import SIGNALS, SimulationSettings
from tests.power.organisations import SHAPE, Builder, cheats_of

STRENGTH = 0.8
"""Share of its chances that a cheating team takes: the strong one of the power study."""
UNUSED = ("records_latency_histograms", "records_outcomes")
"""Feeds that no score of the shipped policy reads."""


class Place(NamedTuple):
    """A pillar (or `overall`) of a team in a closed quarter."""

    team: str
    quarter: date
    pillar: str


class Score(NamedTuple):
    """Points; all None where the pillar has no value, and status says why."""

    value: float | None
    low: float | None
    high: float | None
    status: str


class Rise(NamedTuple):
    """What a team gained: its score less its twin's, and how far the twin's band reaches above its score (points)."""

    signal: str
    place: Place
    rise: float
    band: float

    @property
    def pays(self) -> bool:
        """Whether it rose by more than its honest twin may have by chance."""
        return self.rise > self.band


Scores = Mapping[Place, Score]


def scores_builder(threads: int) -> Builder:
    """What builds scores, for all twins of a study."""
    return Builder("+scores", UNUSED, threads)


def twins(seed: int, folder: Path, builder: Builder, strength: float = STRENGTH) -> tuple[Scores, Scores]:
    """Scores of the honest organisation, and of the one that cheats; both are built in `folder`, which must be new."""
    cheats = tuple(f"{signal}:{team}:{strength}" for signal, team in cheats_of(seed))
    honest, cheating = (_scores(seed, cheats, folder, builder, name) for name, cheats in (("h", ()), ("c", cheats)))
    return honest, cheating


def _scores(seed: int, cheats: Sequence[str], folder: Path, builder: Builder, name: str) -> Scores:
    settings = SimulationSettings.model_validate({**SHAPE, "seed": seed, "name": name, "cheats": cheats})
    made = simulate(folder / name, settings)
    warehouse = builder.built(made, folder / f"home-{name}")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows = con.execute("""
            select entity_id, period_start_on, pillar, value, low, high, status from scorecard.scores
            where entity_type = 'team' and period_type = 'quarter' and is_closed
        """).fetchall()
    return {Place(*row[:3]): Score(*row[3:]) for row in rows}


def rises(honest: Scores, cheating: Scores, teams: Iterable[tuple[str, str]]) -> Iterator[Rise]:
    """What each (signal, team) gained wherever both have a score. A twin without a band has no room for chance."""
    for signal, team in teams:
        for place, score in sorted(cheating.items()):
            twin = honest.get(place)
            if place.team != team or twin is None or score.value is None or twin.value is None:
                continue
            band = 0.0 if twin.high is None else twin.high - twin.value
            yield Rise(signal, place, score.value - twin.value, band)


def honest_teams(seed: int) -> list[tuple[str, str]]:
    """The teams that do not cheat in either organisation, as (`none`, team): they move by what others do alone."""
    cheaters = {team for _, team in cheats_of(seed)}
    return [("none", team) for team in team_names(int(SHAPE["teams"])) if team not in cheaters]


def lost(honest: Scores, cheating: Scores, team: str, pillar: str) -> tuple[int, int]:
    """Quarters in which the twin alone has a score of the pillar, and in which the cheating team alone has one."""
    pairs = [(honest[place].value, cheating[place].value) for place in cheating if place[::2] == (team, pillar)]
    return sum(c is None and h is not None for h, c in pairs), sum(h is None and c is not None for h, c in pairs)


KINDS = (*SIGNALS, "none")
