-- Parts of hours_saved (microseconds): live runs of known outcome by the local day of their start. Whether a version's
-- minutes were measured decides first: declared ones are in the split by basis alone. A run that failed adds nothing.
with

run as (

    select * from {{ source('landing', 'run') }}

),

segments as (

    select * from {{ ref('int_coverage_segments') }}

),

known as (

    select
        *,
        case
            when mode is null then 'mode_unknown'
            when outcome is null then 'outcome_unknown'
            when manual_minutes is null then 'manual_minutes_unknown'
            when manual_minutes_basis is null then 'basis_unknown'
            when saved_microseconds is null then 'finish_unknown'
        end as unknown_because
    from {{ ref('fct_automation_runs') }}
    where coalesce(mode, 'live') = 'live'

),

judged as (

    select
        'hours_saved' as metric_id,
        service_id,
        team_id,
        area,
        manual_minutes_basis as basis,
        started_at as anchored_at,
        saved_microseconds,
        coalesce(
            unknown_because, case when manual_minutes_basis = 'declared' then 'manual_minutes_declared' end
        ) as reason,
        unknown_because as split_reason
    from known

),

dated as (

    {{ statistics_dated('judged') }}

)

{{ statistics_judged_parts('dated', splits=['basis'], hits='saved_microseconds', split_reason='split_reason') }}
