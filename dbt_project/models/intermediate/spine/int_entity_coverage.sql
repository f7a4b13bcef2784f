-- When the sources speak for a kind, by entity. A statement that names services speaks for a team or an area while
-- that owns one of them, one that names none for everybody: silence about others' services is not a quiet team.
-- Business measures are of markets, and no market is a team's: they speak for the portfolio alone.
with

coverage as (

    select * from {{ ref('int_source_coverage') }}

),

service_coverage as (

    select * from {{ ref('int_coverage_intervals') }}

    where kind <> 'outcomes'

),

ownership as (

    select * from {{ ref('int_service_ownership') }}

    where team_id is not null

),

entities as (

    select * from {{ ref('int_entities') }}

),

owned as (

    select
        ownership.team_id,
        ownership.area,
        coverage.kind,
        greatest(coverage.covers_from, ownership.owned_from) as covered_from,
        least(coverage.covers_to, ownership.owned_to) as covered_to
    from coverage
    inner join ownership
        on coverage.service_id = ownership.service_id
    where coverage.kind <> 'outcomes'

),

by_entity as (

    select
        entities.entity_key,
        service_coverage.kind,
        service_coverage.covered_from,
        service_coverage.covered_to
    from service_coverage
    inner join entities
        on entities.entity_type = 'service' and service_coverage.service_id = entities.entity_id

    union all

    select
        entities.entity_key,
        owned.kind,
        owned.covered_from,
        owned.covered_to
    from owned
    inner join entities
        on
            (entities.entity_type = 'team' and owned.team_id = entities.entity_id)
            or (entities.entity_type = 'area' and owned.area = entities.entity_id)

    union all

    select
        entities.entity_key,
        coverage.kind,
        coverage.covers_from as covered_from,
        coverage.covers_to as covered_to
    from coverage
    inner join entities
        on
            entities.entity_type = 'portfolio'
            or (
                entities.entity_type in ('team', 'area')
                and coverage.service_id is null
                and coverage.kind <> 'outcomes'
            )

)

select
    by_entity.entity_key,
    by_entity.kind,
    by_entity.covered_from,
    least(by_entity.covered_to, bounds.as_of) as covered_to
from by_entity
cross join {{ ref('int_calendar_bounds') }} as bounds
where by_entity.covered_from < least(by_entity.covered_to, bounds.as_of)
