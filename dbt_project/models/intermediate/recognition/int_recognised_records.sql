-- What teams are recognised for, a row for each record that proves it, by the local day on which it happened. A reuse
-- counts where another team is named; what belongs to no team is nobody's.
with

run as (select * from {{ source('landing', 'run') }}),

contributions as (

    select * from {{ ref('fct_contributions') }}
    where team_id is not null

),

recognised as (

    select
        'contribution_' || kind as item_id,
        team_id,
        contributed_at as happened_at,
        source,
        source_record_id
    from contributions
    where is_first

    union all

    select
        'contribution_reused' as item_id,
        team_id,
        contributed_at as happened_at,
        source,
        source_record_id
    from contributions
    where is_reuse

    union all

    select
        'recipe_reused' as item_id,
        team_id,
        reused_at as happened_at,
        source,
        source_record_id
    from {{ ref('fct_recipe_reuses') }}
    where team_id is not null and by_team_id is not null

    union all

    select
        'review_published' as item_id,
        team_id,
        published_at as happened_at,
        source,
        source_record_id
    from {{ ref('fct_postmortems') }}
    where team_id is not null and published_at is not null

)

select
    recognised.item_id,
    recognised.team_id,
    {{ dates_local_day('recognised.happened_at', 'run.time_zone') }} as day_on,
    {{ evidence_id("recognised.source || '/' || recognised.source_record_id") }} as record_id
from recognised
cross join run
