"""The roll-out: which team adopts automation when, in randomised waves, and what that changes.

Belongs here: cohorts, the true effect, the background trend, and what an estimator must find (effects.json).
Does not belong here: the events that it changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.rhythm import Rhythm
from pipelines.simulate.settings import SimulationSettings
from pipelines.simulate.streams import Streams
from pipelines.simulate.table import Floats, Ints, Table

FIRST_WAVE, LAST_WAVE = 0.30, 0.70
"""Of the weeks simulated."""
NEVER = np.int64(2**62)


@dataclass(frozen=True)
class Rollout:
    """Cohort (0, 1, …; the last one adopts after the weeks simulated) and adoption instant of every team."""

    cohorts: Ints
    cohort_starts: Ints
    restore_ratio: float
    toil_ratio: float
    yearly_trend: float

    @property
    def adopted_at(self) -> Ints:
        """By team; NEVER for the last cohort."""
        return self.cohort_starts[self.cohorts]

    def has_adopted(self, teams: Ints, instants: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each team had adopted at that instant."""
        return np.asarray(instants >= self.adopted_at[teams])

    def restore_factor(self, teams: Ints, instants: Ints, years: Floats) -> Floats:
        """By what the time to restore of incidents is multiplied."""
        effect = np.where(self.has_adopted(teams, instants), self.restore_ratio, 1.0)
        return np.asarray(effect * self.yearly_trend**years)

    def toil_factor(self, teams: Ints, instants: Ints, years: Floats) -> Floats:
        """By what the minutes of toil are multiplied."""
        effect = np.where(self.has_adopted(teams, instants), self.toil_ratio, 1.0)
        return np.asarray(effect * self.yearly_trend**years)

    def name(self, cohort: int) -> str:
        """As in teams.csv."""
        return f"wave-{cohort + 1}" if cohort < len(self.cohort_starts) - 1 else "later"


def plan(settings: SimulationSettings, streams: Streams, rhythm: Rhythm) -> Rollout:
    """Teams shuffled, then dealt out to the waves and to those that adopt later, as evenly as it goes."""
    waves = min(settings.waves, settings.teams - 1)
    order = streams("effects.cohorts").permutation(settings.teams)
    cohorts = np.empty(settings.teams, dtype=np.int64)
    cohorts[order] = np.arange(settings.teams) % (waves + 1)
    shares = np.linspace(FIRST_WAVE, LAST_WAVE, waves) if waves > 1 else np.array([0.5])
    weeks = np.floor(shares * rhythm.weeks).astype(np.int64)
    starts = np.concatenate([rhythm.day_starts[weeks * 7], [NEVER]]).astype(np.int64)
    return Rollout(cohorts, starts, settings.restore_ratio, settings.toil_ratio, settings.yearly_trend)


def realised(incidents: Table, toil: Table) -> dict[str, dict[str, float | int]]:
    """What this very sample holds: the same events with and without adoption, and how many were treated."""
    found: dict[str, dict[str, float | int]] = {}
    for name, table in (("time_to_restore", incidents), ("toil_minutes", toil)):
        treated = table["effect_factor"] != 1.0
        logs = np.log(table["effect_factor"][treated])
        found[name] = {
            "treated": int(treated.sum()),
            "untreated": int((~treated).sum()),
            "mean_log_ratio": round(float(logs.mean()), 9) if len(logs) else 0.0,
        }
    return found
