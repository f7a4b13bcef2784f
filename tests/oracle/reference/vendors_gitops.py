"""A GitOps repository's commits: rollouts by target, and bot changes as automation runs."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tests.oracle.reference.facts import Deployment, Facts, Run
from tests.oracle.reference.fates import Context, Fates, Judged, assign, cleaned, contradictory_rows
from tests.oracle.reference.readers import Row, Values

HELMFILE = "(helmfile)"


def _targets(values: Values) -> list[dict[str, Any]]:
    return list(json.loads(values.get("targets") or "[]"))


def application(target: dict[str, Any], values: Values) -> str | None:
    """The application a target names; a change of the helmfile names it in the bump, or not at all."""
    app = cleaned(target.get("app"))
    return cleaned(values.get("bump_name")) if app == HELMFILE else app


def _environment(target: dict[str, Any], context: Context) -> str | None:
    raw = cleaned(target.get("env"))
    if raw is None:
        return None
    mapping = context.source.values.get("environment", {})
    return mapping.get(raw, raw.lower())


def _judge(rows: Sequence[Row], context: Context) -> list[Judged]:
    twofold = contradictory_rows(rows, context.source.primary_key)
    judged = []
    for row in rows:
        defects: list[str] = []
        committed = context.instant(row.values["committed_at"], defects, "committed_at")
        if row.values["author"] not in ("bot", "human"):
            defects.append("author: unknown")
        if row.values.get("source_author") not in ("bot", "human", None):
            defects.append("source_author: unknown")
        if (row.file, row.number) in twofold:
            defects.append("two contents under one key")
        sha = row.values["sha"]
        judged.append(Judged(row, sha, sha, committed, committed, defects=defects))
    return judged


def _fan_out(item: Judged, context: Context) -> list[tuple[str, str | None]]:
    """Sets what a row fans out to; returns the distinct (service, environment) of it."""
    values = item.row.values
    targets = _targets(values)
    named = [(app, _environment(t, context)) for t in targets if (app := application(t, values)) is not None]
    if not named:
        item.not_applicable = "names no application" if targets else "no target"
        return []
    known = {(s, env) for app, env in named if (s := context.services.find(app)) is not None}
    unknown = {(app, env) for app, env in named if context.services.find(app) is None}
    if item.defects:
        item.quarantined_records = len(known) + len(unknown)
        return []
    item.staged_records, item.quarantined_records = len(known), len(unknown)
    if not known:
        item.defects.append("targets: unknown service")
    return sorted(known, key=str)


def _deployments(
    staged: Sequence[Judged], pairs: dict[str, list[tuple[str, str | None]]], context: Context
) -> list[Deployment]:
    found = []
    for item in staged:
        values = item.row.values
        sha = str(values["sha"])
        for service, environment in pairs[sha]:
            found.append(
                Deployment(
                    deployment_id=f"{sha}:{service}:{environment}",
                    service=service,
                    environment=environment,
                    version=cleaned(values.get("bump_version")) or cleaned(values.get("tag")),
                    started_at=context.instant(values["committed_at"]),
                )
            )
    by_commit: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for deployment in found:
        by_commit[deployment.deployment_id.split(":")[0], deployment.service].append(deployment.deployment_id)
    reverted = {str(i.row.values["sha"]): _reverted(i.row.values) for i in staged}
    by_bot = {str(i.row.values["sha"]): _by_bot(i.row.values) for i in staged}
    for deployment in found:
        undone = reverted[deployment.deployment_id.split(":")[0]]
        if undone is not None:
            deployment.rollback_trigger = "automation" if by_bot[deployment.deployment_id.split(":")[0]] else "person"
            deployment.rollback_of = min(by_commit.get((undone, deployment.service), []), default=None)
    return found


def _by_bot(values: Values) -> bool:
    return "bot" in (values.get("author"), values.get("source_author"))


def _reverted(values: Values) -> str | None:
    if values.get("revert") not in (True, "true"):
        return None  # it only tells of a revert
    shas = json.loads(values.get("reverts_sha") or "[]")
    return str(shas[0]) if shas else None


def _runs(rows: Sequence[Row], context: Context) -> list[Judged]:
    judged = _judge(rows, context)
    for item in judged:
        values = item.row.values
        if "bot" not in (values["author"], values.get("source_author")):
            item.not_applicable = "made by a person"
            continue
        started = context.instant(_run_start(values), item.defects, "authored_at")
        if started is not None and item.recorded_at is not None and started > item.recorded_at:
            item.defects.append("authored_at: end before start")
        app = _run_application(values)
        if app is not None and context.services.find(app) is None:
            item.defects.append(f"targets: unknown service {app}")
    return judged


def _run_start(values: Values) -> str | None:
    return values["source_authored_at"] if values.get("source_author") == "bot" else values["authored_at"]


def _run_application(values: Values) -> str | None:
    return next((app for t in _targets(values) if (app := application(t, values)) is not None), None)


def collect(rows: Sequence[Row], context: Context, facts: Facts, fates: Fates) -> None:
    """Adds deployments and runs to the facts, and the fates of both kinds."""
    judged = _judge(rows, context)
    pairs = {str(item.row.values["sha"]): _fan_out(item, context) for item in judged}
    facts.deployments.extend(_deployments(assign(judged, context.as_of), pairs, context))
    runs = _runs(rows, context)
    for item in assign(runs, context.as_of):
        app = _run_application(item.row.values)
        facts.runs.append(
            Run(
                run_id=str(item.row.values["sha"]),
                service=None if app is None else context.services.find(app),
                mode="live",
                outcome=None,
                started_at=context.instant(_run_start(item.row.values)),
            )
        )
    fates.add("deployments", judged)
    fates.add("automation_runs", runs)
