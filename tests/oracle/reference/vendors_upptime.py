"""Upptime: a commit a check, made when the state of a site changes and once a day."""

from collections.abc import Sequence

from tests.oracle.reference.facts import Facts
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows
from tests.oracle.reference.outages import Check, note_outages
from tests.oracle.reference.readers import Row

STATES = {"up": False, "degraded": False, "down": True}


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds the outages of the sites to the facts, and the fates of the checks."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        commit, status, milliseconds = (cleaned(row.values[name]) for name in ("commit", "status", "response_ms"))
        defects: list[str] = []
        at = context.instant(row.values["checked_at"], defects, "checked_at")
        item = Judged(row, commit, commit, at, at, defects=defects)
        if at is None or commit is None or status not in STATES:
            defects.append("commit, time or status: missing or unknown")
        if context.services.find(cleaned(row.values["service_slug"]) or "") is None:
            defects.append("service_slug: unknown service")
        if milliseconds is not None and not milliseconds.isdigit():
            defects.append("response_ms: wrong type")
        if (row.file, row.number) in twofold:
            defects.append("two contents under one key")
        judged.append(item)
    note_outages((_check(item, context) for item in assign(judged, context.as_of)), facts)
    fates.add("incidents", judged)


def _check(item: Judged, context: Context) -> Check:
    values = item.row.values
    service = context.services.find(str(cleaned(values["service_slug"])))
    assert service is not None
    return Check(item.recorded_at or 0, str(values["commit"]), service, STATES[str(cleaned(values["status"]))])
