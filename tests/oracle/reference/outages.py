"""Outages of services that a monitor checks now and then: a walk through the checks of each, oldest first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.oracle.reference.facts import Facts, Incident, note_reopening


@dataclass(frozen=True, order=True, slots=True)
class Check:
    """What was seen of a service; two of one instant stand in the order of their ids."""

    at: int
    check_id: str
    service: str
    is_failed: bool


def note_outages(checks: Iterable[Check], facts: Facts) -> None:
    """An incident for each first failed check of a service, resolved by the next good one; its detection is unknown."""
    down: dict[str, Incident] = {}
    found: dict[str, list[Incident]] = defaultdict(list)
    for check in sorted(checks):
        if check.is_failed and check.service not in down:
            down[check.service] = Incident(
                incident_id=check.check_id,
                service=check.service,
                is_planned=False,
                impact_started_at=check.at,
                declared_at=check.at,
                detected_by="monitor",
            )
            found[check.service].append(down[check.service])
        elif not check.is_failed and check.service in down:
            up = down.pop(check.service)
            up.resolved_at, up.is_resolved = check.at, True
    for incident in (one for own in found.values() for one in own):
        note_reopening(incident, (), without_events=incident.resolved_at)
        facts.incidents.append(incident)
