"""Whether an organisation's sources can be extracted: known feeds, declared columns, paths that answer.

Belongs here: what `scorecard check` finds without reading rows. Does not belong here: the folder's own shape
(organisation.py). All problems are collected.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.errors import UserError
from pipelines.extract import columnar, delimited, files, git_log
from pipelines.extract.extracted import check_columns
from pipelines.extract.feeds import Feed, load_feeds
from pipelines.extract.session import open_session
from pipelines.hints import hint
from pipelines.organisation import ORGANISATION_FILE, Organisation, Source
from pipelines.settings import LEAST_MEMORY


def check_declarations(organisation: Organisation, feeds: Mapping[str, Feed]) -> None:
    """Raises UserError for unknown feeds, and for keys and cursors that are no column of their feed."""
    problems = [problem for source in organisation.sources for problem in _declaration(source, feeds)]
    if problems:
        file = organisation.folder / ORGANISATION_FILE
        raise UserError.of([f"{file}: {problem}" for problem in problems])


def _declaration(source: Source, feeds: Mapping[str, Feed]) -> Iterator[str]:
    feed = feeds.get(source.feed)
    if feed is None:
        known = [feed_name for feed_name in feeds if not feed_name.startswith("organisation_")]
        yield f"source {source.name}: feed {source.feed!r} is not known{hint(source.feed, known)}"
        return
    used = [("primary_key", column) for column in source.primary_key]
    used += [("cursor", source.cursor)] if source.cursor else []
    for key, column in used:
        if column not in feed.columns:
            yield (
                f"source {source.name}: {key}: {column!r} is no column of feed {feed.name}{hint(column, feed.columns)}"
            )


def check_sources(organisation: Organisation, feeds: Mapping[str, Feed] | None = None) -> list[str]:
    """A line for each source that answers. Raises UserError with every problem found."""
    known = feeds or load_feeds()
    check_declarations(organisation, known)
    problems, lines = [], []
    with TemporaryDirectory() as scratch:
        for source in organisation.sources:
            try:
                lines.append(_answer(source, known[source.feed], Path(scratch)))
            except UserError as error:
                problems += [f"source {source.name}: {problem}" for problem in error.problems]
    if problems:
        raise UserError.of(problems)
    return lines


def _answer(source: Source, feed: Feed, scratch: Path) -> str:
    found = files.units(source)
    paths = [path for unit in found for path in unit.paths]
    if source.reader == "git_log":
        return f"{source.name}: {feed.name}, git repository at {git_log.head(paths[0])[:12]}"
    for path in paths:
        _check_header(path, source, feed, scratch)
    size = sum(files.size(unit) for unit in found)
    return f"{source.name}: {feed.name}, {len(paths)} file(s), {size / 2**20:,.1f} MiB"


def _check_header(path: Path, source: Source, feed: Feed, scratch: Path) -> None:
    """Readable at all, and for formats with a header that it has the required columns."""
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); correct its permissions") from None
    if files.is_archive(path):
        return
    if source.reader == "parquet" and not path.name.endswith(".gz"):
        with open_session(1, scratch, LEAST_MEMORY) as con:
            check_columns(columnar.schema(con, files.Part(path.name, path, str(path))), feed, str(path))
    if source.reader == "csv":
        check_columns(_csv_header(path, source, scratch), feed, str(path))


def _csv_header(path: Path, source: Source, scratch: Path) -> list[str]:
    """The header out of the file's first block."""
    top = scratch / "top.csv"
    with files.open_file(path, path.name.endswith(".gz")) as stream:
        block = stream.read(1 << 20)
    text = block.decode(source.encoding, errors="replace")
    with suppress(ValueError):
        text = text[: text.rindex("\n") + 1]
    top.write_text(text, encoding="utf-8", newline="")
    return delimited.header(files.Part(path.name, top, str(path)))
