-- Which hours a batch of histograms speaks of. On Spark it is built whole.
{{ config(
    materialized=built_in_parts(),
    incremental_strategy='append'
) }}

{{ spoken_hours('records_latency_histograms') }}
