"""Time that incidents hit services, from the definitions: what hit what when, and what is left of the time promised."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from tests.oracle.reference.book import NOT_COVERED, Book
from tests.oracle.reference.facts import Facts, Hit, Incident
from tests.oracle.reference.ownership import Ownership

METRIC = "availability_time"
WINDOW, HIT, AGREED = range(3)


@dataclass(slots=True)
class Impact:
    """That a service was hit in [low, high), or why nobody can say; `at` is where it is counted."""

    service: str | None
    market: str | None
    low: int | None
    high: int | None
    at: int
    team: str | None = None
    area: str | None = None

    @property
    def reason(self) -> str | None:
        """Why it is left out."""
        if self.low is None:
            return "impact_start_unknown"
        if self.high is None:
            return "impact_end_unknown"
        if self.high < self.low:
            return "negative_duration"
        return "service_unknown" if self.service is None else None


def impacts(facts: Facts, ownership: Ownership, as_of: int) -> list[Impact]:
    """All impacts that have begun: the hits as told, and the main service of every other incident."""
    incidents = {incident.incident_id: incident for incident in facts.incidents}
    told = {hit.incident_id for hit in facts.hits}
    found = [_of_hit(hit, incidents.get(hit.incident_id), ownership, as_of) for hit in facts.hits]
    for incident in facts.incidents:
        low = incident.started_at
        if incident.incident_id not in told and incident.customer_impact is not False and low is not None:
            end = _end(incident, as_of)
            found.append(Impact(incident.service, None, low, end, low, incident.team, incident.area))
    return [impact for impact in found if impact.low is None or impact.low <= as_of]


def _end(incident: Incident | None, as_of: int) -> int | None:
    if incident is None or (incident.resolved_at is None and incident.is_resolved):
        return None
    return as_of if incident.resolved_at is None else incident.resolved_at


def _of_hit(hit: Hit, incident: Incident | None, ownership: Ownership, as_of: int) -> Impact:
    service = hit.service or (None if incident is None else incident.service)
    low = hit.started_at
    if low is None and incident is not None:
        low = incident.started_at
    high = _end(incident, as_of) if hit.ended_at is None else hit.ended_at
    known = as_of if hit.recorded_at is None else hit.recorded_at
    at = next(instant for instant in (low, hit.ended_at, known) if instant is not None)
    team, area = (None, None) if low is None else ownership.owner(service, low)
    return Impact(service, hit.market, low, high, at, team, area)


@dataclass(slots=True)
class Owned:
    """A service while it was one team's; what Book counts for."""

    service: str | None
    team: str | None
    area: str | None


def note_availability(book: Book, facts: Facts, ownership: Ownership) -> None:
    """Notes every covered moment of every service, and the impacts that are left out."""
    by_service: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for impact in impacts(facts, ownership, book.clock.as_of):
        if impact.reason is not None:
            book.exclude(METRIC, impact, impact.at, impact.reason)
            continue
        if not book.covers(METRIC, impact, impact.at):
            book.exclude(METRIC, impact, impact.at, NOT_COVERED)
        by_service[str(impact.service)].append((HIT, impact.low or 0, impact.high or 0))
    for agreed in facts.exclusions:
        if agreed.invalid_reason is None and agreed.sli in (None, "availability"):
            by_service[str(agreed.service)].append((AGREED, agreed.starts, agreed.ends))
    for service in ownership.tenures:
        windows = book.cover.metric_intervals(METRIC, "cell", ("service", service))
        spans = by_service[service] + [(WINDOW, low, high) for low, high in windows]
        _note_service(book, service, spans, ownership)


def moments(
    spans: Iterable[tuple[int, int, int]], cuts: Iterable[int] = ()
) -> Iterable[tuple[int, int, dict[int, bool]]]:
    """The time between each two neighbouring edges, with which kinds of spans hold then. Spans may overlap."""
    steps: dict[int, Counter[int]] = defaultdict(Counter)
    for kind, low, high in spans:
        steps[low][kind] += 1
        steps[high][kind] -= 1
    for cut in cuts:
        steps[cut].update(())
    open_now: Counter[int] = Counter()
    for low, high in pairwise(sorted(steps)):
        open_now.update(steps[low])
        yield low, high, {kind: open_now[kind] > 0 for kind in (WINDOW, HIT, AGREED)}


def _note_service(book: Book, service: str, spans: list[tuple[int, int, int]], ownership: Ownership) -> None:
    sums: dict[tuple[str | None, str | None, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    cuts = [tenure.starts for tenure in ownership.tenures[service]]
    for low, high, now in moments(spans, cuts):
        if not now[WINDOW]:
            continue
        owner = ownership.owner(service, low)
        for day, length in book.clock.calendar.split_by_day(low, high):
            sums_of_day = sums[(*owner, day)]
            for place, counts in enumerate((
                not now[AGREED] and not now[HIT], not now[AGREED], not now[HIT], True,
            )):  # fmt: skip
                sums_of_day[place] += length * counts
    for (team, area, day), (kept, promised, up, window) in sums.items():
        owned = Owned(service, team, area)
        book.covered_time(METRIC, owned, day, kept, promised)
        book.covered_time(METRIC, owned, day, up, window, ("exclusions", "none"))
