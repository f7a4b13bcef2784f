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
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import duckdb

from pipelines.errors import ScorecardError, UserError
from pipelines.extract.feeds import Feed, load_feeds
from pipelines.landing import ledger, views
from pipelines.landing.ledger import BatchInfo
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

MASTER_VARIABLE = "SCORECARD_SPARK_MASTER"
MEMORY_VARIABLE = "SCORECARD_SPARK_MEMORY"
DEFAULT_MEMORY = "2g"
_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
LOG_SETTINGS = "log4j2.properties"
_LOG_TO_FILE = """\
rootLogger.level = error
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {file}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
"""
SMALL = ("ledger", "run", "draws")
_LOCAL_TIMES = """
    select zone, instant, timezone(zone, timezone('UTC', instant)) as local
    from (
        select time_zone as zone from landing.run
        union
        select time_zone from landing.organisation_sources where time_zone is not null
        union
        select time_zone from landing.records_markets where time_zone in (select name from pg_timezone_names())
    ) as zones
    cross join (
        select unnest(generate_series(timestamp '2000-01-01', as_of, interval 6 hours)) as instant from landing.run
    ) as instants
"""


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
    master = environ.get(MASTER_VARIABLE) or f"local[{settings.threads}]"
    metastore = f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
    return {
        "spark.master": master,
        "spark.app.name": "scorecard",
        "spark.driver.memory": environ.get(MEMORY_VARIABLE) or DEFAULT_MEMORY,
        "spark.driver.extraJavaOptions": " ".join(
            f"-D{name}={value}"
            for name, value in {
                "user.timezone": "UTC",
                "derby.stream.error.file": folder / "derby.log",
                "log4j2.configurationFile": folder / LOG_SETTINGS,
            }.items()
        ),
        "spark.executor.extraJavaOptions": "-Duser.timezone=UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder / "scratch"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": metastore,
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.sources.default": "parquet",
        "spark.sql.legacy.createHiveTableByDefault": "false",
        "spark.sql.sources.partitionOverwriteMode": "DYNAMIC",
        **_on_this_machine(master, settings.threads),
    }


def _on_this_machine(master: str, threads: int) -> dict[str, str]:
    """Settings that hold where driver and workers share a machine; elsewhere Spark's own, or spark-defaults.conf."""
    if master.startswith("local"):
        return {**_LOOPBACK, "spark.sql.shuffle.partitions": str(2 * threads)}
    return _LOOPBACK if urlsplit(master).hostname in {"127.0.0.1", "localhost"} else {}


@contextmanager
def session(settings: Settings, feeds: Mapping[str, Feed] | None = None) -> Iterator[SparkSession]:
    """The session that dbt finds, with the landing zone of the latest run registered; stopped at the end.

    Raises UserError when Spark is not installed, or nothing was landed in this home.
    """
    require()
    spark = _start(settings)
    try:
        register(spark, settings, feeds or load_feeds())
        yield spark
    finally:
        spark.stop()


def _start(settings: Settings) -> SparkSession:
    """What Spark has to say goes to `<home>/spark/spark.log`, not between the lines of a run."""
    # of the pandas API on Spark, which is not used here
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    from pyspark.sql import SparkSession

    if SparkSession.getActiveSession() is not None:
        raise ScorecardError("a Spark session of this process is still open; its settings would hold, and not a run's")
    folder = settings.spark_dir
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    (folder / LOG_SETTINGS).write_text(_LOG_TO_FILE.format(file=folder / "spark.log"))
    builder = SparkSession.builder
    for key, value in configuration(settings).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def register(spark: SparkSession, settings: Settings, feeds: Mapping[str, Feed]) -> None:
    """Makes the schema `landing` anew: a relation per declared feed, over links to its batches; `ledger`; `run`.

    A folder of links, since a batch's own folder holds more than its rows, and a feed's holds other organisations'.
    """
    folder = settings.spark_dir / views.SCHEMA
    shutil.rmtree(folder, ignore_errors=True)
    batches = ledger.read(settings, views.latest_run(settings)["organisation"])
    spark.sql(f"drop schema if exists {views.SCHEMA} cascade")
    spark.sql(f"create schema {views.SCHEMA}")
    for feed in feeds.values():
        landed = [info for info in batches if info.feed == feed.name and info.rows]
        if landed:
            _link(landed, folder / feed.name)
            _create(spark, feed.name, folder, ", ".join(f"`{name}` {kind}" for name, kind in _columns(feed).items()))
        else:
            _create_empty(spark, feed)
    with duckdb.connect(":memory:") as con:
        views.register(con, settings)
        for table in SMALL:
            _write(con, f"from {views.SCHEMA}.{table}", folder / table)
            _create(spark, table, folder)
        _write(con, _LOCAL_TIMES, folder / "local_times")
    refuse_other_zones(spark, folder / "local_times")


def refuse_other_zones(spark: SparkSession, local_times: Path) -> None:
    """Each engine brings the time zones of its release, and governments change theirs: a day must not shift by that.

    local_times: folder of Parquet with zone, instant and local, as DuckDB says it. Raises UserError for a zone in
    which Spark's Java says otherwise, or which it does not know.
    """
    from pyspark.errors import PySparkException

    try:
        differing = spark.sql(
            f"select zone, min(instant), count(*) from parquet.`{local_times}` "
            "where cast(from_utc_timestamp(instant, zone) as timestamp) <> local group by zone order by zone"
        ).collect()
    except PySparkException as error:
        raise UserError(
            f"Spark's Java does not know a declared time zone; use a newer Java ({_first_line(error)})"
        ) from None
    if differing:
        zone, first, times = differing[0]
        raise UserError(
            f"time zone {zone}: Spark's Java and DuckDB differ in local time, first at {first} UTC, {times} times "
            "of four a day; use a Java with the zones that are in force"
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _create(spark: SparkSession, table: str, folder: Path, columns: str = "") -> None:
    """A table over `<folder>/<table>/*.parquet`; without columns it has those of its files."""
    location = str(folder / table).replace("\\", "\\\\").replace("'", "\\'")
    described = f"({columns})" if columns else ""
    spark.sql(f"create table {views.SCHEMA}.`{table}` {described} using parquet location '{location}'")


def _create_empty(spark: SparkSession, feed: Feed) -> None:
    """A view that says that it has no rows: Spark plans and compiles nothing of what rests on it."""
    columns = ", ".join(f"cast(null as {kind}) as `{name}`" for name, kind in _columns(feed).items())
    spark.sql(f"create view {views.SCHEMA}.`{feed.name}` as select {columns} where false")


def _link(batches: Sequence[BatchInfo], folder: Path) -> None:
    folder.mkdir(parents=True)
    for info in batches:
        (folder / f"{info.batch_id}.parquet").symlink_to(info.rows_path)


def _write(con: duckdb.DuckDBPyConnection, query: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    con.sql(query).write_parquet(str(folder / "rows.parquet"))


def built_tables(settings: Settings) -> dict[str, Path]:
    """`schema.table` of everything that Spark has built, and the folder of its Parquet files, by name."""
    found = settings.spark_warehouse_dir.glob("*.db/*/")
    return {f"{folder.parent.name.removesuffix('.db')}.{folder.name}": folder for folder in sorted(found)}


def _columns(feed: Feed) -> dict[str, str]:
    own = {name: kind.replace("varchar", "string") for name, kind in views.OWN_COLUMNS.items()}
    return {**dict.fromkeys(feed.columns, "string"), **own}
