"""A fault planted in each layer stops publication with exit status 3; the former release stays readable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, scorecard

EXAMPLE = "organisations/example"
MODELS = "dbt_project/models"

# layer and fault -> (file, text, text in its place), and a word that the refusal must say
IN_MODELS = {
    "a dropped mart row": (
        f"{MODELS}/marts/delivery/fct_deployments.sql",
        "DROP_ROW",
        "fct_deployments",
    ),
    "a numerator above its denominator": (
        f"{MODELS}/scorecard/metric_values.sql",
        "NUMERATOR",
        "numerator",
    ),
}


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one good release."""
    home = tmp_path_factory.mktemp("former")
    done = scorecard("run", ROOT / EXAMPLE, "--home", home)
    assert done.returncode == 0, done.stderr
    return home


def _run_in(folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", str(folder / EXAMPLE), "--home", str(home)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        check=False,
        timeout=600,
    )
