"""Runs the product as a user does, for tests: in a process of its own, by its command line."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


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


def cached_release(organisation: Path, as_of: str | None, cache: Path) -> Path:
    """The current release of a home that is made once and then shared by all test workers."""
    home = cache / f"{organisation.name}-{(as_of or 'own').replace(':', '')}"
    home.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        current = home / "releases" / "current"
        if not current.exists():
            done = scorecard("run", organisation, "--home", home, *(["--as-of", as_of] if as_of else []))
            assert done.returncode == 0, done.stderr
        return current.resolve()


def planted_copy(folder: Path) -> Path:
    """A copy of the product and of its example in `folder`, to plant a fault in."""
    for name in ("pipelines", "data_quality", "dbt_project", "organisations/example"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "target"))
    return folder


def tables(release: Path) -> dict[str, str]:
    """SHA-256 of every Parquet file of a release, by name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((release / "tables").glob("*.parquet"))
    }
