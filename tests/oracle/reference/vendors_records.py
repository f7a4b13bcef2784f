"""Ready-made records in the columns of records.md: what breaks them, and how they find together."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from zoneinfo import available_timezones

from tests.oracle.reference.burns import episodes_of
from tests.oracle.reference.facts import Event, Facts, Incident, LatencyBucket, Objective, SloHour, note_reopening
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows, is_blank
from tests.oracle.reference.instants import period_first_day
from tests.oracle.reference.noting_latency import Key as BucketKey
from tests.oracle.reference.noting_latency import add_bucket, complete, version_of_market
from tests.oracle.reference.noting_outcomes import day_defects, day_named, measure_of
from tests.oracle.reference.readers import Row, Values
from tests.oracle.reference.record_facts import (
    action_of,
    alert_of,
    capacity_event_of,
    contribution_of,
    deployment_of,
    event_of,
    hit_of,
    incident_of,
    market_of,
    recipe_of,
    recordings_of,
    review_of,
    run_of,
)
from tests.oracle.reference.record_shapes import KEYS, SHAPES, Shape
from tests.oracle.reference.record_values import flag, found, number, value_of
from tests.oracle.reference.vendors_objectives import (
    add_sample,
    by_agreement,
    exclusion_of,
    finer_than_millionths,
    objective_of,
    state,
    version_in_force,
)
from tests.oracle.reference.vendors_toil import entry_of

FEEDS = frozenset(SHAPES)


def _instant_defects(values: Values, shape: Shape, context: Context, recorded_at: int | None) -> list[str]:
    defects: list[str] = []
    read: dict[str, int | None] = {}
    for name in (*shape.instants.split(), *shape.happened.split()):
        read[name] = context.instant(values.get(name), defects, name)
    happened = shape.happened.split()
    if shape.kind == "incidents":
        impact = read["impact_started_at"]
        read["started"] = read["declared_at"] if impact is None else impact
        happened += [] if flag(values.get("is_planned")) else ["impact_started_at"]
    for name in happened:
        at = read[name]
        if at is not None and recorded_at is not None and at > recorded_at:
            defects.append(f"{name}: later than recorded")
    for start, end in shape.ordered:
        begins, ends = read[start], read[end]
        if begins is not None and ends is not None and ends < begins:
            defects.append(f"{end}: end before start")
    return defects


def defects_of(values: Values, shape: Shape, context: Context, recorded_at: int | None) -> list[str]:
    """Every column of a record that breaks its contract, with the reason."""
    defects = _instant_defects(values, shape, context, recorded_at)
    for name, allowed in shape.enums.items():
        value = value_of(values, name, context)
        if value is not None and value not in allowed.split():
            defects.append(f"{name}: unknown {value}")
    for name in (*shape.flags.split(), "is_deleted"):
        if not is_blank(values.get(name)) and flag(values.get(name)) is None:
            defects.append(f"{name}: wrong type")
    for name in (*shape.counts.split(), *shape.shares.split()):
        value = cleaned(values.get(name))
        top = 1.0 if name in shape.shares.split() else shape.most.get(name, math.inf)
        if value is not None and (not math.isfinite(number(value)) or not 0 <= number(value) <= top):
            defects.append(f"{name}: impossible {value}")
    for name in shape.inside.split():
        if not 0 < number(cleaned(values.get(name))) < 1:
            defects.append(f"{name}: impossible")
    if shape.kind == "slos":
        defects += [f"{name}: finer than a millionth" for name in finer_than_millionths(values)]
    if shape.kind == "sli_samples":
        defects += [f"{name}: missing" for name in ("good", "valid") if cleaned(values.get(name)) is None]
        if number(values.get("good")) > number(values.get("valid")):
            defects.append("good: more than valid")
    if shape.kind == "latency_histograms":
        defects += ["count: missing"] if cleaned(values.get("count")) is None else []
        bound = cleaned(values.get("upper_bound_ms"))
        if bound is not None and (not math.isfinite(number(bound)) or number(bound) <= 0):
            defects.append("upper_bound_ms: not above 0")
    if shape.kind == "signal_reviews":
        first = day_named(values.get("period_start_on"), context, defects, "period_start_on")
        if first is not None and period_first_day("quarter", first).toordinal() != first:
            defects.append("period_start_on: not the first day of a quarter")
    if shape.kind == "outcomes":
        first = day_named(values.get("period_start_on"), context, defects, "period_start_on")
        last = day_named(values.get("period_end_on"), context, defects, "period_end_on")
        defects += day_defects(first, last, recorded_at)
    for name in shape.zones.split():
        value = cleaned(values.get(name))
        if value is not None and value not in available_timezones():
            defects.append(f"{name}: unknown {value}")
    if flag(values.get("is_deleted")) is not True:
        defects += [f"{name}: missing" for name in shape.required.split() if is_blank(values.get(name))]
        if shape.either and all(is_blank(values.get(name)) for name in shape.either):
            defects.append(f"{shape.either[0]}: none of {', '.join(shape.either)}")
    for names, register in ((shape.services, context.services), (shape.teams, context.teams)):
        for name in names.split():
            value = cleaned(values.get(name))
            if value is not None and register.find(value) is None:
                defects.append(f"{name}: unknown {value}")
    return defects


def judge(rows: Sequence[Row], shape: Shape, context: Context) -> list[Judged]:
    """Every row as a version of its record."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        defects: list[str] = []
        values = row.values
        recorded = context.instant(values.get("recorded_at"), defects, "recorded_at")
        if recorded is None and is_blank(values.get("recorded_at")):
            recorded = context.as_of
        updated = context.instant(values.get("updated_at"), defects, "updated_at")
        updated = recorded if is_blank(values.get("updated_at")) else updated
        record: Hashable = cleaned(values.get("source_record_id"))
        if shape.kind in KEYS:
            record = tuple(values.get(name) for name in KEYS[shape.kind])
        is_deleted = flag(values.get("is_deleted")) is True
        item = Judged(row, record, record, recorded, updated, is_tombstone=is_deleted)
        item.defects = defects + defects_of(values, shape, context, recorded)
        if (row.file, row.number) in twofold:
            item.defects.append("two contents under one key")
        judged.append(item)
    return judged


class Collected:
    """The records of all sources, so that events find their incident whatever source they come from."""

    def __init__(self, promised: Iterable[Objective] = ()) -> None:
        self._promised = list(promised)
        self._judged: list[tuple[Shape, Context, list[Judged]]] = []

    def add(self, feed: str, rows: Sequence[Row], context: Context) -> None:
        """Judges the rows of one source."""
        shape = SHAPES[feed]
        self._judged.append((shape, context, judge(rows, shape, context)))

    def finish(self, facts: Facts, fates: Fates) -> None:
        """Adds the staged records to the facts, and all fates."""
        events: dict[str, list[Event]] = defaultdict(list)
        incidents: list[Incident] = []
        objectives: dict[str, list[Objective]] = defaultdict(list)
        for objective in self._promised:
            objectives[objective.slo_id].append(objective)
        hours: dict[tuple[str, str | None, int], SloHour] = {}
        buckets: dict[BucketKey, LatencyBucket] = {}
        for shape, context, judged in self._judged:
            for item in assign(judged, context.as_of):
                values = item.row.values
                if shape.kind == "incidents":
                    incidents.append(incident_of(values, context))
                elif shape.kind == "incident_events":
                    event = event_of(values, context)
                    events[event.incident_id].append(event)
                elif shape.kind == "incident_services":
                    facts.hits.append(hit_of(values, context))
                elif shape.kind == "deployments":
                    facts.deployments.append(deployment_of(values, context))
                elif shape.kind == "automation_runs":
                    facts.runs.append(run_of(values, context))
                elif shape.kind == "automations":
                    facts.recipes.append(recipe_of(values, context))
                elif shape.kind == "alerts":
                    facts.alerts.append(alert_of(values, context))
                elif shape.kind == "toil_entries":
                    facts.toil.append(entry_of(values, context))
                elif shape.kind == "capacity_events":
                    facts.capacity_events.append(capacity_event_of(values, context))
                elif shape.kind == "slos":
                    objective = objective_of(values, context)
                    objectives[objective.slo_id].append(objective)
                elif shape.kind == "slo_exclusions":
                    facts.exclusions.append(exclusion_of(values, context))
                elif shape.kind == "markets":
                    facts.markets.append(version_of_market(values, context))
                    facts.criticality.append(market_of(values, context))
                elif shape.kind == "latency_histograms":
                    add_bucket(buckets, values, str(found("service", values, "service_id", context)), context)
                elif shape.kind == "outcomes":
                    facts.measures.append(measure_of(values, context))
                elif shape.kind == "sli_samples":
                    add_sample(hours, values, context)
                elif shape.kind == "postmortems":
                    facts.reviews.append(review_of(values, context))
                elif shape.kind == "postmortem_actions":
                    facts.actions.append(action_of(values, context))
                elif shape.kind == "contributions":
                    facts.contributions.append(contribution_of(values, context))
            if shape.kind == "incidents":
                facts.recordings.extend(recordings_of(judged, context))
            fates.add(shape.kind, judged)
        facts.objectives.extend(each for versions in objectives.values() for each in versions)
        facts.criticality.sort(key=lambda market: market.starts or 0)
        for hour in hours.values():
            versions = sorted(objectives[hour.slo_id], key=lambda version: version.starts or 0)
            state(hour, versions)
        for exclusion in facts.exclusions:
            versions = sorted(objectives[exclusion.slo_id or ""], key=lambda version: version.starts or 0)
            exclusion.judge(version_in_force(versions, exclusion.starts))
        facts.slo_hours.extend(by_agreement(hours.values(), facts.exclusions))
        facts.episodes.extend(episodes_of(facts.slo_hours))
        facts.latency.extend(buckets.values())
        complete(facts, sorted((v for each in objectives.values() for v in each), key=lambda v: v.starts or 0))
        for incident in incidents:
            note_reopening(incident, events[incident.incident_id], without_events=incident.resolved_at)
        facts.incidents.extend(incidents)
