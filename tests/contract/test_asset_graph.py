"""The asset graph as others rely on it: keys, checks, job, schedule, sensor. A change here is a change on purpose."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.definitions import defs

LAYERS = {
    "landing",
    "staging",
    "intermediate",
    "core",
    "reliability",
    "delivery",
    "automation",
    "toil",
    "learning",
    "outcomes",
    "scorecard",
    "seeds",
    "release",
}


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCORECARD_HOME", str(tmp_path_factory.mktemp("graph")))
        return defs()


def test_one_job_one_schedule_one_sensor(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert repository.has_job("scorecard")
    assert [(s.name, s.cron_schedule) for s in repository.schedule_defs] == [("daily", "0 5 * * *")]
    assert [s.name for s in repository.sensor_defs] == ["new_source_files"]


def test_every_asset_has_a_layer_an_owner_and_a_description(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for node in graph.asset_nodes:
        if node.is_materializable:
            assert node.group_name in LAYERS, node.key
            assert node.owners, node.key
            assert node.description, node.key


def test_the_release_is_downstream_of_every_published_table_and_of_both_doors(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    release = graph.get(dg.AssetKey(["release", "current"]))
    published = {
        key
        for key in graph.get_all_asset_keys()
        if key.path[0] in LAYERS - {"landing", "staging", "intermediate", "seeds", "release"}
    }
    assert published == release.parent_keys
    blocking = {key.name for key in graph.asset_check_keys if graph.get(key).blocking}
    assert blocking >= {"landing_audit", "scorecard_audit"}


def test_dbt_tests_are_asset_checks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checked = {key.asset_key for key in graph.asset_check_keys}
    assert dg.AssetKey(["scorecard", "metric_values"]) in checked
    assert len(graph.asset_check_keys) > 20


def test_importing_definitions_builds_nothing() -> None:
    import subprocess
    import sys

    code = "import pipelines.definitions, sys; assert 'dbt' not in sys.modules and 'dagster_dbt' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
