with

flagged as (select * from {{ ref('stg_organisation__policy_flagged') }})

select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    policy_version,
    stated_from,
    metric_id,
    tier,
    pillar,
    pillar_weight,
    weight,
    floor,
    target,
    minimum_n,
    phase,
    excuses_no_exposure,
    why
from flagged
where fate = 'staged'
