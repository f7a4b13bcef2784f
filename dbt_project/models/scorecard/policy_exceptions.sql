-- Who is excused from which metric or guardrail, from when until when, why, and by which role.
with

exceptions as (select * from {{ ref('stg_organisation__policy_exceptions') }}),

run as (select * from {{ source('landing', 'run') }})

select
    exceptions.entity_type,
    exceptions.entity_id,
    case when exceptions.subject_type = 'metric' then exceptions.subject_id end as metric_id,
    case when exceptions.subject_type = 'guardrail' then exceptions.subject_id end as guardrail_id,
    exceptions.valid_from,
    exceptions.expires_on,
    exceptions.approver_role,
    exceptions.reason,
    {{ dates_local_day('exceptions.recorded_at', 'run.time_zone') }} > exceptions.valid_from as is_retroactive
from exceptions
cross join run
