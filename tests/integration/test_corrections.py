"""A source that is corrected, put back, renamed and removed: what is published follows what it says now.

One home, run four times: the example as it is; with a wrong row, a doubled row mended and a source renamed; with the
row put back and that source removed; and once more as of the day before, when the source had its first name.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support import ROOT, scorecard

# The runs are made once, by one worker; they take minutes.
pytestmark = pytest.mark.slow
WRONG = "checkout-1013"


@dataclass(frozen=True)
class Run:
    """What one run printed, and what it published."""

    said: str
    release: Path
    fates: dict[tuple[str, str, str | None], int]
    versions: list[tuple[str, str]]

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row of `query`; `{metric_values}` names a table of the release's main schema."""
        with duckdb.connect(str(self.release / "scorecard.duckdb"), read_only=True) as connection:
            connection.execute("use scorecard.scorecard")
            (row,) = connection.execute(query).fetchall()
        return tuple(row)

    def cell(self, metric: str, entity: str, start: str) -> tuple[Any, ...]:
        """Parts, value and status of a month."""
        return self.one(
            "select numerator, denominator, n, value, status from metric_values where dimension is null"
            f" and metric_id = '{metric}' and entity_id = '{entity}' and period_type = 'month'"
            f" and period_start_on = date '{start}'"
        )


def look(home: Path, said: str) -> Run:
    """The state of a home after a run."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        fates = connection.execute(
            "select source, fate, reason, cast(sum(rows) as bigint) from intermediate.int_row_fates group by all"
        ).fetchall()
        versions = connection.execute(
            "select outcome, fate from staging.stg_records__deployments_flagged"
            f" inner join staging.stg_landing__batches using (batch_id) where source_record_id = '{WRONG}'"
            " order by batch_number"
        ).fetchall()
    return Run(said, (home / "releases" / "current").resolve(), {tuple(f[:3]): f[3] for f in fates}, versions)


def run(folder: Path, home: Path, *more: str) -> Run:
    done = scorecard("run", folder, "--home", home, *more)
    assert done.returncode == 0, done.stderr
    return look(home, done.stderr)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert text.count(old) == 1, f"{path.name} no longer holds {old!r} once"
    path.write_bytes(text.replace(old, new).encode())


@pytest.fixture(scope="module")
def runs(released: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    folder, home = (tmp_path_factory.mktemp("corrections") / name for name in ("example", "home"))
    shutil.copytree(released("example").parents[1], home, symlinks=True)
    shutil.copytree(ROOT / "organisations" / "example", folder)
    deployments, declared = folder / "sources" / "deployments.csv", folder / "organisation.yml"
    right = "2026-02-02T15:30:00Z,2026-02-02T15:39:00Z,succeeded"
    wrong = right.replace("succeeded", "failed")
    found = [look(home, "")]

    edit(deployments, right, wrong)
    remove_second_content(folder / "sources" / "incidents.jsonl")
    edit(declared, "- name: runbook_runs", "- name: run_history")
    found.append(run(folder, home))

    edit(deployments, wrong, right)
    head, _, block = declared.read_text().partition("  - name: run_history")
    assert "- name:" not in block, "runbook_runs is the last source of the example"
    declared.write_text(head)
    found.append(run(folder, home))

    found.append(run(folder, home, "--as-of", "2026-04-05T00:00:00Z"))
    return found


def remove_second_content(incidents: Path) -> None:
    """INC-68 stands there with two contents (DEFECTS.md); its owner strikes out the second."""
    lines = incidents.read_text().splitlines(keepends=True)
    doubled = [number for number, line in enumerate(lines) if '"INC-68"' in line]
    assert len(doubled) == 2
    del lines[doubled[1]]
    incidents.write_text("".join(lines))


def test_a_wrong_row_is_published_and_the_right_one_again_when_it_is_put_back(runs: list[Run]) -> None:
    values = [each.cell("change_fail_rate", "checkout", "2026-02-01") for each in runs[:3]]
    before, wrong, after = values
    assert before[0] is not None and wrong[0] == before[0] + 1 and wrong[1:3] == before[1:3]
    assert after == before
    assert "shop_deployments: deployments.csv: 267 records, 0 new, 1 put back" in runs[2].said


def test_the_versions_of_the_row_are_all_kept_and_the_last_one_stands(runs: list[Run]) -> None:
    assert [each.versions for each in runs[:3]] == [
        [("succeeded", "staged")],
        [("succeeded", "superseded"), ("failed", "staged")],
        [("succeeded", "superseded"), ("failed", "superseded"), ("succeeded", "staged")],
    ]


def test_a_doubled_row_is_no_longer_held_when_one_of_the_two_is_struck_out(runs: list[Run]) -> None:
    held = [each.fates.get(("incident_desk", "quarantined", "two contents under one key"), 0) for each in runs[:3]]
    assert held == [2, 0, 0]


def test_a_renamed_source_is_counted_once(runs: list[Run]) -> None:
    months = ("2026-01-01", "2026-02-01", "2026-03-01")
    cells = [[each.cell("automation_success", "example", month) for month in months] for each in runs]
    assert cells[1] == cells[0]
    assert runs[1].fates["runbook_runs", "not_applicable", "source not declared"] == 77
    assert ("run_history", "not_applicable", "source not declared") not in runs[1].fates


def test_a_removed_source_feeds_nothing_and_its_rows_are_accounted_for(runs: list[Run]) -> None:
    removed = runs[2]
    assert removed.cell("automation_success", "example", "2026-02-01")[4] == "missing_source"
    for name in ("runbook_runs", "run_history"):
        assert {key[1:]: rows for key, rows in removed.fates.items() if key[0] == name} == {
            ("not_applicable", "source not declared"): 77
        }
        assert f"undeclared  {name}: 77 landed rows are kept" in removed.said
    shown = removed.one("select sum(rows) from quality where section = 'rows' and reason = 'source not declared'")
    assert shown == (2 * 77,)


def test_as_of_a_day_when_it_was_declared_the_source_is_seen_again(runs: list[Run]) -> None:
    first, past = runs[0], runs[3]
    assert past.cell("automation_success", "example", "2026-02-01") == first.cell(
        "automation_success", "example", "2026-02-01"
    )
    assert ("runbook_runs", "staged", None) in past.fates
    assert {fate for source, fate, _ in past.fates if source == "run_history"} == {"not_applicable"}
