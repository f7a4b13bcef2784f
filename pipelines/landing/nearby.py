"""Which landed batches may hold a key of the file at hand: the others need not be read to compare it.

Belongs here: ranges of key columns, as the batches' Parquet footers state them, against those of the file.
Does not belong here: comparing rows (append.py).

A batch is left out when the file has no value between its least and its greatest for some column of the key. For logs
whose key holds a time these are the days that the file does not speak of. A batch that has a key of the file is never
left out; one that has none may stay.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.extract.session import name, quote
from pipelines.landing.difference import Landed, raw_rows

# Up to so many values of a column are laid beside the ranges one by one; of more, those that begin alike as one span
# (the first 13 letters of 2026-03-01T14:30 are its hour); and where such spans too are more, all as one.
VALUES = 1_000
BEGINNING = 13


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """No range is known: those of another source's batches are none of this one's."""
    con.execute("""
        create or replace temp table landed_ranges
        (batch_number bigint, field varchar, low varchar, high varchar, has_null boolean, is_stated boolean)
    """)


def know(con: duckdb.DuckDBPyConnection, key: Sequence[str], landed: Sequence[Landed]) -> None:
    """Reads the ranges of further batches out of their footers: no row is read."""
    if not landed:
        return
    numbers = ", ".join(f"({quote(str(each.path))}, {each.batch_number})" for each in landed)
    paths = ", ".join(quote(str(each.path)) for each in landed)
    con.execute(f"""
        insert into landed_ranges
        select batch_number, path_in_schema, min(stats_min_value), max(stats_max_value),
            bool_or(coalesce(stats_null_count, 1) > 0),
            bool_and(coalesce(stats_null_count = num_values or stats_max_value is not null, false))
        from parquet_metadata([{paths}])
        inner join (values {numbers}) as numbers(path, batch_number) on path = file_name
        where path_in_schema in ({", ".join(map(quote, key))})
        group by batch_number, path_in_schema
    """)
    absent = [
        f"({each.batch_number}, {quote(column)})" for each in landed for column in key if column not in each.columns
    ]
    if absent:  # what a batch did not know is null in all its rows
        con.execute(f"""
            insert into landed_ranges
            select batch_number, field, null, null, true, true
            from (values {", ".join(absent)}) as absent(batch_number, field)
        """)


def batches(con: duckdb.DuckDBPyConnection, raw: Path, key: Sequence[str]) -> list[int]:
    """Numbers of those known batches that may hold a key of the rows of `raw`."""
    con.execute("create or replace temp table spoken (field varchar, low varchar, high varchar)")
    for column in key:
        con.execute(_spans(raw, column))
    found = con.execute(f"""
        with met as (
            select distinct batch_number, field from landed_ranges inner join spoken using (field)
            where not is_stated
                or (has_null and spoken.low is null)
                or (spoken.low <= landed_ranges.high and spoken.high >= landed_ranges.low)
        )
        select batch_number from met group by batch_number having count(*) = {len(key)} order by batch_number
    """)
    return [int(number) for (number,) in found.fetchall()]


def _spans(raw: Path, column: str) -> str:
    """Statement that notes which values of a column the file speaks of; null is a span of its own."""
    return f"""
        insert into spoken
        with found as (select distinct {name(column)} as text from {raw_rows(raw)}),
        counted as (select count(text) as texts, count(distinct left(text, {BEGINNING})) as beginnings from found),
        grouped as (
            select text, case
                when texts <= {VALUES} then text
                when beginnings <= {VALUES} then left(text, {BEGINNING})
            end as beginning
            from found cross join counted
        )
        select {quote(column)}, min(text), max(text) from grouped group by beginning, text is null
    """
