"""Records of manual work, as the metrics take them."""

from tests.oracle.reference.facts import ToilEntry
from tests.oracle.reference.fates import Context, cleaned
from tests.oracle.reference.instants import MINUTE
from tests.oracle.reference.readers import Values
from tests.oracle.reference.record_values import found, number, value_of


def recorded_at(values: Values, context: Context) -> int:
    """When a record became known: as its source says, else at the instant of the run."""
    stated = context.instant(values.get("recorded_at"))
    return context.as_of if stated is None else stated


def entry_of(values: Values, context: Context) -> ToilEntry:
    """One entry; its team is stated here, or found by ownership later."""
    minutes = cleaned(values.get("minutes"))
    return ToilEntry(
        entry_id=str(cleaned(values.get("entry_id"))),
        team=found("team", values, "team_id", context),
        service=found("service", values, "service_id", context),
        incident_id=cleaned(values.get("incident_id")),
        at=context.instant(values.get("performed_at")),
        micros=None if minutes is None else round(number(minutes) * MINUTE),
        basis=value_of(values, "basis", context),
        source=context.source.name,
        recorded_at=recorded_at(values, context),
    )
