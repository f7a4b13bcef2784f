{{ config(materialized='table') }}
{%- set began = 'coalesce(impact_started_at, declared_at)' -%}
{%- set columns = [
    text('incident_id', raw='landed.incident_id', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    named('team_id', 'team', raw='landed.team_id'),
    choice('severity', ['sev1', 'sev2', 'sev3', 'sev4', 'sev5'], raw='landed.severity', mapped=true),
    flag('is_planned', raw='landed.is_planned'),
    flag('customer_impact', raw='landed.customer_impact'),
    with_rules(instant('impact_started_at', raw='landed.impact_started_at'), [
        ['impact_started_at > recorded_at and is_planned is not true', 'later than it was recorded'],
        ['raw_impact_started_at is null and raw_declared_at is null and not is_deleted',
            'neither impact nor declaration'],
    ]),
    instant('detected_at', raw='landed.detected_at', happened=true),
    instant('declared_at', raw='landed.declared_at', happened=true),
    instant('acknowledged_at', raw='landed.acknowledged_at', happened=true),
    instant('mitigated_at', raw='landed.mitigated_at', happened=true, not_before=began),
    instant('resolved_at', raw='landed.resolved_at', happened=true, not_before=began),
    instant('closed_at', raw='landed.closed_at', happened=true, not_before=began),
    choice('detected_by', ['monitor', 'person', 'customer'], raw='landed.detected_by', mapped=true),
    choice('resolved_by', ['automation', 'person', 'self_cleared'], raw='landed.resolved_by', mapped=true),
    text('fingerprint', raw='landed.fingerprint'),
    text('caused_by_deployment_id', raw='landed.caused_by_deployment_id')
] -%}

{{ flagged_records('records_incidents', columns) }}
