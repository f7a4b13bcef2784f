-- Sums and counts of events: what they add up to, without limits. n is the events that could have added to it; where
-- they come from time alone, it is the whole days that were watched: then none is a zero, as with a rate.
with

cells as (

    select * from {{ ref('int_cell_counts') }}

    where interval_method = 'none'

),

catalogue as (

    select * from {{ ref('metric_catalogue') }}

),

exposures as (

    select * from {{ ref('int_team_exposures') }}

),

exposed as (

    select
        cells.*,
        coalesce(catalogue.part_scale, 1e0) as part_scale,
        case
            when catalogue.exposure is not null then coalesce(exposures.exposed_microseconds, 0)
        end as exposed_microseconds
    from cells
    inner join catalogue
        on cells.metric_id = catalogue.metric_id
    left join exposures
        on
            cells.entity_key = exposures.entity_key
            and cells.period_key = exposures.period_key
            and cells.metric_id = exposures.metric_id

)

select
    entity_key,
    period_key,
    metric_id,
    dimension,
    dimension_value,
    is_covered,
    excluded,
    immature,
    minimum_n,
    cast(numerator as double) / part_scale as numerator,
    coalesce(cast(exposed_microseconds as double) / 8.64e10, cast(denominator as double)) as denominator,
    coalesce({{ statistics_quotient('exposed_microseconds', '86400000000') }}, denominator) as n,
    cast(0 as bigint) as censored,
    cast(numerator as double) / part_scale as value,
    cast(null as double) as low,
    cast(null as double) as high
from exposed
