-- What teams shared with others, a row for each team that is named as having taken it up. Of several rows of one
-- contribution the first one tells of it; a team that takes up what is its own, or the same thing twice, is no reuse.
with

contributions as (select * from {{ ref('stg_records__contributions') }}),

areas as (select * from {{ ref('int_team_areas') }}),

ranked as (
    select
        *,
        row_number() over (
            partition by team_id, contribution_id
            order by contributed_at nulls last, source nulls last, source_record_id nulls last
        ) as place,
        row_number() over (
            partition by team_id, contribution_id, reused_by_team_id
            order by contributed_at nulls last, source nulls last, source_record_id nulls last
        ) as reuse_place
    from contributions
)

select
    ranked.contribution_id,
    ranked.source,
    ranked.source_record_id,
    ranked.batch_id,
    ranked.recorded_at,
    ranked.team_id,
    areas.area,
    ranked.contributed_at,
    ranked.kind,
    ranked.reused_by_team_id,
    ranked.place = 1 as is_first,
    coalesce(ranked.reuse_place = 1 and ranked.reused_by_team_id <> ranked.team_id, false) as is_reuse
from ranked
left join areas
    on
        ranked.team_id = areas.team_id
        and ranked.contributed_at >= areas.area_from
        and (ranked.contributed_at < areas.area_to or areas.area_to is null)
