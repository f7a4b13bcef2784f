"""A small organisation, landed by the pipeline itself, with a warehouse made by hand for audit and release to see.

90 days of 3 services in 2 teams, in Berlin's calendar: 258 deployments, 58 incidents, 86 automation runs, among
them a row in quarantine, a superseded one, a deleted one, an incident of no service, and deployments of unknown
outcome. The published tables are computed in the plain statements of scratch_warehouse.sql, so that tests need no dbt
and can plant one fault each.
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
    con.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
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
    "incidents": (
        "records_incidents",
        ["incidents", "incidents.acknowledged_at", "incidents.reopened", "incidents.resolved_by"],
    ),
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
    (folder / "services.csv").write_text(f"service_id,name,team_id,tier,aliases,valid_from,valid_to\n{services}")
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
        ("organisation_policy", "policy"), ("organisation_policy_settings", "policy_settings"),
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
        select landed.source, landed.feed, kind, ledger.batch_id, ledger.file, _row as row,
            'INC-010' as source_record_id, 'severity' as column_name, 'urgent' as value, 'no such word' as reason,
            false as is_fan_out
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
