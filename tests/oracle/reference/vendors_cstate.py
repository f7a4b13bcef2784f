"""cState status pages: what a page's revisions say of an incident. Nothing of other vendors."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.oracle.reference.facts import Event, Facts, Incident, Recording, note_reopening
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows, is_blank
from tests.oracle.reference.instants import MINUTE
from tests.oracle.reference.readers import Row, Values

SEVERITY = {"down": "sev1", "disrupted": "sev2", "notice": "sev3"}
PLANNED = re.compile(r"maintenance|upgrade|migrat|advisory|brownout", re.I)
ANNOUNCED_AHEAD = 60 * MINUTE
NO_HISTORY = "no revision history"


def main_service(affected: str | None) -> str | None:
    """The first entry of the `affected` list: of a list within it, its first; of a plain string, itself."""
    if is_blank(affected):
        return None
    entry = json.loads(str(affected)) if str(affected).lstrip().startswith("[") else affected
    while isinstance(entry, list):
        entry = entry[0] if entry else None
    return cleaned(None if entry is None else str(entry))


def planned_by_name(values: Values) -> bool:
    """Whether a revision's file or title names planned work."""
    return PLANNED.search(f"{values['file']}\n{values.get('title') or ''}") is not None


def _defects(values: Values, context: Context, recorded_at: int | None) -> list[str]:
    defects: list[str] = []
    if values["op"] not in ("created", "edited", "deleted"):
        defects.append("op: unknown")
    if values.get("author") not in ("human", "bot", None):
        defects.append("author: unknown")
    if recorded_at is None and not is_blank(values.get("committed_at")):
        defects.append("committed_at: unparsable")
    if values["op"] == "deleted":
        return defects
    if not is_blank(values.get("front_matter_error")):
        return [*defects, "front_matter_error"]
    if not is_blank(values.get("severity")) and values["severity"] not in SEVERITY:
        defects.append("severity: unknown")
    if values.get("resolved") not in ("true", "false"):
        defects.append("resolved: unknown")
    started = context.instant(values.get("date"), defects, "date")
    ended = context.instant(values.get("resolvedWhen"), defects, "resolvedWhen")
    if values.get("resolved") == "true" and ended is not None:
        if started is not None and ended < started:
            defects.append("resolvedWhen: end before start")
        if recorded_at is not None and ended > recorded_at and not planned_by_name(values):
            defects.append("resolvedWhen: later than recorded")
    service = main_service(values.get("affected"))
    if service is not None and context.services.find(service) is None:
        defects.append(f"affected: unknown service {service}")
    return defects


def judge(rows: Sequence[Row], context: Context) -> list[Judged]:
    """Every revision as a version of its page."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        file = str(row.values["file"])
        committed = context.instant(row.values.get("committed_at"))
        recorded = context.as_of if is_blank(row.values.get("committed_at")) else committed
        item = Judged(row, file, file, recorded, recorded, is_tombstone=row.values["op"] == "deleted")
        if not file.endswith(".md"):
            item.not_applicable = "not a page"
        else:
            item.defects = _defects(row.values, context, recorded)
            if (row.file, row.number) in twofold:
                item.defects.append("two contents under one key")
        judged.append(item)
    return judged


def page_events(revisions: Sequence[Judged], context: Context) -> list[Event]:
    """What each valid revision of one page changed against the former valid one."""
    events: list[Event] = []
    former: Values | None = None
    for item in revisions:
        values = item.row.values
        at = context.instant(values.get("committed_at"))
        if at is None:
            continue
        names = _changes(former, values)
        actor = {"human": "person", "bot": "automation"}.get(values.get("author") or "")
        was = None if former is None else SEVERITY.get(former.get("severity") or "")
        now = SEVERITY.get(values.get("severity") or "")
        events.extend(
            Event(str(values["file"]), at, name, actor, "severity", was, now, source=context.source.name)
            if name == "severity_changed"
            else Event(str(values["file"]), at, name, actor, source=context.source.name)
            for name in names
        )
        former = values
    return events


def _changes(former: Values | None, values: Values) -> list[str]:
    names = ["declared", "acknowledged"] if former is None or values["op"] == "created" else []
    was = former["resolved"] if former is not None else "false"
    if former is not None and former["severity"] != values["severity"]:
        names.append("severity_changed")
    if (was, values["resolved"]) == ("false", "true"):
        names.append("resolved")
    if (was, values["resolved"]) == ("true", "false"):
        names.append("reopened")
    return names or ["edited"]


def _incident(newest: Judged, first_commit: int | None, context: Context) -> Incident:
    values = newest.row.values
    started = context.instant(values.get("date"))
    ahead = started is not None and first_commit is not None and started - first_commit >= ANNOUNCED_AHEAD
    resolved = values["resolved"] == "true"
    ended = context.instant(values.get("resolvedWhen")) if resolved else None
    if ended is not None and newest.recorded_at is not None and ended > newest.recorded_at:
        ended = None  # the end of planned work, announced: on any other page it is a defect
    service = main_service(values.get("affected"))
    return Incident(
        incident_id=str(values["file"]),
        service=None if service is None else context.services.find(service),
        severity=SEVERITY.get(values.get("severity") or ""),
        is_planned=planned_by_name(values) or ahead,
        impact_started_at=started,
        declared_at=first_commit,
        acknowledged_at=first_commit,
        resolved_at=ended,
        is_resolved=resolved,
    )


def _recordings(judged: Sequence[Judged], context: Context) -> Iterator[Recording]:
    """The revisions that state an end, of pages with a history that are not deleted."""
    for item in judged:
        values = item.row.values
        ended = context.instant(values.get("resolvedWhen"))
        is_told = values.get("resolved") == "true" and not is_blank(values.get("committed_at"))
        if item.fate in ("staged", "superseded") and is_told and ended is not None and item.recorded_at is not None:
            yield Recording(context.source.name, str(values["file"]), ended, item.recorded_at)


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds the incidents of the pages to the facts, and the fates of both kinds."""
    judged = judge(rows, context)
    staged = assign(judged, context.as_of)
    event_rows = judge(rows, context)
    for item in event_rows:
        item.record = (item.row.values["file"], item.row.values.get("commit"))
        if item.not_applicable is None and is_blank(item.row.values.get("committed_at")):
            item.not_applicable = NO_HISTORY
    valid = defaultdict(list)
    for item in assign(event_rows, context.as_of, events=True):
        valid[item.parent].append(item)
    first_commits = _first_commits(judged, context)
    for item in staged:
        incident = _incident(item, first_commits.get(str(item.record)), context)
        note_reopening(incident, page_events(valid[item.record], context), without_events=None)
        facts.incidents.append(incident)
    facts.recordings.extend(_recordings(judged, context))
    fates.add("incidents", judged)
    fates.add("incident_events", event_rows)


def _first_commits(judged: Sequence[Judged], context: Context) -> dict[str, int]:
    """The first known revision of each page that is no deletion, whether its content is valid or not."""
    first: dict[str, int] = {}
    for item in judged:
        at = context.instant(item.row.values.get("committed_at"))
        if item.fate != "not_applicable" and not item.is_tombstone and at is not None:
            first[str(item.record)] = min(at, first.get(str(item.record), at))
    return first
