"""`scorecard releases diff`: what two releases are made of, and what they say differently."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UserError
from pipelines.publish import releases
from pipelines.settings import Settings

OTHER = "20300101T000000Z-000000000000"
CELL = (
    "metric_id = 'change_fail_rate' and entity_type = 'portfolio' and period_type = 'quarter' "
    "and period_start_on = '2026-01-01' and dimension is null"
)


@pytest.fixture
def two(released: Callable[..., Path], tmp_path: Path) -> tuple[Settings, Path, Path]:
    """A home with a release of the example, and a copy of it under another name."""
    settings = Settings(home=tmp_path, threads=2)
    source = released("example")
    first = shutil.copytree(source, settings.releases_dir / source.name)
    second = shutil.copytree(source, settings.releases_dir / OTHER)
    _change_manifest(second, release_id=OTHER)
    return settings, first, second


def _change_manifest(folder: Path, **changes: object) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def _change_cells(folder: Path, statement: str) -> None:
    table = folder / "tables" / "scorecard.metric_values.parquet"
    with duckdb.connect() as con:
        con.execute(f"create table cells as from read_parquet('{table}')")
        con.execute(statement)
        con.execute(f"copy cells to '{table}' (format parquet)")


def _diff(two: tuple[Settings, Path, Path]) -> str:
    settings, first, second = two
    return releases.difference(settings, first.name, second.name)


def test_the_same_twice_differs_in_nothing(two: tuple[Settings, Path, Path]) -> None:
    said = _diff(two).splitlines()
    assert said[2:] == [
        "made of     the same inputs, instant, engine, versions",
        "tables      the same tables with the same rows",
        "verdicts    the same cells are better, worse or unclear in both",
        "metrics     every cell says the same",
    ]


def test_other_verdicts_are_counted_and_the_foremost_named(two: tuple[Settings, Path, Path]) -> None:
    table = two[2] / "tables" / "scorecard.changes.parquet"
    with duckdb.connect() as con:
        con.execute(f"create table changes as from read_parquet('{table}')")
        con.execute(
            "update changes set verdict = 'better' where metric_id = 'change_fail_rate' and period_type = 'month' "
            "and entity_type in ('portfolio', 'area') and dimension is null and verdict = 'unclear'"
        )
        con.execute(f"copy changes to '{table}' (format parquet)")
    (line,) = [line for line in _diff(two).splitlines() if "change_fail_rate" in line]
    assert line.startswith("verdicts    change_fail_rate: ") and "(unclear -> better " in line
    assert ", such as portfolio " in line and line.endswith(", March 2026: unclear -> better")
    table.unlink()
    assert "not compared: a release of an older version has none" in _diff(two)


def test_what_the_second_is_made_of_is_named(two: tuple[Settings, Path, Path]) -> None:
    manifest = json.loads((two[2] / "manifest.json").read_text())
    lost, tables = manifest["inputs"][0], manifest["tables"]
    batch = {"batch_id": "new", "source": "pages", "feed": "f", "file": "pages.csv", "rows": 1234, "sha256": "x"}
    metrics = {**manifest["versions"]["metrics"], "change_fail_rate": 99, "new_metric": 1}
    del metrics["lead_time"]
    tables[0]["rows"], tables[0]["content"] = tables[0]["rows"] + 1, "other"
    _change_manifest(
        two[2], as_of="2030-01-01T00:00:00.000000Z", inputs=[*manifest["inputs"][1:], batch], tables=tables[:-1],
        versions={**manifest["versions"], "metrics": metrics}, engine={"name": "spark", "version": "4"},
    )  # fmt: skip
    said = _diff(two)
    for part in (
        "another instant: 2026-", f"only the first has batch {lost['source']}, {lost['rows']:,} rows of {lost['file']}",
        "only the second has batch pages, 1,234 rows of pages.csv (new)", "engine name: duckdb -> spark",
        "metric new_metric is new", "metric lead_time is gone",
        "metric change_fail_rate has another definition: version 2 -> 99",
        f"{tables[0]['name']}: other rows, {tables[0]['rows'] - 1:,} -> {tables[0]['rows']:,} rows",
        f"{manifest['tables'][-1]['name']}: is gone",
    ):  # fmt: skip
        assert part in said, said


def test_cells_that_say_something_else_are_counted_and_the_foremost_shown(two: tuple[Settings, Path, Path]) -> None:
    _change_cells(
        two[2],
        f"""
        update cells set value = 0.5 where {CELL};
        update cells set status = 'missing_source', value = null, low = null, high = null
        where metric_id = 'lead_time' and entity_type = 'portfolio' and period_type = 'quarter' and dimension is null;
        delete from cells where metric_id = 'rework_rate' and entity_type = 'service';
        """,
    )
    lines = _diff(two).splitlines()
    metrics = lines[lines.index(next(line for line in lines if line.startswith("metrics"))) :]
    assert "change_fail_rate: of" in metrics[0] and "1 changed (1 in closed periods)" in metrics[0]
    assert "Q1 2026" in metrics[1] and metrics[1].endswith("-> 50 %")
    assert any(line.endswith("-> no source speaks of this") for line in metrics)
    assert sum("vanished" in line for line in metrics) == 1


def test_a_value_from_other_parts_is_not_shown_as_a_change_of_it(two: tuple[Settings, Path, Path]) -> None:
    _change_cells(two[2], f"update cells set n = n + 1 where {CELL}")
    assert _diff(two).splitlines()[-1].endswith(", from other parts or with other limits")


def test_last_digits_are_no_change(two: tuple[Settings, Path, Path]) -> None:
    _change_cells(two[2], "update cells set value = value * (1 + 1e-13)")
    assert "every cell says the same" in _diff(two)


def test_an_unknown_release_is_named_with_the_known_ones(two: tuple[Settings, Path, Path]) -> None:
    with pytest.raises(UserError, match=rf"'nope' is not known; known: {OTHER}"):
        releases.difference(two[0], "nope", OTHER)
