"""The landing door: every check holds on clean rows, and catches the fault planted for it."""

from __future__ import annotations

import duckdb
import pytest

from data_quality import gates
from data_quality.connection import reading
from data_quality.landing_frames import landing_frames
from data_quality.suites import LANDING_SUITE
from pipelines.settings import Settings
from tests import scratch_warehouse

# Check -> (landing view, what it gives instead of `was`), and words that a stranger must find in the message.
FAULTS: dict[str, tuple[str, str, str]] = {
    "landing_has_sources": ("organisation_sources", "select * from was where false", "0 over 0 rows"),
    "landing_rows": ("records_incidents", "select * from was where false", "source=incidents"),
    "landing_required_columns": (
        "records_incidents", "select * replace (null as source_record_id) from was", "required_null_rows=58",
    ),
    "landing_cursor_readable": (
        "records_deployments", "select * replace ('soon' as updated_at) from was", "cursor=updated_at",
    ),
    "landing_newest_record": (
        "records_automation_runs", "select * replace ('2025-01-01T00:00:00Z' as updated_at) from was",
        "days_since_newest=456",
    ),
    "landing_keys_unambiguous": (
        "records_deployments",
        "select * from was union all select * replace ('v9' as version) from was where _row <= 20",
        "two_contents_rows=40",
    ),
    "landing_vocabulary": (
        "records_deployments", "select * replace ('okay' as outcome) from was", "unknown_words=outcome: okay",
    ),
    "landing_operations": (
        "records_deployments", "select * replace ('merge' as _op) from was", "unknown_operations=258",
    ),
    "landing_batch_whole": ("records_deployments", "select * from was where _row > 5", "landed_rows=253"),
    "landing_batch_unchanged": ("", "", "is_changed=1"),
    "landing_batch_numbered": (
        "ledger", "select * replace (batch_number + 1 as batch_number) from was", "numbering_gaps=1",
    ),
    "landing_coverage_kind": ("organisation_coverage", "select * replace ('karma' as kind) from was", "kind=karma"),
    "landing_coverage_instants": (
        "organisation_coverage", "select * replace ('soon' as covers_from) from was", "covers_from=soon",
    ),
    "landing_coverage_order": (
        "organisation_coverage",
        "select * replace ('2020-01-01T00:00:00Z' as covers_to) from was",
        "ends_before_start=1",
    ),
    "landing_coverage_source": (
        "organisation_coverage", "select * replace ('ghost' as source) from was", "source=ghost",
    ),
    "landing_thresholds": (
        "organisation_sources", "select * replace ('none' as quarantine_share) from was", "threshold=-1",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scratch_warehouse.build(tmp_path_factory.mktemp("landing"))[1]


def test_clean_rows_pass(clean: Settings) -> None:
    report = gates.audit_landing(clean)
    assert report.failures == ()
    assert {check.name for check in report.checks} == set(FAULTS)


def test_every_check_has_a_planted_fault() -> None:
    assert {one.name for one in LANDING_SUITE} == set(FAULTS)


def _plant(con: duckdb.DuckDBPyConnection, view: str, query: str) -> None:
    con.execute(f"create table memory.main.was as select * from memory.landing.{view}")
    con.execute(f"drop view memory.landing.{view}")
    con.execute(f"create table memory.landing.{view} as {query.replace(' was', ' memory.main.was')}")


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault[0]])
def test_planted_fault_is_caught(clean: Settings, name: str) -> None:
    view, query, words = FAULTS[name]
    suite = [one for one in LANDING_SUITE if one.name == name]
    with reading(clean, warehouse=False) as con:
        _plant(con, view, query)
        (check,) = gates.judge(suite, landing_frames(con, clean))
    assert not check.passed
    assert words in check.message
    assert "expected:" in check.message and "Where to look:" in check.message and "Remedy:" in check.message


def test_changed_bytes_of_a_batch_are_caught(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A row group's byte is flipped: the size is the same, and so may be the number of rows."""
    settings = scratch_warehouse.build(tmp_path_factory.mktemp("changed"))[1]
    path = next(settings.batches_dir.glob("records_incidents/*/rows.parquet"))
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)
    suite = [one for one in LANDING_SUITE if one.name == "landing_batch_unchanged"]
    with reading(settings, warehouse=False) as con:
        frames = {"batches": landing_frames(con, settings, only_batches=True)["batches"]}
        (check,) = gates.judge(suite, frames)
    assert not check.passed
    assert FAULTS["landing_batch_unchanged"][2] in check.message
