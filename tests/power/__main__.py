"""Runs the study and prints its tables: `python -m tests.power [--seeds N] [--keep FILE]`.

Organisations that FILE holds already are not run again: the study can be stopped, and be made larger.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.power.organisations import STRENGTHS, Studied, study_alone
from tests.power.table import written


def kept(file: Path | None) -> list[Studied]:
    """The organisations that were studied before."""
    if file is None or not file.is_file():
        return []
    found = [Studied(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    return [one._replace(cheats=_pairs(one.cheats), look_alikes=_pairs(one.look_alikes)) for one in found]


def _pairs(lists: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(signal, team) for signal, team in lists]


def main() -> None:
    """Prints a line an organisation, then the tables."""
    told = argparse.ArgumentParser(prog="python -m tests.power")
    told.add_argument("--seeds", type=int, default=50, help="seeds at each of the three strengths (default: 50)")
    told.add_argument("--first-seed", type=int, default=1)
    told.add_argument("--keep", type=Path, help="JSON lines: what was studied is kept here, and not run again")
    told.add_argument("--jobs", type=int, default=2, help="organisations at a time (default: 2)")
    options = told.parse_args()
    studies = kept(options.keep)
    done = {(one.seed, one.strength) for one in studies}
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    wanted = [(seed, strength) for seed in seeds for strength in STRENGTHS if (seed, strength) not in done]
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed(pool.submit(study_alone, *one) for one in wanted):
            studies.append(future.result())
            if options.keep is not None:
                with options.keep.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(studies[-1]._asdict()) + "\n")
            print(f"seed {studies[-1].seed}, {studies[-1].strength}: {studies[-1].seconds}", flush=True)
    print("\n" + written(studies))


if __name__ == "__main__":
    main()
