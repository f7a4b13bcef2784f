"""Reader `jsonl`: one JSON object a line. Texts as they are; numbers, lists and objects as their JSON text.

Belongs here: JSON lines. Does not belong here: compression and encoding (files.py), meaning of values.
A JSON null and an absent key are both null. Blank lines are no records.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from pipelines.errors import UserError
from pipelines.extract.extracted import Extracted, check_columns, present, undeclared
from pipelines.extract.feeds import Feed
from pipelines.extract.files import Part
from pipelines.extract.session import add_rows, make_table, name, quote

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


def read_all(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], feed: Feed) -> Extracted:
    """The rows of many JSON-lines files in one scan: a log dropped day by day is hundreds of them.

    The rows are those of `read`, file after file. Raises UserError that names the file, the row and the remedy.
    """
    filled = [part for part in parts if part.path.stat().st_size]
    try:
        keys = _keys_by_file(con, [part.path for part in filled]) if filled else {}
    except duckdb.Error as error:
        raise _first_fault(filled) or error from None
    for part in filled:
        if keys.get(str(part.path), (set(), 0))[1]:
            check_columns(keys[str(part.path)][0], feed, part.origin)
    found = {key for names, _ in keys.values() for key in names}
    make_table(con, "parts_of_log", ["path"])
    add_rows(con, "parts_of_log", [[str(part.path), part.name, place] for place, part in enumerate(filled)])
    query = _all_rows(feed, [part.path for part in filled]) if filled else read(con, parts[0], feed).query
    expected = sum(count for _, count in keys.values())
    return Extracted(query, present(found, feed), undeclared(found, feed), expected, lambda _: _first_fault(filled))


def _all_rows(feed: Feed, paths: Sequence[Path]) -> str:
    columns = ", ".join(quote(f'$."{column}"') for column in feed.columns)
    fields = ", ".join(f"fields[{number}] as {name(column)}" for number, column in enumerate(feed.columns, start=1))
    return (
        f"select {fields}, parts_of_log._file, scanned._row from ("
        f"select json_extract_string(json, [{columns}]) as fields, filename, row_number() over () as _row "
        f"from {_objects(*paths)}) as scanned "
        "inner join parts_of_log on scanned.filename = parts_of_log.path order by scanned._row"
    )


def _keys_by_file(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> dict[str, tuple[set[str], int]]:
    """Keys and number of the records of each file. Raises duckdb.Error for a record that is no plain object."""
    rows = con.execute(
        "select filename, keys, count(*), bool_or(type <> 'OBJECT'), bool_or(len(keys) <> len(list_distinct(keys))) "
        "from (select filename, json_keys(json) as keys, json_type(json) as type "
        f"from {_objects(*paths)}) group by filename, keys"
    ).fetchall()
    if any(not_object or doubled for *_, not_object, doubled in rows):
        raise duckdb.InvalidInputException("a line is no object, or gives a key twice")
    found: dict[str, tuple[set[str], int]] = {}
    for path, keys, count, *_ in rows:
        names, before = found.get(path, (set(), 0))
        found[path] = (names | set(keys), before + count)
    return found


def _first_fault(parts: Sequence[Part]) -> UserError | None:
    return next((fault for fault in map(explain, parts) if fault), None)


def _objects(*paths: Path) -> str:
    listed = ", ".join(quote(str(path)) for path in paths)
    return f"read_ndjson_objects([{listed}], maximum_object_size = {MAX_OBJECT}, compression = 'none', filename = true)"


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
