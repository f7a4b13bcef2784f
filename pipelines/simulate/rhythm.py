"""When things happen: the calendar of the simulation, its daily and weekly rhythm, holidays and growth.

Belongs here: time. Does not belong here: what happens.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from pipelines.errors import UserError
from pipelines.simulate.settings import SimulationSettings, epoch
from pipelines.simulate.streams import Random
from pipelines.simulate.table import Floats, Ints

HOUR, DAY, WEEK = 3600, 86_400, 604_800
MONTH = 2_629_800
YEAR = 31_557_600
AFTER_THE_END = 2 * HOUR
HOLIDAYS = ((1, 1), (1, 6), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31))
GROWTH = 0.15
"""Of traffic and deployments in a year."""
_WORK = (0.2,) * 7 + (1, 3, 6, 8, 10, 9, 6, 8, 9, 8, 5, 2, 1, 0.5, 0.4, 0.3, 0.2)
_TRAFFIC = (3, 2, 1.5, 1.2, 1.2, 1.6, 2.6, 4, 5.5, 6.5, 7, 7.3, 7.5, 7.2, 7, 7, 7.3, 8, 8.8, 9.5, 9.2, 8, 6, 4.3)
_WORK_OF_DAY = (1.0, 1.15, 1.15, 1.1, 0.7, 0.06, 0.05)
_TRAFFIC_OF_DAY = (1.0, 1.0, 1.0, 1.02, 1.05, 1.12, 1.1)


class Rhythm:
    """The simulated weeks. `start`, `end` and `as_of` are instants; an hour always has 60 minutes."""

    def __init__(self, settings: SimulationSettings) -> None:
        self.zone = ZoneInfo(settings.time_zone)
        days = settings.weeks * 7
        midnights = [
            datetime.combine(settings.starts_on + timedelta(days=day), time(), self.zone) for day in range(days + 1)
        ]
        self.day_starts: Ints = np.array([epoch(midnight) for midnight in midnights], dtype=np.int64)
        self.start, self.end = int(self.day_starts[0]), int(self.day_starts[-1])
        self.as_of = epoch(settings.as_of) if settings.as_of else self.end + AFTER_THE_END
        if self.as_of < self.end:
            raise UserError(
                f"--as-of {settings.as_of}: lies before the last week ends, {_text(self.end)}; write that or later"
            )
        self.hour_starts: Ints = np.arange(self.start, self.end, HOUR, dtype=np.int64)
        local = [datetime.fromtimestamp(int(hour), UTC).astimezone(self.zone) for hour in self.hour_starts]
        self.local_hour: Ints = np.array([moment.hour for moment in local], dtype=np.int64)
        self.weekday: Ints = np.array([moment.weekday() for moment in local], dtype=np.int64)
        self.is_holiday = np.array([(moment.month, moment.day) in HOLIDAYS for moment in local])

    @cached_property
    def work(self) -> Floats:
        """Weight of each hour for what people do: working hours of working days."""
        quiet = np.where(self.is_holiday, 0.08, 1.0)
        shape = np.array(_WORK)[self.local_hour] * np.array(_WORK_OF_DAY)[self.weekday] * quiet
        return np.asarray(shape * self.growth)

    @cached_property
    def traffic(self) -> Floats:
        """Weight of each hour for what customers do; one on average, but for growth."""
        quiet = np.where(self.is_holiday, 0.8, 1.0)
        shape = np.array(_TRAFFIC)[self.local_hour] * np.array(_TRAFFIC_OF_DAY)[self.weekday] * quiet
        return np.asarray(shape / shape.mean() * self.growth)

    @cached_property
    def growth(self) -> Floats:
        """Of each hour, one at the start."""
        return np.asarray(1 + GROWTH * (self.hour_starts - self.start) / YEAR)

    @cached_property
    def _cumulated(self) -> dict[str, Floats]:
        mixed = 0.6 * self.traffic / self.traffic.sum() + 0.4 * self.work / self.work.sum()
        weights = {"work": self.work, "traffic": self.traffic, "mixed": mixed}
        return {name: np.concatenate(([0.0], np.cumsum(weight))) for name, weight in weights.items()}

    def times(self, random: Random, size: int, rhythm: str, weeks: Ints | None = None) -> Ints:
        """Instants within the weeks simulated (or within these weeks, one each), more often where it weighs more."""
        cumulated = self._cumulated[rhythm]
        low, high = np.zeros(size), np.full(size, cumulated[-1])
        if weeks is not None:
            edges = np.minimum((self.day_starts[::7] - self.start) // HOUR, len(self.hour_starts))
            low, high = cumulated[edges[weeks]], cumulated[edges[weeks + 1]]
        wanted = low + random.random(size) * (high - low)
        hours = np.clip(np.searchsorted(cumulated, wanted, side="right") - 1, 0, len(self.hour_starts) - 1)
        return self.hour_starts[hours] + np.floor(random.random(size) * HOUR).astype(np.int64)

    def hour_of(self, instants: Ints) -> Ints:
        """The local hour of the day, 0 to 23, of instants within the weeks simulated."""
        place = np.clip((instants - self.start) // HOUR, 0, len(self.hour_starts) - 1)
        return self.local_hour[place]

    def years(self, instants: Ints) -> Floats:
        """Since the start."""
        return np.asarray((instants - self.start) / YEAR)

    @property
    def months(self) -> float:
        """Length of the simulation in months of 2,629,800 s."""
        return (self.end - self.start) / MONTH

    @property
    def weeks(self) -> int:
        """Number of weeks."""
        return (len(self.day_starts) - 1) // 7


def _text(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
