"""The vocabularies of the record kinds: a word column holds positions in one of these.

Belongs here: words. Does not belong here: how often each occurs.
"""

from __future__ import annotations

VOCABULARIES: dict[str, tuple[str, ...]] = {
    "severity": ("sev1", "sev2", "sev3", "sev4", "sev5"),
    "detected_by": ("monitor", "person", "customer"),
    "resolved_by": ("automation", "person", "self_cleared"),
    "alert_resolved_by": ("automation", "person", "self_cleared", "time_out"),
    "event": (
        "declared", "acknowledged", "escalated", "reassigned", "severity_changed", "mitigated", "resolved",
        "reopened", "edited",
    ),
    "field": ("severity", "team_id", "impact_started_at", "resolved_at"),
    "actor": ("automation", "person"),
    "environment": ("production", "staging"),
    "deployment_outcome": ("succeeded", "failed", "aborted", "rolled_back"),
    "strategy": ("all_at_once", "rolling", "blue_green", "canary"),
    "tests": ("passed", "failed", "none"),
    "abort_trigger": ("analysis", "person"),
    "change_kind": ("feature", "fix", "security", "routine"),
    "risk": ("routine", "critical"),
    "basis": ("measured", "declared"),
    "run_trigger": ("alert", "incident", "schedule", "pipeline", "person"),
    "run_outcome": ("succeeded", "failed", "timed_out", "aborted"),
    "mode": ("live", "dry_run", "shadow"),
    "toil_category": ("tickets", "deployments", "data_repair", "access", "capacity", "incident_response"),
    "toil_basis": ("ticket", "survey", "derived"),
    "capacity_event": ("scaled_by_automation", "scaled_by_person", "saturated"),
    "sli": ("availability", "latency"),
    "budgeting": ("occurrences", "time_slices"),
    "contribution": ("recipe", "instrumentation", "training", "review"),
    "measure": ("customer_satisfaction", "customer_retention"),
    "verdict": ("upheld", "cleared"),
}  # fmt: skip


def code(vocabulary: str, word: str) -> int:
    """The position of a word. Raises ValueError if the vocabulary lacks it."""
    return VOCABULARIES[vocabulary].index(word)
