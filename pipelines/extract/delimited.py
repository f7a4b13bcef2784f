"""Reader `csv`: comma-separated text with a header, any line ending, every value as written.

Belongs here: CSV. Does not belong here: compression and encoding (files.py), meaning of values.
Parsed by Arrow in blocks; the records are counted again by their bytes, so that none is lost in silence.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from pipelines.errors import UserError
from pipelines.extract.extracted import Extracted, check_columns, present, undeclared
from pipelines.extract.feeds import Feed
from pipelines.extract.files import Part
from pipelines.extract.records_count import StrayQuote, count_records
from pipelines.extract.session import name, quote

BLOCK = 1 << 21
MAX_FIELD = 1 << 27


def read(con: duckdb.DuckDBPyConnection, part: Part, feed: Feed) -> Extracted:
    """The rows of one CSV file. Raises UserError that names the file, the row and the remedy."""
    found = header(part)
    check_columns(found, feed, part.origin)
    try:
        records, has_quotes = count_records(part.path)
    except StrayQuote as error:
        raise _stray_quote(part, error.record) from None
    extra = undeclared(found, feed)
    wanted, expected = present(found, feed), records - 1
    if not expected:
        return Extracted(_no_rows(feed, part), wanted, extra, 0)
    view = f"csv_{abs(hash((part.name, str(part.path))))}"
    con.register(view, _numbered(part, found, wanted, has_quotes))
    selected = ", ".join(
        name(column) if column in wanted else f"cast(null as varchar) as {name(column)}" for column in feed.columns
    )
    query = f"select {selected}, {quote(part.name)} as _file, _row from {name(view)}"
    return Extracted(query, wanted, extra, expected, lambda _: explain(part, found))


def header(part: Part) -> list[str]:
    """Column names. Raises UserError if there is none, or one is empty or given twice."""
    with _open(part.path) as stream:
        try:
            names = next(csv.reader(stream, strict=True), [])
        except UnicodeDecodeError:
            raise UserError(_wrong_bytes(part, _first_wrong_line(part.path))) from None
        except csv.Error as error:
            raise UserError(f"{part.origin}: line 1: {error}; correct the header") from None
    if not names:
        raise UserError(f"{part.origin}: is empty; a CSV file begins with a header of column names")
    doubled = sorted({column for column in names if names.count(column) > 1})
    if doubled:
        raise UserError(f"{part.origin}: line 1: column {doubled[0]!r} is given twice; rename one")
    return names


def _open(path: Path) -> Any:
    return path.open(encoding="utf-8-sig", newline="")


def _no_rows(feed: Feed, part: Part) -> str:
    columns = ", ".join(f"cast(null as varchar) as {name(column)}" for column in feed.columns)
    return f"select {columns}, {quote(part.name)} as _file, cast(0 as bigint) as _row where false"


def _numbered(part: Part, found: list[str], wanted: tuple[str, ...], has_quotes: bool) -> pa.RecordBatchReader:
    """Arrow batches with `_row`, opened when they are first asked for."""
    schema = pa.schema([*(pa.field(column, pa.string()) for column in wanted), pa.field("_row", pa.int64())])
    return pa.RecordBatchReader.from_batches(schema, _batches(part, found, schema, has_quotes))


def _batches(part: Part, found: list[str], schema: pa.Schema, has_quotes: bool) -> Iterator[pa.RecordBatch]:
    text = pa.string()
    stream = arrow_csv.open_csv(
        part.path,
        read_options=arrow_csv.ReadOptions(block_size=BLOCK),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=has_quotes),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(found, text),
            include_columns=schema.names[:-1],
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    done = 0
    for batch in stream:
        rows = _numbers(done + 1, batch.num_rows)
        done += batch.num_rows
        yield pa.RecordBatch.from_arrays([*batch.columns, rows], schema=schema)


def _numbers(start: int, count: int) -> pa.Array:
    """start, start + 1, …: out of a buffer, because Arrow's conversion of arrays would import pandas."""
    numbers = np.arange(start, start + count, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(numbers)])


def explain(part: Part, found: list[str]) -> UserError | None:
    """Reads the file again, slowly, to name the row at fault."""
    csv.field_size_limit(MAX_FIELD)
    row = 0
    try:
        with _open(part.path) as stream:
            reader = csv.reader(stream, strict=True)
            for row, cells in enumerate((cells for cells in reader if cells), start=0):
                if len(cells) != len(found):
                    return UserError(
                        f"{part.origin}: row {row} (line {reader.line_num}): has {len(cells)} values, "
                        f"the header has {len(found)}; quote a value that holds a comma, or add the others"
                    )
    except UnicodeDecodeError:
        return UserError(_wrong_bytes(part, _first_wrong_line(part.path)))
    except csv.Error as cause:
        return UserError(f"{part.origin}: row {row + 1}: {cause}; correct that row")
    return None


def _first_wrong_line(path: Path) -> int:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _wrong_bytes(part: Part, line: int) -> str:
    return (
        f"{part.origin}: line {line}: holds bytes that are not UTF-8; "
        "state the file's `encoding` in organisation.yml, such as latin-1"
    )


def _stray_quote(part: Part, record: int) -> UserError:
    return UserError(
        f'{part.origin}: row {record - 1}: a quote (") stands inside a value or is never closed; '
        'put the whole value into quotes and double those inside it ("")'
    )
