"""What a source speaks for: covered periods, and the exposure of entities by local day."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from tests.oracle.reference.instants import Calendar, Period
from tests.oracle.reference.organisation import Coverage, Organisation
from tests.oracle.reference.ownership import Ownership, hull

Entity = tuple[str, str]
"""entity_type (service, team, area, portfolio) and entity_id."""
Interval = tuple[int, int]
Days = dict[int, int]
"""Exposed microseconds by ordinal of the local day."""


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """The union of half-open intervals, in order, empty ones left out."""
    merged: list[Interval] = []
    for starts, ends in sorted(i for i in intervals if i[0] < i[1]):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((starts, ends))
    return merged


def clipped(intervals: Iterable[Interval], low: int, high: int) -> list[Interval]:
    """The parts of the intervals within [low, high)."""
    parts = ((max(starts, low), min(ends, high)) for starts, ends in intervals)
    return [part for part in parts if part[0] < part[1]]


class Cover:
    """The coverage of an organisation, cut off at as_of."""

    def __init__(self, organisation: Organisation, ownership: Ownership, as_of: int) -> None:
        self.as_of = as_of
        self._ownership = ownership
        self.rows: list[Coverage] = list(organisation.coverage)
        self._services = {s: hull(organisation.services, s) for s in organisation.services.ids()}

    def _interval(self, row: Coverage) -> Interval:
        return row.starts, self.as_of if row.ends is None else min(row.ends, self.as_of)

    def rows_of(self, kind: str, service: str | None) -> list[Interval]:
        """Each coverage row's interval that speaks for a service (None: only rows for all services)."""
        return [
            self._interval(row)
            for row in self.rows
            if row.kind == kind and (row.services is None or (service is not None and service in row.services))
        ]

    def _owned(self, row: Coverage, entity: Entity) -> list[Interval]:
        """The parts of a row's interval in which a team or area owned a service that the row names."""
        tenures = [t for s in row.services or () for t in self._ownership.tenures.get(s, ())]
        own = [
            (t.starts, t.ends)
            for t in tenures
            if entity[1] == (t.team if entity[0] == "team" else self._ownership.area(t.team, t.starts))
        ]
        return clipped(own, *self._interval(row))

    def intervals(self, kind: str, entity: Entity) -> list[Interval]:
        """United covered time of an entity.

        A service: within its validity. A team or area: what is said of all services, or of one that it owned
        then. The portfolio: whatever is said of anyone.
        """
        rows = [row for row in self.rows if row.kind == kind]
        if entity[0] == "portfolio":
            return united(self._interval(row) for row in rows)
        if entity[0] != "service":
            parts = [[self._interval(r)] if r.services is None else self._owned(r, entity) for r in rows]
            return united(interval for part in parts for interval in part)
        low, high = self._services[entity[1]]
        return united(clipped(self.rows_of(kind, entity[1]), low, high))

    def covered(self, kind: str, entity: Entity, periods: Sequence[Period]) -> set[Period]:
        """The periods that some covered time of the entity overlaps."""
        intervals = self.intervals(kind, entity)
        return {p for p in periods if any(s < p.ends and p.starts < e for s, e in intervals)}


def _service_days(
    cover: Cover, ownership: Ownership, calendar: Calendar, kind: str, service: str
) -> Iterable[tuple[int, int, str | None, str | None]]:
    """(day, microseconds, team, area) of a service's covered time; team None where nobody owned it."""
    for starts, ends in cover.intervals(kind, ("service", service)):
        cuts = [(t.starts, t.ends, t.team) for t in ownership.tenures[service] if t.team is not None]
        edges = sorted({starts, ends, *(e for c in cuts for e in c[:2] if starts < e < ends)})
        for low, high in pairwise(edges):
            team = ownership.owner(service, low)
            for day, length in calendar.split_by_day(low, high):
                yield day, length, team, ownership.area(team, low)


def exposure(
    organisation: Organisation,
    cover: Cover,
    ownership: Ownership,
    calendar: Calendar,
    kind: str,
    combine: Callable[[int, int], int],
) -> dict[Entity, Days]:
    """Exposure by entity and day. `combine` joins the services of one entity: a sum, or a maximum."""
    found: dict[Entity, Days] = defaultdict(dict)
    portfolio = ("portfolio", organisation.name)
    for service in organisation.services.ids():
        own: dict[Entity, Days] = defaultdict(lambda: defaultdict(int))
        for day, length, team, area in _service_days(cover, ownership, calendar, kind, service):
            own["service", service][day] += length
            own[portfolio][day] += length
            if team is not None:
                own["team", team][day] += length
            if area is not None:
                own["area", area][day] += length
        for entity, days in own.items():
            total = found[entity]
            for day, length in days.items():
                total[day] = combine(total[day], length) if day in total else length
    return found
