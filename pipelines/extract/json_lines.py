"""Reader `jsonl`: one JSON object a line. Texts as they are; numbers, lists and objects as their JSON text.

Belongs here: JSON lines. Does not belong here: compression and encoding (files.py), meaning of values.
A JSON null and an absent key are both null. Blank lines are no records.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.errors import UserError
from pipelines.extract.extracted import Extracted, check_columns, present, undeclared
from pipelines.extract.feeds import Feed
from pipelines.extract.files import Part
from pipelines.extract.session import name, quote

MAX_OBJECT = 1 << 27


def read(con: duckdb.DuckDBPyConnection, part: Part, feed: Feed) -> Extracted:
    """The rows of one JSON-lines file. Raises UserError that names the file, the row and the remedy."""
    try:
        found, expected = _keys(con, part.path)
    except duckdb.Error as error:
        raise explain(part) or error from None
    if expected:
        check_columns(found, feed, part.origin)
    paths = ", ".join(quote(f'$."{column}"') for column in feed.columns)
    fields = ", ".join(f"fields[{number}] as {name(column)}" for number, column in enumerate(feed.columns, start=1))
    query = (
        f"select {fields}, {quote(part.name)} as _file, _row from ("
        f"select json_extract_string(json, [{paths}]) as fields, row_number() over () as _row "
        f"from {_objects(part.path)})"
    )
    extra = undeclared(found, feed)
    return Extracted(query, present(found, feed), extra, expected, lambda _: explain(part))


def _objects(path: Path) -> str:
    return f"read_ndjson_objects({quote(str(path))}, maximum_object_size = {MAX_OBJECT}, compression = 'none')"


def _keys(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[set[str], int]:
    """All keys of all records, and their number. Raises duckdb.Error for a record that is no plain object."""
    if path.stat().st_size == 0:
        return set(), 0
    rows = con.execute(
        "select keys, count(*), bool_or(type <> 'OBJECT'), bool_or(len(keys) <> len(list_distinct(keys))) "
        "from ("
        f"select json_keys(json) as keys, json_type(json) as type from {_objects(path)}) group by keys"
    ).fetchall()
    if any(not_object or doubled for _, _, not_object, doubled in rows):
        raise duckdb.InvalidInputException("a line is no object, or gives a key twice")
    return {key for keys, *_ in rows for key in keys}, sum(count for _, count, *_ in rows)


def explain(part: Part) -> UserError | None:
    """Reads the file again, slowly, to name the row at fault."""
    for row, line in _lines(part.path):
        reason = _fault(line)
        if reason:
            return UserError(f"{part.origin}: row {row}: {reason}")
    return None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as stream:
        yield from enumerate((line for line in stream if line.strip()), start=1)


def _fault(line: bytes) -> str | None:
    if line.startswith(b"\xef\xbb\xbf"):
        return "begins with a byte order mark; state `encoding: utf-8-sig` in organisation.yml"
    try:
        pairs = json.loads(line.decode("utf-8"), object_pairs_hook=list)
    except UnicodeDecodeError:
        return "holds bytes that are not UTF-8; state the file's `encoding` in organisation.yml, such as latin-1"
    except ValueError as error:
        return f"is not JSON ({error}); write one whole object a line"
    if not line.lstrip().startswith(b"{"):
        return 'is no object; write one whole object a line, such as {"id": 1}'
    names = [key for key, _ in pairs]
    doubled = [key for key in names if names.count(key) > 1]
    return f"gives the key {doubled[0]!r} twice; keep one" if doubled else None
