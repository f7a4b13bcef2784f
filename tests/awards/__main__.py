"""`python -m tests.awards [FILE]`: draws the teams and writes the tables, to a file or to the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import stats

from tests.awards.statistics import Flags
from tests.awards.study import BASELINE, IN_A_ROW, LOOKS, METRICS, Case, awards

SEED, ALPHA = 20261129, 0.01
YEARS, UNCHANGED, CHANGED, CHUNK = 2, 20_000, 2_000, 500
VOLUMES = {0.5: "half as many", 1.0: "as listed", 4.0: "four times as many"}
IMPROVED: dict[str, tuple[str, ...]] = {
    "time_to_restore": ("time_to_restore",),
    "lead_time": ("lead_time",),
    "change_fail_rate": ("change_fail_rate",),
    "incident_rate": ("incident_rate",),
    "toil_share": ("toil_share",),
    "these five": ("time_to_restore", "lead_time", "change_fail_rate", "incident_rate", "toil_share"),
}
BEGIN, END = "<!-- begin of the study -->", "<!-- end of the study -->"


def drawn(case: Case, teams: int) -> Flags:
    """(teams, quarters): whether the award is given. The same seed for every case."""
    dice = np.random.default_rng(SEED)
    quarters = LOOKS * YEARS
    return np.concatenate([awards(dice, case, CHUNK, quarters, ALPHA) for _ in range(teams // CHUNK)])


def unchanged() -> list[str]:
    """The table of teams that did not change."""
    lines = ["| events in a quarter | team-years | with an award | share, 95 % |", "|---|---|---|---|"]
    for volume, words in VOLUMES.items():
        given = drawn(Case(volume), UNCHANGED).reshape(UNCHANGED, YEARS, LOOKS).any(axis=2)
        wins, years = int(given.sum()), given.size
        low, high = stats.beta.ppf([0.025, 0.975], [wins, wins + 1], [years - wins + 1, years - wins])
        lines.append(f"| {words} | {years:,} | {wins} | {wins / years:.2%} ({low:.2%} to {high:.2%}) |")
    return lines


def changed() -> list[str]:
    """The table of teams that improved by 30 % from the first quarter after the baseline on."""
    spans = (2, 4, 8)
    heads = " | ".join(f"within {span} quarters" for span in spans)
    lines = [f"| 30 % better in | events in a quarter | {heads} |", "|---|---|" + "---|" * len(spans)]
    for name, metrics in IMPROVED.items():
        for volume, words in VOLUMES.items():
            given = drawn(Case(volume, metrics), CHANGED)
            shares = " | ".join(f"{given[:, :span].any(axis=1).mean():.0%}" for span in spans)
            lines.append(f"| {name} | {words} | {shares} |")
    return lines


def text() -> str:
    """Both tables, with what they were drawn from."""
    listed = ", ".join(f"{name} {metric.events:g}" for name, metric in METRICS.items() if metric.family != "value")
    return "\n".join(
        [
            f"Seed {SEED}; {len(METRICS)} scored metrics, {BASELINE} quarters of baseline, {IN_A_ROW} in a row, "
            f"level {ALPHA:g}.",
            f"Events in a quarter as listed: {listed}.",
            "",
            "No true change:",
            "",
            *unchanged(),
            "",
            "A true improvement from the first quarter after the baseline on:",
            "",
            *changed(),
        ]
    )


def main() -> None:
    """Writes between the marks of a file, or prints."""
    if len(sys.argv) < 2:
        print(text())
        return
    file = Path(sys.argv[1])
    before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n{text()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
