-- What reviews agreed on, of the service that the reviewed incident hit. Where no team is named, the review's has it.
with

actions as (select * from {{ ref('stg_records__postmortem_actions') }}),

reviews as (select * from {{ ref('fct_postmortems') }}),

areas as (select * from {{ ref('int_team_areas') }})

select
    actions.action_id,
    actions.source,
    actions.source_record_id,
    actions.batch_id,
    actions.recorded_at,
    actions.postmortem_id,
    reviews.service_id,
    coalesce(actions.team_id, reviews.team_id) as team_id,
    case when actions.team_id is null then reviews.area else areas.area end as area,
    actions.due_at,
    actions.done_at
from actions
left join reviews
    on actions.postmortem_id = reviews.postmortem_id
left join areas
    on
        actions.team_id = areas.team_id
        and actions.due_at >= areas.area_from
        and (actions.due_at < areas.area_to or areas.area_to is null)
