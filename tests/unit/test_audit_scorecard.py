"""The scorecard door: every check holds on clean rows, and catches the fault planted for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_quality import gates
from data_quality.connection import reading
from data_quality.reconciliation import SUMS, reconcile
from data_quality.scorecard_frames import cell_examples, persons_frame, scorecard_frames, shape_frames
from data_quality.suites.disclosure import DISCLOSURE_SUITE
from data_quality.suites.scorecard import SCORECARD_SUITE, SHAPE_SUITE
from pipelines.settings import Settings
from tests import scratch_warehouse

VALUES = "scorecard.metric_values"
CHANGES = "scorecard.changes"
SIGNALS = "scorecard.integrity_signals"
FIRED = "signal_id = 'quick_close_reopen' and entity_id = 'payments'"
ONE = "entity_id = 'checkout' and period_type = 'month' and period_start_on = '2026-02-01' and dimension is null"
TEAM = "entity_id = 'payments' and period_type = 'month' and period_start_on = '2026-02-01'"
SCORE = f"update scorecard.metric_scores set {{}} where metric_id = 'incident_rate' and {TEAM}"
PILLAR = f"update scorecard.scores set {{}} where pillar = 'reliability' and {TEAM}"
GATES = "scorecard.guardrails"
HIGHLIGHTS = "scorecard.highlights"
RECOGNISED = "scorecard.recognition"
GATE = "entity_id = 'payments' and period_type = 'quarter' and period_start_on = '2026-01-01'"
CFR = f"metric_id = 'change_fail_rate' and {ONE}"

COVERED = (
    "insert into scorecard.coverage select distinct entity_type, entity_id, 'availability_time', "
    "timestamp '2026-01-31 23:00:00', null::timestamp from scorecard.coverage where entity_id = 'checkout'"
)
AVAILABILITY = (
    f"insert into {VALUES} select * replace ('availability_time' as metric_id, 'exclusions' as dimension, "
    "'none' as dimension_value, {up} as numerator, {asked} as denominator) "
    f"from {VALUES} where metric_id = 'rework_rate' and entity_type = 'portfolio' and period_type = 'month' "
    "and period_start_on = '2026-02-01'"
)

_HOUR_OF_REQUESTS = """
    create table reliability.fct_slo_hours as select 'samples' as source, 'one' as source_record_id,
        'checkout' as service_id, null::varchar as team_id, null::varchar as area,
        timestamp '2026-02-10 09:00:00' as hour_at,
        'availability' as sli, false as is_excluded, 'occurrences' as budgeting, null::double as slice_target,
        28 as window_days,
        1 as samples, 900 as good, 1000 as valid, 1000 as budget_valid, 100 as budget_bad, 1000000 as allowed_millionths
"""
# Check -> statements that break what it expects, and words that a stranger must find in its message.
FAULTS: dict[str, tuple[list[str], str]] = {
    "published_columns": (
        ["alter table scorecard.metric_values drop column censored"], "scorecard.metric_values.censored",
    ),
    "metric_values_not_empty": ([f"delete from {VALUES}"], "rows=0"),
    "metric_values_key": ([f"insert into {VALUES} select * from {VALUES} where {CFR}"], "double_keys=1"),
    "one_as_of": ([f"update {VALUES} set as_of = as_of + interval 1 day where {CFR}"], "other_as_of=1"),
    "exclusions_belong": (
        ["update scorecard.exclusions set entity_id = 'ghost' where entity_id = 'checkout'"], "orphan_exclusions=",
    ),
    "exclusions_counted": (
        ["update scorecard.exclusions set rows = 0 where entity_id = 'checkout'"], "empty_exclusions=",
    ),
    "vocabulary_status": ([f"update {VALUES} set status = 'fine' where {CFR}"], "status=fine"),
    "vocabulary_entity_type": ([f"update {VALUES} set entity_type = 'person' where {CFR}"], "entity_type=person"),
    "vocabulary_period_type": ([f"update {VALUES} set period_type = 'year' where {CFR}"], "period_type=year"),
    "vocabulary_metric": ([f"update {VALUES} set metric_id = 'velocity' where {CFR}"], "metric_id=velocity"),
    "every_metric_present": ([f"delete from {VALUES} where metric_id = 'rework_rate'"], "metric_id=rework_rate"),
    "unit_and_version": ([f"update {VALUES} set unit = 'percent' where {CFR}"], "checkout month 2026-02-01"),
    "ratio_range": ([f"update {VALUES} set value = 1.2, high = 1.3 where {CFR}"], "value=1.2"),
    "numerator_within": (
        [f"update {VALUES} set numerator = denominator + 1 where {CFR}"], "change_fail_rate service checkout",
    ),
    "interval_order": ([f"update {VALUES} set low = 0.9 where {CFR}"], "low=0.9"),
    "unknown_has_no_value": ([f"update {VALUES} set status = 'missing_source' where {CFR}"], "status=missing_source"),
    "nothing_counted_without_source": (
        [f"update {VALUES} set status = 'missing_source', value = null, low = null, high = null where {CFR}"],
        "change_fail_rate service checkout",
    ),
    "known_has_value": ([f"update {VALUES} set value = null where {CFR}"], "value=None"),
    "parts_not_negative": ([f"update {VALUES} set censored = -1 where {CFR}"], "change_fail_rate service checkout"),
    "numbers_finite": ([f"update {VALUES} set high = 'inf'::double where {CFR}"], "high=inf"),
    "status_follows_n": ([f"update {VALUES} set n = 7 where {CFR} and status = 'ok'"], "n=7"),
    "parts_of_ratio": (
        [f"update {VALUES} set numerator = numerator + 1 where {CFR}"], "change_fail_rate service checkout",
    ),
    "period_starts": ([f"update {VALUES} set period_start_on = '2026-02-03' where {CFR}"], "2026-02-03"),
    "closed_periods": ([f"update {VALUES} set is_closed = false where {CFR}"], "change_fail_rate service checkout"),
    "dimension_pairs": ([f"update {VALUES} set dimension = 'severity' where {CFR}"], "dimension=severity"),
    "names_given": ([f"update {VALUES} set entity_name = null where {CFR}"], "change_fail_rate service checkout"),
    "every_shown_cell_is_compared": ([f"delete from {CHANGES} where {CFR}"], "metric_id=change_fail_rate"),
    "changes_belong": (
        [f"insert into {CHANGES} select * replace ('ghost' as entity_id) from {CHANGES} where {CFR}"],
        "service ghost 2026-02-01",
    ),
    "changes_state_their_cells": (
        # The value of March in the place of January's: that of the wrong period.
        [f"update {CHANGES} set previous_value = (select value from {VALUES} where metric_id = 'change_fail_rate' "
         "and entity_id = 'checkout' and period_type = 'month' and period_start_on = '2026-03-01' "
         f"and dimension is null) where {CFR}"],
        "service checkout 2026-02-01",
    ),
    "changes_follow_from_their_cells": (
        [f"update {CHANGES} set change_low = change_low + 1e-6 where {CFR}"], "service checkout 2026-02-01",
    ),
    "verdicts_follow_from_their_limits": (
        [f"update {CHANGES} set verdict = 'better' where {CFR}"], "service checkout 2026-02-01",
    ),
    "every_metric_of_the_policy_is_judged": (
        [f"delete from scorecard.metric_scores where metric_id = 'incident_rate' and {TEAM}"],
        "team payments 2026-02-01",
    ),
    "metric_scores_state_their_cells": ([SCORE.format("value = value + 1e-6")], "team payments 2026-02-01"),
    "metric_scores_range": ([SCORE.format("high = 100.5")], "100.5"),
    "metric_scores_in_band": ([SCORE.format("low = score + 0.1")], "team payments 2026-02-01"),
    "metric_scores_known": ([SCORE.format("status = 'insufficient'")], "insufficient"),
    "metric_scores_goals": ([SCORE.format("floor = floor + 0.1")], "team payments 2026-02-01"),
    "metric_scores_follow": (
        # The goal is kept, and not what the value earns against it.
        [SCORE.format("score = score + 1, high = 100")], "team payments 2026-02-01",
    ),
    "metric_scores_shrink": ([SCORE.format("own_weight = 0.49")], "team payments 2026-02-01"),
    "no_cohort_is_scored_early": (
        # What is there already is from before the day that the cohort is scored from.
        ["update core.dim_team set rollout_cohort = 'pilot' where team_id = 'payments'"], "team payments 2026-0",
    ),
    "gaps_are_open_or_reached": (
        [f"update scorecard.gaps_to_target set status = 'reached' where metric_id = 'incident_rate' and {TEAM}"],
        "reached",
    ),
    "pillars_belong": ([f"delete from scorecard.scores where pillar = 'overall' and {TEAM}"], "pillar=overall"),
    "scores_range": ([PILLAR.format("low = 0.5")], "0.5"),
    "scores_in_band": ([PILLAR.format("high = value - 0.1")], "team payments 2026-02-01"),
    "scores_known": ([PILLAR.format("value = null, low = null, high = null")], "team payments 2026-02-01"),
    "score_weights": ([SCORE.format("weight = weight + 0.01")], "weights 1.01"),
    "scores_follow": (
        # An arithmetic mean lets one good metric hide a bad one.
        [PILLAR.format(
            "value = (select sum(score * weight) / sum(weight) from scorecard.metric_scores "
            f"where pillar = 'reliability' and score is not null and {TEAM}), low = 1, high = 100"
        )],
        "by its parts",
    ),
    "signal_rates_at_least_probabilities": (
        [f"update {SIGNALS} set q_value = 0.001 where {FIRED}"], "rates_below_probabilities=1",
    ),
    "signal_rates_follow_from_probabilities": (
        [f"update {SIGNALS} set q_value = 0.05 where {FIRED}"], "payments 2026-01-01 INC-001,INC-002",
    ),
    "signals_that_fire_have_evidence": (
        [f"update {SIGNALS} set evidence_ids = null where {FIRED}"], "fired_without_evidence=1",
    ),
    "signal_evidence_exists": (
        [f"update {SIGNALS} set evidence_ids = 'INC-001,INC-ghost' where {FIRED}"], "INC-ghost",
    ),
    "plausible_rate": (
        [f"update {VALUES} set value = 9e6, high = 9e6 where metric_id = 'time_to_restore' and {ONE}"],
        "largest_value=9e+06",
    ),
    "spine_complete": ([f"delete from {VALUES} where {CFR}"], "checkout 2026-02-01"),
    "portfolio_is_sum": (
        [f"update {VALUES} set numerator = numerator + 1 where entity_type = 'portfolio' "
         "and metric_id = 'incident_rate' and period_type = 'month' and period_start_on = '2026-02-01'"],
        "2026-02-01: portfolio",
    ),
    "teams_within_portfolio": (
        [f"update {VALUES} set numerator = numerator + 50 where entity_type = 'team' and metric_id = 'incident_rate' "
         "and period_type = 'month' and period_start_on = '2026-02-01'"],
        "incident_rate",
    ),
    "no_person_named": (
        ["update reliability.fct_incidents set resolved_by = 'Updated by 21' where incident_id = 'INC-005'",
         "update delivery.fct_deployments set version = 'jo.doe@example.org' where deployment_id = 'D-0005'"],
        "fct_incidents.resolved_by",
    ),
    "guardrails_complete": (
        [f"delete from {GATES} where guardrail_id = 'harm' and {GATE}"], "team payments quarter 2026-01-01",
    ),
    "guardrails_known": ([f"update {GATES} set guardrail_id = 'kindness' where {GATE}"], "guardrail_id=kindness"),
    "guardrails_unknown_is_not_held": (
        [f"update {GATES} set held = true where guardrail_id = 'risk_taking' and {GATE}"],
        "payments quarter 2026-01-01 no_exposure held true n 0",
    ),
    "guardrails_follow_from_their_limits": (
        [f"update {GATES} set failed = 4, observed = 4 / 30.0 where guardrail_id = 'over_automation' and {GATE}"],
        "payments quarter 2026-01-01 held held true n 30 failed 4",
    ),
    "awards_need_their_guardrails": (
        [f"update {GATES} set held = false, status = 'breached', failed = 1 where guardrail_id = 'oversight' "
         "and entity_id = 'payments' and period_start_on = '2025-10-01'"],
        "payments 2026-01-01",
    ),
    "awards_need_improvement": (
        ["update scorecard.award_tests set is_improved = false where entity_id = 'payments'"], "payments 2026-01-01",
    ),
    "awards_say_why_not": (
        ["update scorecard.awards set withheld_codes = null where entity_id = 'finding'"], "finding 2026-01-01",
    ),
    "recognition_complete": (
        [f"delete from {RECOGNISED} where item_id = 'recipe_reused' and {GATE}"], "payments quarter 2026-01-01",
    ),
    "recognition_known": (
        [f"update {RECOGNISED} set item_id = 'nicest_team' where item_id = 'recipe_reused' and {GATE}"], "nicest_team",
    ),
    "recognition_evidence_exists": (
        # R-3 is a reuse by the team itself.
        [f"update {RECOGNISED} set evidence_ids = 'log/R-1,log/R-3' where item_id = 'recipe_reused' and {GATE}"],
        "records 2 log/R-1,log/R-3",
    ),
    "recognition_counts_its_evidence": (
        [f"update {RECOGNISED} set records = 3 where item_id = 'recipe_reused' and {GATE}"], "records 3 log/R-1",
    ),
    "recognition_unknown_is_not_zero": (
        [f"update {RECOGNISED} set records = 0 where item_id = 'review_published' and {GATE}"], "records 0",
    ),
    "highlight_evidence_exists": (
        [f"update {HIGHLIGHTS} set evidence_ids = 'log/R-1,log/R-3'"], "recipe_reused/payments/2026-01-01/restart",
    ),
    "highlights_follow_from_their_rows": (
        [f"update {HIGHLIGHTS} set sentence = replace(sentence, '2 automations', '3 automations')"],
        "derived 3 automations from recipe restart. | by its rows: 1 other team derived 2 automations",
    ),
    "highlights_are_few": (
        [f"insert into {HIGHLIGHTS} select highlights.* replace (highlight_id || n as highlight_id) "
         f"from {HIGHLIGHTS} cross join range(5) as more(n)"],
        "too_many=6",
    ),
    "quarantine_threshold": (
        ["update intermediate.int_row_fates set rows = 9 where fate = 'quarantined'"], "severity: no such word",
    ),
    "fates_are_known": (
        ["update intermediate.int_row_fates set fate = 'dropped' where fate = 'deleted'"], "source=deployments",
    ),
}  # fmt: skip

# A week of 35 hours of payments is covered, with an hour by hand; nothing of it is published.
_HOUR_BY_HAND = [
    "create schema toil",
    "create table toil.fct_toil_entries as select 'T-1' as entry_id, 'payments' as team_id, "
    "null::varchar as incident_id, 'ticket' as basis, "
    "timestamp '2026-02-03 10:00:00' as performed_at, 60.0::double as minutes, null::varchar as service_id, "
    "false as is_same_work, 'toil' as source, 'b' as batch_id",
    "alter table core.dim_team add column capacity_hours_per_week double",
    "update core.dim_team set capacity_hours_per_week = 35 where team_id = 'payments'",
    "create or replace table scorecard.coverage as select 'toil_share' as metric_id, 'team' as entity_type, "
    "'payments' as entity_id, timestamp '2026-02-02 00:00:00' as covered_from, "
    "timestamp '2026-02-09 00:00:00' as covered_to",
]
# Two answers of one team that overlap, an hour and a half in all; nothing of it is published.
_ANSWERED = [
    "create schema toil",
    "create table toil.fct_incident_responses as select incident_id, 'checkout' as service_id, 'payments' as team_id, "
    "began as started_at, began as first_action_at, began + interval 1 hour as ended_at "
    "from (values ('I-1', timestamp '2026-02-03 10:00:00'), ('I-2', timestamp '2026-02-03 10:30:00')) "
    "as v(incident_id, began)",
    "create or replace table scorecard.coverage as select 'manual_intervention_minutes' as metric_id, "
    "'service' as entity_type, 'checkout' as entity_id, timestamp '2026-01-05 00:00:00' as covered_from, "
    "null::timestamp as covered_to",
]
SUM_FAULTS: dict[str, tuple[list[str], str]] = {
    "landed_rows_have_one_fate": (
        ["update intermediate.int_row_fates set rows = rows - 1 where source = 'runs' and fate = 'staged'"],
        "landed 86, with a fate 85",
    ),
    "quarantined_rows_are_listed": (["delete from staging.quarantine"], "quarantined 1, listed none"),
    "staged_records_reach_facts": (
        ["delete from delivery.fct_deployments where deployment_id = 'D-0007'"], "staged 257, in the fact table 256",
    ),
    "facts_reach_metrics": (
        [f"update {VALUES} set n = n - 1 where entity_type = 'portfolio' and metric_id = 'rework_rate' "
         "and period_type = 'month' and period_start_on = '2026-02-01'"],
        "rework_rate month 2026-02-01: facts 83, counted or excluded 82",
    ),
    "hours_reach_budgets": (
        [_HOUR_OF_REQUESTS,
         f"insert into {VALUES} select * replace ('burn_rate' as metric_id, 100 as numerator, 2 as denominator) "
         f"from {VALUES} where metric_id = 'rework_rate' and entity_type = 'portfolio' and period_type = 'month' "
         "and period_start_on = '2026-02-01' and dimension is null"],
        "burn_rate month 2026-02-01: allowed by the hours 1, published 2",
    ),
    "deployments_by_outcome": (
        [f"delete from {VALUES} where dimension_value = 'unknown' and period_type = 'month'"], "month 2026-02-01",
    ),
    "incidents_are_linked_once": (
        ["delete from delivery.fct_incident_deployment_links where incident_id = 'INC-003'"], "expected 56, found 55",
    ),
    "answers_are_united": (_ANSWERED, "by incidents 5400000000, in the cell none"),
    "unplanned_work_is_that_of_facts": (
        [*_HOUR_BY_HAND, "update scorecard.coverage set metric_id = 'unplanned_work_share'", *_ANSWERED[1:2]],
        "team payments month 2026-02-01: of the facts 3600000000, in the cell none",
    ),
    "work_by_hand_is_that_of_entries": (_HOUR_BY_HAND, "entries 3600000000, in the cell none"),
    "capacity_is_that_of_teams": (_HOUR_BY_HAND, "of the team 126000000000, in the cell none"),
    "up_time_is_swept": (
        [COVERED, AVAILABILITY.format(up=672, asked=672)],
        "month 2026-02-01 windows none up: published 2419200000000, swept",
    ),
    "outages_are_swept": (
        [COVERED.replace("availability_time", "market_outage_minutes"),
         AVAILABILITY.format(up=1, asked=28).replace("availability_time", "market_outage_minutes")
         .replace("'exclusions' as dimension, 'none' as", "null as dimension, null as")],
        "month 2026-02-01: published 60000000, swept",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scratch_warehouse.build(tmp_path_factory.mktemp("scorecard"))[1]


@pytest.fixture
def planted(clean: Settings, tmp_path: Path) -> Iterator[Settings]:
    shutil.copytree(clean.home, tmp_path / "home")
    yield Settings(home=tmp_path / "home", threads=2)


def test_clean_rows_pass(clean: Settings) -> None:
    report = gates.audit_scorecard(clean, None)
    assert report.failures == ()
    others = {one.name for one in DISCLOSURE_SUITE}  # test_audit_disclosure.py
    assert {check.name for check in report.checks} == {*FAULTS, *SUM_FAULTS, *others}


def test_every_check_has_a_planted_fault() -> None:
    assert {one.name for one in (*SHAPE_SUITE, *SCORECARD_SUITE)} == set(FAULTS)
    assert {one.name for one in SUMS} == set(SUM_FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_caught(planted: Settings, name: str) -> None:
    statements, words = FAULTS[name]
    for statement in statements:
        scratch_warehouse.change(planted, statement)
    suite = [one for one in (*SHAPE_SUITE, *SCORECARD_SUITE) if one.name == name]
    with reading(planted) as con:
        frames = shape_frames(con) if suite[0] in SHAPE_SUITE else scorecard_frames(con)
        (check,) = gates.judge(suite, frames, lambda violation: cell_examples(con, violation))
    assert not check.passed
    assert words in check.message
    assert "expected:" in check.message and "Where to look:" in check.message and "Remedy:" in check.message


@pytest.mark.parametrize("name", SUM_FAULTS)
def test_broken_sum_is_caught(planted: Settings, name: str) -> None:
    statements, words = SUM_FAULTS[name]
    for statement in statements:
        scratch_warehouse.change(planted, statement)
    with reading(planted) as con:
        check = next(check for check in reconcile(con) if check.name == name)
    assert not check.passed
    assert words in check.message


def test_time_hit_is_swept_to_the_same_whatever_overlaps(planted: Settings) -> None:
    """February has 28 days in Berlin; what an incident of checkout hit is told minute by minute."""
    with reading(planted) as con:
        spans = con.execute(
            "select epoch_us(starts_at) // 60000000, epoch_us(ends_at) // 60000000 "
            "from reliability.fct_service_impacts where service_id = 'checkout'"
        ).fetchall()
        low, high = con.execute(
            "select epoch_us(timestamp '2026-01-31 23:00:00') // 60000000, "
            "epoch_us(timestamp '2026-02-28 23:00:00') // 60000000"
        ).fetchone() or (0, 0)
    minutes = {minute for starts, ends in spans for minute in range(max(starts, low), min(ends, high))}
    assert minutes
    asked = 28 * 1440
    for statement in (
        f"alter table {VALUES} alter column numerator type double",
        COVERED, AVAILABILITY.format(up=(asked - len(minutes)) / 60, asked=asked / 60),
    ):  # fmt: skip
        scratch_warehouse.change(planted, statement)
    with reading(planted) as con:
        check = next(check for check in reconcile(con) if check.name == "up_time_is_swept")
    assert check.passed, check.message


@pytest.mark.parametrize(
    "fault",
    [
        f"delete from {GATES} where guardrail_id = 'escalation' and {GATE}",
        f"update {GATES} set status = 'missing_source', held = null where guardrail_id = 'escalation' and {GATE}",
        f"update {GATES} set status = 'unknown', held = null where guardrail_id = 'non_inferiority' and {GATE}",
    ],
)
def test_an_award_beside_a_guardrail_that_cannot_be_said_is_refused(planted: Settings, fault: str) -> None:
    scratch_warehouse.change(planted, fault)
    suite = [one for one in SCORECARD_SUITE if one.name == "awards_need_their_guardrails"]
    with reading(planted) as con:
        (check,) = gates.judge(suite, scorecard_frames(con))
    assert not check.passed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jo.doe@example.org", True), ("thanks to @jodoe", True), ("@jodoe", True), ("(@jo-doe)", True),
        ("drain-queue@1", False), ("drain-queue@v2", False), ("@acme/web", False), ("a @ b", False),
        ("Caller 12", True), ("Updated by 21", True), ("held by nobody", False),
    ],
)  # fmt: skip
def test_a_person_is_told_from_a_version(planted: Settings, text: str, names: bool) -> None:
    scratch_warehouse.change(planted, f"update {HIGHLIGHTS} set subject_id = '{text}'")
    suite = [one for one in SCORECARD_SUITE if one.name == "no_person_named"]
    with reading(planted) as con:
        (check,) = gates.judge(suite, {"persons": persons_frame(con)})
    assert check.passed is not names
    assert ("scorecard.highlights.subject_id" in check.message) is names


def test_a_median_that_was_not_reached_is_no_fault(planted: Settings) -> None:
    """More than half still open: no value and no upper bound, and yet enough incidents to say so."""
    scratch_warehouse.change(
        planted,
        f"update {VALUES} set value = null, high = null where metric_id = 'time_to_restore' and {ONE}",
    )
    suite = [one for one in SCORECARD_SUITE if one.name == "known_has_value"]
    with reading(planted) as con:
        (check,) = gates.judge(suite, scorecard_frames(con))
    assert check.passed


@pytest.mark.parametrize(("lost", "passes"), [(1, True), (2, False)])
def test_an_event_of_no_service_may_lie_outside_the_coverage_if_it_is_counted_there(
    planted: Settings, lost: int, passes: bool
) -> None:
    """The portfolio may lack as many events as its exclusions hold beyond those of its services, and no more."""
    month = "period_type = 'month' and period_start_on = '2026-02-01' and metric_id = 'incident_rate'"
    scratch_warehouse.change(
        planted,
        "insert into scorecard.exclusions select entity_type, entity_id, entity_name, metric_id, period_type, "
        f"period_start_on, null, null, 'not_covered', 1 from {VALUES} where entity_type = 'portfolio' and {month}",
    )
    scratch_warehouse.change(
        planted, f"update {VALUES} set numerator = numerator - {lost} where entity_type = 'portfolio' and {month}"
    )
    suite = [one for one in SCORECARD_SUITE if one.name == "portfolio_is_sum"]
    with reading(planted) as con:
        (check,) = gates.judge(suite, scorecard_frames(con))
    assert check.passed is passes


def test_a_missing_table_is_said_and_not_stumbled_over(planted: Settings) -> None:
    """Without its columns nothing else can be counted: one check speaks, and the report has not passed."""
    scratch_warehouse.change(planted, "drop table scorecard.metric_values")
    report = gates.audit_scorecard(planted, None)
    assert not report.passed
    assert [check.name for check in report.checks] == ["published_columns"]
    assert "scorecard.metric_values.value" in report.failures[0]
