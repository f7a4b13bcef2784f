"""Time in which people answered incidents: united per service and per team. Written from D49 and D50."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.oracle.reference.book import NOT_COVERED, Book, PieceOfWork, judge
from tests.oracle.reference.coverage import Entity, Interval, clipped, united
from tests.oracle.reference.facts import Facts, Incident
from tests.oracle.reference.noting_toil import Piece
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import Ownership

MINUTES = "manual_intervention_minutes"
SHARE = "unplanned_work_share"
Nobody = tuple[None, str | None]
"""Of no team: united by the service that is hit, or among what names none."""


@dataclass(frozen=True)
class Answer:
    """What is known of the people's time in an incident; no first action: no person acted before its end."""

    incident: Incident
    began: int
    reason: str | None
    first: int | None
    ended: int


def answer_of(incident: Incident, as_of: int) -> Answer | None:
    """None for planned work."""
    began = incident.started_at
    if began is None or incident.is_planned:
        return None
    ended = incident.resolved_at if incident.is_resolved else as_of
    if incident.is_planned is None:
        return Answer(incident, began, "planned_unknown", None, 0)
    if ended is None:
        return Answer(incident, began, "resolution_time_unknown", None, 0)
    if not incident.events:
        return Answer(incident, began, "action_unknown", None, ended)
    for event in sorted(incident.events, key=lambda event: (event.at, event.actor != "person")):
        if event.at >= ended or event.actor == "person":
            break
        if event.actor is None:
            return Answer(incident, began, "actor_unknown", None, ended)
    hands = [event.at for event in incident.events if event.actor == "person" and event.at < ended]
    return Answer(incident, began, None, min(hands, default=None), ended)


class Responses:
    """The united time of services, teams and nobody."""

    def __init__(self, book: Book, facts: Facts) -> None:
        self.book = book
        found = (answer_of(incident, book.clock.as_of) for incident in facts.incidents)
        self.answers = [answer for answer in found if answer is not None]
        self.spoken = {answer.incident.incident_id: self._spoken(answer) for answer in self.answers}
        of_services: dict[str, list[Interval]] = defaultdict(list)
        of_teams: dict[str | Nobody, list[Interval]] = defaultdict(list)
        for answer in self.answers:
            incident, pieces = answer.incident, self.spoken[answer.incident.incident_id]
            if incident.service is not None:
                of_services[incident.service] += pieces
            of_teams[incident.team or (None, incident.service)] += pieces
        self.services = {service: united(pieces) for service, pieces in of_services.items()}
        self.teams = {team: united(pieces) for team, pieces in of_teams.items()}

    def _spoken(self, answer: Answer) -> list[Interval]:
        if answer.first is None:
            return []
        entity = judge(answer.incident, self.book.organisation)
        return clipped(self.book.cover.metric_intervals(MINUTES, "cell", entity), answer.first, answer.ended)

    def by_day(self, spans: list[Interval]) -> Iterator[tuple[int, int, int]]:
        """(day, start, microseconds) of spans."""
        for starts, ends in spans:
            at = starts
            for day, length in self.book.clock.calendar.split_by_day(starts, ends):
                yield day, at, length
                at += length


def note_minutes(
    book: Book, responses: Responses, organisation: Organisation, ownership: Ownership, alive: dict[Entity, Interval]
) -> None:
    """Notes the sum of people's minutes, and the days in which it could have been more."""
    portfolio = ("portfolio", book.organisation)
    for service, spans in responses.services.items():
        for day, _, length in responses.by_day(spans):
            book.add(MINUTES, ("service", service), day, length, 0)
    for team, spans in responses.teams.items():
        for day, at, length in responses.by_day(spans):
            for entity in (*_of_team(team, ownership, at), portfolio):
                book.add(MINUTES, entity, day, length, 0)
    for answer in responses.answers:
        _note_people(book, responses, ownership, answer)
    for service in organisation.services.ids():
        _watch_service(book, responses, ownership, service)
    for team in organisation.teams.ids():
        first: dict[int, int] = {}
        low, high = alive.get(("team", team), (1, 0))
        for day, at, _ in responses.by_day(book.cover.metric_intervals(MINUTES, "cell", ("team", team))):
            if low <= high and book.clock.calendar.day_of(low) <= day <= book.clock.calendar.day_of(high):
                first.setdefault(day, at)
        for day, at in first.items():
            for entity in (*_of_team(team, ownership, at), portfolio):
                book.add(MINUTES, entity, day, 0, 1)
    for answer in responses.answers:
        is_spoken_of = bool(responses.spoken[answer.incident.incident_id])
        _leave_out(book, MINUTES, answer, answer.incident, answer.reason, is_spoken_of)


def _note_people(book: Book, responses: Responses, ownership: Ownership, answer: Answer) -> None:
    """An incident counts on every day on which it was answered; it is known since a person's first action is."""
    incident = answer.incident
    hands = [event for event in incident.events if event.actor == "person"]
    for day, at, _ in responses.by_day(responses.spoken[incident.incident_id]):
        book.people.append(
            PieceOfWork(
                "incident_responses", min(event.source for event in hands), incident.incident_id, incident.team,
                ownership.area(incident.team, at), day,
                min(event.at if event.recorded_at is None else event.recorded_at for event in hands), None,
            )
        )  # fmt: skip


def _of_team(team: str | Nobody, ownership: Ownership, at: int) -> list[Entity]:
    if isinstance(team, tuple):
        return []
    area = ownership.area(team, at)
    return [("team", team), *([] if area is None else [("area", area)])]


def _watch_service(book: Book, responses: Responses, ownership: Ownership, service: str) -> None:
    covered = book.cover.metric_intervals(MINUTES, "cell", ("service", service))
    for day in {day for day, _, _ in responses.by_day(covered)}:
        book.add(MINUTES, ("service", service), day, 0, 1)
    owned = united((t.starts, t.ends) for t in ownership.tenures[service] if t.team is not None)
    free = [part for low, high in covered for part in _without(owned, low, high)]
    for day in {day for day, _, _ in responses.by_day(free)}:
        book.add(MINUTES, ("portfolio", book.organisation), day, 0, 1)


def _without(taken: list[Interval], low: int, high: int) -> Iterator[Interval]:
    for starts, ends in clipped(taken, low, high):
        if low < starts:
            yield low, starts
        low = ends
    if low < high:
        yield low, high


def _leave_out(book: Book, metric: str, answer: Answer, fact: Incident, reason: str | None, is_spoken_of: bool) -> None:
    if reason is not None:
        book.leave_out(metric, fact, answer.began, reason, None)
    elif answer.first is not None:
        if not is_spoken_of:
            book.leave_out(metric, fact, answer.began, NOT_COVERED, None)
    elif not book.cover.speaks(metric, "cell", judge(fact, book.organisation), answer.began):
        book.leave_out(metric, fact, answer.began, NOT_COVERED, None)


def note_answers(book: Book, responses: Responses, pieces: list[Piece]) -> None:
    """Notes the teams' time in incidents, where their capacity is known; after the capacity itself."""
    of_team: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        of_team[piece.team].append(piece)
    for team, spans in responses.teams.items():
        for piece in of_team.get(str(team), []) if isinstance(team, str) else []:
            for starts, ends in clipped(spans, piece.starts, piece.starts + piece.micros):
                if piece.capacity:
                    book.share_of_time(SHARE, piece.fact(), starts, ends - starts, 0, None)
    for answer in responses.answers:
        incident = replace(answer.incident, service=None)
        is_nobodys = incident.team is None and answer.first is not None
        is_spoken_of = any(
            clipped(responses.spoken[incident.incident_id], piece.starts, piece.starts + piece.micros)
            for piece in of_team.get(incident.team or "", [])
        )
        reason = answer.reason or ("team_unknown" if is_nobodys else None)
        _leave_out(book, SHARE, answer, incident, reason, is_spoken_of)
