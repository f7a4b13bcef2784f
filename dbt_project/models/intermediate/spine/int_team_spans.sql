-- The local days from which and to which a team exists: its own dates, and where it has none, those of what it owned
-- and of what happened to it. A team of which nothing is known has no days.
with

bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

ranked as (

    select
        *,
        row_number() over (partition by team_id order by valid_from desc nulls last) as newest_rank
    from {{ ref('dim_team') }}

),

teams as (

    select
        team_id,
        max(case when newest_rank = 1 then name end) as name,
        case when count(*) = count(valid_from) then min(valid_from) end as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from ranked
    group by team_id

),

traces as (

    select
        ownership.team_id,
        ownership.owned_from as first_at,
        case
            when ownership.owned_to < bounds.as_of then {{ dates_just_before('ownership.owned_to') }}
            else bounds.as_of
        end as last_at
    from {{ ref('int_service_ownership') }} as ownership
    cross join bounds

    {% for fact, happened_at in [
        ('fct_incidents', 'started_at'),
        ('fct_incidents', 'first_resolved_at'),
        ('fct_deployments', 'deployed_at'),
        ('fct_automation_runs', 'started_at'),
    ] %}
    union all

    select
        team_id,
        {{ happened_at }} as first_at,
        {{ happened_at }} as last_at
    from {{ ref(fact) }}
    {% endfor %}

),

traced as (

    select
        team_id,
        min(first_at) as first_at,
        max(last_at) as last_at
    from traces
    where team_id is not null
    group by team_id

)

select
    teams.team_id,
    teams.name,
    {{ dates_local_day('coalesce(teams.valid_from, traced.first_at)', 'bounds.time_zone') }} as exists_from_on,
    {{ dates_local_day(
        'coalesce(' ~ dates_just_before('teams.valid_to') ~ ', traced.last_at)', 'bounds.time_zone'
    ) }} as exists_to_on
from teams
left join traced
    on teams.team_id = traced.team_id
cross join bounds
where
    coalesce(teams.valid_from, traced.first_at) is not null
    and coalesce(teams.valid_to, traced.last_at) is not null
