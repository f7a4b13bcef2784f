"""The ledger: one entry per landed batch, read from the `batch.json` beside its rows.

Belongs here: what is known of a batch, and whether its rows are still those that were landed.
Does not belong here: making batches (batches.py).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.errors import UserError
from pipelines.settings import Settings

ROWS_FILE = "rows.parquet"
BATCH_FILE = "batch.json"


@dataclass(frozen=True)
class BatchInfo:
    """One batch. `rows` are landed, `rows_read` stood in the source.

    `fingerprint` is of the source's bytes, `specification` of how they were read, `sha256` of rows.parquet;
    `cursor_max` is the newest parsable cursor.
    """

    batch_id: str
    batch_number: int
    organisation: str
    source: str
    feed: str
    file: str
    rows: int
    rows_read: int
    deletes: int
    sha256: str
    size: int
    fingerprint: str
    specification: str
    previous: str | None
    columns: tuple[str, ...]
    undeclared: tuple[str, ...]
    cursor: str | None
    cursor_max: datetime | None
    extracted_at: datetime
    folder: Path

    @property
    def rows_path(self) -> Path:
        """The batch's Parquet file."""
        return self.folder / ROWS_FILE

    @property
    def chain(self) -> tuple[str, str, str]:
        """Source, feed and file: what the batch continues."""
        return self.source, self.feed, self.file

    def as_json(self) -> dict[str, Any]:
        """The content of batch.json."""
        content = asdict(self)
        del content["folder"]
        content["cursor_max"] = self.cursor_max.isoformat() if self.cursor_max else None
        content["extracted_at"] = self.extracted_at.isoformat()
        return content


def read(settings: Settings, organisation: str) -> list[BatchInfo]:
    """The committed batches of an organisation, by source and number. Raises UserError for a damaged one."""
    files = sorted(settings.batches_dir.glob(f"*/*/{BATCH_FILE}"))
    found = [_read(file) for file in files]
    incomplete = [path.parent for path in settings.batches_dir.glob(f"*/*/{ROWS_FILE}")]
    missing = sorted(set(incomplete) - {file.parent for file in files})
    if missing:
        raise UserError(f"{missing[0]}: {BATCH_FILE} is missing; restore the landing zone from a copy")
    return sorted(
        (info for info in found if info.organisation == organisation),
        key=lambda info: (info.source, info.batch_number),
    )


def _read(file: Path) -> BatchInfo:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        info = BatchInfo(
            **{
                **content,
                "columns": tuple(content["columns"]),
                "undeclared": tuple(content["undeclared"]),
                "cursor_max": datetime.fromisoformat(content["cursor_max"]) if content["cursor_max"] else None,
                "extracted_at": datetime.fromisoformat(content["extracted_at"]),
                "folder": file.parent,
            }
        )
        size = info.rows_path.stat().st_size
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{file}: is damaged ({error}); restore the landing zone from a copy") from None
    if size != info.size:
        raise UserError(f"{info.rows_path}: has {size} bytes, not {info.size}; restore the landing zone from a copy")
    return info


def verify(batches: list[BatchInfo]) -> None:
    """Compares every batch's rows with their hash; reads all of them. Raises UserError for the damaged."""
    damaged = [
        f"{info.rows_path}: is not what was landed (SHA-256 differs); restore the landing zone from a copy"
        for info in batches
        if sha256(info.rows_path) != info.sha256
    ]
    if damaged:
        raise UserError.of(damaged)


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
