"""Exposure: covered time of services, teams, areas and the portfolio by local day."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

from tests.oracle.reference.coverage import Cover, Entity
from tests.oracle.reference.instants import Calendar
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import Ownership

Days = dict[int, int]
"""Exposed microseconds by ordinal of the local day."""


def _service_days(
    cover: Cover, ownership: Ownership, calendar: Calendar, kind: str, service: str
) -> Iterable[tuple[int, int, str | None, str | None]]:
    """(day, microseconds, team, area) of a service's covered time; team None where nobody owned it."""
    for starts, ends in cover.intervals(kind, ("service", service)):
        cuts = {edge for tenure in ownership.tenures[service] for edge in (tenure.starts, tenure.ends)}
        edges = sorted({starts, ends, *(edge for edge in cuts if starts < edge < ends)})
        for low, high in pairwise(edges):
            team, area = ownership.owner(service, low)
            for day, length in calendar.split_by_day(low, high):
                yield day, length, team, area


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
