"""The built wheel, installed elsewhere, releases an organisation folder from any working directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT


def _python(*arguments: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_releases_from_any_folder(tmp_path: Path) -> None:
    source, site, elsewhere = tmp_path / "source", tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    ignored = shutil.ignore_patterns(".venv", ".git", ".scorecard", "__pycache__", "build", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=ignored)
    _python("-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path), str(source), cwd=source)
    wheel = next(tmp_path.glob("*.whl"))
    _python("-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel), cwd=elsewhere)
    shutil.copytree(ROOT / "organisations" / "example", tmp_path / "acme")

    where = _python("-c", "import pipelines; print(pipelines.__file__)", cwd=elsewhere, PYTHONPATH=str(site))
    assert where.startswith(str(site))
    out = _python("-m", "pipelines.cli", "run", str(tmp_path / "acme"), cwd=elsewhere, PYTHONPATH=str(site))

    assert (elsewhere / ".scorecard" / "releases" / "current" / "page" / "index.html").exists()
    assert str(elsewhere) in out
