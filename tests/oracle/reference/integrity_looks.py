"""What integrity signals look at in incidents, objectives and alerts, from their definitions: one look a record.

Belongs here: which records are counted, suspicious, evidence. Does not belong here: what is expected (integrity.py),
deployments, runs and services (integrity_more.py).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle.reference.coverage import Cover
from tests.oracle.reference.facts import Facts, Incident, Objective
from tests.oracle.reference.instants import DAY, HOUR, MINUTE, SECOND, UnparsableError, from_micros, parse_instant
from tests.oracle.reference.noting_budgets import budgeted
from tests.oracle.reference.ownership import Ownership

SEVERITIES = ("sev1", "sev2", "sev3", "sev4", "sev5")
UTC = ZoneInfo("UTC")
EARLIER_IS_BETTER = ("detected_at", "acknowledged_at", "mitigated_at", "resolved_at")
LATER_IS_BETTER = ("impact_started_at", "declared_at")
THRESHOLD = 300 * SECOND


class Look(NamedTuple):
    """A record that a signal of an entity looks at."""

    signal: str
    entity: str | None
    at: int
    record: str
    is_counted: bool
    is_suspicious: bool
    is_evidence: bool


def plain(signal: str, entity: str | None, at: int, record: str, is_suspicious: bool) -> Look:
    """A counted record, which is evidence where it is suspicious."""
    return Look(signal, entity, at, record, True, is_suspicious, is_suspicious)


def unplanned(facts: Facts) -> list[Incident]:
    """Incidents that were surely not planned."""
    return [incident for incident in facts.incidents if incident.is_planned is False]


def over_at(incident: Incident) -> int | None:
    """When it was closed; where nobody says, when it was resolved."""
    return incident.resolved_at if incident.closed_at is None else incident.closed_at


def downgrades(facts: Facts) -> Iterator[Look]:
    """severity_downgrade: lowered after the resolution, and no earlier than a day before the closing."""
    for incident in unplanned(facts):
        over = over_at(incident)
        if over is None:
            continue
        resolved = over if incident.first_resolved_at is None else incident.first_resolved_at
        lowered = any(
            event.name == "severity_changed" and event.at >= max(resolved, over - DAY) and _severity(event) is True
            for event in incident.events
        )
        yield plain("severity_downgrade", incident.team, over, incident.incident_id, lowered)


def _severity(event: object) -> bool | None:
    """Whether a change lowered the severity; None where it did not change between two known ones."""
    was, now = getattr(event, "from_value", None), getattr(event, "to_value", None)
    if was not in SEVERITIES or now not in SEVERITIES or was == now:
        return None
    return SEVERITIES.index(str(now)) > SEVERITIES.index(str(was))


def late_edits(facts: Facts) -> Iterator[Look]:
    """late_edit: 72 hours after closing or later, and better for a metric."""
    for incident in unplanned(facts):
        over = over_at(incident)
        for event in incident.events:
            if over is None or event.name not in ("edited", "severity_changed") or event.at < over + 3 * DAY:
                continue
            is_better = _severity(event) if event.field == "severity" else _moved(event)
            if is_better is not None:
                yield plain("late_edit", incident.team, event.at, event.record, is_better)


def _moved(event: object) -> bool | None:
    field = getattr(event, "field", None)
    was, now = (_instant(getattr(event, name, None)) for name in ("from_value", "to_value"))
    if was is None or now is None or was == now or field not in EARLIER_IS_BETTER + LATER_IS_BETTER:
        return None
    return (now < was) == (field in EARLIER_IS_BETTER)


def _instant(text: str | None) -> int | None:
    try:
        return None if text is None else parse_instant(text, UTC)
    except UnparsableError:
        return None


def backdatings(facts: Facts) -> Iterator[Look]:
    """backdating: the first recorded end lags more than 99 in 100 of the source's; its first instant is a load."""
    by_source = defaultdict(list)
    for recording in facts.recordings:
        by_source[recording.source].append(recording)
    incidents = {incident.incident_id: incident for incident in unplanned(facts)}
    for recordings in by_source.values():
        loaded = min(recording.recorded_at for recording in recordings)
        firsts = {}
        for each in sorted(recordings, key=lambda r: (r.recorded_at, r.resolved_at)):
            if each.recorded_at > loaded:
                firsts.setdefault(each.incident_id, each)
        lags = sorted(each.recorded_at - each.resolved_at for each in firsts.values())
        usual = lags[-(-99 * len(lags) // 100) - 1] if lags else 0
        for name, each in firsts.items():
            if name in incidents:
                late = each.recorded_at - each.resolved_at > usual
                yield plain("backdating", incidents[name].team, each.resolved_at, name, late)


def splits(facts: Facts) -> Iterator[Look]:
    """incident_splitting: begun until 30 minutes after the end of one of the same service and fingerprint."""
    alike = defaultdict(list)
    for incident in unplanned(facts):
        if None not in (incident.service, incident.fingerprint, incident.started_at):
            alike[incident.service, incident.fingerprint].append(incident)
    for incidents in alike.values():
        reached: int | None = None
        for incident in sorted(incidents, key=lambda i: (i.started_at or 0, i.incident_id)):
            started = incident.started_at or 0
            is_split = reached is not None and started - reached <= 30 * MINUTE
            yield plain("incident_splitting", incident.team, started, incident.incident_id, is_split)
            end = started if incident.resolved_at is None else incident.resolved_at
            reached = end if reached is None else max(reached, end)


def instant_text(instant: int) -> str:
    """As DuckDB writes a timestamp."""
    return str(from_micros(instant).replace(tzinfo=None))


def silent_incidents(facts: Facts, cover: Cover, as_of: int) -> Iterator[Look]:
    """silent_incident: burn episodes that can be judged, of services whose incidents are spoken of."""
    spans = defaultdict(list)
    for incident in facts.incidents:
        start = incident.started_at
        if start is None:
            continue
        end = incident.resolved_at
        if end is None:
            end = as_of if not incident.is_resolved else start if incident.closed_at is None else incident.closed_at
        spans[incident.service].append((start, end))
    for episode in facts.episodes:
        covered = any(s <= episode.at <= e for s, e in cover.intervals("incidents", ("service", episode.service)))
        if episode.ends + 30 * MINUTE > as_of or not covered:
            continue
        near = any(s <= episode.ends + 30 * MINUTE and e >= episode.at - 30 * MINUTE for s, e in spans[episode.service])
        record = f"{episode.slo_id}/{instant_text(episode.at)}"
        yield plain("silent_incident", episode.team, episode.at, record, not near)


def quick_reopenings(facts: Facts) -> Iterator[Look]:
    """quick_close_reopen: reopened within an hour."""
    for incident in unplanned(facts):
        first, again = incident.first_resolved_at, incident.first_reopened_at
        if first is not None:
            quick = again is not None and again - first <= HOUR
            yield plain("quick_close_reopen", incident.team, first, incident.incident_id, quick)


def answers(facts: Facts, organisation: str) -> Iterator[tuple[int, Look]]:
    """threshold_bunching: every answer with its width of a tenth of the threshold, -1 just below it."""
    for incident in unplanned(facts):
        start, at = incident.started_at, incident.acknowledged_at
        if start is not None and at is not None and at >= start and (start % MINUTE or at % MINUTE):
            width = (at - start) * 10 // THRESHOLD - 10
            below = width == -1
            yield (
                width,
                Look("threshold_bunching", organisation, at, incident.incident_id, width in (-1, 0), below, below),
            )


def heaped_ends(facts: Facts, organisation: str) -> Iterator[Look]:
    """minute_heaping: ends at whole minutes, and of these at whole five."""
    for incident in unplanned(facts):
        at = incident.resolved_at
        if at is not None:
            heaped = at % (5 * MINUTE) == 0
            yield Look("minute_heaping", organisation, at, incident.incident_id, at % MINUTE == 0, heaped, heaped)


def in_force(versions: Iterable[Objective]) -> list[tuple[Objective, int, int | None]]:
    """The versions of one objective that were ever in force, from when to when."""
    ordered = sorted(versions, key=lambda version: version.starts or 0)
    found: list[tuple[Objective, int, int | None]] = []
    for place, version in enumerate(ordered):
        following = ordered[place + 1].starts or 0 if place + 1 < len(ordered) else None
        ends = min((end for end in (version.ends, following) if end is not None), default=None)
        if ends is None or (version.starts or 0) < ends:
            found.append((version, version.starts or 0, ends))
    return found


Breaches = dict[str, dict[int, str | None]]
"""Team by objective and the first instant of a UTC day in breach."""


def breaches(facts: Facts) -> Breaches:
    """Days up to which more was bad over the window than allowed, and days on which a burn episode began."""
    days: dict[str, dict[int, list[tuple[Fraction, int, str | None, int]]]] = defaultdict(lambda: defaultdict(list))
    for hour in facts.slo_hours:
        if hour.stated is not None and hour.stated.window_days is not None:
            valid, bad = budgeted(hour.parts, hour.stated)
            row = ((1 - hour.stated.objective) * valid, bad, hour.team, hour.stated.window_days)
            days[hour.slo_id][hour.at // DAY * DAY].append(row)
    found: Breaches = defaultdict(dict)
    for slo, by_day in days.items():
        sums = {day: (sum(a for a, *_ in rows), sum(b for _, b, *_ in rows)) for day, rows in by_day.items()}
        for day, rows in by_day.items():
            window = max(each for *_, each in rows)
            within = [sums[former] for former in sums if day - window * DAY < former <= day]
            if sum(bad for _, bad in within) > sum(allowed for allowed, _ in within):
                found[slo][day] = max((team for _, _, team, _ in rows if team is not None), default=None)
    for episode in facts.episodes:
        day = episode.at // DAY * DAY
        teams = [team for team in (found[episode.slo_id].get(day), episode.team) if team is not None]
        found[episode.slo_id][day] = max(teams, default=None)
    return found


class Loosening(NamedTuple):
    """A version that promises less, with the team that owned the service then."""

    slo: str
    at: int
    ends: int | None
    team: str | None
    objective: Fraction
    former: Fraction


def loosenings(facts: Facts, ownership: Ownership, broken: Breaches) -> list[Loosening]:
    """Versions that promise less than the one before, within 30 days of a breach."""
    by_slo = defaultdict(list)
    for version in facts.objectives:
        by_slo[version.slo_id].append(version)
    found = []
    for slo, versions in by_slo.items():
        held = in_force(versions)
        for (former, _, _), (version, at, ends) in pairwise(held):
            less = version.objective < former.objective
            less |= _above(former.slice_target, version.slice_target) or _above(version.threshold, former.threshold)
            if less and any(at - 30 * DAY <= day <= at for day in broken.get(slo, ())):
                team = ownership.owner(version.service, at)[0]
                found.append(Loosening(slo, at, ends, team, version.objective, former.objective))
    return found


def _above(one: Fraction | float | None, other: Fraction | float | None) -> bool:
    return one is not None and other is not None and one > other


def slo_loosenings(
    broken: Breaches, loosened: Sequence[Loosening], quarters: Sequence[tuple[int, int]]
) -> Iterator[Look]:
    """slo_loosening: objectives in breach in a quarter or 30 days before it, and those loosened in it."""
    for slo, days in broken.items():
        for starts, ends in quarters:
            near = [day for day in days if starts - 30 * DAY <= day < ends]
            if not near:
                continue
            made = [each for each in loosened if each.slo == slo and starts <= each.at < ends]
            own = max((each.team for each in made if each.team is not None), default=None)
            team = own or max((days[day] or "" for day in near), default="") or None
            yield plain("slo_loosening", team, max(*near, starts), slo, bool(made))


def budgets(
    facts: Facts, loosened: Sequence[Loosening], team: str, quarter: tuple[int, int]
) -> tuple[float | None, float | None]:
    """What is left of the quarter's budget of objectives that the team lowered in it: as promised, and as before."""
    firsts: dict[str, Loosening] = {}
    for each in sorted(loosened, key=lambda one: one.at):
        if quarter[0] <= each.at < quarter[1] and each.objective < each.former:
            firsts.setdefault(each.slo, each)
    spent, allowed, before = Fraction(0), Fraction(0), Fraction(0)
    for hour in facts.slo_hours:
        first = firsts.get(hour.slo_id)
        if first is None or first.team != team or hour.stated is None or hour.is_agreed:
            continue
        if quarter[0] <= hour.at < quarter[1]:
            valid, bad = budgeted(hour.parts, hour.stated)
            spent += bad
            allowed += (1 - hour.stated.objective) * valid
            before += (1 - (first.former if hour.at >= first.at else hour.stated.objective)) * valid
    left = [float(1 - spent / whole) if whole else None for whole in (allowed, before)]
    return left[0], left[1]


def overlaps(facts: Facts, quarters: Sequence[tuple[int, int]], as_of: int) -> dict[str, tuple[int, set[int]]]:
    """By window: whole hours of its quarter, and the shifts within it at which it overlaps a burn episode."""
    starts = [low for low, _ in quarters]
    found = {}
    for window in facts.exclusions:
        place = bisect_right(starts, window.starts) - 1
        if place < 0 or window.starts >= quarters[place][1] or window.starts >= window.ends:
            continue
        low, high = quarters[place]
        hours = (min(high, as_of) - low) // HOUR
        shifts: set[int] = set()
        for burn in facts.episodes:
            same = burn.service == window.service and window.slo_id in (None, burn.slo_id)
            if same and hours > 0 and burn.ends > low and burn.at < high:
                first, last = (burn.at - window.ends) // HOUR + 1, -(-(burn.ends - window.starts) // HOUR) - 1
                shifts |= {shift % hours for shift in range(first, last + 1)}
        found[window.exclusion_id] = (hours, shifts)
    return found


def exclusions(facts: Facts, ownership: Ownership, shifts: dict[str, tuple[int, set[int]]]) -> Iterator[Look]:
    """exclusion_abuse: windows that overlap a burn; late ones are evidence too."""
    for window in facts.exclusions:
        if window.starts < window.ends:
            team = ownership.owner(window.service, window.starts)[0]
            hit = 0 in shifts.get(window.exclusion_id, (0, set()))[1]
            late = window.invalid_reason == "registered_after_start"
            yield Look("exclusion_abuse", team, window.starts, window.exclusion_id, True, hit, hit or late)
