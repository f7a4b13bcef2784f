"""The landing door: every check holds on clean rows, and catches the fault planted for it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data_quality import gates
from data_quality.connection import reading
from data_quality.landing_frames import landing_frames
from data_quality.suites.landing import LANDING_SUITE
from pipelines.landing import batches
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


def test_a_register_that_nothing_changed_has_not_stopped(clean: Settings) -> None:
    """The same rows of last year, once as a log and once as a list that holds until somebody changes it."""
    view, query, _ = FAULTS["landing_newest_record"]
    suite = [one for one in LANDING_SUITE if one.name == "landing_newest_record"]
    with reading(clean, warehouse=False) as con:
        _plant(con, view, query)
        con.execute("drop table memory.main.was")
        _plant(
            con, "organisation_coverage",
            "select * replace (if(kind like 'automation_runs%', 'markets', kind) as kind) from was",
        )  # fmt: skip
        (check,) = gates.judge(suite, landing_frames(con, clean))
    assert check.passed


Edit = Callable[[dict[str, str]], list[dict[str, str]]]
BAD: dict[str, Edit] = {
    "landing_keys_unambiguous": lambda row: [{**row, "version": version} for version in ("v8", "v9")],
    "landing_vocabulary": lambda row: [{**row, "outcome": "okay"}],
    "landing_required_columns": lambda row: [{**row, "deployment_id": ""}],
}


@pytest.mark.parametrize("name", BAD)
def test_what_a_later_batch_corrected_is_no_longer_held_against_a_source(name: str, tmp_path: Path) -> None:
    """A third of the rows is bad, and stays landed; put right under the same keys it is forgiven, under others not."""
    organisation, settings = scratch_warehouse.build(tmp_path)
    file = tmp_path / "scratch" / "deployments.csv"
    right = list(csv.DictReader(file.read_text().splitlines()))
    bad = [row for number, each in enumerate(right) for row in (BAD[name](each) if number % 3 == 0 else [each])]
    other = [{**row, "updated_at": row["updated_at"].replace("Z", ".5Z")} for row in right]
    verdicts = []
    for rows in (bad, other, right):
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, right[0])
            writer.writeheader()
            writer.writerows(rows)
        batches.land(organisation, settings)
        verdicts += [check.passed for check in gates.audit_landing(settings).checks if check.name == name]
    assert verdicts == [False, False, True]


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
