"""What is expected at the two doors, as declarations that can be read.

Belongs here: the expectations, each with what a stranger needs to know when it fails.
Does not belong here: how frames are made (landing_frames.py, scorecard_frames.py), how they are judged
(expectations.py), sums that must agree between layers (reconciliation.py), rules of one model (dbt tests).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data_quality.report import LANDING, SCORECARD
from pipelines.organisation import COVERABLE

DRIFT = "drift"
STAGING = "staging"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One declared expectation about one frame.

    name is unique; kind and arguments are Great Expectations'; the four texts make the message of a failure.
    """

    name: str
    layer: str
    frame: str
    kind: str
    arguments: Mapping[str, object]
    expected: str
    look: str
    remedy: str
    show: tuple[str, ...] = field(default=())


def _zero(column: str) -> tuple[str, dict[str, object]]:
    return "expect_column_values_to_be_between", {"column": column, "min_value": 0, "max_value": 0}


def _between(column: str, low: float | None, high: float | None) -> tuple[str, dict[str, object]]:
    return "expect_column_values_to_be_between", {"column": column, "min_value": low, "max_value": high}


def _within(column: str, values: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    return "expect_column_values_to_be_in_set", {"column": column, "value_set": list(values)}


def _at_most(column: str, limit: str) -> tuple[str, dict[str, object]]:
    arguments = {
        "column_A": limit,
        "column_B": column,
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    }
    return "expect_column_pair_values_a_to_be_greater_than_b", arguments


def _equal(column_a: str, column_b: str) -> tuple[str, dict[str, object]]:
    return "expect_column_pair_values_to_be_equal", {"column_A": column_a, "column_B": column_b}


def _some_rows() -> tuple[str, dict[str, object]]:
    return "expect_table_row_count_to_be_between", {"min_value": 1}


# --- vocabularies -------------------------------------------------------------------------------------------------

ENTITY_TYPES = ("service", "team", "area", "portfolio")
PERIOD_TYPES = ("week", "month", "quarter")
STATUSES = (
    "ok", "provisional", "insufficient", "no_exposure", "missing_source", "immature", "quarantined", "suppressed",
)  # fmt: skip
# Words that a feed's vendor is known to write. A share of others above the source's own threshold of quarantine means
# that the vendor has changed its words: better told at the door than read from a quarantine of thousands.
FEED_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "cstate_revisions": {
        "op": ("created", "edited", "deleted"),
        "author": ("human", "bot"),
    },
    "servicenow_audit": {
        "incident_state": (
            "New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence",
            "Resolved", "Closed",
        ),
        "active": ("true", "false"),
    },
    "statuspage_incidents": {"impact": ("none", "minor", "major", "critical", "maintenance")},
    "upptime_checks": {"status": ("up", "degraded", "down")},
    "upptime_commits": {
        "actor": ("human", "bot"),
        "task": ("check", "summary", "graphs", "response_time", "config", "template_update"),
    },
    "health_checks": {"result": ("success", "failed")},
    "records_incidents": {
        "severity": ("sev1", "sev2", "sev3", "sev4", "sev5"),
        "resolved_by": ("automation", "person", "self_cleared"),
        "detected_by": ("monitor", "person", "customer"),
    },
    "records_incident_events": {
        "event": (
            "declared", "acknowledged", "escalated", "reassigned", "severity_changed", "mitigated", "resolved",
            "reopened", "edited",
        ),
        "actor": ("automation", "person"),
    },
    "records_deployments": {
        "outcome": ("succeeded", "failed", "aborted", "rolled_back"),
        "strategy": ("all_at_once", "rolling", "blue_green", "canary"),
        "trigger": ("automation", "person"),
    },
    "records_contributions": {"kind": ("recipe", "instrumentation", "training", "review")},
    "records_signal_reviews": {"verdict": ("upheld", "cleared")},
    "records_outcomes": {"measure": ("customer_satisfaction", "customer_retention")},
    "records_alerts": {"resolved_by": ("automation", "person", "self_cleared", "time_out")},
    "records_toil_entries": {"basis": ("ticket", "survey", "derived")},
    "records_capacity_events": {"event": ("scaled_by_automation", "scaled_by_person", "saturated")},
    "records_slos": {"sli": ("availability", "latency"), "budgeting": ("occurrences", "time_slices")},
    "records_automation_runs": {
        "outcome": ("succeeded", "failed", "timed_out", "aborted"),
        "mode": ("live", "dry_run", "shadow"),
        "trigger": ("alert", "incident", "schedule", "pipeline", "person"),
    },
}  # fmt: skip

# Columns that people's scripts rely on (interfaces.md).
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

# --- the landing door ---------------------------------------------------------------------------------------------

_SOURCE = ("source", "feed")
_FIX_SOURCE = (
    "look at the file that the source names; if the vendor changed its shape, change the staging model with it"
)

LANDING_SUITE = (
    Expectation(
        "landing_has_sources", LANDING, "sources", *_some_rows(),
        expected="the organisation names at least one source, and its list of sources is landed",
        look="landing.organisation_sources",
        remedy="name a source in organisation.yml",
    ),
    Expectation(
        "landing_rows", LANDING, "sources", *_between("rows", 1, None),
        expected="every source of organisation.yml has landed at least one row",
        look="landing.<feed> of the source",
        remedy="check that the path of the source names the right file and that the file is not empty",
    ),
    Expectation(
        "landing_required_columns", LANDING, "sources", *_at_most("required_null_share", "threshold"),
        expected="rows that lack a required column are no more than the source's quarantine threshold",
        look="columns with `required: true` in the dbt source of the feed",
        remedy=_FIX_SOURCE, show=("required_null_rows", "rows", "threshold"),
    ),
    Expectation(
        "landing_cursor_readable", LANDING, "sources", *_at_most("cursor_unreadable_share", "threshold"),
        expected="rows whose cursor is empty or no time are no more than the source's quarantine threshold",
        look="the column named `cursor` of the source in organisation.yml",
        remedy="check cursor, time_zone and date_order of the source",
        show=("cursor", "cursor_unreadable_rows", "rows"),
    ),
    Expectation(
        "landing_newest_record", LANDING, "sources", *_between("days_since_newest", None, 92),
        expected=(
            "a source that claims to speak up to now (an open coverage) has a record of the last 92 days before as_of: "
            "otherwise a source that stopped is read as a quiet quarter"
        ),
        look="newest value of the source's cursor, and its `covers` in organisation.yml",
        remedy="extract the source again, or state in `covers` until when it speaks (`to:`)",
        show=("newest", "days_since_newest"),
    ),
    Expectation(
        "landing_keys_unambiguous", LANDING, "sources", *_at_most("two_contents_share", "threshold"),
        expected="rows with two contents under one primary key in one batch are no more than the quarantine threshold",
        look="the primary_key of the source in organisation.yml",
        remedy="complete the primary key, or correct the doubled records", show=("two_contents_rows", "rows"),
    ),
    Expectation(
        "landing_vocabulary", LANDING, "sources", *_at_most("unknown_word_share", "threshold"),
        expected="rows with a word that the feed is not known to use are no more than the quarantine threshold",
        look="the column shown, in the source's file",
        remedy="translate the word under `values` in organisation.yml, or teach the staging model",
        show=("unknown_words", "unknown_word_rows", "rows"),
    ),
    Expectation(
        "landing_operations", LANDING, "sources", *_zero("unknown_operations"),
        expected="every landed row is an upsert, a restate or a delete",
        look="_op of the landed rows",
        remedy="land the source again into a fresh home; if it stays, the reader has a fault",
    ),
    Expectation(
        "landing_batch_whole", LANDING, "batches", *_equal("ledger_rows", "landed_rows"),
        expected="every batch holds as many rows as its ledger row says",
        look="landing/batches/<feed>/<batch_id>/ of this home",
        remedy="the file was cut or changed after it was committed: restore it, or land into a fresh home",
    ),
    Expectation(
        "landing_batch_unchanged", LANDING, "batches", *_zero("is_changed"),
        expected="every batch has the bytes that were landed (SHA-256 of its ledger row)",
        look="landing/batches/<feed>/<batch_id>/rows.parquet of this home",
        remedy="landed rows are never edited: restore the file, or land into a fresh home",
    ),
    Expectation(
        "landing_batch_numbered", LANDING, "batches", *_zero("numbering_gaps"),
        expected="the batches of a source are numbered 1, 2, 3 … without a gap",
        look="landing.ledger",
        remedy="a batch has been removed: restore it, or land into a fresh home",
    ),
    Expectation(
        "landing_coverage_kind", LANDING, "coverage", *_within("kind", COVERABLE),
        expected="every `covers` speaks of a known record kind, or of a column that a metric rests on",
        look="`covers` in organisation.yml",
        remedy=f"use one of: {', '.join(COVERABLE)}",
    ),
    Expectation(
        "landing_coverage_instants", LANDING, "coverage", *_zero("unreadable_instants"),
        expected="the ends of every coverage are instants",
        look="`covers` in organisation.yml",
        remedy="write them as 2026-03-01T00:00:00Z",
    ),
    Expectation(
        "landing_coverage_order", LANDING, "coverage", *_zero("ends_before_start"),
        expected="every coverage ends after it starts",
        look="`covers` in organisation.yml",
        remedy="correct from and to",
    ),
    Expectation(
        "landing_coverage_source", LANDING, "coverage", *_zero("unknown_source"),
        expected="every coverage belongs to a source of organisation.yml",
        look="landing.organisation_coverage and landing.organisation_sources",
        remedy="land the organisation folder again",
    ),
    Expectation(
        "landing_thresholds", LANDING, "sources", *_between("threshold", 0, 1),
        expected="every source states a share between 0 and 1 as its threshold of quarantine",
        look="quarantine_threshold in organisation.yml",
        remedy="state share and reason",
    ),
)  # fmt: skip

# --- the scorecard door -------------------------------------------------------------------------------------------

_CELLS = "scorecard.metric_values, the cells shown"
_MODEL = "find the metric's model in dbt_project/models/marts and run `dbt build` on it; a dbt test should have said so"


def _cells(name: str, column: str, expected: str, remedy: str = _MODEL) -> Expectation:
    return Expectation(name, SCORECARD, "cells", *_zero(column), expected=expected, look=_CELLS, remedy=remedy)


def _changes(name: str, column: str, expected: str) -> Expectation:
    return Expectation(
        name, SCORECARD, "changes", *_zero(column), expected=expected,
        look="scorecard.changes beside scorecard.metric_values, the row shown",
        remedy="look at int_cell_pairs and changes in dbt_project/models; `make model M=int_cell_pairs+` builds both",
        show=("example",),
    )  # fmt: skip


def _scores(name: str, frame: str, column: str, expected: str) -> Expectation:
    return Expectation(
        name, SCORECARD, frame, *_zero(column), expected=expected,
        look=f"scorecard.{frame} beside scorecard.policy and scorecard.metric_values, the row shown",
        remedy="look at dbt_project/models/intermediate/scores; `make model M=int_score_goals+` builds them",
        show=("example",),
    )  # fmt: skip


def _signals(name: str, column: str, expected: str) -> Expectation:
    return Expectation(
        name, SCORECARD, "signals", *_zero(column), expected=expected,
        look="scorecard.integrity_signals, the row shown",
        remedy="look at dbt_project/models/intermediate/integrity; `make model M=int_integrity_events+` builds it anew",
        show=("example",),
    )  # fmt: skip


# Judged first: without these columns the others cannot be counted.
SHAPE_SUITE = (
    Expectation(
        "published_columns", SCORECARD, "columns",
        "expect_column_distinct_values_to_contain_set", {"column": "column", "value_set": list(COLUMNS_EXPECTED)},
        expected="the published tables have the columns that others rely on (interfaces.md)",
        look="the contract of the model in dbt_project/models/scorecard",
        remedy="put the column back, or change the interface with a version and a CHANGELOG entry",
    ),
)  # fmt: skip


def _gates(*rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, "guardrails", *_zero(column), expected=expected,
            look="scorecard.guardrails", remedy="look at the guardrail's model in intermediate/guardrails",
            show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


def _awards(*rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, "awards", *_zero(column), expected=expected,
            look="scorecard.awards beside scorecard.guardrails and scorecard.award_tests",
            remedy="look at int_award_reasons", show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


def _proven(table: str, *rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, table, *_zero(column), expected=expected,
            look=f"scorecard.{table} beside the facts that it names",
            remedy="look at the models in dbt_project/models/intermediate/recognition", show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


SCORECARD_SUITE = (
    Expectation(
        "metric_values_not_empty", SCORECARD, "totals", *_between("rows", 1, None),
        expected="metric_values has rows", look="scorecard.metric_values",
        remedy="look for the first empty table upstream, from landing to scorecard",
    ),
    Expectation(
        "metric_values_key", SCORECARD, "totals", *_zero("double_keys"),
        expected="entity, metric, period and dimension name one cell only", look="scorecard.metric_values",
        remedy="a join multiplies rows in the metric's model",
    ),
    Expectation(
        "one_as_of", SCORECARD, "totals", *_zero("other_as_of"),
        expected="every cell is stated as of the run's instant", look="as_of of scorecard.metric_values, landing.run",
        remedy="build every model in one run: `scorecard run --full-refresh`",
    ),
    Expectation(
        "exclusions_belong", SCORECARD, "totals", *_zero("orphan_exclusions"),
        expected="every row of exclusions belongs to a cell of metric_values", look="scorecard.exclusions",
        remedy="exclusions and values of the metric count over different spines: " + _MODEL,
    ),
    Expectation(
        "exclusions_counted", SCORECARD, "totals", *_zero("empty_exclusions"),
        expected="every row of exclusions has a reason and counts at least one row", look="scorecard.exclusions",
        remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_status", SCORECARD, "cells", *_within("status", STATUSES),
        expected="status is one of the eight of metrics.md", look=_CELLS, remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_entity_type", SCORECARD, "cells", *_within("entity_type", ENTITY_TYPES),
        expected="entity_type is service, team, area or portfolio: never a person", look=_CELLS, remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_period_type", SCORECARD, "cells", *_within("period_type", PERIOD_TYPES),
        expected="period_type is week, month or quarter", look=_CELLS, remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_metric", SCORECARD, "catalogue", *_zero("not_in_catalogue"),
        expected="every metric_id of metric_values stands in the catalogue", look="scorecard.metric_catalogue",
        remedy="add its row to dbt_project/seeds/metric_catalogue.csv",
    ),
    Expectation(
        "every_metric_present", SCORECARD, "catalogue", *_zero("not_in_values"),
        expected="every metric of the catalogue has cells: what cannot be known is said, not left out",
        look="scorecard.metric_values", remedy="the metric's model is empty or is not united into metric_values",
    ),
    _cells("unit_and_version", "unit_or_version", "unit and metric_version of a cell are those of the catalogue"),
    _cells("ratio_range", "ratio_out_of_range", "a ratio lies between 0 and 1"),
    _cells("numerator_within", "numerator_above_denominator", "the numerator of a ratio is not above its denominator"),
    _cells("interval_order", "interval_out_of_order", "low <= value <= high"),
    _cells("unknown_has_no_value", "value_while_unknown", "a cell that is neither ok nor provisional shows no value"),
    _cells("nothing_counted_without_source", "counted_without_source",
           "a service or portfolio of which no source speaks has nothing in a numerator"),
    _cells("known_has_value", "value_missing",
           "a cell that is ok or provisional shows its value (a median not reached has no upper bound either)"),
    _cells("parts_not_negative", "negative_part", "numerator, denominator, n and censored are not negative"),
    _cells("numbers_finite", "not_finite", "no value is infinite or NaN"),
    _cells("status_follows_n", "status_against_n",
           "ok has n >= 20, provisional 5 to 19, insufficient under 5, no_exposure 0"),
    _cells("parts_of_ratio", "value_is_not_its_parts", "the value of a ratio is numerator / denominator"),
    _cells("period_starts", "period_misplaced",
           "a week starts on a Monday, a month on the 1st, a quarter in Jan, Apr, Jul, Oct"),
    _cells("closed_periods", "closed_misjudged",
           "is_closed says whether the period ended before as_of, in the reporting zone"),
    _cells("dimension_pairs", "dimension_unpaired", "dimension and dimension_value are both given or both null"),
    _cells("names_given", "name_missing", "every cell names its entity"),
    _changes("every_shown_cell_is_compared", "cells_without_change",
             "every shown cell of a closed period has a row in changes, with or without a change"),
    _changes("changes_belong", "changes_without_cell",
             "every row of changes is of a shown cell of a closed period in metric_values"),
    _changes("changes_state_their_cells", "other_values",
             "value and previous_value are those of metric_values in the period and in the one before"),
    _changes("changes_follow_from_their_cells", "other_change",
             "a change and its limits are those that the values and limits of the two cells give"),
    _changes("verdicts_follow_from_their_limits", "other_verdict",
             "a verdict is what the limits and the catalogue's `better` say, a reason what the two cells say"),
    _scores("every_metric_of_the_policy_is_judged", "metric_scores", "cells_without_score",
            "every team, area and the portfolio has each metric of its policy in metric_scores, and no other"),
    _scores("metric_scores_state_their_cells", "metric_scores", "other_cell", "value and n are those of metric_values"),
    _scores("metric_scores_range", "metric_scores", "out_of_range", "scores and their bands lie from 0 to 100"),
    _scores("metric_scores_in_band", "metric_scores", "outside_band", "a score lies in its band, which has both ends"),
    _scores("metric_scores_known", "metric_scores", "known_misjudged", "a score is there where the status says"),
    _scores("metric_scores_goals", "metric_scores", "other_goals",
            "floor, target and weight are the means of the policy's tiers by days of services owned"),
    _scores("metric_scores_follow", "metric_scores", "other_score",
            "a score is where the shrunk value lies between floor and target"),
    _scores("metric_scores_shrink", "metric_scores", "shrunk_beyond",
            "a shrunk value lies between the raw one and the portfolio's, and enough data weigh at least half"),
    _scores("no_cohort_is_scored_early", "metric_scores", "scored_early",
            "a team is shown in the periods that begin from its cohort's starts_on on, and scored from scored_from on"),
    _scores("gaps_are_open_or_reached", "metric_scores", "other_gap",
            "a gap is open where the raw value is worse than the target"),
    _scores("pillars_belong", "scores", "pillars_apart", "scores has the pillars of metric_scores, and overall"),
    _scores("scores_range", "scores", "out_of_range", "scores and their bands lie from 1 to 100"),
    _scores("scores_in_band", "scores", "outside_band", "a score lies in its band, which has both ends"),
    _scores("scores_known", "scores", "known_misjudged", "a score is there exactly where the status says"),
    _scores("score_weights", "scores", "weights_apart", "the weights of a pillar's metrics sum to 1, and the pillars'"),
    _scores("scores_follow", "scores", "other_mean",
            "a score is the weighted geometric mean of its parts, incomplete where one is missing"),
    _signals("signal_rates_at_least_probabilities", "rates_below_probabilities",
             "the false discovery rate of a signal is no smaller than its probability"),
    _signals("signal_rates_follow_from_probabilities", "other_rates",
             "false discovery rates are those of Benjamini and Hochberg over the tests of the quarter"),
    _signals("signals_that_fire_have_evidence", "fired_without_evidence",
             "a signal that fires, or that a review cleared, names its evidence"),
    _signals("signal_evidence_exists", "unknown_evidence",
             "every record that a signal names as evidence is in the facts"),
    Expectation(
        "plausible_rate", SCORECARD, "cells", *_at_most("largest_value", "plausible_limit"),
        expected="values are plausible: minutes under ten years, rates under 10 million a week or month",
        look=_CELLS, remedy="look for a wrong unit or a time of the wrong century in the source",
        show=("metric_id", "largest_value", "plausible_limit"),
    ),
    Expectation(
        "spine_complete", SCORECARD, "spine", *_zero("missing_cells"),
        expected="every entity has every metric in every period of its life: a missing cell is a defect",
        look="scorecard.metric_values without dimension, the entity shown",
        remedy="the metric's model starts from events and not from the spine",
    ),
    Expectation(
        "portfolio_is_sum", SCORECARD, "portfolio", *_zero("disagreeing_periods"),
        expected="the portfolio's numerator is the sum over its services and of what belongs to no service's cell",
        look="scorecard.metric_values of the metric, portfolio against services", remedy=_MODEL,
    ),
    Expectation(
        "teams_within_portfolio", SCORECARD, "portfolio", *_zero("teams_above_portfolio"),
        expected="numerators of teams, and of areas, do not add up to more than the portfolio's",
        look="scorecard.metric_values of the metric",
        remedy="an event is counted for two owners: see int_service_ownership",
    ),
    Expectation(
        "no_person_named", SCORECARD, "persons", *_zero("rows_naming_a_person"),
        expected="no published text names a person (an address of mail, an @handle, `Caller 123`, `Updated by …`)",
        look="the column shown",
        remedy="stop selecting that column in staging, and do not declare it in the dbt source",
    ),
    *_gates(
        ("guardrails_complete", "missing",
         "every team and the portfolio has every guardrail in every month and quarter: none passes by being left out"),
        ("guardrails_known", "not_known", "every guardrail is one of the seven"),
        ("guardrails_unknown_is_not_held", "held_without_ground",
         "held is null where n is 0, where no source speaks, and where the log does not say enough"),
        ("guardrails_follow_from_their_limits", "against_its_limit",
         "a guardrail is breached where what failed is beyond its limit, and nowhere else"),
    ),
    *_awards(
        ("awards_need_their_guardrails", "beside_a_guardrail",
         "a granted award has every guardrail held, or without exposure, in each of its quarters"),
        ("awards_need_improvement", "without_improvement",
         "a granted award has a metric that was better in each quarter and beyond chance"),
        ("awards_say_why_not", "withheld_in_silence", "an award is granted, or says why it is withheld"),
    ),
    *_proven(
        "recognition",
        ("recognition_complete", "missing",
         "every team has every item of recognition in every month and quarter: nothing is left out for being nothing"),
        ("recognition_known", "not_known", "every item of recognition is one of the seven"),
        ("recognition_evidence_exists", "unknown_evidence",
         "every record that recognition names is in the facts, of that team, and no reuse is by the team itself"),
        ("recognition_counts_its_evidence", "miscounted", "what is recognised is as many as the records that it names"),
        ("recognition_unknown_is_not_zero", "zero_for_unknown", "there is a count exactly where a source speaks"),
    ),
    *_proven(
        "highlights",
        ("highlight_evidence_exists", "unknown_evidence",
         "every row that a highlight names is in the facts, of that team, holds what it says, and is counted once"),
        ("highlights_follow_from_their_rows", "other_sentences", "a highlight says what the rows that it names say"),
        ("highlights_are_few", "too_many", "a team has five highlights a quarter at most"),
    ),
    Expectation(
        "quarantine_threshold", STAGING, "quarantine", *_at_most("quarantined_share", "threshold"),
        expected="the share of quarantined rows is within the threshold that was set before the data was seen",
        look="staging.quarantine of the warehouse: column, value and reason of every row",
        remedy="correct the rows at their source; raise quarantine_threshold in organisation.yml only with a reason",
        show=("quarantined", "rows", "quarantined_share", "threshold", "main_reason"),
    ),
    Expectation(
        "fates_are_known", STAGING, "quarantine", *_zero("unknown_fates"),
        expected="every fate is staged, quarantined, superseded, deleted or not_applicable, the last with a reason",
        look="intermediate.int_row_fates", remedy=_MODEL,
    ),
)  # fmt: skip

# --- drift against the former release -----------------------------------------------------------------------------

DRIFT_SUITE = (
    Expectation(
        "closed_periods_stand", DRIFT, "drift_closed", *_zero("changed_silently"),
        expected=(
            "with the same inputs, the same as_of and the same metric_version, a closed period keeps its value: "
            "published numbers do not change in silence"
        ),
        look="scorecard.metric_values of this build against the former release",
        remedy="a definition changed: raise metric_version in the catalogue, and say so in CHANGELOG.md",
        show=("metric_id", "changed", "compared", "example"),
    ),
    Expectation(
        "entities_remain", DRIFT, "drift_entities", *_at_most("half_of_former", "entities"),
        expected="no kind of entity loses more than half of its members from one release to the next",
        look="scorecard.metric_values: entity_type shown", remedy="look for a source or a roster that was cut short",
        show=("entity_type", "former_entities", "entities"),
    ),
    Expectation(
        "as_of_forward", DRIFT, "drift_as_of", *_zero("goes_back"),
        expected="as_of does not go back behind the former release, unless that was asked for",
        look="as_of in organisation.yml, and the newest record of each source in scorecard.freshness",
        remedy="if it is meant, give --as-of; else look for a source that lost its newest records",
        show=("former_as_of", "as_of"),
    ),
)  # fmt: skip
