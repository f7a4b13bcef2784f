-- Every signal of every team, or of the organisation, in every quarter, and whether the sources speak of all that it
-- needs.
with

signals as (

    select * from {{ ref('signal_catalogue') }}

),

entities as (

    select * from {{ ref('int_entities') }}

    where entity_type in ('team', 'portfolio')

),

quarters as (

    select * from {{ ref('int_periods') }}

    where period_type = 'quarter'

),

required as (

    select
        signal_id,
        {{ explode_words('requires_kind', "'|'") }} as kind
    from signals

),

covered as (

    select distinct
        required.signal_id,
        required.kind,
        coverage.entity_key,
        quarters.period_key
    from {{ ref('int_entity_coverage') }} as coverage
    inner join required
        on coverage.kind = required.kind
    inner join quarters
        on
            coverage.covered_from < quarters.ends_at
            and coverage.covered_to > quarters.starts_at

),

missing as (

    select distinct
        required.signal_id,
        entities.entity_key,
        quarters.period_key
    from required
    cross join entities
    cross join quarters
    left join covered
        on
            required.signal_id = covered.signal_id
            and required.kind = covered.kind
            and entities.entity_key = covered.entity_key
            and quarters.period_key = covered.period_key
    where covered.kind is null

)

select
    signals.signal_id,
    entities.entity_type,
    entities.entity_id,
    entities.entity_key,
    quarters.period_key,
    missing.signal_id is null as is_covered
from signals
inner join entities
    on signals.level = entities.entity_type
inner join quarters
    on
        coalesce(entities.exists_from_on, quarters.period_start_on) <= quarters.period_end_on
        and coalesce(entities.exists_to_on, quarters.period_end_on) >= quarters.period_start_on
left join missing
    on
        signals.signal_id = missing.signal_id
        and entities.entity_key = missing.entity_key
        and quarters.period_key = missing.period_key
