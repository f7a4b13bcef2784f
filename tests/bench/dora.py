"""`python -m tests.bench.dora HOME`: the four DORA metrics by month and service, written by hand over the staged rows.

What somebody would write who wants the four numbers and nothing else: no owner, no interval, no reason of an exclusion.
The models behind the same four are measured in dbt_part.py.
"""

from __future__ import annotations

import sys
import time

import duckdb

from pipelines.settings import Settings

MODELS = frozenset(
    {
        "fct_incidents",
        "fct_incident_deployment_links",
        "fct_deployments",
        "metric_deployments",
        "metric_incident_clocks",
        "metric_incident_durations",
    }
)
MARK = "DORA"

_BY_HAND = """
    with deployments as (
        select deployment_id, service_id, coalesce(finished_at, started_at) as deployed_at, outcome
        from staging.stg_records__deployments where environment = 'production'
    ),
    incidents as (
        select incident_id, service_id, impact_started_at, resolved_at
        from staging.stg_records__incidents where not is_planned
    ),
    links as (
        select deployments.deployment_id from incidents asof join deployments
        on incidents.service_id = deployments.service_id and incidents.impact_started_at >= deployments.deployed_at
        where incidents.impact_started_at - deployments.deployed_at <= interval 24 hour
    ),
    failed as (
        select deployment_id from links union select deployment_id from deployments where outcome = 'failed'
    ),
    delivery as (
        select
            date_trunc('month', deployed_at) as month, service_id,
            count(*) filter (where outcome = 'succeeded') as deployment_frequency,
            count(failed.deployment_id) / count(*) as change_fail_rate
        from deployments left join failed using (deployment_id) group by all
    ),
    restored as (
        select
            date_trunc('month', impact_started_at) as month, service_id,
            median(epoch(resolved_at - impact_started_at)) as time_to_restore
        from incidents group by all
    )
    select count(*), sum(deployment_frequency), sum(change_fail_rate), sum(time_to_restore)
    from delivery full join restored using (month, service_id)
"""


def by_hand(settings: Settings) -> float:
    """Seconds of the hand-written SQL over what HOME has built."""
    with duckdb.connect(str(settings.warehouse_path), read_only=True, config={"threads": settings.threads}) as con:
        con.execute("set TimeZone = 'UTC'")
        started = time.monotonic()
        con.execute(_BY_HAND).fetchall()
        return time.monotonic() - started


def seconds_in(output: str) -> float:
    """What a measured process printed after the mark."""
    return float(next(line for line in output.splitlines() if line.startswith(MARK)).split()[1])


if __name__ == "__main__":
    print(MARK, by_hand(Settings.of(sys.argv[1])))
