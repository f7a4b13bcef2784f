"""A fault planted in each layer stops publication with status 3 and in words; the former release stays readable."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support import ROOT, planted_copy, tables

EXAMPLE = "organisations/example"
DEPLOYMENTS = f"{EXAMPLE}/sources/deployments.csv"
MARTS = "dbt_project/models/marts"

Row = dict[str, str]


def _every_third(change: Callable[[Row], list[Row]]) -> Callable[[str], str]:
    """An edit of the deployment log that changes every third row."""

    def edit(text: str) -> str:
        reader = csv.DictReader(io.StringIO(text))
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(reader.fieldnames or []))
        writer.writeheader()
        for number, row in enumerate(reader):
            writer.writerows(change(row) if number % 3 == 0 else [row])
        return out.getvalue()

    return edit


def _replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text, f"the file no longer holds {old!r}: plant the fault elsewhere"
        head, _, tail = text.rpartition(old)
        return head + new + tail

    return edit


FAULTS = {
    "bad enum": (
        DEPLOYMENTS,
        _every_third(lambda row: [{**row, "outcome": "green"}]),
        ["shop_deployments", "threshold"],
    ),
    "end before start": (
        DEPLOYMENTS,
        _every_third(lambda row: [{**row, "finished_at": "2025-12-31T00:00:00Z"}]),
        ["shop_deployments", "threshold"],
    ),
    "duplicate key": (
        DEPLOYMENTS,
        _every_third(lambda row: [{**row, "version": version} for version in ("x1", "x2")]),
        ["shop_deployments", "threshold"],
    ),
    "dropped mart row": (
        f"{MARTS}/delivery/fct_deployments.sql",
        _replaced("from judged", "from judged\nwhere deployment_id <> 'web-shop-1002'"),
        ["fct_deployments"],
    ),
    "numerator above denominator": (
        "dbt_project/models/scorecard/metric_values.sql",
        _replaced("cells.numerator,", "cells.numerator + cells.n + 1 as numerator,"),
        ["numerator"],
    ),
}
PUT_BACK = "duplicate key"


@pytest.fixture
def home(released: Callable[..., Path], tmp_path: Path) -> Path:
    """A copy of a home with one good release: what one fault lands must not mend or mar another."""
    return Path(shutil.copytree(released("example").parents[1], tmp_path / "home", symlinks=True))


def _run(product: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", str(product / EXAMPLE), "--home", str(home)],
        capture_output=True,
        text=True,
        cwd=product,
        env={**os.environ, "PYTHONPATH": str(product)},
        check=False,
        timeout=600,
    )


def _plant(fault: str, product: Path) -> None:
    file, edit, _ = FAULTS[fault]
    (product / file).write_text(edit((product / file).read_text()))


def _refuses(fault: str, product: Path, home: Path) -> None:
    """The run ends with status 3 and says why; the former release stands, and can be read all the while."""
    former = (home / "releases" / "current").resolve()
    before = tables(former)

    with duckdb.connect(str(former / "scorecard.duckdb"), read_only=True) as reader:
        refused = _run(product, home)
        assert reader.execute("select count(*) > 0 from scorecard.scorecard.metric_values").fetchone() == (True,)

    assert refused.returncode == 3, refused.stderr
    for word in FAULTS[fault][2]:
        assert word in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (home / "releases" / "current").resolve() == former
    assert tables(former) == before


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != PUT_BACK])
def test_a_planted_fault_stops_publication(fault: str, home: Path, tmp_path: Path) -> None:
    product = planted_copy(tmp_path / "product")
    _plant(fault, product)
    _refuses(fault, product, home)


def test_a_log_that_was_refused_and_put_back_is_released_again(home: Path, tmp_path: Path) -> None:
    """A third of the deployment log stands there twice, and then no more: what was landed meanwhile is forgiven.

    So the same copy of the product releases when no fault is planted in it.
    """
    cells = "select * exclude (release_id) from '{}/tables/scorecard.metric_values.parquet' order by all"
    before = duckdb.sql(cells.format((home / "releases" / "current").resolve())).fetchall()
    product = planted_copy(tmp_path / "product")
    _plant(PUT_BACK, product)
    _refuses(PUT_BACK, product, home)
    shutil.copyfile(ROOT / FAULTS[PUT_BACK][0], product / FAULTS[PUT_BACK][0])
    done = _run(product, home)
    assert done.returncode == 0, done.stderr
    assert duckdb.sql(cells.format((home / "releases" / "current").resolve())).fetchall() == before


def test_the_release_asset_alone_cannot_slip_past_the_gate(home: Path) -> None:
    """Rows that changed after their audit are refused, although no check runs when the asset is asked for alone."""
    former = (home / "releases" / "current").resolve()
    with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        warehouse.execute("update scorecard.metric_values set value = 0.5 where metric_id = 'change_fail_rate'")
    (home / "dagster").mkdir(exist_ok=True)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dagster", "asset", "materialize"),
            *("--select", 'key:"release/current"', "-m", "pipelines.definitions"),
        ],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCORECARD_HOME": str(home),
            "SCORECARD_ORGANISATION": str(ROOT / EXAMPLE),
            "DAGSTER_HOME": str(home / "dagster"),
        },
        check=False,
        timeout=600,
    )
    assert done.returncode != 0
    assert "changed after their audit" in done.stdout + done.stderr
    assert (home / "releases" / "current").resolve() == former
