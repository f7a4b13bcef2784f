{{ config(materialized='table') }}
{%- set columns = [
    text('stated_source', raw='landed.source', required=true),
    text('feed', raw='landed.feed', required=true),
    text('stated_time_zone', raw='landed.time_zone'),
    choice('stated_date_order', ['iso', 'day_first', 'month_first'], raw='landed.date_order'),
    text('cursor_column', raw='landed.cursor'),
    number('quarantine_share', raw='landed.quarantine_share', high=1),
    text('quarantine_reason', raw='landed.quarantine_reason')
] -%}

{{ flagged_folder_rows('organisation_sources', columns, key=['source']) }}
