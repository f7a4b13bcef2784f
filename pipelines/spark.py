"""The Spark engine: one session for a run, with its catalogue and its tables in the home.

Belongs here: the session's settings, the landing zone as Spark tables, the tables as a reader of Parquet finds them.
Does not belong here: any SQL of a model (dbt_project), what a batch is (landing).

Tables are Parquet folders `<home>/spark/warehouse/<schema>.db/<table>/`; the catalogue is an embedded Hive metastore.
Nothing here is imported unless the engine is asked for: pyspark is an extra.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from pipelines.errors import UserError
from pipelines.extract.feeds import Feed, load_feeds
from pipelines.landing import ledger, views
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

MASTER_VARIABLE = "SCORECARD_SPARK_MASTER"
MEMORY_VARIABLE = "SCORECARD_SPARK_MEMORY"
DEFAULT_MEMORY = "2g"
BATCH = "landed_batch"  # partition of a landing table: one batch, wherever it lies


def require() -> None:
    """Raises UserError when pyspark, dbt-spark or Java is missing."""
    missing = [package for package in ("pyspark", "dbt.adapters.spark") if importlib.util.find_spec(package) is None]
    if missing:
        raise UserError(
            f"engine spark needs {' and '.join(missing)}; install the extra: pip install 'reliability-scorecard[spark]'"
        )
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise UserError("engine spark needs Java 17 or 21; install it, or point JAVA_HOME to it")


def configuration(settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What makes a session ours: the master, UTC and naive timestamps, where tables and spilled rows go."""
    folder = settings.spark_dir
    metastore = f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
    return {
        "spark.master": environ.get(MASTER_VARIABLE) or f"local[{settings.threads}]",
        "spark.app.name": "scorecard",
        "spark.driver.memory": environ.get(MEMORY_VARIABLE) or DEFAULT_MEMORY,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dderby.stream.error.file={folder / 'derby.log'}",
        "spark.executor.extraJavaOptions": "-Duser.timezone=UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.local.dir": str(folder / "scratch"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": metastore,
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.sources.default": "parquet",
        "spark.sql.legacy.createHiveTableByDefault": "false",
        "spark.sql.sources.partitionOverwriteMode": "DYNAMIC",
        "spark.sql.shuffle.partitions": str(2 * settings.threads),
    }


@contextmanager
def session(settings: Settings, feeds: Mapping[str, Feed] | None = None) -> Iterator[SparkSession]:
    """The session that dbt finds, with the landing zone of the latest run registered; stopped at the end.

    Raises UserError when Spark is not installed, or nothing was landed in this home.
    """
    require()
    from pyspark.sql import SparkSession

    (settings.spark_dir / "scratch").mkdir(parents=True, exist_ok=True)
    builder = SparkSession.builder
    for key, value in configuration(settings).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    try:
        register(spark, settings, feeds or load_feeds())
        yield spark
    finally:
        spark.stop()


def register(spark: SparkSession, settings: Settings, feeds: Mapping[str, Feed]) -> None:
    """Makes the schema `landing` anew: a table per declared feed with a partition a batch, `ledger` and `run`."""
    spark.sql(f"drop schema if exists {views.SCHEMA} cascade")
    spark.sql(f"create schema {views.SCHEMA}")
    content = views.latest_run(settings)
    batches = ledger.read(settings, content["organisation"])
    for feed in feeds.values():
        columns = ", ".join(f"`{name}` {kind}" for name, kind in _columns(feed).items())
        table = f"{views.SCHEMA}.`{feed.name}`"
        spark.sql(
            f"create table {table} ({columns}, {BATCH} string) using parquet "
            f"options (pathGlobFilter '*.parquet') partitioned by ({BATCH})"
        )
        landed = [info for info in batches if info.feed == feed.name and info.rows]
        partitions = " ".join(
            f"partition ({BATCH} = {_text(info.batch_id)}) location {_text(str(info.rows_path.parent))}"
            for info in landed
        )
        if partitions:
            spark.sql(f"alter table {table} add {partitions}")
    _register_small(spark, settings)


def _register_small(spark: SparkSession, settings: Settings) -> None:
    """`ledger` and `run`, as the DuckDB views say them."""
    folder = settings.spark_dir / views.SCHEMA
    shutil.rmtree(folder, ignore_errors=True)
    with duckdb.connect(":memory:") as con:
        views.register(con, settings)
        for table in ("ledger", "run"):
            (folder / table).mkdir(parents=True)
            target = folder / table / "rows.parquet"
            con.table(f"{views.SCHEMA}.{table}").write_parquet(str(target))
            spark.sql(f"create table {views.SCHEMA}.{table} using parquet location {_text(str(folder / table))}")


def built_tables(settings: Settings) -> dict[str, Path]:
    """`schema.table` of everything that Spark has built, and the folder of its Parquet files, by name."""
    found = settings.spark_warehouse_dir.glob("*.db/*/")
    return {f"{folder.parent.name.removesuffix('.db')}.{folder.name}": folder for folder in sorted(found)}


def _columns(feed: Feed) -> dict[str, str]:
    return {
        **dict.fromkeys(feed.columns, "string"),
        **{k: v.replace("varchar", "string") for k, v in views.OWN_COLUMNS.items()},
    }


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
