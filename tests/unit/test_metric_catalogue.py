"""The catalogue stands in one place: document and built tables must tell what the seed tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.publish import catalogue
from tests.support import ROOT

DOCUMENT = ROOT / "docs" / "metric_catalogue.md"


def test_the_document_is_what_the_seed_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == catalogue.markdown(), "run `make docs`"


def test_every_metric_is_told_whole() -> None:
    rows = catalogue.metrics()
    told = ("name", "pillar", "unit", "better", "anchor", "definition", "example", "source", "minimum_n")
    assert not [f"{row['metric_id']}: {name}" for row in rows for name in told if not row[name].strip()]
    assert len({row["metric_id"] for row in rows}) == len(rows) > 20


def test_a_change_of_the_seed_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [{**row, "minimum_n": "6"} for row in catalogue.metrics()]
    monkeypatch.setattr(catalogue, "metrics", lambda: changed)
    with pytest.raises(AssertionError, match="make docs"):
        test_the_document_is_what_the_seed_says()


def test_the_published_catalogue_is_the_seed(released: Callable[..., Path]) -> None:
    table = released("example") / "tables" / "scorecard.metric_catalogue.parquet"
    found = duckdb.sql(f"from read_parquet('{table}')").to_arrow_table().to_pylist()
    published = {row["metric_id"]: row for row in found}
    seed = {row["metric_id"]: row for row in catalogue.metrics()}
    assert published.keys() == seed.keys()
    for metric_id, row in published.items():
        same = {name: seed[metric_id][name] for name in row if name in seed[metric_id]}
        assert {name: "" if row[name] is None else str(row[name]) for name in same} == same
