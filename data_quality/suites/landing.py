"""What is expected of what was landed: the landing door, and the words that feeds may use."""

from collections.abc import Mapping

from data_quality.report import LANDING
from data_quality.suites.expectation import Expectation, at_most, between, equal, some_rows, within, zero
from pipelines.organisation import COVERABLE

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

_SOURCE = ("source", "feed")
_FIX_SOURCE = (
    "look at the file that the source names; if the vendor changed its shape, change the staging model with it"
)

LANDING_SUITE = (
    Expectation(
        "landing_has_sources", LANDING, "sources", *some_rows(),
        expected="the organisation names at least one source, and its list of sources is landed",
        look="landing.organisation_sources",
        remedy="name a source in organisation.yml",
    ),
    Expectation(
        "landing_rows", LANDING, "sources", *between("rows", 1, None),
        expected="every source of organisation.yml has landed at least one row",
        look="landing.<feed> of the source",
        remedy="check that the path of the source names the right file and that the file is not empty",
    ),
    Expectation(
        "landing_required_columns", LANDING, "sources", *at_most("required_null_share", "threshold"),
        expected="rows that lack a required column are no more than the source's quarantine threshold",
        look="columns with `required: true` in the dbt source of the feed",
        remedy=_FIX_SOURCE, show=("required_null_rows", "rows", "threshold"),
    ),
    Expectation(
        "landing_cursor_readable", LANDING, "sources", *at_most("cursor_unreadable_share", "threshold"),
        expected="rows whose cursor is empty or no time are no more than the source's quarantine threshold",
        look="the column named `cursor` of the source in organisation.yml",
        remedy="check cursor, time_zone and date_order of the source",
        show=("cursor", "cursor_unreadable_rows", "rows"),
    ),
    Expectation(
        "landing_newest_record", LANDING, "sources", *between("days_since_newest", None, 92),
        expected=(
            "a source that claims to speak up to now (an open coverage) has a record of the last 92 days before as_of: "
            "otherwise a source that stopped is read as a quiet quarter"
        ),
        look="newest value of the source's cursor, and its `covers` in organisation.yml",
        remedy="extract the source again, or state in `covers` until when it speaks (`to:`)",
        show=("newest", "days_since_newest"),
    ),
    Expectation(
        "landing_keys_unambiguous", LANDING, "sources", *at_most("two_contents_share", "threshold"),
        expected="rows with two contents under one primary key in one batch are no more than the quarantine threshold",
        look="the primary_key of the source in organisation.yml",
        remedy="complete the primary key, or correct the doubled records", show=("two_contents_rows", "rows"),
    ),
    Expectation(
        "landing_vocabulary", LANDING, "sources", *at_most("unknown_word_share", "threshold"),
        expected="rows with a word that the feed is not known to use are no more than the quarantine threshold",
        look="the column shown, in the source's file",
        remedy="translate the word under `values` in organisation.yml, or teach the staging model",
        show=("unknown_words", "unknown_word_rows", "rows"),
    ),
    Expectation(
        "landing_operations", LANDING, "sources", *zero("unknown_operations"),
        expected="every landed row is an upsert, a restate or a delete",
        look="_op of the landed rows",
        remedy="land the source again into a fresh home; if it stays, the reader has a fault",
    ),
    Expectation(
        "landing_batch_whole", LANDING, "batches", *equal("ledger_rows", "landed_rows"),
        expected="every batch holds as many rows as its ledger row says",
        look="landing/batches/<feed>/<batch_id>/ of this home",
        remedy="the file was cut or changed after it was committed: restore it, or land into a fresh home",
    ),
    Expectation(
        "landing_batch_unchanged", LANDING, "batches", *zero("is_changed"),
        expected="every batch has the bytes that were landed (SHA-256 of its ledger row)",
        look="landing/batches/<feed>/<batch_id>/rows.parquet of this home",
        remedy="landed rows are never edited: restore the file, or land into a fresh home",
    ),
    Expectation(
        "landing_batch_numbered", LANDING, "batches", *zero("numbering_gaps"),
        expected="the batches of a source are numbered 1, 2, 3 … without a gap",
        look="landing.ledger",
        remedy="a batch has been removed: restore it, or land into a fresh home",
    ),
    Expectation(
        "landing_coverage_kind", LANDING, "coverage", *within("kind", COVERABLE),
        expected="every `covers` speaks of a known record kind, or of a column that a metric rests on",
        look="`covers` in organisation.yml",
        remedy=f"use one of: {', '.join(COVERABLE)}",
    ),
    Expectation(
        "landing_coverage_instants", LANDING, "coverage", *zero("unreadable_instants"),
        expected="the ends of every coverage are instants",
        look="`covers` in organisation.yml",
        remedy="write them as 2026-03-01T00:00:00Z",
    ),
    Expectation(
        "landing_coverage_order", LANDING, "coverage", *zero("ends_before_start"),
        expected="every coverage ends after it starts",
        look="`covers` in organisation.yml",
        remedy="correct from and to",
    ),
    Expectation(
        "landing_coverage_source", LANDING, "coverage", *zero("unknown_source"),
        expected="every coverage belongs to a source of organisation.yml",
        look="landing.organisation_coverage and landing.organisation_sources",
        remedy="land the organisation folder again",
    ),
    Expectation(
        "landing_thresholds", LANDING, "sources", *between("threshold", 0, 1),
        expected="every source states a share between 0 and 1 as its threshold of quarantine",
        look="quarantine_threshold in organisation.yml",
        remedy="state share and reason",
    ),
)  # fmt: skip
