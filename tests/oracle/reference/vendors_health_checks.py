"""Logs of health checks by a script: a line a check, to the minute. Within a minute nothing tells which came first."""

from collections.abc import Sequence

from tests.oracle.reference.facts import Facts
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows
from tests.oracle.reference.outages import Check, note_outages
from tests.oracle.reference.readers import Row

RESULTS = {"success": False, "failed": True}


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds the outages of the services to the facts, and the fates of the checks."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        name, minute = row.values["service"], row.values["checked_at_utc"]
        defects: list[str] = []
        at = context.instant(minute, defects, "checked_at_utc")
        if at is None or cleaned(row.values["result"]) not in RESULTS:
            defects.append("time or result: missing or unknown")
        if context.services.find(cleaned(name) or "") is None:
            defects.append("service: unknown service")
        if (row.file, row.number) in twofold:
            defects.append("two contents under one key")
        judged.append(Judged(row, (name, minute), (name, minute), at, at, defects=defects))
    note_outages((_check(item, context) for item in assign(judged, context.as_of)), facts)
    fates.add("incidents", judged)


def _check(item: Judged, context: Context) -> Check:
    values = item.row.values
    service = context.services.find(str(cleaned(values["service"])))
    assert service is not None
    check_id = f"{values['service']}/{values['checked_at_utc']}"
    return Check(item.recorded_at or 0, check_id, service, RESULTS[str(cleaned(values["result"]))])
