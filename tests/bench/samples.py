"""Samples by the million: a year of them built whole, then one day more, beside the same SQL in bare DuckDB.

Belongs here: generating samples, and what landing and the models up to hours and burn episodes take. A year of 365 day
files; the number of objectives follows from the size, each with a sample a minute.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb

from tests.bench.generate import SERVICES, write_structure
from tests.bench.measure import Figure, measure

MILLION = 1_000_000
SIZES = (MILLION, 10 * MILLION, 100 * MILLION)
MEMORY_LIMIT = "6GiB"
DAYS, SECONDS = 365, 60
PER_DAY = 86_400 // SECONDS
SELECTED = "+fct_slo_hours +fct_burn_episodes"
HEADER = (
    "| samples | land s | MiB | build s | CPU s | MiB | one day: land s | MiB | build s | CPU s | MiB "
    "| day / year, s | CPU | bare s | CPU s | MiB | build / bare, s | CPU |\n" + "|---" * 18 + "|"
)  # fmt: skip

_ORGANISATION = """\
name: samples
title: Samples by the million
time_zone: UTC
as_of: 2026-06-01T00:00:00Z
sources:
  - name: objectives
    feed: records_slos
    reader: jsonl
    path: objectives.jsonl
    primary_key: [source_record_id, updated_at]
    cursor: recorded_at
    covers: [{kind: slos, from: "2025-01-01T00:00:00Z"}]
    quarantine_threshold: {share: 0.0, reason: "generated without defects"}
  - name: samples
    feed: records_sli_samples
    reader: parquet
    path: samples/*.parquet
    primary_key: [slo_id, market, starts_at, updated_at]
    cursor: recorded_at
    covers: [{kind: sli_samples, from: "2025-01-01T00:00:00Z"}]
    quarantine_threshold: {share: 0.0, reason: "generated without defects"}
"""


def print_rows(sizes: tuple[int, ...]) -> None:
    """A row for each size, as soon as it is known, under a memory limit that is set."""
    print(f"\nsamples, DuckDB's memory limit {MEMORY_LIMIT}:", HEADER, sep="\n", flush=True)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(_row(size, Path(folder)), flush=True)


def _row(size: int, folder: Path) -> str:
    organisation, home = folder / "samples", folder / "home"
    objectives = max(1, round(size / DAYS / PER_DAY))
    generate(organisation, objectives, 0, DAYS)
    land, build = _land(organisation, home), _build(home)
    bare = _build(home, "--bare")
    generate(organisation, objectives, DAYS, DAYS + 1)
    land_more, build_more = _land(organisation, home), _build(home)
    shutil.rmtree(home)
    cells = [
        f"{objectives * PER_DAY * DAYS:,}",
        f"{land.seconds:.1f} | {land.mib:,.0f}",
        f"{build.seconds:.1f} | {build.cpu:.1f} | {build.mib:,.0f}",
        f"{land_more.seconds:.1f} | {land_more.mib:,.0f}",
        f"{build_more.seconds:.1f} | {build_more.cpu:.1f} | {build_more.mib:,.0f}",
        f"{build_more.seconds / build.seconds:.3f} | {build_more.cpu / build.cpu:.3f}",
        f"{bare.seconds:.1f} | {bare.cpu:.1f} | {bare.mib:,.0f}",
        f"{build.seconds / bare.seconds:.2f} | {build.cpu / bare.cpu:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def generate(folder: Path, objectives: int, first: int, last: int) -> None:
    """Write the organisation, its objectives, and a Parquet file for each of the days from `first` to before `last`."""
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    (folder / "organisation.yml").write_text(_ORGANISATION)
    write_structure(folder)
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"copy ({_objectives(objectives)}) to '{folder}/objectives.jsonl' (format json)")
        for day in range(first, last):
            con.execute(f"copy ({_samples(objectives, day)}) to '{folder}/samples/day-{day:04}.parquet'")


def _objectives(objectives: int) -> str:
    return f"""
        select 'slo-' || n as source_record_id, 'slo-' || n as slo_id,
            'service-' || lpad(cast(n % {SERVICES} as varchar), 3, '0') as service_id,
            'availability' as sli, 'occurrences' as budgeting, 0.999 as objective, 28 as window_days,
            '2025-01-01T00:00:00Z' as updated_at, '2025-01-01T00:00:00Z' as recorded_at
        from range({objectives}) as t(n)"""


def _samples(objectives: int, day: int) -> str:
    """0.3 of 1,000 events are bad, and 20 in one hour of a week: budgets hold, and each objective burns once a week."""
    drawn = f"hash(n * 7919 + step + {day})"
    bad = f"case when (n * 31 + {day} * 24 + step * {SECONDS} // 3600) % 168 = 0 then 20 else {drawn} % 10 // 7 end"
    return f"""
        select 'slo-' || n as slo_id, 'north' as market,
            timestamptz '2025-01-01' + to_days({day}) + to_seconds(step * {SECONDS}) as starts_at,
            {SECONDS} as seconds, 1000 - {bad}::int as good, 1000 as valid,
            timestamptz '2025-01-01' + to_days({day + 1}) as updated_at,
            timestamptz '2025-01-01' + to_days({day + 1}) as recorded_at
        from range({objectives}) as t(n), range({PER_DAY}) as s(step)
        order by n, step"""


_LAND = """
import sys
from pathlib import Path
import duckdb
from pipelines import organisation
from pipelines.landing import batches, views
from pipelines.settings import Settings

settings = Settings.of(sys.argv[2])
batches.land(organisation.load(Path(sys.argv[1])), settings)
with duckdb.connect(str(settings.warehouse_path)) as con:
    views.register(con, settings)
"""


def _land(organisation: Path, home: Path) -> Figure:
    return measure(["-c", _LAND, str(organisation), str(home)], SCORECARD_MEMORY_LIMIT=MEMORY_LIMIT)


def _build(home: Path, *options: str) -> Figure:
    arguments = ["-m", "tests.bench.dbt_part", str(home), "--select", SELECTED, *options]
    return measure(arguments, SCORECARD_MEMORY_LIMIT=MEMORY_LIMIT)
