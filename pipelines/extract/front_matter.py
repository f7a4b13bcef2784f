"""Reader `front_matter`: Markdown pages that begin with YAML between `---` lines, of a folder or archive.

Belongs here: pages and their keys, as text that nobody has interpreted: `2020-06-13 15:54:00` stays so.
Does not belong here: meaning of any key. A page that cannot be read is a row with `front_matter_error`.
Columns: `file`, `op` (created: there is no history), `body_chars`, `front_matter_error`, every key of a page.
"""

import glob
import json
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any

import duckdb

from pipelines.extract.extracted import Extracted, check_columns, present, undeclared
from pipelines.extract.feeds import Feed
from pipelines.extract.files import Unit, archive_members, is_archive, whole
from pipelines.extract.session import add_rows, make_table
from pipelines.extract.yaml_text import YamlError, load_text
from pipelines.organisation import Source

TABLE = "front_matter_pages"
OWN_COLUMNS = ("file", "op", "body_chars", "front_matter_error")
_PAGE = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)(.*)\Z", re.DOTALL | re.MULTILINE)
Values = dict[str, str | None]


def read(con: duckdb.DuckDBPyConnection, unit: Unit, source: Source, feed: Feed) -> Extracted:
    """The pages of a folder or archive, a row each, by name. Raises UserError for a damaged archive."""
    pages = sorted(_pages(unit, source))
    rows = [page(file, content, source.encoding) for file, content in pages]
    found = set(OWN_COLUMNS).union(*rows)
    check_columns(found, feed, str(unit.paths[0]) if unit.paths else unit.label)
    make_table(con, TABLE, feed.columns)
    landed = [
        [*(row.get(column) for column in feed.columns), row["file"], number] for number, row in enumerate(rows, start=1)
    ]
    add_rows(con, TABLE, landed)
    return Extracted(f"select * from {TABLE}", present(found, feed), undeclared(found, feed), len(rows))


def _pages(unit: Unit, source: Source) -> Iterator[tuple[str, bytes]]:
    for path in unit.paths:
        if is_archive(path):
            with whole(path):
                for member, stream in archive_members(path, source.member):
                    yield _relative(member, source.member), stream.read()
        else:
            yield path.relative_to(unit.root).as_posix(), path.read_bytes()


def _relative(member: str, pattern: str | None) -> str:
    """The name below the folders that the pattern spells out: `issues/a.md` of `issues/*.md` is `a.md`."""
    folders = PurePosixPath(pattern or "").parts[:-1]
    fixed = list(takewhile(lambda part: not glob.has_magic(part), folders))
    return str(PurePosixPath(*PurePosixPath(member).parts[len(fixed) :]))


def page(file: str, content: bytes, encoding: str = "utf-8") -> Values:
    """One page as a row: its keys as the author wrote them, lists as JSON text."""
    row: Values = {"file": file, "op": "created"}
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        return {**row, "front_matter_error": f"not {encoding} at byte {error.start}"}
    match = _PAGE.match(text.removeprefix("\ufeff"))
    if not match:
        return {**row, "front_matter_error": "no front matter"}
    try:
        values, _ = load_text(match.group(1))
    except YamlError as error:
        return {**row, "front_matter_error": f"line {(error.line or 0) + 1}: {error.reason}"}
    if not isinstance(values, dict):
        return {**row, "front_matter_error": "front matter holds no keys"}
    return {
        **{key: _text(value) for key, value in values.items()},
        **row,
        "body_chars": str(len(match.group(2))),
    }


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
