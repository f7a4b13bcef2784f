"""What the makers of events share: settings, generators, calendar, structure and roll-out.

Belongs here: putting them together once. Does not belong here: events.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.simulate import effects, structure
from pipelines.simulate.effects import Rollout
from pipelines.simulate.rhythm import Rhythm
from pipelines.simulate.settings import SimulationSettings
from pipelines.simulate.streams import Streams
from pipelines.simulate.structure import Structure


@dataclass(frozen=True)
class World:
    """All that is before anything happens."""

    settings: SimulationSettings
    streams: Streams
    rhythm: Rhythm
    structure: Structure
    rollout: Rollout


def build(settings: SimulationSettings) -> World:
    """The world of these settings."""
    streams = Streams(settings.seed)
    rhythm = Rhythm(settings)
    return World(
        settings,
        streams,
        rhythm,
        structure.build(settings, streams, rhythm),
        effects.plan(settings, streams, rhythm),
    )
