-- Parts of declaration_completeness: burn episodes by the local day on which they began.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'declaration_completeness' as metric_id,
        service_id,
        team_id,
        area,
        started_at as anchored_at,
        is_declared as is_hit,
        case when is_immature then 'immature' end as reason
    from {{ ref('fct_burn_episodes') }}

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated') }}
