"""Puts the assets, checks, job, schedule and sensor together."""

import json
from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from data_quality.fingerprint import PUBLISHED_SCHEMAS
from pipelines.extract import files
from pipelines.orchestration.audit_checks import landing_audit, scorecard_audit
from pipelines.orchestration.dbt_assets import build_dbt
from pipelines.orchestration.dbt_project import load_manifest
from pipelines.orchestration.landing_assets import build_landing
from pipelines.orchestration.release_asset import build_release
from pipelines.orchestration.resources import ScorecardRun
from pipelines.orchestration.translator import ScorecardTranslator
from pipelines.organisation import Organisation
from pipelines.settings import Settings

JOB = "scorecard"


def _published_keys(manifest: Mapping[str, Any]) -> list[dg.AssetKey]:
    translator = ScorecardTranslator()
    nodes = (n for n in manifest["nodes"].values() if n["resource_type"] in {"model", "seed"})
    return sorted(translator.get_asset_key(n) for n in nodes if n["schema"] in PUBLISHED_SCHEMAS)


def build_definitions() -> dg.Definitions:
    """The whole graph. Reads the dbt manifest (parsed when it is not there yet), nothing else."""
    manifest = load_manifest(Settings.of())
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Extract, land, build, audit, release.",
    )
    daily = dg.ScheduleDefinition(
        name="daily",
        job=job,
        cron_schedule="0 5 * * *",
        execution_timezone="UTC",
        description="Once a day, 05:00 UTC.",
    )
    return dg.Definitions(
        assets=[build_landing(manifest), build_dbt(manifest), build_release(_published_keys(manifest))],
        asset_checks=[landing_audit, scorecard_audit],
        jobs=[job],
        schedules=[daily],
        sensors=[_new_source_files(job)],
        resources={"run": ScorecardRun()},
        executor=dg.in_process_executor,
    )


def source_state(organisation: Organisation) -> str:
    """Names, sizes and times of all files of all sources, as text: what the sensor compares."""
    stats = {
        f"{source.name}/{unit.label}": [(path.stat().st_size, path.stat().st_mtime_ns) for path in unit.paths]
        for source in organisation.sources
        for unit in files.units(source)
    }
    return json.dumps(stats, sort_keys=True)


def _new_source_files(job: UnresolvedAssetJobDefinition) -> dg.SensorDefinition:
    @dg.sensor(name="new_source_files", job=job, minimum_interval_seconds=300)
    def new_source_files(context: dg.SensorEvaluationContext, run: ScorecardRun) -> dg.SensorResult | dg.SkipReason:
        """Starts a run when a file of a source has come or changed."""
        state = source_state(run.organisation())
        if state == context.cursor:
            return dg.SkipReason("no source file has changed")
        return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=state)

    return new_source_files
