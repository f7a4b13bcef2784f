-- A change of the configuration, or of Upptime itself, is a rollout of the page that begins: a push publishes it anew.
-- How it ended, nobody wrote down.
{{ config(materialized='table') }}
{%- set committed_at = known_since('landed.committed_at') -%}
{%- set is_other = "coalesce(landed.task in ('check', 'summary', 'graphs', 'response_time'), false)" -%}
{%- set columns = [
    text('deployment_id', raw='landed.commit', required=true),
    translated('trigger', {'human': 'person', 'bot': 'automation'}, raw='landed.actor', required=true),
    choice('task', ['config', 'template_update'], raw='landed.task', required=true),
    named('service_id', 'service', raw='landed.service'),
    instant('started_at', raw='landed.committed_at', required=true),
] -%}

with

landed as (
    select * from {{ ref('stg_upptime__commits') }}
),

{{ flagged_rows(
    'upptime_commits', columns, record=['commit'], key=['commit'],
    source_record_id='landed.commit', recorded_at=committed_at, applies='not ' ~ is_other,
    not_applicable='case when ' ~ is_other ~ " then 'what it saw, and no change' end"
) }}
