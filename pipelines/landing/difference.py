"""Landed rows and rows just read, as SQL that compares them; and the rule of snapshots.

Belongs here: contents, keys, writing raw rows, the rule of snapshot. Does not belong here: the rule of append
(append.py), batches and commits.

Snapshot: all rows of a primary key whose rows changed, and a tombstone for every key that vanished.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.extract.session import first_row, name, quote

POSITION = "file_row_number"
# The same bytes for any number of threads; tuned for writing: these files are read whole, once or twice.
PARQUET = (
    "format parquet, compression zstd, compression_level 1, row_group_size 122880, "
    "dictionary_size_limit 4096, write_bloom_filter false"
)


@dataclass(frozen=True)
class Landed:
    """Rows that are landed already: Parquet files with the columns that each of them has, oldest first."""

    path: Path
    columns: tuple[str, ...]
    batch_number: int
    rows: int


def write_raw(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes a query's rows in their order; returns how many."""
    (rows,) = first_row(con, f"copy ({query}) to {quote(str(target))} ({PARQUET})")
    return int(rows)


def complete(query: str, columns: Sequence[str], source: str, batch_id: str, op: str = "'upsert'") -> str:
    """`query` with the landing's own columns: what rows.parquet holds."""
    own = f"{quote(source)} as _source, {quote(batch_id)} as _batch_id, _file, cast(_row as bigint) as _row"
    return f"select {', '.join([*map(name, columns), own])}, {op} as _op from ({query})"


def snapshot(
    con: duckdb.DuckDBPyConnection,
    raw: Path,
    columns: Sequence[str],
    key: Sequence[str],
    landed: Sequence[Landed],
) -> str:
    """Query of the rows of changed keys, then tombstones of vanished ones, with `_op`."""
    identity = as_text(key)
    con.execute(
        f"create or replace temp table live as with rows as ("
        f"select *, {identity} as key, max(batch_number) over (partition by {identity}) as newest "
        f"from ({union(landed, columns)})) select * from rows where batch_number = newest and _op <> 'delete'"
    )
    staged = f"select *, {identity} as key from {raw_rows(raw)}"
    con.execute(f"create or replace temp table staged_keys as {_digest(staged, columns)}")
    con.execute(f"create or replace temp table live_keys as {_digest('select * from live', columns)}")
    fields = ", ".join(name(column) for column in columns)
    return f"""
        select {fields}, _file, _row, 'upsert' as op from (
            select * from {raw_rows(raw)} where {identity} in (
                select staged_keys.key from staged_keys left join live_keys using (key)
                where staged_keys.digest is distinct from live_keys.digest)
            order by {POSITION})
        union all
        select {fields}, _file, most + row_number() over (order by key) as _row, 'delete' as op from (
            select *, row_number() over (partition by key order by _file, _row) as place from live
            where key not in (select key from staged_keys)
        ) cross join (select coalesce(max(_row), 0) as most from {raw_rows(raw)}) where place = 1
    """


def _digest(rows: str, columns: Sequence[str]) -> str:
    """One value per key that tells one multiset of contents from another."""
    return (
        "select key, struct_pack(n := count(*), x := bit_xor(content), s := sum(cast(part as hugeint))) "
        f"as digest from (select key, {content(columns)} as content, hash({as_text(columns)}) as part "
        f"from ({rows})) group by key"
    )


def content(columns: Sequence[str]) -> str:
    """128 bits that stand for a row's raw values."""
    return f"md5_number({as_text(columns)})"


def as_text(columns: Sequence[str]) -> str:
    """A row's values of `columns` as one text."""
    return f"cast(to_json([{', '.join(name(column) for column in columns)}]) as varchar)"


def raw_rows(raw: Path) -> str:
    """The rows of a Parquet file, with their POSITION in it."""
    return f"read_parquet({quote(str(raw))}, file_row_number = true)"


def union(landed: Sequence[Landed], columns: Sequence[str]) -> str:
    """All landed rows; a column that a batch did not know is null."""
    return " union all ".join(_landed(each, columns) for each in landed)


def _landed(each: Landed, columns: Sequence[str]) -> str:
    selected = ", ".join(
        name(column) if column in each.columns else f"cast(null as varchar) as {name(column)}" for column in columns
    )
    return (
        f"select {selected}, _file, _row, _op, {each.batch_number} as batch_number "
        f"from read_parquet({quote(str(each.path))})"
    )


def names(columns: Sequence[str]) -> str:
    """Quoted names, with commas."""
    return ", ".join(map(name, columns))
