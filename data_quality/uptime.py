"""Time that incidents hit services by a second route: every edge in order, and what is open between two of them.

Belongs here: the sweep over impacts, agreed windows and coverage. Does not belong here: how the two routes are judged
(reconciliation.py). The models unite, share and cut stretches instead.
"""

import duckdb

from data_quality.connection import LANDED, has_table, quoted

METRIC, OUTAGES = "availability_time", "market_outage_minutes"
_TABLES = ("reliability.fct_service_impacts", "reliability.fct_slo_exclusions", "scorecard.coverage")
_NOTHING = "select null::varchar, null::bigint, null::bigint where false"

# +1 where something begins and -1 where it ends, by service; the edges of months cut what lies across them.
_EDGES = f"""
    select entity_id as service_id, covered_from as edge_at, 1 as covered, 0 as hit, 0 as agreed
    from scorecard.coverage where entity_type = 'service' and metric_id = '{METRIC}'
    union all
    select entity_id, coalesce(covered_to, run.as_of), -1, 0, 0
    from scorecard.coverage cross join {LANDED}.run as run
    where entity_type = 'service' and metric_id = '{METRIC}'
    union all
    select service_id, unnest([starts_at, ends_at]), 0, unnest([1, -1]), 0
    from reliability.fct_service_impacts where exclusion_reason is null
    union all
    select service_id, unnest([starts_at, ends_at]), 0, 0, unnest([1, -1])
    from reliability.fct_slo_exclusions where is_valid and sli is distinct from 'latency'
"""


def up_time_against_sweep(con: duckdb.DuckDBPyConnection) -> str:
    """Item: a month of the portfolio and a part: microseconds as published, and as the sweep has them."""
    if not all(has_table(con, table) for table in _TABLES):
        return _NOTHING
    (zone,) = con.execute(f"select time_zone from {LANDED}.run").fetchone() or ("UTC",)
    month_at = f"cast(timezone('{quoted(str(zone))}', cast({{}} as timestamp)) as timestamp)"
    return f"""
        with cells as (
            select period_start_on, coalesce(dimension_value, 'agreed') as windows,
                cast(round(numerator * 3600000000) as bigint) as up,
                cast(round(denominator * 3600000000) as bigint) as asked
            from scorecard.metric_values
            where metric_id = '{METRIC}' and entity_type = 'portfolio' and period_type = 'month'
        ),
        months as (
            select period_start_on, {month_at.format("period_start_on")} as starts_at,
                {month_at.format("period_start_on + interval 1 month")} as ends_at
            from (select distinct period_start_on from cells)
        ),
        edges as ({_EDGES}),
        cut as (
            select * from edges
            union all
            select service_id, unnest([starts_at, ends_at]), 0, 0, 0
            from (select distinct service_id from edges) cross join months
        ),
        summed as (
            select service_id, edge_at, sum(covered) as covered, sum(hit) as hit, sum(agreed) as agreed
            from cut group by service_id, edge_at
        ),
        moments as (
            select edge_at, epoch_us(lead(edge_at) over ordered) - epoch_us(edge_at) as length,
                sum(covered) over ordered as covered, sum(hit) over ordered as hit, sum(agreed) over ordered as agreed
            from summed window ordered as (partition by service_id order by edge_at)
        ),
        measured as (
            select months.period_start_on,
                sum(length) filter (where agreed = 0) as asked_agreed,
                sum(length) filter (where agreed = 0 and hit = 0) as up_agreed,
                sum(length) as asked_none, sum(length) filter (where hit = 0) as up_none
            from moments inner join months on moments.edge_at >= months.starts_at and moments.edge_at < months.ends_at
            where covered > 0 group by months.period_start_on
        )
        select concat_ws(' ', 'month', cells.period_start_on, 'windows', windows, part),
            case part when 'up' then up else asked end,
            coalesce(cast(case when windows = 'none' then case part when 'up' then up_none else asked_none end
                else case part when 'up' then up_agreed else asked_agreed end end as bigint), 0)
        from cells cross join (select unnest(['up', 'asked']) as part)
        left join measured using (period_start_on)
    """


def outage_against_sweep(con: duckdb.DuckDBPyConnection) -> str:
    """Item: a month of the portfolio: microseconds of outages in markets as published, and as the sweep has them.

    Every hit is cut to what is covered of its service while that had tier 1 or 2; in a market what is open counts once.
    """
    if not all(has_table(con, table) for table in _TABLES):
        return _NOTHING
    (zone,) = con.execute(f"select time_zone from {LANDED}.run").fetchone() or ("UTC",)
    month_at = f"cast(timezone('{quoted(str(zone))}', cast({{}} as timestamp)) as timestamp)"
    return f"""
        with cells as (
            select period_start_on, cast(round(numerator * 60000000) as bigint) as out
            from scorecard.metric_values
            where metric_id = '{OUTAGES}' and entity_type = 'portfolio' and period_type = 'month' and dimension is null
        ),
        months as (
            select period_start_on, {month_at.format("period_start_on")} as starts_at,
                {month_at.format("period_start_on + interval 1 month")} as ends_at
            from cells
        ),
        tiers as (
            select service_id, tier, coalesce(valid_from, timestamp '1970-01-01') as starts_at,
                least(coalesce(valid_to, run.as_of), coalesce(
                    lead(coalesce(valid_from, timestamp '1970-01-01')) over (
                        partition by service_id order by coalesce(valid_from, timestamp '1970-01-01'), valid_to, tier
                    ), run.as_of)) as ends_at
            from core.dim_service cross join {LANDED}.run as run
        ),
        hits as (
            select hits.market, greatest(hits.starts_at, watched.covered_from, tiers.starts_at) as starts_at,
                least(hits.ends_at, coalesce(watched.covered_to, run.as_of), tiers.ends_at) as ends_at
            from reliability.fct_service_impacts as hits
            cross join {LANDED}.run as run
            inner join scorecard.coverage as watched on watched.entity_type = 'service'
                and watched.entity_id = hits.service_id and watched.metric_id = '{OUTAGES}'
            inner join tiers on tiers.service_id = hits.service_id and tiers.tier <= 2
            where hits.exclusion_reason is null and hits.market is not null
        ),
        edges as (
            select market, unnest([starts_at, ends_at]) as edge_at, unnest([1, -1]) as step
            from hits where starts_at < ends_at
            union all
            select market, unnest([starts_at, ends_at]), 0 from (select distinct market from hits) cross join months
        ),
        summed as (select market, edge_at, sum(step) as step from edges group by market, edge_at),
        moments as (
            select edge_at, epoch_us(lead(edge_at) over ordered) - epoch_us(edge_at) as length,
                sum(step) over ordered as open_hits
            from summed window ordered as (partition by market order by edge_at)
        ),
        measured as (
            select months.period_start_on, sum(length) as out
            from moments inner join months on moments.edge_at >= months.starts_at and moments.edge_at < months.ends_at
            where open_hits > 0 group by months.period_start_on
        )
        select concat_ws(' ', 'month', period_start_on), cells.out, coalesce(cast(measured.out as bigint), 0)
        from cells left join measured using (period_start_on)
    """
