"""A read-only look at landing and warehouse together.

Belongs here: the one connection that audit, fingerprint, release and explain read through.
Does not belong here: any query of theirs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.errors import ScorecardError, Transient
from pipelines.settings import Settings
from pipelines.spark import built_tables

LANDED = "memory.landing"
WAREHOUSE = "warehouse"


@contextmanager
def reading(settings: Settings, *, landing: bool = True, warehouse: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """Landing views (as `memory.landing.<feed>`) made anew from the batches, and the warehouse, read-only.

    Landing views are never taken from the warehouse file: they might be those of an earlier run. Table names
    without a catalogue mean the warehouse. Raises ScorecardError when the warehouse is missing, Transient when
    another process holds it.
    """
    spill = settings.home / ".spill"  # fixed at once: DuckDB cannot move it after the first use
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": settings.threads,
            "memory_limit": settings.memory(),
            "temp_directory": str(spill),
        },
    )
    try:
        con.execute("set TimeZone = 'UTC'")
        if landing:
            from pipelines.landing import views

            views.register(con, settings)
        if warehouse:
            _attach(con, settings)
        yield con
    finally:
        con.close()


def _attach(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    if settings.engine == "spark":
        _show_parquet(con, settings)
    else:
        _attach_file(con, settings)
    con.execute(f"use {WAREHOUSE}")


def _show_parquet(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """The tables that Spark built, each a folder of Parquet files, as views under the names that they have there."""
    tables = built_tables(settings)
    if not tables:
        raise ScorecardError(f"{settings.spark_warehouse_dir}: there is no warehouse yet; `scorecard run` builds it")
    con.execute(f"attach ':memory:' as {WAREHOUSE}")
    for table, folder in tables.items():
        con.execute(f"create schema if not exists {WAREHOUSE}.{table.partition('.')[0]}")
        files = quoted(str(folder / "**" / "*.parquet"))
        con.execute(f"create view {WAREHOUSE}.{table} as select * from read_parquet('{files}')")


def _attach_file(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    path = settings.warehouse_path
    if not path.exists():
        raise ScorecardError(f"{path}: there is no warehouse yet; `scorecard run` builds it")
    try:
        con.execute(f"attach '{quoted(str(path))}' as {WAREHOUSE} (read_only)")
    except duckdb.IOException as error:
        raise Transient(
            f"{path}: another process is writing to the warehouse; try again when it is done ({error})"
        ) from error


def quoted(text: str) -> str:
    """Text for use inside single quotes in SQL."""
    return text.replace("'", "''")


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Column names and rows of a small query."""
    cursor = con.execute(sql)
    return [column[0] for column in cursor.description or []], cursor.fetchall()


def has_table(con: duckdb.DuckDBPyConnection, table: str, catalogue: str = WAREHOUSE) -> bool:
    """True when `schema.table` exists in the catalogue, as a table or a view."""
    schema, _, name = table.partition(".")
    found = con.execute(
        "select 1 from information_schema.tables where table_catalog = ? and table_schema = ? and table_name = ?",
        [catalogue, schema, name],
    ).fetchone()
    return found is not None
