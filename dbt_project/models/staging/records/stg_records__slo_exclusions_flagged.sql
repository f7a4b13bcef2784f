{{ config(materialized='table') }}
{%- set columns = [
    text('exclusion_id', raw='landed.exclusion_id', required=true),
    with_rules(text('slo_id', raw='landed.slo_id'), [
        ['raw_slo_id is null and raw_service_id is null and not is_deleted', 'neither objective nor service'],
    ]),
    named('service_id', 'service', raw='landed.service_id'),
    instant('starts_at', raw='landed.starts_at', required=true),
    instant('ends_at', raw='landed.ends_at', required=true, not_before='starts_at'),
    instant('registered_at', raw='landed.registered_at', happened=true),
    text('reason', raw='landed.reason')
] -%}

{{ flagged_records('records_slo_exclusions', columns) }}
