"""Who owned a service at an instant, from services.csv and ownership histories. Teams' areas too."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.oracle.reference.facts import Facts, OwnerChange
from tests.oracle.reference.organisation import Organisation, Register, Span

EVER = -(1 << 62)
STILL = 1 << 62


@dataclass(frozen=True, slots=True)
class Tenure:
    """In [starts, ends) a service belonged to a team, or to none."""

    starts: int
    ends: int
    team: str | None


def bounds(span: Span) -> tuple[int, int]:
    """The validity of a register's row with its open sides closed far away."""
    return (EVER if span.starts is None else span.starts, STILL if span.ends is None else span.ends)


def hull(register: Register, entity: str) -> tuple[int, int]:
    """From the first to the last validity of an entity's rows."""
    found = [bounds(span) for span in register.spans if span.entity_id == entity]
    return min(starts for starts, _ in found), max(ends for _, ends in found)


def service_tenures(spans: Iterable[Span], changes: Iterable[OwnerChange]) -> list[Tenure]:
    """The tenures of one service: the register's until the first recorded change, then the changes'."""
    ordered = sorted(changes, key=lambda change: change.at)
    first = ordered[0].at if ordered else STILL
    tenures = []
    for span in spans:
        starts, ends = bounds(span)
        if starts < min(ends, first):
            tenures.append(Tenure(starts, min(ends, first), span.owner))
    ends_at = [change.at for change in ordered[1:]] + [STILL]
    for change, ends in zip(ordered, ends_at, strict=bool(ordered)):
        if change.at < ends:
            tenures.append(Tenure(change.at, ends, change.team))
    return sorted(tenures, key=lambda tenure: tenure.starts)


class Ownership:
    """Answers for services and teams at an instant."""

    def __init__(self, organisation: Organisation, changes: Iterable[OwnerChange]) -> None:
        by_service = defaultdict(list)
        for change in changes:
            by_service[change.service].append(change)
        self.tenures = {
            service: service_tenures(
                [s for s in organisation.services.spans if s.entity_id == service], by_service[service]
            )
            for service in organisation.services.ids()
        }
        self._starts = {service: [t.starts for t in tenures] for service, tenures in self.tenures.items()}
        self._teams = defaultdict(list)
        for span in organisation.teams.spans:
            self._teams[span.entity_id].append(span)

    def owner(self, service: str | None, instant: int) -> str | None:
        """The team that owned the service then, or None."""
        if service is None:
            return None
        index = bisect_right(self._starts[service], instant) - 1
        if index < 0:
            return None
        tenure = self.tenures[service][index]
        return tenure.team if instant < tenure.ends else None

    def area(self, team: str | None, instant: int) -> str | None:
        """The area of a team: of its row valid then, else of its last row."""
        spans = self._teams.get(team or "", [])
        valid = [span for span in spans if bounds(span)[0] <= instant < bounds(span)[1]]
        return (valid or spans)[-1].owner if spans else None


def place(facts: Facts, ownership: Ownership) -> None:
    """Fills team and area of every fact at its anchor instant; a stated team stays."""
    for incident in facts.incidents:
        at = incident.started_at
        if at is not None:
            incident.team = incident.team or ownership.owner(incident.service, at)
            incident.area = ownership.area(incident.team, at)
    for deployment in facts.deployments:
        at = deployment.deployed_at
        if at is not None:
            deployment.team = ownership.owner(deployment.service, at)
            deployment.area = ownership.area(deployment.team, at)
    for run in facts.runs:
        if run.started_at is not None:
            run.team = ownership.owner(run.service, run.started_at)
            run.area = ownership.area(run.team, run.started_at)
