"""Which rows of an extraction are not landed yet.

Belongs here: the two rules, append and snapshot, as SQL over Parquet files.
Does not belong here: batches and commits.

Append: of every content, as many copies as the fullest version of any file of the source held (a multiset
maximum). It does not depend on the order of loads, so a killed and repeated load lands the same rows.
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


def write_raw(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes a query's rows in their order; returns how many."""
    (rows,) = first_row(con, f"copy ({query}) to {quote(str(target))} ({PARQUET})")
    return int(rows)


def complete(query: str, columns: Sequence[str], source: str, batch_id: str, op: str = "'upsert'") -> str:
    """`query` with the landing's own columns: what rows.parquet holds."""
    own = f"{quote(source)} as _source, {quote(batch_id)} as _batch_id, _file, cast(_row as bigint) as _row"
    return f"select {', '.join([*map(name, columns), own])}, {op} as _op from ({query})"


def appended(con: duckdb.DuckDBPyConnection, raw: Path, columns: Sequence[str], landed: Sequence[Landed]) -> str:
    """Query of the rows of `raw` whose copies are not all landed, in the order of the source."""
    con.execute(
        "create or replace temp table landed_copies as select content, count(*) as copies from ("
        f"select {_content(columns)} as content from ({_union(landed, columns)}) where _op = 'upsert'"
        ") group by content"
    )
    con.execute(
        "create or replace temp table wanted as select position from ("
        "select content, position, row_number() over (partition by content order by position) as copy from ("
        f"select {_content(columns)} as content, {POSITION} as position from {_raw(raw)})) as staged "
        "left join landed_copies using (content) where copy > coalesce(copies, 0)"
    )
    return f"select * from {_raw(raw)} where {POSITION} in (select position from wanted) order by {POSITION}"


def snapshot(
    con: duckdb.DuckDBPyConnection,
    raw: Path,
    columns: Sequence[str],
    key: Sequence[str],
    landed: Sequence[Landed],
) -> str:
    """Query of the rows of changed keys, then tombstones of vanished ones, with `_op`."""
    identity = _key(key)
    con.execute(
        f"create or replace temp table live as with rows as ("
        f"select *, {identity} as key, max(batch_number) over (partition by {identity}) as newest "
        f"from ({_union(landed, columns)})) select * from rows where batch_number = newest and _op = 'upsert'"
    )
    staged = f"select *, {identity} as key from {_raw(raw)}"
    con.execute(f"create or replace temp table staged_keys as {_digest(staged, columns)}")
    con.execute(f"create or replace temp table live_keys as {_digest('select * from live', columns)}")
    fields = ", ".join(name(column) for column in columns)
    return f"""
        select {fields}, _file, _row, 'upsert' as op from (
            select * from {_raw(raw)} where {identity} in (
                select staged_keys.key from staged_keys left join live_keys using (key)
                where staged_keys.digest is distinct from live_keys.digest)
            order by {POSITION})
        union all
        select {fields}, _file, most + row_number() over (order by key) as _row, 'delete' as op from (
            select *, row_number() over (partition by key order by _file, _row) as place from live
            where key not in (select key from staged_keys)
        ) cross join (select coalesce(max(_row), 0) as most from {_raw(raw)}) where place = 1
    """


def _digest(rows: str, columns: Sequence[str]) -> str:
    """One value per key that tells one multiset of contents from another."""
    return (
        "select key, struct_pack(n := count(*), x := bit_xor(content), s := sum(cast(part as hugeint))) "
        f"as digest from (select key, {_content(columns)} as content, hash({_text(columns)}) as part "
        f"from ({rows})) group by key"
    )


def _content(columns: Sequence[str]) -> str:
    """128 bits that stand for a row's raw values."""
    return f"md5_number({_text(columns)})"


def _text(columns: Sequence[str]) -> str:
    return f"cast(to_json([{', '.join(name(column) for column in columns)}]) as varchar)"


def _key(columns: Sequence[str]) -> str:
    return _text(columns)


def _raw(raw: Path) -> str:
    return f"read_parquet({quote(str(raw))}, file_row_number = true)"


def _union(landed: Sequence[Landed], columns: Sequence[str]) -> str:
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
