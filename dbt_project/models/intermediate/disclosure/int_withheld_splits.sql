-- Whose splits of what people worked are withheld, by grain of a closed quarter. Of a team, all values or none. Of an
-- area and the portfolio where those withheld below may not be seen in their sum. With a value that became known late
-- go the sums that hold it.
{{ config(materialized='table') }}

with

teams as (select * from {{ ref('int_split_teams') }}),

places as (select * from {{ ref('int_people_places') }}),

wholes as (select * from {{ ref('int_withheld') }}),

held as (

    select
        teams.*,
        places.area_key
    from teams
    inner join places
        on
            teams.entity_key = places.team_key
            and teams.quarter_key = places.quarter_key
    where teams.is_withheld

),

area_groups as (

    {{ disclosure_split_groups('held', 'area_key') }}

),

held_areas as (

    select
        kind,
        group_key as entity_key,
        quarter_key,
        grain
    from area_groups
    where not is_safe

    union

    select
        kind,
        area_key as entity_key,
        quarter_key,
        grain
    from held
    where is_late and area_key is not null

    union

    select
        wholes.kind,
        wholes.entity_key,
        wholes.quarter_key,
        wholes.grain
    from wholes
    inner join places
        on
            wholes.entity_key = places.area_key
            and wholes.quarter_key = places.quarter_key

),

-- Those of areas that are withheld are seen in the portfolio less the other areas.
held_below as (

    select
        held.*,
        portfolio.entity_key as portfolio_key
    from held
    cross join {{ ref('int_entities') }} as portfolio
    left join held_areas
        on
            held.kind = held_areas.kind
            and held.area_key = held_areas.entity_key
            and held.quarter_key = held_areas.quarter_key
            and held.grain = held_areas.grain
    where portfolio.entity_type = 'portfolio' and (held.area_key is null or held_areas.entity_key is not null)

),

portfolio_groups as (

    {{ disclosure_split_groups('held_below', 'portfolio_key') }}

)

select
    kind,
    entity_key,
    quarter_key,
    grain
from held

union

select
    kind,
    entity_key,
    quarter_key,
    grain
from held_areas

union

select
    kind,
    group_key as entity_key,
    quarter_key,
    grain
from portfolio_groups
where not is_safe

union

select
    kind,
    portfolio_key as entity_key,
    quarter_key,
    grain
from held_below
where is_late

union

select
    kind,
    entity_key,
    quarter_key,
    grain
from wholes
