"""Whether a burn episode was declared as an incident."""

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
    """Notes every episode by whether an incident of its service overlaps it, 30 minutes around included."""
    as_of = book.clock.as_of
    spans = defaultdict(list)
    for incident in facts.incidents:
        span = _span(incident, as_of)
        if span is not None:
            spans[incident.service].append(span)
    for episode in facts.episodes:
        outcome: Outcome = any(
            starts <= episode.ends + NEAR and ends >= episode.at - NEAR for starts, ends in spans[episode.service]
        )
        if episode.ends + NEAR > as_of:
            outcome = "immature"
        book.ratio("declaration_completeness", episode, episode.at, outcome)
