"""The history of releases: list, show, compare, verify, roll back.

Belongs here: reading what was published, and pointing `current` at an older release.
Does not belong here: making one (release.py).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_quality.connection import quoted
from data_quality.fingerprint import TablePrint, print_of
from pipelines.errors import AuditRefused, ScorecardError, UserError
from pipelines.publish.manifest import FILE_NAME, TABLES, Manifest, sha256_of
from pipelines.settings import MOST_OF_THE_MACHINE, Settings

CURRENT = "current"


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One release in short."""

    release_id: str
    path: Path
    as_of: str
    organisation: str
    is_current: bool
    tables: int
    rows: int
    checks: int
    previous_release: str | None


def current(settings: Settings) -> Path | None:
    """Folder of the release that stands now, or None."""
    link = settings.releases_dir / CURRENT
    return link.resolve() if link.is_symlink() and link.resolve().is_dir() else None


def list_releases(settings: Settings) -> list[ReleaseInfo]:
    """All releases, newest as_of first."""
    folder = settings.releases_dir
    found = [path.name for path in folder.glob("*Z-*") if (path / FILE_NAME).is_file()] if folder.is_dir() else []
    return [info(settings, name) for name in sorted(found, reverse=True)]


def info(settings: Settings, release_id: str) -> ReleaseInfo:
    """One release in short. Raises UserError for an unknown one."""
    path = _folder(settings, release_id)
    manifest = _read(path)
    now = current(settings)
    return ReleaseInfo(
        release_id=release_id,
        path=path,
        as_of=manifest.as_of,
        organisation=manifest.organisation,
        is_current=now is not None and now.name == release_id,
        tables=len(manifest.tables),
        rows=sum(table.rows for table in manifest.tables),
        checks=len(manifest.checks),
        previous_release=manifest.previous_release,
    )


def show(settings: Settings, release_id: str) -> Manifest:
    """The manifest of a release. Raises UserError for an unknown one."""
    return _read(_folder(settings, release_id))


def problems(folder: Path, memory_limit: str = MOST_OF_THE_MACHINE) -> tuple[str, ...]:
    """What is wrong with a release: files against their hashes, rows against their digests, its name against both."""
    try:
        manifest = Manifest.read(folder)
    except (OSError, ValueError) as error:
        return (f"{FILE_NAME}: cannot be read ({error})",)
    wrong = [*_file_problems(folder, manifest), *_stray_files(folder, manifest)]
    return tuple(wrong or _content_problems(folder, manifest, memory_limit))


def _file_problems(folder: Path, manifest: Manifest) -> list[str]:
    stated = {**{table.file: table.sha256 for table in manifest.tables}, **manifest.files}
    wrong = []
    for name, digest in stated.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name}: is missing")
        elif sha256_of(path) != digest:
            wrong.append(f"{name}: its SHA-256 is not the one of the manifest; the file was changed after publication")
    return wrong


def _stray_files(folder: Path, manifest: Manifest) -> list[str]:
    known = {FILE_NAME, *manifest.files, *(table.file for table in manifest.tables)}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return [f"{name}: is not in the manifest" for name in sorted(found - known)]


def _content_problems(folder: Path, manifest: Manifest, memory_limit: str) -> list[str]:
    """Recompute each table's digest from its Parquet file, and the release's id from the digests."""
    from pipelines.publish.tables import content_id

    wrong, prints = [], {}
    con = duckdb.connect(":memory:", config={"memory_limit": memory_limit})
    for table in manifest.tables:
        found = print_of(con, f"read_parquet('{quoted(str(folder / TABLES / table.name))}.parquet')")
        prints[table.name] = TablePrint(table.rows, table.content)
        if found != prints[table.name]:
            wrong.append(f"{table.file}: its rows are not those of the manifest")
    con.close()
    if not manifest.release_id.endswith(content_id(prints, manifest.as_of)) or folder.name != manifest.release_id:
        wrong.append(f"{folder.name}: the release's id does not follow from its content and as_of")
    return wrong


def ensure_intact(folder: Path, memory_limit: str = MOST_OF_THE_MACHINE) -> None:
    """Raises ScorecardError when a release that exists already is damaged."""
    wrong = problems(folder, memory_limit)
    if wrong:
        raise ScorecardError(
            f"release {folder.name} exists already, and is damaged:\n" + "\n".join(wrong)
            + f"\nRemedy: move {folder} away, and run again; `current` was not touched."
        )  # fmt: skip


def verify(settings: Settings, release_id: str) -> str:
    """Recompute every hash of a release. Returns a sentence; raises AuditRefused that lists what is wrong."""
    folder = _folder(settings, release_id)
    wrong = problems(folder, settings.memory())
    if wrong:
        raise AuditRefused(f"release {release_id} is not what was published:\n" + "\n".join(wrong), wrong)
    manifest = _read(folder)
    counted = f"{len(manifest.tables)} tables, {len(manifest.files)} other files"
    return f"release {release_id} is intact: {counted}, every hash agrees"


def rollback(settings: Settings, release_id: str) -> str:
    """Let `current` point to that release, after verifying it. Returns a sentence."""
    from pipelines.publish.release import switch

    verify(settings, release_id)
    former = current(settings)
    switch(settings.releases_dir, release_id)
    return f"current is now {release_id}" + (f" (was {former.name})" if former else "")


def describe_all(settings: Settings) -> str:
    """The list of releases as text."""
    found = list_releases(settings)
    if not found:
        return f"no releases yet in {settings.releases_dir}"
    lines = [
        f"{'*' if one.is_current else ' '} {one.release_id}  {one.organisation}  as of {one.as_of}  "
        f"{one.tables} tables, {one.rows:,} rows, {one.checks} checks"
        for one in found
    ]
    return "\n".join([*lines, "* is current"])


def describe(settings: Settings, release_id: str) -> str:
    """One release as text."""
    manifest = show(settings, release_id)
    passed = sum(bool(check["passed"]) for check in manifest.checks)
    versions = ", ".join(f"{name} {value}" for name, value in manifest.versions.items() if isinstance(value, str))
    lines = [
        f"release      {manifest.release_id}",
        f"organisation {manifest.title} ({manifest.organisation})",
        f"as of        {manifest.as_of}",
        f"engine       {manifest.engine['name']} {manifest.engine['version']}; {versions}",
        f"previous     {manifest.previous_release or 'none'}",
        f"checks       {passed} of {len(manifest.checks)} passed",
        f"inputs       {len(manifest.inputs)} batches",
        *(f"  {i['batch_id']}  {i['source']:<24} {i['rows']:>10,} rows  {i['file']}" for i in manifest.inputs),
        f"tables       {len(manifest.tables)}",
        *(f"  {t.sha256[:12]}  {t.name:<40} {t.rows:>10,} rows" for t in manifest.tables),
    ]
    return "\n".join(lines)


def difference(settings: Settings, first: str, second: str) -> str:
    """What differs between two releases, as text. Raises UserError for an unknown one."""
    from pipelines.publish.difference import describe as describe_difference

    return describe_difference(settings, _folder(settings, first), _folder(settings, second))


def _folder(settings: Settings, release_id: str) -> Path:
    folder = settings.releases_dir / release_id
    if release_id == CURRENT:
        now = current(settings)
        if now is not None:
            return now
    elif "/" not in release_id and (folder / FILE_NAME).is_file():
        return folder
    known = [one.release_id for one in list_releases(settings)]
    none_yet = f"there is none yet in {settings.releases_dir}; `scorecard run ORGANISATION` makes one"
    listed = f"known: {', '.join(known)}" if known else none_yet
    raise UserError(f"release {release_id!r} is not known; {listed}")


def _read(folder: Path) -> Manifest:
    try:
        return Manifest.read(folder)
    except (OSError, ValueError) as error:
        raise ScorecardError(f"{folder / FILE_NAME}: cannot be read ({error}); roll back to another release") from error
