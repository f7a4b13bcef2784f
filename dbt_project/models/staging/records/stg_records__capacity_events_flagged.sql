{{ config(materialized='table') }}
{%- set columns = [
    text('event_id', raw='landed.event_id', required=true),
    named('service_id', 'service', raw='landed.service_id'),
    instant('happened_at', raw='landed.happened_at', happened=true, required=true),
    choice(
        'event', ['scaled_by_automation', 'scaled_by_person', 'saturated'], raw='landed.event', mapped=true,
        required=true
    ),
] -%}

{{ flagged_records('records_capacity_events', columns) }}
