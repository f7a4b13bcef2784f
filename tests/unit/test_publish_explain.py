"""From a published cell down to the rows that its sources wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from data_quality import gates
from pipelines.errors import UserError
from pipelines.publish import release
from pipelines.publish.explain import explain
from pipelines.settings import Settings
from tests import scratch_warehouse


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    organisation, settings = scratch_warehouse.build(tmp_path_factory.mktemp("explain"))
    assert gates.audit_landing(settings).passed
    assert gates.audit_scorecard(settings, None).passed
    release.publish(settings, organisation)
    return settings


def test_parts_exclusions_and_records_agree(home: Settings) -> None:
    """Facts in scope = n + excluded; hits = numerator."""
    found = explain(home, "change_fail_rate", "checkout", "2026-02-01", "month")
    assert found.total_records == found.cell["n"] + sum(rows for _, rows in found.exclusions)
    assert dict(found.exclusions) == {"outcome_unknown": 2}
    assert sum(record.is_hit for record in found.records) == found.cell["numerator"]


def test_source_rows_are_as_the_source_wrote_them(home: Settings) -> None:
    found = explain(home, "change_fail_rate", "checkout", "2026-02-01", "month")
    failed = next(record for record in found.records if record.is_hit)
    (row,) = failed.rows
    assert row.file == "deployments.csv" and row.values["outcome"] == "failed"
    assert row.values["deployment_id"] == failed.source_record_id
    assert row.row == int(failed.source_record_id.removeprefix("D-")) + 1
    text = str(found)
    assert f"deployments.csv row {row.row} (staged): deployment_id={failed.source_record_id}" in text
    assert "outcome_unknown" in text and "(in the numerator)" in text and "Change fail rate of Checkout" in text


def test_the_change_from_the_period_before_is_said(home: Settings) -> None:
    found = explain(home, "change_fail_rate", "checkout", "2026-02-01", "month")
    assert found.change is not None and found.change.before == "January 2026"
    assert found.change.change == pytest.approx(found.cell["value"] - found.change.previous_value)
    lines = str(found).splitlines()
    assert lines[2] == f"  change       {found.change.text}" and "January 2026" in lines[2] and " points (" in lines[2]
    assert lines[3].startswith("  before       ") and lines[3].endswith(" % in January 2026")
    first = explain(home, "change_fail_rate", "checkout", "2026-01-01", "month")
    assert str(first).splitlines()[2] == "  change       nothing to compare with in December 2025"
    assert explain(home, "change_fail_rate", "checkout", "2026-04-01", "month").change is None


def test_a_record_outside_the_coverage_is_in_no_numerator(home: Settings, tmp_path: Path) -> None:
    """D-0099 failed on 7 February, 08:39: coverage that begins there has it, coverage a microsecond later has not."""
    for begins, is_covered in (("2026-02-07 08:39:00", True), ("2026-02-07 08:39:00.000001", False)):
        settings = Settings(home=tmp_path / str(is_covered), threads=2)
        shutil.copytree(home.home, settings.home, symlinks=True)
        with duckdb.connect(str(settings.releases_dir / "current" / "scorecard.duckdb")) as con:
            con.execute(
                f"update scorecard.scorecard.coverage set covered_from = '{begins}' where entity_type = 'service'"
            )
        found = explain(settings, "change_fail_rate", "checkout", "2026-02-01", "month")
        record = next(record for record in found.records if record.source_record_id == "D-0099")
        assert (record.is_hit, record.is_covered) == (is_covered, is_covered)
        before = [record for record in found.records if record.at < "2026-02-07 08:39:00"]
        assert before and not any(record.is_hit or record.is_covered for record in before)
        assert "(not covered)" in str(found)


def test_every_version_of_a_record_is_shown(home: Settings) -> None:
    """INC-020 was landed twice: the superseded version is a part of its story."""
    found = explain(home, "time_to_restore", "scratch", "2026-02-01", "month")
    story = next(record for record in found.records if record.source_record_id == "INC-020")
    assert [row.fate for row in story.rows] == ["superseded", "staged"]


def test_periods_follow_the_reporting_zone(home: Settings) -> None:
    """Berlin's day begins at 23:00 UTC: D-0078 went out on 31 January 08:30, D-0080 at 00:39 on the 1st there."""
    january = explain(home, "rollback_rate", "scratch", "2026-01-01", "month")
    february = explain(home, "rollback_rate", "scratch", "2026-02-01", "month")
    assert january.total_records == january.cell["n"] and february.total_records == february.cell["n"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("velocity", "checkout", "2026-02-01"), "known: automation_success, change_fail_rate"),
        (("rework_rate", "ghost", "2026-02-01"), "known: checkout, finding, ledger"),
        (("rework_rate", "checkout", "2020-02-01"), "2026-02-01 (month)"),
        (("rework_rate", "checkout", "2026-01-01"), "month, service by quarter"),
        (("rework_rate", "checkout", "soon"), "first day as 2026-01-01"),
    ],
)
def test_what_is_not_known_is_listed(home: Settings, arguments: tuple[str, str, str], words: str) -> None:
    with pytest.raises(UserError) as unknown:
        explain(home, *arguments)
    assert words in str(unknown.value)


def test_nothing_released_yet(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(UserError, match="nothing is released yet"):
        explain(Settings(home=tmp_path_factory.mktemp("empty")), "rework_rate", "checkout", "2026-01-01")
