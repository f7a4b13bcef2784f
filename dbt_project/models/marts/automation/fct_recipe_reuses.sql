-- Recipes that another team made its own: each automation that is derived from one, once, at the version that was the
-- first to be written down. It counts for the team that the recipe belonged to then, and for no service.
with

run as (select * from {{ source('landing', 'run') }}),

versions as (select * from {{ ref('stg_records__automations') }}),

areas as (select * from {{ ref('int_team_areas') }}),

ranked as (

    select
        *,
        row_number() over (
            partition by automation_id, derived_from
            order by formalised_at nulls last, version nulls last, source_record_id nulls last
        ) as place
    from versions
    where derived_from is not null and formalised_at is not null

),

derived as (

    select ranked.*
    from ranked
    cross join run
    where ranked.place = 1 and ranked.formalised_at <= run.as_of

),

candidates as (

    select
        derived.automation_id,
        derived.derived_from,
        recipes.team_id,
        recipes.version,
        recipes.source_record_id,
        recipes.formalised_at,
        case when recipes.formalised_at <= derived.formalised_at then recipes.formalised_at end as begun_at
    from derived
    inner join versions as recipes
        on derived.derived_from = recipes.automation_id

),

owned as (

    select
        automation_id,
        derived_from,
        team_id,
        row_number() over (
            partition by automation_id, derived_from
            order by
                begun_at desc nulls last,
                formalised_at asc nulls last,
                version asc nulls last,
                source_record_id asc nulls last
        ) as place
    from candidates

)

select
    derived.automation_id,
    derived.version,
    derived.derived_from,
    derived.source,
    derived.source_record_id,
    derived.batch_id,
    derived.recorded_at,
    cast(null as string) as service_id,
    owned.team_id,
    areas.area,
    derived.team_id as by_team_id,
    derived.formalised_at as reused_at
from derived
left join owned
    on
        derived.automation_id = owned.automation_id
        and derived.derived_from = owned.derived_from
        and owned.place = 1
left join areas
    on
        owned.team_id = areas.team_id
        and derived.formalised_at >= areas.area_from
        and (derived.formalised_at < areas.area_to or areas.area_to is null)
where coalesce(owned.team_id <> derived.team_id, true)
