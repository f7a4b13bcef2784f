"""The settings of a Spark session, which need no Spark to be looked at."""

from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.spark import MASTER_VARIABLE, MEMORY_VARIABLE, configuration

SETTINGS = Settings(Path("/home"), "spark", threads=3)
HOST = "spark.driver.host"
PARTITIONS = "spark.sql.shuffle.partitions"


def test_without_a_master_the_tasks_run_here_on_every_thread() -> None:
    found = configuration(SETTINGS, {})
    assert (found["spark.master"], found[PARTITIONS], found[HOST]) == ("local[3]", "6", "127.0.0.1")


@pytest.mark.parametrize(("master", "host"), [("spark://127.0.0.1:7077", "127.0.0.1"), ("spark://host:7077", None)])
def test_workers_elsewhere_must_reach_the_driver(master: str, host: str | None) -> None:
    found = configuration(SETTINGS, {MASTER_VARIABLE: master})
    assert (found["spark.master"], found.get(HOST)) == (master, host)
    assert PARTITIONS not in found  # the cluster's own, or Spark's


@pytest.mark.parametrize("master", ["", "spark://host:7077"])
def test_instants_mean_the_same_wherever_tasks_run(master: str) -> None:
    found = configuration(SETTINGS, {MASTER_VARIABLE: master, MEMORY_VARIABLE: "5g"})
    assert found["spark.sql.session.timeZone"] == "UTC"
    assert found["spark.sql.timestampType"] == "TIMESTAMP_NTZ"
    assert found["spark.driver.memory"] == "5g"
