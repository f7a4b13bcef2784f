-- Alerts that no run touched, in classes where automation is credited and clears no more than chance, and those that
-- did not clear by themselves: where what clears itself is credited to automation, too few of the others do. The
-- evidence is what was credited.
with

alerts as (

    select * from {{ ref('int_integrity_alerts') }}

    where not is_withheld

),

claims as (

    select * from {{ ref('int_integrity_claims') }}

    where is_no_better

)

select
    'credit_for_self_clearing' as signal_id,
    alerts.team_id as entity_id,
    alerts.fired_at as happened_at,
    alerts.alert_id as record_id,
    alerts.recorded_at,
    not alerts.is_touched as is_counted,
    not alerts.is_touched and coalesce(alerts.resolved_by <> 'self_cleared', true) as is_suspicious,
    alerts.is_touched and coalesce(alerts.resolved_by = 'automation', false) as is_evidence
from alerts
inner join claims
    on
        alerts.team_id = claims.team_id
        and alerts.alert_class = claims.alert_class
        and alerts.period_key = claims.period_key
