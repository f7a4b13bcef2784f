-- Whether enough people and enough records stand behind a team, an area or the portfolio to show what its people did,
-- in a closed quarter, by the grain of what is shown: the quarter, each of its months, each of its weeks. Who has a
-- cell in each of them, were it of no work, is steady: of anybody else it is known that there is nothing in some.
{{ config(materialized='table') }}

with

places as (select * from {{ ref('int_people_places') }}),

counts as (

    select * from {{ ref('int_people_counts') }}
    where dimension_value is null

),

portfolio as (

    select * from {{ ref('int_entities') }}
    where entity_type = 'portfolio'

),

quarters as (

    select * from {{ ref('int_periods') }}
    where period_type = 'quarter' and is_closed

),

teams as (

    select distinct
        quarter_key,
        team_key,
        members
    from places

),

sizes as (

    select
        'team' as entity_type,
        quarter_key,
        team_key as entity_key,
        members
    from teams

    union all

    select
        'area' as entity_type,
        quarter_key,
        area_key as entity_key,
        cast(sum(members) as bigint) as members
    from places
    where area_key is not null
    group by quarter_key, area_key

    union all

    select
        'portfolio' as entity_type,
        quarters.period_key as quarter_key,
        portfolio.entity_key,
        cast(coalesce(sum(teams.members), 0) as bigint) as members
    from quarters
    cross join portfolio
    left join teams
        on quarters.period_key = teams.quarter_key
    group by quarters.period_key, portfolio.entity_key

),

parts as (

    select
        quarters.period_key as quarter_key,
        periods.period_key,
        periods.period_type as grain,
        count(*) over (partition by quarters.period_key, periods.period_type) as periods
    from quarters
    inner join {{ ref('int_periods') }} as periods
        on
            quarters.period_start_on <= periods.period_end_on
            and quarters.period_end_on >= periods.period_start_on

),

watched as (

    select
        catalogue.people_records as kind,
        cells.entity_key,
        parts.quarter_key,
        parts.grain,
        cast(count(*) as bigint) as cells,
        count(*) = max(parts.periods) as is_steady
    from {{ ref('int_period_counts') }} as cells
    inner join {{ ref('metric_catalogue') }} as catalogue
        on cells.metric_id = catalogue.metric_id
    inner join parts
        on cells.period_key = parts.period_key
    where cells.dimension is null and (cells.denominator > 0 or cells.numerator > 0)
    group by catalogue.people_records, cells.entity_key, parts.quarter_key, parts.grain

),

kinds as (

    select distinct {{ explode_words('people_records', "'|'") }} as kind
    from {{ ref('metric_catalogue') }}

),

grains as (

    {% for grain in ['quarter', 'month', 'week'] %}
    select '{{ grain }}' as grain
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    kinds.kind,
    sizes.entity_type,
    sizes.entity_key,
    sizes.quarter_key,
    grains.grain,
    sizes.members,
    coalesce(counts.fewest, 0) as fewest,
    coalesce(watched.cells, 0) as cells,
    coalesce(watched.is_steady, false) as is_steady,
    coalesce(counts.fewest, 0) >= {{ var('disclosure_minimum_events') }}
    and sizes.members >= {{ var('disclosure_minimum_members') }} as is_enough
from sizes
cross join kinds
cross join grains
left join counts
    on
        kinds.kind = counts.kind
        and sizes.entity_key = counts.entity_key
        and sizes.quarter_key = counts.quarter_key
        and grains.grain = counts.period_type
left join watched
    on
        kinds.kind = watched.kind
        and sizes.entity_key = watched.entity_key
        and sizes.quarter_key = watched.quarter_key
        and grains.grain = watched.grain
