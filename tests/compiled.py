"""The models as plain SQL: what dbt compiled in one home, run in another without dbt, over what that one has landed.

Belongs here: taking the statements from a build, running them; every table is built whole, no data test runs. Does not
belong here: timing (tests/bench).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.landing import views
from pipelines.orchestration import dbt_project
from pipelines.settings import Settings


@dataclass(frozen=True)
class Model:
    """A compiled model. `kind` is its materialisation: `view`, or anything that is built as a table here."""

    relation: str
    kind: str
    sql: str


@dataclass(frozen=True)
class Compiled:
    """Seeds by name, as Arrow tables, and the models in an order in which they can be built."""

    seeds: dict[str, Any]
    models: list[Model]


def taken(settings: Settings) -> Compiled:
    """From the last `dbt build` in a home, all of whose models it built."""
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as built:
        names = built.execute("select table_name from duckdb_tables() where schema_name = 'seeds'").fetchall()
        seeds = {name: built.sql(f"from seeds.{name}").to_arrow_table() for (name,) in sorted(names)}
    return Compiled(seeds, _models(settings))


def _models(settings: Settings) -> list[Model]:
    manifest = dbt_project.load_manifest(settings)["nodes"]
    run_results = dbt_project.target(settings) / "run_results.json"
    models = [r for r in json.loads(run_results.read_text())["results"] if r["unique_id"].startswith("model.")]
    done: list[Model] = []
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
            sql = waiting.pop(key).replace('"warehouse".', "")
            done.append(Model(f"{node['schema']}.{node['name']}", node["config"]["materialized"], sql))
            built.add(key)
    return done


def run(compiled: Compiled, settings: Settings, connection: duckdb.DuckDBPyConnection) -> Iterator[Model]:
    """Builds in an empty database over what the home has landed; yields each model before it is built."""
    connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
    views.register(connection, settings)
    connection.execute("create schema seeds")
    for name, seed in compiled.seeds.items():
        connection.register("seed", seed)
        connection.execute(f"create table seeds.{name} as from seed")
        connection.unregister("seed")
    for model in compiled.models:
        yield model
        connection.execute(f"create schema if not exists {model.relation.split('.')[0]}")
        kind = "view" if model.kind == "view" else "table"
        connection.execute(f"create {kind} {model.relation} as {model.sql}")
