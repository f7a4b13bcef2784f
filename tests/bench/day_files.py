"""A log that grows by a file a day, as an append source: all days at once, and then one day more.

Every file is a batch of its own, and each is compared with all that is landed: the cost that this row watches.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from tests.bench.generate import SERVICES, write_structure
from tests.bench.measure import Figure, measure

DAYS = 455
ROWS = 200  # a day
HEADER = (
    "| files | rows | first load s | CPU s | MiB | one more file s | CPU s | MiB |\n" + "|---" * 8 + "|"
)  # fmt: skip

_ORGANISATION = """\
name: days
title: A file a day
time_zone: UTC
as_of: last_record
sources:
  - name: deployments
    feed: records_deployments
    reader: jsonl
    path: logs/*.jsonl
    primary_key: [source_record_id, updated_at]
    cursor: recorded_at
    covers:
      - {kind: deployments, from: "2025-01-01T00:00:00Z"}
    quarantine_threshold: {share: 0.0, reason: "generated without defects"}
"""
_LAND = """
import sys
from pathlib import Path
from pipelines import organisation
from pipelines.landing import batches
from pipelines.settings import Settings

batches.land(organisation.load(Path(sys.argv[1])), Settings.of(sys.argv[2]))
"""


def print_row() -> None:
    """Lands the folder, adds a file, and lands again."""
    with tempfile.TemporaryDirectory() as folder:
        organisation, home = Path(folder) / "days", Path(folder) / "home"
        generate(organisation, DAYS)
        first = _land(organisation, home)
        generate(organisation, 1, start=DAYS)
        more = _land(organisation, home)
    cells = [f"{figure.seconds:.1f} | {figure.cpu:.1f} | {figure.mib:,.0f}" for figure in (first, more)]
    row = f"| {DAYS} | {DAYS * ROWS:,} | {' | '.join(cells)} |"
    print("\na file a day, landed by append:", HEADER, row, sep="\n", flush=True)


def generate(folder: Path, days: int, start: int = 0) -> None:
    """Write the organisation, and a file for each of `days` days from the day `start` on."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    (folder / "organisation.yml").write_text(_ORGANISATION)
    write_structure(folder)
    with duckdb.connect() as con:
        for day in range(start, start + days):
            con.execute(f"copy ({_deployments(day)}) to '{folder}/logs/day-{day:04}.jsonl' (format json)")


def _land(organisation: Path, home: Path) -> Figure:
    return measure(["-c", _LAND, str(organisation), str(home)])


def _deployments(day: int) -> str:
    return f"""
        select
            'd-{day}-' || n as source_record_id,
            'd-{day}-' || n as deployment_id,
            'service-' || lpad(cast(n % {SERVICES} as varchar), 3, '0') as service_id,
            'production' as environment,
            'v{day}' as version,
            strftime(began, '%Y-%m-%dT%H:%M:%SZ') as started_at,
            strftime(began + interval 5 minute, '%Y-%m-%dT%H:%M:%SZ') as finished_at,
            'succeeded' as outcome,
            strftime(began + interval 5 minute, '%Y-%m-%dT%H:%M:%SZ') as updated_at,
            strftime(began + interval 5 minute, '%Y-%m-%dT%H:%M:%SZ') as recorded_at
        from (
            select n, timestamp '2025-01-01' + to_days({day}) + to_seconds(n * 400) as began
            from range({ROWS}) as t(n)
        )"""
