-- Parts of net_automation_effect, by the local day on which an alert fired: the alerts that an automation answered
-- live, whole and by class, and beside them (split `held_out`) those that were left alone, by class.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'net_automation_effect' as metric_id,
        service_id,
        team_id,
        area,
        alert_class,
        alert_class as held_out,
        fired_at as anchored_at,
        arm,
        is_cleared as is_hit,
        case
            when arm = 'unknown' then 'mode_unknown'
            when service_id is null then 'service_unknown'
            when alert_class is null then 'class_unknown'
            when is_immature then 'immature'
            when is_cleared is null then 'outcome_unknown'
        end as reason
    from {{ ref('fct_alert_effects') }}

),

dated as (

    {{ statistics_dated('judged') }}

),

answered as (

    select * from dated

    where arm <> 'held_out'

),

left_alone as (

    select * from dated

    where arm = 'held_out'

)

{{ statistics_judged_parts('answered', splits=['alert_class']) }}
union all
{{ statistics_judged_parts('left_alone', splits=['held_out'], whole=false) }}
