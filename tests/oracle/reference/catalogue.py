"""What each metric is made of: its method, what sources must speak of for it, the unit of a rate. No computing."""

from tests.oracle.reference.instants import DAY, HOUR

MONTH_SECONDS, WEEK_SECONDS = 2_629_800, 604_800
REOPEN_WINDOW, FOLLOW_UP = 7 * DAY, 24 * HOUR
INSUFFICIENT_BELOW, PROVISIONAL_BELOW = 5, 20
PERIOD_KINDS = ("week", "month", "quarter")

RATIO, RATE, SURVIVAL = "ratio", "rate", "survival"
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
}
ANY_OF = {"change_fail_rate": ("deployments.outcome", "incidents")}
"""Kinds of which one is needed beside the required ones."""
SPLIT_REQUIRED = {"deployment_frequency": ("deployments",)}
"""What the splits of a metric require, where that is less than the metric itself."""
RATE_UNITS = {"incident_rate": MONTH_SECONDS, "deployment_frequency": WEEK_SECONDS}
"""Seconds of one unit of a rate's denominator. The exposure is the time in which what it requires is covered."""
