"""The audit of disclosure control: every check holds on clean rows, and catches the fault planted for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from data_quality import gates
from data_quality.connection import reading
from data_quality.disclosure_frames import attack_across_frame, attack_frame, disclosure_frame
from data_quality.suites.disclosure import DISCLOSURE_DRIFT_SUITE, DISCLOSURE_SUITE
from pipelines.settings import Settings
from tests import scratch_warehouse

VALUES = "scorecard.metric_values"
Q1, JANUARY = "period_type = 'quarter' and period_start_on = '2026-01-01'", "period_start_on = '2026-01-01'"
TOIL = "metric_id = 'toil_share'"
# What two teams and their portfolio worked in a quarter: payments is small, finding goes with it.
WORKED = [
    "create schema toil",
    f"""insert into {VALUES} select * replace ('toil_share' as metric_id, 'ok' as status, 12.0 as numerator,
        100.0 as denominator, 60 as n, 0 as censored, 0.12 as value, 0.1 as low, 0.14 as high)
        from {VALUES} where metric_id = 'rework_rate' and dimension is null and is_closed
        and entity_type in ('team', 'portfolio') and ({Q1} or (period_type = 'month' and {JANUARY}))""",
    "insert into scorecard.metric_catalogue select * replace ('toil_share' as metric_id, "
    "'toil_entries' as people_records) from scorecard.metric_catalogue where metric_id = 'rework_rate'",
    "update core.dim_team set members = case team_id when 'payments' then 4 else 9 end, area = null",
    "create table toil.fct_toil_entries as select 'finding' as team_id, timestamp '2026-01-20' as performed_at, "
    "1.0 as minutes, false as is_same_work from range(30)",
    f"insert into scorecard.suppressions select entity_type, entity_id, entity_name, metric_id, period_type, "
    "period_start_on, is_closed, false, case entity_id when 'payments' then 'few_members' else 'by_subtraction' end, "
    f"as_of from {VALUES} where {TOIL} and entity_type = 'team'",
    f"update {VALUES} set status = 'suppressed', numerator = null, denominator = null, n = null, censored = null, "
    f"value = null, low = null, high = null where {TOIL} and entity_type = 'team'",
]
OF_FINDING = f"{TOIL} and entity_id = 'finding' and {Q1}"
SHOWN = f"status = 'ok', numerator = 5, denominator = 50, n = 60, censored = 0, value = 0.1 where {TOIL} and {Q1}"
# Check -> statement that breaks what it expects, and words that a stranger must find in its message.
FAULTS: dict[str, tuple[str, str]] = {
    "withheld_has_no_number": (f"update {VALUES} set numerator = 3 where {OF_FINDING}", "finding toil_share quarter"),
    "withheld_says_why": ("delete from scorecard.suppressions where entity_id = 'finding'", "without_reason=2"),
    "suppressions_belong": (f"delete from {VALUES} where {OF_FINDING}", "without_cell=1"),
    "withheld_splits_have_no_row": (
        f"insert into {VALUES} select * replace ('basis' as dimension, 'ticket' as dimension_value) from {VALUES} "
        f"where {OF_FINDING}; insert into scorecard.suppressions select * replace (true as is_split) "
        "from scorecard.suppressions where entity_id = 'finding'", "splits_with_a_row=1",
    ),
    "people_are_in_teams": (
        f"insert into {VALUES} select * replace ('service' as entity_type) from {VALUES} where {TOIL} "
        f"and entity_type = 'portfolio' and {Q1}", "of_services=1",
    ),
    "people_when_closed": (
        f"update {VALUES} set is_closed = false where {TOIL} and entity_type = 'portfolio'", "open=2",
    ),
    "few_members_withheld": (f"update {VALUES} set {SHOWN} and entity_id = 'payments'", "of_few_members=1"),
    "few_events_withheld": (
        f"update {VALUES} set {SHOWN} and entity_id = 'finding'; "
        "update toil.fct_toil_entries set minutes = null where random() >= 0", "of_few_events=1",
    ),
    "withheld_not_in_changes": (
        "insert into scorecard.changes select * replace ('toil_share' as metric_id, 'quarter' as period_type, "
        "date '2026-01-01' as period_start_on, null as dimension, null as dimension_value) from scorecard.changes "
        "where entity_id = 'payments' and entity_type = 'team' limit 1", "in_changes=1",
    ),
    "withheld_not_in_scores": (
        "insert into scorecard.metric_scores select * replace ('toil_share' as metric_id, 'quarter' as period_type, "
        "date '2026-01-01' as period_start_on) from scorecard.metric_scores where entity_id = 'payments' "
        "and value is not null limit 1", "in_scores=1",
    ),
    "withheld_not_in_gaps": (
        "insert into scorecard.gaps_to_target select * replace ('toil_share' as metric_id, 'quarter' as period_type, "
        "date '2026-01-01' as period_start_on) from scorecard.gaps_to_target where entity_id = 'payments' "
        "and value is not null limit 1", "in_gaps=1",
    ),
    "people_not_in_parts": (
        "insert into scorecard.metric_parts values ('toil_share', date '2026-01-20', 'payments', 1, 1)", "in_parts=1",
    ),
    "withheld_does_not_follow": (
        f"update {VALUES} set {SHOWN} and entity_id = 'finding'", "team payments quarter 2026-01-01",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = scratch_warehouse.build(tmp_path_factory.mktemp("disclosure"))[1]
    for statement in WORKED:
        scratch_warehouse.change(settings, statement)
    return settings


@pytest.fixture
def planted(worked: Settings, tmp_path: Path) -> Iterator[Settings]:
    shutil.copytree(worked.home, tmp_path / "home")
    yield Settings(home=tmp_path / "home", threads=2)


def _checks(settings: Settings) -> dict[str, gates.Check]:
    with reading(settings) as con:
        frames = {"disclosure": disclosure_frame(con), "attack": attack_frame(con)}
    return {check.name: check for check in gates.judge(DISCLOSURE_SUITE, frames)}


def test_clean_rows_pass(worked: Settings) -> None:
    assert [check.message for check in _checks(worked).values() if not check.passed] == []


def test_every_check_has_a_planted_fault() -> None:
    assert {one.name for one in DISCLOSURE_SUITE} == set(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_caught(planted: Settings, name: str) -> None:
    statements, words = FAULTS[name]
    for statement in statements.split("; "):
        scratch_warehouse.change(planted, statement)
    check = _checks(planted)[name]
    assert not check.passed
    assert words in check.message
    assert "expected:" in check.message and "Where to look:" in check.message and "Remedy:" in check.message


def test_a_partner_that_changes_between_two_releases_is_caught(planted: Settings, tmp_path: Path) -> None:
    """Before, finding was shown and the portfolio withheld; now it is the other way round: together they tell all."""
    tables = tmp_path / "former" / "tables"
    tables.mkdir(parents=True)
    with duckdb.connect(str(planted.warehouse_path)) as con:
        former = f"""select * replace (
            case when {TOIL} and entity_id = 'finding' then 'ok'
                when {TOIL} and entity_type = 'portfolio' then 'suppressed' else status end as status,
            case when {TOIL} and entity_id = 'finding' then 5.0 else numerator end as numerator) from {VALUES}"""
        con.execute(f"copy ({former}) to '{tables / 'scorecard.metric_values.parquet'}'")
        con.execute(f"copy scorecard.metric_catalogue to '{tables / 'scorecard.metric_catalogue.parquet'}'")
    with reading(planted) as con:
        alone = gates.judge(DISCLOSURE_SUITE[-1:], {"attack": attack_frame(con)})
        (check,) = gates.judge(DISCLOSURE_DRIFT_SUITE, {"attack_across": attack_across_frame(con, tmp_path / "former")})
    assert all(one.passed for one in alone)
    assert not check.passed and "team payments" in check.message
