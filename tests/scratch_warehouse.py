"""A small organisation, landed by the pipeline itself, with a warehouse made by hand: what the audit and the release see.

90 days of 3 services in 2 teams, in Berlin's calendar: 260 deployments, 58 incidents, 86 automation runs, among them a
row in quarantine, a superseded one, a deleted one, an incident of no service, and deployments of unknown outcome.
The published tables are computed here in a few plain statements, so that tests need no dbt and can plant one fault each.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines import organisation as organisations
from pipelines.landing import batches, views
from pipelines.organisation import Organisation
from pipelines.settings import Settings

AS_OF = datetime(2026, 4, 2, tzinfo=UTC)
START = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
SERVICES = {"checkout": "payments", "ledger": "payments", "search": "finding"}
METRICS = {
    # metric: pillar, unit, better, interval
    "incident_rate": ("reliability", "per service-month", "down", "poisson"),
    "time_to_acknowledge": ("reliability", "minutes", "down", "kaplan_meier"),
    "time_to_restore": ("reliability", "minutes", "down", "kaplan_meier"),
    "reopen_rate": ("reliability", "ratio", "down", "wilson"),
    "deployment_frequency": ("delivery", "per week", "context only", "poisson"),
    "change_fail_rate": ("delivery", "ratio", "down", "wilson"),
    "rework_rate": ("delivery", "ratio", "down", "wilson"),
    "rollback_rate": ("delivery", "ratio", "context only", "wilson"),
    "automation_success": ("automation", "ratio", "up", "wilson"),
    "self_healing_share": ("automation", "ratio", "up", "wilson"),
}
Row = Mapping[str, object]


def build(folder: Path) -> tuple[Organisation, Settings]:
    """The organisation, landed in `<folder>/home`, and its warehouse, built as dbt would leave it."""
    rows = {"incidents": _incidents(), "deployments": _deployments(), "runs": _runs()}
    organisation = organisations.load(_organisation_folder(folder / "scratch", rows))
    settings = Settings(home=folder / "home", threads=2)
    batches.land(organisation, settings)
    rebuild(settings, rows)
    return organisation, settings


def change(settings: Settings, statement: str) -> None:
    """Plant a fault: one statement on the warehouse."""
    con = duckdb.connect(str(settings.warehouse_path))
    con.execute("set TimeZone = 'UTC'")
    con.execute(statement)
    con.close()


def rebuild(settings: Settings, rows: Mapping[str, Sequence[Row]] | None = None) -> None:
    """Make the warehouse's tables anew."""
    rows = rows or {"incidents": _incidents(), "deployments": _deployments(), "runs": _runs()}
    con = duckdb.connect(str(settings.warehouse_path))
    con.execute("set TimeZone = 'UTC'")
    views.register(con, settings)
    for schema in ("staging", "intermediate", "core", "reliability", "delivery", "automation", "scorecard"):
        con.execute(f"create schema if not exists {schema}")
    _fates(con, rows)
    for statement in (*_FACTS, *_CELLS):
        con.execute(statement)
    con.close()


# --- the organisation's files -------------------------------------------------------------------------------------


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _incidents() -> list[Row]:
    rows: list[dict[str, object]] = []
    for number in range(57):
        at = START + timedelta(hours=36 * number)
        services = [*SERVICES, ""] if number % 19 == 0 else list(SERVICES)
        service = services[-1] if number % 19 == 0 else services[number % 3]
        rows.append(
            {
                "incident_id": f"INC-{number:03}", "source_record_id": f"INC-{number:03}", "service_id": service,
                "severity": f"sev{1 + number % 3}", "impact_started_at": _text(at),
                "declared_at": _text(at + timedelta(minutes=4)),
                "acknowledged_at": _text(at + timedelta(minutes=6 + number % 7)),
                "resolved_at": "" if number == 56 else _text(at + timedelta(minutes=30 + 5 * (number % 11))),
                "resolved_by": "automation" if number % 4 == 0 else "person", "is_planned": "false",
                "updated_at": _text(at + timedelta(hours=2)), "recorded_at": _text(at + timedelta(hours=2)),
                "is_deleted": "false", "_fate": "staged",
            }
        )  # fmt: skip
    rows[10] = {**rows[10], "severity": "urgent", "_fate": "quarantined"}
    older = {**rows[20], "updated_at": rows[20]["declared_at"], "recorded_at": rows[20]["declared_at"]}
    rows.append({**older, "resolved_at": "", "_fate": "superseded"})
    return rows


def _deployments() -> list[Row]:
    rows: list[dict[str, object]] = []
    for number in range(258):
        at = START + timedelta(hours=8 * number)
        outcome = "" if number % 17 == 0 else "failed" if number % 11 == 0 else "succeeded"
        rows.append(
            {
                "deployment_id": f"D-{number:04}", "source_record_id": f"D-{number:04}",
                "service_id": list(SERVICES)[number % 3], "environment": "production", "version": f"v{number // 3}",
                "started_at": _text(at), "finished_at": _text(at + timedelta(minutes=9)), "outcome": outcome,
                "trigger": "automation", "is_unplanned_fix": "true" if number % 13 == 0 else "false",
                "updated_at": _text(at + timedelta(hours=1)), "recorded_at": _text(at + timedelta(hours=1)),
                "is_deleted": "false", "_fate": "staged",
            }
        )  # fmt: skip
    rows[100] = {**rows[100], "is_deleted": "true", "_fate": "deleted"}
    return rows


def _runs() -> list[Row]:
    rows: list[Row] = []
    for number in range(86):
        at = START + timedelta(hours=24 * number)
        rows.append(
            {
                "run_id": f"R-{number:03}", "source_record_id": f"R-{number:03}", "automation_id": "restart",
                "version": "1", "service_id": list(SERVICES)[number % 3], "trigger": "alert", "mode": "live",
                "started_at": _text(at), "finished_at": _text(at + timedelta(minutes=2)),
                "outcome": "failed" if number % 9 == 0 else "succeeded",
                "updated_at": _text(at + timedelta(hours=1)), "recorded_at": _text(at + timedelta(hours=1)),
                "is_deleted": "false", "_fate": "staged",
            }
        )  # fmt: skip
    return rows


_SOURCES = {
    "incidents": ("records_incidents", ["incidents", "incidents.acknowledged_at", "incidents.reopened", "incidents.resolved_by"]),
    "deployments": (
        "records_deployments",
        ["deployments", "deployments.outcome", "deployments.is_unplanned_fix", "deployments.version"],
    ),
    "runs": ("records_automation_runs", ["automation_runs", "automation_runs.outcome"]),
}  # fmt: skip


def _organisation_folder(folder: Path, rows: Mapping[str, Sequence[Row]]) -> Path:
    folder.mkdir(parents=True)
    sources = []
    for source, (feed, kinds) in _SOURCES.items():
        _write_csv(folder / f"{source}.csv", rows[source])
        sources.append(
            {
                "name": source, "feed": feed, "reader": "csv", "path": f"{source}.csv",
                "primary_key": ["source_record_id", "updated_at"], "cursor": "updated_at",
                "covers": [{"kind": kind, "from": "2026-01-01T00:00:00+01:00"} for kind in kinds],
                "quarantine_threshold": {"share": 0.05, "reason": "typed by hand"},
            }
        )  # fmt: skip
    content = {
        "name": "scratch",
        "title": "Scratch & Sons",
        "time_zone": ZONE,
        "as_of": _text(AS_OF),
        "sources": sources,
    }
    (folder / "organisation.yml").write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    (folder / "teams.csv").write_text(
        "team_id,name,area,members,capacity_hours_per_week,rollout_cohort,aliases,valid_from,valid_to\n"
        "payments,Payments,shop,7,280,,,,\nfinding,Finding,shop,5,200,,,,\n"
    )
    services = "".join(f"{name},{name.title()},{team},1,,,\n" for name, team in SERVICES.items())
    (folder / "services.csv").write_text(
        f"service_id,name,team_id,tier,aliases,valid_from,valid_to\n{services}"
    )
    return folder


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    names = [name for name in rows[0] if name != "_fate"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


# --- the warehouse ------------------------------------------------------------------------------------------------


def _fates(con: duckdb.DuckDBPyConnection, rows: Mapping[str, Sequence[Row]]) -> None:
    """staging.landed: one row per landed record with its fate; then the fates and the quarantine."""
    con.execute(
        "create or replace table staging.landed (source varchar, feed varchar, kind varchar, _row bigint, fate varchar)"
    )
    kinds = {"incidents": "incidents", "deployments": "deployments", "runs": "automation_runs"}
    for source, kind in kinds.items():
        for number, row in enumerate(rows[source], start=1):
            values = [source, _SOURCES[source][0], kind, number, row["_fate"]]
            con.execute("insert into staging.landed values (?, ?, ?, ?, ?)", values)
    for feed, kind in (
        ("organisation_teams", "teams"), ("organisation_services", "services"), ("organisation_sources", "sources"),
        ("organisation_values", "source_values"), ("organisation_coverage", "source_coverage"),
    ):  # fmt: skip
        con.execute(
            f"insert into staging.landed select 'organisation', '{feed}', '{kind}', _row, 'staged' from landing.{feed}"
        )
    con.execute("""
        create or replace table intermediate.int_row_fates as
        select landed.source, landed.feed, kind, ledger.batch_id, fate,
            case when fate = 'quarantined' then 'severity: no such word' end as reason,
            count(*) as rows, count(*) filter (where fate in ('staged', 'quarantined')) as records
        from staging.landed inner join landing.ledger using (source, feed) group by all
    """)
    con.execute("""
        create or replace table staging.quarantine as
        select landed.source, landed.feed, kind, ledger.batch_id, ledger.file, _row as row, 'INC-010' as source_record_id,
            'severity' as column_name, 'urgent' as value, 'no such word' as reason, false as is_fan_out
        from staging.landed inner join landing.ledger using (source, feed) where fate = 'quarantined'
    """)
    for feed, kind in (
        ("incidents", "incidents"),
        ("deployments", "deployments"),
        ("automation_runs", "automation_runs"),
    ):
        source = "runs" if feed == "automation_runs" else feed
        con.execute(f"""
            create or replace table staging.stg_records__{kind}_flagged as
            select _source as source, source_record_id, _batch_id as batch_id, _file as file, raw._row as landed_row,
                cast(recorded_at as timestamp) as recorded_at, fate
            from landing.records_{feed} as raw
            inner join staging.landed on landed.source = '{source}' and landed._row = raw._row
        """)


_STAGED = (
    "inner join staging.landed on landed.source = raw._source and landed._row = raw._row and fate = 'staged'"
)
_OWNER = "left join core.dim_service as service using (service_id)"
_FACTS = (
    """create or replace table core.dim_team as
        select team_id, name, area, cast(members as bigint) as members, null::timestamp as valid_from,
            null::timestamp as valid_to from landing.organisation_teams""",
    """create or replace table core.dim_service as
        select service_id, s.name, cast(tier as bigint) as tier, null::timestamp as valid_from,
            null::timestamp as valid_to, team_id, area
        from landing.organisation_services as s left join core.dim_team using (team_id)""",
    f"""create or replace table reliability.fct_incidents as
        select incident_id, _source as source, source_record_id, _batch_id as batch_id, service_id, service.team_id, area, severity,
            is_planned::boolean as is_planned, impact_started_at::timestamp as started_at,
            acknowledged_at::timestamp as acknowledged_at, resolved_at::timestamp as resolved_at,
            resolved_at::timestamp as first_resolved_at, resolved_by, resolved_at is not null as is_resolved,
            case when resolved_at is not null then false end as is_reopened_in_7_days,
            case when resolved_at is not null then resolved_by = 'automation' end as is_self_healed,
            date_diff('second', started_at, acknowledged_at::timestamp) / 60.0::double as acknowledge_minutes,
            date_diff('second', started_at, resolved_at::timestamp) / 60.0::double as restore_minutes
        from landing.records_incidents as raw {_STAGED} {_OWNER}""",
    """create or replace table reliability.fct_incident_events as
        select incident_id, source, source_record_id, batch_id, started_at as event_at, 'declared' as event
        from reliability.fct_incidents where false""",
    f"""create or replace table delivery.fct_deployments as
        select deployment_id, _source as source, source_record_id, _batch_id as batch_id, service_id, team_id, area,
            environment = 'production' as is_production, version, finished_at::timestamp as deployed_at, outcome,
            is_unplanned_fix::boolean as is_unplanned_fix,
            case when outcome is not null then outcome = 'failed' end as is_failed,
            deployed_at + interval 24 hour > timestamp '2026-04-02' as is_immature, false as is_version_return
        from landing.records_deployments as raw {_STAGED} {_OWNER}""",
    """create or replace table delivery.fct_incident_deployment_links as
        select incident_id, null::varchar as deployment_id, service_id, 'none' as rule
        from reliability.fct_incidents where not is_planned""",
    f"""create or replace table automation.fct_automation_runs as
        select run_id, _source as source, source_record_id, _batch_id as batch_id, automation_id, service_id, team_id, area,
            mode, outcome, started_at::timestamp as started_at
        from landing.records_automation_runs as raw {_STAGED} {_OWNER}""",
)

# One row per event and metric: is it counted in n, is it a hit, why is it excluded, how many minutes.
_EVENTS = f"""
    create or replace temp table events as
    with i as (select *, started_at as happened_at from reliability.fct_incidents),
    d as (select *, deployed_at as happened_at from delivery.fct_deployments),
    run as (select as_of from landing.run)
    select 'incident_rate' as metric_id, service_id, team_id, area, happened_at, true as counted, true as hit,
        null::varchar as reason, null::double as minutes from i
    union all select 'time_to_acknowledge', service_id, team_id, area, happened_at, true, true, null, acknowledge_minutes from i
    union all select 'time_to_restore', service_id, team_id, area, happened_at, true, restore_minutes is not null, null, restore_minutes from i
    union all select 'reopen_rate', service_id, team_id, area, first_resolved_at,
        first_resolved_at + interval 7 day <= as_of, is_reopened_in_7_days,
        case when first_resolved_at + interval 7 day > as_of then 'immature' end, null
        from i cross join run where first_resolved_at is not null
    union all select 'self_healing_share', service_id, team_id, area, happened_at,
        coalesce(resolved_at + interval 24 hour <= as_of, false), is_self_healed,
        case when not coalesce(resolved_at + interval 24 hour <= as_of, false) then 'immature' end, null from i cross join run
    union all select 'deployment_frequency', service_id, team_id, area, happened_at, outcome = 'succeeded', true,
        case when outcome is null then 'outcome_unknown' end, null from d
    union all select 'change_fail_rate', service_id, team_id, area, happened_at, not is_immature and is_failed is not null, is_failed,
        case when is_immature then 'immature' when is_failed is null then 'outcome_unknown' end, null from d
    union all select 'rework_rate', service_id, team_id, area, happened_at, true, is_unplanned_fix, null, null from d
    union all select 'rollback_rate', service_id, team_id, area, happened_at, true, is_version_return, null, null from d
    union all select 'automation_success', service_id, team_id, area, started_at, true, outcome = 'succeeded', null, null
        from automation.fct_automation_runs
"""  # fmt: skip
_CATALOGUE = ", ".join(
    f"('{name}', '{name.replace('_', ' ').capitalize()}', '{pillar}', '{unit}', '{better}', 'event', 'none', '{method}', "
    f"'What {name} means.', 'a paper', 5, 1)"
    for name, (pillar, unit, better, method) in METRICS.items()
)
_CELLS = (
    f"""create or replace table scorecard.metric_catalogue as
        select * from (values {_CATALOGUE}) as c(metric_id, name, pillar, unit, better, anchor, follow_up, interval_method,
            definition, source, minimum_n, metric_version)""",
    _EVENTS,
    f"""create or replace temp table local_events as
        select *, timezone('{ZONE}', timezone('UTC', happened_at)) as local_at from events""",
    f"""create or replace temp table periods as
        with starts(period_type, period_start_on, length) as (
            select 'week', unnest(generate_series(timestamp '2025-12-29', timestamp '2026-04-02', interval 7 day)), interval 7 day
            union all
            select 'month', unnest(generate_series(timestamp '2026-01-01', timestamp '2026-04-02', interval 1 month)), interval 1 month
            union all
            select 'quarter', unnest(generate_series(timestamp '2026-01-01', timestamp '2026-04-02', interval 3 month)), interval 3 month
        )
        select period_type, cast(period_start_on as date) as period_start_on, period_start_on + length as ends,
            cast(timezone('{ZONE}', period_start_on) as timestamp) as from_at,
            cast(timezone('{ZONE}', period_start_on + length) as timestamp) as to_at
        from starts""",
    """create or replace temp table entities as
        select 'service' as entity_type, service_id as entity_id, name as entity_name from core.dim_service
        union all select 'team', team_id, name from core.dim_team
        union all select distinct 'area', area, area from core.dim_team
        union all select 'portfolio', organisation, title from landing.run""",
    """create or replace temp table parts as
        select e.*, c.metric_id, p.period_type, p.period_start_on, p.to_at, c.unit, c.metric_version, run.as_of,
            date_diff('second', p.from_at, least(p.to_at, run.as_of)) * case e.entity_type when 'service' then 1
                when 'team' then (select count(*) from core.dim_service where team_id = e.entity_id) else 3 end as seconds,
            count(*) filter (where v.counted) as counted, count(*) filter (where v.counted and v.hit) as hits,
            median(v.minutes) filter (where v.hit) as middle, min(v.minutes) as least_minutes, max(v.minutes) as most_minutes
        from entities as e cross join scorecard.metric_catalogue as c cross join periods as p cross join landing.run
        left join local_events as v on v.metric_id = c.metric_id and v.local_at >= p.period_start_on and v.local_at < p.ends
            and (e.entity_type = 'portfolio' or e.entity_id = case e.entity_type when 'service' then v.service_id
                when 'team' then v.team_id else v.area end)
        group by all""",
    """create or replace table scorecard.exclusions as
        select e.entity_type, e.entity_id, e.entity_name, v.metric_id, p.period_type, p.period_start_on,
            null::varchar as dimension, null::varchar as dimension_value, reason, count(*) as rows
        from entities as e cross join periods as p
        inner join local_events as v on v.reason is not null and v.local_at >= p.period_start_on and v.local_at < p.ends
            and (e.entity_type = 'portfolio' or e.entity_id = case e.entity_type when 'service' then v.service_id
                when 'team' then v.team_id else v.area end)
        group by all""",
    """create or replace table scorecard.metric_values as
        with shaped as (
            select *, case when unit like 'per %' then seconds // 86400 else counted end as n,
                case unit when 'per service-month' then seconds / 2629800.0::double when 'per week' then seconds / 604800.0::double
                    else counted end as denominator
            from parts
        ),
        judged as (
            select *, case
                when exists (select 1 from scorecard.exclusions as x where x.reason = 'immature'
                    and x.entity_type = shaped.entity_type and x.entity_id = shaped.entity_id and x.metric_id = shaped.metric_id
                    and x.period_type = shaped.period_type and x.period_start_on = shaped.period_start_on) then 'immature'
                when n = 0 then 'no_exposure' when n < 5 then 'insufficient' when n < 20 then 'provisional' else 'ok' end as status
            from shaped
        ),
        valued as (
            select *, case when status not in ('ok', 'provisional') then null when unit = 'minutes' then middle
                else hits / denominator::double end as value,
                1.959963984540054 as z
            from judged
        )
        select entity_type, entity_id, entity_name, metric_id, period_type, period_start_on, to_at <= as_of as is_closed,
            null::varchar as dimension, null::varchar as dimension_value, hits as numerator, denominator::double as denominator,
            n::bigint as n, (case when unit = 'minutes' then counted - hits else 0 end)::bigint as censored, value,
            case when value is null then null when unit = 'minutes' then least_minutes when unit like 'per %' then value * 0.6
                else greatest(0, (value + z*z/(2*n) - z*sqrt((value*(1-value) + z*z/(4*n))/n)) / (1 + z*z/n)) end as low,
            case when value is null then null when unit = 'minutes' then most_minutes when unit like 'per %' then value * 1.5 + 1
                else least(1, (value + z*z/(2*n) + z*sqrt((value*(1-value) + z*z/(4*n))/n)) / (1 + z*z/n)) end as high,
            unit, status, metric_version, as_of
        from valued""",
    """insert into scorecard.metric_values
        select entity_type, entity_id, entity_name, 'deployment_frequency', period_type, period_start_on, false, 'outcome',
            coalesce(outcome, 'unknown'), count(*), 1.0, 30, 0, count(*), 0.0, count(*) * 2.0, 'per week', 'ok', 1, any_value(run.as_of)
        from entities as e cross join periods as p cross join landing.run
        inner join (select *, deployed_at as happened_at from delivery.fct_deployments) as d
            on d.happened_at >= p.from_at and d.happened_at < p.to_at
        where entity_type = 'portfolio' group by all""",
    """update scorecard.metric_values as m set is_closed = p.to_at <= m.as_of from periods as p
        where p.period_type = m.period_type and p.period_start_on = m.period_start_on""",
    """create or replace table scorecard.quality as
        select 'rows' as section, source, feed, kind, batch_id, fate, reason, rows, records, null::varchar as check_name,
            null::boolean as passed, null::varchar as observed from intermediate.int_row_fates""",
    """create or replace table scorecard.freshness as
        select source, kind, sum(rows)::bigint as records, timestamp '2026-04-01' as newest_recorded_at
        from intermediate.int_row_fates where source <> 'organisation' group by all""",
)
