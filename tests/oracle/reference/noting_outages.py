"""Outages of services of tier 1 and 2 by market, united anew for every service, team, area and the portfolio."""

from collections import defaultdict
from collections.abc import Iterable

from tests.oracle.reference.book import NOT_COVERED, Book
from tests.oracle.reference.coverage import Entity, Interval, clipped, united
from tests.oracle.reference.facts import Facts, Market
from tests.oracle.reference.noting_availability import Impact, impacts
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import EVER, STILL, Ownership

METRIC = "market_outage_minutes"
MOST_CRITICAL_TIERS = 2
Pieces = dict[Entity, dict[tuple[int, str, str], list[Interval]]]
"""By entity: stretches by local day, market and its kind. No kind: whether critical or not."""


def tier_spans(organisation: Organisation, service: str) -> list[tuple[int, int, int | None]]:
    """(from, to, tier) of a service: each row holds until the next begins, or its own end."""
    rows = sorted(
        (EVER if span.starts is None else span.starts, STILL if span.ends is None else span.ends, span.tier)
        for span in organisation.services.spans
        if span.entity_id == service
    )
    nexts = [low for low, _, _ in rows[1:]] + [STILL]
    return [(low, min(high, after), tier) for (low, high, tier), after in zip(rows, nexts, strict=True)]


def note_outages(book: Book, facts: Facts, ownership: Ownership, organisation: Organisation) -> None:
    """Notes every watched day, and what was out in which market on it."""
    tiers = {service: tier_spans(organisation, service) for service in ownership.tenures}
    hits: dict[str, list[Impact]] = defaultdict(list)
    for impact in impacts(facts, ownership, book.clock.as_of):
        reason = _reason(book, impact, tiers)
        if reason is None or (reason == NOT_COVERED and impact.reason is None and impact.market is not None):
            hits[str(impact.service)].append(impact)
        if reason not in (None, "out_of_scope"):
            book.exclude(METRIC, impact, impact.at, str(reason))
    pieces: Pieces = defaultdict(lambda: defaultdict(list))
    watched: dict[Entity, set[int]] = defaultdict(set)
    for service, spans in tiers.items():
        windows = book.cover.metric_intervals(METRIC, "cell", ("service", service))
        for low, high, tier in spans:
            if tier is not None and tier <= MOST_CRITICAL_TIERS:
                for tenure in ownership.tenures[service]:
                    within = clipped(clipped(windows, low, high), tenure.starts, tenure.ends)
                    owners = _owners(book, service, tenure.team, tenure.area)
                    _watch(book, within, owners, hits[service], facts.criticality, watched, pieces)
    _write(book, watched, pieces)


def _reason(book: Book, impact: Impact, tiers: dict[str, list[tuple[int, int, int | None]]]) -> str | None:
    tier = None
    for low, high, stated in tiers.get(impact.service or "", []):
        if low <= impact.at < min(high, book.clock.as_of):
            tier = stated
    if tier is not None and tier > MOST_CRITICAL_TIERS:
        return "out_of_scope"
    if impact.reason is not None:
        return impact.reason
    if not book.covers(METRIC, impact, impact.at):
        return NOT_COVERED
    if tier is None:
        return "tier_unknown"
    return "market_unknown" if impact.market is None else None


def _owners(book: Book, service: str, team: str | None, area: str | None) -> list[Entity]:
    named = (("service", service), ("team", team), ("area", area), ("portfolio", book.organisation))
    return [(kind, name) for kind, name in named if name is not None]


def _watch(
    book: Book,
    windows: Iterable[Interval],
    owners: list[Entity],
    hits: list[Impact],
    markets: list[Market],
    watched: dict[Entity, set[int]],
    pieces: Pieces,
) -> None:
    calendar = book.clock.calendar
    for low, high in windows:
        for day, _ in calendar.split_by_day(low, high):
            ((starts, ends),) = clipped([(low, high)], calendar.day_start(day), calendar.day_start(day + 1))
            for owner in owners:
                watched[owner].add(day)
            for impact in hits:
                for piece in clipped([(impact.low or 0, impact.high or 0)], starts, ends):
                    market = str(impact.market)
                    kind = _criticality(markets, market, piece[0])
                    for owner in owners:
                        pieces[owner][day, market, ""].append(piece)
                        pieces[owner][day, market, kind].append(piece)


def _criticality(markets: list[Market], name: str, instant: int) -> str:
    begun = [market for market in markets if market.name == name and (market.starts or 0) <= instant]
    if not begun or (begun[-1].ends is not None and instant >= begun[-1].ends):
        return "unknown"
    return {True: "critical", False: "not_critical", None: "unknown"}[begun[-1].is_critical]


def _write(book: Book, watched: dict[Entity, set[int]], pieces: Pieces) -> None:
    for owner, days in watched.items():
        sums: dict[tuple[int, tuple[str, str] | None], int] = defaultdict(int)
        for (day, market, kind), stretches in pieces[owner].items():
            length = sum(high - low for low, high in united(stretches))
            splits = [("market_criticality", kind)] if kind else [None, ("market", market)]
            for split in splits:
                sums[day, split] += length
        for split in {None, *(split for _, split in sums)}:
            for day in days:
                book.sum_of_day(METRIC, owner, day, sums.get((day, split), 0), split)
