-- Sums of metrics that are made of several kinds of records, which go where the same teams are not withheld of each
-- kind: a sum of unplanned work less that of toil is that of answers, of other teams than those that are withheld
-- together of answers. So a sum goes that holds a team or an area withheld of one kind and not of another, or that has
-- not a cell of each kind and of the whole in every period.
{{ config(materialized='table') }}

with

metrics as (

    select
        metric_id,
        {{ explode_words('people_records', "'|'") }} as kind
    from {{ ref('metric_catalogue') }}
    where people_records like '%|%'

),

tests as (select * from {{ ref('int_people_tests') }}),

places as (select * from {{ ref('int_people_places') }}),

withheld as (select * from {{ ref('int_withheld') }}),

parts as (

    select
        quarters.period_key as quarter_key,
        periods.period_key,
        periods.period_type as grain,
        count(*) over (partition by quarters.period_key, periods.period_type) as periods
    from {{ ref('int_periods') }} as quarters
    inner join {{ ref('int_periods') }} as periods
        on
            quarters.period_start_on <= periods.period_end_on
            and quarters.period_end_on >= periods.period_start_on
    where quarters.period_type = 'quarter' and quarters.is_closed

),

wholes as (

    select
        cells.metric_id,
        cells.entity_key,
        parts.quarter_key,
        parts.grain,
        count(*) = max(parts.periods) as is_steady
    from {{ ref('int_period_counts') }} as cells
    inner join parts
        on cells.period_key = parts.period_key
    where cells.dimension is null and (cells.denominator > 0 or cells.numerator > 0)
    group by cells.metric_id, cells.entity_key, parts.quarter_key, parts.grain

),

mixed as (

    select
        metrics.metric_id,
        tests.entity_key,
        tests.quarter_key,
        tests.grain
    from tests
    inner join metrics
        on tests.kind = metrics.kind
    left join withheld
        on
            tests.kind = withheld.kind
            and tests.entity_key = withheld.entity_key
            and tests.quarter_key = withheld.quarter_key
            and tests.grain = withheld.grain
    left join wholes
        on
            metrics.metric_id = wholes.metric_id
            and tests.entity_key = wholes.entity_key
            and tests.quarter_key = wholes.quarter_key
            and tests.grain = wholes.grain
    where tests.entity_type <> 'portfolio'
    group by metrics.metric_id, tests.entity_key, tests.quarter_key, tests.grain
    having
        count(withheld.entity_key) > 0
        and sum(tests.cells) > 0
        and (
            count(withheld.entity_key) < count(*)
            or min(case when tests.is_steady and wholes.is_steady then 1 else 0 end) = 0
        )

)

select distinct
    mixed.metric_id,
    places.area_key as entity_key,
    mixed.quarter_key,
    mixed.grain
from mixed
inner join places
    on
        mixed.entity_key = places.team_key
        and mixed.quarter_key = places.quarter_key
where places.area_key is not null

union

select distinct
    mixed.metric_id,
    entities.entity_key,
    mixed.quarter_key,
    mixed.grain
from mixed
cross join {{ ref('int_entities') }} as entities
where entities.entity_type = 'portfolio'
