"""The DuckDB connection that readers and the landing work in: in memory, UTC, spilling beside the landing.

Belongs here: connection settings and SQL quoting. Does not belong here: any query.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

MEMORY_LIMIT = "2GiB"
Value = str | int | None


def open_session(threads: int, scratch: Path, memory_limit: str = MEMORY_LIMIT) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with `threads` workers; what exceeds its memory is spilled to `scratch`."""
    spill = str(scratch / "spill")
    con = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": memory_limit, "temp_directory": spill})
    con.execute("set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = true")
    con.execute("set enable_progress_bar_print = false")
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


def make_table(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> None:
    """An empty temporary table of text columns, with `_file` and `_row`."""
    texts = "".join(f"{name(column)} varchar, " for column in columns)
    con.execute(f"create or replace temp table {name(table)} ({texts}_file varchar, _row bigint)")


def add_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Value]]) -> None:
    """Appends rows (the columns, `_file`, `_row`); as lists: Arrow's conversion of them imports pandas."""
    if not rows:
        return
    kinds = ["varchar[]"] * (len(rows[0]) - 1) + ["bigint[]"]
    values = ", ".join(f"unnest(cast(? as {kind}))" for kind in kinds)
    columns = [list(column) for column in zip(*rows, strict=True)]
    con.execute(f"insert into {name(table)} select {values}", columns)
