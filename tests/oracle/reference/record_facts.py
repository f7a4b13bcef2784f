"""What the metrics take of ready-made records: a row of each kind as the fact that it tells."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tests.oracle.reference.facts import (
    Action,
    Alert,
    Approval,
    CapacityEvent,
    Contribution,
    Deployment,
    Event,
    Hit,
    Incident,
    Market,
    Recipe,
    Recording,
    Review,
    Run,
)
from tests.oracle.reference.fates import Context, Judged, cleaned, is_blank
from tests.oracle.reference.instants import MINUTE
from tests.oracle.reference.readers import Values
from tests.oracle.reference.record_values import flag, found, number, value_of
from tests.oracle.reference.vendors_toil import recorded_at


def incident_of(values: Values, context: Context) -> Incident:
    """An incident as its newest row tells it."""
    resolved_at = context.instant(values.get("resolved_at"))
    return Incident(
        incident_id=str(cleaned(values.get("incident_id"))),
        service=found("service", values, "service_id", context),
        team=found("team", values, "team_id", context),
        severity=value_of(values, "severity", context),
        is_planned=flag(values.get("is_planned")),
        customer_impact=flag(values.get("customer_impact")),
        impact_started_at=context.instant(values.get("impact_started_at")),
        detected_at=context.instant(values.get("detected_at")),
        detected_by=value_of(values, "detected_by", context),
        declared_at=context.instant(values.get("declared_at")),
        acknowledged_at=context.instant(values.get("acknowledged_at")),
        mitigated_at=context.instant(values.get("mitigated_at")),
        resolved_at=resolved_at,
        closed_at=context.instant(values.get("closed_at")),
        is_resolved=resolved_at is not None or not is_blank(values.get("closed_at")),
        resolved_by=value_of(values, "resolved_by", context),
        caused_by=cleaned(values.get("caused_by_deployment_id")),
        fingerprint=cleaned(values.get("fingerprint")),
    )


def hit_of(values: Values, context: Context) -> Hit:
    """A service and market that an incident hit."""
    return Hit(
        incident_id=str(cleaned(values.get("incident_id"))),
        service=found("service", values, "service_id", context),
        market=cleaned(values.get("market")),
        started_at=context.instant(values.get("impact_started_at")),
        ended_at=context.instant(values.get("impact_ended_at")),
        recorded_at=context.instant(values.get("recorded_at")),
    )


def market_of(values: Values, context: Context) -> Market:
    """A version of a market: whether it is critical."""
    return Market(
        name=str(cleaned(values.get("market"))),
        is_critical=flag(values.get("is_critical")),
        starts=context.instant(values.get("valid_from")),
        ends=context.instant(values.get("valid_to")),
    )


def deployment_of(values: Values, context: Context) -> Deployment:
    """A deployment."""
    share, gates = cleaned(values.get("exposed_share")), cleaned(values.get("gates_skipped"))
    return Deployment(
        deployment_id=str(cleaned(values.get("deployment_id"))),
        service=found("service", values, "service_id", context),
        environment=value_of(values, "environment", context),
        version=cleaned(values.get("version")),
        started_at=context.instant(values.get("started_at")),
        finished_at=context.instant(values.get("finished_at")),
        outcome=value_of(values, "outcome", context),
        exposed_share=None if share is None else float(share),
        strategy=value_of(values, "strategy", context),
        first_commit_at=context.instant(values.get("first_commit_at")),
        failed_at=context.instant(values.get("failed_at")),
        restored_at=context.instant(values.get("restored_at")),
        tests=value_of(values, "tests", context),
        gates_skipped=None if gates is None else int(number(gates)),
        abort_trigger=value_of(values, "abort_trigger", context),
        rollback_of=cleaned(values.get("rollback_of")),
        rollback_trigger=value_of(values, "rollback_trigger", context),
        is_unplanned_fix=flag(values.get("is_unplanned_fix")),
        change_count=_whole(values.get("change_count")),
        lines_changed=_whole(values.get("lines_changed")),
        trigger=value_of(values, "trigger", context),
        change_kind=value_of(values, "change_kind", context),
        approval=approval_of(values, context),
    )


def approval_of(values: Values, context: Context) -> Approval:
    """What a row tells of an approval."""
    return Approval(
        requested_at=context.instant(values.get("approval_requested_at")),
        given_at=context.instant(values.get("approved_at")),
        expires_at=context.instant(values.get("approval_expires_at")),
        by_another=flag(values.get("approver_differs")),
    )


def _record_of(values: Values, context: Context) -> str:
    return f"{context.source.name}/{cleaned(values.get('source_record_id'))}"


def _whole(text: str | None) -> int | None:
    return None if cleaned(text) is None else int(number(cleaned(text)))


def run_of(values: Values, context: Context) -> Run:
    """A run of an automation."""
    return Run(
        run_id=str(cleaned(values.get("run_id"))),
        service=found("service", values, "service_id", context),
        mode=value_of(values, "mode", context),
        outcome=value_of(values, "outcome", context),
        started_at=context.instant(values.get("started_at")),
        is_taken_over=not is_blank(values.get("taken_over_at")),
        is_harmful=not (is_blank(values.get("harmed_incident_id")) and is_blank(values.get("reversed_at"))),
        incident_id=cleaned(values.get("incident_id")),
        automation_id=cleaned(values.get("automation_id")),
        version=cleaned(values.get("version")),
        alert_id=cleaned(values.get("alert_id")),
        finished_at=context.instant(values.get("finished_at")),
        has_harmed=not is_blank(values.get("harmed_incident_id")),
        trigger=value_of(values, "trigger", context),
        approval=approval_of(values, context),
    )


def recipe_of(values: Values, context: Context) -> Recipe:
    """A version of an automation."""
    minutes = cleaned(values.get("manual_minutes"))
    return Recipe(
        automation_id=str(cleaned(values.get("automation_id"))),
        version=cleaned(values.get("version")),
        formalised_at=context.instant(values.get("formalised_at")),
        tested_at=context.instant(values.get("tested_at")),
        alert_classes=tuple(word.strip() for word in (cleaned(values.get("alert_classes")) or "").split("|")),
        valid_to=context.instant(values.get("valid_to")),
        team=found("team", values, "team_id", context),
        manual_micros=None if minutes is None else round(round(Decimal(number(minutes)), 6) * MINUTE),
        basis=value_of(values, "manual_minutes_basis", context),
        derived_from=cleaned(values.get("derived_from")),
        risk=value_of(values, "risk", context),
        valid_from=context.instant(values.get("valid_from")),
        record=_record_of(values, context),
    )


def alert_of(values: Values, context: Context) -> Alert:
    """An alert."""
    return Alert(
        alert_id=str(cleaned(values.get("alert_id"))),
        service=found("service", values, "service_id", context),
        alert_class=cleaned(values.get("alert_class")),
        at=context.instant(values.get("fired_at")),
        was_paged=flag(values.get("was_paged")),
        action_taken=flag(values.get("action_taken")),
        incident_id=cleaned(values.get("incident_id")),
        resolved_at=context.instant(values.get("resolved_at")),
        resolved_by=value_of(values, "resolved_by", context),
        is_held_out=flag(values.get("is_held_out")),
    )


def capacity_event_of(values: Values, context: Context) -> CapacityEvent:
    """A scaling, or a saturation."""
    return CapacityEvent(
        event_id=str(cleaned(values.get("event_id"))),
        service=found("service", values, "service_id", context),
        at=context.instant(values.get("happened_at")),
        event=str(value_of(values, "event", context)),
    )


def review_of(values: Values, context: Context) -> Review:
    """A review of an incident."""
    teams = cleaned(values.get("teams_present"))
    return Review(
        postmortem_id=str(cleaned(values.get("postmortem_id"))),
        incident_id=cleaned(values.get("incident_id")),
        team=found("team", values, "team_id", context),
        started_at=context.instant(values.get("started_at")),
        published_at=context.instant(values.get("published_at")),
        teams_present=None if teams is None else int(number(teams)),
        record=_record_of(values, context),
    )


def action_of(values: Values, context: Context) -> Action:
    """An action that a review led to."""
    return Action(
        action_id=str(cleaned(values.get("action_id"))),
        postmortem_id=cleaned(values.get("postmortem_id")),
        team=found("team", values, "team_id", context),
        due_at=context.instant(values.get("due_at")),
        done_at=context.instant(values.get("done_at")),
    )


def contribution_of(values: Values, context: Context) -> Contribution:
    """Something shared with other teams."""
    return Contribution(
        record=_record_of(values, context),
        contribution_id=str(cleaned(values.get("contribution_id"))),
        team=found("team", values, "team_id", context),
        at=context.instant(values.get("contributed_at")) or 0,
        kind=str(value_of(values, "kind", context)),
        reused_by=found("team", values, "reused_by_team_id", context),
    )


def event_of(values: Values, context: Context) -> Event:
    """Something that happened to an incident."""
    return Event(
        incident_id=str(cleaned(values.get("incident_id"))),
        at=context.instant(values.get("event_at")) or 0,
        name=str(value_of(values, "event", context)),
        actor=value_of(values, "actor", context),
        field=cleaned(values.get("field")),
        from_value=cleaned(values.get("from_value")),
        to_value=cleaned(values.get("to_value")),
        record=_record_of(values, context),
        recorded_at=recorded_at(values, context),
        source=context.source.name,
    )


def recordings_of(judged: Iterable[Judged], context: Context) -> Iterator[Recording]:
    """The versions that state an end, of incidents that are not deleted."""
    for item in judged:
        resolved_at = context.instant(item.row.values.get("resolved_at"))
        if item.fate in ("staged", "superseded") and resolved_at is not None and item.recorded_at is not None:
            yield Recording(
                context.source.name, str(cleaned(item.row.values.get("incident_id"))), resolved_at, item.recorded_at
            )
