-- Whose weeks of a quarter are withheld, of what people worked: all, or none.
{{ config(materialized='table') }}

{{ disclosure_withheld('week', coarser='int_withheld_months') }}
