"""Turns the raw files that organisation.yml names into rows of text; no vendor's meaning here.

A row keeps only the columns that its feed declares, each as text or None, as the landing zone promises.
"""

import csv
import gzip
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.oracle.reference.organisation import Source

Values = dict[str, str | None]

_DECLARED = {
    "cstate_revisions": (
        "file commit committed_at author op title date resolved resolvedWhen severity affected section"
        " body_chars front_matter_error"
    ),
    "gitops_commits": (
        "sha parents committed_at authored_at author committer bot pr subject revert reverts_sha source_sha"
        " source_authored_at source_author targets bump_name bump_kind bump_version image tag n_files"
    ),
    "servicenow_audit": (
        "number incident_state active reassignment_count reopen_count sys_mod_count made_sla opened_at"
        " sys_created_at sys_updated_at contact_type category subcategory impact urgency priority"
        " assignment_group resolved_at closed_at"
    ),
    "statuspage_incidents": (
        "id updated_at started_at resolved_at impact impact_window downtime_start downtime_end updates components"
        " components_source"
    ),
    "upptime_checks": "commit checked_at service_slug status response_ms",
    "upptime_commits": "commit committed_at actor task",
    "health_checks": "checked_at_utc service result",
}
COLUMNS: dict[str, tuple[str, ...]] = {feed: tuple(names.split()) for feed, names in _DECLARED.items()}
"""Declared columns by feed; a feed that is not listed lands every column."""


class Row(NamedTuple):
    """One raw record: its source, file and 1-based number there, and its declared columns as text."""

    source: str
    file: str
    number: int
    values: Values


@dataclass(frozen=True)
class Text:
    """A text file, or a member of an archive, decoded."""

    label: str
    content: str


def _files(source: Source, folder: Path) -> list[Path]:
    path = Path(source.path)
    path = path if path.is_absolute() else folder.absolute() / path
    if path.is_dir():
        return [path] if source.reader == "git_log" else sorted(p for p in path.rglob("*") if p.is_file())
    found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    if not found:
        raise FileNotFoundError(f"source {source.name}: nothing at {path}")
    return found


def _texts(source: Source, path: Path) -> Iterator[Text]:
    if path.name.endswith((".tar.gz", ".tgz", ".tar")):
        with tarfile.open(path) as archive:
            for member in sorted(archive.getmembers(), key=lambda m: m.name):
                wanted = source.member is None or Path(member.name).match(source.member)
                handle = archive.extractfile(member) if member.isfile() and wanted else None
                if handle is not None:
                    yield Text(member.name, handle.read().decode(source.encoding))
        return
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield Text(path.name, data.decode(source.encoding))


def as_text(value: Any) -> str | None:
    """A JSON, YAML or Parquet value as the text that lands: containers as JSON, lower-case booleans, ISO instants."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _csv(text: str) -> Iterator[Values]:
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield {name: value or None for name, value in row.items()}


def _jsonl(text: str) -> Iterator[Values]:
    for line in text.split("\n"):
        if line.strip():
            yield {name: as_text(value) for name, value in json.loads(line).items()}


class _Plain(yaml.SafeLoader):
    """Reads every scalar as the text that is written."""


_Plain.yaml_implicit_resolvers = {}


def front_matter(label: str, text: str) -> Values:
    """One Markdown page with YAML front matter, in the columns of a page's revision."""
    row: Values = {"file": Path(label).name, "op": "created"}
    match = re.match(r"\ufeff?---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)(.*)", text, re.S)
    if match is None:
        return {**row, "front_matter_error": "no front matter"}
    try:
        fields = yaml.load(match.group(1), Loader=_Plain)
    except yaml.YAMLError as error:
        return {**row, "front_matter_error": str(error).split("\n")[0]}
    return {**row, **{name: as_text(value) for name, value in fields.items()}}


def _records(source: Source, path: Path) -> Iterator[tuple[str, Iterable[Values]]]:
    if source.reader == "parquet":
        yield path.name, _parquet(path)
        return
    if source.reader == "git_log":
        yield path.name, _git_log(source, path)
        return
    for text in _texts(source, path):
        if source.reader == "csv":
            yield text.label, _csv(text.content)
        elif source.reader == "jsonl":
            yield text.label, _jsonl(text.content)
        elif source.reader == "front_matter":
            yield text.label, [front_matter(text.label, text.content)]
        else:
            raise ValueError(f"source {source.name}: no reader {source.reader}")


def _parquet(path: Path) -> Iterator[Values]:
    import pyarrow.parquet

    for row in pyarrow.parquet.read_table(path).to_pylist():
        yield {name: as_text(value) for name, value in row.items()}


def _git_log(source: Source, path: Path) -> Iterator[Values]:
    raise NotImplementedError(f"source {source.name}: the oracle reads no git repository at {path}")


def read(source: Source, folder: Path) -> list[Row]:
    """All raw rows of a source, file after file, in file order.

    Raises FileNotFoundError when nothing is at the source's path.
    """
    rows = []
    columns = COLUMNS.get(source.feed)
    for path in _files(source, folder):
        for label, records in _records(source, path):
            for number, record in enumerate(records, start=1):
                kept = record if columns is None else {name: record.get(name) for name in columns}
                rows.append(Row(source.name, label, number, kept))
    return rows
