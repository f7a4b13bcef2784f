"""Publishes what was audited: builds a release aside, and makes it `current` in one atomic step.

Belongs here: the gate before publication, the order of steps that makes kill -9 harmless.
Does not belong here: what must hold (data_quality), the tables' bytes (tables.py), the history (releases.py).

Steps: 1 remove what a killed run left; 2 compare the fingerprint of the warehouse with that of the audit; 3 build in
`.staging-<id>` and force it to the disk; 4 rename to `<id>`; 5 replace the link `current`. A kill before 4 leaves
nothing but a staging folder; between 4 and 5 a complete release that the next run finds, verifies and switches to.
"""

import os
import platform
import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import duckdb

from data_quality import fingerprint, gates
from data_quality.connection import LANDED, reading
from data_quality.fingerprint import TablePrint
from data_quality.report import Report
from pipelines.errors import AuditRefused, ScorecardError
from pipelines.publish import page, releases, tables
from pipelines.publish.manifest import DATABASE, PAGE, Manifest, Table, sha256_of, sync, sync_tree
from pipelines.publish.releases import CURRENT, ReleaseInfo
from pipelines.settings import Settings

STAGING = ".staging-"
PACKAGE = "reliability-scorecard"
Connection = duckdb.DuckDBPyConnection


class Named(Protocol):
    """What publication needs of an organisation."""

    @property
    def name(self) -> str:
        """Its short name."""

    @property
    def title(self) -> str:
        """Its name for people."""


def publish(settings: Settings, organisation: Named, *, run: Mapping[str, str] | None = None) -> ReleaseInfo:
    """Publish the warehouse's tables and switch `current` to them; the same rows give the same release.

    run: what belongs to this run alone (a run id, a wall-clock time), kept in the manifest only.
    Raises AuditRefused when no passed audit of exactly these rows is stored.
    """
    clean(settings.releases_dir)
    with reading(settings) as con:
        prints = fingerprint.prints(con, fingerprint.published_tables(con))
        audits = audited(settings, fingerprint.of_landing(con), fingerprint.combined(prints))
        checks = tuple(check for report in audits for check in report.checks)
        tables.prepare(con, checks)
        contents = tables.contents(con, prints)
        as_of, compact = _as_of(con)
        release_id = f"{compact}-{tables.content_id(contents, as_of)}"
        folder = settings.releases_dir / release_id
        if folder.exists():
            releases.ensure_intact(folder, settings.memory())
        else:
            _build(con, settings, organisation, release_id, as_of, contents, audits, run or {})
    switch(settings.releases_dir, release_id)
    return releases.info(settings, release_id)


def audited(settings: Settings, landing: str, scorecard: str) -> tuple[Report, Report]:
    """The stored audits of both doors, when both passed and saw exactly these rows. Raises AuditRefused otherwise."""
    pairs = zip(gates.stored(settings), (landing, scorecard), ("landing", "scorecard"), strict=True)
    reports = [_accept(report, now, door) for report, now, door in pairs]
    return reports[0], reports[1]


def _accept(report: Report | None, now: str, door: str) -> Report:
    stands = "Nothing was published, and the former release still stands."
    if report is None:
        raise AuditRefused(
            f"the {door} rows have not been audited. {stands} "
            "Remedy: `scorecard run`, which audits before it publishes."
        )
    if not report.passed:
        failures = report.failures or ("the audit made no check",)
        raise AuditRefused(f"the audit of the {door} rows said no. {stands}\n" + "\n".join(failures), failures)
    if report.fingerprint != now:
        raise AuditRefused(
            f"the {door} rows changed after their audit: it saw fingerprint "
            f"{report.fingerprint[:12]}, the rows now have {now[:12]}. "
            f"{stands} Remedy: run `scorecard run` again, so that these very rows are audited."
        )
    return report


def clean(folder: Path) -> None:
    """Remove what a killed publication left: staging folders and half-made links."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)
    for link in folder.glob(f".{CURRENT}-*"):
        link.unlink(missing_ok=True)


def switch(folder: Path, release_id: str) -> None:
    """Let `current` point to a release, in one atomic step; readers see the old or the new one."""
    aside = folder / f".{CURRENT}-{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(release_id, target_is_directory=True)
    aside.replace(folder / CURRENT)
    sync(folder)


def _as_of(con: Connection) -> tuple[str, str]:
    found = con.execute(
        f"select strftime(as_of, '%Y-%m-%dT%H:%M:%S.%fZ'), strftime(as_of, '%Y%m%dT%H%M%SZ') from {LANDED}.run"
    ).fetchone()
    if found is None:
        raise ScorecardError("the landing knows no instant of a run; `scorecard run` sets it")
    return str(found[0]), str(found[1])


def _build(
    con: Connection,
    settings: Settings,
    organisation: Named,
    release_id: str,
    as_of: str,
    contents: Mapping[str, TablePrint],
    audits: tuple[Report, Report],
    run: Mapping[str, str],
) -> None:
    staging = settings.releases_dir / f"{STAGING}{release_id}"
    staging.mkdir()
    tables.write(con, staging, release_id, settings.memory(tables.MEMORY_LIMIT))
    written = tuple(
        Table(name, found.rows, sha256_of(staging / "tables" / f"{name}.parquet"), found.digest)
        for name, found in sorted(contents.items())
    )
    with con.cursor() as reader:  # of the same database: a second one would have memory of its own
        page.write(staging, page.Heading(organisation.title, release_id, as_of), reader)
    former = releases.current(settings)
    Manifest(
        release_id=release_id,
        as_of=as_of,
        organisation=organisation.name,
        title=organisation.title,
        engine={"name": settings.engine, "version": duckdb.__version__},
        versions=_versions(con),
        inputs=_inputs(con),
        tables=written,
        files={name: sha256_of(staging / name) for name in (DATABASE, PAGE)},
        checks=tuple(
            {"name": c.name, "layer": c.layer, "passed": c.passed, "observed": c.observed}
            for report in audits
            for c in report.checks
        ),
        fingerprint=audits[1].fingerprint,
        previous_release=former.name if former else None,
        run=run,
    ).write(staging)
    sync_tree(staging)
    staging.rename(settings.releases_dir / release_id)
    sync(settings.releases_dir)


def _versions(con: Connection) -> dict[str, Any]:
    metrics = con.execute(
        "select metric_id, metric_version from scorecard.metric_catalogue order by metric_id"
    ).fetchall()
    try:
        package = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        package = "unpackaged"
    return {"package": package, "python": platform.python_version(), "policy": _policy(con), "metrics": dict(metrics)}


def _policy(con: Connection) -> str:
    """The versions of the policy, oldest first."""
    found = con.execute(
        "select policy_version from scorecard.policy_settings where section = 'policy' order by valid_from"
    ).fetchall()
    return ", ".join(str(version) for (version,) in found)


def _inputs(con: Connection) -> tuple[dict[str, Any], ...]:
    names = ("batch_id", "source", "feed", "file", "rows", "sha256")
    found = con.execute(
        f"select {', '.join(names)} from {LANDED}.ledger order by source, batch_number, batch_id"
    ).fetchall()
    return tuple(dict(zip(names, row, strict=True)) for row in found)
