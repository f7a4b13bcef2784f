"""Who owned a service at an instant, from services.csv and ownership histories. Teams' areas too."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.oracle.reference.facts import Action, Facts, Incident, OwnerChange, Review
from tests.oracle.reference.organisation import Organisation, Register, Span

EVER = -(1 << 62)
STILL = 1 << 62


@dataclass(frozen=True, slots=True)
class Tenure:
    """In [starts, ends) a service belonged to a team of an area, or to none."""

    starts: int
    ends: int
    team: str | None
    area: str | None = None


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
        self._teams: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        for span in organisation.teams.spans:
            self._teams[span.entity_id].append((bounds(span)[0], span.owner))
        for rows in self._teams.values():
            rows.sort(key=lambda row: row[0])
        by_service = defaultdict(list)
        for change in changes:
            by_service[change.service].append(change)
        self.tenures = {
            service: [
                piece
                for tenure in service_tenures(
                    [s for s in organisation.services.spans if s.entity_id == service], by_service[service]
                )
                for piece in self._by_area(tenure)
            ]
            for service in organisation.services.ids()
        }
        self._starts = {service: [t.starts for t in tenures] for service, tenures in self.tenures.items()}

    def _by_area(self, tenure: Tenure) -> Iterator[Tenure]:
        """A tenure cut where its team changes its area."""
        changes = [starts for starts, _ in self._teams.get(tenure.team or "", [])[1:]]
        inside = [starts for starts in changes if tenure.starts < starts < tenure.ends]
        for low, high in pairwise([tenure.starts, *inside, tenure.ends]):
            yield Tenure(low, high, tenure.team, self.area(tenure.team, low))

    def owner(self, service: str | None, instant: int) -> tuple[str | None, str | None]:
        """The team that owned the service then and its area, or None."""
        if service is None:
            return None, None
        index = bisect_right(self._starts[service], instant) - 1
        if index < 0 or instant >= self.tenures[service][index].ends:
            return None, None
        return self.tenures[service][index].team, self.tenures[service][index].area

    def area(self, team: str | None, instant: int) -> str | None:
        """The area of a team: of its newest row that has begun by then, else of its first row."""
        rows = self._teams.get(team or "", [])
        begun = [area for starts, area in rows if starts <= instant]
        return (begun[-1] if begun else rows[0][1]) if rows else None


def place(facts: Facts, ownership: Ownership) -> None:
    """Fills team and area of every fact at its anchor instant; a stated team stays."""
    facts.area_of = ownership.area
    for incident in facts.incidents:
        at = incident.started_at
        if at is not None:
            incident.team = incident.team or ownership.owner(incident.service, at)[0]
            incident.area = ownership.area(incident.team, at)
    for deployment in facts.deployments:
        at = deployment.deployed_at
        if at is not None:
            deployment.team, deployment.area = ownership.owner(deployment.service, at)
    for run in facts.runs:
        if run.started_at is not None:
            run.team, run.area = ownership.owner(run.service, run.started_at)
    for event in (*facts.capacity_events, *facts.alerts):
        if event.at is not None:
            event.team, event.area = ownership.owner(event.service, event.at)
    for entry in facts.toil:
        if entry.at is not None:
            entry.team = entry.team or ownership.owner(entry.service, entry.at)[0]
            entry.area = ownership.area(entry.team, entry.at)
    for hour in (*facts.slo_hours, *facts.latency):
        hour.team, hour.area = ownership.owner(hour.service, hour.at)
    for episode in facts.episodes:
        episode.team, episode.area = ownership.owner(episode.service, episode.at)
    incidents = {incident.incident_id: incident for incident in facts.incidents}
    for review in facts.reviews:
        at = review.started_at if review.published_at is None else review.published_at
        _inherit(review, incidents.get(review.incident_id or ""), ownership, at)
    reviews = {review.postmortem_id: review for review in facts.reviews}
    for action in facts.actions:
        _inherit(action, reviews.get(action.postmortem_id or ""), ownership, action.due_at)


def _inherit(fact: Review | Action, of: Incident | Review | None, ownership: Ownership, at: int | None) -> None:
    """The service of what it is about; its team too, unless it names one."""
    fact.service = None if of is None else of.service
    if fact.team is None:
        fact.team, fact.area = (None, None) if of is None else (of.team, of.area)
    elif at is not None:
        fact.area = ownership.area(fact.team, at)
