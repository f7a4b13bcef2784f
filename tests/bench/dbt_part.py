"""`python -m tests.bench.dbt_part HOME [--select MODELS] [--full-refresh]`: dbt build over what HOME has landed.

With `--bare`: the same compiled SQL in bare DuckDB. Either prints the seconds of the models of dora.py, and of each
model: of wall time in dbt, where several run at once, and of CPU in bare DuckDB, where one runs after the other.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time

import duckdb

from pipelines.orchestration import dbt_project
from pipelines.settings import Settings
from tests import compiled
from tests.bench import dora

MODELS = "MODELS"


def build(settings: Settings, selected: str, *more: str) -> tuple[float, dict[str, float]]:
    """`dbt build` as the product calls it, models and tests. Returns seconds of the models of dora.py, and of each."""
    command = ["build", "--exclude-resource-type", "unit_test", "--select", selected]
    result = dbt_project.invoke([*command, "--indirect-selection", "cautious", *more], settings)
    assert result.success, result.exception or [r.message for r in result.result.results if r.message]
    models = {r.node.name: r.execution_time for r in result.result.results if r.node.resource_type == "model"}
    return sum(models.get(name, 0.0) for name in dora.MODELS), models


def bare(settings: Settings) -> tuple[float, dict[str, float]]:
    """The compiled SQL of the former `dbt build` in one connection, over the same landed Parquet and seeds.

    That build must have built all tables whole: in a new home, or with --full-refresh.
    Returns the seconds of the models of dora.py, and the CPU seconds of each model.
    """
    taken = compiled.taken(settings)
    warehouse = settings.home / "bare.duckdb"
    warehouse.unlink(missing_ok=True)
    begun: list[tuple[str, float, float]] = []
    with duckdb.connect(str(warehouse), config={"threads": settings.threads}) as connection:
        for model in compiled.run(taken, settings, connection):
            begun.append((model.relation.split(".")[1], time.monotonic(), time.process_time()))
    begun.append(("", time.monotonic(), time.process_time()))
    warehouse.unlink()
    spent, cpu = 0.0, dict[str, float]()
    for (name, started, before), (_, ended, after) in itertools.pairwise(begun):
        cpu[name] = after - before
        spent += ended - started if name in dora.MODELS else 0.0
    return spent, cpu


def models_in(output: str) -> dict[str, float]:
    """Seconds of each model, from what a measured process printed."""
    found = next(line for line in output.splitlines() if line.startswith(MODELS))
    return dict(json.loads(found.removeprefix(MODELS)))


if __name__ == "__main__":
    told = argparse.ArgumentParser()
    told.add_argument("home")
    told.add_argument("--select", default="fqn:*")
    told.add_argument("--full-refresh", action="store_true", help="in a home that has run: all tables anew")
    told.add_argument("--bare", action="store_true")
    options = told.parse_args()
    home = Settings.of(options.home)
    anew = ["--full-refresh"] if options.full_refresh else []
    dora_seconds, of_models = bare(home) if options.bare else build(home, options.select, *anew)
    print(dora.MARK, dora_seconds)
    print(MODELS, json.dumps(of_models))
