"""Reader `parquet`: every declared column as text, instants with a zone as UTC, nested values as JSON text.

Belongs here: Parquet. Does not belong here: meaning of values.
"""

from collections.abc import Sequence
from itertools import accumulate

import duckdb

from pipelines.errors import UserError
from pipelines.extract.extracted import Extracted, check_columns, present, undeclared
from pipelines.extract.feeds import Feed
from pipelines.extract.files import Part
from pipelines.extract.session import add_rows, first_row, make_table, name, quote

NESTED = ("STRUCT", "MAP", "LIST", "ARRAY", "UNION")


def read(con: duckdb.DuckDBPyConnection, part: Part, feed: Feed) -> Extracted:
    """The rows of one Parquet file. Raises UserError that names the file and the remedy."""
    found = schema(con, part)
    check_columns(found, feed, part.origin)
    columns = ", ".join(f"{_text(column, found.get(column))} as {name(column)}" for column in feed.columns)
    query = (
        f"select {columns}, {quote(part.name)} as _file, file_row_number + 1 as _row "
        f"from read_parquet({quote(str(part.path))}, file_row_number = true)"
    )
    (rows,) = first_row(con, f"select sum(num_rows) from parquet_file_metadata({quote(str(part.path))})")
    extra = undeclared(found, feed)
    return Extracted(query, present(found, feed), extra, int(rows), lambda error: _explain(part, error))


def read_all(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], feed: Feed) -> Extracted:
    """The rows of many Parquet files in one scan, as `read` gives them, file after file.

    Raises UserError that names the file and the remedy.
    """
    listed = f"[{', '.join(quote(str(part.path)) for part in parts)}]"
    scan = f"read_parquet({listed}, union_by_name = true, filename = true, file_row_number = true)"
    try:
        found = {row[0]: row[1] for row in con.execute(f"describe select * from {scan}").fetchall()}
        names = con.execute(f"select file_name, list(name) from parquet_schema({listed}) group by file_name").fetchall()
        rows = dict(con.execute(f"select file_name, num_rows from parquet_file_metadata({listed})").fetchall())
    except duckdb.Error:
        for part in parts:
            schema(con, part)  # names the file at fault
        raise
    columns_of = dict(names)
    for part in parts:
        check_columns(columns_of[str(part.path)], feed, part.origin)
    for own in ("filename", "file_row_number"):
        found.pop(own)
    before = [0, *accumulate(rows[str(part.path)] for part in parts)]
    make_table(con, "parts_of_log", ["path"])
    add_rows(con, "parts_of_log", [[str(part.path), part.name, before[place]] for place, part in enumerate(parts)])
    columns = ", ".join(f"{_text(column, found.get(column))} as {name(column)}" for column in feed.columns)
    query = (
        f"select {columns}, parts_of_log._file, parts_of_log._row + file_row_number + 1 as _row "
        f"from {scan} inner join parts_of_log on filename = parts_of_log.path order by _row"
    )
    return Extracted(query, present(found, feed), undeclared(found, feed), before[-1], lambda _: None)


def schema(con: duckdb.DuckDBPyConnection, part: Part) -> dict[str, str]:
    """Type by column. Raises UserError if it is no whole Parquet file."""
    try:
        rows = con.execute(f"describe select * from read_parquet({quote(str(part.path))})").fetchall()
    except duckdb.Error as error:
        raise _explain(part, error) from None
    return {row[0]: row[1] for row in rows}


def _text(column: str, kind: str | None) -> str:
    """The column as text; a column that the file lacks is null."""
    if kind is None:
        return "cast(null as varchar)"
    if kind == "VARCHAR":
        return name(column)
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"replace(cast(cast({name(column)} as timestamp) as varchar), ' ', 'T') || 'Z'"
    if kind.endswith("]") or kind.startswith(NESTED):
        return f"cast(to_json({name(column)}) as varchar)"
    return f"cast({name(column)} as varchar)"


def _explain(part: Part, error: Exception) -> UserError:
    first = (str(error).splitlines() or [""])[0]
    return UserError(f"{part.origin}: is no whole Parquet file ({first}); write it again")
