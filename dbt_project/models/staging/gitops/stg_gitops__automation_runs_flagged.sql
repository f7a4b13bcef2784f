-- A change that a bot wrote is a run of that bot, from its writing to its merge. Failed runs leave no commit.
{{ config(materialized='table') }}
{%- set committed_at = known_since('landed.committed_at') -%}
{%- set by_bot = "coalesce(landed.author = 'bot' or landed.source_author = 'bot', false)" -%}
{%- set columns = [
    unseen(translated('author', {'human': 'person', 'bot': 'automation'}, raw='landed.author', required=true)),
    unseen(translated('source_author', {'human': 'person', 'bot': 'automation'}, raw='landed.source_author')),
    text('run_id', raw='landed.sha', required=true),
    text('automation_id', raw="coalesce(" ~ word("replace(landed.bot, '[bot]', '')") ~ ", 'unnamed-bot')"),
    named('service_id', 'service', raw='landed.app'),
    required(instant('started_at',
        raw="case when landed.source_author = 'bot' then landed.source_authored_at else landed.authored_at end")),
    instant('finished_at', raw='landed.committed_at', required=true, not_before='started_at'),
] -%}

with

landed as (
    {{ landed_rows('gitops_commits') }}
),

targets as (
    select
        *,
        row_number() over (partition by _batch_id, _row order by target_position nulls last) as target_number
    from {{ ref('stg_gitops__targets') }}
),

runs as (
    select
        landed.*,
        targets.app
    from landed
    left join targets
        on landed._batch_id = targets._batch_id and landed._row = targets._row and targets.target_number = 1
),

{{ flagged_rows(
    'gitops_commits', columns, record=['sha'], key=['sha'], rows='runs',
    source_record_id='landed.sha', recorded_at=committed_at, applies=by_bot,
    not_applicable='case when not ' ~ by_bot ~ " then 'made by a person' end"
) }}
