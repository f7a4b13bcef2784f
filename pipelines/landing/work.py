"""One unit to be landed: how it is read, what tells its content from another, and which rule finds its new rows.

Belongs here: describing units of sources and feeds of the organisation folder alike.
Does not belong here: staging and committing them (batches.py).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.extract import files, readers
from pipelines.extract.extracted import Extracted
from pipelines.extract.feeds import Feed
from pipelines.extract.session import add_rows, make_table
from pipelines.landing.folder_feeds import FolderFeed
from pipelines.organisation import RESERVED_SOURCE, Source


@dataclass
class Present:
    """A source as it is now: its units; and, once somebody asked, their works and files of the contents they show."""

    source: Source
    feed: Feed
    units: list[files.Unit]
    works: list["Work"] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """`present` is None for the organisation folder's feeds, which are snapshots."""

    source: str
    feed: Feed
    file: str
    fingerprint: str
    specification: str
    key: tuple[str, ...]
    is_snapshot: bool
    present: Present | None
    read: Callable[[Path], Extracted]

    @property
    def declared(self) -> Source | None:
        """The source as organisation.yml declares it."""
        return self.present.source if self.present else None


def of_unit(con: duckdb.DuckDBPyConnection, present: Present, unit: files.Unit) -> Work:
    """What is to be done with a unit of a source; reads its bytes once, for the fingerprint."""
    source, feed = present.source, present.feed
    specification = {
        "reader": source.reader, "encoding": source.encoding, "member": source.member,
        "mode": source.mode, "key": source.primary_key,
        "actor_pattern": source.actor_pattern, "target_pattern": source.target_pattern,
        "columns": feed.columns,
    }  # fmt: skip
    return Work(
        source=source.name,
        feed=feed,
        file=unit.label,
        fingerprint=readers.fingerprint(unit, source),
        specification=digest(specification),
        key=source.primary_key,
        is_snapshot=source.mode == "snapshot",
        present=present,
        read=lambda scratch: readers.read(con, unit, source, feed, scratch),
    )


def of_folder(con: duckdb.DuckDBPyConnection, folder_feed: FolderFeed) -> Work:
    """What is to be done with a feed of the organisation folder."""

    def read(_: Path) -> Extracted:
        make_table(con, "folder_rows", folder_feed.columns)
        rows = [[*row, folder_feed.file, number] for number, row in enumerate(folder_feed.rows, start=1)]
        add_rows(con, "folder_rows", rows)
        return Extracted("select * from folder_rows", folder_feed.columns, (), len(rows))

    return Work(
        source=RESERVED_SOURCE,
        feed=folder_feed.feed,
        file=folder_feed.file,
        fingerprint=digest(folder_feed.rows),
        specification=digest(folder_feed.columns),
        key=folder_feed.key,
        is_snapshot=True,
        present=None,
        read=read,
    )


def digest(content: object) -> str:
    """SHA-256 of a content as JSON."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
