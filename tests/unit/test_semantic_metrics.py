"""The metrics of the semantic layer: written from the catalogue, and made of parts that add up to what is published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.publish import semantic
from pipelines.publish.catalogue import metrics
from tests.support import ROOT

DOCUMENT = ROOT / "dbt_project" / "models" / "semantic" / "_semantic__metrics.yml"
EXPRESSED = {row["metric_id"] for row in metrics() if semantic.why_not(row) is None}
SUMMED = """
    with grains as (
        select unnest(['week', 'month', 'quarter']) as period_type
    ),

    parts as (
        select metric_id, day_on, numerator, denominator, e.entity_type, e.entity_id
        from scorecard.scorecard.metric_parts as p,
            unnest([
                {entity_type: 'service', entity_id: p.service_id}, {entity_type: 'team', entity_id: p.team_id},
                {entity_type: 'area', entity_id: p.area}, {entity_type: 'portfolio', entity_id: 'example'}
            ]) as t(e)
        where p.dimension is null and e.entity_id is not null
    )

    select metric_id, entity_type, entity_id, period_type,
        cast(date_trunc(period_type, day_on) as date) as period_start_on,
        sum(numerator) as numerator, sum(denominator) as denominator
    from parts cross join grains
    group by all
"""


def test_the_file_is_what_the_catalogue_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == semantic.document(), "run `make docs`"


def test_every_metric_is_expressed_or_it_is_said_why_not() -> None:
    reasons = {row["metric_id"]: semantic.why_not(row) for row in metrics()}
    assert all(reason is None or len(reason.split()) > 5 for reason in reasons.values())
    assert {"time_to_restore", "deployment_frequency"} <= {metric for metric, reason in reasons.items() if reason}
    assert "change_fail_rate" in EXPRESSED


def _disagreeing(con: duckdb.DuckDBPyConnection) -> tuple[int, list[tuple[object, ...]]]:
    """Shown cells of expressed metrics, and those whose parts are not what their sums over days and owners are."""
    con.execute(f"create or replace temp table summed as {SUMMED}")
    cells = f"""
        from scorecard.scorecard.metric_values as cells
        inner join (
            select metric_id, interval_method <> 'none' as has_ratio from scorecard.scorecard.metric_catalogue
        ) using (metric_id)
        left join summed using (metric_id, entity_type, entity_id, period_type, period_start_on)
        where cells.dimension is null and cells.value is not null
            and metric_id in ({", ".join(f"'{metric}'" for metric in sorted(EXPRESSED))})
    """
    shown = con.execute(f"select count(*) {cells}").fetchone() or (0,)
    wrong = con.execute(
        f"select metric_id, entity_id, period_start_on, cells.numerator, summed.numerator {cells} and not coalesce("
        "abs(coalesce(summed.numerator, 0) - cells.numerator) <= 1e-9 * (1 + abs(cells.numerator)) and (not has_ratio "
        "or abs(summed.denominator - cells.denominator) <= 1e-9 * (1 + abs(cells.denominator))), false)"
    ).fetchall()
    return int(shown[0]), wrong


def test_published_parts_add_up_to_the_published_values(released: Callable[..., Path]) -> None:
    with duckdb.connect(str(released("example") / "scorecard.duckdb"), read_only=True) as con:
        shown, wrong = _disagreeing(con)
    assert wrong == []
    assert shown > 500


def test_a_part_that_is_missing_is_seen(released: Callable[..., Path]) -> None:
    release = released("example")
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as scorecard")
        con.execute("create schema scorecard.scorecard")
        for table in ("metric_parts", "metric_values", "metric_catalogue"):
            file = release / "tables" / f"scorecard.{table}.parquet"
            con.execute(f"create table scorecard.scorecard.{table} as from read_parquet('{file}')")
        con.execute(
            "delete from scorecard.scorecard.metric_parts where metric_id = 'change_fail_rate' and numerator > 0 "
            "and day_on = (select min(day_on) from scorecard.scorecard.metric_parts "
            "where metric_id = 'change_fail_rate' and numerator > 0)"
        )
        _, wrong = _disagreeing(con)
    assert {row[0] for row in wrong} == {"change_fail_rate"}


def test_a_method_that_nobody_thought_about_is_an_error() -> None:
    with pytest.raises(KeyError):
        semantic.why_not({"metric_id": "new", "interval_method": "new_method"})
