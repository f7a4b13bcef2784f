-- A merged image tag is a rollout that began; whether it ended well, nobody wrote down.
{{ config(materialized='table') }}
{%- set merged_at = known_since('landed.merged_at') -%}
{%- set columns = [
    named('service_id', 'service', raw='landed.app'),
    mapped_text('environment', raw='landed.env'),
    text('version', raw='landed.new_tag'),
    instant('started_at', raw='landed.merged_at', required=true),
    translated('requested_by', {'human': 'person', 'bot': 'unknown'}, raw='landed.requested_by', required=true),
] -%}

with

landed as (
    {{ landed_rows('image_tag_changes') }}
),

{{ flagged_rows(
    'image_tag_changes', columns, record=['merge_sha', 'env', 'app'], key=['merge_sha', 'env', 'app'],
    source_record_id="concat_ws(':', landed.merge_sha, landed.env, landed.app)", recorded_at=merged_at,
    applies=word('landed.new_tag') ~ ' is not null',
    not_applicable='case when ' ~ word('landed.new_tag') ~ " is null then 'no image tag' end"
) }}
