"""The dbt project as assets, its tests as asset checks. dbt runs in this process, not in one of its own."""

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import (
    get_asset_check_key_for_test,
    get_updated_cli_invocation_params_for_context,
)

from pipelines.errors import AuditRefused, ScorecardError
from pipelines.orchestration.resources import ScorecardRun
from pipelines.orchestration.translator import ScorecardTranslator
from pipelines.settings import Settings, dbt_project_dir

EXPLAINED_FAILURES = 5


def _project_fingerprint() -> str:
    """Hash of every file of the dbt project and of dbt's versions: the name of its parsed form."""
    project, digest = dbt_project_dir(), hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(importlib.metadata.version(package).encode())
    for path in sorted(project.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv"} and "target" not in path.relative_to(project).parts:
            digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _arguments(settings: Settings) -> list[str]:
    project = str(dbt_project_dir())
    target = settings.home / "dbt" / _project_fingerprint()
    return [
        *("--project-dir", project, "--profiles-dir", project),
        *("--target-path", str(target), "--log-path", str(settings.home / "dbt"), "--log-level-file", "none"),
        *("--quiet", "--no-use-colors"),
    ]


def dbt_environment(settings: Settings) -> dict[str, str]:
    """What profiles.yml reads: the warehouse of this home and how many threads."""
    return {
        "SCORECARD_WAREHOUSE": str(settings.warehouse_path),
        "SCORECARD_THREADS": str(settings.threads),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def invoke_dbt(command: Sequence[str], settings: Settings) -> Any:
    """One dbt command in this process; the connection is closed after it, so that readers get in."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    settings.home.mkdir(parents=True, exist_ok=True)
    os.environ.update(dbt_environment(settings))
    try:
        return dbtRunner().invoke([*command, *_arguments(settings)])
    finally:
        DuckDBConnectionManager.close_all_connections()


def load_manifest(settings: Settings) -> Mapping[str, Any]:
    """The project's parsed manifest; parsed once per home and state of the project."""
    path = settings.home / "dbt" / _project_fingerprint() / "manifest.json"
    if not path.exists():
        result = invoke_dbt(["parse"], settings)
        if not result.success:
            raise ScorecardError(f"the dbt project does not parse: {result.exception}")
    return json.loads(path.read_text())  # type: ignore[no-any-return]


def _check_key(
    manifest: Mapping[str, Any], translator: ScorecardTranslator, node: str
) -> dg.AssetCheckKey | None:
    return get_asset_check_key_for_test(manifest, translator, node, project=None)


def _events(
    results: Sequence[Any], manifest: Mapping[str, Any], translator: ScorecardTranslator
) -> Iterator[Any]:
    """One materialisation per built model or seed, one check result per test that ran."""
    for result in results:
        node = manifest["nodes"].get(result.node.unique_id)
        if node is None or result.status == "skipped":
            continue
        if node["resource_type"] in {"model", "seed"} and result.status == "success":
            yield dg.MaterializeResult(
                asset_key=translator.get_asset_key(node),
                metadata={"seconds": round(result.execution_time, 3)},
            )
        elif node["resource_type"] == "test" and (key := _check_key(manifest, translator, node["unique_id"])):
            yield dg.AssetCheckResult(
                passed=result.status in {"pass", "warn"},
                asset_key=key.asset_key,
                check_name=key.name,
                metadata={"failures": result.failures or 0},
            )


def _refuse(results: Sequence[Any], manifest: Mapping[str, Any]) -> None:
    """Raise for what failed: a broken model is our defect, a failed test is the data's."""
    broken = [r for r in results if r.status in {"error", "runtime error"}]
    failed = [r for r in results if r.status == "fail"]
    if broken and not failed:
        raise ScorecardError("\n".join(f"{r.node.name}: {r.message}" for r in broken[:EXPLAINED_FAILURES]))
    lines = [_explain(r, manifest) for r in failed[:EXPLAINED_FAILURES]]
    more = len(failed) - len(lines)
    raise AuditRefused("\n".join([*lines, *([f"... and {more} more"] if more > 0 else [])]))


def _explain(result: Any, manifest: Mapping[str, Any]) -> str:
    node = manifest["nodes"][result.node.unique_id]
    on = (node.get("attached_node") or node["unique_id"]).split(".")[-1]
    column = f", column {node['column_name']}" if node.get("column_name") else ""
    where = f"table {on}{column}"
    return f"{where}: {result.failures} rows break the rule {node['name']}" + (
        f" ({node['description']})" if node.get("description") else ""
    )


def build_dbt(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Staging to scorecard as one step: `dbt build` of what is selected."""
    translator = ScorecardTranslator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="dbt", pool="duckdb_writer")
    def warehouse(context: dg.AssetExecutionContext, run: ScorecardRun) -> Iterator[Any]:
        selected = get_updated_cli_invocation_params_for_context(
            context=context, manifest=manifest, dagster_dbt_translator=translator
        )
        settings = run.settings()
        outcome = invoke_dbt(
            ["build", "--exclude-resource-type", "unit_test", *selected.selection_args], settings
        )
        if outcome.result is None:
            raise ScorecardError(f"dbt did not start: {outcome.exception}")
        results = list(outcome.result.results)
        yield from _events(results, manifest, translator)
        if not outcome.success:
            _refuse(results, manifest)
        models = sum(r.node.resource_type == "model" for r in results)
        tests = sum(r.node.resource_type == "test" for r in results)
        run.say(f"built       {models} models, {tests} tests passed")

    return warehouse
