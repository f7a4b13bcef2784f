"""Runs the study and prints its tables: `python -m tests.power [--seeds N] [--keep FILE]`.

Organisations that FILE holds already are not run again: the study can be stopped, and be made larger.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from tests.power.organisations import STRENGTHS, Builder, Studied, study
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
    told.add_argument("--threads", type=int, default=2)
    options = told.parse_args()
    studies, builder = kept(options.keep), Builder(threads=options.threads)
    done = {(one.seed, one.strength) for one in studies}
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for strength in STRENGTHS:
            if (seed, strength) in done:
                continue
            with tempfile.TemporaryDirectory(prefix="power-") as folder:
                studies.append(study(seed, strength, Path(folder), builder))
            if options.keep is not None:
                with options.keep.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(studies[-1]._asdict()) + "\n")
            print(f"seed {seed}, {strength}: {sum(studies[-1].seconds.values()):.0f} s", flush=True)
    print("\n" + written(studies))


if __name__ == "__main__":
    main()
