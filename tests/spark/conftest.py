"""Fixtures of the tests that need Spark: whether it is there, and the one session that they share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.spark import configuration, require
from tests.spark.engines import DuckDb, Engine, Spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

os.environ.setdefault("SPARK_CONF_DIR", str(Path(__file__).with_name("conf")))
REQUIRED_VARIABLE = "SCORECARD_REQUIRE_SPARK"


@pytest.fixture(scope="session")
def spark_is_there() -> None:
    """Skips, loudly, unless SCORECARD_REQUIRE_SPARK=1 asks for Spark; then it fails where Spark cannot run."""
    if os.environ.get(REQUIRED_VARIABLE) != "1":
        pytest.skip(
            f"{REQUIRED_VARIABLE}=1 is not set: this test needs Spark and did NOT run; `make test-spark` runs it"
        )
    try:
        require()
    except UserError as error:
        pytest.fail(f"{REQUIRED_VARIABLE}=1, but {error}")


@pytest.fixture(scope="module")
def spark_session(spark_is_there: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session with a run's own settings; only its catalogue is in memory, since no test looks for it later.

    For a module: no session may be open when a test runs the whole job, which opens its own.
    """
    from pyspark.sql import SparkSession

    home = tmp_path_factory.mktemp("spark")
    settings = configuration(Settings(home=home, engine="spark", threads=2))
    builder = SparkSession.builder
    for key, value in (settings | {"spark.sql.catalogImplementation": "in-memory"}).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def engines(spark_session: SparkSession) -> list[Engine]:
    """DuckDB, whose meaning is the reference, and Spark."""
    return [DuckDb(), Spark(spark_session)]
