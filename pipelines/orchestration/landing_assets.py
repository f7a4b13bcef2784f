"""Extraction and landing as assets: one per table of the schema `landing`, made together in one step."""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb

from pipelines.errors import Transient
from pipelines.landing import batches, views
from pipelines.orchestration import dbt_project
from pipelines.orchestration.resources import ScorecardRun
from pipelines.orchestration.translator import OWNERS, column_schema, source_key

RETRIES = 3
SECONDS_BETWEEN_RETRIES = 30


def _specs(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            key=source_key(source),
            group_name="landing",
            description=source["description"],
            owners=OWNERS,
            kinds={"parquet"},
            metadata={"dagster/column_schema": column_schema(source["columns"])},
        )
        for source in sorted(manifest["sources"].values(), key=lambda s: str(s["name"]))
    ]


def build_landing(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The step that extracts all sources of the organisation and lands what is new."""
    specs = _specs(manifest)

    @dg.multi_asset(name="landing", specs=specs, pool="duckdb_writer")
    def landing(run: ScorecardRun) -> Iterator[dg.MaterializeResult[Any]]:
        settings = run.settings()
        try:
            landed = batches.land(run.organisation(), settings, run.instant(), run.say)
        except Transient as error:  # a source that did not answer may answer later; wrong input will not mend itself
            raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=SECONDS_BETWEEN_RETRIES) from error
        if run.full_refresh or not dbt_project.built_warehouse(settings):
            settings.warehouse_path.unlink(missing_ok=True)
            shutil.rmtree(settings.spark_dir, ignore_errors=True)
            dbt_project.note_warehouse(settings)
        rows = dict.fromkeys((spec.key.path[-1] for spec in specs), 0)
        for batch in landed.batches:
            rows[batch.feed] = rows.get(batch.feed, 0) + batch.rows
        with duckdb.connect(str(settings.warehouse_path), config={"memory_limit": settings.memory()}) as connection:
            views.register(connection, settings)
        batch_counts = f"{len(landed.batches)} batches, {len(landed.new)} of them new"
        run.say(f"landed      {sum(rows.values()):,} rows in {batch_counts}")
        for source, kept in views.undeclared(landed.batches, run.organisation()).items():
            run.say(f"undeclared  {source}: {kept:,} landed rows are kept, and count only as of when it was declared")
        for spec in specs:
            yield dg.MaterializeResult(
                asset_key=spec.key,
                metadata={"dagster/row_count": rows[spec.key.path[-1]], "as_of": landed.as_of.isoformat()},
            )

    return landing
