"""The frame of scorecard.integrity_signals: its rows beside the facts that their evidence names.

Belongs here: counting violations. Does not belong here: what is expected of the counts (suites/).
By another way than the models: false discovery rates are compared pair by pair, and evidence is looked up in the facts.
"""

import duckdb

from data_quality.connection import has_table
from data_quality.frames import Frame, frame

EVIDENCE = {
    "incidents": ("reliability.fct_incidents", "incident_id"),
    "incident_events": ("reliability.fct_incident_events", "concat_ws('/', source, source_record_id)"),
    "burn_episodes": ("reliability.fct_burn_episodes", "source_record_id"),
    "automation_runs": ("automation.fct_automation_runs", "run_id"),
    "alerts": ("automation.fct_alerts", "alert_id"),
    "slos": ("reliability.dim_slo", "slo_id"),
    "slo_exclusions": ("reliability.fct_slo_exclusions", "exclusion_id"),
    "deployments": ("delivery.fct_deployments", "deployment_id"),
    "services": ("core.dim_service", "service_id"),
}
"""Where evidence of each kind is a fact, and its identifier there. A comma within one is written as a semicolon."""

_NOTHING = "select null::varchar as evidence_kind, null::varchar as record_id where false"


def signals_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """A row a signal: its rows, and how many of them break what is expected of them."""
    named = con.execute("select distinct evidence_kind from scorecard.integrity_signals where evidence_ids is not null")
    kinds = {kind for (kind,) in named.fetchall()}
    known = " union all ".join(
        f"select '{kind}' as evidence_kind, replace({name}, ',', ';') as record_id from {table}"
        for kind, (table, name) in EVIDENCE.items()
        if kind in kinds and has_table(con, table)
    )
    sql = f"""
        with signals as (select *, row_number() over (order by signal_id, entity_id, period_start_on) as number
            from scorecard.integrity_signals),
        known as (select distinct evidence_kind, record_id from ({known or _NOTHING})),
        named as (select number, evidence_kind, unnest(string_split(evidence_ids, ',')) as record_id from signals),
        strangers as (select distinct number from named anti join known using (evidence_kind, record_id)),
        ranked as (
            select one.number, one.p_value * (select count(*) from signals as other
                where other.period_start_on = one.period_start_on and other.p_value is not null)
                / (select count(*) from signals as other
                where other.period_start_on = one.period_start_on and other.p_value <= one.p_value) as bound
            from signals as one where one.p_value is not null
        ),
        rates as (
            select one.number, least(1.0, min(ranked.bound)) as rate
            from signals as one join signals as other
                on one.period_start_on = other.period_start_on and other.p_value >= one.p_value
            join ranked on other.number = ranked.number group by one.number
        )
        select signal_id, count(*) as rows,
            count(*) filter (where q_value < p_value) as rates_below_probabilities,
            count(*) filter (where abs(q_value - rate) > 1e-9 or (q_value is null) <> (rate is null)) as other_rates,
            count(*) filter (where (is_fired or is_cleared) and evidence_ids is null) as fired_without_evidence,
            count(*) filter (where number in (select number from strangers)) as unknown_evidence,
            min(concat_ws(' ', entity_id, period_start_on, evidence_ids)[:200])
                filter (where q_value < p_value or abs(q_value - rate) > 1e-9 or (is_fired and evidence_ids is null)
                or number in (select number from strangers)) as example
        from signals left join rates using (number) group by signal_id order by signal_id
    """
    return frame(con, sql, ("signal_id",))
