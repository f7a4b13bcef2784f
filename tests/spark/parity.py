"""Compares two releases table by table and row by row: what an engine may change is the last digits of a double."""

from __future__ import annotations

from pathlib import Path

import duckdb

TOLERANCE = 1e-9
SHOWN = 3


def differences(left: Path, right: Path) -> list[str]:
    """What differs between two releases, in words, a line per column or table; empty when they agree.

    Rows are put in order by all columns that are no doubles, then by the doubles, and compared one by one.
    """
    names = [{path.name for path in (release / "tables").glob("*.parquet")} for release in (left, right)]
    found = [f"{name}: only one release has it" for name in sorted(names[0] ^ names[1])]
    with duckdb.connect(":memory:") as con:
        for name in sorted(names[0] & names[1]):
            files = [str(release / "tables" / name) for release in (left, right)]
            found += [f"{name}: {line}" for line in _table(con, *files)]
    return found


def _table(con: duckdb.DuckDBPyConnection, left: str, right: str) -> list[str]:
    columns = [_columns(con, file) for file in (left, right)]
    if columns[0] != columns[1]:
        return [f"columns differ: {sorted(set(columns[0].items()) ^ set(columns[1].items()))}"]
    counts = [con.execute("select count(*) from read_parquet(?)", [file]).fetchone() for file in (left, right)]
    if counts[0] != counts[1]:
        return [f"rows differ: {counts[0]} and {counts[1]}"]
    by_kind = sorted(columns[0], key=lambda column: columns[0][column] == "DOUBLE")
    order = ", ".join(f'"{column}" nulls last' for column in by_kind)
    for side, file in (("l", left), ("r", right)):
        con.execute(
            f"create or replace temp table {side} as "
            f"select *, row_number() over (order by {order}) as _n from read_parquet('{file}')"
        )
    lines = []
    for column, kind in columns[0].items():
        wrong = con.execute(
            f'select l."{column}", r."{column}", l._n from l inner join r on l._n = r._n '
            f"where {_differs(column, kind)} order by l._n"
        ).fetchall()
        if wrong:
            lines.append(f"{column}: {len(wrong)} of {counts[0]} rows differ, such as {wrong[:SHOWN]}")
    return lines


def _columns(con: duckdb.DuckDBPyConnection, file: str) -> dict[str, str]:
    described = con.execute("describe select * exclude (release_id) from read_parquet(?)", [file]).fetchall()
    return {str(row[0]): str(row[1]) for row in described}


def _differs(column: str, kind: str) -> str:
    left, right = f'l."{column}"', f'r."{column}"'
    if kind != "DOUBLE":
        return f"{left} is distinct from {right}"
    return (
        f"({left} is null) <> ({right} is null) "
        f"or abs({left} - {right}) > {TOLERANCE} * greatest(abs({left}), abs({right}))"
    )
