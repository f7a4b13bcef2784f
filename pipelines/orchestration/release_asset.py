"""Publication as an asset. The gate itself is in pipelines.publish.release: unaudited rows are refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.landing import batches
from pipelines.orchestration.resources import ScorecardRun
from pipelines.orchestration.translator import OWNERS
from pipelines.publish import release as publication


def build_release(published: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The release, downstream of every published table."""

    @dg.asset(
        key=["release", "current"],
        group_name="release",
        deps=list(published),
        owners=OWNERS,
        kinds={"parquet", "duckdb"},
        pool="duckdb_writer",
        description="releases/<id>: Parquet, DuckDB file, page, manifest; then an atomic switch of `current`.",
    )
    def release(context: dg.AssetExecutionContext, run: ScorecardRun) -> dg.MaterializeResult[Any]:
        settings = run.settings()
        info = publication.publish(settings, run.organisation(), run=_this_run(context))
        batches.finish_run(settings)
        run.say(f"released    {info.release_id}")
        return dg.MaterializeResult(
            metadata={"release_id": info.release_id, "path": dg.MetadataValue.path(str(info.path))}
        )

    return release


def _this_run(context: dg.AssetExecutionContext) -> dict[str, str]:
    """Dagster's id of the run, and when it says that the run began."""
    record = context.instance.get_run_record_by_id(context.run_id)
    started = record.start_time if record else None
    return {
        "run_id": context.run_id,
        "started_at": datetime.fromtimestamp(started, UTC).isoformat() if started else "unknown",
    }
