"""Ready-made records in the columns of records.md: what breaks them, and what the metrics take of them."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import available_timezones

from tests.oracle.reference.burns import episodes_of
from tests.oracle.reference.facts import (
    Action,
    Alert,
    CapacityEvent,
    Deployment,
    Event,
    Facts,
    Hit,
    Incident,
    LatencyBucket,
    Market,
    Objective,
    Recipe,
    Recording,
    Review,
    Run,
    SloHour,
    note_reopening,
)
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows, is_blank
from tests.oracle.reference.instants import MINUTE, period_first_day
from tests.oracle.reference.noting_latency import Key as BucketKey
from tests.oracle.reference.noting_latency import add_bucket, complete, version_of_market
from tests.oracle.reference.noting_outcomes import day_defects, day_named, measure_of
from tests.oracle.reference.readers import COLUMNS, Row, Values
from tests.oracle.reference.record_values import flag, number, value_of
from tests.oracle.reference.record_values import found as _found
from tests.oracle.reference.vendors_objectives import (
    add_sample,
    exclusion_of,
    finer_than_millionths,
    objective_of,
    state,
    version_in_force,
)
from tests.oracle.reference.vendors_toil import entry_of

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
    most: dict[str, float] = field(default_factory=dict)
    """Above what a count cannot be."""
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
FEEDS = frozenset(SHAPES)
KEYS = {
    "sli_samples": ("slo_id", "market", "starts_at"),
    "latency_histograms": ("service_id", "market", "starts_at", "upper_bound_ms"),
}
"""What names a record that carries no id."""
COLUMNS.update({feed: (*shape.columns.split(), *COMMON) for feed, shape in SHAPES.items()})


def _instant_defects(values: Values, shape: Shape, context: Context, recorded_at: int | None) -> list[str]:
    defects: list[str] = []
    read: dict[str, int | None] = {}
    for name in (*shape.instants.split(), *shape.happened.split()):
        read[name] = context.instant(values.get(name), defects, name)
    happened = shape.happened.split()
    if shape.kind == "incidents":
        impact = read["impact_started_at"]
        read["started"] = read["declared_at"] if impact is None else impact
        happened += [] if flag(values.get("is_planned")) else ["impact_started_at"]
    for name in happened:
        at = read[name]
        if at is not None and recorded_at is not None and at > recorded_at:
            defects.append(f"{name}: later than recorded")
    for start, end in shape.ordered:
        begins, ends = read[start], read[end]
        if begins is not None and ends is not None and ends < begins:
            defects.append(f"{end}: end before start")
    return defects


def defects_of(values: Values, shape: Shape, context: Context, recorded_at: int | None) -> list[str]:
    """Every column of a record that breaks its contract, with the reason."""
    defects = _instant_defects(values, shape, context, recorded_at)
    for name, allowed in shape.enums.items():
        value = value_of(values, name, context)
        if value is not None and value not in allowed.split():
            defects.append(f"{name}: unknown {value}")
    for name in (*shape.flags.split(), "is_deleted"):
        if not is_blank(values.get(name)) and flag(values.get(name)) is None:
            defects.append(f"{name}: wrong type")
    for name in (*shape.counts.split(), *shape.shares.split()):
        value = cleaned(values.get(name))
        top = 1.0 if name in shape.shares.split() else shape.most.get(name, math.inf)
        if value is not None and (not math.isfinite(number(value)) or not 0 <= number(value) <= top):
            defects.append(f"{name}: impossible {value}")
    for name in shape.inside.split():
        if not 0 < number(cleaned(values.get(name))) < 1:
            defects.append(f"{name}: impossible")
    if shape.kind == "slos":
        defects += [f"{name}: finer than a millionth" for name in finer_than_millionths(values)]
    if shape.kind == "sli_samples":
        defects += [f"{name}: missing" for name in ("good", "valid") if cleaned(values.get(name)) is None]
        if number(values.get("good")) > number(values.get("valid")):
            defects.append("good: more than valid")
    if shape.kind == "latency_histograms":
        defects += ["count: missing"] if cleaned(values.get("count")) is None else []
        bound = cleaned(values.get("upper_bound_ms"))
        if bound is not None and (not math.isfinite(number(bound)) or number(bound) <= 0):
            defects.append("upper_bound_ms: not above 0")
    if shape.kind == "signal_reviews":
        first = day_named(values.get("period_start_on"), context, defects, "period_start_on")
        if first is not None and period_first_day("quarter", first).toordinal() != first:
            defects.append("period_start_on: not the first day of a quarter")
    if shape.kind == "outcomes":
        first = day_named(values.get("period_start_on"), context, defects, "period_start_on")
        last = day_named(values.get("period_end_on"), context, defects, "period_end_on")
        defects += day_defects(first, last, recorded_at)
    for name in shape.zones.split():
        value = cleaned(values.get(name))
        if value is not None and value not in available_timezones():
            defects.append(f"{name}: unknown {value}")
    if flag(values.get("is_deleted")) is not True:
        defects += [f"{name}: missing" for name in shape.required.split() if is_blank(values.get(name))]
        if shape.either and all(is_blank(values.get(name)) for name in shape.either):
            defects.append(f"{shape.either[0]}: none of {', '.join(shape.either)}")
    for names, register in ((shape.services, context.services), (shape.teams, context.teams)):
        for name in names.split():
            value = cleaned(values.get(name))
            if value is not None and register.find(value) is None:
                defects.append(f"{name}: unknown {value}")
    return defects


def judge(rows: Sequence[Row], shape: Shape, context: Context) -> list[Judged]:
    """Every row as a version of its record."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        defects: list[str] = []
        values = row.values
        recorded = context.instant(values.get("recorded_at"), defects, "recorded_at")
        if recorded is None and is_blank(values.get("recorded_at")):
            recorded = context.as_of
        updated = context.instant(values.get("updated_at"), defects, "updated_at")
        updated = recorded if is_blank(values.get("updated_at")) else updated
        record: Hashable = cleaned(values.get("source_record_id"))
        if shape.kind in KEYS:
            record = tuple(values.get(name) for name in KEYS[shape.kind])
        is_deleted = flag(values.get("is_deleted")) is True
        item = Judged(row, record, record, recorded, updated, is_tombstone=is_deleted)
        item.defects = defects + defects_of(values, shape, context, recorded)
        if (row.file, row.number) in twofold:
            item.defects.append("two contents under one key")
        judged.append(item)
    return judged


def _incident(values: Values, context: Context) -> Incident:
    resolved_at = context.instant(values.get("resolved_at"))
    return Incident(
        incident_id=str(cleaned(values.get("incident_id"))),
        service=_found("service", values, "service_id", context),
        team=_found("team", values, "team_id", context),
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


def _hit(values: Values, context: Context) -> Hit:
    return Hit(
        incident_id=str(cleaned(values.get("incident_id"))),
        service=_found("service", values, "service_id", context),
        market=cleaned(values.get("market")),
        started_at=context.instant(values.get("impact_started_at")),
        ended_at=context.instant(values.get("impact_ended_at")),
        recorded_at=context.instant(values.get("recorded_at")),
    )


def _market(values: Values, context: Context) -> Market:
    return Market(
        name=str(cleaned(values.get("market"))),
        is_critical=flag(values.get("is_critical")),
        starts=context.instant(values.get("valid_from")),
        ends=context.instant(values.get("valid_to")),
    )


def _deployment(values: Values, context: Context) -> Deployment:
    share, gates = cleaned(values.get("exposed_share")), cleaned(values.get("gates_skipped"))
    return Deployment(
        deployment_id=str(cleaned(values.get("deployment_id"))),
        service=_found("service", values, "service_id", context),
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
    )


def _whole(text: str | None) -> int | None:
    return None if cleaned(text) is None else int(number(cleaned(text)))


def _run(values: Values, context: Context) -> Run:
    return Run(
        run_id=str(cleaned(values.get("run_id"))),
        service=_found("service", values, "service_id", context),
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
    )


def _recipe(values: Values, context: Context) -> Recipe:
    minutes = cleaned(values.get("manual_minutes"))
    return Recipe(
        automation_id=str(cleaned(values.get("automation_id"))),
        version=cleaned(values.get("version")),
        formalised_at=context.instant(values.get("formalised_at")),
        tested_at=context.instant(values.get("tested_at")),
        alert_classes=tuple(word.strip() for word in (cleaned(values.get("alert_classes")) or "").split("|")),
        valid_to=context.instant(values.get("valid_to")),
        team=_found("team", values, "team_id", context),
        manual_micros=None if minutes is None else round(round(Decimal(number(minutes)), 6) * MINUTE),
        basis=value_of(values, "manual_minutes_basis", context),
        derived_from=cleaned(values.get("derived_from")),
    )


def _alert(values: Values, context: Context) -> Alert:
    return Alert(
        alert_id=str(cleaned(values.get("alert_id"))),
        service=_found("service", values, "service_id", context),
        alert_class=cleaned(values.get("alert_class")),
        at=context.instant(values.get("fired_at")),
        was_paged=flag(values.get("was_paged")),
        action_taken=flag(values.get("action_taken")),
        incident_id=cleaned(values.get("incident_id")),
        resolved_at=context.instant(values.get("resolved_at")),
        resolved_by=value_of(values, "resolved_by", context),
        is_held_out=flag(values.get("is_held_out")),
    )


def _capacity_event(values: Values, context: Context) -> CapacityEvent:
    return CapacityEvent(
        event_id=str(cleaned(values.get("event_id"))),
        service=_found("service", values, "service_id", context),
        at=context.instant(values.get("happened_at")),
        event=str(value_of(values, "event", context)),
    )


def _review(values: Values, context: Context) -> Review:
    teams = cleaned(values.get("teams_present"))
    return Review(
        postmortem_id=str(cleaned(values.get("postmortem_id"))),
        incident_id=cleaned(values.get("incident_id")),
        team=_found("team", values, "team_id", context),
        started_at=context.instant(values.get("started_at")),
        published_at=context.instant(values.get("published_at")),
        teams_present=None if teams is None else int(number(teams)),
    )


def _action(values: Values, context: Context) -> Action:
    return Action(
        action_id=str(cleaned(values.get("action_id"))),
        postmortem_id=cleaned(values.get("postmortem_id")),
        team=_found("team", values, "team_id", context),
        due_at=context.instant(values.get("due_at")),
        done_at=context.instant(values.get("done_at")),
    )


def _event(values: Values, context: Context) -> Event:
    return Event(
        incident_id=str(cleaned(values.get("incident_id"))),
        at=context.instant(values.get("event_at")) or 0,
        name=str(value_of(values, "event", context)),
        actor=value_of(values, "actor", context),
        field=cleaned(values.get("field")),
        from_value=cleaned(values.get("from_value")),
        to_value=cleaned(values.get("to_value")),
        record=f"{context.source.name}/{cleaned(values.get('source_record_id'))}",
    )


def _recordings(judged: Iterable[Judged], context: Context) -> Iterator[Recording]:
    """The versions that state an end, of incidents that are not deleted."""
    for item in judged:
        resolved_at = context.instant(item.row.values.get("resolved_at"))
        if item.fate in ("staged", "superseded") and resolved_at is not None and item.recorded_at is not None:
            yield Recording(
                context.source.name, str(cleaned(item.row.values.get("incident_id"))), resolved_at, item.recorded_at
            )


class Collected:
    """The records of all sources, so that events find their incident whatever source they come from."""

    def __init__(self, promised: Iterable[Objective] = ()) -> None:
        self._promised = list(promised)
        self._judged: list[tuple[Shape, Context, list[Judged]]] = []

    def add(self, feed: str, rows: Sequence[Row], context: Context) -> None:
        """Judges the rows of one source."""
        shape = SHAPES[feed]
        self._judged.append((shape, context, judge(rows, shape, context)))

    def finish(self, facts: Facts, fates: Fates) -> None:
        """Adds the staged records to the facts, and all fates."""
        events: dict[str, list[Event]] = defaultdict(list)
        incidents: list[Incident] = []
        objectives: dict[str, list[Objective]] = defaultdict(list)
        for objective in self._promised:
            objectives[objective.slo_id].append(objective)
        hours: dict[tuple[str, str | None, int], SloHour] = {}
        buckets: dict[BucketKey, LatencyBucket] = {}
        for shape, context, judged in self._judged:
            for item in assign(judged, context.as_of):
                values = item.row.values
                if shape.kind == "incidents":
                    incidents.append(_incident(values, context))
                elif shape.kind == "incident_events":
                    event = _event(values, context)
                    events[event.incident_id].append(event)
                elif shape.kind == "incident_services":
                    facts.hits.append(_hit(values, context))
                elif shape.kind == "deployments":
                    facts.deployments.append(_deployment(values, context))
                elif shape.kind == "automation_runs":
                    facts.runs.append(_run(values, context))
                elif shape.kind == "automations":
                    facts.recipes.append(_recipe(values, context))
                elif shape.kind == "alerts":
                    facts.alerts.append(_alert(values, context))
                elif shape.kind == "toil_entries":
                    facts.toil.append(entry_of(values, context))
                elif shape.kind == "capacity_events":
                    facts.capacity_events.append(_capacity_event(values, context))
                elif shape.kind == "slos":
                    objective = objective_of(values, context)
                    objectives[objective.slo_id].append(objective)
                elif shape.kind == "slo_exclusions":
                    facts.exclusions.append(exclusion_of(values, context))
                elif shape.kind == "markets":
                    facts.markets.append(version_of_market(values, context))
                    facts.criticality.append(_market(values, context))
                elif shape.kind == "latency_histograms":
                    add_bucket(buckets, values, str(_found("service", values, "service_id", context)), context)
                elif shape.kind == "outcomes":
                    facts.measures.append(measure_of(values, context))
                elif shape.kind == "sli_samples":
                    add_sample(hours, values, context)
                elif shape.kind == "postmortems":
                    facts.reviews.append(_review(values, context))
                elif shape.kind == "postmortem_actions":
                    facts.actions.append(_action(values, context))
            if shape.kind == "incidents":
                facts.recordings.extend(_recordings(judged, context))
            fates.add(shape.kind, judged)
        facts.objectives.extend(each for versions in objectives.values() for each in versions)
        facts.criticality.sort(key=lambda market: market.starts or 0)
        for hour in hours.values():
            versions = sorted(objectives[hour.slo_id], key=lambda version: version.starts or 0)
            state(hour, versions)
        for exclusion in facts.exclusions:
            versions = sorted(objectives[exclusion.slo_id or ""], key=lambda version: version.starts or 0)
            exclusion.judge(version_in_force(versions, exclusion.starts))
        facts.slo_hours.extend(hours.values())
        facts.episodes.extend(episodes_of(facts.slo_hours))
        facts.latency.extend(buckets.values())
        complete(facts, sorted((v for each in objectives.values() for v in each), key=lambda v: v.starts or 0))
        for incident in incidents:
            note_reopening(incident, events[incident.incident_id], without_events=incident.resolved_at)
        facts.incidents.extend(incidents)
