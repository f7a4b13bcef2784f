"""The same organisation on both engines: every published table agrees, row by row.

Green runs prove nothing (stack.md: marts that were empty, calendars that were shifted); these comparisons do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.cli import main
from pipelines.orchestration import dbt_project
from tests.spark.cluster import WORKERS, cluster
from tests.spark.parity import differences
from tests.spark.united import united
from tests.support import ROOT, scorecard

pytestmark = pytest.mark.spark
EXAMPLE, DEMO = ROOT / "organisations" / "example", ROOT / "organisations" / "demo"
REAL = ("govuk", "jenkins", "servicenow", "github_status", "upptime", "statuspage")
UNTIL = {
    "servicenow": "2017-03-01T00:00:00Z",
    "upptime": "2022-09-01T00:00:00Z",
    "statuspage": "2022-08-01T00:00:00Z",
}


def _release(organisation: Path, home: Path, engine: str) -> Path:
    """What a run on an engine publishes; both engines share the home, and so the landing zone.

    In this process: the next run on Spark finds a warm Java machine.
    """
    assert main(["run", str(organisation), "--home", str(home), "--engine", engine]) == 0
    return (home / "releases" / "current").resolve()


@pytest.fixture
def no_data_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves dbt's data tests out of real logs' runs, on both engines: a fifth of dbt's time on Spark. What is
    published is compared row by row; the example runs every data test on Spark, the oracle's runs do on DuckDB."""
    invoke = dbt_project.invoke
    more = ("--exclude-resource-type", "test")
    monkeypatch.setattr(dbt_project, "invoke", lambda arguments, settings: invoke([*arguments, *more], settings))


@pytest.mark.slow
def test_every_table_of_the_example_agrees_on_a_cluster(
    real_data: Path, spark_is_there: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = _release(EXAMPLE, tmp_path, "duckdb")
    with cluster(tmp_path / "cluster") as master:
        monkeypatch.setenv("SCORECARD_SPARK_MASTER", master)
        assert differences(embedded, _release(EXAMPLE, tmp_path, "spark")) == []
    log = (tmp_path / "cluster" / "master.log").read_text()
    assert log.count("Launching executor") >= WORKERS, "the workers did no work"


@pytest.mark.slow
@pytest.mark.usefixtures("no_data_tests", "spark_is_there")
def test_every_table_of_the_real_logs_agrees_row_by_row(real_data: Path, tmp_path: Path) -> None:
    folders = [ROOT / "organisations" / name for name in REAL]
    organisation = united(folders, tmp_path / "real", "2025-07-01T00:00:00Z", "Europe/London", UNTIL)
    embedded = _release(organisation, tmp_path, "duckdb")
    assert differences(embedded, _release(organisation, tmp_path, "spark")) == []


@pytest.mark.slow
@pytest.mark.usefixtures("no_data_tests", "spark_is_there")
def test_every_table_of_the_demo_agrees_row_by_row(tmp_path: Path) -> None:
    embedded = _release(DEMO, tmp_path, "duckdb")
    assert differences(embedded, _release(DEMO, tmp_path, "spark")) == []


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("update t set value = value * (1 + 1e-8) where value > 0", "value"),
        ("update t set value = null where value > 0", "value"),
        ("update t set status = 'ok' where status = 'missing_source'", "status"),
        ("delete from t where rowid = 7", "rows differ"),
        ("alter table t alter as_of type timestamptz", "columns differ"),
    ],
)
def test_a_planted_difference_is_found(released: Callable[..., Path], tmp_path: Path, change: str, seen: str) -> None:
    embedded = released("example")
    planted = shutil.copytree(embedded, tmp_path / "planted")
    table = planted / "tables" / "scorecard.metric_values.parquet"
    with duckdb.connect() as con:
        con.execute(f"create table t as from read_parquet('{table}')")
        con.execute(change)
        con.execute(f"copy t to '{table}' (format parquet)")
    found = differences(embedded, planted)
    assert len(found) == 1
    assert seen in found[0]


def test_last_digits_are_no_difference(released: Callable[..., Path], tmp_path: Path) -> None:
    embedded = released("example")
    planted = shutil.copytree(embedded, tmp_path / "planted")
    table = planted / "tables" / "scorecard.metric_values.parquet"
    with duckdb.connect() as con:
        con.execute(f"create table t as select * replace (value * (1 + 1e-14) as value) from read_parquet('{table}')")
        con.execute(f"copy t to '{table}' (format parquet)")
    assert differences(embedded, planted) == []


def test_an_engine_that_is_not_installed_is_named_with_its_remedy(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "JAVA_HOME"}
    done = scorecard(
        "run", ROOT / "organisations" / "example", "--home", tmp_path, "--engine", "spark",
        **{**environment, "PATH": str(tmp_path), "JAVA_HOME": ""},
    )  # fmt: skip
    assert done.returncode == 2
    assert "engine spark needs" in done.stderr
