"""The organisation folder around the logs: organisation.yml, teams.csv, services.csv, and where it may be written.

Belongs here: files that a user would write by hand. Does not belong here: logs, truth.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import UserError
from pipelines.simulate.kinds import KINDS, Kind
from pipelines.simulate.measurements import HISTOGRAMS, HISTOGRAMS_KEY, SAMPLES, SAMPLES_KEY
from pipelines.simulate.render import alias, instant_text
from pipelines.simulate.structure import HOURS_PER_MEMBER
from pipelines.simulate.table import NONE
from pipelines.simulate.world import World

MARKER = ".simulated"
"""Names the settings' digest; a folder with it was written by the simulator and may be replaced by it."""
LEAST_THRESHOLD = 0.01


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder aside that takes the place of `folder` when all went well, and vanishes when not.

    Raises UserError if `folder` holds anything that the simulator did not write.
    """
    _may_write(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.parent / f".{folder.name}.{os.getpid()}.aside"
    old = folder.parent / f".{folder.name}.{os.getpid()}.old"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _may_write(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError(f"{folder}: is no folder; name one that does not exist yet")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise UserError(
            f"{folder}: holds files that simulate did not write, and it deletes nobody's; "
            "name a folder that does not exist yet, or an empty one"
        )


def write(folder: Path, world: World, broken: Mapping[str, float], retired: Mapping[int, int]) -> None:
    """The three files of the folder. `broken`: share of broken rows by kind; `retired`: services that vanish, when."""
    _write_csv(folder / "teams.csv", _TEAM_HEADER, _teams(world))
    _write_csv(folder / "services.csv", _SERVICE_HEADER, _services(world, retired))
    (folder / "organisation.yml").write_text(organisation_yml(world, broken), encoding="utf-8")
    (folder / MARKER).write_text(world.settings.digest() + "\n", encoding="utf-8")


_TEAM_HEADER = (
    "team_id", "name", "area", "members", "capacity_hours_per_week", "rollout_cohort", "aliases",
    "valid_from", "valid_to",
)  # fmt: skip
_SERVICE_HEADER = ("service_id", "name", "team_id", "tier", "aliases", "valid_from", "valid_to")


def _write_csv(path: Path, header: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _teams(world: World) -> Iterator[Sequence[object]]:
    structure = world.structure
    for place, team in enumerate(structure.team_ids):
        members = int(structure.teams["members"][place])
        area = structure.area_ids[structure.teams["area"][place]]
        cohort = world.rollout.name(int(world.rollout.cohorts[place]))
        yield (team, team.capitalize(), area, members, members * HOURS_PER_MEMBER, cohort, "", "", "")


def _services(world: World, retired: Mapping[int, int]) -> Iterator[Sequence[object]]:
    structure = world.structure
    for place, service in enumerate(structure.service_ids):
        name = service.replace("-", " ").capitalize()
        tier = int(structure.services["tier"][place])
        moved_at = int(structure.services["moved_at"][place])
        until = instant_text(retired[place]) if place in retired else ""
        first = structure.team_ids[structure.services["team"][place]]
        if moved_at == NONE or (place in retired and retired[place] <= moved_at):
            yield (service, name, first, tier, alias(service), "", until)
            continue
        moved = instant_text(moved_at)
        yield (service, name, first, tier, alias(service), "", moved)
        yield (
            service,
            name,
            structure.team_ids[structure.services["moved_to"][place]],
            tier,
            alias(service),
            moved,
            until,
        )


def organisation_yml(world: World, broken: Mapping[str, float]) -> str:
    """The file's text; its sources are the kinds that the pipeline reads."""
    settings = world.settings
    head = f"""\
# Written by `scorecard simulate`, with seed {settings.seed} and scenario {settings.scenario}. Nothing here is real.
name: {settings.name}
title: {settings.title}
time_zone: {settings.time_zone}
# A fixed instant after the last week: the same figures on any day.
as_of: {instant_text(world.rhythm.as_of)}

sources:
"""
    records = [_source(world, kind, broken.get(kind.name, 0.0)) for kind in KINDS if kind.feed]
    bulk = [_source(world, SAMPLES, 0.0, SAMPLES_KEY), _source(world, HISTOGRAMS, 0.0, HISTOGRAMS_KEY)]
    return head + "\n".join([*records, *bulk])


def _source(world: World, kind: Kind, share: float, key: Sequence[str] = ("source_record_id",)) -> str:
    start = instant_text(world.rhythm.start)
    covers = "\n".join(f'      - {{kind: {covered}, from: "{start}"}}' for covered in kind.covers)
    threshold = max(LEAST_THRESHOLD, round(2 * share + 0.005, 3))
    reason = f"{share:.2%} of the rows are broken on purpose (truth/defects.csv); far more would mean broken reading"
    return f"""\
  - name: {kind.name}
    feed: {kind.feed}
    reader: {"parquet" if kind.is_bulk else "jsonl"}
    path: logs/{kind.name}
    # One folder of day files, read as a whole: what is new in it is landed, in one batch.
    mode: snapshot
    primary_key: [{", ".join(key)}, updated_at]
    cursor: recorded_at
    covers:
{covers}
    quarantine_threshold: {{share: {threshold}, reason: "{reason}"}}
"""
