-- Parts of alert_precision: alerts that paged somebody, by the local day on which they fired, also by class.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'alert_precision' as metric_id,
        service_id,
        team_id,
        area,
        alert_class,
        fired_at as anchored_at,
        action_taken as is_hit,
        case
            when was_paged is null then 'paging_unknown'
            when action_taken is null then 'action_unknown'
        end as reason
    from {{ ref('fct_alerts') }}
    where coalesce(was_paged, true)

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated', splits=['alert_class']) }}
