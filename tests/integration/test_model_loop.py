"""`make model M=…`: one model and its tests on the warehouse of the last run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.orchestration import model


@pytest.fixture
def home(released: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = released("example").parents[1]
    monkeypatch.setenv("SCORECARD_HOME", str(shutil.copytree(made, tmp_path / "home", symlinks=True)))
    return tmp_path / "home"


def test_a_model_is_built_anew_with_its_tests(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as con:
        rows = con.execute("select count(*) from automation.fct_automation_runs").fetchone()
        assert rows and rows[0] > 0
        con.execute("drop table automation.fct_automation_runs")
    assert model.main(["fct_automation_runs"]) == 0
    said = capsys.readouterr().out
    assert "success" in said and "model     fct_automation_runs" in said
    assert "unique_fct_automation_runs_run_id" in said
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        assert con.execute("select count(*) from automation.fct_automation_runs").fetchone() == rows


def test_a_model_that_does_not_build_is_no_failed_test(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as con:
        con.execute("drop table intermediate.int_cells")
    assert model.main(["metric_values"]) == 1
    said = capsys.readouterr().err
    assert "error" in said and "int_cells" in said


def test_a_broken_model_is_refused_by_its_test(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as con:
        first = "(select min(entity_key) from intermediate.int_cells)"
        con.execute(f"update intermediate.int_cells set status = 'fine' where entity_key = {first}")
    assert model.main(["metric_values"]) == 3
    assert "accepted_values_metric_values_status" in capsys.readouterr().err


@pytest.mark.parametrize(("selector", "seen"), [([], "say which model"), (["no_such_model"], "no model, seed or test")])
def test_wrong_use_is_explained(home: Path, capsys: pytest.CaptureFixture[str], selector: list[str], seen: str) -> None:
    assert model.main(selector) == 2
    assert seen in capsys.readouterr().err


def test_without_a_run_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCORECARD_HOME", str(tmp_path))
    assert model.main(["metric_alerts"]) == 2
    assert "`make scorecard` runs the demo" in capsys.readouterr().err
