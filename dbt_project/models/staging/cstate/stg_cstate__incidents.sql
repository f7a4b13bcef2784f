-- An incident as its newest revision has it. An end that was announced is no resolution: it counts once the page says
-- resolved, and if it was past by then.
with

revisions as (select * from {{ ref('stg_cstate__incidents_flagged') }}),

first_posts as (
    select
        source,
        source_record_id,
        min(committed_at) as first_posted_at
    from revisions
    where fate <> 'not_applicable' and not is_deleted and not coalesce(is_copy, false)
    group by source, source_record_id
)

select
    revisions.source,
    revisions.source_record_id,
    revisions.batch_id,
    revisions.updated_at,
    revisions.recorded_at,
    revisions.incident_id,
    revisions.service_id,
    revisions.severity,
    revisions.impact_started_at,
    first_posts.first_posted_at as declared_at,
    first_posts.first_posted_at as acknowledged_at,
    case
        when revisions.is_resolved and revisions.stated_end_at <= revisions.recorded_at then revisions.stated_end_at
    end as resolved_at,
    revisions.is_resolved,
    revisions.is_named_planned
    or coalesce(
        {{ microseconds_between('first_posts.first_posted_at', 'revisions.impact_started_at') }}
        >= cast({{ var('planned_lead_minutes') }} as bigint) * 60000000,
        false
    ) as is_planned
from revisions
left join first_posts
    on revisions.source = first_posts.source and revisions.source_record_id = first_posts.source_record_id
where revisions.fate = 'staged'
