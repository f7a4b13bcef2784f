"""The dbt project as assets, its tests as asset checks. dbt runs in this process, not in one of its own."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import (
    get_asset_check_key_for_test,
    get_updated_cli_invocation_params_for_context,
)

from pipelines.errors import AuditRefused, ScorecardError
from pipelines.orchestration import dbt_project
from pipelines.orchestration.resources import ScorecardRun
from pipelines.orchestration.translator import ScorecardTranslator

EXPLAINED_FAILURES = 5


def _check_key(manifest: Mapping[str, Any], translator: ScorecardTranslator, node: str) -> dg.AssetCheckKey | None:
    return get_asset_check_key_for_test(manifest, translator, node, project=None)


def _events(results: Sequence[Any], manifest: Mapping[str, Any], translator: ScorecardTranslator) -> Iterator[Any]:
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
            passed = result.status in {"pass", "warn"}
            yield dg.AssetCheckResult(
                passed=passed,
                asset_key=key.asset_key,
                check_name=key.name,
                description=None if passed else _explain(result, manifest),
                metadata={"failures": result.failures or 0},
            )


def _refuse(results: Sequence[Any], manifest: Mapping[str, Any]) -> None:
    """Raise for what failed: a broken model is our defect, a failed test is the data's."""
    broken = [r for r in results if r.status in {"error", "runtime error"}]
    failed = [r for r in results if r.status == "fail"]
    if broken and not failed:
        raise ScorecardError(
            "\n".join(f"{r.node.name}: {_without_trace(r.message)}" for r in broken[:EXPLAINED_FAILURES])
        )
    lines = [_explain(r, manifest) for r in failed[:EXPLAINED_FAILURES]]
    more = len(failed) - len(lines)
    raise AuditRefused("\n".join([*lines, *([f"... and {more} more"] if more > 0 else [])]))


def _without_trace(message: str | None) -> str:
    """An engine's words without its stack of Java calls, which stands in the log of dbt and of Spark."""
    lines = (message or "no reason was given").splitlines()
    return "\n".join(itertools.takewhile(lambda line: not line.lstrip().startswith("at "), lines))


def _explain(result: Any, manifest: Mapping[str, Any]) -> str:
    """Which rows of which table break which rule, as the rule's own arguments say it, and where to look."""
    node = manifest["nodes"][result.node.unique_id]
    table = (node.get("attached_node") or node["unique_id"]).split(".")[-1]
    kwargs = (node.get("test_metadata") or {}).get("kwargs", {})
    rule = "; ".join(f"{name} {value}" for name, value in kwargs.items() if name not in {"model", "column_name"})
    column = f", column {node['column_name']}" if node.get("column_name") else ""
    return (
        f"{node['name']}: {result.failures} rows of table {table}{column} break a rule"
        f"{': ' + rule if rule else ''}. Where to look: the table in the home's warehouse.duckdb (or spark/warehouse). "
        "Nothing was published, and the former release still stands."
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
        outcome = dbt_project.invoke(
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
