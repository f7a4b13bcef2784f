-- The state of every hour of samples.
{{ config(materialized='table') }}

{{ hour_states('stg_records__sli_sample_batches') }}
