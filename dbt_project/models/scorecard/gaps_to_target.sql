-- What would reach the target, once the roll-out shows it to a team: how many events, minutes, hours, days or how much
-- of a ratio its metric is away from it, by its raw value and with what it is divided by as it is.
with

cells as (

    select * from {{ ref('int_shrunk_cells') }}
    where entity_type = 'team'

),

catalogue as (select * from {{ ref('metric_catalogue') }}),

entities as (select * from {{ ref('int_entities') }}),

periods as (select * from {{ ref('int_periods') }}),

run as (select * from {{ source('landing', 'run') }}),

signed as (

    select
        cells.*,
        case cells.better when 'up' then -1e0 else 1e0 end as direction,
        case
            when cells.family in ('share', 'rate') then 'events'
            when cells.family = 'time' then catalogue.unit
            when catalogue.interval_method not in ('jackknife', 'jackknife_open') then catalogue.unit
            when catalogue.part_scale = 3.6e9 then 'hours'
            when catalogue.part_scale = 6e7 then 'minutes'
            else 'events'
        end as gap_unit,
        case
            when cells.family in ('share', 'rate') or catalogue.interval_method in ('jackknife', 'jackknife_open')
                then cells.numerator - cells.target * cells.denominator / cells.scale
            else cells.value - cells.target
        end as excess
    from cells
    inner join catalogue
        on cells.metric_id = catalogue.metric_id

),

-- Events come whole: a tenth too many is one too many. What last digits add to a whole number is nothing.
measured as (

    select
        *,
        greatest(0e0, case
            when family in ('share', 'rate') then -{{ statistics_whole('1e-9 - direction * excess') }}
            when direction * excess > 1e-9 then direction * excess
            else 0e0
        end) as distance
    from signed

)

select
    entities.entity_type,
    entities.entity_id,
    entities.entity_name,
    periods.period_type,
    periods.period_start_on,
    periods.is_closed,
    measured.metric_id,
    measured.value,
    measured.target,
    case
        when coalesce(measured.rollout_phase, '') <> 'not_started' and measured.has_number and not measured.is_excepted
            then measured.distance
    end as gap,
    measured.gap_unit,
    case
        when measured.rollout_phase = 'not_started' then measured.rollout_phase
        when measured.is_excepted then 'excepted'
        when not measured.has_number then measured.number_status
        when measured.distance > 0e0 then 'open'
        else 'reached'
    end as status,
    measured.policy_version,
    run.as_of
from measured
inner join entities
    on measured.entity_key = entities.entity_key
inner join periods
    on measured.period_key = periods.period_key
cross join run
