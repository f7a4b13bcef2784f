-- A commit on the main branch is a rollout of each application that it changes, begun and of unknown end.
{{ config(materialized='table') }}
{%- set committed_at = known_since('landed.committed_at') -%}
{%- set columns = [
    unseen(translated('author', {'human': 'person', 'bot': 'automation'}, raw='landed.author', required=true)),
    unseen(translated('source_author', {'human': 'person', 'bot': 'automation'}, raw='landed.source_author')),
    unseen(absent('targets',
        raw='case when not ' ~ is_json('landed.targets') ~ ' then landed.targets end', reason='not a JSON list')),
    text('sha', raw='landed.sha', required=true),
    named('service_id', 'service', raw='landed.app'),
    text('environment', raw='landed.environment'),
    text('version', raw='coalesce(' ~ word('landed.bump_version') ~ ', ' ~ word('landed.tag') ~ ')'),
    instant('started_at', raw='landed.committed_at', required=true),
    choice('trigger', ['automation', 'person'],
        raw="case when landed.author = 'bot' or landed.source_author = 'bot' then 'automation' else 'person' end"),
    flag('is_revert', raw='landed.revert'),
    text('reverted_sha', raw=first_of_json_list('landed.reverts_sha')),
] -%}

with

landed as (
    {{ landed_rows('gitops_commits') }}
),

targets as (select * from {{ ref('stg_gitops__targets') }}),

rollouts as (
    select
        landed.*,
        targets.target_position,
        targets.app,
        targets.environment,
        targets.service_or_app
    from landed
    inner join targets on landed._batch_id = targets._batch_id and landed._row = targets._row
),

{{ flagged_rows(
    'gitops_commits', columns, record=['sha'], key=['sha'], rows='rollouts',
    source_record_id="concat_ws(':', landed.sha,"
        ~ " coalesce(landed.service_or_app, ''), coalesce(landed.environment, ''))",
    recorded_at=committed_at,
    not_applicable="case when landed.app is null and landed.target_position is null then 'no target'"
        ~ " when landed.app is null then 'names no application' end"
) }}
