{{ config(materialized='table') }}

-- Every name by which a team may be written, lower case: its id first, then its aliases.
with

teams as (select * from {{ ref('stg_organisation__teams') }}),

names as (
    select
        team_id,
        {{ name_key('team_id') }} as name_key,
        1 as preference
    from teams

    union all

    select
        team_id,
        {{ name_key('alias') }} as name_key,
        2 as preference
    from (select team_id, {{ explode_words('aliases', "'|'") }} as alias from teams) as aliases
),

ranked as (
    select
        *,
        row_number() over (partition by name_key order by preference nulls last, team_id nulls last) as name_rank
    from names
    where name_key is not null
)

select
    name_key,
    team_id
from ranked
where name_rank = 1
