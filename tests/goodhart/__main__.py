"""`python -m tests.goodhart [FILE] [--seeds N]`: builds the twins and writes the table, to a file or to stdout."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.goodhart.twins import KINDS, STRENGTH, Rise, honest_teams, lost, rises, scores_builder, twins
from tests.power.organisations import SHAPE, cheats_of

BEGIN, END = "<!-- begin of the study -->", "<!-- end of the study -->"
HEAD = (
    (
        "| cheat | quarters with an overall score | largest rise of it, of what the band allows | it pays in "
        "| the pillar that rose most beyond its band | it pays in, of pillar quarters | scores lost, won |\n"
    )
    + "|---" * 7
    + "|"
)


def study(seeds: int, threads: int) -> tuple[list[Rise], dict[str, tuple[int, int]]]:
    """All rises, and by cheat the quarters in which one side alone has an overall score."""
    builder = scores_builder(threads)
    found: list[Rise] = []
    gone = dict.fromkeys(KINDS, (0, 0))
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory(prefix="goodhart-") as folder:
            honest, cheating = twins(seed, Path(folder), builder)
        teams = [*cheats_of(seed), *honest_teams(seed)]
        found += rises(honest, cheating, teams)
        for signal, team in teams:
            less, more = lost(honest, cheating, team, "overall")
            gone[signal] = gone[signal][0] + less, gone[signal][1] + more
    return found, gone


def table(found: Sequence[Rise], gone: dict[str, tuple[int, int]]) -> list[str]:
    """A row for each cheat, and one for the teams that do not cheat."""
    lines = HEAD.splitlines()
    for signal in KINDS:
        own = [rise for rise in found if rise.signal == signal]
        whole = [rise for rise in own if rise.place.pillar == "overall"]
        parts = [rise for rise in own if rise.place.pillar != "overall"]
        top = max(whole, key=lambda rise: rise.rise - rise.band, default=None)
        part = max(parts, key=lambda rise: rise.rise - rise.band, default=None)
        cells = [
            signal, str(len(whole)), _told(top), f"{sum(rise.pays for rise in whole)}",
            f"{part.place.pillar}: {_told(part)}" if part else "none",
            f"{sum(rise.pays for rise in parts)} of {len(parts)}", f"{gone[signal][0]}, {gone[signal][1]}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _told(rise: Rise | None) -> str:
    return "none" if rise is None else f"{rise.rise:+.1f} of {rise.band:.1f}"


def main() -> None:
    """Writes between the marks of a file, or prints."""
    told = argparse.ArgumentParser(prog="python -m tests.goodhart")
    told.add_argument("file", type=Path, nargs="?")
    told.add_argument("--seeds", type=int, default=3)
    told.add_argument("--threads", type=int, default=2)
    options = told.parse_args()
    found, gone = study(options.seeds, options.threads)
    said = f"Seeds 1 to {options.seeds}; {SHAPE['teams']} teams, {SHAPE['weeks']} weeks, strength {STRENGTH:g}. Points."
    text = "\n".join([said, "", *table(found, gone)])
    if options.file is None:
        print(text)
        return
    before, _, rest = options.file.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    options.file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
