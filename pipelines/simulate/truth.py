"""truth/: what the simulator knows and no log says.

Belongs here: effects.json, planted.csv, defects.csv, and the state's tables in Parquet (state/<kind>.parquet).
Does not belong here: metric values. Tests work them out from the state's tables, never from the logs.
Files: state/*.parquet has a column a property; instants are timestamps in UTC, services, teams and markets are ids.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.simulate import alerts, effects
from pipelines.simulate.cheats import Planted
from pipelines.simulate.dirt import Defect
from pipelines.simulate.kinds import BY_NAME
from pipelines.simulate.names import ALERT_CLASSES
from pipelines.simulate.render import Names, instant_text
from pipelines.simulate.state import State
from pipelines.simulate.table import NONE, Array, Table
from pipelines.simulate.words import VOCABULARIES
from pipelines.simulate.world import World
from pipelines.simulate.writers import save

TRUTH = "truth"
_NAMES = {
    "area": "area", "service": "service", "team": "team", "market": "market", "team_id": "team", "reused_by": "team",
    "moved_to": "team", "depends_on": "service",
}  # fmt: skip
_WORDS = {
    "true_severity": "severity", "severity_first": "severity", "true_resolver": "resolved_by",
    "from_severity": "severity", "to_severity": "severity",
}  # fmt: skip
_FLAGS = ("is_bad", "is_harmful", "is_held_out", "was_paged", "action_taken", "is_reset")


def write_structure(folder: Path, world: World, lists: Names) -> None:
    """What is there before anything happens: state/teams, services and dependencies."""
    structure = world.structure
    things = {"teams": structure.teams, "services": structure.services, "dependencies": structure.dependencies}
    (folder / TRUTH / "state").mkdir(parents=True)
    for name, table in things.items():
        write_state(folder, name, table, lists)


def write_state(folder: Path, kind: str, table: Table, lists: Names) -> None:
    """What truly happened, of one kind."""
    columns = {name: _column(kind, name, table[name], lists) for name in table if name not in ("key", "root_key")}
    save(pa.table(columns), folder / TRUTH / "state" / f"{kind}.parquet")


def write(folder: Path, effects_found: dict[str, Any], planted: Sequence[Planted], defects: Iterable[Defect]) -> None:
    """effects.json, planted.csv and defects.csv."""
    target = folder / TRUTH
    (target / "effects.json").write_text(json.dumps(effects_found, indent=2) + "\n", encoding="utf-8")
    _write_csv(
        target / "planted.csv",
        ("signal", "team_id", "strength", "role", "kind", "source_record_id", "note"),
        ((p.signal, p.team, p.strength, p.role, p.kind, p.record, p.note) for p in planted),
    )
    rows = ((d.kind, d.file, d.row, d.source_record_id, d.column, d.value, d.reason) for d in defects)
    _write_csv(
        target / "defects.csv", ("source", "file", "row", "source_record_id", "column_name", "value", "reason"), rows
    )


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _column(kind: str, name: str, values: Array, lists: Names) -> pa.Array:
    """A state's column with its words; unknown is null."""
    if values.dtype.kind == "f":
        return pa.array(values, mask=np.isnan(values))
    absent = values == NONE
    known = {column.holds: column for column in BY_NAME[kind].columns} if kind in BY_NAME else {}
    texts = None
    if name in _NAMES:
        texts = lists[_NAMES[name]]
    elif _WORDS.get(name):
        texts = list(VOCABULARIES[_WORDS[name]])
    elif name in known and known[name].form == "word":
        texts = list(VOCABULARIES[known[name].of])
    elif name in known and known[name].form == "name" and known[name].of in lists:
        texts = lists[known[name].of]
    if texts is not None:
        codes = pa.array(values.astype(np.int32), mask=absent)
        return pa.DictionaryArray.from_arrays(codes, pa.array(texts, type=pa.string())).cast(pa.string())
    if name in _FLAGS or (name in known and known[name].form == "flag"):
        return pa.array(values == 1, mask=absent)
    integers = pa.array(values.astype(np.int64), mask=absent)
    is_instant = name.endswith(("_at", "_from", "_to", "_instant")) and name != "moved_to"
    return integers.cast(pa.timestamp("s")).cast(pa.timestamp("us")) if is_instant else integers


def estimands(state: State) -> dict[str, Any]:
    """What an estimator must find, and what it may need to know to find it."""
    world, rollout = state.world, state.world.rollout
    odds = alerts.clearing(world)
    cohorts = [
        {
            "cohort": rollout.name(number),
            "adopted_at": None if start == effects.NEVER else instant_text(int(start)),
            "teams": [world.structure.team_ids[team] for team in np.flatnonzero(rollout.cohorts == number)],
        }
        for number, start in enumerate(rollout.cohort_starts)
    ]
    return {
        "scenario": world.settings.scenario,
        "estimand": (
            "effect of adoption on the adopting teams, from adoption on: the same event with and without it; "
            "time to restore runs from impact to the first resolution, toil is minutes by ticket and survey"
        ),
        "randomised": "teams are dealt out to the cohorts at random; the last one adopts after the weeks simulated",
        "cohorts": cohorts,
        "time_to_restore": {"ratio": rollout.restore_ratio, "change": round(rollout.restore_ratio - 1, 9)},
        "toil_minutes": {"ratio": rollout.toil_ratio, "change": round(rollout.toil_ratio - 1, 9)},
        "background_trend": {"ratio_per_year": rollout.yearly_trend},
        "realised": effects.realised(state["incidents"], state["toil_entries"]),
        "net_automation_effect": [
            {
                "alert_class": name,
                "cleared_by_itself": float(odds.by_itself[place]),
                "cleared_with_automation": float(odds.with_automation[place]) if place < alerts.AUTOMATABLE else None,
            }
            for place, name in enumerate(ALERT_CLASSES)
        ],
    }
