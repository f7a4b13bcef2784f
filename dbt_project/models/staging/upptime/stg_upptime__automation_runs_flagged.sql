-- A commit by the bot is a run of one of its tasks, at the only instant that is told. Failed runs leave no commit.
{{ config(materialized='table') }}
{%- set committed_at = known_since('landed.committed_at') -%}
{%- set columns = [
    text('run_id', raw='landed.commit', required=true),
    unseen(translated('actor', {'human': 'person', 'bot': 'automation'}, raw='landed.actor', required=true)),
    text('task', raw='landed.task', required=true),
    named('service_id', 'service', raw='landed.service'),
    instant('started_at', raw='landed.committed_at', required=true),
] -%}

with

landed as (
    select * from {{ ref('stg_upptime__commits') }}
),

{{ flagged_rows(
    'upptime_commits', columns, record=['commit'], key=['commit'],
    source_record_id='landed.commit', recorded_at=committed_at, applies="coalesce(landed.actor, '') <> 'human'",
    not_applicable="case when landed.actor = 'human' then 'made by a person' end"
) }}
