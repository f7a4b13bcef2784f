"""A read-only look at landing and warehouse together.

Belongs here: the one connection that audit, fingerprint, release and explain read through.
Does not belong here: any query of theirs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.errors import ScorecardError, Transient
from pipelines.settings import Settings

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
    con = duckdb.connect(":memory:", config={"threads": settings.threads, "temp_directory": str(spill)})
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
    path = settings.warehouse_path
    if not path.exists():
        raise ScorecardError(f"{path}: there is no warehouse yet; `scorecard run` builds it")
    try:
        con.execute(f"attach '{quoted(str(path))}' as {WAREHOUSE} (read_only)")
    except duckdb.IOException as error:
        raise Transient(
            f"{path}: another process is writing to the warehouse; try again when it is done ({error})"
        ) from error
    con.execute(f"use {WAREHOUSE}")


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
