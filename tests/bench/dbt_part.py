"""`python -m tests.bench.dbt_part HOME [--select MODELS]`: dbt build over what HOME has landed.

With `--bare`: the same compiled SQL in bare DuckDB. Either prints the seconds of the models of dora.py, and of each
model: of wall time in dbt, where several run at once, and of CPU in bare DuckDB, where one runs after the other.
"""

from __future__ import annotations

import argparse
import json
import time

import duckdb

from pipelines.orchestration import dbt_project
from pipelines.settings import Settings
from tests.bench import dora

MODELS = "MODELS"


def build(settings: Settings, selected: str) -> tuple[float, dict[str, float]]:
    """`dbt build` as the product calls it, models and tests. Returns seconds of the models of dora.py, and of each."""
    result = dbt_project.invoke(
        ["build", "--exclude-resource-type", "unit_test", "--select", selected, "--indirect-selection", "cautious"],
        settings,
    )
    assert result.success, result.exception or [r.message for r in result.result.results if r.message]
    models = {r.node.name: r.execution_time for r in result.result.results if r.node.resource_type == "model"}
    return sum(models.get(name, 0.0) for name in dora.MODELS), models


def compiled(settings: Settings) -> list[tuple[str, str, str]]:
    """(relation, materialisation, SQL) of every model, in an order in which they can be built."""
    manifest = dbt_project.load_manifest(settings)["nodes"]
    run_results = dbt_project.target(settings) / "run_results.json"
    models = [r for r in json.loads(run_results.read_text())["results"] if r["unique_id"].startswith("model.")]
    done: list[tuple[str, str, str]] = []
    built = {key for key, node in manifest.items() if node["resource_type"] != "model"}
    waiting = {r["unique_id"]: r["compiled_code"] for r in models}
    while waiting:
        ready = [
            key
            for key in waiting
            if all(
                parent in built for parent in manifest[key]["depends_on"]["nodes"] if not parent.startswith("source.")
            )
        ]
        assert ready, f"built by another state of the project: {sorted(waiting)}"
        for key in sorted(ready):
            node = manifest[key]
            relation = f"{node['schema']}.{node['name']}"
            done.append((relation, node["config"]["materialized"], waiting.pop(key)))
            built.add(key)
    return done


def bare(settings: Settings) -> tuple[float, dict[str, float]]:
    """The compiled SQL of the former `dbt build` in one connection, over the same landed Parquet and seeds.

    Returns the seconds of the models of dora.py, and the CPU seconds of each model.
    """
    from pipelines.landing import views

    models, spent = compiled(settings), 0.0
    cpu: dict[str, float] = {}
    warehouse = settings.home / "bare.duckdb"
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse), config={"threads": settings.threads}) as connection:
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        views.register(connection, settings)
        connection.execute(f"attach '{settings.warehouse_path}' as built (read_only)")
        connection.execute("create schema seeds")
        for (seed,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'seeds'"
        ).fetchall():
            connection.execute(f"create table seeds.{seed} as from built.seeds.{seed}")
        connection.execute("detach built")
        for relation, kind, query in models:
            connection.execute(f"create schema if not exists {relation.split('.')[0]}")
            sql = query.replace('"warehouse".', "")
            name = relation.split(".")[1]
            started, before = time.monotonic(), time.process_time()
            connection.execute(f"create {'view' if kind == 'view' else 'table'} {relation} as {sql}")
            cpu[name] = time.process_time() - before
            spent += time.monotonic() - started if name in dora.MODELS else 0.0
    warehouse.unlink()
    return spent, cpu


def models_in(output: str) -> dict[str, float]:
    """Seconds of each model, from what a measured process printed."""
    found = next(line for line in output.splitlines() if line.startswith(MODELS))
    return dict(json.loads(found.removeprefix(MODELS)))


if __name__ == "__main__":
    told = argparse.ArgumentParser()
    told.add_argument("home")
    told.add_argument("--select", default="fqn:*")
    told.add_argument("--bare", action="store_true")
    options = told.parse_args()
    home = Settings.of(options.home)
    dora_seconds, of_models = bare(home) if options.bare else build(home, options.select)
    print(dora.MARK, dora_seconds)
    print(MODELS, json.dumps(of_models))
