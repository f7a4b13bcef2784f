-- When each automation first ran live, for the team whose the version was that ran, and by the alert classes that this
-- version is for. A log of runs that begins long after the version was ready does not show its first run: more than 90
-- days after it was written down and tested.
{{ config(materialized='table') }}

with

versions as (select * from {{ ref('dim_automation') }}),

runs as (

    select
        *,
        row_number() over (partition by automation_id order by started_at nulls last, run_id nulls last) as place
    from {{ ref('fct_automation_runs') }}
    where mode = 'live' and started_at is not null

),

first_runs as (

    select
        versions.automation_id,
        versions.team_id,
        versions.alert_classes,
        runs.started_at as live_from
    from runs
    inner join versions
        on
            runs.automation_id = versions.automation_id
            and runs.version = versions.version
    where
        runs.place = 1
        and versions.team_id is not null
        and versions.alert_classes is not null
        and {{ plus_hours('greatest(versions.formalised_at, versions.tested_at)', 24 * 90) }} >= runs.started_at
        and versions.formalised_at is not null
        and versions.tested_at is not null

),

classes as (

    select
        automation_id,
        team_id,
        live_from,
        {{ explode_words('alert_classes', "'|'") }} as alert_class
    from first_runs

)

select distinct
    automation_id,
    team_id,
    live_from,
    {{ word('alert_class') }} as alert_class
from classes
where {{ word('alert_class') }} is not null
