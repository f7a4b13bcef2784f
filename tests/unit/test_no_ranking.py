"""Nobody is ranked: no published table, column or page puts teams in the order of a score."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from data_quality import gates
from pipelines.publish import release
from tests import scratch_warehouse

ROOT = Path(__file__).resolve().parents[2]
SCORED = ("scores", "metric_scores", "gaps_to_target")
RANKS = re.compile(
    r"rank|position|place|league|leader|percentile|quantile|ordinal|standing|podium|medal|winner|loser|top_|worst"
)
# Order by what makes a table's rows unique, and never by a number that judges.
KEYS = ("entity_type", "entity_id", "entity_name", "period_type", "period_start_on", "is_closed", "pillar", "metric_id")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the scratch organisation in which the better team comes last by its name."""
    organisation, settings = scratch_warehouse.build(tmp_path_factory.mktemp("unranked"))
    assert gates.audit_landing(settings).passed
    assert gates.audit_scorecard(settings, None).passed
    return release.publish(settings, organisation).path


@pytest.mark.parametrize("table", SCORED)
def test_rows_are_in_the_order_of_their_keys(released: Path, table: str) -> None:
    with duckdb.connect(str(released / "scorecard.duckdb"), read_only=True) as con:
        names = [name for (name, *_) in con.execute(f"describe scorecard.scorecard.{table}").fetchall()]
        leading = [name for name in names if name in KEYS]
        assert names[: len(leading)] == leading, "a number stands before a key, and a release is sorted by its columns"
        for source in (f"scorecard.scorecard.{table}", f"'{released}/tables/scorecard.{table}.parquet'"):
            rows = con.execute(f"select {', '.join(leading)} from {source}").fetchall()
            assert rows == sorted(rows)
            assert len(rows) == len(set(rows)), "the keys leave an order open, and a score would settle it"


def test_the_order_of_teams_is_not_that_of_their_scores(released: Path) -> None:
    """Or the test above would hold by chance: in some period the order of names is not that of scores."""
    with duckdb.connect(str(released / "scorecard.duckdb"), read_only=True) as con:
        sql = """
            select list(value order by entity_name) from scorecard.scorecard.scores
            where entity_type = 'team' and value is not null
            group by period_type, period_start_on, pillar having count(*) > 1
        """
        found = [values for (values,) in con.execute(sql).fetchall()]
    assert any(values != sorted(values) for values in found)
    assert any(values != sorted(values, reverse=True) for values in found)


def test_no_column_says_who_is_before_whom(released: Path) -> None:
    with duckdb.connect(str(released / "scorecard.duckdb"), read_only=True) as con:
        sql = "select table_name || '.' || column_name from information_schema.columns where table_schema = 'scorecard'"
        columns = [name for (name,) in con.execute(sql).fetchall()]
    assert columns
    assert [name for name in columns if RANKS.search(name.partition(".")[2])] == []


def test_no_model_of_scores_counts_places() -> None:
    """A window over scores in an order would be a place, under whatever name."""
    models = [
        path
        for folder in ("intermediate/scores", "scorecard")
        for path in (ROOT / "dbt_project" / "models" / folder).glob("*.sql")
    ]
    assert len(models) > 15
    for path in models:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(rank|dense_rank|row_number|ntile|percent_rank|cume_dist)\s*\(", text), path
        assert not re.search(r"order by[^()]*\b(score|value|shrunk_value|gap)\b", text), path


def test_the_page_lists_teams_by_name(released: Path) -> None:
    html = (released / "page" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<th scope="row">(Finding|Payments)</th>', html)
    assert rows, "the page shows no team"
    tables = [re.findall(r'<th scope="row">(Finding|Payments)</th>', part) for part in html.split("<table")[1:]]
    assert [table for table in tables if table != sorted(table)] == []
