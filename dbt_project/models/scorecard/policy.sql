-- What each metric is held against, by version of the policy and tier of the service.
with

goals as (select * from {{ ref('stg_organisation__policy') }}),

versions as (select * from {{ ref('int_policy_versions') }}),

run as (select * from {{ source('landing', 'run') }})

select
    goals.policy_version,
    versions.valid_from,
    versions.valid_to,
    goals.metric_id,
    goals.tier,
    goals.pillar,
    goals.pillar_weight,
    goals.floor,
    goals.target,
    goals.weight,
    goals.minimum_n,
    goals.phase,
    goals.excuses_no_exposure,
    goals.why,
    {{ dates_local_day('goals.recorded_at', 'run.time_zone') }} > versions.valid_from as is_retroactive
from goals
inner join versions on goals.policy_version = versions.policy_version
cross join run
