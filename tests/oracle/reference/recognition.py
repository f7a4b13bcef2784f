"""What teams are recognised for, from the facts: what they shared, what others took up, what reviews they published."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tests.oracle.reference.book import Book
from tests.oracle.reference.coverage import Entity
from tests.oracle.reference.facts import Facts
from tests.oracle.reference.noting_automation import reuses

KINDS = ("recipe", "instrumentation", "training", "review")
ITEMS = {
    **{f"contribution_{kind}": "contributions" for kind in KINDS},
    "contribution_reused": "contributions",
    "recipe_reused": "automations",
    "review_published": "postmortems",
}
"""By item, the record kind whose source must speak."""


class RecognitionKey(NamedTuple):
    """What names a row of scorecard.recognition."""

    entity_type: str
    entity_id: str
    period_type: str
    period_start_on: date
    item_id: str


class Recognition(NamedTuple):
    """What a row says."""

    record_kind: str
    status: str
    records: int | None
    evidence_ids: str | None


def _records(facts: Facts, as_of: int) -> Iterator[tuple[str, str, int, str]]:
    """(item, team, instant, source row) of everything that is recognised."""
    shared, taken = set(), set()
    for one in sorted(facts.contributions, key=lambda one: (one.at, one.record)):
        if one.team is None:
            continue
        if (one.team, one.contribution_id) not in shared:
            yield f"contribution_{one.kind}", one.team, one.at, one.record
        shared.add((one.team, one.contribution_id))
        reuse = (one.team, one.contribution_id, one.reused_by)
        if one.reused_by not in (None, one.team) and reuse not in taken:
            yield "contribution_reused", one.team, one.at, one.record
        taken.add(reuse)
    for owner, first, at in reuses(facts, as_of):
        if owner is not None and first.team is not None:
            yield "recipe_reused", owner, at, first.record
    for review in facts.reviews:
        if review.team is not None and review.published_at is not None:
            yield "review_published", review.team, review.published_at, review.record


def recognition(facts: Facts, book: Book, places: list[tuple[Entity, str, date]]) -> dict[RecognitionKey, Recognition]:
    """Every row of the table. `places` are the entities in their months and quarters."""
    calendar, proofs = book.clock.calendar, defaultdict(list)
    for item, team, at, record in _records(facts, book.clock.as_of):
        for kind in ("month", "quarter"):
            first = calendar.period(kind, calendar.day_of(at)).first_day
            proofs[team, kind, first, item].append(record.replace(",", ";"))
    found = {}
    for entity, kind, first in places:
        if entity[0] != "team":
            continue
        period = calendar.period(kind, first.toordinal())
        for item, record_kind in ITEMS.items():
            names = sorted(proofs[entity[1], kind, first, item])
            spoken = any(a < period.ends and b > period.starts for a, b in book.cover.intervals(record_kind, entity))
            known = bool(names) or spoken
            found[RecognitionKey(*entity, kind, first, item)] = Recognition(
                record_kind, "ok" if known else "missing_source", len(names) if known else None, ",".join(names) or None
            )
    return found
