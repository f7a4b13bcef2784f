"""`python -m tests.bench.dbt_part HOME`: dbt build over what HOME has landed.

With `--bare`: the same compiled SQL in bare DuckDB.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb

from pipelines.orchestration import dbt_project
from pipelines.settings import Settings
from tests.bench import dora


def build(settings: Settings) -> float:
    """`dbt build` as the product calls it, models and tests. Returns the seconds of the models of dora.py."""
    result = dbt_project.invoke(["build", "--exclude-resource-type", "unit_test"], settings)
    assert result.success, result.exception or [r.message for r in result.result.results if r.message]
    return float(sum(r.execution_time for r in result.result.results if r.node.name in dora.MODELS))


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
        for key in sorted(ready):
            node = manifest[key]
            relation = f"{node['schema']}.{node['name']}"
            done.append((relation, node["config"]["materialized"], waiting.pop(key)))
            built.add(key)
    return done


def bare(settings: Settings) -> float:
    """The compiled SQL of the former `dbt build` in one connection, over the same landed Parquet and seeds.

    Returns the seconds of the models of dora.py.
    """
    from pipelines.landing import views

    models, spent = compiled(settings), 0.0
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
            started = time.monotonic()
            connection.execute(f"create {'view' if kind == 'view' else 'table'} {relation} as {sql}")
            spent += time.monotonic() - started if relation.split(".")[1] in dora.MODELS else 0.0
    warehouse.unlink()
    return spent


if __name__ == "__main__":
    chosen = Settings.of(sys.argv[1])
    print(dora.MARK, (bare if "--bare" in sys.argv else build)(chosen))
