-- Automations as their owners registered them, by version, and those that only their runs tell of. Their names are free
-- text, in which a person may be named, and stay behind.
with

automations as (select * from {{ ref('stg_records__automations') }}),

runs as (select * from {{ ref('int_automation_runs') }}),

unregistered as (
    select distinct runs.automation_id
    from runs
    left join automations on runs.automation_id = automations.automation_id
    where runs.automation_id is not null and automations.automation_id is null
)

select
    automation_id,
    version,
    team_id,
    alert_classes,
    risk,
    formalised_at,
    tested_at,
    manual_minutes,
    manual_minutes_basis,
    derived_from,
    valid_from,
    valid_to,
    true as is_registered
from automations

union all

select
    automation_id,
    cast(null as string) as version,
    cast(null as string) as team_id,
    cast(null as string) as alert_classes,
    cast(null as string) as risk,
    cast(null as timestamp) as formalised_at,
    cast(null as timestamp) as tested_at,
    cast(null as double) as manual_minutes,
    cast(null as string) as manual_minutes_basis,
    cast(null as string) as derived_from,
    cast(null as timestamp) as valid_from,
    cast(null as timestamp) as valid_to,
    false as is_registered
from unregistered
