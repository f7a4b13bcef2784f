"""A declared time zone in which the engines differ stops a run before it builds anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UserError
from pipelines.spark import refuse_other_zones

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

SUMMER = datetime.fromisoformat("2024-07-01T00:00:00")


def _local_times(folder: Path, zone: str, hours: list[int]) -> Path:
    """As an engine would say them that is `hours` ahead of UTC at the six-hour steps from 2024-07-01 on."""
    instants = [SUMMER + timedelta(hours=6 * step) for step in range(len(hours))]
    local = [instant + timedelta(hours=ahead) for instant, ahead in zip(instants, hours, strict=True)]
    pq.write_table(
        pa.table({"zone": [zone] * len(hours), "instant": instants, "local": local}), folder / "rows.parquet"
    )
    return folder


def test_engines_that_agree_may_run(spark_session: SparkSession, tmp_path: Path) -> None:
    refuse_other_zones(spark_session, _local_times(tmp_path, "Europe/Berlin", [2, 2, 2]))


def test_a_zone_that_was_changed_on_one_engine_only_is_named(spark_session: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"time zone Europe/Berlin: .* first at 2024-07-01 06:00:00 UTC, 2 times"):
        refuse_other_zones(spark_session, _local_times(tmp_path, "Europe/Berlin", [2, 3, 3]))


def test_a_zone_that_java_does_not_know_is_an_error_in_words(spark_session: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not know a declared time zone"):
        refuse_other_zones(spark_session, _local_times(tmp_path, "Europe/Atlantis", [2]))
