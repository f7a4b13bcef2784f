"""Known cheating: what some teams report differs from what happened, record by listed record.

Belongs here: who cheats, which records are listed, and the honest look-alikes. Does not belong here: each cheat
(cheats_incidents.py, cheats_others.py), how a signal is detected (the metrics).
Every cheated record is well-formed: none of them is a defect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pipelines.simulate.incidents import triaging_team
from pipelines.simulate.kinds import kind_of
from pipelines.simulate.render import id_text
from pipelines.simulate.state import State
from pipelines.simulate.streams import Random
from pipelines.simulate.table import NONE, Bools, Ints, Table, numbered


@dataclass(frozen=True)
class Planted:
    """A row of truth/planted.csv: a record cheated with, or (role `look_alike`) an honest one that looks so."""

    signal: str
    team: str
    strength: float
    role: str
    kind: str
    record: str
    note: str


@dataclass
class Office:
    """One team that reports: its state (to be changed), a generator, how strongly it cheats, what it has done."""

    state: State
    random: Random
    signal: str
    team: int
    strength: float
    planted: list[Planted] = field(default_factory=list)
    retired: dict[int, int] = field(default_factory=dict)

    @property
    def as_of(self) -> int:
        """The last instant that anybody may write of."""
        return self.state.world.rhythm.as_of

    def picked(self, rows: Bools) -> Ints:
        """Positions of the share of these rows that the team cheats with; one at least, if there is one."""
        places = np.flatnonzero(rows)
        wanted = max(1, round(self.strength * len(places))) if len(places) else 0
        return np.sort(self.random.choice(places, wanted, replace=False)).astype(np.int64)

    def list_records(self, kind: str, numbers: Ints, note: str) -> None:
        """The records cheated with."""
        team = self.state.world.structure.team_ids[self.team]
        prefix = kind_of(kind).record.of
        self.planted += [
            Planted(self.signal, team, self.strength, "cheat", kind, id_text(prefix, int(number)), note)
            for number in numbers
        ]

    def append(self, kind: str, key: str, rows: Table) -> Ints:
        """More rows of a kind, numbered on from the last id; returns their ids."""
        table = self.state[kind]
        ids = numbered(len(rows), int(table[key].max(initial=0)) + 1)
        self.state.tables[kind] = Table.joined([table, rows.having(**{key: ids})])
        return ids

    def keep(self, kind: str, rows: Bools) -> None:
        """Only these rows of a kind are reported."""
        self.state.tables[kind] = self.state[kind].take(rows)

    def owned(self, kind: str, at: str) -> Bools:
        """Rows of services that the team owned then."""
        table = self.state[kind]
        return np.asarray(self.state.world.structure.owners(table["service"], table[at]) == self.team)


@dataclass(frozen=True)
class Reported:
    """What the teams say happened, the cheated records, and services that vanished (when)."""

    state: State
    planted: list[Planted]
    retired: dict[int, int]


def reported(true: State) -> Reported:
    """The true state, cheated with as the settings say; nothing of it is changed in place."""
    from pipelines.simulate import cheats_incidents, cheats_others

    ways: dict[str, Callable[[Office], None]] = {**cheats_incidents.WAYS, **cheats_others.WAYS}
    state, planted, retired = true.copy(), _look_alikes(true), dict[int, int]()
    teams = true.world.structure.team_ids
    for cheat in true.world.settings.planned_cheats:
        random = true.world.streams(f"cheats.{cheat.signal}.{cheat.team}")
        office = Office(state, random, cheat.signal, teams.index(cheat.team), cheat.strength)
        ways[cheat.signal](office)
        planted += office.planted
        retired.update(office.retired)
    return Reported(state, planted, retired)


def _look_alikes(true: State) -> list[Planted]:
    """Honest records that look like cheating: severities that triage lowered, objectives reset in the open."""
    structure, incidents, slos = true.world.structure, true["incidents"], true["slos"]
    triaging = triaging_team(true.world.settings.teams)
    is_lowered = (incidents["severity_first"] != NONE) & (incidents["severity_first"] < incidents["true_severity"])
    lowered = incidents["incident"][is_lowered & (incidents["team"] == triaging)]
    name = structure.team_ids[triaging]
    found = [
        Planted(
            "severity_downgrade", name, 0.0, "look_alike", "incidents", id_text("INC-", int(number)), "honest triage"
        )
        for number in lowered
    ]
    resets = slos.take(slos["is_reset"] == 1)
    owners = structure.owners(resets["service"], resets["valid_from"])
    return found + [
        Planted(
            "slo_loosening", structure.team_ids[owner], 0.0, "look_alike", "slos", id_text("slov-", int(row)),
            "renegotiated in the open, no breach in the 35 days before",
        )
        for owner, row in zip(owners, resets["row"], strict=True)
    ]  # fmt: skip
