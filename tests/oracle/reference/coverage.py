"""When the sources speak of what: by service, team, area and the portfolio, by record kind and by metric."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal

from tests.oracle.reference.catalogue import ANY_OF, REQUIRED, SPLIT_REQUIRED
from tests.oracle.reference.instants import Period
from tests.oracle.reference.organisation import Coverage, Organisation
from tests.oracle.reference.ownership import EVER, STILL, Ownership, hull

Entity = tuple[str, str]
"""entity_type (service, team, area, portfolio) and entity_id."""
Interval = tuple[int, int]
"""Half-open, in instants."""
Scope = Literal["cell", "split", "record"]
"""What is asked for: the metric, a split of it, or only the record kind that it counts."""


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


def requirements(metric: str, scope: Scope) -> list[tuple[str, ...]]:
    """What must be covered: one kind of each tuple."""
    if scope == "record":
        return [(REQUIRED[metric][0].partition(".")[0],)]
    if scope == "split" and metric in SPLIT_REQUIRED:
        return [(kind,) for kind in SPLIT_REQUIRED[metric]]
    return [*((kind,) for kind in REQUIRED[metric]), *([ANY_OF[metric]] if metric in ANY_OF else [])]


class Cover:
    """The coverage of an organisation, cut off at as_of."""

    def __init__(self, organisation: Organisation, ownership: Ownership, as_of: int) -> None:
        self.as_of = as_of
        self._ownership = ownership
        self.rows: list[Coverage] = list(organisation.coverage)
        self._metric_intervals: dict[tuple[str, Scope, Entity], list[Interval]] = {}
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
        own = [(t.starts, t.ends) for t in tenures if entity[1] == (t.team if entity[0] == "team" else t.area)]
        return clipped(own, *self._interval(row))

    def intervals(self, kind: str, entity: Entity) -> list[Interval]:
        """United covered time of an entity.

        A service: within its validity. A team or area: what is said of all services, or of one that it owned
        then. The portfolio: whatever is said of anyone.
        """
        rows = [row for row in self.rows if row.kind == kind]
        if entity[0] == "portfolio":
            return united(self._interval(row) for row in rows)
        if kind == "outcomes":
            return []  # of markets, and no market is a team's
        if entity[0] != "service":
            parts = [[self._interval(r)] if r.services is None else self._owned(r, entity) for r in rows]
            return united(interval for part in parts for interval in part)
        low, high = self._services[entity[1]]
        return united(clipped(self.rows_of(kind, entity[1]), low, high))

    def metric_intervals(self, metric: str, scope: Scope, entity: Entity) -> list[Interval]:
        """United time in which sources speak of all that a metric, a split of it or its record kind requires."""
        if (metric, scope, entity) not in self._metric_intervals:
            found = [(EVER, STILL)]
            for kinds in requirements(metric, scope):
                either = united(part for kind in kinds for part in self.intervals(kind, entity))
                found = [part for low, high in either for part in clipped(found, low, high)]
            self._metric_intervals[metric, scope, entity] = united(found)
        return self._metric_intervals[metric, scope, entity]

    def speaks(self, metric: str, scope: Scope, entity: Entity, at: int) -> bool:
        """Whether an instant is covered: from the first on, up to the end without it; as_of itself is, if reached."""
        intervals = self.metric_intervals(metric, scope, entity)
        index = bisect_right(intervals, at, key=lambda interval: interval[0]) - 1
        return index >= 0 and (at < intervals[index][1] or at == intervals[index][1] == self.as_of)

    def covered(self, metric: str, scope: Scope, entity: Entity, periods: Sequence[Period]) -> set[Period]:
        """The periods that some covered time of the entity overlaps."""
        intervals = self.metric_intervals(metric, scope, entity)
        return {p for p in periods if any(s < p.ends and p.starts < e for s, e in intervals)}
