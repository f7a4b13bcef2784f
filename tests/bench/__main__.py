"""Prints the table of figures: `make bench`; `python -m tests.bench example 1000000 simulation` for a part of it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import dora, simulation
from tests.bench.generate import generate
from tests.bench.measure import ROOT, Figure, measure

ORGANISATIONS = ["demo", "example", "jenkins", "govuk", "servicenow"]
SIMULATION = "simulation"
SIZES = [1_000_000, 10_000_000]
HEADER = "| input | run s | run MiB | dbt s | dbt MiB | bare s | bare MiB | dbt / bare | run / bare |"


def _row(name: str, organisation: Path, work: Path, is_generated: bool) -> tuple[str, str]:
    """The table's row, and of a generated input what the four DORA metrics cost."""
    home = work / f"home-{name}"
    run = measure(["-m", "pipelines.cli", "run", str(organisation), "--home", str(home)])
    dbt = measure(["-m", "tests.bench.dbt_part", str(home)])
    bare = measure(["-m", "tests.bench.dbt_part", str(home), "--bare"])
    return _format(name, run, dbt, bare), _four_metrics(name, home, dbt, bare) if is_generated else ""


def _four_metrics(name: str, home: Path, dbt: Figure, bare: Figure) -> str:
    hand = measure(["-m", "tests.bench.dora", str(home)])
    models, same, by_hand = (dora.seconds_in(figure.output) for figure in (dbt, bare, hand))
    return (
        f"{name}: the models behind the four DORA metrics took {models:.1f} s in dbt, "
        f"{same:.1f} s the same SQL in bare DuckDB; "
        f"the four numbers alone, written by hand: {by_hand:.1f} s and {hand.mib:,.0f} MiB"
    )


def _format(name: str, run: Figure, dbt: Figure, bare: Figure) -> str:
    cells = [f"{figure.seconds:.1f} | {figure.mib:,.0f}" for figure in (run, dbt, bare)]
    ratios = f"{dbt.seconds / bare.seconds:.2f} | {run.seconds / bare.seconds:.2f}"
    return f"| {name} | {' | '.join(cells)} | {ratios} |"


def main(wanted: list[str]) -> None:
    """Measure each input once, in a fresh home, and print a row as soon as it is known."""
    inputs = [name for name in wanted or [*ORGANISATIONS, *map(str, SIZES), SIMULATION] if name != SIMULATION]
    if not wanted or SIMULATION in wanted:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{simulation.HEADER}\n{simulation.row(Path(folder))}\n", flush=True)
    if inputs:
        print(HEADER + "\n" + "|---" * 9 + "|", flush=True)
    notes = []
    for name in inputs:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            organisation = generate(work / "bench", int(name)) if name.isdigit() else ROOT / "organisations" / name
            label = f"{int(name):,} deployments" if name.isdigit() else name
            row, note = _row(label, organisation, work, name.isdigit())
            print(row, flush=True)
            notes += [note] if note else []
    print("", *notes, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
