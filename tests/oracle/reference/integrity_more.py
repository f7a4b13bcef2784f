"""What integrity signals look at in runs, deployments, alerts and services, from their definitions."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.oracle.reference.coverage import Cover
from tests.oracle.reference.facts import Alert, Deployment, Facts
from tests.oracle.reference.instants import DAY, HOUR, SECOND
from tests.oracle.reference.integrity_looks import Look, plain, unplanned
from tests.oracle.reference.intervals import beyond
from tests.oracle.reference.ownership import Ownership

Quarter = tuple[int, int]


def trivial_runs(facts: Facts) -> Iterator[Look]:
    """trivial_padding: live runs that saved nothing, or took less than 5 seconds, and touched nothing."""
    manual = {(recipe.automation_id, recipe.version): recipe.manual_micros for recipe in facts.recipes}
    for run in facts.runs:
        if run.mode != "live" or run.outcome is None or run.started_at is None:
            continue
        lasted = None if run.finished_at is None else run.finished_at - run.started_at
        saved = 0 if run.outcome != "succeeded" else None
        by_hand = manual.get((run.automation_id or "", run.version))
        if saved is None and by_hand is not None and lasted is not None:
            saved = by_hand - lasted
        nothing = run.incident_id is None and run.alert_id is None and not run.has_harmed
        trivial = nothing and ((lasted is not None and lasted < 5 * SECOND) or (saved is not None and saved <= 0))
        yield plain("trivial_padding", run.team, run.started_at, run.run_id, trivial)


def tiny_deployments(facts: Facts) -> Iterator[Look]:
    """deployment_splitting: the version that was live already, or one change of at most five lines."""
    sequences: dict[str, list[Deployment]] = defaultdict(list)
    for each in facts.deployments:
        if each.is_production and each.outcome == "succeeded" and each.deployed_at is not None and each.service:
            sequences[each.service].append(each)
    for sequence in sequences.values():
        former: Deployment | None = None
        for each in sorted(sequence, key=lambda d: (d.deployed_at or 0, d.deployment_id)):
            same = former is not None and each.version is not None and each.version == former.version
            small = each.change_count is not None and each.lines_changed is not None
            small = small and (each.change_count or 0) <= 1 and (each.lines_changed or 0) <= 5
            former = each
            is_said = each.version is not None or each.lines_changed is not None
            if is_said and each.rollback_of is None and not each.is_unplanned_fix:
                at = each.deployed_at or 0
                yield plain("deployment_splitting", each.team, at, each.deployment_id, same or small)


def relabelled_rollbacks(facts: Facts) -> Iterator[Look]:
    """relabelled_rollback: returns within an hour of trouble that are not called rollbacks."""
    troubles: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in facts.deployments:
        if each.is_production and each.service and each.failed_at is not None:
            troubles[each.service].append((each.failed_at, each.restored_at or each.failed_at))
    for incident in unplanned(facts):
        if incident.service and incident.started_at is not None:
            troubles[incident.service].append((incident.started_at, incident.resolved_at or incident.started_at))
    for each in facts.deployments:
        if not (each.is_production and each.service and each.is_version_return):
            continue
        began = each.deployed_at if each.started_at is None else each.started_at
        if began is not None and any(low <= began <= high + HOUR for low, high in troubles[each.service]):
            at = each.deployed_at or 0
            yield plain("relabelled_rollback", each.team, at, each.deployment_id, each.rollback_of is None)


class Claim(NamedTuple):
    """What clears itself in a class where automation is credited and clears no more than that."""

    untouched: int
    expected_millionths: int
    elsewhere: int


def claims(facts: Facts, quarter: Quarter, as_of: int) -> tuple[dict[str, list[Claim]], list[Look]]:
    """credit_for_self_clearing in one quarter: by team its conspicuous classes, and the looks."""
    touched = {run.alert_id for run in facts.runs if run.alert_id is not None and run.mode in ("live", None)}
    cells: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in facts.alerts:
        if alert.incident_id is not None or alert.team is None or alert.alert_class is None or alert.at is None:
            continue
        is_over = alert.resolved_by is not None or (alert.resolved_at is None and alert.at + DAY <= as_of)
        if quarter[0] <= alert.at < quarter[1] and is_over:
            cells[alert.team, alert.alert_class].append(alert)
    found: dict[str, list[Claim]] = defaultdict(list)
    looks: list[Look] = []
    for (team, kind), alerts in cells.items():
        answerable = [alert for alert in alerts if not alert.is_held_out]
        untouched = [alert for alert in answerable if alert.alert_id not in touched]
        credited = [a for a in alerts if a.alert_id in touched and a.resolved_by == "automation"]
        beside = [a for a in alerts if a.is_held_out and a.alert_id not in touched]
        for (other, same), others in cells.items():
            if same == kind and other != team:
                beside += [a for a in others if not a.is_held_out and a.alert_id not in touched]
        alone = (sum(a.resolved_by == "self_cleared" for a in beside), len(beside))
        if not credited or len(beside) < 5 or not answerable:
            continue
        cleared = sum(a.resolved_by in ("automation", "self_cleared") for a in answerable)
        if beyond((cleared, len(answerable)), alone)[1] > 0:
            continue
        share = len(untouched) * (2 * alone[0] + 1) * 1_000_000 // (2 * alone[1] + 2)
        found[team].append(Claim(len(untouched), share, alone[1]))
        for alert in answerable:
            free = alert.alert_id not in touched
            odd = free and alert.resolved_by != "self_cleared"
            is_claim = not free and alert.resolved_by == "automation"
            looks.append(Look("credit_for_self_clearing", team, alert.at or 0, alert.alert_id, free, odd, is_claim))
    return found, looks


class Member(NamedTuple):
    """A service of a fixed cohort, from when to when it is looked at; gone: it vanished."""

    service: str
    starts: int
    ends: int
    gone: int | None


def cohorts(
    services: Sequence[str], ownership: Ownership, cover: Cover, quarter: Quarter, as_of: int
) -> dict[str, tuple[int, list[Member]]]:
    """By team: when the first of its services vanished in the quarter, and the cohort over the year before."""
    gone: dict[str, dict[str, int]] = defaultdict(dict)
    spoken = {service: cover.intervals("incidents", ("service", service)) for service in services}
    for service, intervals in spoken.items():
        last = max((high for _, high in intervals), default=as_of)
        if last < as_of and quarter[0] <= last < quarter[1]:
            for tenure in ownership.tenures[service]:
                if tenure.team is not None and tenure.starts < last <= min(tenure.ends, as_of):
                    gone[tenure.team][service] = last
    found = {}
    for team, vanished in gone.items():
        first = min(vanished.values())
        members = [
            Member(service, max(first - 365 * DAY, tenure.starts, low), min(first, high), vanished.get(service))
            for service in services
            for tenure in ownership.tenures[service]
            if tenure.team == team and tenure.starts < first <= tenure.ends
            for low, high in spoken[service]
            if low < first
        ]
        found[team] = (first, [member for member in members if member.starts < member.ends])
    return found


def rates(n: int, vanished: int, members: Sequence[Member]) -> tuple[float | None, float | None]:
    """Incidents a service-month of those that stayed, and of the whole cohort; a month is a twelfth of 365.25 days."""
    stayed = sum(member.ends - member.starts for member in members if member.gone is None)
    whole = sum(member.ends - member.starts for member in members)
    month = 365.25 * DAY / 12
    return (n - vanished) / (stayed / month) if stayed else None, n / (whole / month) if whole else None


def vanished_services(facts: Facts, found: dict[str, tuple[int, list[Member]]]) -> Iterator[Look]:
    """shrinking_denominator: incidents of the cohort, those of what vanished; the evidence is these services."""
    for team, (first, members) in found.items():
        for member in members:
            for incident in unplanned(facts):
                started = incident.started_at
                if (
                    incident.service == member.service
                    and started is not None
                    and member.starts <= started < member.ends
                ):
                    odd = member.gone is not None
                    yield Look("shrinking_denominator", team, first, incident.incident_id, True, odd, False)
        for service in sorted({member.service for member in members if member.gone is not None}):
            yield Look("shrinking_denominator", team, first, service, False, False, True)
