-- Every version of every incident of the page. A component that a model guessed is nobody's word, and is not read.
{{ config(materialized='table') }}
{%- set updated_at = known_since('landed.updated_at') -%}
{%- set severities = {'critical': 'sev1', 'major': 'sev2', 'minor': 'sev3', 'none': 'sev4'} -%}
{%- set columns = [
    text('incident_id', raw='landed.id', required=true),
    unseen(instant('source_updated_at', raw='landed.updated_at', required=true)),
    absent('broken_json', reason='not JSON',
        raw="case when not (" ~ is_json('landed.updates') ~ " and " ~ is_json('landed.impact_window') ~ ") then landed.updates end"),
    instant('declared_at', raw='landed.started_at', happened=true, required=true),
    translated('severity', severities, raw="case when landed.impact <> 'maintenance' then landed.impact end"),
    derived('is_planned', 'boolean', sql="raw_impact = 'maintenance'"),
    text('impact', raw='landed.impact', required=true),
    derived('customer_impact', 'boolean',
        sql="case raw_impact when 'none' then false when 'maintenance' then null else true end"),
    instant('impact_started_at', raw='case when ' ~ word('landed.impact_window') ~ ' is not null then landed.downtime_start end'),
    text('second_status', raw=json_list_word('landed.updates', 1, 'status')),
    instant('second_update_at', raw=json_list_word('landed.updates', 1, 'at')),
    with_rules(
        instant('ended_at', happened=true, raw='coalesce(case when ' ~ word('landed.impact_window')
            ~ ' is not null then landed.downtime_end end, landed.resolved_at)'),
        [['ended_at < coalesce(impact_started_at, declared_at)', 'end before start']]),
    named('service_id', 'service',
        raw='case when ' ~ word('landed.components_source') ~ ' is null then ' ~ first_of_json_list('landed.components') ~ ' end'),
] -%}

with

landed as (
    {{ landed_rows('statuspage_incidents') }}
),

{{ flagged_rows(
    'statuspage_incidents', columns, record=['id'], key=['id', 'updated_at'],
    source_record_id='landed.id', recorded_at=updated_at
) }}
