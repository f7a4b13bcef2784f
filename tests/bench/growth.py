"""How a run grows with its input: N deployments and N automation runs (and N / 10 incidents), for growing N.

Belongs here: sizes, engines, slopes, the run under a memory limit. Does not belong here: generating (generate.py).
A slope is the power of N with which a cost grows from the size above to this one: below 1 the frame is paid off, 1 is
linear, and (!) marks more than 1.1. Judge by CPU seconds: wall time is also the other work of the machine.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench import organisations
from tests.bench.dbt_part import models_in
from tests.bench.generate import generate
from tests.bench.measure import STEEP, Figure, measure, shown_slope, slope

MILLION = 1_000_000
MEMORY_LIMIT = "2GiB"
LEAST_SECONDS = 1.0  # a model below this is not judged: its cost is the frame's


@dataclass(frozen=True)
class Engine:
    """One engine of the bench. The sizes that it is measured at, in growing order."""

    name: str
    sizes: tuple[int, ...]


ENGINES = (
    Engine("duckdb", (MILLION, 3 * MILLION, 10 * MILLION, 30 * MILLION)),
    Engine("spark", (MILLION, 10 * MILLION)),
)
BARE_SIZES = (MILLION, 10 * MILLION)
LIMITED_SIZE = 10 * MILLION
PARTS = ("growth", "dora", "memory")

HEADER = (
    "| engine | deployments and runs, each | run s | slope | run CPU s | slope | largest MiB | all MiB "
    "| dbt s | slope | dbt CPU s | slope | dbt MiB |\n" + "|---" * 13 + "|"
)
LIMITED_HEADER = (
    "| deployments and runs, each | memory limit | run s | run CPU s | largest MiB | spilled MiB | release |\n"
    + "|---" * 7 + "|"
)  # fmt: skip


@dataclass
class _Tables:
    """Rows that are printed when all sizes are done, so that a table stays in one piece."""

    compared: list[str] = field(default_factory=list)
    limited: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Point:
    """One size, measured. `models`: CPU seconds of each in bare DuckDB, empty where that was not measured."""

    size: int
    run: Figure
    dbt: Figure | None
    models: dict[str, float]


def print_tables(parts: set[str], stated_sizes: tuple[int, ...] = ()) -> None:
    """Measures each size of each engine once, for all parts that are asked for. Stated sizes replace the usual ones."""
    tables = _Tables()
    if "growth" in parts:
        print(HEADER, flush=True)
    for engine in ENGINES:
        points: list[_Point] = []
        for size in stated_sizes or engine.sizes:
            wanted = _parts_at(size, parts, engine, bool(stated_sizes))
            if wanted:
                points.append(_measure_size(engine, size, wanted, tables, points))
        if "growth" in parts:
            tables.notes += _steep_parts(points)
    _print("the same SQL in bare DuckDB", organisations.HEADER, tables.compared)
    _print("a memory limit that is set", LIMITED_HEADER, tables.limited)
    print("", *tables.notes, sep="\n", flush=True)


def _print(title: str, header: str, rows: list[str]) -> None:
    if rows:
        print(f"\n{title}:", header, *rows, sep="\n", flush=True)


def _parts_at(size: int, parts: set[str], engine: Engine, is_stated: bool) -> set[str]:
    """Which parts are measured at a size: bare DuckDB and the limit only at some, and only on the embedded engine."""
    embedded = engine.name == "duckdb"
    limits = {
        "growth": True,
        "dora": embedded and (is_stated or size in BARE_SIZES),
        "memory": embedded and (is_stated or size == LIMITED_SIZE),
    }
    return {part for part in parts if limits[part]}


def _measure_size(engine: Engine, size: int, wanted: set[str], tables: _Tables, before: list[_Point]) -> _Point:
    with tempfile.TemporaryDirectory() as folder:
        organisation, home = generate(Path(folder) / "bench", size), Path(folder) / "home"
        environment = {"SCORECARD_ENGINE": engine.name}
        run = _run(organisation, home, **environment)
        dbt: Figure | None = None
        models: dict[str, float] = {}
        if "dora" in wanted:
            dbt, models = _compare(f"{size:,} deployments", home, run, tables)
        elif "growth" in wanted and engine.name != "duckdb":
            dbt = _step(run, "dbt")  # of the run itself: a second build costs minutes
        elif "growth" in wanted:
            dbt = measure(["-m", "tests.bench.dbt_part", str(home), "--full-refresh"], (), **environment)
        point = _Point(size, run, dbt, models)
        if "growth" in wanted and dbt:
            print(_row(engine, point, before[-1] if before else None), flush=True)
        shutil.rmtree(home)
        if "memory" in wanted:
            limited = _run(organisation, home, **environment, SCORECARD_MEMORY_LIMIT=MEMORY_LIMIT)
            tables.limited += [_limited_row(size, "none", run), _limited_row(size, MEMORY_LIMIT, limited)]
            assert _release(run) == _release(limited), "a memory limit changed the release"
    return point


def _run(organisation: Path, home: Path, **environment: str) -> Figure:
    """`scorecard run`, with the bytes that it spills: into the landing's, dbt's and the readers' own folders."""
    spills = [home / "landing/.staging/spill", home / "warehouse.duckdb.tmp", home / ".spill"]
    return measure(["-m", "pipelines.cli", "run", str(organisation), "--home", str(home)], spills, **environment)


def _step(run: Figure, name: str) -> Figure:
    seconds, cpu = run.steps[name]
    return replace(run, seconds=seconds, cpu=cpu)


def _compare(name: str, home: Path, run: Figure, tables: _Tables) -> tuple[Figure, dict[str, float]]:
    dbt, bare = organisations.parts(home)
    tables.compared.append(organisations.row(name, run, dbt, bare))
    tables.notes.append(organisations.four_metrics(name, home, dbt, bare))
    return dbt, models_in(bare.output)


def _row(engine: Engine, point: _Point, before: _Point | None) -> str:
    def grown(now: Figure | None, then: Figure | None) -> str:
        assert now is not None
        cells = []
        for cost in ("seconds", "cpu"):
            less = (before.size, getattr(then, cost)) if before and then else None
            more = (point.size, getattr(now, cost))
            cells.append(f"{more[1]:,.1f} | {shown_slope(less, more)}")
        return " | ".join(cells)

    run = f"{grown(point.run, before.run if before else None)} | {point.run.mib:,.0f} | {point.run.together_mib:,.0f}"
    dbt = f"{grown(point.dbt, before.dbt if before else None)} | {point.dbt.mib if point.dbt else 0:,.0f}"
    return f"| {engine.name} | {point.size:,} | {run} | {dbt} |"


def _limited_row(size: int, limit: str, run: Figure) -> str:
    cells = f"{run.seconds:.1f} | {run.cpu:.1f} | {run.mib:,.0f} | {run.watched_mib:,.0f} | {_release(run)}"
    return f"| {size:,} | {limit} | {cells} |"


def _release(run: Figure) -> str:
    return Path(run.output.partition("release")[2].split()[0]).name


def _steep_parts(points: list[_Point]) -> list[str]:
    """Sentences: what grew by more than linearly, steps of the run and models alike, by CPU seconds."""
    found = []
    for less, more in itertools.pairwise(points):
        steps = {name: cpu for name, (_, cpu) in less.run.steps.items()}
        found += _steeper(less.size, steps, more.size, {name: cpu for name, (_, cpu) in more.run.steps.items()})
    bare = [point for point in points if point.models]
    for less, more in itertools.pairwise(bare):
        found += _steeper(less.size, less.models, more.size, more.models)
    return found or ["no step of the run and no model grows by more than linearly"]


def _steeper(size: int, less: dict[str, float], greater: int, more: dict[str, float]) -> list[str]:
    return [
        f"(!) {name}: {less[name]:.1f} CPU s at {size:,}, {cpu:.1f} at {greater:,}: slope {power:.2f}"
        for name, cpu in more.items()
        if less.get(name, 0) >= LEAST_SECONDS and (power := slope((size, less[name]), (greater, cpu))) > STEEP
    ]
