"""The manifest of a release: what is in it, what it was made of, what was checked.

Belongs here: the shape of manifest.json, reading and writing it, hashes of files.
Does not belong here: making tables (tables.py), deciding to publish (release.py).
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "manifest.json"
DATABASE = "scorecard.duckdb"
PAGE = "page/index.html"
TABLES = "tables"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A published table: rows, SHA-256 of its Parquet file, digest of its rows without the release's own column."""

    name: str
    rows: int
    sha256: str
    content: str

    @property
    def file(self) -> str:
        """Path of the Parquet file inside the release."""
        return f"{TABLES}/{self.name}.parquet"


@dataclass(frozen=True, slots=True)
class Manifest:
    """manifest.json. What differs from run to run (`run`, `previous_release`) is here and in no table."""

    release_id: str
    as_of: str
    organisation: str
    title: str
    engine: Mapping[str, str]
    versions: Mapping[str, Any]
    inputs: tuple[Mapping[str, Any], ...]
    tables: tuple[Table, ...]
    files: Mapping[str, str]
    checks: tuple[Mapping[str, Any], ...]
    fingerprint: str
    previous_release: str | None
    run: Mapping[str, str] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def write(self, folder: Path) -> None:
        """Write `<folder>/manifest.json`; the folder is not public yet, so no atomic step is needed."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        (folder / FILE_NAME).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of a release folder. Raises OSError or ValueError when it is missing or broken."""
        body = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        try:
            body["tables"] = tuple(Table(**table) for table in body["tables"])
            body["inputs"], body["checks"] = tuple(body["inputs"]), tuple(body["checks"])
            return cls(**body)
        except (KeyError, TypeError) as error:
            raise ValueError(f"manifest.json has another shape: {error}") from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Force a file, or a folder's list of names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Force every file and folder below a folder, and itself, to the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
