"""Runs the product as a user does, for tests: in a process of its own, by its command line."""

from __future__ import annotations

import fcntl
import os
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
