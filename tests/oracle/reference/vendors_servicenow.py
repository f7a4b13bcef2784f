"""ServiceNow's audit log: the states an incident went through. Final values on early rows are not read."""

from collections import defaultdict
from collections.abc import Sequence

from tests.oracle.reference.facts import Event, Facts, Incident, note_reopening
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows
from tests.oracle.reference.readers import Row, Values

WAITING = ("Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence")
WORKED_ON = ("Active", *WAITING)
DONE = ("Resolved", "Closed")
STATES = ("New", *WORKED_ON, *DONE)


def known(text: str | None) -> str | None:
    """The value, or None for the log's null `?`."""
    value = cleaned(text)
    return None if value == "?" else value


def severity(priority: str | None) -> str | None:
    """sev1 to sev4 of a priority such as `3 - Moderate`."""
    value = known(priority)
    return None if value is None else f"sev{value[0]}" if value[0] in "1234" else "unknown"


def _defects(values: Values, context: Context, recorded_at: int | None) -> list[str]:
    defects: list[str] = []
    opened = context.instant(known(values["opened_at"]), defects, "opened_at")
    if recorded_at is None:
        defects.append("sys_updated_at: unparsable")
    elif opened is not None and opened > recorded_at:
        defects.append("opened_at: later than recorded")
    if known(values["incident_state"]) not in STATES:
        defects.append("incident_state: unknown")
    if severity(values["priority"]) == "unknown":
        defects.append("priority: unknown")
    category, group = known(values["category"]), known(values["assignment_group"])
    if category is not None and context.services.find(category) is None:
        defects.append(f"category: unknown service {category}")
    if group is not None and context.teams.find(group) is None:
        defects.append(f"assignment_group: unknown team {group}")
    return defects


def _judge(rows: Sequence[Row], context: Context) -> list[Judged]:
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        number, count = row.values["number"], known(row.values["sys_mod_count"])
        at = context.instant(known(row.values["sys_updated_at"]))
        item = Judged(row, number, number, at, at, defects=_defects(row.values, context, at))
        if count is None or not count.isdigit():
            item.defects.append("sys_mod_count: wrong type")
        else:
            item.sequence = int(count)
        if (row.file, row.number) in twofold:
            item.defects.append("two contents under one key")
        judged.append(item)
    return judged


def state_events(versions: Sequence[Judged], context: Context) -> list[Event]:
    """What each valid version of one incident changed; the first one declares it."""
    events = []
    former: Values | None = None
    for item in versions:
        values, at = item.row.values, item.recorded_at or 0
        number = str(values["number"])
        if former is None:
            opened = context.instant(known(values["opened_at"]))
            events.append(Event(number, at if opened is None else opened, "declared"))
        events.extend(Event(number, at, name) for name in _changes(former, values))
        if former is not None and severity(former["priority"]) != severity(values["priority"]):
            was, now = severity(former["priority"]), severity(values["priority"])
            record = f"{context.source.name}/{number}@{item.row.number}/severity_changed"
            events.append(Event(number, at, "severity_changed", None, "severity", was, now, record, at))
        former = values
    return events


def _changes(former: Values | None, values: Values) -> list[str]:
    was = former["incident_state"] if former else None
    if values["incident_state"] in DONE and was not in DONE:
        return ["resolved"]
    return ["reopened"] if was in DONE and values["incident_state"] not in DONE else []


def _since(versions: Sequence[Judged], states: Sequence[str]) -> int | None:
    """The start of the last unbroken run of these states, if the newest version is in it."""
    start = None
    for item in reversed(versions):
        if item.row.values["incident_state"] not in states:
            break
        start = item.recorded_at
    return start


def _incident(newest: Judged, versions: Sequence[Judged], context: Context) -> Incident:
    group = known(versions[0].row.values["assignment_group"])
    category = known(newest.row.values["category"])
    acknowledged = [v.recorded_at for v in versions if v.row.values["incident_state"] in WORKED_ON]
    resolved_at = _since(versions, DONE)
    return Incident(
        incident_id=str(newest.record),
        service=None if category is None else context.services.find(category),
        team=None if group is None else context.teams.find(group),
        severity=severity(newest.row.values["priority"]),
        is_planned=False,
        declared_at=context.instant(known(newest.row.values["opened_at"])),
        acknowledged_at=acknowledged[0] if acknowledged else None,
        resolved_at=resolved_at,
        closed_at=_since(versions, ("Closed",)),
        is_resolved=resolved_at is not None,
    )


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds the incidents to the facts, and the fates of both kinds."""
    judged, event_rows = _judge(rows, context), _judge(rows, context)
    for item in event_rows:
        item.record = (item.record, item.row.values["sys_mod_count"])
    versions: dict[object, list[Judged]] = defaultdict(list)
    for item in assign(event_rows, context.as_of, events=True):
        versions[item.parent].append(item)
    for item in assign(judged, context.as_of):
        incident = _incident(item, versions[item.record], context)
        note_reopening(incident, state_events(versions[item.record], context), without_events=None)
        facts.incidents.append(incident)
    fates.add("incidents", judged)
    fates.add("incident_events", event_rows)
