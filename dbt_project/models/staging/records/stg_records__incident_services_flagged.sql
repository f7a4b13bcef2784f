{{ config(materialized='table') }}
{%- set columns = [
    text('incident_id', raw='landed.incident_id', required=true),
    with_rules(named('service_id', 'service', raw='landed.service_id'), [
        ['raw_service_id is null and raw_market is null and not is_deleted', 'neither service nor market'],
    ]),
    text('market', raw='landed.market'),
    instant('impact_started_at', raw='landed.impact_started_at', happened=true),
    instant('impact_ended_at', raw='landed.impact_ended_at', happened=true, not_before='impact_started_at')
] -%}

{{ flagged_records('records_incident_services', columns) }}
