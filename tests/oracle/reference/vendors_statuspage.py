"""Hosted status pages: an incident with its updates within. A component that a model guessed is nobody's word."""

import json
from collections.abc import Sequence
from typing import Any

from tests.oracle.reference.facts import Facts, Incident, note_reopening
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows, is_blank
from tests.oracle.reference.readers import Row, Values

SEVERITY = {"critical": "sev1", "major": "sev2", "minor": "sev3", "none": "sev4"}
PLANNED = "maintenance"
ENDS = ("Resolved", "Completed")


def _json(text: str | None, defects: list[str]) -> Any:
    if is_blank(text):
        return None
    try:
        return json.loads(str(text))
    except ValueError:
        defects.append("not JSON")
        return None


def _service(values: Values) -> str | None:
    if not is_blank(values.get("components_source")) or is_blank(values.get("components")):
        return None
    named = json.loads(str(values["components"]))
    return cleaned(named[0]) if named else None


def _incident(values: Values, context: Context, defects: list[str]) -> Incident:
    updates, window = _json(values.get("updates"), defects), _json(values.get("impact_window"), defects)
    impact = cleaned(values.get("impact"))
    if impact != PLANNED and impact not in SEVERITY:
        defects.append("impact: unknown")
    declared = context.instant(values.get("started_at"), defects, "started_at")
    started = context.instant(values.get("downtime_start"), defects, "downtime_start") if window else None
    end = (cleaned(values.get("downtime_end")) if window else None) or values.get("resolved_at")
    ended = context.instant(end, defects, "end")
    second = updates[1] if updates and len(updates) > 1 else {}
    service = _service(values)
    if service is not None and context.services.find(service) is None:
        defects.append(f"components: unknown service {service}")
    return Incident(
        incident_id=str(values["id"]),
        service=None if service is None else context.services.find(service),
        severity=SEVERITY.get(impact or ""),
        is_planned=impact == PLANNED,
        customer_impact=None if impact == PLANNED else impact != "none",
        impact_started_at=started,
        declared_at=declared,
        acknowledged_at=None if second.get("status") in ENDS else context.instant(second.get("at")),
        resolved_at=ended,
        is_resolved=ended is not None,
    )


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds the incidents of the page to the facts, and their fates."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged, read = [], {}
    for row in rows:
        at = context.instant(row.values.get("updated_at"))
        item = Judged(row, row.values["id"], row.values["id"], at, at)
        incident = _incident(row.values, context, item.defects)
        began, ended = incident.started_at, incident.resolved_at
        if at is None or incident.declared_at is None:
            item.defects.append("instant: missing")
        elif max(incident.declared_at, ended or 0) > at:
            item.defects.append("later than recorded")
        if began is not None and ended is not None and ended < began:
            item.defects.append("end before start")
        if (row.file, row.number) in twofold:
            item.defects.append("two contents under one key")
        read[row.file, row.number] = incident
        judged.append(item)
    for item in assign(judged, context.as_of):
        incident = read[item.row.file, item.row.number]
        note_reopening(incident, (), without_events=incident.resolved_at)
        facts.incidents.append(incident)
    fates.add("incidents", judged)
