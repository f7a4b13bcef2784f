{#-
    Outages of a monitor's checks, as incidents: from the first failed check of a service to its next good one, or open.
    When the trouble began, nobody saw: some time after the check before. So nothing is said of its detection, which
    would take zero minutes by construction. `flagged` has source, batch_id, source_record_id, service_id, checked_at
    and is_failed; two checks of one instant stand in the order of their ids.
-#}
{% macro outages_of_checks(flagged) -%}
{%- set in_time = 'partition by source, service_id order by checked_at nulls last, source_record_id nulls last' -%}
with

checks as (
    select * from {{ ref(flagged) }}
    where fate = 'staged'
),

compared as (
    select
        *,
        is_failed and not coalesce(lag(is_failed) over ({{ in_time }}), false) as is_first
    from checks
),

numbered as (
    select
        *,
        sum(case when is_first then 1 else 0 end) over ({{ in_time }}) as outage_number
    from compared
),

outages as (
    select
        source,
        service_id,
        max(case when is_first then source_record_id end) as incident_id,
        max(case when is_first then batch_id end) as batch_id,
        min(checked_at) as started_at,
        max(case when is_failed then checked_at end) as last_failed_at,
        min(case when not is_failed then checked_at end) as ended_at
    from numbered
    where outage_number > 0
    group by source, service_id, outage_number
)

select
    source,
    incident_id as source_record_id,
    batch_id,
    coalesce(ended_at, last_failed_at) as updated_at,
    coalesce(ended_at, last_failed_at) as recorded_at,
    incident_id,
    service_id,
    false as is_planned,
    started_at as impact_started_at,
    started_at as declared_at,
    ended_at as resolved_at,
    ended_at is not null as is_resolved,
    ended_at as resolved_without_event_at,
    'monitor' as detected_by
from outages
{%- endmacro %}
