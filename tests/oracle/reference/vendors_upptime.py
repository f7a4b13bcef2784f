"""Upptime: a commit a check, made when the state of a site changes and once a day; its other commits keep the page."""

from collections.abc import Sequence

from tests.oracle.reference.facts import Deployment, Facts, Run
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows
from tests.oracle.reference.outages import Check, note_outages
from tests.oracle.reference.readers import Row

STATES = {"up": False, "degraded": False, "down": True}
CHANGES = ("config", "template_update")
SIGHTS = ("check", "summary", "graphs", "response_time")


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


def _service(item: Judged, context: Context) -> str | None:
    named = context.source.values.get("service", {}).get(cleaned(item.row.values["task"]) or "")
    return None if named is None else context.services.find(named)


def _judge(rows: Sequence[Row], context: Context) -> list[Judged]:
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        commit, defects = row.values["commit"], list[str]()
        at = context.instant(row.values["committed_at"], defects, "committed_at")
        if at is None or row.values["actor"] not in ("human", "bot") or row.values["task"] is None:
            defects.append("time, actor or task: missing or unknown")
        if (row.file, row.number) in twofold:
            defects.append("two contents under one key")
        judged.append(Judged(row, commit, commit, at, at, defects=defects))
    return judged


def collect_commits(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds rollouts of the page and runs of the bot's tasks to the facts, and the fates of both kinds."""
    changes = _judge(rows, context)
    for item in changes:
        if item.row.values["task"] in SIGHTS:
            item.not_applicable = "what it saw, and no change"
        elif item.row.values["task"] not in CHANGES:
            item.defects.append("task: unknown")
    for item in assign(changes, context.as_of):
        facts.deployments.append(
            Deployment(
                deployment_id=str(item.record),
                service=_service(item, context),
                environment="production",
                version=None,
                started_at=item.recorded_at,
            )
        )
    runs = _judge(rows, context)
    for item in runs:
        if item.row.values["actor"] == "human":
            item.not_applicable = "made by a person"
    for item in assign(runs, context.as_of):
        service = _service(item, context)
        facts.runs.append(Run(str(item.record), service, mode="live", outcome=None, started_at=item.recorded_at))
    fates.add("deployments", changes)
    fates.add("automation_runs", runs)
