-- Which hours a batch of samples speaks of. On Spark it is built whole.
{{ config(
    materialized=built_in_parts(),
    incremental_strategy='append'
) }}

{{ spoken_hours('records_sli_samples') }}
