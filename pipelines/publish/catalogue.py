"""docs/metric_catalogue.md, written from the seed that the models and the published table are made of.

Belongs here: how a row of the catalogue reads. Does not belong here: any definition (dbt_project/seeds).

`python -m pipelines.publish.catalogue docs/metric_catalogue.md` writes it; `make docs` does so.
"""

import csv
import sys
from pathlib import Path

from pipelines.settings import dbt_project_dir

SEED = "seeds/metric_catalogue.csv"
_HEAD = """\
# Metric catalogue

Generated from `dbt_project/{seed}` by `make docs`; change that, not this. The same rows are published as
`scorecard.metric_catalogue`. What the definitions leave open, and how it was decided, is in
[DECISIONS.md](../DECISIONS.md).

A value comes with its parts, n and 95 % limits, per service, team, area and portfolio, by week, month and quarter.
Below the least n it is `insufficient` and not shown; below 20 it is `provisional`. Where no source covers what a
metric needs, it is `missing_source`: unknown is never zero.
"""
_METHODS = {
    "wilson": "Wilson",
    "poisson": "exact Poisson up to 100 events, Byar beyond, widened by the dispersion of days",
    "kaplan_meier": "Kaplan-Meier, log-log",
    "quartiles": "from the limits of the quartiles",
    "jackknife": "delete-one-day jackknife",
    "jackknife_open": "delete-one-day jackknife, not cut at 0 and 1",
    "mover": "Wilson's of each share, joined by variance estimates recovery",
    "histogram": "the bounds of buckets between which it lies",
    "weighted": "none: how the values vary was not delivered",
    "none": "none: a sum has no sampling error",
}
_BETTER = {"up": "higher", "down": "lower"}
Metric = dict[str, str]


def metrics() -> list[Metric]:
    """The rows of the seed, in its order."""
    with (dbt_project_dir() / SEED).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def markdown() -> str:
    """The whole document."""
    rows = metrics()
    parts = [_HEAD.format(seed=SEED)]
    for pillar in dict.fromkeys(row["pillar"] for row in rows):
        parts.append(f"## {pillar.capitalize()}\n")
        parts += [_section(row) for row in rows if row["pillar"] == pillar]
    return "\n".join(parts)


def _section(row: Metric) -> str:
    facts = {
        "Unit": row["unit"],
        "Better": _BETTER.get(row["better"], row["better"]),
        "Counts by": row["anchor"],
        "Judged after": "at once" if row["follow_up"] == "none" else row["follow_up"],
        "95 % limits": _METHODS[row["interval_method"]],
        "Source": row["source"],
        "Least n": row["minimum_n"],
        "Needs": _needs(row),
        "Version": row["metric_version"],
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return (
        f"### {row['name']} (`{row['metric_id']}`)\n\n{row['definition']}\n\n"
        f"*Example:* {row['example']}\n\n| | |\n|---|---|\n{table}\n"
    )


def _needs(row: Metric) -> str:
    every = [f"`{kind}`" for kind in row["requires_kind"].split("|")]
    if row["requires_either_kind"]:
        every.append(f"`{row['requires_either_kind']}` or `{row['requires_or_kind']}`")
    return ", ".join(every)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
