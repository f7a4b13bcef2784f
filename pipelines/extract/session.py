"""The DuckDB connection that readers and the landing work in: in memory, UTC, spilling beside the landing.

Belongs here: connection settings and SQL quoting. Does not belong here: any query.
"""

from pathlib import Path
from typing import Any

import duckdb

MEMORY_LIMIT = "2GiB"


def open_session(threads: int, scratch: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with `threads` workers; what exceeds its memory is spilled to `scratch`."""
    con = duckdb.connect(":memory:")
    con.execute(f"set threads = {int(threads)}")
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    con.execute(f"set memory_limit = {quote(MEMORY_LIMIT)}")
    con.execute(f"set temp_directory = {quote(str(scratch / 'spill'))}")
    return con


def quote(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def name(identifier: str) -> str:
    """`identifier` as an SQL name."""
    return '"' + identifier.replace('"', '""') + '"'


def first_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The first row of a query. All of it is fetched: an unfinished result keeps the connection busy."""
    rows: list[tuple[Any, ...]] = con.execute(query).fetchall()
    return rows[0] if rows else ()
