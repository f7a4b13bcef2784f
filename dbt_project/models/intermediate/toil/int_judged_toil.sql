-- Entries of manual work, once for each share of time that they belong to, and why one does not count: in the whole
-- (reason), and where each basis is looked at by itself (split_reason). An entry is judged by what is said of its
-- team, as the capacity is that stands against it.
{{ config(materialized='table') }}

with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

segment_metrics as (

    select * from {{ ref('int_segment_metrics') }}

    where is_covered

),

capacities as (

    select * from {{ ref('int_team_capacities') }}

),

judged as (

    {% for metric_id in shares_of_time() %}
    select
        '{{ metric_id }}' as metric_id,
        source,
        entry_id,
        recorded_at,
        cast(null as string) as service_id,
        team_id,
        area,
        basis,
        is_same_work,
        worked_microseconds,
        performed_at as anchored_at
    from {{ ref('fct_toil_entries') }}
    {% if metric_id == 'unplanned_work_share' %}where incident_id is null{% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

dated as (

    {{ statistics_dated('judged') }}

),

reasoned as (

    select
        dated.*,
        case
            when segment_metrics.metric_id is null then 'not_covered'
            when dated.team_id is null then 'team_unknown'
            when dated.worked_microseconds is null then 'minutes_unknown'
            when dated.basis is null then 'basis_unknown'
            when capacities.capacity_millihours is null then 'capacity_unknown'
            when capacities.capacity_millihours = 0 then 'capacity_zero'
        end as split_reason
    from dated
    left join segment_metrics
        on
            dated.segment_key = segment_metrics.segment_key
            and dated.metric_id = segment_metrics.metric_id
    left join capacities
        on
            dated.team_id = capacities.team_id
            and dated.anchored_at >= capacities.held_from
            and coalesce(dated.anchored_at < capacities.held_to, true)

)

select
    metric_id,
    source,
    entry_id,
    recorded_at,
    team_id,
    area,
    day_on,
    {{ dates_period_start('week', 'day_on') }} as week_start_on,
    segment_key,
    basis,
    worked_microseconds,
    coalesce(split_reason, case when is_same_work then 'same_work' end) as reason,
    split_reason
from reasoned
