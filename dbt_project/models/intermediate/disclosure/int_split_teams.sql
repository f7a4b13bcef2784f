-- The split values that a team has records of in a closed quarter, with the fewest in any week, month or quarter, and
-- whether the team's splits are withheld: with the whole, or because one value has too few records. A value that has
-- become known after the close only is_late.
{{ config(materialized='table') }}

with

tests as (

    select * from {{ ref('int_people_tests') }}
    where entity_type = 'team'

),

counts as (select * from {{ ref('int_people_counts') }}),

withheld as (select * from {{ ref('int_withheld') }}),

quarterly as (

    select
        kind,
        entity_key,
        quarter_key,
        dimension_value,
        fewest = 0 as is_late
    from counts
    where period_type = 'quarter' and dimension_value is not null

),

grains as (

    {% for grain in ['quarter', 'month', 'week'] %}
    select '{{ grain }}' as grain
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

fewest as (

    select
        quarterly.kind,
        quarterly.entity_key,
        quarterly.quarter_key,
        grains.grain,
        quarterly.dimension_value,
        quarterly.is_late,
        tests.members,
        tests.is_steady,
        coalesce(counts.fewest, 0) as fewest
    from quarterly
    cross join grains
    inner join tests
        on
            quarterly.kind = tests.kind
            and quarterly.entity_key = tests.entity_key
            and quarterly.quarter_key = tests.quarter_key
            and grains.grain = tests.grain
    left join counts
        on
            quarterly.kind = counts.kind
            and quarterly.entity_key = counts.entity_key
            and quarterly.quarter_key = counts.quarter_key
            and quarterly.dimension_value = counts.dimension_value
            and grains.grain = counts.period_type

)

select
    fewest.kind,
    fewest.entity_key,
    fewest.quarter_key,
    fewest.grain,
    fewest.dimension_value,
    fewest.is_late,
    fewest.members,
    fewest.is_steady,
    fewest.fewest,
    withheld.entity_key is not null
    or min(fewest.fewest) over (
        partition by fewest.kind, fewest.entity_key, fewest.quarter_key, fewest.grain
    ) < {{ var('disclosure_minimum_events') }} as is_withheld
from fewest
left join withheld
    on
        fewest.kind = withheld.kind
        and fewest.entity_key = withheld.entity_key
        and fewest.quarter_key = withheld.quarter_key
        and fewest.grain = withheld.grain
