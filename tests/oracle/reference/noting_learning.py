"""How reviews, what they agreed on, and scaling actions count, from the definitions."""

from tests.oracle.reference.book import Book, Outcome
from tests.oracle.reference.facts import Facts, Incident
from tests.oracle.reference.instants import DAY

SEVERE = ("sev1", "sev2")
REVIEWED_WITHIN = 14 * DAY


def note_learning(book: Book, facts: Facts) -> None:
    """Notes all of them."""
    published: dict[str | None, int] = {}
    for review in facts.reviews:
        if review.published_at is not None:
            former = published.get(review.incident_id, review.published_at)
            published[review.incident_id] = min(former, review.published_at)
            breadth = "teams_unknown" if review.teams_present is None else review.teams_present > 1
            book.ratio("review_breadth", review, review.published_at, breadth)
    kinds = {incident.incident_id: incident.fingerprint for incident in facts.incidents}
    lessons = [(kinds.get(incident_id or ""), at) for incident_id, at in published.items()]
    for incident in facts.incidents:
        if not incident.is_planned and incident.started_at is not None:
            book.ratio("repeat_share", incident, incident.started_at, _is_repeat(incident, lessons))
        if not incident.is_planned and incident.severity in (None, *SEVERE):
            _note_incident(book, incident, published.get(incident.incident_id))
    for action in facts.actions:
        if action.due_at is not None and action.due_at <= book.clock.as_of:
            in_time = action.done_at is not None and action.done_at <= action.due_at
            book.ratio("actions_on_time", action, action.due_at, in_time)
    for event in facts.capacity_events:
        if event.at is not None and event.event != "saturated":
            book.ratio("capacity_automation", event, event.at, event.event == "scaled_by_automation")


def _is_repeat(incident: Incident, lessons: list[tuple[str | None, int]]) -> Outcome:
    """Whether a review of its fingerprint was published before; `lessons` are fingerprints with publications."""
    if incident.is_planned is None:
        return "planned_unknown"
    if incident.fingerprint is None:
        return "fingerprint_unknown"
    began = incident.started_at
    return any(kind == incident.fingerprint and began is not None and at < began for kind, at in lessons)


def _note_incident(book: Book, incident: Incident, published: int | None) -> None:
    began, ended = incident.started_at, incident.resolved_at
    unknown = "planned_unknown" if incident.is_planned is None else None
    unknown = unknown or ("severity_unknown" if incident.severity is None else None)
    if began is not None:
        judged: Outcome = published is not None
        if not incident.is_resolved or (ended is not None and ended + REVIEWED_WITHIN > book.clock.as_of):
            judged = "immature"
        elif ended is None:
            judged = "resolution_time_unknown"
        book.ratio("postmortem_coverage", incident, began, unknown or judged)
    if ended is None:
        return
    split = ("severity", incident.severity or "unknown")
    if incident.is_planned is None:
        book.exclude("postmortem_delay", incident, ended, "planned_unknown")
    elif incident.severity is None:
        book.exclude("postmortem_delay", incident, ended, "severity_unknown", split)
    else:
        length = (book.clock.as_of if published is None else published) - ended
        book.duration("postmortem_delay", incident, ended, length, published is not None, split)
