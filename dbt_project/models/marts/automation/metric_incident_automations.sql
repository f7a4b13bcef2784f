-- Parts of automation_coverage: unplanned incidents by the local day on which they began. While one is open, a run may
-- still come.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'automation_coverage' as metric_id,
        service_id,
        team_id,
        area,
        case is_addressable when true then 'yes' when false then 'no' else 'unknown' end as addressable,
        started_at as anchored_at,
        is_automated as is_hit,
        case
            when is_planned is null then 'planned_unknown'
            when not is_resolved then 'immature'
            when is_automated is null then 'mode_unknown'
        end as reason
    from {{ ref('fct_incident_automations') }}

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated', splits=['addressable']) }}
