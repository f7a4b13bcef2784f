"""From a unit of a source to one query over its rows: the registry of readers.

Belongs here: which reader a name stands for, several files as one query. Does not belong here: any format.
"""

from pathlib import Path

import duckdb

from pipelines.errors import UserError
from pipelines.extract import columnar, delimited, files, front_matter, git_log, json_lines
from pipelines.extract.extracted import Extracted
from pipelines.extract.feeds import Feed
from pipelines.organisation import Source

FILE_READERS = {"csv": delimited.read, "jsonl": json_lines.read, "parquet": columnar.read}

MANY_FILE_READERS = {"jsonl": json_lines.read_all, "parquet": columnar.read_all}


def fingerprint(unit: files.Unit, source: Source) -> str:
    """What tells one content of a unit from another."""
    return git_log.head(unit.paths[0]) if source.reader == "git_log" else files.fingerprint(unit)


def read(con: duckdb.DuckDBPyConnection, unit: files.Unit, source: Source, feed: Feed, scratch: Path) -> Extracted:
    """All rows of a unit, to be read once. `scratch` is a folder for decompressed copies.

    Raises UserError that names file, row and remedy for anything that cannot be read whole.
    """
    if source.reader == "git_log":
        return git_log.read(con, unit.paths[0], unit.label, source, feed)
    if source.reader == "front_matter":
        return front_matter.read(con, unit, source, feed)
    reader = FILE_READERS[source.reader]
    parts = files.parts(unit, source, scratch)
    if source.reader in MANY_FILE_READERS and len(parts) > 1:
        return MANY_FILE_READERS[source.reader](con, parts, feed)
    found = [reader(con, part, feed) for part in parts]
    return found[0] if len(found) == 1 else _together(found, feed)


def _together(found: list[Extracted], feed: Feed) -> Extracted:
    def explain(error: Exception) -> UserError | None:
        explained = (each.explain(error) for each in found if each.explain)
        return next((each for each in explained if each), None)

    return Extracted(
        " union all ".join(
            f"select * replace (_row + {sum(other.expected or 0 for other in found[:place])} as _row) "
            f"from ({each.query})"
            for place, each in enumerate(found)
        ),
        tuple(column for column in feed.columns if any(column in each.columns for each in found)),
        tuple(sorted({column for each in found for column in each.undeclared})),
        sum(each.expected or 0 for each in found),
        explain,
    )
