-- Every record that a guardrail judges, one guardrail below the other, where the sources speak of what it needs;
-- whether the policy excused its service or team on that day, and by whose approval. What is not known of is_in_scope
-- or is_failed is null. A new guardrail is a model of these columns and one more line here.
{{ config(materialized='table') }}
{% set guardrails = ['oversight', 'audit_trail', 'harm', 'risk_taking', 'over_automation', 'escalation'] %}

with

records as (

    {% for guardrail in guardrails %}
    select * from {{ ref('int_guardrail_' ~ guardrail) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

run as (select * from {{ source('landing', 'run') }}),

segments as (select * from {{ ref('int_coverage_segments') }}),

covered as (

    select
        segment_key,
        metric_id
    from {{ ref('int_segment_metrics') }}
    where is_covered

),

exceptions as (

    select
        *,
        subject_id as guardrail_id
    from {{ ref('stg_organisation__policy_exceptions') }}
    where subject_type = 'guardrail'

),

dated as (

    select
        records.*,
        {{ dates_local_day('records.anchored_at', 'run.time_zone') }} as day_on,
        segments.segment_key
    from records
    cross join run
    {{ statistics_join_segments('records', 'anchored_at') }}
    where records.anchored_at is not null

)

select
    dated.guardrail_id,
    dated.part,
    dated.policy_version,
    dated.service_id,
    dated.team_id,
    dated.day_on,
    dated.record_id,
    dated.is_in_scope,
    dated.is_failed,
    dated.review_microseconds,
    coalesce(of_service.approver_role, of_team.approver_role) as approver_role
from dated
inner join covered
    on
        dated.segment_key = covered.segment_key
        and dated.guardrail_id || '.' || dated.part = covered.metric_id
left join exceptions as of_service
    on
        of_service.entity_type = 'service'
        and dated.guardrail_id = of_service.guardrail_id
        and dated.service_id = of_service.entity_id
        and dated.day_on >= of_service.valid_from
        and dated.day_on < of_service.expires_on
left join exceptions as of_team
    on
        of_team.entity_type = 'team'
        and dated.guardrail_id = of_team.guardrail_id
        and dated.team_id = of_team.entity_id
        and dated.day_on >= of_team.valid_from
        and dated.day_on < of_team.expires_on
