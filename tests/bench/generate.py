"""An organisation of any size whose incidents have known causes: no random numbers.

Every service deploys on a grid of its own; every tenth deployment causes an incident 1 to 15 minutes after it
finished and before the service deploys again. So the right link of each incident is known by construction.
One deployment in fifty rolls back the one before, to the version before that; no incident began in between.
Each deployment is followed by one run of an automation; one run in twenty fails, one in fifty is dry, by their number.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

SERVICES = 500
TEAMS = 50
DAYS = 730
STARTS_ON = "2024-01-01"
AS_OF = "2026-01-01T00:00:00Z"
CAUSES_EVERY = 10  # one deployment in ten is followed by an incident that it caused
ROLLS_BACK = (50, 6)  # the 6th, 56th, 106th … deployment of a service undoes the one before
FAILS_EVERY = 20  # one automation run in twenty fails
DRY_EVERY = 50  # and one in fifty changes nothing
AUTOMATIONS = 100
REGISTERED_ON = "2025-12-01"  # late enough for a source that claims to speak until now

_ORGANISATION = """\
name: bench
title: Generated organisation with known causes
time_zone: UTC
as_of: {as_of}
sources:
  - name: deployments
    feed: records_deployments
    reader: parquet
    path: deployments.parquet
    primary_key: [source_record_id, updated_at]
    cursor: recorded_at
    time_zone: UTC
    covers:
      - {{kind: deployments, from: "{starts}"}}
      - {{kind: deployments.outcome, from: "{starts}"}}
      - {{kind: deployments.version, from: "{starts}"}}
    quarantine_threshold: {{share: 0.0, reason: "generated without defects"}}
  - name: incidents
    feed: records_incidents
    reader: parquet
    path: incidents.parquet
    primary_key: [source_record_id, updated_at]
    cursor: recorded_at
    time_zone: UTC
    covers:
      - {{kind: incidents, from: "{starts}"}}
      - {{kind: incidents.acknowledged_at, from: "{starts}"}}
    quarantine_threshold: {{share: 0.0, reason: "generated without defects"}}
  - name: automations
    feed: records_automations
    reader: parquet
    path: automations.parquet
    primary_key: [source_record_id, updated_at]
    cursor: recorded_at
    time_zone: UTC
    covers:
      - {{kind: automations, from: "{starts}"}}
    quarantine_threshold: {{share: 0.0, reason: "generated without defects"}}
  - name: automation_runs
    feed: records_automation_runs
    reader: parquet
    path: automation_runs.parquet
    primary_key: [source_record_id, updated_at]
    cursor: recorded_at
    time_zone: UTC
    covers:
      - {{kind: automation_runs, from: "{starts}"}}
      - {{kind: automation_runs.outcome, from: "{starts}"}}
    quarantine_threshold: {{share: 0.0, reason: "generated without defects"}}
"""


def generate(folder: Path, deployments: int) -> Path:
    """Write an organisation folder with about `deployments` deployments, as many automation runs, a tenth as many
    incidents, and a hundred automations.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = f"{STARTS_ON}T00:00:00Z"
    (folder / "organisation.yml").write_text(_ORGANISATION.format(as_of=AS_OF, starts=starts))
    write_structure(folder)
    per_service = max(1, deployments // SERVICES)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        _copy(connection, _deployments(per_service), folder / "deployments.parquet")
        _copy(connection, _incidents(per_service), folder / "incidents.parquet")
        _copy(connection, _automations(), folder / "automations.parquet")
        _copy(connection, _automation_runs(per_service), folder / "automation_runs.parquet")
    return folder


def write_structure(folder: Path) -> None:
    """teams.csv and services.csv of the generated organisations."""
    teams = ["team_id,name,area,members,capacity_hours_per_week,rollout_cohort,aliases,valid_from,valid_to"]
    teams += [f"team-{i:03},Team {i},area-{i % 5},8,,,,," for i in range(TEAMS)]
    services = ["service_id,name,team_id,tier,aliases,valid_from,valid_to"]
    services += [f"service-{i:03},Service {i},team-{i % TEAMS:03},{i % 4 + 1},,," for i in range(SERVICES)]
    (folder / "teams.csv").write_text("\n".join(teams) + "\n")
    (folder / "services.csv").write_text("\n".join(services) + "\n")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def _grid(per_service: int) -> str:
    """service s, k-th rollout: regular spacing, a seventh of it as jitter by hash."""
    spacing = DAYS * 86400 // (per_service + 1)
    jitter = max(1, spacing // 7)
    return f"""
        select s, k, timestamp '{STARTS_ON}' + to_seconds(
            cast(k * {spacing} + s * 7 % 600 + hash(s * 1000003 + k) % {jitter} as bigint)) as done_at
        from range({SERVICES}) as services (s), range(1, {per_service + 1}) as rollouts (k)"""


def _deployments(per_service: int) -> str:
    every, first = ROLLS_BACK
    rolls_back = f"k % {every} = {first}"
    return f"""
        select
            'd-' || s || '-' || k as source_record_id,
            'd-' || s || '-' || k as deployment_id,
            'service-' || lpad(cast(s as varchar), 3, '0') as service_id,
            'production' as environment,
            'v' || case when {rolls_back} then k - 2 else k end as version,
            strftime(done_at - interval 4 minute, '%Y-%m-%dT%H:%M:%SZ') as started_at,
            strftime(done_at, '%Y-%m-%dT%H:%M:%SZ') as finished_at,
            case when hash(k * 7919 + s) % 50 = 0 then 'failed' else 'succeeded' end as outcome,
            case when hash(k + s) % 3 = 0 then 'canary' else 'rolling' end as strategy,
            '1.0' as exposed_share,
            'automation' as trigger,
            case when {rolls_back} then 'd-' || s || '-' || (k - 1) end as rollback_of,
            case when {rolls_back} then 'automation' end as rollback_trigger,
            strftime(done_at, '%Y-%m-%dT%H:%M:%SZ') as updated_at,
            strftime(done_at, '%Y-%m-%dT%H:%M:%SZ') as recorded_at
        from ({_grid(per_service)})"""


def _incidents(per_service: int) -> str:
    return f"""
        select
            'i-' || s || '-' || k as source_record_id,
            'i-' || s || '-' || k as incident_id,
            'service-' || lpad(cast(s as varchar), 3, '0') as service_id,
            'sev' || (hash(s + k * 31) % 5 + 1) as severity,
            strftime(started, '%Y-%m-%dT%H:%M:%SZ') as impact_started_at,
            strftime(started + interval 2 minute, '%Y-%m-%dT%H:%M:%SZ') as declared_at,
            strftime(started + interval 5 minute, '%Y-%m-%dT%H:%M:%SZ') as acknowledged_at,
            strftime(ended, '%Y-%m-%dT%H:%M:%SZ') as resolved_at,
            'monitor' as detected_by,
            'person' as resolved_by,
            'false' as is_planned,
            strftime(ended, '%Y-%m-%dT%H:%M:%SZ') as updated_at,
            strftime(ended, '%Y-%m-%dT%H:%M:%SZ') as recorded_at
        from (
            select
                s, k, done_at + to_seconds(cast(60 + hash(s * 17 + k) % 840 as bigint)) as started,
                done_at + to_seconds(cast(1260 + hash(s * 19 + k) % 36000 as bigint)) as ended
            from ({_grid(per_service)})
            where k % {CAUSES_EVERY} = 0)
        where ended < timestamp '2025-12-31'"""


def _automations() -> str:
    return f"""
        select
            'a-' || a as source_record_id,
            'a-' || a as automation_id,
            '1' as version,
            'team-' || lpad(cast(a % {TEAMS} as varchar), 3, '0') as team_id,
            'Automation ' || a as name,
            'routine' as risk,
            '{STARTS_ON}T00:00:00Z' as formalised_at,
            '{STARTS_ON}T00:00:00Z' as tested_at,
            '{REGISTERED_ON}T00:00:00Z' as updated_at,
            '{REGISTERED_ON}T00:00:00Z' as recorded_at
        from range({AUTOMATIONS}) as automations (a)"""


def _automation_runs(per_service: int) -> str:
    return f"""
        select
            'r-' || s || '-' || k as source_record_id,
            'r-' || s || '-' || k as run_id,
            'a-' || (hash(s * 37 + k) % {AUTOMATIONS}) as automation_id,
            '1' as version,
            'service-' || lpad(cast(s as varchar), 3, '0') as service_id,
            case when k % {CAUSES_EVERY} = 0 then 'alert' else 'pipeline' end as trigger,
            strftime(done_at + interval 20 minute, '%Y-%m-%dT%H:%M:%SZ') as started_at,
            strftime(done_at + interval 24 minute, '%Y-%m-%dT%H:%M:%SZ') as finished_at,
            case when k % {FAILS_EVERY} = 0 then 'failed' else 'succeeded' end as outcome,
            case when k % {DRY_EVERY} = 0 then 'dry_run' else 'live' end as mode,
            strftime(done_at + interval 24 minute, '%Y-%m-%dT%H:%M:%SZ') as updated_at,
            strftime(done_at + interval 24 minute, '%Y-%m-%dT%H:%M:%SZ') as recorded_at
        from ({_grid(per_service)})"""
