"""How long a large simulation takes: 100 million SLI samples and 10 million other events.

Figures are printed, never asserted. The rows are counted from the files, so that the bench cannot lie about its size.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from tests.bench.measure import measure

FLAGS = (
    "--teams", "100", "--services", "1000", "--markets", "1", "--weeks", "104", "--sli-seconds", "900",
    "--scale", "5.5",
)  # fmt: skip
HEADER = "| simulation | SLI samples | other events | log rows | GiB on disk | s | MiB |\n|---|---|---|---|---|---|---|"
BULK = ("sli_samples", "latency_histograms")


def row(work: Path) -> str:
    """Simulates once, and counts what is there."""
    target = work / "simulated"
    figure = measure(["-m", "pipelines.cli", "simulate", str(target), *FLAGS])
    samples = _parquet_rows(target / "logs/sli_samples")
    events = sum(_parquet_rows(path) for path in _states(target))
    logged = _parquet_rows(target / "logs/latency_histograms") + _parquet_rows(target / "logs/alerts") + _lines(target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 2**30
    counts = f"{samples:,} | {events:,} | {logged:,}"
    return f"| {' '.join(FLAGS)} | {counts} | {size:.1f} | {figure.seconds:.0f} | {figure.mib:,.0f} |"


def _states(target: Path) -> list[Path]:
    things = {"teams", "services", "dependencies"}
    return [path for path in sorted((target / "truth/state").iterdir()) if path.stem not in things]


def _parquet_rows(path: Path) -> int:
    files = [path] if path.is_file() else sorted(path.glob("*.parquet"))
    return sum(pq.read_metadata(file).num_rows for file in files)


def _lines(target: Path) -> int:
    with duckdb.connect() as con:
        found = con.execute(
            f"select count(*) from read_csv('{target}/logs/*/*.jsonl', columns = {{'line': 'varchar'}}, delim = '\\0', "
            "quote = '', escape = '', header = false)"
        ).fetchone()
    return int(found[0]) if found else 0
