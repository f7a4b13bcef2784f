"""Image-tag changes of a deployment repository (GOV.UK), and the history of who owns an application."""

from collections.abc import Sequence

from tests.oracle.reference.facts import Deployment, Facts, OwnerChange, Run
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows
from tests.oracle.reference.readers import Row, Values


def _key(values: Values) -> str:
    return f"{values['merge_sha']}:{values['env']}:{values['app']}"


def _judge(rows: Sequence[Row], context: Context) -> list[Judged]:
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        defects: list[str] = []
        merged = context.instant(row.values["merged_at"], defects, "merged_at")
        if cleaned(row.values["app"]) and context.services.find(str(row.values["app"])) is None:
            defects.append("app: unknown service")
        if (row.file, row.number) in twofold:
            defects.append("two contents under one key")
        key = _key(row.values)
        judged.append(Judged(row, key, key, merged, merged, defects=defects))
    return judged


def _service(values: Values, context: Context) -> str | None:
    app = cleaned(values["app"])
    return None if app is None else context.services.find(app)


def _collect_deployments(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    judged = _judge(rows, context)
    for item in judged:
        if cleaned(item.row.values["new_tag"]) is None:
            item.not_applicable = "no image tag"
        elif item.row.values["requested_by"] not in ("human", "bot"):
            item.defects.append("requested_by: unknown")
    for item in assign(judged, context.as_of):
        values = item.row.values
        facts.deployments.append(
            Deployment(
                deployment_id=_key(values),
                service=_service(values, context),
                environment=context.mapped("environment", cleaned(values["env"])),
                version=cleaned(values["new_tag"]),
                started_at=item.recorded_at,
            )
        )
    fates.add("deployments", judged)


def _collect_runs(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    judged = _judge(rows, context)
    for item in judged:
        values = item.row.values
        if values["merge_kind"] != "bot_merge":
            item.not_applicable = "merged by a person"
            continue
        started = context.instant(values["requested_at"], item.defects, "requested_at")
        if started is not None and item.recorded_at is not None and started > item.recorded_at:
            item.defects.append("requested_at: end before start")
    for item in assign(judged, context.as_of):
        started = context.instant(item.row.values["requested_at"])
        service = _service(item.row.values, context)
        facts.runs.append(Run(_key(item.row.values), service, mode="live", outcome=None, started_at=started))
    fates.add("automation_runs", judged)


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds deployments and runs to the facts, and the fates of both kinds."""
    _collect_deployments(rows, context, facts, fates)
    _collect_runs(rows, context, facts, fates)


def collect_ownership(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds changes of ownership to the facts, and the fates of kind services."""
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        defects: list[str] = []
        at = context.instant(row.values["valid_from"], defects, "valid_from")
        item = Judged(row, (row.values["app"], row.values["valid_from"]), None, at, at, defects=defects)
        item.parent = item.record
        if context.services.find(row.values["app"] or "") is None:
            item.not_applicable = "not a deployed service"
        if row.values["change"] not in ("set", "deleted"):
            defects.append("change: unknown")
        team = cleaned(row.values["team"])
        if team is not None and context.teams.find(team) is None:
            defects.append(f"team: unknown {team}")
        if (row.file, row.number) in twofold:
            defects.append("two contents under one key")
        judged.append(item)
    for item in assign(judged, context.as_of):
        service = context.services.find(str(item.row.values["app"]))
        team = cleaned(item.row.values["team"]) if item.row.values["change"] == "set" else None
        owner = None if team is None else context.teams.find(team)
        if service is not None and item.recorded_at is not None:
            facts.owner_changes.append(OwnerChange(service, item.recorded_at, owner))
    fates.add("services", judged)
