"""Runs dbt's own unit tests: they stand beside the models, and a run of the pipeline leaves them out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pipelines.orchestration import dbt_project
from pipelines.settings import Settings


def test_models_hold_at_their_boundaries(released: Callable[..., Path], tmp_path: Path) -> None:
    """On a copy of the example's warehouse, which gives dbt the columns of what the tests leave out."""
    home = released("example").parents[1]
    settings = Settings(home=tmp_path / "home", threads=2)
    settings.home.mkdir()
    shutil.copyfile(Settings(home=home).warehouse_path, settings.warehouse_path)
    before = dict(os.environ)
    done = dbt_project.invoke(["test", "--select", "test_type:unit"], settings)
    assert dict(os.environ) == before, "the next run in this process would take over this one's engine and home"
    failed = [f"{r.node.name}: {r.message}" for r in done.result.results if r.status != "pass"]
    assert not failed
    assert len(done.result.results) >= 20, "the unit tests were not found"
