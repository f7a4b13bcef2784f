"""Which deployment an incident is linked to, by which rule; failed deployments; version returns."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

from tests.oracle.reference.coverage import Cover
from tests.oracle.reference.facts import Deployment, Incident
from tests.oracle.reference.instants import DAY, HOUR

ROLLBACK_WINDOW = 24 * HOUR
LAST_BEFORE = 24 * HOUR

Order = tuple[int, str]


def order(deployment: Deployment) -> Order:
    """Deployments in time, ties by id."""
    return deployment.deployed_at or 0, deployment.deployment_id


class Linker:
    """The candidates of all links: production deployments of a known service."""

    def __init__(self, deployments: Sequence[Deployment], as_of: int) -> None:
        self.as_of = as_of
        candidates = [d for d in deployments if d.is_production and d.service is not None and d.deployed_at is not None]
        self._by_id = {d.deployment_id: d for d in candidates}
        self._by_service: dict[str, list[Order]] = defaultdict(list)
        for deployment in candidates:
            self._by_service[str(deployment.service)].append(order(deployment))
        for orders in self._by_service.values():
            orders.sort()
        self._rollbacks: dict[str, list[tuple[int, Order]]] = defaultdict(list)
        for rollback in candidates:
            undone = self._by_id.get(rollback.rollback_of or "")
            if undone is not None and undone.service == rollback.service:
                self._rollbacks[str(rollback.service)].append((order(rollback)[0], order(undone)))

    def link(self, incident: Incident) -> tuple[str, str | None]:
        """(rule, deployment_id): explicit, rollback, last_before, or none."""
        started = incident.started_at
        if incident.caused_by in self._by_id:
            return "explicit", incident.caused_by
        if started is None or incident.service is None:
            return "none", None
        until = self.as_of if incident.resolved_at is None else incident.resolved_at
        undone = [
            cause
            for at, cause in self._rollbacks.get(incident.service, ())
            if started <= at <= until and cause[0] <= started
        ]
        if undone:
            return "rollback", max(undone)[1]
        orders = self._by_service.get(incident.service, [])
        index = bisect_right(orders, (started + 1, "")) - 1
        if index >= 0 and started - orders[index][0] <= LAST_BEFORE:
            return "last_before", orders[index][1]
        return "none", None


def links(
    incidents: Sequence[Incident], deployments: Sequence[Deployment], as_of: int
) -> dict[str, tuple[str, str | None]]:
    """The link of every unplanned incident."""
    linker = Linker(deployments, as_of)
    return {i.incident_id: linker.link(i) for i in incidents if i.is_planned is False}


def mark_failures(deployments: Sequence[Deployment], linked: set[str], cover: Cover) -> None:
    """Fills is_failed of every deployment."""
    undone = {d.rollback_of for d in deployments if d.rollback_of is not None}
    for deployment in deployments:
        deployment.is_failed = _is_failed(deployment, linked, undone, cover)


def _is_failed(deployment: Deployment, linked: set[str], undone: set[str], cover: Cover) -> bool | None:
    outcome = deployment.outcome
    if deployment.deployment_id in linked or outcome == "failed":
        return True
    if outcome in ("rolled_back", "aborted"):
        share = deployment.exposed_share
        if share is None and deployment.strategy == "all_at_once":
            share = 1.0
        return None if share is None else share >= 1
    if deployment.deployment_id in undone:
        return True
    if outcome == "succeeded":
        return False
    at = deployment.deployed_at
    watched = cover.rows_of("incidents", deployment.service)
    return False if at is not None and any(s <= at and e >= at + DAY for s, e in watched) else None


def mark_version_returns(deployments: Sequence[Deployment]) -> None:
    """Fills is_version_return: None without a version, True on the first deployment of a return."""
    sequences: dict[tuple[str, str | None], list[Deployment]] = defaultdict(list)
    for deployment in deployments:
        deployment.is_version_return = None if deployment.version is None else False
        if (
            deployment.version is not None
            and deployment.service is not None
            and deployment.deployed_at is not None
            and deployment.outcome not in ("failed", "aborted")
        ):
            sequences[deployment.service, deployment.environment].append(deployment)
    for sequence in sequences.values():
        _mark_returns(sorted(sequence, key=order))


def _mark_returns(sequence: Sequence[Deployment]) -> None:
    seen: Counter[str | None] = Counter()
    former: Deployment | None = None
    run_start = 0
    for deployment in sequence:
        if former is not None and deployment.version == former.version:
            continue
        if former is not None and seen[deployment.version]:
            gap = order(deployment)[0] - run_start
            deployment.is_version_return = gap <= ROLLBACK_WINDOW
        seen[deployment.version] += 1
        former, run_start = deployment, order(deployment)[0]
