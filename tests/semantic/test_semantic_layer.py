"""MetricFlow, asked for a metric, says the published number. It lives in an environment of its own.

Belongs here: what the layer says against scorecard.metric_values. Does not belong here: that file's words
(tests/unit/test_semantic_metrics.py), the values themselves (tests/oracle).
"""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.publish.catalogue import metrics
from pipelines.publish.semantic import why_not
from tests.support import ROOT

VARIABLE = "SCORECARD_METRICFLOW"
GROUPS = {"service": "service", "team": "team", "area": "part__area", "portfolio": None}
EXPRESSED = [row["metric_id"] for row in metrics() if why_not(row) is None]
SUMS = {row["metric_id"] for row in metrics() if row["interval_method"] == "none"}
"""Nothing to add up is a sum of 0, where the scorecard says that something could have happened."""


@pytest.fixture(scope="module")
def query(
    released: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., list[dict[str, str]]]:
    """`mf query` on the example's release, in a copy of the dbt project."""
    metricflow = os.environ.get(VARIABLE)
    if not metricflow:
        pytest.skip(f"{VARIABLE} is not set: this test asks MetricFlow and did NOT run; `make test-semantic` runs it")
    folder = tmp_path_factory.mktemp("semantic")
    project = shutil.copytree(
        ROOT / "dbt_project", folder / "dbt_project", ignore=shutil.ignore_patterns("target", "logs", "prepared")
    )
    environment = {**os.environ, "SCORECARD_ENGINE": "release", "SCORECARD_RELEASE": str(released("example"))}

    def run(program: str, *arguments: str) -> None:
        command = [str(Path(metricflow).with_name(program)), *arguments]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def ask(*arguments: str) -> list[dict[str, str]]:
        answer = folder / "answer.csv"
        run("mf", "query", *arguments, "--csv", str(answer))
        with answer.open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    run("dbt", "parse")
    return ask


def published(release: Path, entity_type: str, period_type: str) -> dict[tuple[str, str, str], Any]:
    """The shown values, by metric, entity and first day of the period."""
    with duckdb.connect(str(release / "scorecard.duckdb"), read_only=True) as con:
        rows = con.execute(
            "select metric_id, entity_id, cast(period_start_on as varchar), value "
            "from scorecard.scorecard.metric_values "
            "where entity_type = ? and period_type = ? and dimension is null and value is not null",
            [entity_type, period_type],
        ).fetchall()
    return {(metric, entity, start): value for metric, entity, start, value in rows}


def _same(asked: float, expected: float) -> bool:
    return math.isclose(asked, expected, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("entity_type", "period_type"),
    [("service", "quarter"), ("team", "month"), ("area", "week"), ("portfolio", "month")],
)
def test_every_metric_that_it_expresses_is_the_published_number(
    query: Callable[..., list[dict[str, str]]], released: Callable[..., Path], entity_type: str, period_type: str
) -> None:
    group = GROUPS[entity_type]
    by = [f"metric_time__{period_type}", *([group] if group else [])]
    answers = query("--metrics", ",".join(EXPRESSED), "--group-by", ",".join(by))
    asked = {
        (metric, row[group] if group else "example", row[by[0]][:10]): row[metric]
        for row in answers
        for metric in EXPRESSED
    }
    expected = {
        key: value
        for key, value in published(released("example"), entity_type, period_type).items()
        if key[0] in EXPRESSED
    }
    assert len(expected) > 20, "the release shows next to nothing to compare"
    wrong = [
        f"{key}: published {value!r}, MetricFlow {asked.get(key)!r}"
        for key, value in expected.items()
        if not math.isclose(
            float(asked.get(key) or (0 if key[0] in SUMS else "nan")), value, rel_tol=1e-9, abs_tol=1e-12
        )
    ]
    assert not wrong, "\n".join(wrong[:20])


def test_what_does_not_add_up_is_asked_for_as_it_was_published(
    query: Callable[..., list[dict[str, str]]], released: Callable[..., Path]
) -> None:
    where = (
        "{{ Dimension('cell__metric_id') }} = 'time_to_restore' and {{ Dimension('cell__entity_type') }} = 'team' "
        "and {{ Dimension('cell__period_type') }} = 'quarter' and {{ Dimension('cell__split') }} is null"
    )
    answers = query(
        "--metrics", "published_value", "--group-by", "cell__entity_id,metric_time__quarter", "--where", where
    )
    asked = {("time_to_restore", row["cell__entity_id"], row["metric_time__quarter"][:10]): row for row in answers}
    expected = {k: v for k, v in published(released("example"), "team", "quarter").items() if k[0] == "time_to_restore"}
    assert expected
    assert {key: float(asked[key]["published_value"]) for key in expected} == pytest.approx(expected)
