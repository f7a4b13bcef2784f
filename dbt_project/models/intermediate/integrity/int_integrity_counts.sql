-- Every signal by entity and quarter: how many records it looked at, how many it counted, how many are suspicious, and
-- what the evidence is.
{{ config(materialized='table') }}

with

events as (select * from {{ ref('int_integrity_events') }})

select
    signal_id,
    entity_id,
    period_key,
    cast(count(*) as bigint) as records,
    cast(sum(case when is_counted then 1 else 0 end) as bigint) as n,
    cast(sum(case when is_suspicious then 1 else 0 end) as bigint) as suspicious,
    cast(sum(case when is_evidence then 1 else 0 end) as bigint) as evidence,
    max(case when is_evidence then recorded_at end) as evidence_recorded_at,
    {{ texts_in_order('case when is_evidence then record_id end') }} as evidence_ids
from events
group by signal_id, entity_id, period_key
