"""Same landed data and `as_of`, same bytes: in two homes, at different times, with one thread and with two."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support import ROOT, scorecard, tables


@pytest.mark.parametrize(
    "name",
    ["example", *(pytest.param(n, marks=pytest.mark.slow) for n in ("demo", "jenkins", "govuk", "servicenow"))],
)
def test_two_homes_and_thread_counts_give_the_same_bytes(name: str, tmp_path: Path, real_data: Path) -> None:
    releases = []
    for threads in ("1", "2"):
        home = tmp_path / f"threads-{threads}"
        done = scorecard("run", ROOT / "organisations" / name, "--home", home, SCORECARD_THREADS=threads)
        assert done.returncode == 0, done.stderr
        releases.append((home / "releases" / "current").resolve())
    assert tables(releases[0]) == tables(releases[1])
    assert releases[0].name == releases[1].name


def test_running_again_is_the_same_release_and_lands_nothing(tmp_path: Path) -> None:
    """Even when the warehouse in between is that of an older version, whose catalogue had other columns, and whose
    models said something else of hours that no new batch speaks of."""
    example = ROOT / "organisations" / "example"
    for is_again in (False, True):
        if is_again:
            with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
                con.execute("alter table seeds.metric_catalogue drop column example")
                con.execute("update intermediate.int_sli_hours set good = 0")
            (tmp_path / "warehouse.models").write_text("another version")
        done = scorecard("run", example, "--home", tmp_path)
        assert done.returncode == 0, done.stderr
    assert " 0 of them new" in done.stderr
    assert len([p for p in (tmp_path / "releases").iterdir() if p.is_dir() and not p.is_symlink()]) == 1
