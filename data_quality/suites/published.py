"""Columns of the published tables that others rely on (interfaces.md)."""

from collections.abc import Mapping

PUBLISHED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "scorecard.metric_values": (
        "entity_type", "entity_id", "entity_name", "metric_id", "period_type", "period_start_on", "is_closed",
        "dimension", "dimension_value", "numerator", "denominator", "n", "censored", "value", "low", "high", "unit",
        "status", "metric_version", "as_of",
    ),
    "scorecard.exclusions": (
        "entity_type", "entity_id", "metric_id", "period_type", "period_start_on", "dimension", "dimension_value",
        "reason", "rows",
    ),
    "scorecard.suppressions": (
        "entity_type", "entity_id", "entity_name", "metric_id", "period_type", "period_start_on", "is_closed",
        "is_split", "reason", "as_of",
    ),
    "scorecard.changes": (
        "entity_type", "entity_id", "entity_name", "metric_id", "period_type", "period_start_on", "is_closed",
        "dimension", "dimension_value", "value", "previous_value", "change_kind", "change", "change_low", "change_high",
        "change_unit", "verdict", "reason",
    ),
    "scorecard.integrity_signals": (
        "signal_id", "signal_name", "entity_type", "entity_id", "entity_name", "period_type", "period_start_on",
        "is_closed", "statistic", "baseline", "p_value", "q_value", "suspicious", "n", "baseline_n", "status",
        "condition_holds", "is_fired", "is_cleared", "evidence_kind", "evidence_rows", "evidence_ids",
        "published_value", "rescored_value", "innocent_explanation", "review_verdict", "reviewed_at", "as_of",
    ),
    "scorecard.recognition": (
        "entity_type", "entity_id", "entity_name", "period_type", "period_start_on", "is_closed", "item_id",
        "record_kind", "status", "records", "evidence_ids", "as_of",
    ),
    "scorecard.highlights": (
        "entity_type", "entity_id", "entity_name", "period_type", "period_start_on", "is_closed", "highlight_id",
        "kind", "sentence", "subject_id", "alert_class", "events", "parties", "live_from", "events_before",
        "events_after", "median_before_minutes", "median_after_minutes", "ratio", "ratio_low", "ratio_high",
        "least_remaining_ratio", "evidence_kind", "evidence_ids", "as_of",
    ),
    "scorecard.coverage": ("entity_type", "entity_id", "metric_id", "covered_from", "covered_to"),
    "scorecard.metric_catalogue": (
        "metric_id", "name", "pillar", "unit", "better", "anchor", "follow_up", "interval_method", "definition",
        "example", "source", "minimum_n", "metric_version", "people_records",
    ),
    "scorecard.policy": (
        "policy_version", "valid_from", "valid_to", "metric_id", "tier", "pillar", "pillar_weight", "floor", "target",
        "weight", "minimum_n", "phase", "excuses_no_exposure", "why", "is_retroactive",
    ),
    "scorecard.policy_settings": (
        "policy_version", "valid_from", "valid_to", "section", "setting", "item", "value", "number", "why",
        "is_retroactive",
    ),
    "scorecard.policy_cohorts": ("cohort", "starts_on", "scored_from", "why", "is_retroactive"),
    "scorecard.policy_exceptions": (
        "entity_type", "entity_id", "metric_id", "guardrail_id", "valid_from", "expires_on", "approver_role", "reason",
        "is_retroactive",
    ),
    "scorecard.scores": (
        "entity_type", "entity_id", "entity_name", "period_type", "period_start_on", "is_closed", "pillar", "value",
        "low", "high", "status", "pillar_weight", "metrics", "scored_metrics", "excused_metrics", "excused_weight",
        "policy_version", "as_of",
    ),
    "scorecard.metric_scores": (
        "entity_type", "entity_id", "entity_name", "period_type", "period_start_on", "is_closed", "pillar", "metric_id",
        "value", "shrunk_value", "portfolio_value", "own_weight", "n", "minimum_n", "floor", "target", "tier_1_days",
        "tier_2_days", "tier_3_days", "tier_4_days", "tier_unknown_days", "weight", "score", "low", "high", "status",
        "is_excused", "policy_version", "as_of",
    ),
    "scorecard.gaps_to_target": (
        "entity_type", "entity_id", "entity_name", "period_type", "period_start_on", "is_closed", "metric_id", "value",
        "target", "gap", "gap_unit", "status", "policy_version", "as_of",
    ),
    "scorecard.score_draws": ("draw", "slot", "z1", "z2", "u"),
    "scorecard.guardrails": (
        "entity_type", "entity_id", "entity_name", "guardrail_id", "period_type", "period_start_on", "is_closed",
        "held", "status", "measure", "observed", "threshold", "unit", "n", "failed", "unknown", "excepted",
        "evidence_ids", "evidence_rows", "approver_role", "median_review_minutes", "restored_by", "policy_version",
        "as_of",
    ),
    "scorecard.awards": (
        "entity_type", "entity_id", "entity_name", "award_id", "period_type", "period_start_on", "granted",
        "withheld_codes", "withheld_because", "evidence", "policy_version", "as_of",
    ),
    "scorecard.award_tests": (
        "entity_type", "entity_id", "entity_name", "award_id", "period_type", "period_start_on", "metric_id",
        "quarters", "quarters_better", "metrics", "p_value", "corrected_p", "is_improved", "policy_version", "as_of",
    ),
    "scorecard.quality": (
        "section", "source", "feed", "kind", "batch_id", "fate", "reason", "rows", "records", "check_name", "passed",
        "observed",
    ),
    "scorecard.freshness": (),
}  # fmt: skip
COLUMNS_EXPECTED = tuple(f"{table}.{column}" for table, columns in PUBLISHED_COLUMNS.items() for column in columns)
