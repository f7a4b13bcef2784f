-- A merge by the bot is a run of it, from the request to the merge.
{{ config(materialized='table') }}
{%- set merged_at = known_since('landed.merged_at') -%}
{%- set columns = [
    named('service_id', 'service', raw='landed.app'),
    instant('started_at', raw='landed.requested_at'),
    instant('finished_at', raw='landed.merged_at', required=true, not_before='started_at'),
] -%}

with

landed as (
    {{ landed_rows('image_tag_changes') }}
),

{{ flagged_rows(
    'image_tag_changes', columns, record=['merge_sha', 'env', 'app'], key=['merge_sha', 'env', 'app'],
    source_record_id="concat_ws(':', landed.merge_sha, landed.env, landed.app)", recorded_at=merged_at,
    applies="landed.merge_kind = 'bot_merge'",
    not_applicable="case when coalesce(landed.merge_kind, '') <> 'bot_merge' then 'merged by a person' end"
) }}
