"""One organisation of the study: simulated, landed, and the models of the signals built from it, nothing else.

STRENGTHS and who cheats were written down before any of it was run; SHAPE after one organisation (DECISIONS.md, D96).
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines import organisation as organisations
from pipelines.landing import batches, views
from pipelines.orchestration import dbt_project
from pipelines.settings import Settings
from pipelines.simulate.names import team_names
from pipelines.simulate.run import simulate
from pipelines.simulate.settings import SIGNALS, SimulationSettings
from tests import compiled
from tests.compiled import Compiled

STRENGTHS = {"weak": 0.2, "middle": 0.4, "strong": 0.8}
"""Share of its chances that a cheating team takes."""
SHAPE = {"teams": 18, "services": 144, "markets": 1, "weeks": 52, "sli_seconds": 3600, "defects_share": 0, "scale": 1}
"""Each signal has a team of its own, and the teams left are honest. Eight services to a team, four quarters: fewer
lack the 300 incidents a quarter that the signals of the whole organisation ask for."""
OF_THE_ORGANISATION = ("threshold_bunching", "minute_heaping")
"""Signals that speak of the whole organisation: every team of it does so."""
NAME = "power"
UNUSED = ("records_latency_histograms", "records_toil_entries", "records_outcomes", "records_postmortems")
"""Feeds that no signal reads."""
COLUMNS = ("signal_id", "entity_id", "period_start_on", "status", "suspicious", "n", "p_value", "q_value", "is_fired")


class Studied(NamedTuple):
    """What one organisation gave: who cheated (signal, entity), who only looks so, rows of integrity_signals, time."""

    seed: int
    strength: str
    cheats: list[tuple[str, str]]
    look_alikes: list[tuple[str, str]]
    rows: list[dict[str, Any]]
    seconds: dict[str, float]


def cheats_of(seed: int) -> list[tuple[str, str]]:
    """(signal, team) of every planted cheat; each seed deals the signals out to other teams."""
    teams = team_names(int(SHAPE["teams"]))
    return [(signal, teams[(place + seed) % len(teams)]) for place, signal in enumerate(SIGNALS)]


def study(seed: int, strength: str, folder: Path, builder: Builder) -> Studied:
    """Simulates, lands and builds one organisation in `folder`, which must be new."""
    seconds: dict[str, float] = {}
    began = time.monotonic()

    def lap(step: str) -> None:
        nonlocal began
        seconds[step], began = time.monotonic() - began, time.monotonic()

    cheats = [f"{signal}:{team}:{STRENGTHS[strength]}" for signal, team in _played(seed)]
    simulated = SimulationSettings.model_validate({**SHAPE, "seed": seed, "name": NAME, "cheats": cheats})
    made = simulate(folder / "organisation", simulated)
    lap("simulate")
    warehouse = builder.built(made, folder / "home", lap)
    planted = _planted(made)
    alike = sorted({(row["signal"], row["team_id"]) for row in planted if row["role"] == "look_alike"})
    return Studied(seed, strength, _reached(planted), alike, _rows(warehouse), seconds)


def study_alone(seed: int, strength: str) -> Studied:
    """The same in a folder that is gone afterwards, by one thread; all studies of a process share its builder."""
    with tempfile.TemporaryDirectory(prefix="power-") as folder:
        return study(seed, strength, Path(folder), _builder())


@cache
def _builder() -> Builder:
    return Builder(threads=1)


def _played(seed: int) -> list[tuple[str, str]]:
    """The cheats in the order in which they are done: the habits of the whole organisation come last."""
    teams = team_names(int(SHAPE["teams"]))
    habits = [(signal, team) for signal in OF_THE_ORGANISATION for team in teams]
    return [cheat for cheat in cheats_of(seed) if cheat not in habits] + habits


@dataclass
class Builder:
    """Builds models over landed organisations: the first one by dbt, all others by the SQL that dbt compiled for it.

    `models` are a selection of dbt's, `unused` feeds that they do not read.
    """

    models: str = "+integrity_signals"
    unused: Sequence[str] = UNUSED
    threads: int = 2
    compiled: Compiled | None = None

    def built(self, made: Path, home: Path, lap: Callable[[str], None] = lambda step: None) -> Path:
        """Lands the organisation `made` in a new home, and builds it without any test. Returns the warehouse."""
        whole = organisations.load(made)
        read = whole.model_copy(update={"sources": tuple(s for s in whole.sources if s.feed not in self.unused)})
        settings = Settings(home=home, threads=self.threads)
        batches.land(read, settings)
        lap("land")
        if self.compiled is None:
            self._first(settings)
        else:
            with duckdb.connect(str(settings.warehouse_path), config={"threads": self.threads}) as con:
                for _ in compiled.run(self.compiled, settings, con):
                    pass
        lap("build")
        return settings.warehouse_path

    def _first(self, settings: Settings) -> None:
        with duckdb.connect(str(settings.warehouse_path)) as con:
            views.register(con, settings)
        command = ["build", "--select", *self.models.split(), "--resource-type", "model", "--resource-type", "seed"]
        result = dbt_project.invoke(command, settings)
        assert result.success, result.exception or [r.message for r in result.result.results if r.status == "error"]
        self.compiled = compiled.taken(settings)


def _planted(made: Path) -> list[dict[str, str]]:
    with (made / "truth/planted.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _reached(planted: list[dict[str, str]]) -> list[tuple[str, str]]:
    """The cheats of which at least one record was planted: who had no chance has not cheated."""
    done = [(row["signal"], row["team_id"]) for row in planted if row["role"] == "cheat"]
    return sorted({(signal, NAME if signal in OF_THE_ORGANISATION else team) for signal, team in done})


def _rows(warehouse: Path) -> list[dict[str, Any]]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        found = con.execute(f"select {', '.join(COLUMNS)} from scorecard.integrity_signals where is_closed").fetchall()
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    return [{**row, "period_start_on": str(row["period_start_on"])} for row in rows]
