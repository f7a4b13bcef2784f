-- Parts of the learning metrics: incidents by the local day on which they began, reviews by that of their
-- publication, agreed actions by that on which they were due.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

judged as (

    select
        'postmortem_coverage' as metric_id,
        service_id,
        team_id,
        area,
        started_at as anchored_at,
        is_reviewed as is_hit,
        case
            when is_planned is null then 'planned_unknown'
            when severity is null then 'severity_unknown'
            when is_immature then 'immature'
            when resolved_at is null then 'resolution_time_unknown'
        end as reason
    from {{ ref('fct_incident_reviews') }}

    union all

    select
        'repeat_share' as metric_id,
        service_id,
        team_id,
        area,
        started_at as anchored_at,
        is_repeat as is_hit,
        case
            when is_planned is null then 'planned_unknown'
            when fingerprint is null then 'fingerprint_unknown'
        end as reason
    from {{ ref('fct_incident_repeats') }}

    union all

    select
        'review_breadth' as metric_id,
        service_id,
        team_id,
        area,
        published_at as anchored_at,
        teams_present > 1 as is_hit,
        case when teams_present is null then 'teams_unknown' end as reason
    from {{ ref('fct_postmortems') }}

    union all

    select
        'actions_on_time' as metric_id,
        actions.service_id,
        actions.team_id,
        actions.area,
        actions.due_at as anchored_at,
        coalesce(actions.done_at <= actions.due_at, false) as is_hit,
        cast(null as string) as reason
    from {{ ref('fct_postmortem_actions') }} as actions
    cross join run
    where actions.due_at <= run.as_of

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated') }}
