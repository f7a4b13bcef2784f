"""Whole runs, beside their dbt part and the same compiled SQL in bare DuckDB."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench import dora
from tests.bench.measure import ROOT, Figure, measure

NAMES = ("demo", "example", "jenkins", "govuk", "servicenow")
HEADER = (
    "| input | run s | run MiB | dbt s | dbt MiB | bare s | bare MiB | dbt / bare | run / bare |\n" + "|---" * 9 + "|"
)


def print_rows(names: tuple[str, ...]) -> None:
    """A row for each, in a fresh home, as soon as it is known."""
    print(HEADER, flush=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            run = measure(["-m", "pipelines.cli", "run", str(ROOT / "organisations" / name), "--home", str(home)])
            dbt, bare = parts(home)
            print(row(name, run, dbt, bare), flush=True)


def parts(home: Path) -> tuple[Figure, Figure]:
    """The dbt part of a home that has run, and its SQL in bare DuckDB."""
    dbt = measure(["-m", "tests.bench.dbt_part", str(home), "--full-refresh"])
    return dbt, measure(["-m", "tests.bench.dbt_part", str(home), "--bare"])


def row(name: str, run: Figure, dbt: Figure, bare: Figure) -> str:
    """Seconds of wall time and MiB of the largest process, and their ratios to bare DuckDB."""
    cells = [f"{figure.seconds:.1f} | {figure.mib:,.0f}" for figure in (run, dbt, bare)]
    ratios = f"{dbt.seconds / bare.seconds:.2f} | {run.seconds / bare.seconds:.2f}"
    return f"| {name} | {' | '.join(cells)} | {ratios} |"


def four_metrics(name: str, home: Path, dbt: Figure, bare: Figure) -> str:
    """What the four DORA metrics cost, in a sentence."""
    hand = measure(["-m", "tests.bench.dora", str(home)])
    models, same, by_hand = (dora.seconds_in(figure.output) for figure in (dbt, bare, hand))
    return (
        f"{name}: the models behind the four DORA metrics took {models:.1f} s in dbt, "
        f"{same:.1f} s the same SQL in bare DuckDB; "
        f"the four numbers alone, written by hand: {by_hand:.1f} s and {hand.mib:,.0f} MiB"
    )
