"""Whether a burn episode was declared: by an incident of its service, or one that is told to have hit it."""

from collections import defaultdict

from tests.oracle.reference.book import Book, Outcome
from tests.oracle.reference.facts import Facts, Incident
from tests.oracle.reference.instants import MINUTE

NEAR = 30 * MINUTE


def _span(incident: Incident, as_of: int) -> tuple[int, int] | None:
    starts = incident.started_at
    if starts is None:
        return None
    if incident.resolved_at is not None:
        return starts, incident.resolved_at
    if not incident.is_resolved:
        return starts, as_of
    return starts, starts if incident.closed_at is None else incident.closed_at


def note_episodes(book: Book, facts: Facts) -> None:
    """Notes every episode by whether an incident overlaps it, 30 minutes around included."""
    as_of = book.clock.as_of
    spans: dict[str | None, list[tuple[int, int]]] = defaultdict(list)
    whole = {incident.incident_id: _span(incident, as_of) for incident in facts.incidents}
    services = {incident.incident_id: incident.service for incident in facts.incidents}
    for incident_id, span in whole.items():
        if span is not None:
            spans[services[incident_id]].append(span)
    for hit in facts.hits:
        if hit.incident_id not in whole:
            continue
        starts, ends = whole[hit.incident_id] or (None, None)
        starts = starts if hit.started_at is None else hit.started_at
        ends = ends if hit.ended_at is None else hit.ended_at
        if starts is not None and ends is not None and starts <= ends:
            spans[hit.service or services[hit.incident_id]].append((starts, ends))
    for episode in facts.episodes:
        outcome: Outcome = any(
            starts <= episode.ends + NEAR and ends >= episode.at - NEAR for starts, ends in spans[episode.service]
        )
        if episode.ends + NEAR > as_of:
            outcome = "immature"
        book.ratio("declaration_completeness", episode, episode.at, outcome)
