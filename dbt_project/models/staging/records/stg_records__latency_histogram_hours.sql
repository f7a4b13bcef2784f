-- The state of every hour of histograms.
{{ config(materialized='table') }}

{{ hour_states('stg_records__latency_histogram_batches') }}
