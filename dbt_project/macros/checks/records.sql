{#-
    Whole flagged models of the families of feeds that look alike: ready-made records (records.md), measurements, and
    the files of the organisation folder. A model of them is its list of columns.
-#}

{#- Records carry their own id, versions and tombstones: the same common columns for every kind. -#}
{% macro flagged_records(feed, columns) -%}
{%- set recorded_at = known_since('landed.recorded_at') -%}
{%- set common = [
    unseen(known_as(instant('source_updated_at', raw='landed.updated_at'), 'updated_at')),
    unseen(known_as(instant('source_recorded_at', raw='landed.recorded_at'), 'recorded_at')),
    unseen(flag('deletion', raw='landed.is_deleted'))
] -%}
with

landed as (
    {{ landed_rows(feed) }}
),

{{ flagged_rows(
    feed, [unseen(text('record', raw='landed.source_record_id', required=true))] + columns + common,
    record=['source_record_id'], key=['source_record_id', 'updated_at'],
    source_record_id=word('landed.source_record_id'), recorded_at=recorded_at,
    updated_at=changed_at('landed.updated_at', recorded_at),
    tombstone='coalesce(' ~ parse_flag('landed.is_deleted') ~ ', false)'
) }}
{%- endmacro %}

{#-
    Measurements are many and carry no id: `key` names the interval that a row measures. Only rows `within` are read.
-#}
{% macro flagged_measurements(feed, columns, key, within=none) -%}
{%- set recorded_at = known_since('landed.recorded_at') -%}
{%- set common = [
    unseen(known_as(instant('source_updated_at', raw='landed.updated_at'), 'updated_at')),
    unseen(known_as(instant('source_recorded_at', raw='landed.recorded_at'), 'recorded_at'))
] -%}
landed as (
    {{ landed_rows(feed, within) }}
),

{{ flagged_rows(
    feed, columns + common,
    record=key, key=key + ['updated_at'],
    source_record_id="concat_ws('/', landed." ~ key | join(', landed.') ~ ")", recorded_at=recorded_at,
    updated_at=changed_at('landed.updated_at', recorded_at), within=within
) }}
{%- endmacro %}

{#- Rows of the organisation folder are known since the batch that they came with. -#}
{% macro flagged_folder_rows(feed, columns, key, history=false) -%}
with

landed as (
    {{ landed_rows(feed) }}
),

{{ flagged_rows(
    feed, columns, record=key, key=key,
    source_record_id=('landed.' ~ key[0]) if key | length == 1 else "concat_ws(':', landed." ~ key | join(', landed.') ~ ")",
    recorded_at=known_since(), history=history
) }}
{%- endmacro %}

{#- Objectives that stand, of a relation of flagged ones: since when and until when each is valid is an expression of it. -#}
{% macro staged_slos(rows_of, valid_from='valid_from', valid_to='valid_to') -%}
select
    source,
    source_record_id,
    batch_id,
    updated_at,
    recorded_at,
    slo_id,
    service_id,
    sli,
    budgeting,
    objective,
    slice_target,
    window_days,
    threshold_ms,
    {{ valid_from }} as valid_from,
    {{ valid_to }} as valid_to
from {{ rows_of }}
where fate = 'staged'
{%- endmacro %}
