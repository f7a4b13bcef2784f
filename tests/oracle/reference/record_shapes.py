"""What the columns of ready-made records may hold, by feed, as records.md says. No row is judged here."""

from dataclasses import dataclass, field

from tests.oracle.reference.readers import COLUMNS

COMMON = ("source_record_id", "updated_at", "recorded_at", "is_deleted")


@dataclass(frozen=True)
class Shape:
    """What the columns of a kind may hold."""

    kind: str
    columns: str
    enums: dict[str, str] = field(default_factory=dict)
    instants: str = ""
    happened: str = ""
    """Instants that claim to have happened, so that none may be later than the recording."""
    ordered: tuple[tuple[str, str], ...] = ()
    """(start, end) columns; an end before its start is a defect."""
    counts: str = ""
    shares: str = ""
    most: dict[str, float] = field(default_factory=dict)
    """The greatest number that a column may hold, where there is one."""
    inside: str = ""
    """Shares of which neither 0 nor 1 makes sense."""
    flags: str = ""
    zones: str = ""
    services: str = ""
    teams: str = ""
    required: str = ""
    either: tuple[str, ...] = ()
    """Columns of which one must be there."""


SHAPES = {
    "records_incidents": Shape(
        kind="incidents",
        columns="incident_id service_id team_id severity impact_started_at detected_at declared_at"
        " acknowledged_at mitigated_at resolved_at closed_at detected_by resolved_by is_planned"
        " customer_impact fingerprint caused_by_deployment_id",
        enums={
            "severity": "sev1 sev2 sev3 sev4 sev5",
            "detected_by": "monitor person customer",
            "resolved_by": "automation person self_cleared",
        },
        instants="impact_started_at",
        happened="detected_at declared_at acknowledged_at mitigated_at resolved_at closed_at",
        ordered=(("started", "mitigated_at"), ("started", "resolved_at"), ("started", "closed_at")),
        flags="is_planned customer_impact",
        services="service_id",
        teams="team_id",
    ),
    "records_incident_events": Shape(
        kind="incident_events",
        columns="incident_id event_at event field from_value to_value actor",
        enums={
            "event": "declared acknowledged escalated reassigned severity_changed mitigated resolved reopened edited",
            "actor": "automation person",
        },
        happened="event_at",
    ),
    "records_incident_services": Shape(
        kind="incident_services",
        columns="incident_id service_id market impact_started_at impact_ended_at",
        happened="impact_started_at impact_ended_at",
        ordered=(("impact_started_at", "impact_ended_at"),),
        services="service_id",
        either=("service_id", "market"),
    ),
    "records_deployments": Shape(
        kind="deployments",
        columns="deployment_id service_id environment version first_commit_at started_at finished_at outcome"
        " failed_at restored_at strategy exposed_share trigger tests gates_skipped abort_trigger rollback_of"
        " rollback_trigger change_kind is_unplanned_fix change_count lines_changed approval_requested_at"
        " approved_at approver_differs",
        enums={
            "outcome": "succeeded failed aborted rolled_back",
            "strategy": "all_at_once rolling blue_green canary",
            "trigger": "automation person",
            "tests": "passed failed none",
            "abort_trigger": "analysis person",
            "rollback_trigger": "automation person",
            "change_kind": "feature fix security routine",
        },
        instants="first_commit_at approval_requested_at approved_at",
        happened="started_at finished_at failed_at restored_at",
        ordered=(("started_at", "finished_at"), ("first_commit_at", "finished_at"), ("failed_at", "restored_at")),
        counts="gates_skipped change_count lines_changed",
        shares="exposed_share",
        flags="is_unplanned_fix approver_differs",
        services="service_id",
    ),
    "records_automations": Shape(
        kind="automations",
        columns="automation_id version team_id name alert_classes risk formalised_at tested_at manual_minutes"
        " manual_minutes_basis derived_from valid_from valid_to",
        enums={"risk": "routine critical", "manual_minutes_basis": "measured declared"},
        instants="formalised_at tested_at valid_from valid_to",
        ordered=(("valid_from", "valid_to"),),
        counts="manual_minutes",
        most={"manual_minutes": 525_600},
        teams="team_id",
    ),
    "records_automation_runs": Shape(
        kind="automation_runs",
        columns="run_id automation_id version service_id trigger incident_id alert_id started_at finished_at"
        " outcome mode approval_requested_at approved_at approval_expires_at approver_differs taken_over_at"
        " reversed_at harmed_incident_id",
        enums={
            "trigger": "alert incident schedule pipeline person",
            "outcome": "succeeded failed timed_out aborted",
            "mode": "live dry_run shadow",
        },
        instants="approval_requested_at approved_at approval_expires_at",
        happened="started_at finished_at taken_over_at reversed_at",
        ordered=(("started_at", "finished_at"),),
        flags="approver_differs",
        services="service_id",
    ),
    "records_alerts": Shape(
        kind="alerts",
        columns="alert_id service_id alert_class fired_at resolved_at resolved_by was_paged action_taken incident_id"
        " is_held_out",
        enums={"resolved_by": "automation person self_cleared time_out"},
        happened="fired_at resolved_at",
        ordered=(("fired_at", "resolved_at"),),
        flags="was_paged action_taken is_held_out",
        services="service_id",
    ),
    "records_toil_entries": Shape(
        kind="toil_entries",
        columns="entry_id team_id service_id incident_id category performed_at minutes basis",
        enums={"basis": "ticket survey derived"},
        happened="performed_at",
        counts="minutes",
        most={"minutes": 1_000_000},
        services="service_id",
        teams="team_id",
    ),
    "records_capacity_events": Shape(
        kind="capacity_events",
        columns="event_id service_id happened_at event",
        enums={"event": "scaled_by_automation scaled_by_person saturated"},
        happened="happened_at",
        services="service_id",
    ),
    "records_slos": Shape(
        kind="slos",
        columns="slo_id service_id sli budgeting objective slice_target window_days threshold_ms valid_from valid_to",
        enums={"sli": "availability latency", "budgeting": "occurrences time_slices"},
        instants="valid_from valid_to",
        ordered=(("valid_from", "valid_to"),),
        counts="window_days threshold_ms",
        shares="slice_target",
        inside="objective",
        services="service_id",
    ),
    "records_slo_exclusions": Shape(
        kind="slo_exclusions",
        columns="exclusion_id slo_id service_id starts_at ends_at registered_at reason",
        instants="starts_at ends_at",
        happened="registered_at",
        ordered=(("starts_at", "ends_at"),),
        services="service_id",
        required="starts_at ends_at",
        either=("slo_id", "service_id"),
    ),
    "records_sli_samples": Shape(
        kind="sli_samples",
        columns="slo_id market starts_at seconds good valid",
        happened="starts_at",
        counts="seconds good valid",
    ),
    "records_markets": Shape(
        kind="markets",
        columns="market is_critical time_zone valid_from valid_to",
        instants="valid_from valid_to",
        ordered=(("valid_from", "valid_to"),),
        flags="is_critical",
        zones="time_zone",
    ),
    "records_latency_histograms": Shape(
        kind="latency_histograms",
        columns="service_id market starts_at seconds upper_bound_ms count",
        happened="starts_at",
        counts="seconds count",
        services="service_id",
    ),
    "records_outcomes": Shape(
        kind="outcomes",
        columns="measure market period_start_on period_end_on value n",
        enums={"measure": "customer_satisfaction customer_retention"},
        counts="value n",
    ),
    "records_signal_reviews": Shape(
        kind="signal_reviews",
        columns="signal_id entity_id period_start_on verdict reason reviewed_at",
        enums={
            "signal_id": "severity_downgrade late_edit backdating incident_splitting silent_incident"
            " quick_close_reopen trivial_padding credit_for_self_clearing slo_loosening exclusion_abuse"
            " deployment_splitting relabelled_rollback shrinking_denominator threshold_bunching minute_heaping",
            "verdict": "upheld cleared",
        },
        happened="reviewed_at",
        required="signal_id entity_id period_start_on verdict reviewed_at",
    ),
    "records_contributions": Shape(
        kind="contributions",
        columns="contribution_id team_id contributed_at kind reused_by_team_id",
        enums={"kind": "recipe instrumentation training review"},
        happened="contributed_at",
        teams="team_id reused_by_team_id",
        required="contribution_id contributed_at kind",
    ),
    "records_postmortems": Shape(
        kind="postmortems",
        columns="postmortem_id incident_id team_id started_at published_at participants teams_present",
        happened="started_at published_at",
        ordered=(("started_at", "published_at"),),
        counts="participants teams_present",
        teams="team_id",
    ),
    "records_postmortem_actions": Shape(
        kind="postmortem_actions",
        columns="action_id postmortem_id team_id due_at done_at",
        instants="due_at",
        happened="done_at",
        teams="team_id",
    ),
}
KEYS = {
    "sli_samples": ("slo_id", "market", "starts_at"),
    "latency_histograms": ("service_id", "market", "starts_at", "upper_bound_ms"),
}
"""What names a record that carries no id."""
COLUMNS.update({feed: (*shape.columns.split(), *COMMON) for feed, shape in SHAPES.items()})
