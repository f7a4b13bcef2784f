-- Closed quarters in which the budget of every objective of a service held at the end of every week, for the team that
-- owned it all the while. A week of which nothing is known is none that held; 12 weeks at least must be told.
{{ config(materialized='table') }}

with

quarters as (

    select * from {{ ref('int_periods') }}
    where period_type = 'quarter' and is_closed

),

weeks as (

    select * from {{ ref('int_periods') }}
    where period_type = 'week'

),

services as (

    select * from {{ ref('int_entities') }}
    where entity_type = 'service'

),

cells as (

    select
        services.entity_id as service_id,
        weeks.period_start_on,
        quarters.period_key,
        cells.value,
        coalesce(cells.status in ('ok', 'provisional') and cells.value >= 0, false) as is_held
    from {{ ref('int_cells') }} as cells
    inner join services
        on cells.entity_key = services.entity_key
    inner join weeks
        on cells.period_key = weeks.period_key
    inner join quarters
        on weeks.period_end_on between quarters.period_start_on and quarters.period_end_on
    where
        cells.metric_id = 'error_budget_remaining'
        and cells.dimension = 'statistic'
        and cells.dimension_value = 'worst_objective'

),

owners as (

    select
        ownership.service_id,
        quarters.period_key,
        min(ownership.team_id) as team_id
    from {{ ref('int_service_ownership') }} as ownership
    inner join quarters
        on
            ownership.owned_from < quarters.ends_at
            and (ownership.owned_to > quarters.starts_at or ownership.is_open)
    group by ownership.service_id, quarters.period_key
    having count(distinct ownership.team_id) = 1 and count(ownership.team_id) = count(*)

)

select
    'error_budget_held' as kind,
    owners.team_id,
    cells.period_key,
    cells.service_id as subject_id,
    cast(count(*) as bigint) as events,
    'metric_values' as evidence_kind,
    min(cells.value) as least_remaining,
    {{ texts_in_order(evidence_id(
        "'error_budget_remaining/service/' || cells.service_id || '/week/' || cast(cells.period_start_on as string)"
        ~ " || '/statistic/worst_objective'"
    )) }} as evidence_ids
from cells
inner join owners
    on
        cells.service_id = owners.service_id
        and cells.period_key = owners.period_key
group by owners.team_id, cells.period_key, cells.service_id
having count(*) >= 12 and count(case when cells.is_held then 1 end) = count(*)
