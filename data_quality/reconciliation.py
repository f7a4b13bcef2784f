"""Conservation: what goes into a layer comes out of it, for every batch, kind and metric.

Belongs here: sums that must agree between layers, compared with `is distinct from` after a full join.
Does not belong here: rules of one table (dbt tests), what a cell may look like (suites/).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from data_quality.connection import LANDED, has_table
from data_quality.events import COUNTED, EVENTS, OUTCOMES, create_events
from data_quality.fingerprint import columns_of
from data_quality.report import Check
from data_quality.times import (
    answers_against_incidents,
    capacity_against_teams,
    unplanned_against_facts,
    worked_against_entries,
)
from data_quality.uptime import outage_against_sweep, up_time_against_sweep
from pipelines.extract.feeds import load_feeds

Connection = duckdb.DuckDBPyConnection
CONSERVATION = "conservation"

FACTS: Mapping[str, str] = {
    "incidents": "reliability.fct_incidents",
    "incident_events": "reliability.fct_incident_events",
    "incident_services": "reliability.fct_incident_services",
    "deployments": "delivery.fct_deployments",
    "automation_runs": "automation.fct_automation_runs",
    "alerts": "automation.fct_alerts",
    "capacity_events": "automation.fct_capacity_events",
    "toil_entries": "toil.fct_toil_entries",
    "postmortems": "learning.fct_postmortems",
    "postmortem_actions": "learning.fct_postmortem_actions",
    "slos": "reliability.dim_slo",
    "latency_histograms": "intermediate.int_latency_hours",
    "markets": "core.dim_market",
    "slo_exclusions": "reliability.fct_slo_exclusions",
    "outcomes": "outcomes.fct_outcomes",
    "contributions": "learning.fct_contributions",
    "signal_reviews": "learning.fct_signal_reviews",
    "sli_samples": "intermediate.int_sli_hours",
}
ROWS: Mapping[str, str] = {
    "intermediate.int_sli_hours": "sum(samples)",
    "intermediate.int_latency_hours": "sum(samples)",
}
"""How many records a fact's rows stand for, where not one each."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Two counts that must agree. `query` gives rows of (item in words, left, right); equal counts included."""

    name: str
    expected: str
    left: str
    right: str
    look: str
    remedy: str
    query: Callable[[Connection], str]


def reconcile(con: Connection, *, events_ready: bool = False) -> tuple[Check, ...]:
    """Every conservation check. `con` reads landing and warehouse (connection.reading)."""
    if not events_ready:
        create_events(con)
    return tuple(_judge(con, one) for one in SUMS)


def _judge(con: Connection, one: Sum) -> Check:
    query = f"from ({one.query(con)}) as compared(item, left_rows, right_rows)"
    different = "left_rows is distinct from right_rows"
    total, wrong = con.execute(f"select count(*), count(*) filter (where {different}) {query}").fetchone() or (0, 0)
    if not wrong:
        return Check(one.name, CONSERVATION, True, f"{total} compared, all agree", "")
    shown = con.execute(
        f"select item, left_rows, right_rows {query} where {different} order by item limit 5"
    ).fetchall()
    seen = "; ".join(f"{item}: {one.left} {_count(left)}, {one.right} {_count(right)}" for item, left, right in shown)
    observed = f"{wrong} of {total} differ: {seen}" + (" …" if wrong > len(shown) else "")
    message = f"expected: {one.expected}. Seen: {observed}. Where to look: {one.look}. Remedy: {one.remedy}."
    return Check(one.name, CONSERVATION, False, observed, message)


def _count(value: object) -> str:
    return "none" if value is None else str(value)


def _landed_against_fates(con: Connection) -> str:
    """Item: a batch and kind. Batches without fates, and fates without a batch, differ."""
    feeds = [feed for (feed,) in con.execute(f"select distinct feed from {LANDED}.ledger order by 1").fetchall()]
    declared = load_feeds()
    kinds = [(feed, kind) for feed in feeds for kind in declared[feed].kinds]
    counted = " union all ".join(
        f"select '{feed}' as feed, '{kind}' as kind, _source as source, _batch_id as batch_id, count(*) as rows "
        f"from {LANDED}.{feed} group by all"
        for feed, kind in kinds
    )
    return f"""
        with landed as ({counted or _NOTHING}),
        fates as (
            select feed, kind, source, batch_id, sum(rows)::bigint as rows from intermediate.int_row_fates group by all
        )
        select concat_ws(' ', 'source', source, 'batch', batch_id, 'as', kind), landed.rows, fates.rows
        from landed full outer join fates using (feed, kind, source, batch_id)
        where coalesce(landed.rows, fates.rows) > 0
    """


_NOTHING = (
    "select null::varchar as feed, null::varchar as kind, null::varchar as source, null::varchar as batch_id, "
    "0::bigint as rows where false"
)


def _quarantined_against_list(con: Connection) -> str:
    """Item: a batch and kind. Rows of which a part was staged (fan-out) are listed too, but have the fate staged."""
    return """
        with fates as (
            select kind, source, batch_id, sum(rows)::bigint as rows
            from intermediate.int_row_fates where fate = 'quarantined' group by all
        ),
        listed as (
            select kind, source, batch_id, count(distinct (file, row)) as rows, bool_or(is_fan_out) as is_fan_out
            from staging.quarantine group by all
        )
        select concat_ws(' ', 'source', source, 'batch', batch_id, 'as', kind), fates.rows,
            case when listed.is_fan_out then least(listed.rows, fates.rows) else listed.rows end
        from fates left join listed using (kind, source, batch_id)
    """


def _staged_against_facts(con: Connection) -> str:
    """Item: a batch and kind."""
    facts = " union all ".join(
        f"select '{kind}' as kind, source, batch_id, {ROWS.get(fact, 'count(*)')}::bigint as rows from {fact} "
        "group by all having rows > 0"
        for kind, fact in FACTS.items()
        if has_table(con, fact)
    )
    kinds = ", ".join(f"'{kind}'" for kind in FACTS)
    return f"""
        with staged as (
            select kind, source, batch_id, sum(records)::bigint as rows
            from intermediate.int_row_fates where fate = 'staged' and kind in ({kinds}) group by all
        ),
        facts as ({facts})
        select concat_ws(' ', 'source', source, 'batch', batch_id, 'as', kind), staged.rows, facts.rows
        from staged full outer join facts using (kind, source, batch_id)
        where coalesce(staged.rows, facts.rows) > 0
    """


def _facts_against_parts(con: Connection) -> str:
    """Item: a metric and month of the portfolio. Facts in scope = counted in the cell + excluded with a reason."""
    parts = " ".join(f"when '{one.metric_id}' then {one.parts}" for one in COUNTED if one.parts)
    names = ", ".join(f"'{one.metric_id}'" for one in COUNTED if one.parts)
    main = "and dimension is null" if "dimension" in dict(columns_of(con, "scorecard.exclusions")) else ""
    return f"""
        with cells as (
            select metric_id, period_start_on, cast(case metric_id {parts} end as bigint) as rows
            from scorecard.metric_values
            where entity_type = 'portfolio' and period_type = 'month' and dimension is null and metric_id in ({names})
        ),
        excluded as (
            select metric_id, period_start_on, sum(rows)::bigint as rows
            from scorecard.exclusions
            where entity_type = 'portfolio' and period_type = 'month' and reason <> 'incident_unlinked' {main}
            group by all
        ),
        facts as (select metric_id, period_start_on, sum(scope)::bigint as rows from {EVENTS} group by all)
        select concat_ws(' ', metric_id, 'month', period_start_on), coalesce(facts.rows, 0),
            cells.rows + coalesce(excluded.rows, 0)
        from cells
        left join excluded using (metric_id, period_start_on)
        left join facts using (metric_id, period_start_on)
    """


def _hours_against_budgets(con: Connection) -> str:
    """Item: a metric and month of the portfolio, all of whose samples are covered. What may be bad, in whole events."""
    if not has_table(con, "reliability.fct_slo_hours"):
        return "select '' as item, 0 as allowed, 0 as published where false"
    return f"""
        with facts as (
            select metric_id, period_start_on, sum(scope) / 1e6 as allowed from {EVENTS}
            where metric_id in ('burn_rate', 'error_budget_remaining') group by all
        )
        select concat_ws(' ', metric_id, 'month', period_start_on), round(coalesce(facts.allowed, 0))::bigint,
            round(cells.denominator)::bigint
        from scorecard.metric_values as cells
        left join facts using (metric_id, period_start_on)
        anti join (
            select metric_id, period_start_on from scorecard.exclusions
            where entity_type = 'portfolio' and period_type = 'month' and dimension is null and reason = 'not_covered'
        ) as not_covered using (metric_id, period_start_on)
        where cells.metric_id in ('burn_rate', 'error_budget_remaining') and cells.entity_type = 'portfolio'
            and cells.period_type = 'month' and cells.dimension is null
    """


def _outcomes_against_deployments(con: Connection) -> str:
    """Item: a month of the portfolio. Deployments by outcome, unknown or not covered ones too, are all there are."""
    return f"""
        with outcomes as (
            select period_start_on, sum(numerator)::bigint as rows
            from scorecard.metric_values
            where entity_type = 'portfolio' and period_type = 'month' and metric_id = 'deployment_frequency'
                and dimension = 'outcome'
            group by all
        ),
        not_covered as (
            select period_start_on, sum(rows)::bigint as rows
            from scorecard.exclusions
            where entity_type = 'portfolio' and period_type = 'month' and metric_id = 'deployment_frequency'
                and dimension = 'outcome'
            group by all
        ),
        months as (
            select period_start_on from scorecard.metric_values
            where entity_type = 'portfolio' and period_type = 'month' and metric_id = 'deployment_frequency'
                and dimension is null
        ),
        facts as (
            select period_start_on, sum(scope)::bigint as rows from {EVENTS}
            where metric_id = '{OUTCOMES.metric_id}' group by all
        )
        select concat_ws(' ', 'month', period_start_on), coalesce(facts.rows, 0),
            coalesce(outcomes.rows, 0) + coalesce(not_covered.rows, 0)
        from months
        left join outcomes using (period_start_on)
        left join not_covered using (period_start_on)
        left join facts using (period_start_on)
    """


def _incidents_against_links(con: Connection) -> str:
    """Item: all unplanned incidents together, and those with more than one row."""
    return """
        select 'unplanned incidents', (select count(*) from reliability.fct_incidents where is_planned = false),
            (select count(distinct incident_id) from delivery.fct_incident_deployment_links)
        union all
        select 'rows of links', (select count(*) from delivery.fct_incident_deployment_links),
            (select count(distinct incident_id) from delivery.fct_incident_deployment_links)
    """


SUMS = (
    Sum(
        "landed_rows_have_one_fate",
        "every landed row has exactly one fate for each kind that its feed speaks of",
        "landed", "with a fate",
        "landing.<feed> against intermediate.int_row_fates, for the batch shown",
        "a staging model drops or doubles rows: its last select must keep every landed row in one fate",
        _landed_against_fates,
    ),
    Sum(
        "quarantined_rows_are_listed",
        "every row with the fate quarantined stands in quarantine with column, value and reason",
        "quarantined", "listed",
        "staging.quarantine against intermediate.int_row_fates, for the batch shown",
        "add the defect to the staging model's quarantine rows",
        _quarantined_against_list,
    ),
    Sum(
        "staged_records_reach_facts",
        "every staged record is one row of its fact table",
        "staged", "in the fact table",
        f"intermediate.int_row_fates against {', '.join(FACTS.values())}, for the batch shown",
        "a join in the mart drops or multiplies rows: use left joins on unique keys",
        _staged_against_facts,
    ),
    Sum(
        "facts_reach_metrics",
        "every fact in a metric's scope is counted in its cell or excluded with a reason",
        "facts", "counted or excluded",
        "the metric's model in dbt_project/models/marts, for the month shown",
        "give the rows that fall out a reason of exclusion",
        _facts_against_parts,
    ),
    Sum(
        "hours_reach_budgets",
        "a budget allows what the objectives allow of the hours in its windows, a burn rate of those in its month",
        "allowed by the hours", "published",
        "denominator of error_budget_remaining and burn_rate in scorecard.metric_values, for the month shown",
        "look at int_window_days, and at what metric_slo_budgets leaves out",
        _hours_against_budgets,
    ),
    Sum(
        "deployments_by_outcome",
        "deployments by outcome, the unknown and the not covered among them, add up to all production deployments",
        "facts", "by outcome",
        "dimension `outcome` of deployment_frequency in scorecard.metric_values",
        "an outcome is missing from the dimension",
        _outcomes_against_deployments,
    ),
    Sum(
        "incidents_are_linked_once",
        "every unplanned incident has exactly one row of links, be it to no deployment",
        "expected", "found",
        "delivery.fct_incident_deployment_links",
        "the link rules must choose one deployment, ties by the greatest deployment_id, and keep the unlinked",
        _incidents_against_links,
    ),
    Sum(
        "work_by_hand_is_that_of_entries",
        "a team's manual work in a month is that of its entries, the same work once (microseconds)",
        "entries", "in the cell",
        "toil.fct_toil_entries against toil_share in scorecard.metric_values, for the team and month shown",
        "give the entries that fall out a reason of exclusion in int_judged_toil",
        worked_against_entries,
    ),
    Sum(
        "capacity_is_that_of_teams",
        "a team's capacity in a month is its hours a week by the time that is covered (microseconds)",
        "of the team", "in the cell",
        "core.dim_team and scorecard.coverage against toil_share and unplanned_work_share in scorecard.metric_values",
        "int_capacity_pieces must cut the covered time without gap or overlap",
        capacity_against_teams,
    ),
    Sum(
        "answers_are_united",
        "a team's time in incidents in a month is the time in which it answered any, once (microseconds)",
        "by incidents", "in the cell",
        "toil.fct_incident_responses against manual_intervention_minutes, for the entity and month shown",
        "int_response_spans must unite what overlaps, by service and by team",
        answers_against_incidents,
    ),
    Sum(
        "unplanned_work_is_that_of_facts",
        "a team's unplanned work in a month is that of its entries without an incident, and its answers (microseconds)",
        "of the facts", "in the cell",
        "toil.fct_toil_entries and toil.fct_incident_responses against unplanned_work_share, for the team shown",
        "int_team_answers and int_judged_toil must lose nothing while the capacity is known",
        unplanned_against_facts,
    ),
    Sum(
        "up_time_is_swept",
        "up time and time asked to be up are what a sweep over impacts, agreed windows and coverage finds",
        "published", "swept",
        "intermediate.int_availability_days against reliability.fct_service_impacts, for the month shown",
        "a stretch is counted twice or not at all: see macros/statistics/stretches.sql",
        up_time_against_sweep,
    ),
    Sum(
        "outages_are_swept",
        "outage minutes of the portfolio are what a sweep over the hits of each market finds",
        "published", "swept",
        "intermediate.int_outage_days against reliability.fct_service_impacts, for the month shown",
        "a stretch is counted twice or not at all: see macros/statistics/stretches.sql",
        outage_against_sweep,
    ),
)  # fmt: skip
