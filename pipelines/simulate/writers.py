"""Logs on disk: one file a kind and day on which its records were recorded.

Belongs here: files. Does not belong here: what a record says (versions.py, render.py), what is wrong with it (dirt.py).
JSON lines are formatted by DuckDB in blocks of whole days and cut at the days' ends, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.simulate.dirt import Breakage, Defect, spoil
from pipelines.simulate.kinds import Column, Kind
from pipelines.simulate.render import Names, arrow, instant_text, sql_line, sql_text
from pipelines.simulate.rhythm import DAY
from pipelines.simulate.table import Table

BLOCK = 200_000
LOGS = "logs"


def write_kind(
    con: duckdb.DuckDBPyConnection, folder: Path, kind: Kind, rows: Table, lists: Names, broken: list[Breakage]
) -> list[Defect]:
    """Writes all day files of a kind; returns the defects with the file and the row (from 1) that hold them."""
    target = folder / LOGS / kind.name
    target.mkdir(parents=True)
    if not len(rows):
        _write_nothing(con, target, kind, rows, lists)
        return []
    days = rows["recorded_at"] // DAY
    edges = np.concatenate([[0], np.flatnonzero(days[1:] != days[:-1]) + 1, [len(rows)]])
    defects: list[Defect] = []
    for block in _blocks(edges):
        start, end = int(block[0]), int(block[-1])
        part = rows.take(np.arange(start, end))
        if kind.is_bulk:
            _write_parquet(con, target, kind, part, lists, block - start)
            continue
        within = [each for each in broken if start <= each.row < end]
        defects += _write_lines(con, target, kind, part, lists, block, within)
    return defects


def _write_nothing(con: duckdb.DuckDBPyConnection, target: Path, kind: Kind, rows: Table, lists: Names) -> None:
    """A source that had nothing to say is there all the same."""
    path = target / f"empty{kind.suffix}"
    if kind.is_bulk:
        save(_typed(con, kind, rows, lists), path)
    else:
        path.touch()


def _blocks(edges: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Runs of day edges that hold about BLOCK rows, at least one day."""
    first = 0
    while first < len(edges) - 1:
        last = int(np.searchsorted(edges, edges[first] + BLOCK, side="right")) - 1
        last = min(max(last, first + 1), len(edges) - 1)
        yield edges[first : last + 1]
        first = last


def day_name(instant: int) -> str:
    """The day of an instant, UTC."""
    return instant_text(instant)[:10]


def _write_lines(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    kind: Kind,
    part: Table,
    lists: Names,
    block: np.ndarray[tuple[int], np.dtype[np.int64]],
    broken: list[Breakage],
) -> list[Defect]:
    con.register("part", arrow(part, kind.every, lists))
    lines = con.sql(f"select {sql_line(kind)} as line from part").to_arrow_table()["line"]
    con.unregister("part")
    whole = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in lines.chunks])
    offsets = np.frombuffer(whole.buffers()[1], dtype=np.int64)[whole.offset : whole.offset + len(whole) + 1]
    content = memoryview(whole.buffers()[2])
    first = int(block[0])
    defects = []
    for low, high in pairwise(block - first):
        path = target / f"{day_name(int(part['recorded_at'][low]))}{kind.suffix}"
        of_day = [each for each in broken if low <= each.row - first < high]
        with path.open("wb") as stream:
            done, added = int(low), 0
            for each in of_day:
                place = each.row - first
                stream.write(content[offsets[done] : offsets[place]])
                line = bytes(content[offsets[place] : offsets[place + 1]])
                spoilt = spoil(kind, each, line)
                stream.write(spoilt.lines)
                where = f"{path.name}"
                defects += [
                    spoilt.defect(kind, where, place - int(low) + 1 + added + extra) for extra in range(spoilt.rows)
                ]
                added += spoilt.rows - 1
                done = place + 1
            stream.write(content[offsets[done] : offsets[high]])
    return defects


def _write_parquet(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    kind: Kind,
    part: Table,
    lists: Names,
    edges: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    table = _typed(con, kind, part, lists)
    for low, high in pairwise(edges):
        path = target / f"{day_name(int(part['recorded_at'][low]))}{kind.suffix}"
        save(table.slice(int(low), int(high - low)), path)


def _typed(con: duckdb.DuckDBPyConnection, kind: Kind, part: Table, lists: Names) -> pa.Table:
    con.register("part", arrow(part, kind.every, lists))
    selected = ", ".join(f'{_parquet_value(column)} as "{column.name}"' for column in kind.every)
    table = con.sql(f"select {selected} from part").to_arrow_table()
    con.unregister("part")
    return table


def _parquet_value(column: Column) -> str:
    if column.form == "instant":
        return f'cast("{column.name}" as timestamptz)'
    return sql_text(column)


def save(table: pa.Table, path: Path) -> None:
    """One Parquet file with settings that give the same bytes for the same rows."""
    pq.write_table(table.combine_chunks(), path, compression="snappy", row_group_size=1 << 20, store_schema=False)
