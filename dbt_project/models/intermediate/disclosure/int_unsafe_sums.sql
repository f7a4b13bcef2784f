-- Sums of metrics that are made of several kinds of records. Who is withheld for either kind is withheld here, and each
-- kind has its partners; but one of them may have no cell of this metric, and the other would follow. There the sums that
-- hold them go too: areas of which one team alone is not known, and the portfolio of which one part alone is not known.
{{ config(materialized='table') }}

with

metrics as (

    select
        metric_id,
        {{ explode_words('people_records', "'|'") }} as kind
    from {{ ref('metric_catalogue') }}
    where people_records like '%|%'

),

places as (select * from {{ ref('int_people_places') }}),

withheld as (

    {% for grain in ['quarters', 'months', 'weeks'] %}
    select
        kind,
        entity_key,
        quarter_key,
        grain
    from {{ ref('int_withheld_' ~ grain) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

periods as (select * from {{ ref('int_periods') }}),

-- By period: who has a cell of the metric that is withheld.
held as (

    select distinct
        metrics.metric_id,
        withheld.entity_key,
        withheld.quarter_key,
        withheld.grain,
        cells.period_key
    from withheld
    inner join metrics
        on withheld.kind = metrics.kind
    inner join periods as quarters
        on withheld.quarter_key = quarters.period_key
    inner join periods
        on
            withheld.grain = periods.period_type
            and quarters.period_start_on <= periods.period_end_on
            and quarters.period_end_on >= periods.period_start_on
    inner join {{ ref('int_period_counts') }} as cells
        on
            metrics.metric_id = cells.metric_id
            and withheld.entity_key = cells.entity_key
            and periods.period_key = cells.period_key
    where cells.dimension is null and (cells.denominator > 0 or cells.numerator > 0)

),

lone_areas as (

    select
        held.metric_id,
        places.area_key as entity_key,
        held.quarter_key,
        held.grain,
        held.period_key
    from held
    inner join places
        on
            held.entity_key = places.team_key
            and held.quarter_key = places.quarter_key
    where places.area_key is not null
    group by held.metric_id, places.area_key, held.quarter_key, held.grain, held.period_key
    having count(*) = 1

),

parts as (

    select
        metric_id,
        entity_key,
        quarter_key,
        grain,
        period_key
    from lone_areas

    union

    select
        held.metric_id,
        held.entity_key,
        held.quarter_key,
        held.grain,
        held.period_key
    from held
    inner join places
        on
            held.quarter_key = places.quarter_key
            and (held.entity_key = places.area_key or (held.entity_key = places.team_key and places.area_key is null))

),

lone_portfolios as (

    select
        parts.metric_id,
        entities.entity_key,
        parts.quarter_key,
        parts.grain
    from parts
    cross join {{ ref('int_entities') }} as entities
    where entities.entity_type = 'portfolio'
    group by parts.metric_id, entities.entity_key, parts.quarter_key, parts.grain, parts.period_key
    having count(*) = 1

)

select distinct
    metric_id,
    entity_key,
    quarter_key,
    grain
from lone_areas

union

select distinct
    metric_id,
    entity_key,
    quarter_key,
    grain
from lone_portfolios
