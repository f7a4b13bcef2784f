"""What each metric is made of: its method, what sources must speak of for it, the unit of a rate. No computing."""

from tests.oracle.reference.instants import DAY, HOUR, MINUTE

MONTH_SECONDS, WEEK_SECONDS = 2_629_800, 604_800
REOPEN_WINDOW, FOLLOW_UP = 7 * DAY, 24 * HOUR
INSUFFICIENT_BELOW, PROVISIONAL_BELOW = 5, 20
PERIOD_KINDS = ("week", "month", "quarter")

RATIO, RATE, SURVIVAL, SPREAD, AMOUNT, BLOCKS = "ratio", "rate", "survival", "spread", "amount", "blocks"
BUDGET = "budget"
EFFECT = "effect"
WEIGHTED, HISTOGRAM = "weighted", "histogram"
METHODS = {
    "incident_rate": RATE,
    "time_to_acknowledge": SURVIVAL,
    "time_to_restore": SURVIVAL,
    "reopen_rate": RATIO,
    "deployment_frequency": RATE,
    "change_fail_rate": RATIO,
    "rework_rate": RATIO,
    "rollback_rate": RATIO,
    "automation_success": RATIO,
    "self_healing_share": RATIO,
    "time_to_detect": SURVIVAL,
    "time_to_mitigate": SURVIVAL,
    "lead_time": SURVIVAL,
    "delivery_predictability": SPREAD,
    "failed_deployment_recovery_time": SURVIVAL,
    "tested_share": RATIO,
    "progressive_share": RATIO,
    "green_path_share": RATIO,
    "rollback_automatic_success": RATIO,
    "averted_outages": AMOUNT,
    "takeover_rate": RATIO,
    "automation_harm": RATIO,
    "capacity_automation": RATIO,
    "postmortem_coverage": RATIO,
    "postmortem_delay": SURVIVAL,
    "actions_on_time": RATIO,
    "review_breadth": RATIO,
    "repeat_share": RATIO,
    "automation_coverage": RATIO,
    "alert_precision": RATIO,
    "availability_requests": BLOCKS,
    "error_budget_remaining": BUDGET,
    "burn_rate": BUDGET,
    "declaration_completeness": RATIO,
    "toil_share": BLOCKS,
    "manual_intervention_minutes": AMOUNT,
    "unplanned_work_share": BLOCKS,
    "hours_saved": AMOUNT,
    "automations_completed": AMOUNT,
    "recipe_reuse": AMOUNT,
    "net_automation_effect": EFFECT,
    "latency_within_target": BLOCKS,
    "peak_latency": HISTOGRAM,
    "customer_satisfaction": WEIGHTED,
    "customer_retention": WEIGHTED,
    "availability_time": BLOCKS,
    "market_outage_minutes": AMOUNT,
}
REQUIRED = {
    "incident_rate": ("incidents",),
    "time_to_acknowledge": ("incidents.acknowledged_at",),
    "time_to_restore": ("incidents",),
    "reopen_rate": ("incidents.reopened",),
    "deployment_frequency": ("deployments.outcome",),
    "change_fail_rate": ("deployments",),
    "rework_rate": ("deployments.is_unplanned_fix",),
    "rollback_rate": ("deployments.version",),
    "automation_success": ("automation_runs.outcome",),
    "self_healing_share": ("incidents.resolved_by",),
    "time_to_detect": ("incidents.detected_at",),
    "time_to_mitigate": ("incidents.mitigated_at",),
    "lead_time": ("deployments.first_commit_at",),
    "delivery_predictability": ("deployments.first_commit_at",),
    "failed_deployment_recovery_time": ("deployments",),
    "tested_share": ("deployments.tests",),
    "progressive_share": ("deployments.strategy",),
    "green_path_share": (
        "deployments.outcome", "deployments.tests", "deployments.strategy", "deployments.gates_skipped",
    ),
    "rollback_automatic_success": ("deployments.rollback_of", "deployments.outcome"),
    "averted_outages": ("deployments.outcome", "deployments.abort_trigger"),
    "takeover_rate": ("automation_runs.taken_over_at",),
    "automation_harm": ("automation_runs.harm",),
    "capacity_automation": ("capacity_events",),
    "postmortem_coverage": ("incidents", "postmortems"),
    "postmortem_delay": ("incidents", "postmortems"),
    "actions_on_time": ("postmortem_actions",),
    "review_breadth": ("postmortems",),
    "repeat_share": ("incidents.fingerprint", "postmortems"),
    "automation_coverage": ("incidents", "automation_runs", "automations"),
    "alert_precision": ("alerts",),
    "availability_requests": ("sli_samples",),
    "error_budget_remaining": ("sli_samples",),
    "burn_rate": ("sli_samples",),
    "declaration_completeness": ("sli_samples", "incidents"),
    "toil_share": ("toil_entries",),
    "manual_intervention_minutes": ("incidents", "incident_events"),
    "unplanned_work_share": ("toil_entries", "incidents", "incident_events"),
    "hours_saved": ("automation_runs.outcome", "automations"),
    "automations_completed": ("automations", "automation_runs"),
    "recipe_reuse": ("automations",),
    "net_automation_effect": ("alerts", "automation_runs"),
    "latency_within_target": ("latency_histograms",),
    "peak_latency": ("latency_histograms", "markets"),
    "customer_satisfaction": ("outcomes",),
    "customer_retention": ("outcomes",),
    "availability_time": ("incidents.impact",),
    "market_outage_minutes": ("incident_services", "incidents.impact"),
}  # fmt: skip
GUARDED = {
    "oversight.runs": ("automation_runs.approval", "automations"),
    "oversight.deployments": ("deployments.approval", "deployments.trigger", "deployments.change_kind"),
    "audit_trail.runs": ("automation_runs.outcome",),
    "audit_trail.deployments": ("deployments.outcome", "deployments.trigger"),
    "harm.runs": ("automation_runs.harm",),
    "risk_taking.deployments": ("deployments.change_kind", "sli_samples"),
    "over_automation.versions": ("automation_runs", "automations"),
    "over_automation.takeovers": ("automation_runs.taken_over_at",),
    "escalation.incidents": ("incidents.acknowledged_at",),
}
"""What sources must speak of for each kind of record that a guardrail judges."""
REQUIRED |= GUARDED
ANY_OF = {
    "change_fail_rate": ("deployments.outcome", "incidents"),
    "failed_deployment_recovery_time": ("deployments.failed_at", "incidents"),
}
"""Kinds of which one is needed beside the required ones."""
SPLIT_REQUIRED = {
    "deployment_frequency": ("deployments",),
    "automation_coverage": ("incidents", "automation_runs", "automations", "alerts"),
}
"""What the splits of a metric require, where that is not what the metric itself does."""
RATE_UNITS = {"incident_rate": MONTH_SECONDS, "deployment_frequency": WEEK_SECONDS}
"""Seconds of one unit of a rate's denominator. The exposure is the time in which what it requires is covered."""
DURATION_UNITS = {"lead_time": HOUR, "postmortem_delay": DAY}
"""In what a duration is stated, where not in minutes."""
AMOUNT_UNITS = {"hours_saved": HOUR}
"""How much of what is added up makes one unit of a sum, where it is no count."""
OF_TEAMS = ("automations_completed", "recipe_reuse")
"""Counts of what happens to teams in time and to no service: their n is days."""
PER = {"automation_harm": 1000}
"""In how many events a ratio is stated, where not in one."""
PART_UNITS = {
    "market_outage_minutes": MINUTE,
    "availability_time": HOUR,
    "toil_share": HOUR,
    "unplanned_work_share": HOUR,
    "manual_intervention_minutes": MINUTE,
}
"""Microseconds in which the parts of a share of time, or a sum of time, are stated."""


def unit_of(metric: str) -> int:
    """Microseconds of the unit in which a duration is stated."""
    return DURATION_UNITS.get(metric, MINUTE)
