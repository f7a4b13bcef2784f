-- Answers within a tenth of the threshold for them, and those that are just below it.
with

answers as (select * from {{ ref('int_integrity_answers') }})

select
    'threshold_bunching' as signal_id,
    organisation as entity_id,
    acknowledged_at as happened_at,
    incident_id as record_id,
    recorded_at,
    width in (-1, 0) as is_counted,
    width = -1 as is_suspicious,
    width = -1 as is_evidence
from answers
