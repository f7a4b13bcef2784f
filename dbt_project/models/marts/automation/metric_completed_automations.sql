-- Parts of automations_completed and recipe_reuse, by the local day on which an automation was written down and tested,
-- or one derived from another team's was written down. Runs that nobody watched for are unknown, and not none.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'automations_completed' as metric_id,
        service_id,
        team_id,
        area,
        manual_minutes_basis as basis,
        completed_at as anchored_at,
        true as is_hit,
        case
            when is_immature then 'immature'
            when not is_watched then 'runs_unknown'
            when is_trivial then 'trivial'
            when is_trivial is null and live_runs < {{ var('automation_minimum_runs') }} then 'mode_unknown'
            when is_trivial is null then 'saving_unknown'
        end as reason
    from {{ ref('fct_completed_automations') }}

    union all

    select
        'recipe_reuse' as metric_id,
        service_id,
        team_id,
        area,
        cast(null as string) as basis,
        reused_at as anchored_at,
        true as is_hit,
        case when team_id is null then 'recipe_unknown' when by_team_id is null then 'team_unknown' end as reason
    from {{ ref('fct_recipe_reuses') }}

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated', splits=['basis']) }}
