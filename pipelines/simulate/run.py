"""One simulation from settings to folder: the order of the steps.

Belongs here: that order. Does not belong here: any step.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.simulate import cheats, dirt, folder, measurements, render, state, truth, versions, world, writers
from pipelines.simulate.dirt import Defect
from pipelines.simulate.kinds import KINDS
from pipelines.simulate.progress import Progress
from pipelines.simulate.settings import SimulationSettings

STATE_STEPS = 4


def simulate(target: Path, settings: SimulationSettings, progress: Progress | None = None) -> Path:
    """Writes the organisation folder `target` anew and returns it; the same settings give the same bytes.

    Raises UserError if `target` holds anything that the simulator did not write.
    """
    shown = progress or Progress(0)
    shown.steps = STATE_STEPS + len(KINDS) + 2
    with folder.replaced(target) as aside:
        made = world.build(settings)
        true = state.simulate(made, shown.step)
        lists = render.name_lists(made.structure)
        said, found = cheats.reported(true), truth.estimands(true)
        truth.write_structure(aside, made, lists)
        defects, shares = _write_logs(aside, true, said.state, lists, shown)
        shown.step("logs/sli_samples and latency_histograms")
        measurements.write(aside, true, lists, shown.part)
        shown.step("truth")
        truth.write(aside, found, said.planted, defects)
        folder.write(aside, made, shares, said.retired)
    shown.close()
    return target


def _write_logs(
    aside: Path, true: state.State, reported: state.State, lists: render.Names, shown: Progress
) -> tuple[list[Defect], dict[str, float]]:
    """Defects, and the share of broken rows by kind. What is written is forgotten, if nothing else needs it."""
    made = reported.world
    defects: list[Defect] = []
    shares: dict[str, float] = {}
    with render.connect() as con:
        for kind in KINDS:
            shown.step(f"logs/{kind.name}")
            rows = versions.of(reported, kind.name)
            broken = dirt.plan(kind, rows, made.settings.defects_share, made.streams(f"dirt.{kind.name}"))
            found = writers.write_kind(con, aside, kind, rows, lists, broken)
            shares[kind.name] = len(found) / len(rows) if len(rows) else 0.0
            defects += found
            if kind.name in true.tables:
                truth.write_state(aside, kind.name, true[kind.name], lists)
            if kind.name in true.tables and kind.name not in measurements.NEEDED:
                true.forget(kind.name)
                reported.forget(kind.name)
    return defects, shares
