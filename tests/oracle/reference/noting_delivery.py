"""How each deployment counts in each delivery metric, from the definitions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.oracle.reference.book import Book, Outcome
from tests.oracle.reference.catalogue import FOLLOW_UP
from tests.oracle.reference.facts import Deployment, Facts, Incident
from tests.oracle.reference.instants import HOUR

PROGRESSIVE = ("canary", "blue_green")
WITH_ENVIRONMENT = (
    "deployment_frequency", "change_fail_rate", "rework_rate", "rollback_rate", "lead_time", "delivery_predictability",
    "tested_share", "progressive_share", "green_path_share", "averted_outages",
)  # fmt: skip
"""Metrics from which a deployment of unknown environment is left out, and said to be."""


class Delivery(NamedTuple):
    """What a deployment is judged by beside itself."""

    firsts: frozenset[str]
    """Deployments that are the first of their service in production."""
    caused: Mapping[str, Sequence[Incident]]
    """Incidents by the deployment that they are linked to."""
    by_hand: Mapping[str | None, Sequence[Deployment]]
    """Production rollbacks that a person triggered, by service."""


def delivery_of(facts: Facts, links: Mapping[str, tuple[str, str | None]]) -> Delivery:
    """Collects it from all facts."""
    first: dict[str, tuple[int, str]] = {}
    by_hand: dict[str | None, list[Deployment]] = {}
    for deployment in facts.deployments:
        at = deployment.deployed_at
        if not deployment.is_production or deployment.service is None or at is None:
            continue
        here = (at, deployment.deployment_id)
        first[deployment.service] = min(first.get(deployment.service, here), here)
        if deployment.rollback_of is not None and deployment.rollback_trigger == "person":
            by_hand.setdefault(deployment.service, []).append(deployment)
    caused: dict[str, list[Incident]] = {}
    for incident in facts.incidents:
        cause = links.get(incident.incident_id, ("", None))[1]
        if cause is not None:
            caused.setdefault(cause, []).append(incident)
    return Delivery(frozenset(name for _, name in first.values()), caused, by_hand)


def note_deployment(book: Book, deployment: Deployment, delivery: Delivery) -> None:
    """Notes one deployment in all metrics that count deployments."""
    anchor = deployment.deployed_at
    if anchor is None or deployment.is_production is False:
        return
    strategy = ("strategy", deployment.strategy or "unknown")
    if deployment.is_production is None:
        for metric in WITH_ENVIRONMENT:
            splits = [strategy] if metric == "change_fail_rate" else []
            book.exclude(metric, deployment, anchor, "environment_unknown", *splits)
        return
    _note_frequency(book, deployment, anchor)
    young = anchor + FOLLOW_UP > book.clock.as_of
    failed = "immature" if young else _or(deployment.is_failed, "outcome_unknown")
    book.ratio("change_fail_rate", deployment, anchor, failed, strategy)
    book.ratio("rework_rate", deployment, anchor, _or(deployment.is_unplanned_fix, "unplanned_fix_unknown"))
    book.ratio("rollback_rate", deployment, anchor, _or(deployment.is_version_return, "version_unknown"))
    tested = None if deployment.tests is None else deployment.tests == "passed"
    book.ratio("tested_share", deployment, anchor, _or(tested, "tests_unknown"))
    stepwise = None if deployment.strategy is None else deployment.strategy in PROGRESSIVE
    book.ratio("progressive_share", deployment, anchor, _or(stepwise, "strategy_unknown"))
    book.ratio("green_path_share", deployment, anchor, _green(deployment))
    book.ratio("averted_outages", deployment, anchor, _averted(deployment, young))
    if deployment.rollback_of is not None:
        outcome = _automatic(deployment, anchor, delivery, book.clock.as_of)
        book.ratio("rollback_automatic_success", deployment, anchor, outcome)
    _note_lead_time(book, deployment, anchor, delivery)
    if deployment.is_failed:
        _note_recovery(book, deployment, anchor, delivery.caused.get(deployment.deployment_id, ()))


def _note_frequency(book: Book, deployment: Deployment, anchor: int) -> None:
    book.rate("deployment_frequency", deployment, anchor, ("outcome", deployment.outcome or "unknown"))
    if deployment.outcome == "succeeded":
        book.rate("deployment_frequency", deployment, anchor, None)
    elif deployment.outcome is None:
        book.exclude("deployment_frequency", deployment, anchor, "outcome_unknown")


def _or(known: bool | None, reason: str) -> Outcome:
    return reason if known is None else known


def _green(deployment: Deployment) -> Outcome:
    """Off the path by any broken condition; on it when all four are known to hold."""
    if deployment.outcome is None:
        return "outcome_unknown"
    held = [
        deployment.outcome == "succeeded",
        None if deployment.tests is None else deployment.tests == "passed",
        None if deployment.strategy is None else deployment.strategy in PROGRESSIVE,
        None if deployment.gates_skipped is None else deployment.gates_skipped == 0,
    ]
    if False in held:
        return False
    return "path_unknown" if None in held else True


def _averted(deployment: Deployment, young: bool) -> Outcome:
    """Stopped by analysis before everyone saw it, and nothing happened."""
    if deployment.outcome is None:
        return "outcome_unknown"
    if young:
        return "immature"
    share = deployment.exposed_share
    if share is None and deployment.strategy == "all_at_once":
        share = 1.0
    stopped = deployment.outcome in ("aborted", "rolled_back") and share is not None and share < 1
    if not stopped or deployment.is_failed:
        return False
    return "abort_trigger_unknown" if deployment.abort_trigger is None else deployment.abort_trigger == "analysis"


def _automatic(deployment: Deployment, anchor: int, delivery: Delivery, as_of: int) -> Outcome:
    """Automation undid it, and nobody had to within the hour."""
    if anchor + HOUR > as_of:
        return "immature"
    if deployment.rollback_trigger == "person" or deployment.outcome in ("failed", "aborted", "rolled_back"):
        return False
    if deployment.rollback_trigger is None or deployment.outcome is None:
        return "rollback_unknown"
    again = (d for d in delivery.by_hand.get(deployment.service, ()) if d is not deployment)
    return not any(anchor <= (d.deployed_at or 0) <= anchor + HOUR for d in again)


def _note_lead_time(book: Book, deployment: Deployment, anchor: int, delivery: Delivery) -> None:
    split = ("strategy", deployment.strategy or "unknown")
    began, ended = deployment.first_commit_at, deployment.finished_at
    reason = ""
    if deployment.deployment_id in delivery.firsts:
        reason = "first_deployment"
    elif deployment.outcome in ("failed", "aborted", "rolled_back"):
        reason = "not_delivered"
    elif began is None:
        reason = "first_commit_unknown"
    elif ended is None:
        reason = "finish_unknown"
    for metric, splits in (("lead_time", (split,)), ("delivery_predictability", ())):
        if reason:
            book.exclude(metric, deployment, anchor, reason, *splits)
        elif began is not None and ended is not None:
            book.duration(metric, deployment, anchor, ended - began, True, *splits)


def _note_recovery(book: Book, deployment: Deployment, anchor: int, caused: Sequence[Incident]) -> None:
    metric, split = "failed_deployment_recovery_time", ("strategy", deployment.strategy or "unknown")
    starts = [incident.started_at for incident in caused if incident.started_at is not None]
    failed_at = min(starts, default=None) if deployment.failed_at is None else deployment.failed_at
    if failed_at is None:
        book.exclude(metric, deployment, anchor, "failure_time_unknown", split)
        return
    restored_at = deployment.restored_at
    if restored_at is None and caused and all(incident.is_resolved for incident in caused):
        ends = [incident.resolved_at for incident in caused]
        if None in ends:
            book.exclude(metric, deployment, failed_at, "restoration_time_unknown", split)
            return
        restored_at = max(end for end in ends if end is not None)
    end = book.clock.as_of if restored_at is None else restored_at
    book.duration(metric, deployment, failed_at, end - failed_at, restored_at is not None, split)
