"""Same landed data and `as_of`, same bytes: in two homes, at different times, with one thread and with two."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support import ROOT, scorecard, tables

OTHER_THREADS = "2" if os.cpu_count() == 1 else "1"


@pytest.mark.parametrize(
    "name",
    ["example", *(pytest.param(n, marks=pytest.mark.slow) for n in ("demo", "jenkins", "govuk", "servicenow"))],
)
def test_two_homes_and_thread_counts_give_the_same_bytes(
    name: str, released: Callable[..., Path], tmp_path: Path, real_data: Path
) -> None:
    """The home that tests share was made with as many threads as the machine has cores."""
    shared = released(name)
    done = scorecard("run", ROOT / "organisations" / name, "--home", tmp_path, SCORECARD_THREADS=OTHER_THREADS)
    assert done.returncode == 0, done.stderr
    again = (tmp_path / "releases" / "current").resolve()
    assert tables(again) == tables(shared)
    assert again.name == shared.name


def test_running_again_is_the_same_release_and_lands_nothing(released: Callable[..., Path], tmp_path: Path) -> None:
    """Even when the warehouse in between is that of an older version, whose catalogue had other columns, and whose
    models said something else of hours that no new batch speaks of."""
    home = shutil.copytree(released("example").parents[1], tmp_path / "home", symlinks=True)
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute("alter table seeds.metric_catalogue drop column example")
        con.execute("update intermediate.int_sli_hours set good = 0")
    (home / "warehouse.models").write_text("another version")
    done = scorecard("run", ROOT / "organisations" / "example", "--home", home)
    assert done.returncode == 0, done.stderr
    assert " 0 of them new" in done.stderr
    assert len([p for p in (home / "releases").iterdir() if p.is_dir() and not p.is_symlink()]) == 1
