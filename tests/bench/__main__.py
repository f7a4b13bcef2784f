"""Prints the tables of figures: `make bench`, `make bench-growth`; `python -m tests.bench PART...` for some of it.

A part is `simulation`, `organisations` (or one of them by name), `growth`, `dora`, `memory`, `days`, `samples`; a
number is a size for growth, dora, memory and samples, in place of theirs: `python -m tests.bench growth 100000 300000`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import day_files, growth, organisations, samples, simulation

PARTS = ("simulation", "organisations", *growth.PARTS, "days", "samples")


def main(wanted: list[str]) -> None:
    """Measure each input once, in a fresh home, and print a row as soon as it is known."""
    unknown = [name for name in wanted if not name.isdigit() and name not in (*PARTS, *organisations.NAMES)]
    if unknown:
        sys.exit(f"{unknown[0]}: no such part; choose from: {', '.join((*PARTS, *organisations.NAMES))}, or a number")
    sizes = tuple(int(name) for name in wanted if name.isdigit())
    parts = {name for name in wanted if name in PARTS} or (set() if wanted else set(PARTS))
    if "simulation" in parts:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{simulation.HEADER}\n{simulation.row(Path(folder))}\n", flush=True)
    names = tuple(name for name in organisations.NAMES if name in wanted or "organisations" in parts)
    if names:
        organisations.print_rows(names)
    grown = parts & set(growth.PARTS) or (set(growth.PARTS) if sizes and not parts else set())
    if grown:
        growth.print_tables(grown, sizes)
    if "days" in parts:
        day_files.print_row()
    if "samples" in parts:
        samples.print_rows(sizes or samples.SIZES)


if __name__ == "__main__":
    main(sys.argv[1:])
