"""Metric parts by a second route: straight from the facts, without the metric models.

Belongs here: for every metric, which facts are in its scope, which are its numerator, and when they count.
Does not belong here: values, intervals, statuses. What the two routes must agree on is judged in scorecard_frames.py
and reconciliation.py.
"""

from dataclasses import dataclass

import duckdb

from data_quality.connection import LANDED, has_table, quoted

EVENTS = "memory.main.audit_events"


@dataclass(frozen=True, slots=True)
class Counted:
    """How a metric counts facts. scope: every fact that ends in its parts or exclusions; hit: which of them would be
    in its numerator, were they covered.

    parts names the column of metric_values that, with the excluded rows, makes up the scope; people's time has none
    here (times.py). Where a fact stands for many events, weight is how many of them are in its scope, and hit_weight
    how many in its numerator, stated as so many in hit_scale; most_a_row bounds what one excluded row could
    have been of the numerator. A fact counts for the month of its anchor, or with a window (SQL: days) for every month
    whose end is less than so many days away. judged_by: its coverage is asked of what it names most closely
    (`service`), or of its `team`.
    """

    metric_id: str
    fact: str
    anchor: str
    scope: str
    hit: str
    parts: str
    weight: str = "1"
    hit_weight: str = "1"
    window: str = ""
    judged_by: str = "service"
    hit_scale: int = 1
    most_a_row: float = 1

    @property
    def kind(self) -> str:
        """Record kind that the fact is made of: the one named so, unless it is a verdict on another."""
        name = self.fact.partition(".fct_")[2]
        return _VERDICTS_ON.get(name, name)


_VERDICTS_ON = {
    "deployment_failures": "deployments",
    "rollbacks": "deployments",
    "incident_reviews": "incidents",
    "incident_repeats": "incidents",
    "incident_automations": "incidents",
    "slo_hours": "sli_samples",
    "burn_episodes": "sli_samples",
    "completed_automations": "automations",
    "recipe_reuses": "automations",
    "alert_effects": "alerts",
    "incident_responses": "incidents",
    "latency_hours": "latency_histograms",
    "service_impacts": "incidents",
}
_UNPLANNED = "is_planned is distinct from true"
_PRODUCTION = "is_production is distinct from false"
_INCIDENTS = "reliability.fct_incidents"
_DEPLOYMENTS = "delivery.fct_deployments"
_FAILURES = "delivery.fct_deployment_failures"
_ROLLBACKS = "delivery.fct_rollbacks"
_RUNS = "automation.fct_automation_runs"
_REVIEWS = "learning.fct_incident_reviews"
_LIVE = "coalesce(mode, 'live') = 'live'"
_BUDGETED = "budget_valid > 0 and not is_excluded and coalesce(budgeting <> 'time_slices' or slice_target > 0, false)"
_DELIVERED = (
    "is_production and not is_first_of_service and coalesce(outcome, 'succeeded') = 'succeeded' "
    "and finished_at >= first_commit_at"
)

COUNTED = (
    Counted("incident_rate", _INCIDENTS, "started_at", _UNPLANNED, "is_planned = false", "numerator"),
    Counted(
        "time_to_acknowledge", _INCIDENTS, "started_at", _UNPLANNED,
        "is_planned = false and acknowledge_minutes >= 0 and coalesce(acknowledged_at <= resolved_at, true) "
        "and coalesce(acknowledged_at <= first_resolved_at, true)",
        "n",
    ),
    Counted(
        "time_to_restore", _INCIDENTS, "started_at", _UNPLANNED,
        "is_planned = false and restore_minutes >= 0", "n",
    ),
    Counted(
        "reopen_rate", _INCIDENTS, "first_resolved_at", _UNPLANNED,
        "is_planned = false and is_reopened_in_7_days and first_resolved_at + interval 7 day <= run.as_of", "n",
    ),
    Counted(
        "self_healing_share", _INCIDENTS, "started_at", _UNPLANNED,
        "is_planned = false and is_self_healed and resolved_at + interval 24 hour <= run.as_of", "n",
    ),
    Counted(
        "deployment_frequency", _DEPLOYMENTS, "deployed_at", _PRODUCTION,
        "is_production and outcome = 'succeeded'", "",
    ),
    Counted(
        "change_fail_rate", _DEPLOYMENTS, "deployed_at", _PRODUCTION,
        "is_production and is_failed and not is_immature", "n",
    ),
    Counted("rework_rate", _DEPLOYMENTS, "deployed_at", _PRODUCTION, "is_production and is_unplanned_fix", "n"),
    Counted("rollback_rate", _DEPLOYMENTS, "deployed_at", _PRODUCTION, "is_production and is_version_return", "n"),
    Counted("automation_success", _RUNS, "started_at", _LIVE, "mode = 'live' and outcome = 'succeeded'", "n"),
    Counted(
        "automation_coverage", "automation.fct_incident_automations", "started_at", "true",
        "is_planned = false and is_resolved and is_automated", "n",
    ),
    Counted(
        "alert_precision", "automation.fct_alerts", "fired_at", "coalesce(was_paged, true)",
        "was_paged and action_taken", "n",
    ),
    Counted("takeover_rate", _RUNS, "started_at", _LIVE, "mode = 'live' and taken_over_at is not null", "n"),
    Counted(
        "automation_harm", _RUNS, "started_at", _LIVE,
        "mode = 'live' and (harmed_incident_id is not null or reversed_at is not null)", "n",
    ),
    Counted(
        "time_to_detect", _INCIDENTS, "started_at", _UNPLANNED, "is_planned = false and detected_at >= started_at", "n",
    ),
    Counted(
        "time_to_mitigate", _INCIDENTS, "started_at", _UNPLANNED,
        "is_planned = false and mitigated_at >= started_at", "n",
    ),
    Counted("lead_time", _DEPLOYMENTS, "deployed_at", _PRODUCTION, _DELIVERED, "n"),
    Counted("delivery_predictability", _DEPLOYMENTS, "deployed_at", _PRODUCTION, _DELIVERED, "n"),
    Counted(
        "failed_deployment_recovery_time", _FAILURES, "anchored_at", "true",
        "not is_restoration_unknown and restored_at >= failed_at", "n",
    ),
    Counted("tested_share", _DEPLOYMENTS, "deployed_at", _PRODUCTION, "is_production and tests = 'passed'", "n"),
    Counted("progressive_share", _DEPLOYMENTS, "deployed_at", _PRODUCTION, "is_production and is_progressive", "n"),
    Counted("green_path_share", _DEPLOYMENTS, "deployed_at", _PRODUCTION, "is_production and is_on_green_path", "n"),
    Counted(
        "rollback_automatic_success", _ROLLBACKS, "deployed_at", "true",
        "is_automatic_success and not is_immature", "n",
    ),
    Counted(
        "averted_outages", _DEPLOYMENTS, "deployed_at", _PRODUCTION,
        "is_production and is_averted and abort_trigger = 'analysis' and not is_immature", "n",
    ),
    Counted(
        "capacity_automation", "automation.fct_capacity_events", "happened_at", "event <> 'saturated'",
        "event = 'scaled_by_automation'", "n",
    ),
    Counted(
        "postmortem_coverage", _REVIEWS, "started_at", "true",
        "is_planned = false and severity is not null and resolved_at is not null and not is_immature and is_reviewed",
        "n",
    ),
    Counted(
        "postmortem_delay", _REVIEWS, "resolved_at", "true",
        "is_planned = false and severity is not null and published_at >= resolved_at", "n",
    ),
    Counted(
        "repeat_share", "learning.fct_incident_repeats", "started_at", "true", "is_planned = false and is_repeat", "n",
    ),
    Counted(
        "actions_on_time", "learning.fct_postmortem_actions", "due_at", "due_at <= run.as_of", "done_at <= due_at", "n",
    ),
    Counted(
        "availability_requests", "reliability.fct_slo_hours", "hour_at",
        "coalesce(sli, 'availability') = 'availability'", "sli = 'availability' and not is_excluded", "denominator",
        weight="case when sli is null or is_excluded and valid > 0 then samples else valid end", hit_weight="good",
    ),
    Counted(
        "burn_rate", "reliability.fct_slo_hours", "hour_at", _BUDGETED, "true", "",
        weight="allowed_millionths", hit_weight="budget_bad", most_a_row=1e12,  # a sample: any number of bad requests
    ),
    Counted(
        "error_budget_remaining", "reliability.fct_slo_hours", "hour_at", f"{_BUDGETED} and window_days > 0",
        "true", "", weight="allowed_millionths", hit_weight="allowed_millionths / 1e6 - budget_bad",
        window="window_days",
    ),
    Counted(
        "declaration_completeness", "reliability.fct_burn_episodes", "started_at", "true",
        "is_declared and not is_immature", "n",
    ),
    Counted(
        "toil_share", "toil.fct_toil_entries", "performed_at", "true",
        "team_id is not null and minutes is not null and basis is not null and not is_same_work", "", judged_by="team",
    ),
    Counted(
        "unplanned_work_share", "toil.fct_toil_entries", "performed_at", "incident_id is null",
        "team_id is not null and minutes is not null and basis is not null and not is_same_work", "", judged_by="team",
    ),
    Counted(
        "manual_intervention_minutes", "toil.fct_incident_responses", "started_at", "true",
        "first_action_at is not null", "",
    ),
    Counted(
        "hours_saved", _RUNS, "started_at", _LIVE,
        "mode = 'live' and outcome is not null and manual_minutes is not null and manual_minutes_basis = 'measured'",
        "n",
        hit_weight="case when outcome = 'succeeded' then round(manual_minutes * 6e7) / 3.6e9 "
        "- date_diff('microsecond', started_at, finished_at) / 3.6e9 else 0 end",
    ),
    Counted(
        "net_automation_effect", "automation.fct_alert_effects", "fired_at", "arm <> 'held_out'",
        "arm = 'automated' and service_id is not null and alert_class is not null and not is_immature and is_cleared",
        "n",
    ),
    Counted(
        "automations_completed", "automation.fct_completed_automations", "completed_at", "true",
        "not is_immature and is_watched and live_runs >= 5 and saved_microseconds > 0", "numerator",
    ),
    Counted(
        "recipe_reuse", "automation.fct_recipe_reuses", "reused_at", "true", "team_id <> by_team_id", "numerator",
    ),
    Counted(
        "latency_within_target", "reliability.fct_latency_hours", "hour_at", "true", "upper_bound_ms <= threshold_ms",
        "denominator", weight="case when threshold_ms is null then samples else requests end", hit_weight="requests",
    ),
    Counted(
        "peak_latency", "reliability.fct_latency_hours", "hour_at", "coalesce(is_peak_hour, true)",
        "is_peak_hour and upper_bound_ms is not null", "denominator",
        weight="case when is_peak_hour is null then samples else requests end", hit_weight="requests",
    ),
    *(
        Counted(
            measure, "outcomes.fct_outcomes", "starts_at",
            f"measure = '{measure}' and date_trunc('month', period_start_on) = date_trunc('month', period_end_on)",
            "value_millionths is not null and n is not null", "denominator",
            weight="case when value_millionths is null then 1 else coalesce(n, 1) end",
            hit_weight="value_millionths * n", hit_scale=1_000_000, most_a_row=1e6,  # value times n
        )
        for measure in ("customer_satisfaction", "customer_retention")
    ),
    # What is counted is time: its second route is uptime.py. Here are the impacts, none of which is in the numerator.
    Counted("market_outage_minutes", "reliability.fct_service_impacts", "anchored_at", "true", "false", ""),
    Counted("availability_time", "reliability.fct_service_impacts", "anchored_at", "true", "false", ""),
    Counted("review_breadth", "learning.fct_postmortems", "published_at", "true", "teams_present > 1", "n"),
)  # fmt: skip
UNITED = ("market_outage_minutes",)
"""Time that is united anew for every entity, so that services do not add up to the portfolio, nor teams."""
# No metric, but what the outcomes of deployment_frequency add up to: an unknown environment has no outcome there.
OUTCOMES = Counted("deployments_by_outcome", _DEPLOYMENTS, "deployed_at", "is_production", "is_production", "")


def local_month(column: str, time_zone: str) -> str:
    """SQL: first day of the calendar month of a UTC timestamp, in the reporting zone."""
    if time_zone == "UTC":
        return f"cast(date_trunc('month', {column}) as date)"
    return f"cast(date_trunc('month', timezone('{quoted(time_zone)}', timezone('UTC', {column}))) as date)"


def local_day(column: str, time_zone: str) -> str:
    """SQL: the day of a UTC timestamp in the reporting zone."""
    if time_zone == "UTC":
        return f"cast({column} as date)"
    return f"cast(timezone('{quoted(time_zone)}', timezone('UTC', {column})) as date)"


def create_events(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table of (metric_id, service_id, period_start_on, scope, hits), by month.

    One scan of each fact table, whatever the number of metrics on it, and one for each metric with windows.
    """
    (time_zone,) = con.execute(f"select time_zone from {LANDED}.run").fetchone() or ("UTC",)
    con.execute(
        f"create or replace table {EVENTS} "
        "(metric_id varchar, service_id varchar, period_start_on date, scope bigint, hits double)"
    )
    for fact, anchor in sorted({(counted.fact, counted.anchor) for counted in COUNTED}):
        if has_table(con, fact):
            con.execute(_scan(fact, anchor, str(time_zone)))
    for counted in COUNTED:
        if counted.window and has_table(con, counted.fact):
            con.execute(_scan_windows(counted, str(time_zone)))


def _scan(fact: str, anchor: str, time_zone: str) -> str:
    metrics = [c for c in (*COUNTED, OUTCOMES) if (c.fact, c.anchor, c.window) == (fact, anchor, "")]
    sums = ", ".join(
        f"coalesce(sum({c.weight}) filter (where {c.scope}), 0)::bigint as {c.metric_id}_scope, "
        f"coalesce(sum({c.hit_weight}) filter (where ({c.scope}) and ({c.hit})), 0)::double / {c.hit_scale} "
        f"as {c.metric_id}_hits"
        for c in metrics
    )
    parts = " union all ".join(
        f"select '{c.metric_id}', service_id, month, {c.metric_id}_scope, {c.metric_id}_hits from counted "
        f"where {c.metric_id}_scope > 0"
        for c in metrics
    )
    return f"""
        insert into {EVENTS}
        with counted as (
            select service_id, {local_month(anchor, time_zone)} as month, {sums}
            from {fact} cross join {LANDED}.run as run
            where {anchor} is not null
            group by 1, 2
        )
        {parts}
    """


def _scan_windows(counted: Counted, time_zone: str) -> str:
    return f"""
        insert into {EVENTS}
        with days as (
            select service_id, {local_day(counted.anchor, time_zone)} as day_on, {counted.window} as window_days,
                sum({counted.weight}) as scope, sum({counted.hit_weight}) as hits
            from {counted.fact} where {counted.scope} group by all
        ),
        months as (
            select distinct period_start_on,
                least(cast(period_start_on + interval 1 month as date) - 1, {local_day("as_of", time_zone)}) as end_on
            from scorecard.metric_values where period_type = 'month'
        )
        select '{counted.metric_id}', service_id, period_start_on, sum(scope)::bigint, sum(hits)::double
        from days inner join months on day_on <= end_on and date_diff('day', day_on, end_on) < window_days
        group by all
    """
