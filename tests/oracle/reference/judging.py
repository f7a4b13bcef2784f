"""What each guardrail judges, and whether it fails, from the definitions; not known is None. No counting here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.reference.book import Book
from tests.oracle.reference.facts import Approval, Deployment, Facts, Incident, Objective, Recipe, Run, SloHour
from tests.oracle.reference.instants import DAY, HOUR, MINUTE, SECOND
from tests.oracle.reference.noting_budgets import budgeted
from tests.oracle.reference.vendors_objectives import version_in_force

Tiers = dict[str, list[tuple[int, int, int | None]]]


class Judged(NamedTuple):
    """A record under a guardrail. `fails` is False where it passes or is none of the guardrail's business."""

    guardrail: str
    part: str
    service: str | None
    team: str | None
    at: int
    record: str
    concerns: bool | None
    fails: bool | None
    review: int | None = None


def also(*known: bool | None) -> bool | None:
    """All of them: one that is false decides, else one that is not known does."""
    return False if False in known else None if None in known else True


def _is(value: str | None, wanted: str) -> bool | None:
    return None if value is None else value == wanted


def _is_approved(approval: Approval | None, start: int | None) -> bool | None:
    if approval is None or approval.requested_at is None or approval.given_at is None or approval.by_another is False:
        return False
    if approval.requested_at > approval.given_at:
        return False
    if start is None:
        return None
    if approval.given_at > start or (approval.expires_at is not None and approval.expires_at <= start):
        return False
    return approval.by_another


def _review(approval: Approval | None) -> int | None:
    if approval is None or approval.requested_at is None or approval.given_at is None:
        return None
    return approval.given_at - approval.requested_at if approval.given_at >= approval.requested_at else None


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


class Judge:
    """Judges the records of an organisation by one version of its policy."""

    def __init__(self, facts: Facts, book: Book, tiers: Tiers, policy: dict[str, Any]) -> None:
        self.facts, self.book, self.tiers = facts, book, tiers
        self.policy = policy["guardrails"]
        self.as_of = book.clock.as_of
        self.versions = {(recipe.automation_id, recipe.version): recipe for recipe in facts.recipes}
        self.hours = _by_objective(facts.slo_hours)

    def all(self) -> Iterator[Judged]:
        """Every record under every guardrail but non_inferiority."""
        for run in self.facts.runs:
            if run.started_at is not None and run.mode in (None, "live"):
                yield from self._run(run, run.started_at)
        for deployment in self.facts.deployments:
            if deployment.deployed_at is not None and deployment.is_production is not False:
                yield from self._deployment(deployment, deployment.deployed_at)
        yield from self._rehearsals()
        for incident in self.facts.incidents:
            if incident.started_at is not None and incident.is_planned is not True:
                yield from self._incident(incident, incident.started_at)

    def _run(self, run: Run, at: int) -> Iterator[Judged]:
        place = run.service, run.team, at, f"automation_runs/{run.run_id}"
        live = _is(run.mode, "live")
        recipe = self.versions.get((run.automation_id or "", run.version))
        critical = also(live, _is(recipe.risk if recipe else None, "critical"))
        if critical is not False:
            fails = also(critical, _not(_is_approved(run.approval, at)))
            yield Judged("oversight", "runs", *place, critical, fails, _review(run.approval) if critical else None)
        if run.finished_at is not None or at + DAY <= self.as_of:
            whole = None not in (run.trigger, run.finished_at, run.outcome)
            yield Judged("audit_trail", "runs", *place, live, also(live, not whole))
        yield Judged("harm", "runs", *place, live, also(live, run.is_harmful))
        yield Judged("over_automation", "takeovers", *place, live, also(live, run.is_taken_over))

    def _deployment(self, deployment: Deployment, at: int) -> Iterator[Judged]:
        place = deployment.service, deployment.team, at, f"deployments/{deployment.deployment_id}"
        rules = self.policy["oversight"]
        tier = self._tier(deployment.service, at)
        kind = deployment.change_kind
        critical = also(
            deployment.is_production,
            _is(deployment.trigger, "automation"),
            None if kind is None else kind in rules["critical_change_kinds"],
            None if tier is None else tier in [int(each) for each in rules["critical_tiers"]],
        )
        if critical is not False:
            fails = also(critical, _not(_is_approved(deployment.approval, deployment.started_at)))
            review = _review(deployment.approval) if critical else None
            yield Judged("oversight", "deployments", *place, critical, fails, review)
        is_due = deployment.finished_at is not None or at + DAY <= self.as_of
        if deployment.trigger in (None, "automation") and is_due:
            told = deployment.trigger, deployment.started_at, deployment.finished_at, deployment.outcome
            production = deployment.is_production
            yield Judged("audit_trail", "deployments", *place, production, also(production, None in told))
        yield from self._risk(deployment, place)

    def _tier(self, service: str | None, at: int) -> int | None:
        for low, high, tier in self.tiers.get(service or "", []):
            if low <= at < min(high, self.as_of) or at == self.as_of == min(high, self.as_of):
                return tier
        return None

    def _risk(self, deployment: Deployment, place: tuple[str | None, str | None, int, str]) -> Iterator[Judged]:
        start = deployment.finished_at if deployment.started_at is None else deployment.started_at
        promised = self._promised(deployment.service, start or 0)
        if deployment.change_kind in (None, "feature") and promised:
            spent = any(self._is_spent(objective, start or 0) for objective in promised)
            feature = also(deployment.is_production, _is(deployment.change_kind, "feature"))
            yield Judged("risk_taking", "deployments", *place, feature, also(feature, spent))

    def _promised(self, service: str | None, at: int) -> list[Objective]:
        by_id = defaultdict(list)
        for objective in sorted(self.facts.objectives, key=lambda version: version.starts or 0):
            by_id[objective.slo_id].append(objective)
        versions = [version_in_force(each, at) for each in by_id.values()]
        return [v for v in versions if v is not None and v.service == service and v.window_days is not None]

    def _is_spent(self, objective: Objective, start: int) -> bool:
        """Nothing left of what the hours allow that began within the window and are over."""
        opens = start - (objective.window_days or 0) * DAY
        hours = self.hours.get(objective.slo_id, [])
        left = [part for begins, ends, part in hours if opens <= begins and ends <= start]
        return bool(left) and sum(left) <= 0

    def _rehearsals(self) -> Iterator[Judged]:
        runs: dict[tuple[str, str | None], list[Run]] = defaultdict(list)
        for run in self.facts.runs:
            if run.automation_id is not None and run.started_at is not None:
                runs[run.automation_id, run.version].append(run)
        for key, recipe in self.versions.items():
            live = [run for run in runs[key] if run.mode == "live"]
            if recipe.risk in (None, "critical") and live:
                first = min(live, key=lambda run: (run.started_at or 0, run.run_id))
                critical = _is(recipe.risk, "critical")
                name = "@".join(each for each in key if each is not None)
                fails = also(critical, self._is_bold(recipe, first, runs[key]))
                at = first.started_at or 0
                yield Judged(
                    "over_automation", "versions", first.service, first.team, at, f"automations/{name}", critical, fails
                )

    def _is_bold(self, recipe: Recipe, first: Run, runs: Sequence[Run]) -> bool | None:
        """Live without a rehearsal; not known where it may have been rehearsed unseen."""
        before = [run.mode for run in runs if (run.started_at or 0) < (first.started_at or 0) and run.mode != "live"]
        if any(mode is not None for mode in before):
            return False
        written = [at for at in (recipe.formalised_at, recipe.tested_at, recipe.valid_from) if at is not None]
        watched = bool(written) and self.book.covers("over_automation.versions", first, min(written))
        return True if watched and not before else None

    def _incident(self, incident: Incident, at: int) -> Iterator[Judged]:
        severity = incident.severity or "sev1"
        if severity not in ("sev1", "sev2"):
            return
        minutes = Fraction(str(self.policy["escalation"][f"{severity}_minutes"]))
        begins = at if incident.declared_at is None else incident.declared_at
        due = begins + int(minutes * MINUTE)
        told = [event.at for event in incident.events if event.name in ("acknowledged", "escalated")]
        answers = [*told, *([] if incident.acknowledged_at is None else [incident.acknowledged_at])]
        over = [] if incident.resolved_at is None else [incident.resolved_at]
        if not (answers or over or incident.is_resolved) and due > self.as_of:
            return
        late: bool | None = None
        if any(answer <= due for answer in (*answers, *over)):
            late = False
        elif answers or not incident.is_resolved:
            late = True
        known = None if None in (incident.severity, incident.is_planned) else True
        place = incident.service, incident.team, at, f"incidents/{incident.incident_id}"
        yield Judged("escalation", "incidents", *place, known, also(known, late))


def _by_objective(hours: Iterable[SloHour]) -> dict[str, list[tuple[int, int, int]]]:
    """Of every objective (start, end, what is left in millionths) of the hours that count."""
    found = defaultdict(list)
    for hour in hours:
        stated = hour.stated
        if stated is None or hour.is_agreed or (stated.budgeting == "time_slices" and stated.slice_target is None):
            continue
        valid, bad = budgeted(hour.parts, stated)
        if valid:
            seconds = sum(part.seconds or 0 for part in hour.parts)
            length = max(1, -(-seconds // (len(hour.parts) * HOUR // SECOND))) * HOUR
            allowed = int((1 - stated.objective) * valid * 1_000_000)
            found[hour.slo_id].append((hour.at, hour.at + length, allowed - bad * 1_000_000))
    return found
