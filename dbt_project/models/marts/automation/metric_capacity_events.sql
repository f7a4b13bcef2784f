-- Parts of capacity_automation: scaling actions by the local day on which they happened. A breach is no scaling.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'capacity_automation' as metric_id,
        service_id,
        team_id,
        area,
        happened_at as anchored_at,
        event = 'scaled_by_automation' as is_hit,
        cast(null as string) as reason
    from {{ ref('fct_capacity_events') }}
    where event <> 'saturated'

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated') }}
