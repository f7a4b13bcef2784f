"""Runs the product as a user does, for tests: by its command line, in a process of its own or in the test's."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipelines import cli

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("pipelines", "data_quality", "dbt_project")
_MADE = {"__pycache__", "target", "prepared"}


def scorecard(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`scorecard <arguments>`; the caller looks at returncode, stdout and stderr."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


def release_here(organisation: Path, home: Path, *options: str) -> Path:
    """The release of a run in this process: Dagster, dbt and the process of the audit are imported once for all runs.

    For what a run leaves; how a process of its own ends, and what it prints, `scorecard` tells.
    """
    assert cli.main(["run", str(organisation), "--home", str(home), *options]) == 0
    return (home / "releases" / "current").resolve()


def cached_release(organisation: Path, as_of: str | None, cache: Path) -> Path:
    """The current release of a home that is made once and then shared by all test workers.

    Its name in the cache tells one state of the product and of the organisation's folder from another.
    """
    state = _digest(organisation, *(ROOT / name for name in PRODUCT))
    home = cache / f"{organisation.name}-{(as_of or 'own').replace(':', '')}-{state}"
    home.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "releases" / "current").exists():
            return release_here(organisation, home, *(["--as-of", as_of] if as_of else []))
        return (home / "releases" / "current").resolve()


def _digest(*folders: Path) -> str:
    whole = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _MADE.intersection(path.relative_to(folder).parts):
                whole.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def planted_copy(folder: Path) -> Path:
    """A copy of the product and of its example in `folder`, to plant a fault in."""
    for name in (*PRODUCT, "organisations/example"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("target"))
    return folder


def tables(release: Path) -> dict[str, str]:
    """SHA-256 of every Parquet file of a release, by name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((release / "tables").glob("*.parquet"))
    }
