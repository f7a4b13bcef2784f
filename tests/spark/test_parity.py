"""The same organisation on both engines: every published table agrees, row by row.

Green runs prove nothing (stack.md: marts that were empty, calendars that were shifted); these comparisons do.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.spark.cluster import cluster
from tests.spark.parity import differences
from tests.support import ROOT, scorecard

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def _release(organisation: str, home: Path, engine: str, **environment: str) -> Path:
    """What a run on an engine publishes; both engines share the home, and so the landing zone."""
    folder = ROOT / "organisations" / organisation
    done = scorecard("run", folder, "--home", home, "--engine", engine, **environment)
    assert done.returncode == 0, done.stderr
    return (home / "releases" / "current").resolve()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the example stands as DuckDB releases it."""
    home = tmp_path_factory.mktemp("example")
    _release("example", home, "duckdb")
    return home


@pytest.mark.parametrize("name", ["demo", "jenkins", "govuk", "servicenow"])
def test_every_table_agrees_row_by_row(name: str, real_data: Path, spark_is_there: None, tmp_path: Path) -> None:
    embedded = _release(name, tmp_path, "duckdb")
    assert differences(embedded, _release(name, tmp_path, "spark")) == []


def test_the_example_agrees_on_one_machine_and_on_a_cluster(
    example: Path, spark_is_there: None, tmp_path: Path
) -> None:
    embedded = (example / "releases" / "current").resolve()
    assert differences(embedded, _release("example", example, "spark")) == []
    with cluster(tmp_path) as master:
        released = _release("example", example, "spark", SCORECARD_SPARK_MASTER=master)
    assert differences(embedded, released) == []
    assert "Launching executor" in (tmp_path / "master.log").read_text(), "the cluster did no work"


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
def test_a_planted_difference_is_found(example: Path, tmp_path: Path, change: str, seen: str) -> None:
    embedded = (example / "releases" / "current").resolve()
    planted = shutil.copytree(embedded, tmp_path / "planted")
    table = planted / "tables" / "scorecard.metric_values.parquet"
    with duckdb.connect() as con:
        con.execute(f"create table t as from read_parquet('{table}')")
        con.execute(change)
        con.execute(f"copy t to '{table}' (format parquet)")
    found = differences(embedded, planted)
    assert len(found) == 1
    assert seen in found[0]


def test_last_digits_are_no_difference(example: Path, tmp_path: Path) -> None:
    embedded = (example / "releases" / "current").resolve()
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
    assert "needs Java" in done.stderr
