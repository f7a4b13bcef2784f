"""How each fact counts in each metric, from the definitions. What a vendor means is settled before."""

from collections import defaultdict
from collections.abc import Sequence

from tests.oracle.reference.book import Book, Outcome
from tests.oracle.reference.catalogue import FOLLOW_UP, REOPEN_WINDOW
from tests.oracle.reference.cells import Split
from tests.oracle.reference.facts import Alert, Facts, Incident, Run
from tests.oracle.reference.noting_automation import note_automation
from tests.oracle.reference.noting_budgets import note_budget, note_requests
from tests.oracle.reference.noting_burns import note_episodes
from tests.oracle.reference.noting_delivery import delivery_of, note_deployment
from tests.oracle.reference.noting_effects import note_effects
from tests.oracle.reference.noting_latency import note_latency
from tests.oracle.reference.noting_learning import note_learning
from tests.oracle.reference.noting_outcomes import note_outcomes


def is_self_healed(incident: Incident) -> bool | None:
    """Resolved by automation, no person's action before, no reopening within 24 hours of any resolution."""
    if not incident.is_resolved or incident.resolved_by is None:
        return None
    if incident.resolved_by != "automation":
        return False
    at = incident.resolved_at
    if at is None:
        return None
    helped = any(event.actor == "person" and event.at < at for event in incident.events)
    ends = [at, *(event.at for event in incident.events if event.name == "resolved")]
    again = [event.at for event in incident.events if event.name == "reopened"]
    reopened = any(end < when <= end + FOLLOW_UP for end in ends for when in again)
    return not helped and not reopened


def note_incident(book: Book, incident: Incident) -> None:
    """Notes one incident in all metrics that count incidents."""
    anchor = incident.started_at
    if anchor is None or incident.is_planned:
        return
    if incident.is_planned is None:
        for metric in (
            "incident_rate", "time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_restore",
            "self_healing_share",
        ):  # fmt: skip
            book.exclude(metric, incident, anchor, "planned_unknown")
        if incident.first_resolved_at is not None:
            book.exclude("reopen_rate", incident, incident.first_resolved_at, "planned_unknown")
        return
    severity = ("severity", incident.severity or "unknown")
    book.rate("incident_rate", incident, anchor, None, severity)
    detector = ("detected_by", incident.detected_by or "unknown")
    splits = [severity, ("resolved_by", incident.resolved_by or "unknown"), ("start_basis", incident.start_basis)]
    _note_detection(book, incident, anchor, [*splits, detector])
    _note_mitigation(book, incident, anchor, splits)
    _note_acknowledgement(book, incident, anchor, splits)
    _note_restoration(book, incident, anchor, splits)
    _note_reopening(book, incident)
    book.ratio("self_healing_share", incident, anchor, _self_healing(incident, book.clock.as_of))


def _note_detection(book: Book, incident: Incident, anchor: int, splits: Sequence[Split]) -> None:
    if incident.detected_at is None:
        book.exclude("time_to_detect", incident, anchor, "detection_unknown", *splits)
    else:
        book.duration("time_to_detect", incident, anchor, incident.detected_at - anchor, True, *splits)


def _note_mitigation(book: Book, incident: Incident, anchor: int, splits: Sequence[Split]) -> None:
    metric = "time_to_mitigate"
    if incident.mitigated_at is not None:
        book.duration(metric, incident, anchor, incident.mitigated_at - anchor, True, *splits)
    elif incident.is_resolved:
        book.exclude(metric, incident, anchor, "mitigation_time_unknown", *splits)
    else:
        book.duration(metric, incident, anchor, book.clock.as_of - anchor, False, *splits)


def _note_acknowledgement(book: Book, incident: Incident, anchor: int, splits: Sequence[Split]) -> None:
    metric = "time_to_acknowledge"
    ends = [end for end in (incident.resolved_at, incident.first_resolved_at) if end is not None]
    late = incident.acknowledged_at is not None and any(end < incident.acknowledged_at for end in ends)
    if incident.acknowledged_at is not None and not late:
        book.duration(metric, incident, anchor, incident.acknowledged_at - anchor, True, *splits)
    elif late or incident.is_resolved:
        book.exclude(metric, incident, anchor, "acknowledgement_unknown", *splits)
    else:
        book.duration(metric, incident, anchor, book.clock.as_of - anchor, False, *splits)


def _note_restoration(book: Book, incident: Incident, anchor: int, splits: Sequence[Split]) -> None:
    metric = "time_to_restore"
    if incident.resolved_at is not None:
        book.duration(metric, incident, anchor, incident.resolved_at - anchor, True, *splits)
    elif incident.is_resolved:
        book.exclude(metric, incident, anchor, "resolution_time_unknown", *splits)
    else:
        book.duration(metric, incident, anchor, book.clock.as_of - anchor, False, *splits)


def _note_reopening(book: Book, incident: Incident) -> None:
    first, again = incident.first_resolved_at, incident.first_reopened_at
    if first is None:
        return
    young = first + REOPEN_WINDOW > book.clock.as_of
    reopened = again is not None and again - first <= REOPEN_WINDOW
    book.ratio("reopen_rate", incident, first, "immature" if young else reopened)


def _self_healing(incident: Incident, as_of: int) -> Outcome:
    if not incident.is_resolved:
        return "immature"
    if incident.resolved_at is not None and incident.resolved_at + FOLLOW_UP > as_of:
        return "immature"
    healed = is_self_healed(incident)
    return "outcome_unknown" if healed is None else healed


def note_run(book: Book, run: Run) -> None:
    """Notes one automation run."""
    if run.started_at is None or run.mode in ("dry_run", "shadow"):
        return
    known = run.mode is not None
    succeeded: Outcome = "outcome_unknown" if run.outcome is None else run.outcome == "succeeded"
    for metric, outcome in (
        ("automation_success", succeeded), ("takeover_rate", run.is_taken_over), ("automation_harm", run.is_harmful),
    ):  # fmt: skip
        book.ratio(metric, run, run.started_at, outcome if known else "mode_unknown")


def note_coverage(book: Book, facts: Facts) -> None:
    """Notes which unplanned incidents a formalised and tested automation ran in."""
    runs: dict[str | None, list[Run]] = defaultdict(list)
    for run in facts.runs:
        runs[run.incident_id].append(run)
    classes: dict[str | None, set[str]] = defaultdict(set)
    for alert in facts.alerts:
        classes[alert.incident_id] |= {alert.alert_class} if alert.alert_class else set()
    for incident in facts.incidents:
        began = incident.started_at
        if began is None or incident.is_planned:
            continue
        fit = [run for run in runs[incident.incident_id] if _was_ready(run, facts, began)]
        outcome: Outcome = any(run.mode == "live" for run in fit)
        if not outcome and any(run.mode is None for run in fit):
            outcome = "mode_unknown"
        if not incident.is_resolved:
            outcome = "immature"
        outcome = "planned_unknown" if incident.is_planned is None else outcome
        split = ("addressable", _addressable(classes[incident.incident_id], facts, began))
        book.ratio("automation_coverage", incident, began, outcome, split)


def _addressable(classes: set[str], facts: Facts, began: int) -> str:
    """Whether an automation for one of its alerts' classes was written down before and in force."""
    if not classes:
        return "unknown"
    there = any(
        classes & set(recipe.alert_classes)
        and recipe.formalised_at is not None
        and recipe.formalised_at < began
        and (recipe.valid_to is None or recipe.valid_to > began)
        for recipe in facts.recipes
    )
    return "yes" if there else "no"


def note_alert(book: Book, alert: Alert) -> None:
    """Notes one alert that paged somebody, or may have."""
    if alert.at is None or alert.was_paged is False:
        return
    outcome: Outcome = "paging_unknown" if alert.was_paged is None else "action_unknown"
    if alert.was_paged and alert.action_taken is not None:
        outcome = alert.action_taken
    splits = [] if alert.alert_class is None else [("alert_class", alert.alert_class)]
    book.ratio("alert_precision", alert, alert.at, outcome, *splits)


def _was_ready(run: Run, facts: Facts, began: int) -> bool:
    """Whether what ran was written down and tested before an incident began; an unsaid version fits any."""
    return any(
        recipe.automation_id == run.automation_id
        and (None in (run.version, recipe.version) or run.version == recipe.version)
        and None not in (recipe.formalised_at, recipe.tested_at)
        and max(recipe.formalised_at or 0, recipe.tested_at or 0) < began
        for recipe in facts.recipes
    )


def fill(book: Book, facts: Facts, links: dict[str, tuple[str, str | None]]) -> None:
    """Notes all facts."""
    for incident in facts.incidents:
        note_incident(book, incident)
        if links.get(incident.incident_id, ("", ""))[1] is None and incident.started_at is not None:
            book.beside("change_fail_rate", incident, incident.started_at, "incident_unlinked", "incident_rate")
    delivery = delivery_of(facts, links)
    for deployment in facts.deployments:
        note_deployment(book, deployment, delivery)
    for run in facts.runs:
        note_run(book, run)
    for alert in facts.alerts:
        note_alert(book, alert)
    for hour in facts.slo_hours:
        note_requests(book, hour)
        note_budget(book, hour)
    note_episodes(book, facts)
    note_coverage(book, facts)
    note_automation(book, facts)
    note_effects(book, facts)
    note_learning(book, facts)
    note_outcomes(book, facts)
    note_latency(book, facts)
